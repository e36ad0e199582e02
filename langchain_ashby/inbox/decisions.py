"""Pending decisions: kept in the store, one for each change, and undoable until they are sent.

Several processes may serve one inbox, and a store has no compare-and-set. So who decides puts a claim of their own,
then lists all, and the decision counts only if its claim is alone; of two at the same time, at least one sees the
other, and both try again. In the same way a decision that is taken back, or leaves, is marked first.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from uuid import uuid4

from langgraph.store.base import BaseStore, Item, PutOp

from langchain_ashby.agent.execution.process import has_ended, this_process
from langchain_ashby.agent.execution.store import (
    items_under,
    list_items,
    load,
    put_op,
    store_time,
    time_of,
)
from langchain_ashby.errors import AshbyError
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.text.words import when


@dataclass(frozen=True)
class Kept:
    """A decision that has not been sent.

    Attributes:
        interrupt_id: The question.
        number: The change in the question, from 1.
        fingerprint: What was shown to the reviewer.
        decision: The decision, in LangChain's approval protocol.
        reviewer: Who decided.
        due: When it may be sent.
        at: When it was made.
        thread_id: The thread of the question.
        of: How many changes the question has. It is answered when all of them are decided.
        asked: When the question was asked.
        call_id: The model's id of the call.
        tool: The name of the tool.
        line: The change in a line.
        settings: The settings of the run that asked, which the run with the answer needs again.
        held: The numbers of the changes that are held: the answer leaves them so unless they are decided as well.
        ends_hold: True if it only repeats an approval because the hold is over. It waits for no other change.
    """

    interrupt_id: str
    number: int
    fingerprint: str
    decision: dict[str, Any]
    reviewer: str
    due: datetime
    at: datetime
    thread_id: str | None
    of: int
    asked: datetime
    call_id: str
    tool: str
    line: str = field(repr=False)
    settings: dict[str, Any] = field(repr=False)
    held: list[int] = field(default_factory=list)
    ends_hold: bool = False

    @property
    def is_approval(self) -> bool:
        """True if the change is to be made, as shown or as edited."""
        return self.decision.get("type") in ("approve", "edit")

    @property
    def key(self) -> tuple[str, int]:
        """The question and the number of the change."""
        return self.interrupt_id, self.number


class DecisionError(AshbyError):
    """A decision that can no longer be kept or undone."""

    default_code = "decision_too_late"


class AlreadyDecided(DecisionError):
    """Someone else decided first. Their decision is `kept`."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(in_words(kept))
        self.kept = kept


@dataclass(frozen=True)
class Sheaf:
    """Everything that is kept about one question.

    Attributes:
        decisions: The items of its decisions, by number; of each several if processes contend.
        leaving: The marks of the processes that deliver them.
        taken_back: The marks of those that take one back, by number.
        tries: The attempts so far; None before the first failure.
    """

    decisions: Mapping[int, list[Item]]
    leaving: list[Item]
    taken_back: Mapping[int, list[Item]]
    tries: dict[str, Any] | None

    def kept(self, number: int) -> Kept | None:
        """The decision that counts; None if there is none, or if it is not settled yet."""
        settled = self._settled(number)
        return _kept(load(settled[0])) if len(settled) == 1 else None

    def item(self, kept: Kept) -> Item:
        """The item of a decision that counts."""
        return self._settled(kept.number)[0]

    def _settled(self, number: int) -> list[Item]:
        return [it for it in self.decisions.get(number, ()) if load(it)["settled"]]


class Decisions:
    """Decisions that have not been sent.

    Args:
        store: The agent's store.
        undo: How long a decision can be undone before it is sent to the agent.
    """

    def __init__(self, store: BaseStore, *, undo: timedelta = timedelta(seconds=5)) -> None:
        self._store = store
        self._undo = undo
        self._one_at_a_time = Lock()

    def keep(self, approval: Approval, decision: Mapping[str, Any], reviewer: str, *, ends_hold: bool = False) -> Kept:
        """Keeps a decision. It is sent when it is due and the question's other changes are decided too.

        Args:
            approval: The change, as it was shown.
            decision: The decision, in LangChain's approval protocol.
            reviewer: Who decided.
            ends_hold: True if it only repeats an approval because the hold is over. It leaves at once.

        Raises:
            AlreadyDecided: if someone else decided first.
            DecisionError: if other processes hold the question for too long.
        """
        question, now = approval.question, datetime.now(UTC)
        kept = Kept(
            interrupt_id=question.interrupt_id,
            number=approval.number,
            fingerprint=approval.fingerprint,
            decision=dict(decision),
            reviewer=reviewer,
            due=now if ends_hold else now + self._undo,
            at=now,
            thread_id=question.waiting["thread_id"],
            of=len(question.approvals),
            asked=question.since,
            call_id=str(approval.action["tool_call_id"]),
            tool=approval.tool,
            line=approval.line,
            settings=question.waiting["settings"],
            held=[it.number for it in question.approvals if it.held_until],
            ends_hold=ends_hold,
        )
        with self._one_at_a_time:
            self._settle(kept)
        return kept

    def take_back(self, interrupt_id: str, number: int) -> Kept | None:
        """Undoes a decision, whoever made it. Returns it; None if there was none.

        Raises:
            DecisionError: if it has been sent.
        """
        kept = self.sheaf(interrupt_id).kept(number)
        if kept is None:
            return None
        mark = _name(f"back.{number}")
        self._put(interrupt_id, mark, {"process": this_process()})
        sheaf = self.sheaf(interrupt_id)
        if sheaf.leaving:
            self.remove(interrupt_id, [mark])
            raise DecisionError("Too late to undo this decision: it has already been sent")
        self.remove(interrupt_id, [mark, *(it.key for it in sheaf.decisions.get(number, ()))])
        return kept

    def drop(self, kept: Kept) -> bool:
        """Removes a decision that does not count. Returns False if it has already been sent."""
        sheaf = self.sheaf(kept.interrupt_id)
        if sheaf.leaving or sheaf.kept(kept.number) != kept:
            return False
        self.remove(kept.interrupt_id, [it.key for it in sheaf.decisions[kept.number]])
        return True

    def all(self) -> dict[tuple[str, int], Kept]:
        """The decisions that have not been sent, by question and number."""
        return {it.key: it for sheaf in self.sheaves().values() for it in kept_in(sheaf)}

    def sheaves(self) -> dict[str, Sheaf]:
        """Everything that is kept, by question."""
        by_question: dict[str, list[Item]] = {}
        for item in items_under(self._store, ROOT):
            by_question.setdefault(item.namespace[-1], []).append(item)
        return {interrupt_id: _sheaf(items) for interrupt_id, items in by_question.items()}

    def sheaf(self, interrupt_id: str) -> Sheaf:
        """Everything that is kept about a question."""
        return _sheaf(list_items(self._store, (*ROOT, interrupt_id)))

    def mark_leaving(self, interrupt_id: str, mark: str) -> None:
        """Marks a question's decisions as leaving, or the mark as of now."""
        self._put(interrupt_id, mark, {"process": this_process()})

    def note_failure(self, interrupt_id: str, tries: Mapping[str, Any]) -> None:
        """Notes that an attempt to deliver failed."""
        self._put(interrupt_id, _TRIES, tries)

    def remove(self, interrupt_id: str, keys: Iterable[str], *with_it: PutOp) -> None:
        """Removes what is kept under these keys."""
        self._store.batch([*(PutOp((*ROOT, interrupt_id), key, None) for key in keys), *with_it])

    def clear(self, interrupt_id: str, *with_it: PutOp) -> None:
        """Removes everything that is kept about a question."""
        self.remove(interrupt_id, [it.key for it in list_items(self._store, (*ROOT, interrupt_id))], *with_it)

    def _settle(self, kept: Kept) -> None:
        key, until = _name(str(kept.number)), time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            self._raise_if_decided(kept)
            self._put(kept.interrupt_id, key, _record(kept, settled=False))
            rivals = self._rivals(kept, key)
            if not rivals:
                self._put(kept.interrupt_id, key, _record(kept, settled=True))
                # A process that was suspended here for long may have lost its claim meanwhile.
                if not any(load(it)["settled"] for it in self._rivals(kept, key)):
                    return
            ended = [it.key for it in rivals if not load(it)["settled"] and self.is_over(it, _PATIENCE)]
            self.remove(kept.interrupt_id, [key, *ended])
            time.sleep(random.uniform(*_PAUSE))
        raise DecisionError("Another process is working on this change. Try again in a moment")

    def _raise_if_decided(self, kept: Kept) -> None:
        if first := self.sheaf(kept.interrupt_id).kept(kept.number):
            raise AlreadyDecided(first)

    def _rivals(self, kept: Kept, key: str) -> list[Item]:
        return [it for it in self.sheaf(kept.interrupt_id).decisions.get(kept.number, ()) if it.key != key]

    def is_over(self, mark: Item, lease: float) -> bool:
        """True if the process that put a mark has ended; or, if that cannot be told, if the mark is older than that."""
        ended = has_ended(load(mark)["process"])
        if ended is not None:
            return ended
        return (store_time(self._store) - last_put(mark)).total_seconds() > lease

    def is_due(self, kept: Kept, item: Item, now: datetime) -> bool:
        """True if a decision may leave: by this computer's clock, and by the store's if the decision is another's."""
        if kept.due > now or load(item)["process"] == this_process():
            return kept.due <= now
        ago = store_time(self._store) - last_put(item)
        return ago >= kept.due - kept.at - (_COARSE if ago.microseconds == 0 else timedelta(0))

    def _put(self, interrupt_id: str, key: str, value: Mapping[str, Any]) -> None:
        self._store.batch([put_op((*ROOT, interrupt_id), key, value)])


def is_whole(decisions: Sequence[Kept]) -> bool:
    """True if these decisions answer their question: all of its changes are decided, but for those that are held."""
    if not decisions:
        return False
    left = {*range(1, decisions[0].of + 1)} - {it.number for it in decisions}
    return any(it.ends_hold for it in decisions) or left <= {*decisions[0].held}


def kept_in(sheaf: Sheaf) -> list[Kept]:
    """The decisions of a question that count, in the order of its changes."""
    found = (sheaf.kept(number) for number in sorted(sheaf.decisions))
    return [it for it in found if it is not None]


def in_words(kept: Kept) -> str:
    """Who decided what, and when."""
    return f"{kept.reviewer} {VERBS.get(str(kept.decision.get('type')), 'decided')} this {when(kept.at)}"


def last_put(item: Item) -> datetime:
    """When an item was last put, by the clock of the store."""
    at = item.updated_at
    return max(at if at.tzinfo else at.replace(tzinfo=UTC), time_of(item))


def _sheaf(items: Iterable[Item]) -> Sheaf:
    decisions: dict[int, list[Item]] = {}
    taken_back: dict[int, list[Item]] = {}
    leaving: list[Item] = []
    tries = None
    for item in sorted(items, key=lambda it: it.key):
        match item.key.split("."):
            case [name] if name == _TRIES:
                tries = load(item)
            case ["leaving", _]:
                leaving.append(item)
            case ["back", number, _]:
                taken_back.setdefault(int(number), []).append(item)
            case [number, _]:
                decisions.setdefault(int(number), []).append(item)
    return Sheaf(decisions, leaving, taken_back, tries)


def _record(kept: Kept, *, settled: bool) -> dict[str, Any]:
    moments = {name: getattr(kept, name).isoformat() for name in _MOMENTS}
    return {**asdict(kept), **moments, "settled": settled, "process": this_process()}


def _kept(record: Mapping[str, Any]) -> Kept:
    values = {it.name: record[it.name] for it in fields(Kept)}
    return Kept(**{**values, **{name: datetime.fromisoformat(record[name]) for name in _MOMENTS}})


def _name(of: str) -> str:
    return f"{of}.{uuid4().hex}"


ROOT = ("langchain_ashby", "decisions")

VERBS = {"approve": "approved", "edit": "edited", "reject": "rejected", "respond": "answered"}
_MOMENTS = ("due", "at", "asked")
_TRIES = "tries"
_PATIENCE = 10.0  # seconds
_PAUSE = (0.005, 0.05)  # seconds
_COARSE = timedelta(seconds=1)
"""What the clock of a store may leave out."""
