"""The schemas that models see are valid JSON Schema and accept what the tools accept."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError
from pydantic import ValidationError
from schemas import Schema, example, parts

from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.schema import strict
from langchain_ashby.toolkit.tool import _visible_schema


def schema_of(operation: type[Operation[Any]]) -> Schema:
    return _visible_schema(operation)


def examples(operation: type[Operation[Any]]) -> list[dict[str, Any]]:
    """For each alternative, full arguments and minimal ones."""
    schema, made = schema_of(operation), []
    for chosen in operation.exactly_one or operation.at_least_one or (None,):
        alone = {chosen: example(schema["properties"][chosen], True, chosen)} if chosen else {}
        left_out = set(operation.exactly_one) - {chosen} | NOT_TOGETHER.get((operation.tool_name(), chosen), set())
        for full in (False, True):
            values = example(schema, full) | alone
            made.append({name: value for name, value in values.items() if name not in left_out})
    return made


NOT_TOGETHER: dict[tuple[str, str | None], set[str]] = {
    ("ashby_create_offer", "application_id"): {"offer_form_id"},
    ("ashby_get_application", "submitted_form_instance_id"): {"expand"},
}
"""Arguments that a tool refuses together with one of its alternatives."""


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_schema_is_json_schema_and_every_argument_has_a_type(operation: type[Operation[Any]]) -> None:
    schema = schema_of(operation)
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    untyped = [path for path, part in parts(schema) if not part.keys() & {"type", "anyOf", "enum", "const"}]
    assert untyped == []


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_arguments_that_fit_the_schema_are_taken(operation: type[Operation[Any]]) -> None:
    for values in examples(operation):
        Draft202012Validator(schema_of(operation)).validate(values)
        operation.model_validate(values)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_arguments_of_a_wrong_type_are_refused_by_the_schema_and_the_tool(operation: type[Operation[Any]]) -> None:
    for values in examples(operation):
        for name in values:
            both_refuse(operation, values | {name: [[[]]]})


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_arguments_without_a_required_one_are_refused_by_the_schema_and_the_tool(
    operation: type[Operation[Any]],
) -> None:
    for values in examples(operation):
        for name in schema_of(operation).get("required", ()):
            both_refuse(operation, {key: value for key, value in values.items() if key != name})


def both_refuse(operation: type[Operation[Any]], values: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        Draft202012Validator(schema_of(operation)).validate(values)
    with pytest.raises(ValidationError):
        operation.model_validate(values)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_in_strict_mode_null_means_omitted(operation: type[Operation[Any]]) -> None:
    schema = strict(schema_of(operation))
    Draft202012Validator.check_schema(schema)
    for values in examples(operation):
        nulls = with_nulls(values, schema)
        Draft202012Validator(schema).validate(nulls)
        assert operation.model_validate(nulls).wire() == operation.model_validate(values).wire()


def with_nulls(value: Any, schema: Schema) -> Any:
    """The value as a model sends it in strict mode, with a null for everything omitted."""
    if isinstance(value, dict):
        (object_,) = [part for part in (schema, *schema.get("anyOf", ())) if "properties" in part]
        return {name: with_nulls(value.get(name), inside) for name, inside in object_["properties"].items()}
    if isinstance(value, list):
        (items,) = [part["items"] for part in (schema, *schema.get("anyOf", ())) if "items" in part]
        return [with_nulls(entry, items) for entry in value]
    return value
