"""Cards: what a write would do, in words a recruiter can judge, and how its effect is recognized afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from langchain_ashby.agent.cards import (  # noqa: F401  # each registers its cards
    applications,
    candidates,
    feedback,
    fields,
    files,
    jobs,
    offers,
    openings,
    schedules,
    stages,
)
from langchain_ashby.agent.cards.card import CARD_VERSION, Card, Change, Link, Risk, is_current, stale, targets
from langchain_ashby.agent.cards.files import only_the_file_on
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import build
from langchain_ashby.agent.cards.show.html import html
from langchain_ashby.agent.cards.show.markdown import markdown
from langchain_ashby.agent.cards.took_effect import took_effect
from langchain_ashby.endpoint import Operation

__all__ = [
    "CARD_VERSION",
    "Card",
    "Change",
    "Link",
    "ReadCache",
    "Risk",
    "card_of",
    "facts_after",
    "html",
    "is_current",
    "markdown",
    "only_the_file_on",
    "settled",
    "stale",
    "targets",
]


def card_of(request: Operation[Any], reads: ReadCache) -> Card:
    """Builds the card of a write. It only reads; what cannot be read stands under `unchecked`."""
    return build(request, reads).card()


def facts_after(request: Operation[Any], reads: ReadCache) -> dict[str, Any]:
    """The facts that a write sets or implies, by title, with the values it leaves them at."""
    return build(request, reads).afterwards


def settled(request: Operation[Any], card: Card | None, reads: ReadCache, since: datetime) -> bool | None:
    """Tells if the write has taken effect: True or False where reading tells, None where it cannot.

    Args:
        request: The write.
        card: The card that was shown, with what was there before. Without it, less can be told.
        reads: A new cache, made after the attempt.
        since: When the attempt began, by this computer's clock.
    """
    return took_effect(build(request, reads), card, since)
