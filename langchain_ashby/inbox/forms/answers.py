"""The shapes of answers: values of custom fields and of the fields of forms, by what the field asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic.alias_generators import to_camel, to_snake

from langchain_ashby.field_values import INTERVALS
from langchain_ashby.forms import Field as Question
from langchain_ashby.ids import IDS
from langchain_ashby.inbox.forms.shapes import JSON, Kind, Option, Part, Shape, options_of
from langchain_ashby.inbox.forms.times import day_of
from langchain_ashby.text.words import enumerated, one_line

_NUMBER, _TEXT, _LONG = Shape(Kind.NUMBER), Shape(Kind.TEXT), Shape(Kind.LONG)
_CURRENCY = Part("currency_code", "Currency", Shape(Kind.TEXT, help="Three letters, such as EUR."), True)
_RANGE = (Part("min_value", "From", _NUMBER, True), Part("max_value", "To", _NUMBER, True))
_INTERVAL = Part("interval", "For", Shape(Kind.ONE_OF, options=options_of(INTERVALS, {"NONE": "No period"})), True)
_SCORES = Shape(Kind.ONE_OF, options=options_of((1, 2, 3, 4), {it: f"{it} of 4" for it in (1, 2, 3, 4)}))

_BY_TYPE: Mapping[str, Shape] = {
    "Boolean": Shape(Kind.YES_NO),
    "CompensationRange": Shape(Kind.OBJECT, parts=(*_RANGE, _CURRENCY, _INTERVAL)),
    "Currency": Shape(Kind.OBJECT, parts=(Part("value", "Amount", _NUMBER, True), _CURRENCY)),
    "Date": Shape(Kind.DAY),
    "Email": _TEXT,
    "LongText": _LONG,
    "Number": _NUMBER,
    "NumberRange": Shape(Kind.OBJECT, parts=_RANGE),
    "Phone": _TEXT,
    "RichText": _LONG,
    "Score": Shape(
        Kind.OBJECT, parts=(Part("score", "Score", _SCORES, True), Part("comments", "Comments", _LONG, False))
    ),
    "String": _TEXT,
    "UUID": _TEXT,
    "Url": replace(_TEXT, help="Must begin with https:// or http://."),
}


def shape_asked(question: Question, value: Any) -> Shape:
    """The shape of an answer to a question; `value` is the one that is given, which may be a time instead of a day."""
    if question.type in ("ValueSelect", "MultiValueSelect"):
        kind = Kind.ONE_OF if question.type == "ValueSelect" else Kind.SOME_OF
        return Shape(kind, options=tuple(Option(raw, one_line(it, 120), raw) for raw, it in question.options.items()))
    if question.type == "Date" and isinstance(value, str) and day_of(value) is None:
        return Shape(Kind.MOMENT)
    if question.type == "UUID" and (of := IDS.get(to_snake(question.path))):
        return Shape(Kind.RECORD, id=of, by_name=False)
    shape = _BY_TYPE.get(question.type)
    if shape is None:
        return shape_by(value)
    return _spelled(shape, value) if isinstance(value, Mapping) else shape


def asked_for(question: Question) -> str:
    """What a question asks for, in words: its type, where the control does not show it."""
    return f"Type: {enumerated(question.type)}." if question.type not in _BY_TYPE and not question.options else ""


def shape_by(value: Any) -> Shape:
    """The shape of a value by itself, where nothing says what it answers."""
    if isinstance(value, bool):
        return Shape(Kind.YES_NO)
    if isinstance(value, int | float):
        return _NUMBER
    if isinstance(value, list):
        return Shape(Kind.ROWS, item=_TEXT) if all(isinstance(it, str) for it in value) else JSON
    if isinstance(value, Mapping):
        keys = {key.replace("_", "").lower() for key in map(str, value)}
        for known in ("Score", "CompensationRange", "NumberRange", "Currency"):
            if {part.name.replace("_", "") for part in _BY_TYPE[known].parts if part.required} <= keys:
                return _spelled(_BY_TYPE[known], value)
        return JSON
    return _TEXT


def _spelled(shape: Shape, value: Mapping[str, Any]) -> Shape:
    """The shape with its parts named as in the value, which may have Ashby's own keys."""
    parts = (replace(it, name=to_camel(it.name)) if to_camel(it.name) in value else it for it in shape.parts)
    return replace(shape, parts=tuple(parts))
