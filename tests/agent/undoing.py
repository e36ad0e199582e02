"""An agent on the sandbox that makes a write and undoes it, and what of Ashby's records then differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from examples import Company
from office import made

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import (
    AuditEntry,
    AuditTrail,
    PendingApprovals,
    ProposedUndo,
    audit_trail,
    create_recruiting_agent,
    propose_undo,
)
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.sandbox import AshbySandbox

APPROVE = {"type": "approve"}
REJECT = {"type": "reject", "message": "Leave it."}


@dataclass
class Undoer(Company):
    """The company, and agents that change it."""

    sandbox: AshbySandbox

    def agent(self, *calls: Any, tools: Any = "all", said: Sequence[str] = (), **options: Any) -> Any:
        """An agent whose model, after what was said already, proposes the calls, then ends. Asked again, it fails."""
        proposed: list[Any] = [say("", *calls), "Done."] if calls else []
        model = ScriptedChatModel(script=lines(*said, *proposed))
        return create_recruiting_agent(model, AshbyToolkit(self.client, toolsets=tools), **options)

    def write(self, tool: str, args: Mapping[str, Any], **options: Any) -> tuple[Any, AuditTrail]:
        """Makes a write through an agent; returns the agent and the audit trail."""
        agent = self.agent(made(tool, dict(args)), **options)
        decide(agent, PendingApprovals(agent.invoke({"messages": [("user", "Go.")]}, thread("it"))), "it")
        return agent, audit_trail(agent.store)


def thread(name: str) -> Any:
    return {"configurable": {"thread_id": name}}


def decide(agent: Any, pending: PendingApprovals, thread_id: str, decision: Any = APPROVE) -> Any:
    return agent.invoke(pending.resume([decision] * len(pending)), thread(thread_id), durability="sync")


def approved(agent: Any, proposed: ProposedUndo, decision: Any = APPROVE) -> list[AuditEntry]:
    """Decides about an undo; returns the entries of its thread."""
    decide(agent, PendingApprovals(proposed), proposed.thread_id, decision)
    return list(audit_trail(agent.store, proposed.thread_id))


def the_call(trail: Sequence[AuditEntry]) -> AuditEntry:
    """The entry of the call itself, not those of its single writes."""
    [entry] = [it for it in trail if it.part_of is None and it.thread_id == "it"]
    return entry


def undone(agent: Any, trail: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Undoes the one call of a trail."""
    return approved(agent, propose_undo(agent, the_call(trail)))


_LOGS = {"updatedAt", "applicationHistory", "openedAt", "closedAt"}
"""What tells when something was changed."""
_VERSION = {"id", "createdAt", "authorId"}
"""What tells who made a version of an opening, and when."""


def differences(before: Any, after: Any, way: str = "") -> Iterator[str]:
    """Where two states differ, but for logs and for the order of lists that have none."""
    if isinstance(before, dict) and isinstance(after, dict):
        logs = _LOGS | (_VERSION if way.endswith(".latestVersion") else set())
        for key in {**before, **after}.keys() - logs:
            yield from differences(before.get(key), after.get(key), f"{way}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(sorted(before, key=_place), sorted(after, key=_place), strict=True):
            yield from differences(one, other, way)
    elif before != after:
        yield f"{way}: {before!r} to {after!r}"


def _place(entry: Any) -> str:
    return str(entry["id"]) if isinstance(entry, dict) and "id" in entry else str(entry)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(candidates=12) as sandbox:
        yield sandbox


@pytest.fixture
def company(sandbox: AshbySandbox, tmp_path: Path) -> Iterator[Undoer]:
    sandbox.reset()
    with AshbyClient(sandbox.api_key, sandbox.url, timeout=5, upload_dirs=[tmp_path]) as client:
        yield Undoer(sandbox.state(), client, tmp_path, sandbox)
