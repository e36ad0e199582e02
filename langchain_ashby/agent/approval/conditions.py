"""Ready-made conditions for policies: each is a function of the card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from langchain_ashby.agent.cards import Card
from langchain_ashby.text.words import UNNAMED


def more_than(records: int) -> Callable[[Card], bool]:
    """Makes a condition that is true for a bulk write of more than this many records."""

    def condition(card: Card) -> bool:
        return len(card["table"]["records"]) > records if "table" in card else False

    return condition


def hires(card: Card) -> bool:
    """Returns True if the write moves an application to a stage where the candidate is hired, or may."""
    return _becomes(card, "Hired")


def archives(card: Card) -> bool:
    """Returns True if the write archives an application, or may."""
    return _becomes(card, "Archived") or "archive_reason_id" in card["args"]


def emails_candidate(card: Card) -> bool:
    """Returns True if the write has Ashby send a rejection e-mail to a candidate."""
    return card["args"].get("archive_email") is not None


def hold_if(condition: Callable[[Card], bool], length: timedelta) -> Callable[[Card], timedelta | None]:
    """Makes a rule that holds a write for `length`, unless the condition returns False for its card."""

    def rule(card: Card) -> timedelta | None:
        try:
            return None if condition(card) is False else length
        except Exception:  # of any kind: then the write is held as if the condition were true
            return length

    return rule


def _becomes(card: Card, status: str) -> bool:
    return any(it["field"] == "Status" and it["after"] in (status, UNNAMED) for it in card["changes"])
