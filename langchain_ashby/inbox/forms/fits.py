"""Decides whether a control can show a value; if not, it is shown as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from langchain_ashby.inbox.forms.model import ABSENT
from langchain_ashby.inbox.forms.shapes import Kind, Shape
from langchain_ashby.inbox.forms.texts import holdable
from langchain_ashby.inbox.forms.times import day_of, moment_of


def fits(shape: Shape, value: Any) -> bool:
    """True if the control for the shape can show the value and give it back."""
    return value is ABSENT or value is None or _FITS[shape.kind](shape, value)


def same(one: Any, other: Any) -> bool:
    """True for equal JSON: to Python 1, 1.0 and True are the same."""
    return json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str)


def is_pair(item: Shape | None) -> bool:
    """True for an entry that is a key and its text: such a list may also be given as an object."""
    return item is not None and [part.name for part in item.parts] == ["key", "value"]


def entries(shape: Shape, value: Any) -> list[Any]:
    """The entries of a list; a single value is a list of one, and an object can be a list of pairs."""
    if value is ABSENT or value is None:
        return []
    if isinstance(value, Mapping) and is_pair(shape.item):
        return [{"key": key, "value": text} for key, text in value.items()]
    return value if isinstance(value, list) else [value]


def _is_text(shape: Shape, value: Any) -> bool:
    return isinstance(value, str)


def _is_a_line(shape: Shape, value: Any) -> bool:
    return isinstance(value, str) and "\n" not in holdable(value)


def _is_number(shape: Shape, value: Any) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool) and value.bit_length() < 64
    return isinstance(value, float) and math.isfinite(value)


def _are_texts(shape: Shape, value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(it, str) for it in value)


def _are_rows(shape: Shape, value: Any) -> bool:
    if isinstance(value, Mapping) and is_pair(shape.item):
        return all(isinstance(it, str) for it in value)
    return isinstance(value, list) or (shape.item is not None and fits(shape.item, value))


_FITS: Mapping[Kind, Callable[[Shape, Any], bool]] = {
    Kind.TEXT: _is_text,
    Kind.LONG: _is_text,
    Kind.FIXED: _is_text,
    Kind.NUMBER: _is_number,
    Kind.YES_NO: lambda _, value: isinstance(value, bool),
    Kind.ONE_OF: lambda _, value: isinstance(value, str | int | float),
    Kind.SOME_OF: _are_texts,
    Kind.DAY: lambda _, value: day_of(value) is not None,
    Kind.MOMENT: lambda _, value: moment_of(value) is not None,
    Kind.RECORD: _is_a_line,
    Kind.RECORDS: lambda shape, value: all(_is_a_line(shape, it) for it in entries(shape, value)),
    Kind.OBJECT: lambda _, value: isinstance(value, Mapping) and all(isinstance(it, str) for it in value),
    Kind.ROWS: _are_rows,
    Kind.ANSWER: lambda _, value: True,
    Kind.JSON: lambda _, value: True,
}
