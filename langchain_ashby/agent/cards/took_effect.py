"""Reads Ashby to find out whether a write took effect."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.card import Before, Card, is_current, same
from langchain_ashby.text.words import at


class Seen(Before):
    """What Ashby showed right before an attempt: what a card notes for settling, and its facts."""

    facts: dict[str, Any]


def seen_on(card: Card | None) -> Seen | None:
    """What Ashby showed when a card was made; None if this version of the package cannot read the card."""
    if card is None or not is_current(card):
        return None
    return Seen(facts=card["facts"], **card["before"])


def took_effect(
    builder: CardBuilder, seen: Seen | None, *, attempts: int = 1, taken: Collection[str] = ()
) -> bool | None:
    """Tells if a write took effect: True or False if proven, None if not.

    An unchanged value does not prove that the write never happened: somebody may have put it back. Only the time of the
    record's last change proves it, or its history. The absence of a record that the write would create proves
    nothing. Nor is a write proven of which no read shows a part.

    Args:
        builder: The present state of Ashby.
        seen: Its state right before the attempt.
        attempts: How many attempts could have created such records, including this one.
        taken: The ids of records that other attempts are known to have created.
    """
    if seen is None:
        return None
    verdicts = [*_values(builder, seen)]
    if builder.alike is not None:
        verdicts.append(_addition(builder, seen, attempts, taken))
    if True in verdicts:
        return True if all(verdicts) and builder.unseen is None else None
    # One request sets all values: if one was certainly never set, neither were the others.
    return False if False in verdicts else None


def new_records(builder: CardBuilder, seen: Seen | None) -> list[str] | None:
    """The ids of the records that look like the one the write creates, and were not there before it.

    None if unknown. Oldest first, if Ashby tells their times; the doubtful ones last.
    """
    if builder.alike is None or seen is None:
        return None
    known = seen["facts"].get(builder.alike.title)
    if not isinstance(known, list):
        return None
    before = {at(record, "id") for record in known}
    doubtful = builder.alike.doubtful
    made = {key: str(time or "") for key, time in builder.alike.records.items() if key not in before}
    return sorted(made, key=lambda key: (key in doubtful, made[key], key))


def _values(builder: CardBuilder, seen: Seen) -> Iterator[bool | None]:
    """A verdict for each value that the write changes."""
    untouched = bool(seen["revision"]) and builder.revision() == seen["revision"]
    for title, wanted in builder.wanted.items():
        if title not in seen["facts"] or title not in builder.facts:
            yield None
        elif not same(was := seen["facts"][title], wanted):
            now = builder.facts[title]
            since = _entries_since(builder, seen, title)
            if same(now, wanted):
                yield True
            elif since is not None:
                # Whoever set it, it is gone again.
                yield None if any(same(entry, wanted) for entry in since) else False
            else:
                yield False if untouched and same(now, was) else None


def _entries_since(builder: CardBuilder, seen: Seen, title: str) -> list[Any] | None:
    """The values that a field has had since; None if Ashby keeps no history of it."""
    if title not in seen["passed"] or title not in builder.history:
        return None
    return [value for key, value in builder.history[title].items() if key not in seen["passed"][title]]


def _addition(builder: CardBuilder, seen: Seen, attempts: int, taken: Collection[str]) -> bool | None:
    """True if there are enough new records for every attempt that could have made them, of each that one makes."""
    assert builder.alike is not None
    parts = builder.alike.parts
    left = {*(new_records(builder, seen) or ())} - {*taken} - builder.alike.doubtful
    enough = all(len(left & part) >= attempts * parts.count(part) for part in parts)
    return True if enough and len(left) >= attempts * len(parts) else None
