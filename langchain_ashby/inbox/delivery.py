"""Delivers decisions to the agent, each once, even if a process dies.

Whoever delivers marks the decisions as leaving first, and goes ahead only if the mark is alone. A mark whose process
has ended is taken over: what the thread shows then says how far the other came. The agent's journal makes sure that a
write that is delivered again is not made again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any
from uuid import uuid4

from langgraph.store.base import BaseStore
from langgraph.types import Command

from langchain_ashby.agent.execution.audit import audit_trail
from langchain_ashby.agent.execution.store import load, store_time
from langchain_ashby.agent.run.compiled import QuestionClosedError
from langchain_ashby.errors import AshbyError, ConfigurationError
from langchain_ashby.inbox.decisions import DecisionError, Decisions, Kept, Sheaf, is_whole, kept_in
from langchain_ashby.inbox.marks import at_work, is_over
from langchain_ashby.inbox.questions import Approval, Questions, fingerprint
from langchain_ashby.inbox.results import (
    Result,
    entries_about,
    is_of,
    is_recorded,
    latest_entry,
    result,
    result_op,
    results_of,
)
from langchain_ashby.inbox.threads import Thread, Threads

_log = logging.getLogger(__name__)


class Delivery:
    """Delivers what is due. Its methods are called from threads, not from an event loop.

    Args:
        threads: The agent's threads.
        store: Its store.
        decisions: The decisions.
        questions: The open questions.
        at_once: How many threads go on at the same time.
    """

    def __init__(
        self, threads: Threads, store: BaseStore, decisions: Decisions, questions: Questions, *, at_once: int = 8
    ) -> None:
        self._threads = threads
        self._store = store
        self._decisions = decisions
        self._questions = questions
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix="inbox-delivery")
        self._under_way: dict[str, tuple[Future[None], str | None]] = {}
        self._marks: dict[str, tuple[str, datetime]] = {}
        self._looked: datetime | None = None
        self._not_before: dict[str, datetime] = {}
        self._guard = Lock()

    def begin(self, now: datetime) -> int:
        """Begins to deliver the questions whose decisions are all made and due, one of a thread at a time.

        Returns how many it began. Those under way are marked anew, so that no other process takes them for abandoned.
        """
        self._renew(now)
        self._approve_what_was_held(now)
        begun, by_store = 0, self._clock()
        for interrupt_id, sheaf in self._decisions.sheaves().items():
            with self._guard:
                busy = interrupt_id in self._under_way
                threads = {thread_id for _, thread_id in self._under_way.values()}
            if busy:
                continue
            self._decisions.clear_up(interrupt_id, sheaf)
            decisions = kept_in(sheaf)
            if decisions and decisions[0].thread_id not in threads and self._is_ready(sheaf, decisions, now, by_store):
                work = self._workers.submit(self._deliver, interrupt_id, now)
                with self._guard:
                    self._under_way[interrupt_id] = work, decisions[0].thread_id
                work.add_done_callback(lambda _, done=interrupt_id: self._done(done))  # type: ignore[misc]
                begun += 1
        return begun

    def deliver(self, now: datetime) -> int:
        """Delivers what is due, and waits until it is done. Returns how many questions it began to deliver."""
        begun = self.begin(now)
        self.wait()
        return begun

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until nothing is in progress. Returns False if that takes longer than the given time."""
        with self._guard:
            left = [work for work, _ in self._under_way.values()]
        return not wait(left, seconds).not_done

    def close(self, seconds: float = 30.0) -> None:
        """Stops after finishing what is in progress, within limits: the rest is delivered again."""
        self.wait(seconds)
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _done(self, interrupt_id: str) -> None:
        with self._guard:
            self._under_way.pop(interrupt_id, None)

    def _clock(self) -> Callable[[], datetime]:
        """Returns a function that reads the store's clock, once."""
        return cache(lambda: store_time(self._store))

    def _is_ready(
        self, sheaf: Sheaf, decisions: Sequence[Kept], now: datetime, by_store: Callable[[], datetime]
    ) -> bool:
        if not is_whole(decisions):
            return False
        again = self._not_before.get(decisions[0].interrupt_id, now)
        if sheaf.tries:
            again = max(again, datetime.fromisoformat(sheaf.tries["next"]))
        # A pause longer than the maximum was set by another clock, or by this one before it was set back.
        if timedelta(0) < again - now <= _LONGEST_PAUSE:
            return False
        return all(self._decisions.is_due(it, sheaf.item(it), now, by_store) for it in decisions)

    def _deliver(self, interrupt_id: str, now: datetime) -> None:
        """Delivers a question's decisions, unless another process does or one of them is taken back."""
        mark = f"leaving.{uuid4().hex}"
        try:
            with at_work(mark):
                self._decisions.mark_leaving(interrupt_id, mark)
                try:
                    with self._guard:
                        self._marks[interrupt_id] = mark, datetime.now(UTC)
                    sheaf = self._decisions.sheaf(interrupt_id)
                    if self._may_leave(interrupt_id, sheaf, mark, now):
                        self._attempt(kept_in(sheaf), sheaf)
                finally:
                    with self._guard:
                        self._marks.pop(interrupt_id, None)
                    self._decisions.remove(interrupt_id, [mark])
        except Exception as error:  # whatever it is, the decisions are kept: it is tried again after a while
            _log.warning("A decision could not be delivered yet: %s", type(error).__name__)
            self._not_before[interrupt_id] = now + _AFTER_FAILURE

    def _may_leave(self, interrupt_id: str, sheaf: Sheaf, mark: str, now: datetime) -> bool:
        others = [it for it in sheaf.leaving if it.key != mark]
        ended = [it for it in others if is_over(self._store, it, LEASE)]
        self._decisions.remove(interrupt_id, [it.key for it in ended])
        marks = [(number, it) for number, of in sheaf.taken_back.items() for it in of]
        for number, back in marks:
            if is_over(self._store, back, _LONGEST_CLICK):  # whoever clicked Undo saw no answer, but meant it
                meant = load(back).get("of", [it.key for it in sheaf.decisions.get(number, ())])
                self._decisions.remove(interrupt_id, [back.key, *meant])
        decisions = kept_in(sheaf)
        ready = bool(decisions) and self._is_ready(sheaf, decisions, now, self._clock())
        return ready and len(ended) == len(others) and not marks

    def _attempt(self, decisions: Sequence[Kept], sheaf: Sheaf) -> None:
        thread_id, interrupt_id = decisions[0].thread_id, decisions[0].interrupt_id
        thread = self._threads.read(thread_id)
        request = thread.questions.get(interrupt_id)
        if request is not None and (changed := _changed(request, decisions)):
            self._conclude(interrupt_id, [result(it, "changed", changed, again=interrupt_id) for it in decisions])
        elif request is not None:
            self._go_on(Command(resume={interrupt_id: _answer(request, decisions)}), decisions, sheaf)
        elif self._broke_off(thread, decisions):
            self._go_on(None, decisions, sheaf)
        else:
            self._conclude(interrupt_id, results_of(self._store, decisions, thread))

    def _go_on(self, start: Command[Any] | None, decisions: Sequence[Kept], sheaf: Sheaf) -> None:
        """Resumes the thread, with the decisions or, if it already has them, from where it broke off."""
        thread_id, interrupt_id = decisions[0].thread_id, decisions[0].interrupt_id
        failure: Exception | None = None
        try:
            self._threads.run(start, thread_id, decisions[0].settings)
        except QuestionClosedError:
            pass  # somebody else was first
        except Exception as error:
            failure = error
        thread = self._threads.read(thread_id)
        is_open = interrupt_id in thread.questions
        if not is_open and not (failure and self._broke_off(thread, decisions)):
            self._conclude(interrupt_id, results_of(self._store, decisions, thread))
            return
        said = _OPEN if failure is None else _said(failure)
        tries = int(sheaf.tries["count"]) + 1 if sheaf.tries else 1
        if isinstance(failure, ConfigurationError) or (not is_open and tries >= _ENOUGH):
            found = results_of(self._store, decisions, thread)
            self._conclude(interrupt_id, [_with_reason(it, said) for it in found])
            return
        pause = min(timedelta(seconds=2 ** min(tries, 10)), _LONGEST_PAUSE)
        noted = {"count": tries, "next": (datetime.now(UTC) + pause).isoformat(), "said": said}
        self._decisions.note_failure(interrupt_id, noted)
        _log.warning("A decision could not be delivered, attempt %d: %s", tries, type(failure).__name__)

    def _broke_off(self, thread: Thread, decisions: Sequence[Kept]) -> bool:
        """True if a run with these decisions broke off, and has something left to do."""
        if not thread.broke_off or not thread.is_at({it.call_id for it in decisions}):
            return False
        decided = {str(it["call"]["id"]): it["decided"] for it in thread.approvals}
        trail = audit_trail(self._store, decisions[0].thread_id)
        for kept in decisions:
            if known := decided.get(kept.call_id):
                return is_of(kept, known["reviewer"], known["decision"])
            entry = latest_entry((it for it in trail if it.part_of is None), kept)
            if entry is not None:
                return is_recorded(kept, entry)
        return True

    def _conclude(self, interrupt_id: str, results: Sequence[Result]) -> None:
        """Keeps what became of the decisions, and forgets the decisions, at once."""
        self._decisions.clear(interrupt_id, *map(result_op, results))

    def _renew(self, now: datetime) -> None:
        with self._guard:  # a mark that is just being removed must not come back
            for interrupt_id, (mark, put) in self._marks.items():
                if now - put > _RENEWED_AFTER:
                    self._decisions.mark_leaving(interrupt_id, mark)
                    self._marks[interrupt_id] = mark, now

    def _approve_what_was_held(self, now: datetime) -> None:
        """Approves changes whose hold is over, in the name of those who approved them."""
        if self._looked is not None and timedelta(0) <= now - self._looked < _LOOK:
            return
        self._looked = now
        for question in self._questions.all():
            for approval in question.approvals:
                if _is_over(approval, now):
                    by = str(approval.approved_by[-1].get("reviewer") or "")
                    with suppress(DecisionError):  # somebody stops it, or another process was first
                        known = entries_about(self._store, approval)
                        self._decisions.keep(approval, {"type": "approve"}, by, ends_hold=True, known=known)


def _is_over(approval: Approval, now: datetime) -> bool:
    until, asked_again = approval.held_until, approval.question.waiting["request"].get("problem")
    if until is None or not approval.approved_by or now < until + _MARGIN:
        return False
    # The agent goes by a clock of its own: if that says that it was too early, the next try has to wait.
    return not asked_again or now > approval.question.since + _AGAIN_AFTER


def _changed(request: Mapping[str, Any], decisions: Sequence[Kept]) -> str:
    """Says how the question differs from the one that was decided; empty if it is the same."""
    actions: Any = request.get("action_requests") or ()
    if len(actions) != decisions[0].of:
        return "The question now has different changes."
    same = all(fingerprint(it.interrupt_id, actions[it.number - 1]) == it.fingerprint for it in decisions)
    return "" if same else "The card has changed since it was shown. Review it again."


def _answer(request: Mapping[str, Any], decisions: Sequence[Kept]) -> dict[str, Any]:
    """The answer to the question. Undecided changes keep waiting."""
    of = {it.number: {**it.decision, "reviewer": it.reviewer} for it in decisions}
    made = [
        {**of.get(number, {"type": "wait"}), "tool_call_id": action["tool_call_id"]}
        for number, action in enumerate(request["action_requests"], 1)
    ]
    return {"request_id": decisions[0].interrupt_id, "decisions": made}


def _with_reason(found: Result, said: str) -> Result:
    return replace(found, detail=f"It could not be carried out: {said}") if found.outcome == "not delivered" else found


def _said(error: Exception) -> str:
    """An error in words. Those of other libraries may quote anything."""
    return error.message if isinstance(error, AshbyError) else type(error).__name__


LEASE = 60.0
"""Seconds after which a mark counts as abandoned if its process cannot be checked, as on another computer."""

_AFTER_FAILURE = timedelta(seconds=5)
_RENEWED_AFTER = timedelta(seconds=10)
_LONGEST_CLICK = 10.0  # seconds
_LONGEST_PAUSE = timedelta(minutes=1)
_ENOUGH = 5
"""Attempts to let a run go on that broke off after its question was answered."""
_OPEN = "the question is still open"
_LOOK = timedelta(seconds=1)
_MARGIN = timedelta(seconds=1)
_AGAIN_AFTER = timedelta(seconds=10)
