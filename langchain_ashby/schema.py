"""Argument schemas for strict mode, in which a provider forces its model's output to fit them.

Strict mode has no optional arguments: langchain-openai makes every one required, and a model has to invent a cursor or
a date. With these schemas it can send null instead, which every tool treats as omitted.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def strict(schema: Schema) -> Schema:
    """Makes every argument required, optional ones nullable, and forbids any others."""
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
