"""Describes what someone changed in a form: each field before and after."""

from __future__ import annotations

from collections.abc import Iterator

from langchain_ashby.agent.cards.card import Change
from langchain_ashby.inbox.forms.model import CLEARED, Field, Form
from langchain_ashby.inbox.forms.shapes import Kind
from langchain_ashby.inbox.forms.times import clock, day_of
from langchain_ashby.text.words import day, paragraph

_NONE = "not given"


def changes(form: Form) -> list[Change]:
    """Lists what was changed, in the order of the fields."""
    return [change for it in form.fields for change in _changes(it, ())]


def _changes(it: Field, above: tuple[str, ...]) -> Iterator[Change]:
    here = above if it.label in above[-1:] else (*above, it.label)  # an answer is called as its question
    if it.is_as_shown:
        return
    if "gone" in it.marked:
        yield Change(field=", ".join(here), before="given" if not it.is_new else _NONE, after="left out")
    elif it.kind in (Kind.OBJECT, Kind.ROWS):
        for inside in it.fields:
            yield from _changes(inside, above if it.kind is Kind.ROWS else here)
    else:
        before = _words(it, it.held, it.was_marked, it.was_offset)
        yield Change(field=", ".join(here), before=before, after=_words(it, it.typed, it.marked, it.offset, it.more))


def _words(it: Field, held: tuple[str, ...], marked: frozenset[str], offset: str, more: str = "") -> str:
    if "null" in marked or held == (CLEARED,):
        return "no value"
    if "empty" in marked:
        return "empty text"
    labels = {choice.raw: choice.label.removeprefix("As proposed: ") for choice in it.choices}
    labels |= {choice.raw: choice.label for choice in (it.offered.choices if it.offered else ())}
    said = [labels.get(raw, raw) for raw in ([more] if more and it.kind is Kind.RECORD else [*held, more]) if raw]
    if it.kind in (Kind.DAY, Kind.MOMENT) and said:
        return " ".join(filter(None, [_on_the_calendar(said[0]), offset]))
    if it.kind in (Kind.TEXT, Kind.LONG, Kind.JSON) and said:
        return paragraph(said[0])
    return ", ".join(said) or _NONE


def _on_the_calendar(text: str) -> str:
    """A day, or a time on the reviewer's clock, in words; what is neither, as it was typed."""
    if found := day_of(text):
        return day(found)
    try:
        local = clock(text)
    except ValueError:
        return paragraph(text)
    return f"{day(local)}, {local:%H:%M:%S}".removesuffix(":00")
