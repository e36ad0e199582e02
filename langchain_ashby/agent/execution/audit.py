"""The audit trail: what was shown, who decided what, and what became of it. Entries are added and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from langgraph.store.base import BaseStore, Item, PutOp

from langchain_ashby.agent.execution.audit_html import entry_html, proposed, trail_html
from langchain_ashby.agent.execution.store import load, put_op

Outcome = Literal[
    "applied",
    "not applied",
    "refused",
    "unknown",
    "stale",
    "expired",
    "withheld",
    "rejected",
    "responded",
    "superseded",
    "policy",
    "edited",
]
"""What became of a proposed write.

`applied`: it is in Ashby. `not applied`: it was sent or tried, and is known not to be there. `refused`: Ashby said no.
`unknown`: nobody can tell. All others were never sent: `stale`, `expired` and `withheld` had been approved, the last in
a run that acts for somebody else or may do less; `rejected` and `responded` are a person's decisions, `superseded` was
overtaken by a new message, `policy` is forbidden by the application, `edited` was changed by a person so much that a
card of its own was asked about: what became of that is another entry.
"""

ROOT = ("langchain_ashby", "audit")


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """What became of one proposed write.

    Attributes:
        at: When it was found out, with its time zone.
        thread_id: The thread of the conversation; None if it has no name.
        call_id: The model's id of the call.
        tool: The tool's name.
        args: The arguments that were decided about; after an edit, the edited ones.
        original: The model's own arguments, if a person edited them.
        card: The card as it was shown; None for a tool that has none.
        decision: `approve`, `edit`, `reject`, `respond`, `policy`; None if nobody decided.
        reviewer: Who decided, as far as the application said.
        decided_at: When, in ISO 8601.
        policy: What the application's policy said: `ask`, `allow` or `never`.
        outcome: One of `Outcome`.
        detail: The answer that the model got, without the result of a write that was applied.
        request_ids: Ashby's ids of the requests that were made for it.
        on_behalf_of: The id of the Ashby user for whom it was proposed; None for nobody but the key's owner.
    """

    at: datetime
    thread_id: str | None
    call_id: str
    tool: str
    args: dict[str, Any]
    original: dict[str, Any] | None
    card: dict[str, Any] | None
    decision: str | None
    reviewer: str | None
    decided_at: str | None
    policy: str | None
    outcome: Outcome
    detail: str
    request_ids: list[str]
    on_behalf_of: str | None = None

    def _repr_html_(self) -> str:
        return entry_html(self)


class AuditTrail(tuple[AuditEntry, ...]):
    """Entries, oldest first. A notebook shows them as a table, `repr` a line each."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(f"{it.at:%Y-%m-%d %H:%M} {it.outcome}: {proposed(it)}" for it in self) or "no entries"

    def _repr_html_(self) -> str:
        return trail_html(self)


def audit_trail(store: BaseStore, thread_id: str | None = None) -> AuditTrail:
    """The entries of one thread, or of all, oldest first.

    Raises:
        ValueError: if another version of this package wrote an entry: none is left out in silence.
    """
    namespace = ROOT if thread_id is None else (*ROOT, thread_label(thread_id))
    found: dict[tuple[tuple[str, ...], str], AuditEntry] = {}
    while page := store.search(namespace, limit=_PAGE, offset=len(found)):
        new = {(item.namespace, item.key): item for item in page if item.namespace[: len(namespace)] == namespace}
        if new.keys() <= found.keys():
            break
        found |= {key: _read(item) for key, item in new.items()}
    return AuditTrail(sorted(found.values(), key=lambda entry: entry.at))


_PAGE = 500


def to_jsonl(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Each entry as a line of JSON in ASCII, without its line break."""
    for entry in entries:
        yield json.dumps(asdict(entry) | {"at": entry.at.isoformat()})


def thread_label(thread_id: str | None) -> str:
    """A thread's name in the store's namespaces, which do not take every text."""
    return sha256(json.dumps(thread_id).encode()).hexdigest()[:32]


def audit_op(entry: AuditEntry, key: str) -> PutOp:
    """What puts an entry into the store. The same key again is the same entry, written once more after a break."""
    value = asdict(entry) | {"at": entry.at.isoformat()}
    return put_op((*ROOT, thread_label(entry.thread_id)), key, value)


def _read(item: Item) -> AuditEntry:
    value = load(item)
    return AuditEntry(
        **{
            field.name: value[field.name]
            for field in fields(AuditEntry)
            if field.name in value or field.default is MISSING
        }
        | {"at": datetime.fromisoformat(value["at"])}
    )
