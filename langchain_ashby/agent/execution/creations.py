"""Attempts to create records that look alike, across all threads of a store.

One new record proves that one attempt succeeded, not which. So every attempt is noted before its request is sent, and
an attempt counts as made only if there are enough new records for all attempts whose record is not known.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.store import list_items, load, put_op

ROOT = ("langchain_ashby", "creations")


@dataclass(frozen=True)
class Share:
    """Which attempts and records are matched already.

    Attributes:
        attempts: The ids of the attempts whose record is not known.
        taken: The ids of the records that attempts are known to have created.
    """

    attempts: list[str]
    taken: frozenset[str]


def begun(kind: str, claim_id: str) -> PutOp:
    """A PutOp that notes an attempt whose request is about to be sent."""
    return put_op((*ROOT, kind), claim_id, {"made": []})


def concluded(kind: str | None, claim_id: str, outcome: Outcome, made: Collection[str]) -> tuple[PutOp, ...]:
    """The PutOps that note what became of an attempt.

    Args:
        kind: What it was to create; None if nothing.
        claim_id: The attempt.
        outcome: Its outcome. An attempt of which that is unknown stays noted as it is; one that created no record is
            deleted.
        made: The ids of the records that it created; empty if not known.
    """
    if kind is None or outcome == "unknown":
        return ()
    if outcome == "applied":
        return (put_op((*ROOT, kind), claim_id, {"made": sorted(made)}),)
    return (PutOp((*ROOT, kind), claim_id, None),)


def share(store: BaseStore, kind: str) -> Share:
    """Reads which attempts and records of a kind are matched already."""
    made = {item.key: load(item)["made"] for item in list_items(store, (*ROOT, kind))}
    return Share(
        sorted(key for key, ids in made.items() if not ids), frozenset(it for ids in made.values() for it in ids)
    )


def ids_in(value: Any) -> frozenset[str]:
    """Every id in a result."""
    found: set[str] = set()
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if isinstance(part.get("id"), str):
                found.add(part["id"])
            part = part.values()
        elif not isinstance(part, list):
            continue
        left += [it for it in part if isinstance(it, (dict, list))]
    return frozenset(found)
