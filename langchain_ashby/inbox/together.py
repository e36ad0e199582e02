"""Finds changes that can be decided together: of one kind, with nothing that needs a decision of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from langchain_ashby.agent.cards.show.overview import FEWEST
from langchain_ashby.inbox.questions import Approval

MOST = 100
"""The most changes that one page decides together."""


@dataclass(frozen=True)
class Alike:
    """Changes of one kind.

    Attributes:
        key: What stands for them in addresses.
        title: The tool in words.
        approvals: The changes.
    """

    key: str
    title: str
    approvals: list[Approval]


def alone(approval: Approval, now: datetime) -> str | None:
    """Says why a change has to be decided alone; None if it can be decided together with others like it."""
    expires = approval.question.expires
    return "It has expired." if expires and expires <= now else approval.has_to_be_alone


def likeness(approval: Approval) -> str:
    """A key that all changes of one kind share: those of one tool, with the same arguments given."""
    return _key(approval.likeness)


@lru_cache(maxsize=1024)
def _key(kind: tuple[str, ...]) -> str:
    return sha256(json.dumps(kind).encode()).hexdigest()[:12]


def alike(approvals: Iterable[Approval], now: datetime) -> list[Alike]:
    """The groups of changes that can be decided together, the largest first."""
    groups: dict[str, Alike] = {}
    for it in approvals:
        if alone(it, now) is None:
            key = likeness(it)
            groups.setdefault(key, Alike(key, it.title, [])).approvals.append(it)
    return sorted((it for it in groups.values() if len(it.approvals) >= FEWEST), key=lambda it: -len(it.approvals))
