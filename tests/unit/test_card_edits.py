"""Edits of a call, in words."""

from __future__ import annotations

from typing import Any

from langchain_ashby.agent.cards.card import Change
from langchain_ashby.agent.cards.edits import edited_arguments, edits, together


def card(line: str = "Move Ada", **other: Any) -> Any:
    empty: dict[str, Any] = {"changes": [], "consequences": [], "refers": {}}
    return {"line": line, **empty, **other}


def row(field: str, before: str | None, after: str | None) -> Change:
    return Change(field=field, before=before, after=after)


def test_rows_people_and_consequences_are_compared_and_the_line_only_if_they_are_equal() -> None:
    ada, ben = ({"id": {"what": "The candidate", "name": it, "kind": None}} for it in ("Ada", "Ben"))
    was = card(changes=[row("Stage", "Onsite", "Offer")], refers=ada, consequences=["She gets an e-mail."])
    now = card("Move Ben", changes=[row("Stage", "Screen", "Hired"), row("Note", None, "New")], refers=ben)
    assert edits(was, now) == [
        row("Stage", "Offer", "Hired"),
        row("Note", None, "New"),
        row("Candidate", "Ada", "Ben"),
        row("What happens next", "She gets an e-mail.", None),
    ]
    assert edits(card(), card("Move Ben")) == [row("What happens", "Move Ada", "Move Ben")]
    assert edits(was, was) == []


def test_rows_of_one_field_are_compared_in_order_and_removed_records_are_named() -> None:
    meetings = [[row("Meeting", None, it) for it in those] for those in (("at 9", "at 10"), ("at 9", "at 11"))]
    tables = [{"records": [*it], "rows": [[name] for name in it]} for it in (("Ada", "Ben"), ("Ada",))]
    was, now = (card(changes=it, table=table) for it, table in zip(meetings, tables, strict=True))
    assert edits(was, now) == [row("Meeting", "at 10", "at 11"), row("Taken off", "Ben", None)]


def test_an_edit_of_an_edit_is_compared_with_what_was_proposed() -> None:
    first = [row("Note", "A", "B"), row("Stage", "Offer", "Hired")]
    assert together(first, [row("Note", "B", "A"), row("Stage", "Hired", "Onsite"), row("Tag", "X", None)]) == [
        row("Stage", "Offer", "Onsite"),
        row("Tag", "X", None),
    ]
    assert edited_arguments({"to": "Ada", "days": 1}, {"to": "Ada", "days": 2}) == [row("Days", "1", "2")]
