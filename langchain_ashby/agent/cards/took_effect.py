"""Finds out by reading whether a write has happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.card import Card, is_current, same
from langchain_ashby.text.words import at

SKEW = timedelta(minutes=5)
"""The most that Ashby's clock may be behind or ahead of this computer's."""


def took_effect(builder: CardBuilder, card: Card | None, since: datetime) -> bool | None:
    """Tells if the write took effect: `builder` has the present values, `card` those from before."""
    facts = card["facts"] if card is not None and is_current(card) else {}
    verdicts = [*_values(builder, facts), *_additions(builder, facts, since)]
    if not verdicts or None in verdicts or len(set(verdicts)) > 1:
        return None
    return verdicts[0]


def _values(builder: CardBuilder, before: dict[str, object]) -> Iterator[bool | None]:
    """A verdict for each value that the write sets, but for those which were so before."""
    for title, wanted in builder.wanted.items():
        if title not in before or title not in builder.facts:
            yield None
        elif not same(was := before[title], wanted):
            now = builder.facts[title]
            # What is neither the old value nor the new one was set by somebody else, before or after.
            yield True if same(now, wanted) else False if same(now, was) else None


def _additions(builder: CardBuilder, before: dict[str, object], since: datetime) -> Iterator[bool | None]:
    """A verdict on what the write makes, if it makes something."""
    if builder.alike is None:
        return
    known = before.get(builder.alike.title)
    there_before = {at(record, "id") for record in known} if isinstance(known, list) else None
    new = {key: made for key, made in builder.alike.records.items() if there_before is None or key not in there_before}
    recent = {key for key, made in new.items() if made is None or made >= since - SKEW}
    if there_before is None and None in new.values():
        yield None
    elif recent - builder.alike.doubtful:
        yield True
    else:
        yield None if recent or not builder.alike.complete else False
