"""An overview of many changes of one kind: a table with a line for each, to be shown above their cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_ashby.agent.cards.card import Card, is_current
from langchain_ashby.text.words import count, one_line, tool_title

FEWEST = 3
"""The fewest changes of one kind that get an overview."""

_LONGEST = 160


@dataclass(frozen=True)
class Overview:
    """A table of changes of one kind: its title, the heads of its columns, and its rows."""

    title: str
    heads: tuple[str, ...]
    rows: list[list[str]]


def overviews(cards: Sequence[Any]) -> list[Overview]:
    """The overviews of proposed changes, in their order; each row begins with the number of its change.

    Args:
        cards: The card of each change; anything else for one without.
    """
    kinds: dict[str, list[tuple[int, Card]]] = {}
    for number, card in enumerate(cards, 1):
        if is_current(card):
            kinds.setdefault(card["tool"], []).append((number, card))
    return [_overview(tool, those) for tool, those in kinds.items() if len(those) >= FEWEST]


def _overview(tool: str, those: Sequence[tuple[int, Card]]) -> Overview:
    rows = [[str(number), card["line"], card["risk"], _remarks(card)] for number, card in those]
    title = f"{tool_title(tool, None)}: {count(len(those), 'change')}"
    return Overview(title, ("no.", "change", "risk", "look at"), rows)


def _remarks(card: Card) -> str:
    """The first warning, or what could not be checked, and how many more there are."""
    remarks = [*card["warnings"], *card["unchecked"]]
    more = f" (and {len(remarks) - 1} more)" if len(remarks) > 1 else ""
    return f"{one_line(remarks[0], _LONGEST)}{more}" if remarks else ""
