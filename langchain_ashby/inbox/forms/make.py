"""Makes the form for a call: a field for each argument, with what was proposed or what somebody has typed since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from langchain_ashby.ids import certain
from langchain_ashby.inbox.forms.answers import asked_for, shape_asked, shape_by
from langchain_ashby.inbox.forms.fits import entries, fits
from langchain_ashby.inbox.forms.model import ABSENT, Choices, Field, Form, Typed, step
from langchain_ashby.inbox.forms.pickers import Pickers, is_none
from langchain_ashby.inbox.forms.shapes import JSON, Declared, Kind, Part, Shape, shape_of
from langchain_ashby.inbox.forms.texts import hidden_in, holdable, lines
from langchain_ashby.inbox.forms.times import clock, day_of, moment_of, moments, on_the_clock, same_clock
from langchain_ashby.text.words import offset, one_line, zone

MOST_ROWS = 200
"""The most entries that a list can be given in a form."""

_A_LINE = 100
"""The longest text that is shown in a control of one line."""


def form(
    declared: Declared,
    args: Mapping[str, Any],
    choices: Choices | None = None,
    *,
    typed: Typed | None = None,
    within: tzinfo | None = None,
) -> Form:
    """Makes the form for the arguments of a call.

    Args:
        declared: What declares them: an operation of Ashby's, or another tool's JSON schema.
        args: The arguments as they were proposed.
        choices: Knows the records that can be chosen; without it, ids are typed.
        typed: What a browser has sent of this form, to show it again.
        within: The zone of the clock that times are shown on; by default that of `langchain_ashby.text.words.zone`.
    """
    maker = _Maker(choices, typed, within or zone())
    top = maker.field(Part("", "", shape_of(declared), True), "", dict(args))
    return Form(declared, top, maker.zone)


@dataclass(frozen=True)
class _Maker(Pickers):
    """Makes the fields of one form.

    Attributes:
        zone: The time zone in which times are shown.
    """

    zone: tzinfo

    def field(self, part: Part, way: str, value: Any) -> Field:
        """The field for a part of the arguments, and those inside it."""
        shape = next((it for it in (part.shape, *part.shape.variants) if fits(it, value)), JSON)
        shape = replace(shape, clears=shape.clears or part.shape.clears)
        it = Field(way, part.label, shape, value, part.required, help=shape.help or part.shape.help)
        it = _MAKE[shape.kind](self, it)
        if shape.clears and value is None and not it.choices:
            it = replace(it, was_marked=frozenset({"null"}), marked=frozenset({"null"}))
        return self._with_notes(self._as_typed(replace(it, typed=it.held)))

    def _as_typed(self, it: Field) -> Field:
        """The field with what was sent for it, if anything was."""
        if self.typed is None or not it.way:
            return it
        sent = self.typed.get(it.way)
        if it.kind in (Kind.SOME_OF, Kind.RECORDS):
            if f"{it.way}~shown" not in self.typed:
                return it
            it = replace(it, typed=tuple(sent or ()), more=self.sent(f"{it.way}~more").strip())
        elif it.kind in (Kind.OBJECT, Kind.ROWS):
            return replace(it, marked=frozenset({"gone"} if self.sent(f"{it.way}~gone") else ()))
        elif sent is None or it.kind is Kind.FIXED:
            return it
        else:
            it = replace(it, typed=tuple(sent[:1]), more=self.sent(f"{it.way}~more").strip())
            if it.kind is Kind.MOMENT and it.held and same_clock(it.text, it.held[0]):
                it = replace(it, typed=it.held)
        marked = frozenset(mark for mark in it.marks if self.sent(f"{it.way}~{mark}"))
        return self._dated(replace(it, marked=marked))

    def _dated(self, it: Field) -> Field:
        """The field of a time, with the offsets to choose from if what was typed comes twice."""
        if it.kind is not Kind.MOMENT:
            return it
        try:
            found = moments(clock(it.text), self.zone)
        except ValueError:
            found = []
        if len(found) < 2:
            return replace(it, offsets=(), offset=it.was_offset if it.typed == it.held else "")
        sent = self.sent(f"{it.way}~offset")
        return replace(it, offsets=tuple(map(offset, found)), offset=sent)

    def _with_notes(self, it: Field) -> Field:
        if it.kind not in (Kind.TEXT, Kind.LONG):
            return it
        same = it.is_as_shown and isinstance(it.value, str)
        return replace(it, notes=(*it.notes, *hidden_in(it.value if same else it.text)))

    # A method for each kind of control: what it holds at first.

    def text(self, it: Field) -> Field:
        """Text; in one line unless it is long or has several, which a control of one line would lose."""
        if not isinstance(it.value, str):
            return replace(it, held=("",))
        marked = frozenset({"empty"} if it.value == "" else ())
        long = len(it.value) > _A_LINE or "\n" in lines(it.value)
        shape = replace(it.shape, kind=Kind.LONG) if long else it.shape
        return replace(it, shape=shape, held=(holdable(it.value),), was_marked=marked, marked=marked)

    def number(self, it: Field) -> Field:
        """A number, written with a decimal point."""
        return replace(it, held=("" if is_none(it.value) else repr(it.value),))

    def json(self, it: Field) -> Field:
        """What no control fits, as JSON."""
        it = replace(it, notes=("No form field fits this value, so edit it as JSON.",))
        if it.value is ABSENT:
            return replace(it, held=("",))
        return replace(it, held=(json.dumps(it.value, indent=2, default=str),))

    def fixed(self, it: Field) -> Field:
        """What nobody changes here."""
        return replace(it, held=("" if is_none(it.value) else holdable(str(it.value)),))

    def day(self, it: Field) -> Field:
        """A calendar day, as browsers hold it."""
        found = day_of(it.value)
        return replace(it, held=(found.isoformat() if found else "",))

    def moment(self, it: Field) -> Field:
        """A time on the clock of the reviewer's zone."""
        found = moment_of(it.value)
        if found is None:
            return replace(it, held=("",))
        local = on_the_clock(found, self.zone) or ""
        both = moments(clock(local), self.zone)
        said = offset(found.astimezone(self.zone)) if len(both) > 1 else ""
        offsets = tuple(map(offset, both)) if said else ()
        return replace(it, held=(local,), offset=said, was_offset=said, offsets=offsets)

    def object(self, it: Field) -> Field:
        """The parts of an object; what it has beyond them is shown as JSON."""
        given = it.value if isinstance(it.value, Mapping) else {}
        known = {part.name for part in it.shape.parts}
        others = [
            Part(name, one_line(name.replace("_", " "), 80), shape_by(given[name]), False)
            for name in given
            if name not in known
        ]
        fields = []
        for part in (*it.shape.parts, *others):
            way = f"{it.way}.{step(part.name)}" if it.way else step(part.name)
            value = given.get(part.name, ABSENT)
            fields.append(self.field(self._answering(part, it, given, value), way, value))
        return replace(it, fields=tuple(fields))

    def _answering(self, part: Part, it: Field, given: Mapping[str, Any], value: Any) -> Part:
        """The part for an answer, by the question beside it."""
        names = {other.name for other in it.shape.parts}
        named_by = next((name for name in ("custom_field_id", "path") if name in names), "")
        if named_by == part.name == "path" and (question := self._question(part.name, given.get("path"))):
            return replace(part, shape=Shape(Kind.FIXED))
        if part.shape.kind is not Kind.ANSWER:
            return part
        name = self.sent(f"{it.way}.{named_by}" if it.way else named_by) or given.get(named_by)
        question = self._question(named_by, name)
        shape = shape_asked(question, value) if question else shape_by(value)
        if not fits(shape, value):
            shape = shape_by(value)
        said = " ".join(filter(None, [shape.help, asked_for(question) if question else ""]))
        return replace(part, shape=replace(shape, clears=part.shape.clears, help=said))

    def _question(self, named_by: str, name: Any) -> Any:
        return self.choices.question(named_by, str(name)) if self.choices and isinstance(name, str) and name else None

    def rows(self, it: Field) -> Field:
        """The entries of a list, those that were added in the form, and the fields of a form that are not filled in."""
        given = entries(it.shape, it.value)
        item = it.shape.item or JSON
        added = [ABSENT] * max(0, self._rows(it.way) - len(given))
        one = it.label.removesuffix("s") or "Entry"
        made = [
            self.field(Part("", f"{one} {number}", item, False), f"{it.way}.{number - 1}", entry)
            for number, entry in enumerate([*given, *self._unanswered(item, given), *added][:MOST_ROWS], 1)
        ]
        fields = [self._titled(it if place < len(given) else replace(it, is_new=True)) for place, it in enumerate(made)]
        return replace(it, fields=tuple(fields))

    def _titled(self, row: Field) -> Field:
        """Returns the row of an answer, labelled with its question or with the words of the call."""
        said = next((it.value for it in row.fields if it.way.endswith(".path")), None)
        question = self._question("path", said)
        if question is None:
            is_named = isinstance(said, str) and not certain(said)
            return replace(row, label=one_line(str(said).replace("_", " "), 120)) if is_named else row
        label = one_line(question.title, 120)
        fields = tuple(it if it.is_hidden else replace(it, label=label) for it in row.fields)
        return replace(row, label=label, fields=fields)

    def _rows(self, way: str) -> int:
        said = self.sent(f"{way}~rows")
        rows = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
        return rows + (self.sent("~add") == way)

    def _unanswered(self, item: Shape, entries: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
        """An entry for each field of the form that none answers."""
        if self.choices is None or all(part.name != "path" for part in item.parts):
            return
        asked = [self._question("path", it.get("path")) for it in entries if isinstance(it, Mapping)]
        for question in self.choices.questions():
            if question.path not in [it.path for it in asked if it]:
                yield {"path": question.path}


_MAKE = {
    Kind.TEXT: _Maker.text,
    Kind.LONG: _Maker.text,
    Kind.NUMBER: _Maker.number,
    Kind.YES_NO: _Maker.yes_no,
    Kind.ONE_OF: _Maker.one_of,
    Kind.SOME_OF: _Maker.some_of,
    Kind.DAY: _Maker.day,
    Kind.MOMENT: _Maker.moment,
    Kind.RECORD: _Maker.record,
    Kind.RECORDS: _Maker.records,
    Kind.OBJECT: _Maker.object,
    Kind.ROWS: _Maker.rows,
    Kind.FIXED: _Maker.fixed,
    Kind.JSON: _Maker.json,
}
