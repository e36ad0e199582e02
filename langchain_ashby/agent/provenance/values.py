"""The values of a call that somebody must have said: texts, addresses, numbers and times, but no ids and no choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, NamedTuple, get_args, get_origin

from langchain_core.tools import BaseTool
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from langchain_ashby.agent.cards.card import is_uuid
from langchain_ashby.agent.provenance.matching import ADDRESS, LINK, LOCAL_PART, words
from langchain_ashby.endpoint import Arguments
from langchain_ashby.ids import certain, ids_of
from langchain_ashby.toolkit.tool import AshbyTool

Kind = Literal["e-mail address", "web address", "phone number", "number", "date", "text", "passage"]
"""What a value is. A passage is a sentence, or a part of one, of a longer text."""

FEW_WORDS = 8
"""A text of more words is looked for in passages."""

PASSAGE, STEP = 6, 3
"""The words of a passage, and from one to the next: nine words in a row that were copied hold at least one."""

LONG_NUMBER = 5
"""The digits from which a number within a text is looked for by itself."""

SHORTEST = 4
"""The letters from which a text says something."""


class Value(NamedTuple):
    """A value of a call.

    Attributes:
        way: The way to it through the arguments, such as `field_submissions.0.value`.
        said: What was written, for comparison.
        kind: What it is.
        shown: The same as it is shown.
    """

    way: str
    said: str
    kind: Kind
    shown: str


def values_of(tool: BaseTool | None, args: Mapping[str, Any]) -> list[Value]:
    """The values of a call, in the order of its arguments, each once."""
    request = _request(tool, args)
    leaves = _of_request(request, "") if request else _of_any(args, "", _choices(tool))
    return list(dict.fromkeys(value for way, leaf in leaves for value in _values(way, leaf)))


def _request(tool: BaseTool | None, args: Mapping[str, Any]) -> Arguments | None:
    if not isinstance(tool, AshbyTool):
        return None
    try:
        request: Arguments = tool.operation.model_validate(args)
    except ValidationError:
        return None  # names for ids, say: all of it is looked at
    return request


def _of_request(arguments: Arguments, way: str) -> Iterator[tuple[str, Any]]:
    for name, field in type(arguments).model_fields.items():
        if name in arguments.model_fields_set and not ids_of(field) and not _is_choice(field) and name != "path":
            yield from _of_any(getattr(arguments, name), f"{way}{name}", frozenset())


def _of_any(value: Any, way: str, skipped: frozenset[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Arguments):
        yield from _of_request(value, f"{way}.")
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            if key not in skipped and not _IS_ID.fullmatch(str(key)):
                yield from _of_any(entry, f"{way}.{key}" if way else str(key), frozenset())
    elif isinstance(value, list | tuple):
        for place, entry in enumerate(value):
            yield from _of_any(entry, f"{way}.{place}", frozenset())
    elif value is not None and not isinstance(value, bool):
        yield way, value


_IS_ID = re.compile("ids?|.*(Ids?|_ids?)")


def _is_choice(field: FieldInfo) -> bool:
    """True for an argument that takes one of a few words."""
    return any(map(_names_choices, (field.annotation, *get_args(field.annotation))))


def _names_choices(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or (isinstance(annotation, type) and issubclass(annotation, Enum))


def _choices(tool: BaseTool | None) -> frozenset[str]:
    """The arguments of a tool that is not Ashby's that take one of a few words."""
    return frozenset(name for name, it in (tool.args if tool else {}).items() if "enum" in it or "const" in it)


_PHONE = re.compile(r"\+?[\d\s()./-]{7,30}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
_SENTENCES = re.compile(r"[.!?;:]+\s+|\n+|¶|<[^<>]*>")
_NUMBER = re.compile(rf"\d(?:[.,'\u2019\u00a0\u202f ]?\d){{{LONG_NUMBER - 1},}}")


def _values(way: str, leaf: Any) -> Iterator[Value]:
    if isinstance(leaf, date):
        yield Value(way, leaf.isoformat(), "date", leaf.isoformat())
    elif isinstance(leaf, int | float):
        said = str(int(leaf) if float(leaf).is_integer() else leaf)
        yield Value(way, said, "number", said)
    elif isinstance(leaf, str) and leaf.strip() and not is_uuid(leaf) and certain(leaf) is None:
        said = leaf.strip()
        if kind := _kind(said):
            yield Value(way, _uniform(said) if kind == "date" else said, kind, said)
        else:
            yield from _of_text(way, said)


def _uniform(moment: str) -> str:
    """A time as Ashby's arguments have it once they are read."""
    try:
        return datetime.fromisoformat(moment).isoformat() if len(moment) > _A_DAY else moment
    except ValueError:
        return moment


_A_DAY = len("2026-12-01")


def _kind(said: str) -> Kind | None:
    if ADDRESS.fullmatch(said):
        return "e-mail address"
    if LINK.fullmatch(said):
        return "web address"
    if _DATE.fullmatch(said):
        return "date"
    if re.fullmatch(r"\d[\d.,']*", said):
        return "number"
    return "phone number" if _PHONE.fullmatch(said) and sum(it.isdigit() for it in said) >= _FEWEST_DIGITS else None


_FEWEST_DIGITS = 6


def _of_text(way: str, text: str) -> Iterator[Value]:
    phones = [it for it in _PHONE_INSIDE.finditer(text) if sum(map(str.isdigit, it[0])) >= _FEWEST_INSIDE]
    yield from (Value(way, it[0], "phone number", it[0]) for it in phones)
    inside = [(it, kind) for pattern, kind in _INSIDE for it in pattern.finditer(text)]
    taken = [range(*it.span()) for it in phones]
    yield from (Value(way, it[0], kind, it[0]) for it, kind in inside if not any(it.start() in part for part in taken))
    for spelled in _SPELLED_OUT.finditer(text):
        address = re.sub(_A_DOT, ".", re.sub(_AN_AT, "@", spelled[0]))
        yield Value(way, address, "e-mail address", spelled[0])
    all_words = words(text).split()
    if len(all_words) <= FEW_WORDS and "\n" not in text:
        if len("".join(all_words)) >= SHORTEST:
            yield Value(way, text, "text", text)
        return
    for sentence in _SENTENCES.split(text):
        said = words(sentence).split()
        if len(said) < PASSAGE - 1:
            continue
        ends = [*range(PASSAGE, len(said), STEP), len(said)]
        passages = (" ".join(said[max(end - PASSAGE, 0) : end]) for end in ends)
        yield from (Value(way, it, "passage", sentence.strip()) for it in passages)


_FEWEST_INSIDE = 7
_PHONE_INSIDE = re.compile(
    r"(?<!\w)(?<!\d[./-])(?!\d\d?[./-]\d\d?[./-](?:\d{4}|\d\d)(?!\d|[./-]\d))"
    r"(?:\d{3}([-./ ])\d{3,4}\1\d{4}|\d\d([-./ ])\d\d(?:\2\d\d){3}"
    r"|(?:\+[ (]?\d|\(\+?\d{1,5}\)|(?<!\d\s)0\d\d)(?:[^\S\n]?[()./-]*[^\S\n]?\d){4,14})(?!\w)"
)
"""A phone number within a text: grouped like 415-555-0133 or 01.23.45.67.89, or beginning with +, a code in parentheses
or 0. A date such as 01.12.2026 is not one."""

_AN_AT, _A_DOT = r"(?i:\s?[(\[{]\s?at\s?[)\]}]\s?)", r"(?i:\s?[(\[{]\s?dot\s?[)\]}]\s?)"
_SPELLED_OUT = re.compile(rf"{LOCAL_PART}{_AN_AT}[\w-]+(?:(?:\.|{_A_DOT})[\w-]+)+")
"""An address as people write it to hide it from programs: `ada (at) example [dot] org`."""

_INSIDE: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (ADDRESS, "e-mail address"),
    (LINK, "web address"),
    (_NUMBER, "number"),
)
"""What is looked for by itself within a text."""
