"""Deletes checkpoints that are no longer needed.

LangGraph rebuilds a conversation from the checkpoints since the last one that stores all of it, so keeping only the
latest would empty it. A checkpoint is kept if it is a thread's latest or not old enough, and so is every one between it
and the last whole conversation before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableConfig
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

from langchain_ashby.agent.approval.threads import Agent
from langchain_ashby.agent.execution.journal import has_open_records
from langchain_ashby.cli.checkpoint_tables import Unneeded, tables_of
from langchain_ashby.cli.stores import Database


class Left(StrEnum):
    """The reason for skipping a thread."""

    OPEN = "change waiting or run under way"
    UNSETTLED = "outcome of a change not recorded"
    FOREIGN = "of another program or unreadable"


@dataclass
class Pruned:
    """What was deleted, or would be.

    Attributes:
        threads: The number of threads.
        checkpoints: The number of their checkpoints.
        size: How many bytes they held.
        left: The number of threads that were skipped, by reason.
    """

    threads: int = 0
    checkpoints: int = 0
    size: int = 0
    left: dict[Left, int] = field(default_factory=dict)


def prune(agent: Agent, database: Database, before: datetime, only: str | None = None, *, dry_run: bool) -> Pruned:
    """Deletes the checkpoints before a time, except those needed to continue a thread or to return to a later one.

    Args:
        agent: The agent that owns the threads.
        database: Its SQLite or PostgreSQL database.
        before: The time, with its time zone.
        only: The only thread to look at; None for all.
        dry_run: Delete nothing.

    Raises:
        ValueError: if the only thread does not exist.
    """
    pruned, tables = Pruned(), tables_of(database.checkpointer)
    threads = tables.threads()
    if only is not None and only not in threads:
        raise ValueError(f"There is no thread {only!r}.")
    for thread_id in threads if only is None else [only]:
        found = _unneeded(agent, database, thread_id, before)
        if isinstance(found, Left):
            pruned.left[found] = pruned.left.get(found, 0) + 1
        elif found.ids:
            size = tables.size(thread_id, found)
            if dry_run or tables.delete(thread_id, found):
                pruned.threads += 1
                pruned.checkpoints += len(found.ids)
                pruned.size += size
            else:
                pruned.left[Left.OPEN] = pruned.left.get(Left.OPEN, 0) + 1
    return pruned


class _Row(NamedTuple):
    """The relevant parts of a checkpoint."""

    parent: str | None
    at: datetime
    is_whole: bool
    values: frozenset[tuple[str, str]]


def _unneeded(agent: Agent, database: Database, thread_id: str, before: datetime) -> Unneeded | Left:
    config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
    try:
        rows = _rows(agent, database.checkpointer, config)
        state = agent.get_state(config) if rows else None
    except Exception:  # another program may store anything, and fail in its own way here
        return Left.FOREIGN
    if not rows or state is None:
        return Left.FOREIGN
    if state.next or state.interrupts:
        return Left.OPEN
    if has_open_records(database.store, thread_id):
        return Left.UNSETTLED
    latest = next(iter(rows))
    kept = _kept(rows, before)
    values = {it for row in kept for it in rows[row].values}
    gone = {key: row for key, row in rows.items() if key not in kept}
    return Unneeded([*gone], sorted({it for row in gone.values() for it in row.values} - values), latest)


def _rows(agent: Agent, saver: BaseCheckpointSaver[Any], config: RunnableConfig) -> dict[str, _Row]:
    """Returns a thread's checkpoints, the latest first; none unless all are the agent's own."""
    rebuilt = {name for name, it in agent.channels.items() if isinstance(it, DeltaChannel)}
    rows: dict[str, _Row] = {}
    before: RunnableConfig | None = None
    while page := list(saver.list(config, before=before, limit=_PAGE)):
        for it in page:
            if not _is_own(it, rebuilt, is_latest=not rows):
                return {}
            rows[it.checkpoint["id"]] = _row(it, rebuilt)
        before = page[-1].config
    return rows


def _is_own(it: CheckpointTuple, rebuilt: set[str], *, is_latest: bool) -> bool:
    within = it.config["configurable"].get("checkpoint_ns")
    others = (it.metadata.get("counters_since_delta_snapshot") or {}).keys() - rebuilt
    return not (within or others or (is_latest and "own" not in it.checkpoint["channel_versions"]))


def _row(it: CheckpointTuple, rebuilt: set[str]) -> _Row:
    checkpoint, parent = it.checkpoint, it.parent_config
    versions = checkpoint["channel_versions"]
    return _Row(
        parent=parent["configurable"]["checkpoint_id"] if parent else None,
        at=datetime.fromisoformat(checkpoint["ts"]),
        is_whole=rebuilt & versions.keys() <= checkpoint["channel_values"].keys(),
        values=frozenset((channel, str(version)) for channel, version in versions.items()),
    )


def _kept(rows: Mapping[str, _Row], before: datetime) -> set[str]:
    kept: set[str] = set()
    latest = next(iter(rows))
    for start, row in rows.items():
        at: str | None = start if start == latest or row.at >= before else None
        while at is not None and at in rows and at not in kept:
            kept.add(at)
            at = None if rows[at].is_whole else rows[at].parent
    return kept


_PAGE = 50
