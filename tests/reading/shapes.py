"""What Ashby's schemas allow in a reply, as a tree to walk: objects, lists and plain values, with all alternatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ashby import load_contract

Schema = dict[str, Any]
Place = tuple[str, ...]
"""A way through a record by keys, whatever the numbers in lists: `("tags", "title")`."""


@dataclass
class Shape:
    """One alternative of a value.

    Attributes:
        types: The JSON types that it may have; none if the schema does not say.
        enum: The words that Ashby documents.
        format: Such as `uuid` or `date-time`.
        keys: The alternatives under each key of an object.
        required: The keys that Ashby always gives.
        items: The alternatives of a list's entries.
        named: True if an object has any keys at all, as `extraData` has.
    """

    types: set[str] = field(default_factory=set)
    enum: list[Any] = field(default_factory=list)
    format: str = ""
    keys: dict[str, list[Shape]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: list[Shape] = field(default_factory=list)

    def __or__(self, other: Shape) -> Shape:
        """Both at once, as `allOf` asks."""
        return Shape(
            self.types & other.types or self.types | other.types,
            self.enum or other.enum,
            self.format or other.format,
            {key: _both(self.keys.get(key), other.keys.get(key)) for key in dict.fromkeys([*self.keys, *other.keys])},
            self.required | other.required,
            _both(self.items, other.items),
        )

    @property
    def is_object(self) -> bool:
        return bool(self.keys) or "object" in self.types

    @property
    def is_list(self) -> bool:
        return bool(self.items) or "array" in self.types


def _both(one: list[Shape] | None, other: list[Shape] | None) -> list[Shape]:
    if not one or not other:
        return one or other or []
    return [each | another for each in one for another in other]


def shapes(schema: Schema) -> list[Shape]:
    """The alternatives that a schema allows."""
    stated = schema.get("type", [])
    own = Shape(
        set([stated] if isinstance(stated, str) else stated),
        list(schema.get("enum", ())),
        schema.get("format", ""),
        {key: shapes(inner) for key, inner in schema.get("properties", {}).items()},
        set(schema.get("required", ())),
        shapes(schema["items"]) if schema.get("items") else [],
    )
    found = [own]
    for part in schema.get("allOf", ()):
        found = [each | other for each in found for other in shapes(part)]
    if alternatives := schema.get("anyOf"):
        found = [each | other for each in found for part in alternatives for other in shapes(part)]
    return [each for number, each in enumerate(found) if each not in found[:number]]


@cache
def _results(method: str) -> list[Shape]:
    """The alternatives of the results of a method."""
    [whole] = shapes(load_contract().responses[method]["then"]["allOf"][0])
    return whole.keys["results"]


@cache
def record_shapes(method: str) -> list[Shape]:
    """The alternatives of one record in the results of a method."""
    results = _results(method)
    return [item for each in results for item in each.items] or results


def is_listing(method: str) -> bool:
    """True if the method's results are a list."""
    return any(each.is_list for each in _results(method))


def places(shape: list[Shape], before: Place = ()) -> Iterator[Place]:
    """Every place in a record at which the contract has a plain value."""
    for each in shape:
        if each.items:
            yield from places(each.items, before)
        for key, inner in each.keys.items():
            yield from places(inner, (*before, key))
        if not each.keys and not each.items:
            yield before
