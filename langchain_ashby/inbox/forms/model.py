"""What a form is made of. Everything in it is text for people; a template only has to write it down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, Final, Protocol

from langchain_ashby.forms import Field as Question
from langchain_ashby.ids import Id
from langchain_ashby.inbox.forms.shapes import Declared, Kind, Shape
from langchain_ashby.inbox.forms.texts import holdable, lines

Typed = Mapping[str, Sequence[str]]
"""What a browser sent: the values of each control by its name."""


class Absent:
    """Stands for an argument that is not given: null is something else."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()

CLEARED = "~clear"
"""What the option of a list sends that clears the value."""


@dataclass(frozen=True)
class Choice:
    """An entry of a list: what it sends, and what people read."""

    raw: str
    label: str


@dataclass(frozen=True)
class Offered:
    """The records that can be chosen.

    Attributes:
        choices: The first of them, by name.
        complete: False if there are more: then a search leads to them.
        problem: A sentence on why there is no list; empty if there is one.
        needs_search: True if records are listed only by part of their name.
        by: What a search looks for.
    """

    choices: tuple[Choice, ...] = ()
    complete: bool = True
    problem: str = ""
    needs_search: bool = False
    by: str = "Part of the name"


class Choices(Protocol):
    """Knows the records that a call can refer to."""

    def offered(self, kind: Id, query: str) -> Offered | None:
        """The records of a kind whose names have this in them; None if no list has such records."""
        ...

    def called(self, record_id: str, kind: Id | None) -> str | None:
        """The name of a record of this kind that the call refers to; None if it has none, or it could not be read."""
        ...

    def question(self, named_by: str, name: str) -> Question | None:
        """What a custom field, or the field of a form, asks for, by its id, path or title; None if that is not known.

        `named_by` is the argument that has the name: `custom_field_id` or `path`.
        """
        ...

    def questions(self) -> Sequence[Question]:
        """The fields of the form that the call fills in; empty if they are not known."""
        ...


@dataclass(frozen=True)
class Field:
    """One field of a form, or several that belong together.

    Attributes:
        way: The way to it through the arguments, `interview_events.0.start_time`; also the name of its control.
        label: What people call it.
        shape: What it takes.
        value: The argument as it was proposed; ABSENT if it was not given.
        required: True if it has to be given.
        held: What its control held when the form was first shown.
        typed: What the control holds now.
        was_marked: The marks that were set then, of `null` and `empty`.
        marked: The marks that are set now, `gone` being another: the field is to be left out.
        more: A record to add to the chosen ones; if no list could be read, one to use instead.
        offset: The offset from UTC of a time that comes twice; `was_offset` is that of the proposed one.
        offsets: The offsets to choose from; empty for a time that comes once.
        fields: The fields inside.
        choices: What can be chosen.
        offered: Whether that is all, or why there is nothing.
        query: The part of a name by which the records were searched.
        help: A sentence or two on what it takes.
        notes: What else to know: what is invisible in the text, what an id stands for.
        problems: What is wrong with what was typed.
        is_new: True for an entry that was added in the form.
    """

    way: str
    label: str
    shape: Shape
    value: Any = ABSENT
    required: bool = False
    held: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    was_marked: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()
    more: str = ""
    offset: str = ""
    was_offset: str = ""
    offsets: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    choices: tuple[Choice, ...] = ()
    offered: Offered | None = None
    query: str = ""
    help: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    is_new: bool = False

    @property
    def kind(self) -> Kind:
        """Its kind of control."""
        return self.shape.kind

    @property
    def text(self) -> str:
        """What its control holds, where that is one text."""
        return self.typed[0] if self.typed else ""

    @property
    def is_given(self) -> bool:
        """True if it was proposed, or something was typed."""
        return (
            self.value is not ABSENT
            or not self.is_as_shown
            or bool(self.problems)
            or any(it.is_given for it in self.fields)
        )

    @property
    def is_as_shown(self) -> bool:
        """True if nobody has changed anything in it."""
        held, typed = [*map(lines, self.held)], [*map(lines, self.typed)]
        own = (
            (held == typed or (self.kind in _SETS and sorted(held) == sorted(typed)))
            and self.marked == self.was_marked
            and self.offset == self.was_offset
            and not self.more
        )
        return own and all(it.is_as_shown for it in self.fields)

    @property
    def anchor(self) -> str:
        """The id of its control on the page."""
        return f"f-{self.way}"

    @property
    def described(self) -> str:
        """The ids of what is said about it beside the control."""
        said = ["help"] if self.help or self.notes else []
        return " ".join(f"{self.anchor}-{it}" for it in [*said, *(["problems"] if self.problems else [])])

    @property
    def control(self) -> str:
        """The type of the control in HTML; text for what was typed that is no date or time."""
        text, types = self.text, {Kind.DAY: ("date", _DAY), Kind.MOMENT: ("datetime-local", _CLOCK)}
        kind, pattern = types.get(self.kind, ("text", _DAY))
        return kind if not text or pattern.fullmatch(text) else "text"

    @property
    def shown(self) -> str:
        """What its control holds, as a page can be encoded."""
        return holdable(self.text)

    @property
    def height(self) -> int:
        """The height of its control in lines."""
        return min(max(3, self.text.count("\n") + len(self.text) // 80 + 1), 20)

    @property
    def repeated(self) -> list[Choice]:
        """What was chosen more than once, as a proposal may have it."""
        labels = {it.raw: it.label for it in self.choices}
        again = [raw for place, raw in enumerate(self.typed) if raw in self.typed[:place]]
        return [Choice(raw, labels.get(raw, raw)) for raw in again]

    @property
    def marks(self) -> list[str]:
        """The marks that can be set beside its control."""
        empty = "empty" in self.was_marked or (self.shape.empty and not self.required)
        null = self.shape.clears and not self.choices
        return [*(["null"] if null else []), *(["empty"] if empty else [])]

    @property
    def can_go(self) -> bool:
        """True if it can be left out as a whole."""
        return self.kind in (Kind.OBJECT, Kind.ROWS) and not self.required and self.is_given and not self.is_new

    @property
    def is_hidden(self) -> bool:
        """True if the field is fixed and has nothing to show: it is not given, or shown elsewhere."""
        return self.kind is Kind.FIXED and not self.notes

    @property
    def answer(self) -> Field | None:
        """The answer's field, if this is a form's question with its answer."""
        asked = [it for it in self.fields if it.is_hidden]
        others = [it for it in self.fields if not it.is_hidden]
        return others[0] if self.kind is Kind.OBJECT and asked and len(others) == 1 else None

    @property
    def can_search(self) -> bool:
        """True if its records are in a list that is too long to be looked through."""
        offered = self.offered
        if offered is None or (offered.problem and not offered.needs_search):
            return False
        return bool(self.query) or not offered.complete or offered.needs_search or len(offered.choices) > _FEW

    @property
    def can_type(self) -> bool:
        """True if an id or a name can be typed because there is no list."""
        offered = self.offered
        return offered is not None and bool(offered.problem) and not offered.needs_search and self.shape.by_name

    @property
    def can_add(self) -> bool:
        """True for a list that can grow. The answers of a form cannot: each question has a field."""
        return self.kind is Kind.ROWS and not any(it.answer for it in self.fields)

    def walk(self) -> Iterator[Field]:
        """Yields the field and all fields in it."""
        yield self
        for it in self.fields:
            yield from it.walk()

    def mapped(self, change: Callable[[Field], Field]) -> Field:
        """A copy with every field in it changed, and then itself."""
        return change(replace(self, fields=tuple(it.mapped(change) for it in self.fields)))


_FEW = 12
"""The most records that are found without a search."""

_SETS = (Kind.SOME_OF, Kind.RECORDS)


@dataclass(frozen=True)
class Form:
    """A form for the arguments of a call.

    Attributes:
        declared: What declares the arguments.
        top: All arguments, as one field with a field for each.
        zone: The zone on whose clock times are read.
        problems: What is wrong with several fields at once.
    """

    declared: Declared
    top: Field
    zone: tzinfo
    problems: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The arguments."""
        return self.top.fields

    @property
    def wrong(self) -> list[Field]:
        """The fields with problems, in order."""
        return [it for it in self.top.walk() if it.problems]

    def trail(self, field: Field) -> str:
        """The labels on the way to a field: `Interview event 1, Start time`."""
        on_the_way = [it for it in self.top.walk() if it.way and f"{field.way}.".startswith(f"{it.way}.")]
        labels = (it.label for it in on_the_way if it.kind is not Kind.ROWS or it is on_the_way[-1])
        return ", ".join(dict.fromkeys(labels))  # an answer is called as its question

    def with_problems(self, problems: Mapping[str, Sequence[str]]) -> Form:
        """The form with problems beside its fields, by the ways to them; those under "" are of the whole form."""

        def told(it: Field) -> Field:
            return replace(it, problems=(*it.problems, *problems.get(it.way, ()))) if it.way else it

        return replace(self, top=self.top.mapped(told), problems=(*self.problems, *problems.get("", ())))


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?", re.ASCII)
"""What browsers take as dates and times: they drop anything else."""


def step(name: str) -> str:
    """A name as a step on the way to a field: anything but letters, digits, _ and - is written as its number."""
    return re.sub("[^0-9A-Za-z_-]", lambda found: f"={ord(found[0]):X}=", name)
