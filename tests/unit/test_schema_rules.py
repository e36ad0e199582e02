"""Rules for each tool's schema, for the sake of models and of other frameworks' converters."""

import json
import re
from typing import Any

import pytest
from examples import every_example
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ValidationError

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoint import SENT_AS_NULL, Operation
from langchain_ashby.endpoints import OPERATIONS

every_tool = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def schema_of(operation: type[Operation[Any]]) -> dict[str, Any]:
    tool = AshbyToolkit(AshbyClient("key"), include=[operation.tool_name()]).get_tools()[0]
    return dict(convert_to_openai_tool(tool)["function"])


def nodes(schema: Any, path: str = "$") -> list[tuple[str, dict[str, Any]]]:
    """Every object in a schema, with its path."""
    if isinstance(schema, list):
        return [found for number, each in enumerate(schema) for found in nodes(each, f"{path}[{number}]")]
    if not isinstance(schema, dict):
        return []
    return [(path, schema), *(found for key, each in schema.items() for found in nodes(each, f"{path}.{key}"))]


@every_tool
class TestSchema:
    def test_has_no_alternatives_at_the_top(self, operation: type[Operation[Any]]) -> None:
        parameters = schema_of(operation)["parameters"]
        assert parameters["type"] == "object"
        assert set(parameters) <= {"type", "properties", "required"}

    def test_has_no_meaningless_keywords(self, operation: type[Operation[Any]]) -> None:
        for path, node in nodes(schema_of(operation)["parameters"]):
            if path.endswith(".properties"):
                continue
            assert not {"$ref", "$defs", "title", "allOf", "oneOf"} & set(node), path
            # Inside objects, langchain-google-genai requires fields without a default; elsewhere, a default is noise.
            assert "default" not in node or re.fullmatch(r"\$\.properties\.\w+\.properties\.\w+", path), path
            assert node.get("additionalProperties") is not False, path

    def test_knows_null_only_where_it_clears(self, operation: type[Operation[Any]]) -> None:
        clearing = {
            f"$.properties.{name}" for name, field in operation.model_fields.items() if SENT_AS_NULL in field.metadata
        }
        nulls = {path.rpartition(".anyOf")[0] for path, node in nodes(schema_of(operation)["parameters"])
                 if node.get("type") == "null" and ".additionalProperties" not in path}  # fmt: skip
        in_words = {f"$.properties.{name}" for name, field in operation.model_fields.items()
                    if (field.description or "").endswith("empty text clears.")}  # fmt: skip
        assert nulls == clearing - in_words

    def test_has_snake_case_arguments(self, operation: type[Operation[Any]]) -> None:
        for path, node in nodes(schema_of(operation)["parameters"]):
            if path.endswith(".properties"):
                assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in node), path

    def test_shows_what_is_required(self, operation: type[Operation[Any]]) -> None:
        required = [name for name, field in operation.model_fields.items() if field.is_required()]
        assert schema_of(operation)["parameters"].get("required", []) == required

    def test_mentions_only_tools_that_exist(self, operation: type[Operation[Any]]) -> None:
        assert set(re.findall(r"ashby_\w+", json.dumps(schema_of(operation)))) <= set(OPERATIONS)

    def test_names_every_alternative_that_is_needed(self, operation: type[Operation[Any]]) -> None:
        required = {name for name, field in operation.model_fields.items() if field.is_required()}
        example = every_example().get(operation.tool_name())
        if example is not None and (operation.exactly_one or operation.at_least_one):
            with pytest.raises(ValidationError, match=r"give (exactly|at least) one of"):
                operation(**{name: value for name, value in example.items() if name in required})
