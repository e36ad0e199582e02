"""Reads a form back into arguments: what nobody changed stays exactly as it was proposed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from pydantic import ValidationError

from langchain_ashby.inbox.forms.fits import entries, same
from langchain_ashby.inbox.forms.model import ABSENT, CLEARED, Field, Form
from langchain_ashby.inbox.forms.shapes import Kind
from langchain_ashby.inbox.forms.texts import REPLACED, holdable, in_the_breaks_of, lines, unheld
from langchain_ashby.inbox.forms.times import as_argument, clock, day_of, gap, moments, twice
from langchain_ashby.text.json import NOT_KEPT, KeyTwiceError, json_safe, read_typed
from langchain_ashby.text.words import offset, one_line
from langchain_ashby.toolkit.arguments import arguments_of
from langchain_ashby.toolkit.explain import argument_problems

Problems = Mapping[str, list[str]]


@dataclass(frozen=True)
class Read:
    """What a form says.

    Attributes:
        args: The arguments; None if there are problems.
        problems: What is wrong, by the ways to the fields; under "" what is wrong with several at once.
        changed: True if the arguments are not those that were proposed.
    """

    args: dict[str, Any] | None
    problems: Problems
    changed: bool


def read(form: Form) -> Read:
    """Reads the arguments from a form into which somebody has typed, and checks them as the tool will."""
    reader = _Reader(form.zone)
    args = reader.read(form.top, "")
    problems: Problems = reader.problems
    if not problems and not isinstance(form.declared, Mapping):
        try:
            arguments_of(form.declared).model_validate(args)
        except ValidationError as error:
            problems = _explained(form, reader.ways, error)
    if problems:
        return Read(None, problems, True)
    return Read(args, {}, not same(args, form.top.value))


@dataclass
class _Reader:
    """Reads the fields of one form.

    Attributes:
        zone: The zone on whose clock times were typed.
        problems: What is wrong, by the way to the field.
        ways: The way to the field of each argument, by the way to the argument: entries that are left out shift those
            that follow.
    """

    zone: tzinfo
    problems: dict[str, list[str]] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)

    def read(self, it: Field, place: str) -> Any:
        """What a field says; ABSENT if it says nothing."""
        self.ways[place] = it.way
        if it.kind in (Kind.OBJECT, Kind.ROWS):
            for inside in it.fields:  # so that problems of what was proposed find their field, too
                self._known(inside, it, place)
        if "gone" in it.marked or (it.is_new and it.is_as_shown):
            return ABSENT
        if it.is_as_shown:
            return it.value
        try:
            return _READ[it.kind](self, it, place)
        except ValueError as problem:
            self.problems.setdefault(it.way, []).append(str(problem))
            return ABSENT

    def _known(self, inside: Field, it: Field, place: str) -> None:
        name = inside.way.removeprefix(f"{it.way}.") if it.way else inside.way
        there = f"{place}.{name}" if place else name
        self.ways.setdefault(there, inside.way)
        for further in inside.fields:
            self._known(further, inside, there)

    def text(self, it: Field, place: str) -> Any:
        """Text as it was typed, with the line breaks that it had."""
        retyped = lines(it.text) != lines(it.held[0] if it.held else "")
        for mark, value in (("null", None), ("empty", "")):
            if mark in it.marked:
                if retyped and it.text:
                    raise ValueError("has both text and a checked box for no text: clear one of them")
                return value
        if not it.text:
            return ABSENT
        was = it.value if isinstance(it.value, str) else ""
        if not retyped:
            return was
        if lost := unheld(it.text):
            raise ValueError(f"has {', '.join(lost)}, which cannot be stored: remove it")
        if REPLACED in it.text and holdable(was) != lines(was):
            raise ValueError(f"has {REPLACED} in place of a character that browsers cannot hold: remove or replace it")
        return in_the_breaks_of(it.text, was)

    def number(self, it: Field, place: str) -> Any:
        """A number with a decimal point; spaces between its digits are for the eye."""
        if "null" in it.marked:
            return None
        typed = re.sub(r"(?<=\d)[\s_'](?=\d)", "", it.text.strip())
        if not typed:
            return ABSENT
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", typed, re.ASCII | re.IGNORECASE):
            raise ValueError("must be in digits, with a decimal point and no commas: 140000 or 140000.5")
        try:
            number = int(typed)
        except ValueError:
            decimal = float(typed)
            number = int(decimal) if it.shape.whole and decimal.is_integer() else decimal  # type: ignore[assignment]
        if it.shape.whole and not isinstance(number, int):
            raise ValueError("must be a whole number")
        if json_safe([number]) != [number]:
            raise ValueError("is too large")
        return number

    def choice(self, it: Field, place: str) -> Any:
        """The chosen value."""
        if it.text in ("", CLEARED):
            return ABSENT if it.text == "" else None
        for option in it.shape.options:
            if option.raw == it.text:
                return option.value
        raise ValueError("must be one of the options: choose again")

    def several(self, it: Field, place: str) -> Any:
        """The chosen values; none of them is an empty list where there was one before."""
        values = {option.raw: option.value for option in it.shape.options}
        if any(raw not in values for raw in it.typed):
            raise ValueError("must be among the options: choose again")
        if not it.typed and not isinstance(it.value, list):
            return ABSENT
        return [values[raw] for raw in it.typed]

    def day(self, it: Field, place: str) -> Any:
        """A calendar day."""
        if not it.text.strip():
            return None if "null" in it.marked else ABSENT
        found = day_of(it.text.strip())
        if found is None:
            raise ValueError("must be a date, such as 2026-11-24")
        return found.isoformat()

    def moment(self, it: Field, place: str) -> Any:
        """A time with the offset of the reviewer's zone at that time."""
        if not it.text.strip():
            return None if "null" in it.marked else ABSENT
        local = clock(it.text)
        found = moments(local, self.zone)
        if not found:
            raise ValueError(gap(local, self.zone))
        chosen = found if len(found) == 1 else [moment for moment in found if offset(moment) == it.offset]
        if not chosen:
            raise ValueError(twice(local, self.zone))
        return as_argument(chosen[0])

    def record(self, it: Field, place: str) -> Any:
        """The id of the chosen record; where there is no list, what was typed: an id, or a name."""
        if it.more:
            return it.more
        if it.text == CLEARED or "null" in it.marked:
            return None
        if not it.text.strip():
            return ABSENT
        return next((known.value for known in it.shape.options if known.raw == it.text), it.text.strip())

    def records(self, it: Field, place: str) -> Any:
        """The ids of the records that are left, as they were given, and those that were added."""
        given = dict(zip(it.held, entries(it.shape, it.value), strict=False))
        found = [given.get(raw, raw) for raw in it.typed] + ([it.more] if it.more else [])
        return found or (found if it.required else ABSENT)

    def object(self, it: Field, place: str) -> Any:
        """The parts that are given; ABSENT if none of them is."""
        found: dict[str, Any] = {}
        names = [*(part.name for part in it.shape.parts), *_others(it)]
        for name, inside in zip(names, it.fields, strict=True):
            value = self.read(inside, f"{place}.{name}" if place else name)
            if value is not ABSENT:
                found[name] = value
        said = [inside for inside in it.fields if inside.kind is not Kind.FIXED and not _says_nothing(inside)]
        if it.way and not said:
            return ABSENT
        for name, inside in zip(names, it.fields, strict=True):
            if inside.required and name not in found and inside.way not in self.problems:
                self.problems.setdefault(inside.way, []).append("is required")
        return found

    def rows(self, it: Field, place: str) -> Any:
        """The entries that say something."""
        found: list[Any] = []
        for inside in it.fields:
            value = self.read(inside, f"{place}.{len(found)}")
            if value is not ABSENT:
                found.append(value)
        return found if found or it.required else ABSENT

    def json(self, it: Field, place: str) -> Any:
        """JSON."""
        if not it.text.strip():
            return ABSENT
        try:
            found = read_typed(it.text)
        except KeyTwiceError as error:
            raise ValueError(f"has {one_line(error, 200)}") from None
        except (ValueError, RecursionError) as error:
            raise ValueError(f"is not JSON: {one_line(error, 200)}") from None
        if json_safe(found) is not found:
            raise ValueError(f"contains {NOT_KEPT}")
        return found

    def fixed(self, it: Field, place: str) -> Any:
        """What was there."""
        return it.value


_READ: Mapping[Kind, Callable[[_Reader, Field, str], Any]] = {
    Kind.TEXT: _Reader.text,
    Kind.LONG: _Reader.text,
    Kind.NUMBER: _Reader.number,
    Kind.YES_NO: _Reader.choice,
    Kind.ONE_OF: _Reader.choice,
    Kind.SOME_OF: _Reader.several,
    Kind.DAY: _Reader.day,
    Kind.MOMENT: _Reader.moment,
    Kind.RECORD: _Reader.record,
    Kind.RECORDS: _Reader.records,
    Kind.OBJECT: _Reader.object,
    Kind.ROWS: _Reader.rows,
    Kind.FIXED: _Reader.fixed,
    Kind.JSON: _Reader.json,
}


def _others(it: Field) -> list[str]:
    """The names of what an object has beyond its declared parts, in the order of their fields."""
    known = {part.name for part in it.shape.parts}
    return [name for name in it.value if name not in known] if isinstance(it.value, Mapping) else []


def _says_nothing(it: Field) -> bool:
    """True for a field that is left empty, and for several of which each is."""
    if "gone" in it.marked:
        return True
    if it.fields or it.kind in (Kind.OBJECT, Kind.ROWS):
        return all(map(_says_nothing, it.fields))
    return (
        not any(it.typed)
        and not it.more
        and not it.marked
        and not (it.is_as_shown and it.value is not ABSENT and it.value is not None)
    )


def _explained(form: Form, ways: Mapping[str, str], error: ValidationError) -> Problems:
    """What the tool says against the arguments, beside the fields that it speaks of, in the words of the form."""
    labels = {part.way.rpartition(".")[2]: part.label for part in form.top.walk() if "_" in part.way}
    problems: dict[str, list[str]] = {}
    for where, whats in argument_problems(error).items():
        place = "" if where == "arguments" else where
        while place and place not in ways:
            place = place.rpartition(".")[0]
        for what in dict.fromkeys(whats):
            problems.setdefault(ways.get(place, ""), []).append(_in_words(what, labels))
    return problems


def _in_words(what: str, labels: Mapping[str, str]) -> str:
    what = next((words for begins, words in _INSTEAD.items() if what.startswith(begins)), what)
    return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda found: f"“{labels.get(found[0], found[0])}”", one_line(what, 400))


_INSTEAD = {
    "Field required": "is required",
    "Input should be a valid string": "must be text",
    "List should have at least 1 item": "must have at least one entry",
    "Value should have at least 1 item": "must have at least one entry",
    "Value should have at most 100 items": "can have at most 100 entries",
}
