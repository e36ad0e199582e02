"""Cards: what a write would do, in words a recruiter can judge, and how its effect is recognized afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import ToolCall

from langchain_ashby.agent.cards import (  # noqa: F401  # each registers its cards
    applications,
    candidates,
    feedback,
    fields,
    files,
    jobs,
    offers,
    openings,
    postings,
    projects,
    revisions,
    schedules,
    stages,
    teams,
    transfers,
)
from langchain_ashby.agent.cards.card import (
    CARD_VERSION,
    Card,
    Change,
    Link,
    Risk,
    Source,
    arguments,
    is_current,
    targets,
)
from langchain_ashby.agent.cards.differences import differences
from langchain_ashby.agent.cards.many import LeftOut, Part, card_of_many, parts_of
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import build
from langchain_ashby.agent.cards.show.html import html
from langchain_ashby.agent.cards.show.markdown import markdown
from langchain_ashby.agent.cards.took_effect import Seen, new_records, seen_on, took_effect
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoint import Operation

__all__ = [
    "CARD_VERSION",
    "Card",
    "Change",
    "Evidence",
    "LeftOut",
    "Link",
    "Part",
    "ReadCache",
    "Risk",
    "Seen",
    "Source",
    "card_of",
    "differences",
    "facts_after",
    "html",
    "is_current",
    "markdown",
    "seen_on",
    "settled",
    "targets",
]


def card_of(request: Operation[Any], reads: ReadCache) -> Card:
    """Builds the card of a write. It only reads; what cannot be read stands under `unchecked`."""
    if not isinstance(request, Bulk):
        return build(request, reads).card()

    def carded(single: Operation[Any]) -> tuple[ToolCall, Card]:
        return ToolCall(name=single.tool_name(), args=arguments(single), id=None), card_of(single, reads)

    parts, left_out = parts_of(request, reads, carded)
    return card_of_many(request, parts, left_out) if parts else build(request, reads).card()


def facts_after(request: Operation[Any], reads: ReadCache) -> dict[str, Any]:
    """The facts that a write sets or implies, by title, with the values it leaves them at."""
    return build(request, reads).afterwards


@dataclass(frozen=True)
class Evidence:
    """Evidence of whether a write took effect.

    Attributes:
        proven: True or False if proven, None if not.
        records: The ids of new records that look like the one it creates, oldest first; None if it creates none, or if
            they cannot be determined.
        unseen: What else the write does that no read shows, as a clause with "whether"; None if nothing.
    """

    proven: bool | None
    records: list[str] | None
    unseen: str | None = None


def settled(
    request: Operation[Any], seen: Seen | None, reads: ReadCache, *, attempts: int = 1, taken: Collection[str] = ()
) -> Evidence:
    """Finds evidence of whether a write took effect.

    Args:
        request: The write.
        seen: What was there right before the attempt.
        reads: A new cache, made after the attempt.
        attempts: How many attempts could have created such records, including this one.
        taken: The ids of records that other attempts are known to have created.
    """
    builder = build(request, reads)
    proven = took_effect(builder, seen, attempts=attempts, taken=taken)
    return Evidence(proven, new_records(builder, seen), builder.unseen)
