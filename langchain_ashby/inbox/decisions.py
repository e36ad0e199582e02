"""Pending decisions: kept in the store, one for each change, and undoable until they are sent.

Several processes may serve one inbox, and a store has no compare-and-set. So who decides puts a claim of their own,
then lists all, and the decision counts only if its claim is alone; of two at the same time, at least one sees the
other, and both try again. In the same way a decision that is taken back, or leaves, is marked first.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from uuid import uuid4

from langgraph.store.base import BaseStore, Item, PutOp

from langchain_ashby.agent.execution.process import this_process
from langchain_ashby.agent.execution.store import items_under, list_items, load, put_op
from langchain_ashby.errors import AshbyError
from langchain_ashby.inbox.marks import at_work, is_left_over, is_over, last_put
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
        known: The times of the audit entries that the change already had when this was decided; they are not about it.
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
    known: list[str] = field(default_factory=list)

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

    def keep(
        self,
        approval: Approval,
        decision: Mapping[str, Any],
        reviewer: str,
        *,
        ends_hold: bool = False,
        known: Sequence[str] = (),
    ) -> Kept:
        """Keeps a decision. It is sent when it is due and the question's other changes are decided too.

        Args:
            approval: The change, as it was shown.
            decision: The decision, in LangChain's approval protocol.
            reviewer: Who decided.
            ends_hold: True if it only repeats an approval because the hold is over. It leaves at once.
            known: The times of the audit entries that the change already has.

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
            known=[*known],
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
        with at_work(mark):
            found = [it.key for it in self.sheaf(interrupt_id).decisions.get(number, ())]
            self._put(interrupt_id, mark, {"process": this_process(), "of": found})
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
        key = _name(str(kept.number))
        with at_work(key):
            self._settle_as(kept, key, time.monotonic() + _PATIENCE)

    def _settle_as(self, kept: Kept, key: str, until: float) -> None:
        while time.monotonic() < until:
            self._raise_if_decided(kept)
            self._put(kept.interrupt_id, key, _record(kept, settled=False))
            rivals = self._rivals(kept, key)
            if not rivals:
                self._put(kept.interrupt_id, key, _record(kept, settled=True))
                # A process that was suspended here for long may have lost its claim meanwhile.
                if not any(load(it)["settled"] for it in self._rivals(kept, key)):
                    return
            ended = [it for it in rivals if not load(it)["settled"] and is_over(self._store, it, _PATIENCE)]
            self.remove(kept.interrupt_id, [key, *self._unsettled(kept.interrupt_id, ended)])
            time.sleep(random.uniform(*_PAUSE))
        raise DecisionError("Another process is working on this change. Try again in a moment")

    def _raise_if_decided(self, kept: Kept) -> None:
        if first := self.sheaf(kept.interrupt_id).kept(kept.number):
            raise AlreadyDecided(first)

    def _rivals(self, kept: Kept, key: str) -> list[Item]:
        return [it for it in self.sheaf(kept.interrupt_id).decisions.get(kept.number, ()) if it.key != key]

    def clear_up(self, interrupt_id: str, sheaf: Sheaf) -> None:
        """Removes the claims that this process could not remove while the database was down."""
        claims = [it for of in sheaf.decisions.values() for it in of if not load(it)["settled"]]
        if left := self._unsettled(interrupt_id, [it for it in claims if is_left_over(it)]):
            self.remove(interrupt_id, left)

    def _unsettled(self, interrupt_id: str, claims: Sequence[Item]) -> list[str]:
        """Returns the keys of the claims not settled since they were read: the others are decisions."""
        if not claims:
            return []
        wanted = {it.key for it in claims}
        now = [it for of in self.sheaf(interrupt_id).decisions.values() for it in of]
        return [it.key for it in now if it.key in wanted and not load(it)["settled"]]

    def is_due(self, kept: Kept, item: Item, now: datetime, by_store: Callable[[], datetime]) -> bool:
        """True if a decision may be sent: by this computer's clock if that set its time, otherwise by the store's.

        The store's clock also counts if this computer's was set back since.
        """
        if load(item)["process"] == this_process() and kept.at <= now:
            return kept.due <= now
        ago = by_store() - last_put(item)
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
    values = {it.name: record[it.name] for it in fields(Kept) if it.name in record}
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
