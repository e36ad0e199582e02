"""Controls for picking options, and Ashby records by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_ashby.ids import canonical, certain
from langchain_ashby.inbox.forms.fits import same
from langchain_ashby.inbox.forms.model import ABSENT, CLEARED, Choice, Choices, Field, Typed
from langchain_ashby.inbox.forms.shapes import Kind, Option
from langchain_ashby.inbox.forms.texts import holdable
from langchain_ashby.text.words import folded, one_line


@dataclass(frozen=True)
class Pickers:
    """Makes the fields that people pick from a list.

    Attributes:
        choices: The records that can be chosen; without it, ids are typed.
        typed: The form as the browser sent it.
    """

    choices: Choices | None
    typed: Typed | None

    def sent(self, name: str) -> str:
        """Returns the first value sent under a name; empty if there is none."""
        return next(iter((self.typed or {}).get(name, ())), "")

    def yes_no(self, it: Field) -> Field:
        """Offers yes, no and not given."""
        options = (Option("true", "Yes", True), Option("false", "No", False))
        return self.one_of(replace(it, shape=replace(it.shape, options=options)))

    def one_of(self, it: Field) -> Field:
        """Offers one of several values. A proposed value that is not among them can still be chosen."""
        held = CLEARED if it.value is None and it.shape.clears else "" if is_none(it.value) else None
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
        """Adds "not given" before the choices and "clear it" after them, where possible."""
        needed = it.required and held and [*(self.typed or {}).get(it.way, ())] != [""]
        before = [] if needed else [Choice("", "Choose" if it.required else "Not given")]
        return (*before, *choices, *([Choice(CLEARED, "No value: clear it")] if it.shape.clears else []))

    def some_of(self, it: Field) -> Field:
        """Offers any number of values."""
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
        """Offers a record by its name or by its candidate. A record that cannot be listed is only shown."""
        held = CLEARED if it.value is None and it.shape.clears else "" if is_none(it.value) else _as_id(it.value)
        if self.choices is None or it.shape.id is None:
            return replace(it, held=("" if held == CLEARED else held,))
        it = self._offered(it)
        if it.offered is None:
            notes = () if is_none(it.value) else ("As proposed. It has no name, so it cannot be changed here.",)
            return replace(it, shape=replace(it.shape, kind=Kind.FIXED), notes=notes)
        found = [*(Choice(known.raw, known.label) for known in it.shape.options), *it.offered.choices]
        sent = self.sent(it.way)
        for raw, words in ((held, "As proposed: {}"), (sent, "{}")):
            if raw and raw != CLEARED and all(known.raw != raw for known in found):
                found.append(Choice(raw, words.format(self._called(it, raw) or _said(raw))))
        notes = (it.offered.problem,) if it.offered.problem else ()
        return replace(it, held=(held,), choices=self._with_none(it, found, held), notes=notes)

    def records(self, it: Field) -> Field:
        """Offers several records: proposed ones can be removed, and others added."""
        ids = [it.value] if isinstance(it.value, str) else it.value if isinstance(it.value, list) else []
        held = [_as_id(entry) for entry in ids]
        it = self._offered(it)
        sent = (self.typed or {}).get(it.way, ())
        named = [
            Choice(raw, self._called(it, raw) or (f"No. {place}, {_said(raw)}" if self.choices else one_line(raw, 80)))
            for place, raw in enumerate(dict.fromkeys([*held, *sent]), 1)
        ]
        notes = (it.offered.problem,) if it.offered and it.offered.problem else ()
        return replace(it, held=tuple(held), choices=tuple(named), notes=notes)

    def _offered(self, it: Field) -> Field:
        query = self.sent(f"{it.way}~q")
        if self.choices is None or it.shape.id is None:
            return it
        return replace(it, query=query, offered=self.choices.offered(it.shape.id, query))

    def _called(self, it: Field, raw: str) -> str:
        return (self.choices.called(raw, it.shape.id) if self.choices and raw else None) or ""


def is_none(value: Any) -> bool:
    """True for a value that is absent or null."""
    return value is None or value is ABSENT


def _said(raw: str) -> str:
    """Shows a value that is not in a list as it was given, unless it is an id, which means nothing to people."""
    return "not in the list" if certain(raw) else one_line(raw, 80)


def _as_id(value: str) -> str:
    """Returns an id in the form that lists use; anything else stays as it is."""
    try:
        return canonical(value.strip())
    except ValueError:
        return holdable(value)


def _option(options: Sequence[Option], value: Any) -> Option | None:
    """Finds the option for a value or a label."""
    alike = [it for it in options if same(it.value, value)]
    alike = alike or [it for it in options if isinstance(value, str) and folded(it.label) == folded(value)]
    return alike[0] if len(alike) == 1 else None


def _unlisted(options: Sequence[Option], value: Any) -> str:
    """Returns what a browser sends for a proposed value that is not among the options."""
    plain = isinstance(value, str) and value == holdable(value) and value.strip("~ \n") == value != ""
    return value if plain and all(value != it.raw for it in options) else f"~{json.dumps(value)}"
