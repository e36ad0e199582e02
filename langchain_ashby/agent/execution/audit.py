"""Reading the audit trail: what was shown, who decided what, and the outcome."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import datetime
from hashlib import sha256

from langgraph.store.base import BaseStore, Item

from langchain_ashby.agent.execution.audit_html import entry_html, proposed, trail_html
from langchain_ashby.agent.execution.audit_log import ROOT, AuditRecord
from langchain_ashby.agent.execution.store import load, thread_label


@dataclass(frozen=True, kw_only=True)
class AuditEntry(AuditRecord):
    """An entry of the audit trail, read back. A notebook shows it with the card. Its attributes are `AuditRecord`'s.

    Attributes:
        write: The id of the write, which all entries about it share.
    """

    write: str = field(default="", compare=False)

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
    """Reads the entries of one thread, or of all, oldest first.

    Raises:
        ValueError: if another version of this package wrote an entry; entries are never skipped silently.
    """
    entries = _Entries(thread_id)
    while entries.add(store.search(entries.namespace, limit=_PAGE, offset=len(entries.found))):
        pass
    return entries.trail()


async def aaudit_trail(store: BaseStore, thread_id: str | None = None) -> AuditTrail:
    """Does the same as `audit_trail` under asyncio, for a store that must be read from its event loop.

    Raises:
        ValueError: as `audit_trail` does.
    """
    entries = _Entries(thread_id)
    while entries.add(await store.asearch(entries.namespace, limit=_PAGE, offset=len(entries.found))):
        pass
    return entries.trail()


class _Entries:
    """What has been read of a trail so far."""

    def __init__(self, thread_id: str | None) -> None:
        self.namespace = ROOT if thread_id is None else (*ROOT, thread_label(thread_id))
        self.found: dict[tuple[tuple[str, ...], str], AuditEntry] = {}

    def add(self, page: Iterable[Item]) -> bool:
        """Adds a page of a search. True if there was anything new in it."""
        depth = len(self.namespace)
        new = {(item.namespace, item.key): item for item in page if item.namespace[:depth] == self.namespace}
        if new.keys() <= self.found.keys():
            return False
        self.found |= {key: entry_of(item) for key, item in new.items()}
        return True

    def trail(self) -> AuditTrail:
        return AuditTrail(sorted(self.found.values(), key=lambda entry: entry.at))


_PAGE = 1_000_000
"""All at once: between pages, PostgreSQL skips some of what was written at the same moment, which has no order."""


def to_jsonl(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yields each entry as a line of ASCII JSON, without a line break."""
    for entry in entries:
        yield json.dumps(asdict(entry) | {"at": entry.at.isoformat()})


def entry_of(item: Item) -> AuditEntry:
    """The entry that an item of the store holds.

    Raises:
        ValueError: as `audit_trail` does.
    """
    value = load(item)
    return AuditEntry(
        **{
            it.name: value[it.name]
            for it in fields(AuditEntry)
            if it.name in value or (it.default is MISSING and it.default_factory is MISSING)
        }
        | {"at": datetime.fromisoformat(value["at"]), "write": write_at(item.namespace, item.key)}
    )


def write_at(namespace: tuple[str, ...], key: str) -> str:
    """The id of the write of an entry: its thread and the journal's name of it, which begins the key, made short."""
    return sha256(f"{namespace[-1]}/{key.partition('-')[0]}".encode()).hexdigest()[:16]
