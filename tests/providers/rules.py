"""Providers' rules for tool definitions. Each returns descriptions of the places that break it.

One rejected definition fails the whole request, and with it every tool.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas import Schema, parts


def against_gemini(schema: Schema) -> Iterator[str]:
    """Gemini's rules: objects have properties, lists have items, and a union stands alone."""
    for path, part in parts(schema):
        union = part.get("any_of") or part.get("anyOf")
        if union and set(part) - {"any_of", "anyOf"}:
            yield f"{path}: {', '.join(sorted(set(part) - {'any_of', 'anyOf'}))} beside a union"
        if part.get("type") == "OBJECT" and not part.get("properties"):
            yield f"{path}: an object without properties"
        if part.get("type") == "ARRAY" and not part.get("items"):
            yield f"{path}: a list without items"
        if part.get("enum") and part.get("type") != "STRING":
            yield f"{path}: options that are no strings"


def against_anthropic(schema: Schema) -> Iterator[str]:
    """Anthropic's rules: the arguments are one object, not a union."""
    if schema.get("type") != "object":
        yield "the arguments are not an object"
    for keyword in ("anyOf", "oneOf", "allOf"):
        if keyword in schema:
            yield f"{keyword} at the top"


def against_strict_openai(schema: Schema) -> Iterator[str]:
    """OpenAI's rules for strict mode: every argument required, every object closed, a subset of keywords."""
    for path, part in parts(schema):
        if "properties" in part:
            optional = part["properties"].keys() - set(part.get("required", ()))
            if optional:
                yield f"{path}: {', '.join(sorted(optional))} may be left out"
            if part.get("additionalProperties") is not False:
                yield f"{path}: an object that is not closed"
        elif part.get("type") == "object":
            yield f"{path}: an object with any keys"
        for keyword in sorted(part.keys() & {"allOf", "not", "if", "oneOf", "default", "patternProperties"}):
            yield f"{path}: {keyword}"
