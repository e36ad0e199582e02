"""Argument schemas for strict mode, in which a provider lets its model write nothing that does not fit.

Strict mode knows no arguments that may be left out: langchain-openai makes every one required, and a model has to
invent a cursor or a date. Here it can say null instead, which every tool takes for left out.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def strict(schema: Schema) -> Schema:
    """The schema with every argument required, those that may be left out or null, and nothing besides."""
    written = {key: value for key, value in schema.items() if key != "default"}
    if "properties" in schema:
        required = schema.get("required", ())
        written["properties"] = {
            name: strict(value) if name in required else _or_null(strict(value))
            for name, value in schema["properties"].items()
        }
        written["required"] = list(schema["properties"])
        written["additionalProperties"] = False
    if "items" in schema:
        written["items"] = strict(schema["items"])
    if "anyOf" in schema:
        written["anyOf"] = [strict(member) for member in schema["anyOf"]]
    return written


def _or_null(schema: Schema) -> Schema:
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    options = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **options, "type": [schema["type"], "null"]}
