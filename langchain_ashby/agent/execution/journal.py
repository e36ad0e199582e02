"""The journal: every attempt at a write and its outcome. It keeps an approved write from being made twice.

LangGraph runs a step again if the process died before its checkpoint, and two workers may resume one thread at once. So
each call has a record in the graph's store, with a claim before each attempt and the outcome after it. A store has no
compare-and-set. Therefore a worker puts its own claim, then lists them all, and proceeds only if its claim is alone: of
two that do this at the same time, at least one sees the other.

Each request that changes something is noted under its claim right before it is sent, so a claim without such a note
changed nothing. A claim whose worker may be gone is taken over in the same way: one deletes the claim, then reads the
notes; the worker puts its note, then looks for its claim. At least one of them sees the other.

The record that a write changes is claimed in the same way, from before the second look until the outcome: of two
threads that change one record, the later one sees what the earlier one made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from weakref import WeakKeyDictionary

from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.cards import Seen
from langchain_ashby.agent.execution.journal_record import (
    CONCLUDED,
    OF_REQUEST,
    ROOT,
    Claim,
    Conclusion,
    JournalRecord,
    Request,
    freeing_ops,
    namespace,
    record_in,
    request_name,
)
from langchain_ashby.agent.execution.process import has_ended, running_time, this_process
from langchain_ashby.agent.execution.store import (
    items_under,
    list_items,
    look,
    put_op,
    store_time,
    thread_label,
)
from langchain_ashby.agent.state import Approval
from langchain_ashby.scoped import scoped

_NAMES = (*ROOT, "names")


class Journal:
    """Reads and writes records in the given store.

    Its only state is this process's active claims, and the names of the journals in the stores it has seen.

    Args:
        patience: How long to wait for another worker that is making the same write.
        grace: How long a write may still take effect in Ashby after its sender died or gave up. Until then its absence
            proves nothing.
        lease: After this time, by the store's clock, a claim counts as abandoned if its process cannot be checked, as
            on another computer. Must be longer than the client's `budget`; a process that was suspended for so long
            does not send its request.
    """

    def __init__(
        self,
        *,
        patience: timedelta = timedelta(seconds=30),
        grace: timedelta = timedelta(seconds=3),
        lease: timedelta = timedelta(minutes=10),
    ) -> None:
        self.patience = patience
        self.grace = grace
        self.lease = lease
        self._names: WeakKeyDictionary[BaseStore, str] = WeakKeyDictionary()

    def name(self, store: BaseStore) -> str:
        """Returns the name of the journal in a store, and makes one the first time.

        Each proposal notes it: a call that another journal keeps may have been made without a trace in this one.
        """
        if (known := self._names.get(store)) is not None:
            return known
        names = sorted(item.key for item in list_items(store, _NAMES))
        if not names:
            # Two workers may each make one. Both stay valid for the proposals that note them.
            names = [token_hex(16)]
            store.batch([put_op(_NAMES, names[0], {"at": datetime.now(UTC).isoformat()})])
        self._names[store] = names[0]
        return names[0]

    def read(self, store: BaseStore, key: str) -> JournalRecord:
        """Reads the record of a call."""
        return record_in(list_items(store, namespace(key)))

    def read_named(self, store: BaseStore, key: str, name: str | None) -> tuple[JournalRecord, bool]:
        """Reads the record of a call, and checks whether the store's journal has this name."""
        [items], [named] = look(store, [namespace(key)], (_NAMES, name or ""))
        if named is None:
            self._names.pop(store, None)  # in case the store was emptied meanwhile
        return record_in(items), named is not None

    def claim(
        self,
        store: BaseStore,
        key: str,
        approval: Approval | None,
        seen: Seen | None = None,
        of_record: Claim | None = None,
    ) -> Claim:
        """Puts a claim. The caller may proceed only if the record, read afterwards, has this claim and no other.

        With a claim of the record it is as old as that: both are lost at the same time.
        """
        return self._put(store, key, approval, seen, of_record)

    def claim_record(self, store: BaseStore, record: str) -> Claim | None:
        """Claims one of Ashby's records for a write, by its `record_key`; None while another write has it."""
        claim = self._put(store, record, None, None)
        try:
            others = [it for it in self.read(store, record).claims if it.id != claim.id]
            # No write takes longer than the lease, even in a process that still runs.
            since = store_time(store) - self.lease if others else claim.stored
            is_free = all(it.stored < since or self.is_abandoned(store, it) for it in others)
            if others:
                self.delete(store, record, others if is_free else [claim])
        except BaseException:
            self.release(claim)
            raise
        return claim if is_free else None

    def _put(
        self, store: BaseStore, key: str, approval: Approval | None, seen: Seen | None, of_record: Claim | None = None
    ) -> Claim:
        now = datetime.now(UTC)
        id, began = (of_record.id, of_record.began) if of_record else (token_hex(16), running_time())
        claim = Claim(id, now, now, this_process(), approval, seen, counts_requests=True, began=began)
        if (made := _made.get()) is not None:
            made.append(claim.id)
        _in_use.add(claim.id)  # before it can be seen, or it might pass for abandoned
        note = {
            "at": now.isoformat(),
            "process": claim.process,
            "approval": approval,
            "seen": seen,
            "counts_requests": claim.counts_requests,
        }
        try:
            store.batch([put_op(namespace(key), claim.id, note)])
        except BaseException:
            self.release(claim)
            raise
        return claim

    def note(self, store: BaseStore, key: str, request: Request, *with_it: PutOp) -> None:
        """Records a request of an attempt."""
        store.batch([put_op(namespace(key), request_name(request), vars(request)), *with_it])

    def erase(self, store: BaseStore, key: str, request: Request) -> None:
        """Deletes a request that certainly changed nothing."""
        store.batch([PutOp(namespace(key), request_name(request), None)])

    def holds(self, store: BaseStore, key: str, claim: Claim) -> bool:
        """True if a claim is still on record, and no outcome is."""
        where = namespace(key)
        _, [held, concluded] = look(store, [], (where, claim.id), (where, CONCLUDED))
        return held is not None and concluded is None

    def names(self, store: BaseStore, key: str) -> set[str]:
        """Reads the ids of the claims on a call, and `concluded` if there is an outcome, without what they hold."""
        return {it.key for it in list_items(store, namespace(key)) if OF_REQUEST not in it.key}

    def delete(self, store: BaseStore, key: str, claims: Iterable[Claim], *with_it: PutOp) -> None:
        """Deletes claims under which nothing was written, or that are taken over."""
        deleted = list(claims)
        try:
            gone = (PutOp(namespace(key), claim.id, None) for claim in deleted)
            store.batch([*gone, *freeing_ops(deleted), *with_it])
        finally:
            for claim in deleted:
                self.release(claim)  # only now: a released claim that is still there has to be settled

    def forget(
        self, store: BaseStore, key: str, claims: Iterable[Claim], requests: Iterable[Request], *with_it: PutOp
    ) -> None:
        """Deletes attempts that certainly changed nothing, with their requests."""
        gone = [PutOp(namespace(key), request_name(it), None) for it in requests]
        self.delete(store, key, claims, *gone, *with_it)

    def release(self, claim: Claim) -> None:
        """Releases the claim but keeps it on record; any process may now settle it."""
        _in_use.discard(claim.id)

    @contextmanager
    def releasing(self) -> Iterator[None]:
        """Releases the claims made within this block when it ends, wherever a Ctrl-C may break it off."""
        made: list[str] = []
        try:
            with scoped(_made, made):
                yield
        finally:
            _in_use.difference_update(made)

    def is_abandoned(self, store: BaseStore, claim: Claim) -> bool:
        """True if no worker should still be using the claim.

        Args:
            store: The store that holds it.
            claim: The claim.
        """
        over = self.is_over(claim)
        return store_time(store) - claim.stored > self.lease if over is None else over

    def is_over(self, claim: Claim) -> bool | None:
        """True if certainly no worker is using the claim; None if this computer cannot tell."""
        if claim.process == this_process():
            return claim.id not in _in_use
        return has_ended(claim.process)

    def conclude(self, store: BaseStore, key: str, conclusion: Conclusion, *with_it: PutOp) -> None:
        """Records the outcome of a call, together with its entry in the audit trail."""
        store.batch([put_op(namespace(key), CONCLUDED, conclusion), *with_it])


def has_open_records(store: BaseStore, thread_id: str | None) -> bool:
    """True if the journal has a call of the thread that was started and has no recorded outcome."""
    items = items_under(store, (*ROOT, thread_label(thread_id)))
    concluded = {it.namespace for it in items if it.key == CONCLUDED}
    return any(it.namespace not in concluded for it in items)


_in_use: set[str] = set()
"""The claims that this process is using."""

_made: ContextVar[list[str] | None] = ContextVar("made", default=None)
"""The claims made within `Journal.releasing`."""
