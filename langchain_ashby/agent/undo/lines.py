"""The extra lines on an undo's card: what it undoes, what stays, and what someone has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from langchain_ashby.agent.cards.as_sent import equal
from langchain_ashby.agent.cards.card import Beside, Card
from langchain_ashby.agent.cards.many import grouped
from langchain_ashby.agent.state import Proposal, Undoing
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import moment, one_line, paragraph, shown, utc

NOTHING: Beside = {"consequences": [], "warnings": []}


def lines_of(undoing: Undoing | None, proposal: Proposal) -> Beside:
    """The lines for the card of a call that undoes something; none for any other, or if a person edited it."""
    card = proposal["card"]
    if undoing is None or card is None or not is_as_proposed(undoing, proposal):
        return NOTHING
    when = moment(utc(datetime.fromisoformat(undoing["at"])))
    parts = {part["record"]: part["card"] for part in proposal.get("parts", [])} or {"": card}
    warnings = [[*_changed(undoing["left"].get(record, {}), it)] for record, it in parts.items()]
    return {
        "consequences": [
            f"Undoes the change of {when}: {one_line(undoing['line'])}.",
            *map(visible, undoing["remains"]),
        ],
        "warnings": grouped(warnings),
    }


def is_as_proposed(undoing: Undoing | None, proposal: Proposal) -> bool:
    """True for a call that undoes something, exactly as it was proposed: no person has edited it."""
    return undoing is not None and proposal["call"]["args"] == undoing["args"]


def _changed(left: Mapping[str, Any], card: Card) -> Iterator[str]:
    """Yields a warning for each value that is no longer what the write left."""
    for title, value in left.items():
        if title not in card["facts"]:
            yield visible(f"Could not check whether someone has changed this since: {title}.")
        elif not equal(value, now := card["facts"][title]):
            words = paragraph(now) if isinstance(now, str) else shown(now)
            present = f"now {words}" if words else "now nothing"
            yield visible(f"Changed since, and undoing would overwrite that: {title}, {present}.")


def first(card: Card, lines: list[str]) -> Card:
    """The card with these consequences before its others."""
    return {**card, "consequences": sorted(card["consequences"], key=lambda it: it not in lines)}
