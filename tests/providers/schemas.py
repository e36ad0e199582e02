"""Reads JSON Schemas in the providers' dialects: the values that each argument takes, at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Argument:
    """An argument as a model sees it."""

    types: frozenset[str]
    options: frozenset[str]
    required: bool
    description: str


def arguments(schema: Schema) -> dict[str, Argument]:
    """Every argument by its path, such as `interview_events[].start_time`."""
    return dict(_arguments(schema, ""))


def _arguments(schema: Schema, path: str) -> Iterator[tuple[str, Argument]]:
    for name, inside in schema.get("properties", {}).items():
        yield from _argument(inside, f"{path}.{name}".lstrip("."), name in schema.get("required", []))
    for inside in _alternatives(schema):
        yield from _arguments(inside, path)
        if "items" in inside:
            yield from _argument(inside["items"], f"{path}[]", required=False)
    if "items" in schema:
        yield from _argument(schema["items"], f"{path}[]", required=False)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _argument(schema["additionalProperties"], f"{path}{{}}", required=False)


def _argument(schema: Schema, path: str, required: bool) -> Iterator[tuple[str, Argument]]:
    each = [schema, *_alternatives(schema)]
    options = {str(option) for one in each for option in (*one.get("enum", ()), *_constant(one))}
    yield (
        path,
        Argument(
            types=frozenset(type_ for one in each for type_ in _types(one)),
            options=frozenset(options),
            required=required,
            description=schema.get("description", ""),
        ),
    )
    yield from _arguments(schema, path)


def _alternatives(schema: Schema) -> list[Schema]:
    """The members of a union; Gemini's are called any_of."""
    members: list[Schema] = schema.get("anyOf") or schema.get("any_of") or []
    return members


def _types(schema: Schema) -> list[str]:
    type_ = schema.get("type", [])
    types = [type_] if isinstance(type_, str) else type_
    return [type_.lower() for type_ in types] + ["null"] * bool(schema.get("nullable"))


def _constant(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else []


def parts(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """The schema and every schema inside it, with its path."""
    yield path or "arguments", schema
    for name, inside in schema.get("properties", {}).items():
        yield from parts(inside, f"{path}.{name}".lstrip("."))
    for inside in _alternatives(schema):
        yield from parts(inside, f"{path}|")
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(key), dict):
            yield from parts(schema[key], f"{path}{mark}")


def example(schema: Schema, full: bool, name: str = "") -> Any:
    """A value that matches the schema, with everything in it or only what is required."""
    if members := _alternatives(schema):
        return example(members[0], full, name)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    match _types(schema)[0]:
        case "object":
            wanted = schema.get("properties", {}) if full else schema.get("required", ())
            made = {key: example(schema["properties"][key], full, key) for key in wanted}
            return _in_order(made)
        case "array":
            return [example(schema["items"], full, name)]
        case "boolean":
            return True
        case "integer" | "number":
            return 1
        case _:
            return _text(schema.get("description", ""), name)


def _text(description: str, name: str) -> str:
    if description.startswith(("ISO time", "ISO date")):
        return "2026-11-24T15:00:00Z"[: 20 if "time" in description else 10]
    if name.endswith(("_id", "_ids", "_to_cancel")):
        return "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
    if "email" in name:
        return "ada@example.com"
    return "https://example.com" if name.endswith(("url", "website")) else "text"


def _in_order(made: dict[str, Any]) -> dict[str, Any]:
    """A meeting must end after it begins."""
    return made | {"end_time": "2026-11-24T16:00:00Z"} if "end_time" in made else made
