"""The shape of each argument: which control a person fills in for it, read off a tool's declaration or schema."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from langchain_ashby.agent.cards.plain import title_of
from langchain_ashby.effect import Effect
from langchain_ashby.endpoint import SENT_AS_NULL, Arguments, Operation
from langchain_ashby.endpoints.fields import ExtraData, FieldValue, Interviewer
from langchain_ashby.ids import IDS, Id
from langchain_ashby.text.words import enumerated, one_line


class Kind(StrEnum):
    """The kinds of controls."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    DAY = "day"
    MOMENT = "moment"
    RECORD = "record"
    RECORDS = "records"
    OBJECT = "object"
    ROWS = "rows"
    ANSWER = "answer"
    """A value whose control depends on the custom field, or the field of a form, that it answers."""
    FIXED = "fixed"
    """What a person reads and does not change, such as the path of a form's field."""
    JSON = "json"


@dataclass(frozen=True)
class Option:
    """A value that can be chosen: as the control sends it, as people read it, and as the argument takes it."""

    raw: str
    label: str
    value: Any


@dataclass(frozen=True)
class Shape:
    """What an argument takes.

    Attributes:
        kind: Its control.
        help: What its declaration says about it, as far as it is for people.
        options: What can be chosen, beside records of Ashby's.
        id: The kind of record that it refers to.
        by_name: False if it takes only an id, not a name.
        parts: The parts of an object.
        item: What each entry of a list takes.
        variants: Other shapes that a value may have, such as a note with its content type.
        clears: True if null clears the value, which is something else than leaving it out.
        empty: True if an empty text is a value.
        whole: True for a number without decimals.
    """

    kind: Kind
    help: str = ""
    options: tuple[Option, ...] = ()
    id: Id | None = None
    by_name: bool = True
    parts: tuple[Part, ...] = ()
    item: Shape | None = None
    variants: tuple[Shape, ...] = ()
    clears: bool = False
    empty: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Part:
    """A named part of an object: an argument, or what is inside one."""

    name: str
    label: str
    shape: Shape
    required: bool


JSON = Shape(Kind.JSON)

BY_ADDRESS = replace(IDS["user_id"], argument="email")
"""The users, where an argument takes the address of one instead of the id."""

PERSON = Shape(Kind.RECORD, id=BY_ADDRESS)

Declared = type[Operation[Any]] | Mapping[str, Any]
"""What declares arguments: an operation of Ashby's, or the JSON schema of another tool."""


def shape_of(declared: Declared) -> Shape:
    """Returns the shape of all arguments of a tool, as an object."""
    return _of_schema(declared, declared) if isinstance(declared, Mapping) else _of_class(declared, declared.effect)


# Ashby's operations.


@cache
def _of_class(declared: type[Arguments], effect: Effect | None) -> Shape:
    parts = []
    for name, field in declared.model_fields.items():
        if name == "exclude_form_definition":  # only shortens Ashby's reply
            continue
        is_person = issubclass(declared, Interviewer) and name == "email"
        shape = PERSON if is_person else _of_type(field.annotation, tuple(field.metadata), name)
        said = (
            "" if shape.kind is Kind.ANSWER or is_person else field.description or shape.help
        )  # that of an answer is about JSON
        shape = replace(shape, help=for_people(said))
        parts.append(Part(name, _label(name, effect), shape, field.is_required()))
    return Shape(Kind.OBJECT, parts=tuple(parts))


def _label(name: str, effect: Effect | None) -> str:
    """The argument as its card calls it."""
    plain = title_of(name.replace("_id_", "_"), Effect(None))
    title = title_of(name, effect) if effect else plain
    return title if effect and title != title_of(name, Effect(None)) else _SAID.get(name, plain)


_SAID = {
    "path": "Field",
    "email": "E-mail address",
    "feedback_form_definition_id": "Scorecard form",
    "url": "Address",
    "send_at": "Send at",
    "entered_stage_at": "Entered at",
    "linked_in_url": "LinkedIn",
    "github_url": "GitHub",
    "is_private": "Private",
    "archive_email": "E-mail to the candidate",
    "communication_template_id": "E-mail template",
    "interview_event": "Meetings",
    "interview_event_id": "Meeting",
    "interview_event_id_to_cancel": "Meetings to cancel",
    "interview_events": "Meetings",
    "is_backfill": "Replaces somebody who left",
    "field_submissions": "Answers",
    "user_id": "Author",
    "object_id": "Record",
    "object_ids": "Records",
    "object_type": "Record type",
    "field_value": "Value",
}
"""Arguments whose own name says too little to somebody who has not read the API's pages."""


def _of_type(annotation: Any, marks: tuple[Any, ...], name: str) -> Shape:
    """The shape of a type, with the marks that stand around it."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _of_type(inner, (*marks, *more), name)
    described = next((it.description for it in marks if isinstance(it, FieldInfo) and it.description), "")
    shape = _bare(annotation, marks, name)
    return replace(shape, help=described or shape.help, clears=shape.clears or SENT_AS_NULL in marks)


def _bare(annotation: Any, marks: tuple[Any, ...], name: str) -> Shape:
    kind = next((it for it in marks if isinstance(it, Id)), None)
    if kind is not None:
        return Shape(Kind.RECORD, id=kind)
    if annotation in (_FIELD_VALUE, _CLEARABLE):
        return Shape(Kind.ANSWER)
    if annotation == _EXTRA_DATA:
        pair = (Part("key", "Name", Shape(Kind.TEXT), True), Part("value", "Text", Shape(Kind.TEXT, empty=True), True))
        return Shape(Kind.ROWS, item=Shape(Kind.OBJECT, parts=pair))
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _of_union([_of_type(it, (), name) for it in inside if it is not type(None)])
    if origin is Literal:
        return Shape(Kind.ONE_OF, options=options_of(inside))
    if origin is list:
        item = _of_type(inside[0], (), name)
        return Shape(Kind.RECORDS, id=item.id) if item.kind is Kind.RECORD else Shape(Kind.ROWS, item=item)
    if isinstance(annotation, type) and issubclass(annotation, Arguments):
        return _of_class(annotation, None)
    for known, shape in _BY_TYPE.items():
        if annotation is known:
            checked = any(isinstance(it, AfterValidator) for it in marks)
            long = annotation is str and name in _LONG
            return replace(shape, kind=Kind.LONG if long else shape.kind, empty=shape.empty and not checked)
    return JSON


_BY_TYPE: Mapping[Any, Shape] = {
    bool: Shape(Kind.YES_NO),
    int: Shape(Kind.NUMBER, whole=True),
    float: Shape(Kind.NUMBER),
    datetime: Shape(Kind.MOMENT),
    date: Shape(Kind.DAY),
    str: Shape(Kind.TEXT, empty=True),
}
_LONG = frozenset({"note", "description", "comments", "value"})
"""Arguments that take more than a line."""

_FIELD_VALUE, _EXTRA_DATA = get_args(FieldValue)[0], get_args(ExtraData)[0]
_CLEARABLE = _FIELD_VALUE | None


def _of_union(shapes: list[Shape]) -> Shape:
    first, *others = shapes
    if not others:
        return first
    if first.kind is Kind.RECORD and all(it.kind is Kind.ONE_OF for it in others):
        return replace(first, options=tuple(option for it in others for option in it.options))
    return replace(first, variants=tuple(others))


# Any other tool.


def _of_schema(schema: Any, root: Mapping[str, Any]) -> Shape:
    """The shape of what a JSON schema describes; JSON where no control fits."""
    if not isinstance(schema, Mapping):
        return JSON
    if isinstance(found := schema.get("$ref"), str):
        schema = {**_defined(found, root), **{key: it for key, it in schema.items() if key != "$ref"}}
    said = one_line(schema.get("description") or "", 300)
    return replace(_undescribed(schema, root), help=said)


def _undescribed(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Shape:
    kind, union = schema.get("type"), schema.get("anyOf") or schema.get("oneOf")
    if isinstance(kind, list):
        union = [{**schema, "type": it} for it in kind]
    if isinstance(union, list):
        shapes = [_of_schema(it, root) for it in union if it != {"type": "null"} and _type(it) != "null"]
        return replace(_of_union(shapes), clears=len(shapes) < len(union)) if shapes else JSON
    if isinstance(schema.get("enum"), list):
        return Shape(Kind.ONE_OF, options=options_of(it for it in schema["enum"] if it is not None))
    if kind == "array" and isinstance(schema.get("items"), Mapping):
        return Shape(Kind.ROWS, item=_of_schema(schema["items"], root))
    if kind == "object" and isinstance(schema.get("properties"), Mapping):
        required = schema.get("required") or ()
        return Shape(
            Kind.OBJECT,
            parts=tuple(
                Part(name, one_line(name.replace("_", " ").capitalize(), 80), _of_schema(it, root), name in required)
                for name, it in schema["properties"].items()
            ),
        )
    if kind == "string":
        return _STRINGS.get(str(schema.get("format")), Shape(Kind.TEXT, empty=True))
    return {
        "boolean": Shape(Kind.YES_NO),
        "integer": Shape(Kind.NUMBER, whole=True),
        "number": Shape(Kind.NUMBER),
    }.get(str(kind), JSON)


_STRINGS = {"date": Shape(Kind.DAY), "date-time": Shape(Kind.MOMENT)}


def _type(schema: Any) -> Any:
    return schema.get("type") if isinstance(schema, Mapping) else None


def _defined(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference inside the schema leads to; empty if nothing, or if it leads to itself."""
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) and f'"{reference}"' not in json.dumps(found, default=str) else {}


# Words.


def options_of(values: Iterable[Any], labels: Mapping[Any, str] | None = None) -> tuple[Option, ...]:
    """Makes options of the values that can be chosen."""
    known = list(values)
    plain = all(isinstance(it, str) and it and not it.startswith("~") for it in known)
    return tuple(
        Option(it if plain else json.dumps(it, default=str), (labels or {}).get(it) or _said(it), it) for it in known
    )


def _said(value: Any) -> str:
    if not isinstance(value, str):
        return one_line(json.dumps(value, default=str), 80)
    words = enumerated(value)
    return _WORDS.get(value) or words[:1].upper() + words[1:] or "Empty text"


_WORDS = {it: it for it in ("LinkedIn", "GitHub", "StackOverflow", "YouTube", "CodePen")}
_WORDS |= {"text/plain": "Plain text", "text/html": "Text with HTML"}
_WORDS |= {"FirstPreInterviewScreen": "First stage before the interviews"}


def for_people(description: str) -> str:
    """A description without what the control already takes care of: formats, and how to leave a value out."""
    said = " ".join(description.split())
    for pattern, words in _INSTEAD:
        said = re.sub(pattern, words, said).strip()
    return said[:1].upper() + said[1:]


_INSTEAD = (
    (r"ISO (?:time|date)(?: with zone)?(?:[.;]|$)", ""),
    (r"null clears it\.|false unarchives\.", ""),
    (r"Default true\.", "Defaults to yes."),
    (r"Default false\.", "Defaults to no."),
    (r"; default true\.", "; defaults to yes."),
    (r"\b([Oo])mit (?=for|to)", r"leave it empty "),
    (r"\buser_id\b", "the author"),
    (r"Of an offer, the entity_id of its version\.", "The id of the offer's version."),
    (r"In a directory the application allows\.", "A file in a directory that the application allows."),
)
