"""Rules for each tool's schema, for the sake of models and of other frameworks' converters."""

import json
import re
from functools import cache
from typing import Any

import pytest
from examples import every_example
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ValidationError

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoint import SENT_AS_NULL
from langchain_ashby.endpoints import OPERATIONS


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """What a model is told of each tool."""
    tools = AshbyToolkit(AshbyClient("key"), toolsets="all").get_tools()
    return {tool.name: convert_to_openai_tool(tool)["function"] for tool in tools}


def parameters() -> dict[str, dict[str, Any]]:
    return {name: schema["parameters"] for name, schema in schemas().items()}


def nodes(schema: Any, path: str = "$") -> list[tuple[str, dict[str, Any]]]:
    """Every object in a schema, with its path."""
    if isinstance(schema, list):
        return [found for number, each in enumerate(schema) for found in nodes(each, f"{path}[{number}]")]
    if not isinstance(schema, dict):
        return []
    return [(path, schema), *(found for key, each in schema.items() for found in nodes(each, f"{path}.{key}"))]


class TestSchema:
    def test_is_there_for_every_tool(self) -> None:
        assert schemas().keys() == OPERATIONS.keys()

    def test_has_no_alternatives_at_the_top(self) -> None:
        for name, schema in parameters().items():
            assert schema["type"] == "object", name
            assert set(schema) <= {"type", "properties", "required"}, name

    def test_has_no_meaningless_keywords(self) -> None:
        for path, node in nodes(parameters(), ""):
            if path.endswith(".properties"):
                continue
            assert not {"$ref", "$defs", "title", "allOf", "oneOf"} & set(node), path
            # Inside objects, langchain-google-genai requires fields without a default; elsewhere, a default is noise.
            assert "default" not in node or re.fullmatch(r"\.\w+\.properties\.\w+\.properties\.\w+", path), path
            assert node.get("additionalProperties") is not False, path

    def test_knows_null_only_where_it_clears(self) -> None:
        for name, operation in OPERATIONS.items():
            fields = operation.model_fields.items()
            clearing = {f"$.properties.{field}" for field, it in fields if SENT_AS_NULL in it.metadata}
            nulls = {
                path.rpartition(".anyOf")[0]
                for path, node in nodes(parameters()[name])
                if node.get("type") == "null" and ".additionalProperties" not in path
            }
            in_words = {
                f"$.properties.{field}" for field, it in fields if (it.description or "").endswith("empty text clears.")
            }
            assert nulls == clearing - in_words, name

    def test_has_snake_case_arguments(self) -> None:
        for path, node in nodes(parameters(), ""):
            if path.endswith(".properties"):
                assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in node), path

    def test_shows_what_is_required(self) -> None:
        for name, operation in OPERATIONS.items():
            required = [field for field, it in operation.model_fields.items() if it.is_required()]
            assert parameters()[name].get("required", []) == required, name

    def test_mentions_only_tools_that_exist(self) -> None:
        for name, schema in schemas().items():
            assert set(re.findall(r"ashby_\w+", json.dumps(schema))) <= set(OPERATIONS), name

    def test_names_every_alternative_that_is_needed(self) -> None:
        for name, example in every_example().items():
            operation = OPERATIONS[name]
            required = {field for field, it in operation.model_fields.items() if it.is_required()}
            if operation.exactly_one or operation.at_least_one:
                with pytest.raises(ValidationError, match=r"give (exactly|at least) one of"):
                    operation(**{field: value for field, value in example.items() if field in required})
