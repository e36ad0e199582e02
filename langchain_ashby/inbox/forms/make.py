"""Makes the form for a call: a field for each argument, with what was proposed or what somebody has typed since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from langchain_ashby.ids import canonical
from langchain_ashby.inbox.forms.answers import asked_for, shape_asked, shape_by
from langchain_ashby.inbox.forms.fits import entries, fits, same
from langchain_ashby.inbox.forms.model import ABSENT, CLEARED, Choice, Choices, Field, Form, Typed, step
from langchain_ashby.inbox.forms.shapes import JSON, Declared, Kind, Option, Part, Shape, shape_of
from langchain_ashby.inbox.forms.texts import hidden_in, holdable, lines
from langchain_ashby.inbox.forms.times import clock, day_of, moment_of, moments, on_the_clock, same_clock
from langchain_ashby.text.words import folded, offset, one_line, zone

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
class _Maker:
    """Makes the fields of one form."""

    choices: Choices | None
    typed: Typed | None
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
            more = self._sent(f"{it.way}~more")
            it = replace(it, typed=tuple(sent or ()), more=more.strip())
        elif it.kind in (Kind.OBJECT, Kind.ROWS):
            return replace(it, marked=frozenset({"gone"} if self._sent(f"{it.way}~gone") else ()))
        elif sent is None or it.kind is Kind.FIXED:
            return it
        else:
            it = replace(it, typed=tuple(sent[:1]))
            if it.kind is Kind.MOMENT and it.held and same_clock(it.text, it.held[0]):
                it = replace(it, typed=it.held)
        marked = frozenset(mark for mark in it.marks if self._sent(f"{it.way}~{mark}"))
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
        sent = self._sent(f"{it.way}~offset")
        return replace(it, offsets=tuple(map(offset, found)), offset=sent)

    def _sent(self, name: str) -> str:
        return next(iter((self.typed or {}).get(name, ())), "")

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
        return replace(it, held=("" if _is_none(it.value) else repr(it.value),))

    def json(self, it: Field) -> Field:
        """What no control fits, as JSON."""
        it = replace(it, notes=("No form field fits this value, so edit it as JSON.",))
        if it.value is ABSENT:
            return replace(it, held=("",))
        return replace(it, held=(json.dumps(it.value, indent=2, default=str),))

    def fixed(self, it: Field) -> Field:
        """What nobody changes here."""
        return replace(it, held=(holdable(str(it.value)),))

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

    def yes_no(self, it: Field) -> Field:
        """Yes, no, or not given."""
        options = (Option("true", "Yes", True), Option("false", "No", False))
        return self.one_of(replace(it, shape=replace(it.shape, options=options)))

    def one_of(self, it: Field) -> Field:
        """One of several values; a proposed one that is not among them stays one that can be chosen."""
        held = CLEARED if it.value is None and it.shape.clears else "" if _is_none(it.value) else None
        if held is None:
            option = _option(it.shape.options, it.value)
            if option is None:
                option = Option(
                    _unlisted(it.shape.options, it.value), f"As proposed: {one_line(it.value, 80)}", it.value
                )
                it = replace(it, shape=replace(it.shape, options=(*it.shape.options, option)))
            held = option.raw
        choices = [Choice(known.raw, known.label) for known in it.shape.options]
        return replace(it, held=(held,), choices=self._with_none(it, choices, held))

    def _with_none(self, it: Field, choices: Sequence[Choice], held: str) -> tuple[Choice, ...]:
        """The choices with "not given" before them and "clear it" after them, where those are possible."""
        needed = it.required and held and [*(self.typed or {}).get(it.way, ())] != [""]
        before = [] if needed else [Choice("", "Choose" if it.required else "Not given")]
        return (*before, *choices, *([Choice(CLEARED, "No value: clear it")] if it.shape.clears else []))

    def some_of(self, it: Field) -> Field:
        """Any number of several values."""
        options, held = list(it.shape.options), list[str]()
        for value in it.value if isinstance(it.value, list) else ():
            option = _option(options, value)
            if option is None:
                option = Option(_unlisted(options, value), f"As proposed: {one_line(value, 80)}", value)
                options.append(option)
            held.append(option.raw)
        choices = tuple(Choice(known.raw, known.label) for known in options)
        return replace(it, shape=replace(it.shape, options=tuple(options)), held=tuple(held), choices=choices)

    def record(self, it: Field) -> Field:
        """A record by its name; by its id, where no list has it."""
        held = CLEARED if it.value is None and it.shape.clears else "" if _is_none(it.value) else _as_id(it.value)
        it = self._offered(it)
        fixed = [Choice(known.raw, known.label) for known in it.shape.options]
        if it.offered is None or it.offered.problem:
            if held == CLEARED:
                held = ""
            name = self._called(held)
            notes = (*((f"{name}, as proposed.",) if name else ()), *((it.offered.problem,) if it.offered else ()))
            return replace(it, held=(held,), notes=notes)
        found = [*fixed, *it.offered.choices]
        sent = self._sent(it.way)
        for raw, words in ((held, "As proposed: {}"), (sent, "{}")):
            if raw and raw != CLEARED and all(known.raw != raw for known in found):
                found.append(Choice(raw, words.format(self._called(raw) or one_line(raw, 80))))
        return replace(it, held=(held,), choices=self._with_none(it, found, held))

    def records(self, it: Field) -> Field:
        """Several records: those that were proposed can be taken off, and others added."""
        ids = [it.value] if isinstance(it.value, str) else it.value if isinstance(it.value, list) else []
        held = [_as_id(entry) for entry in ids]
        it = self._offered(it)
        sent = (self.typed or {}).get(it.way, ())
        offered = {known.raw: known.label for known in (it.offered.choices if it.offered else ())}
        named = [
            Choice(raw, self._called(raw) or offered.get(raw) or one_line(raw, 80))
            for raw in dict.fromkeys([*held, *sent])
        ]
        notes = (it.offered.problem,) if it.offered and it.offered.problem else ()
        return replace(it, held=tuple(held), choices=tuple(named), notes=notes)

    def _offered(self, it: Field) -> Field:
        query = self._sent(f"{it.way}~q")
        if self.choices is None or it.shape.id is None:
            return it
        return replace(it, query=query, offered=self.choices.offered(it.shape.id, query))

    def _called(self, raw: str) -> str:
        return (self.choices.called(raw) if self.choices and raw else None) or ""

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
        name = self._sent(f"{it.way}.{named_by}" if it.way else named_by) or given.get(named_by)
        question = self._question(named_by, name)
        shape = shape_asked(question, value) if question else shape_by(value)
        if not fits(shape, value):
            shape = shape_by(value)
        said = " ".join(filter(None, [shape.help, asked_for(question) if question else ""]))
        label = "Answer" if question and named_by == "path" else part.label  # the question stands above it
        return replace(part, label=label, shape=replace(shape, clears=part.shape.clears, help=said))

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
        """The row of an answer under its question."""
        name = next((it.value for it in row.fields if it.kind is Kind.FIXED), None)
        question = self._question("path", name)
        return replace(row, label=one_line(question.title, 120)) if question else row

    def _rows(self, way: str) -> int:
        said = self._sent(f"{way}~rows")
        rows = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
        return rows + (self._sent("~add") == way)

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


def _is_none(value: Any) -> bool:
    return value is None or value is ABSENT


def _as_id(value: str) -> str:
    """The id as lists have it; what is no id stays as it is."""
    try:
        return canonical(value.strip())
    except ValueError:
        return holdable(value)


def _option(options: Sequence[Option], value: Any) -> Option | None:
    """The option for a value, which can be given as its label, too."""
    alike = [it for it in options if same(it.value, value)]
    alike = alike or [it for it in options if isinstance(value, str) and folded(it.label) == folded(value)]
    return alike[0] if len(alike) == 1 else None


def _unlisted(options: Sequence[Option], value: Any) -> str:
    """What the option of a proposed value sends that is not among those that can be chosen."""
    plain = isinstance(value, str) and value == holdable(value) and value.strip("~ \n") == value != ""
    return value if plain and all(value != it.raw for it in options) else f"~{json.dumps(value)}"
