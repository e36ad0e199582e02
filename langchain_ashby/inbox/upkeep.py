"""Keeps the list of questions in step with the threads, and deletes what is over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

from langgraph.store.base import BaseStore, Item

from langchain_ashby.agent.execution.store import store_time
from langchain_ashby.agent.execution.waiting import (
    Place,
    Waiting,
    all_closed,
    close,
    described,
    forget,
    keep,
    place_of,
    read,
)
from langchain_ashby.inbox.decisions import Decisions, is_whole, kept_in
from langchain_ashby.inbox.marks import last_put
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.inbox.results import Results, result_op, results_of
from langchain_ashby.inbox.threads import Thread, Threads

_log = logging.getLogger(__name__)


class Upkeep:
    """Looks at the threads of questions that are on the list but may be closed, or closed but may be open.

    Args:
        threads: The agent's threads.
        store: Its store.
        questions: The open questions.
        decisions: The decisions about it.
        at_once: How many threads are looked at each time.
    """

    def __init__(
        self, threads: Threads, store: BaseStore, questions: Questions, decisions: Decisions, *, at_once: int = 20
    ) -> None:
        self._threads = threads
        self._store = store
        self._questions = questions
        self._decisions = decisions
        self._at_once = at_once
        self._looked: dict[Place, datetime] = {}
        self._seen: dict[Place, datetime] = {}

    def look(self, now: datetime) -> None:
        """Looks at some of them. Called every few seconds.

        Raises:
            TimeoutError: if the database does not answer in time.
        """
        closed = all_closed(self._store)
        self._look_at_closed(closed, now)
        self._look_at_open(now)
        self._look_at_decisions()
        Results(self._store).drop_old(now)
        listed = {*map(place_of, closed), *(it.place for it in self._questions.all())}
        self._looked = {place: at for place, at in self._looked.items() if place in listed}

    def _look_at_closed(self, closed: list[Item], now: datetime) -> None:
        if not closed:
            return
        by_store = store_time(self._store)
        for item in self._next([it for it in closed if by_store - last_put(it) > _AT_ONCE], by_store, now):
            age, waiting = by_store - last_put(item), read(self._store, [place_of(item)]).get(place_of(item))
            if waiting is None:
                continue
            thread = self._state(waiting)
            if thread is None:
                continue
            request = thread.questions.get(waiting["interrupt_id"])
            if request is None and age > _CERTAIN:
                forget(self._store, place_of(item))
            elif request is not None and age > _ANSWERING:
                keep(self._store, described({**waiting, "request": dict(request)}, thread.messages))

    def _next(self, closed: list[Item], by_store: datetime, now: datetime) -> Iterator[Item]:
        """Those to look at: soon after they were closed, and then less and less often."""
        due = (it for it in closed if self._is_due(it, by_store - last_put(it), now))
        for item in islice(due, self._at_once):
            self._looked[place_of(item)] = now
            yield item

    def _is_due(self, item: Item, age: timedelta, now: datetime) -> bool:
        looked = self._looked.get(place_of(item))
        return looked is None or abs(now - looked) > min(age / 2, _OFTEN)

    def _look_at_open(self, now: datetime) -> None:
        """Looks for questions that cannot be answered: two processes asked in one thread, or the thread is gone.

        New questions are checked first, soon after they were asked; then known ones in turn. Clocks may be set back.
        """
        listed = self._questions.all()
        # By this computer's clock, unless it was asked so long ago that clocks do not matter.
        self._seen = {
            it.place: self._seen.get(it.place, it.since if now - it.since > _RARELY else now) for it in listed
        }
        new = (
            it for it in reversed(listed) if it.place not in self._looked and abs(now - self._seen[it.place]) > _SOON
        )
        known = [it for it in listed if it.place in self._looked and abs(now - self._looked[it.place]) > _RARELY]
        due = chain(new, sorted(known, key=lambda it: self._looked[it.place]))
        for question in islice(due, self._at_once):
            self._looked[question.place] = now
            thread = self._state(question.waiting)
            if thread is not None and question.interrupt_id not in thread.questions:
                close(self._store, question.waiting["thread_id"], question.interrupt_id)

    def _look_at_decisions(self) -> None:
        """Concludes decisions about questions that were closed before all of their changes were decided."""
        listed = {it.interrupt_id for it in self._questions.all()}
        for interrupt_id, sheaf in self._decisions.sheaves().items():
            decisions = kept_in(sheaf)
            if interrupt_id in listed or not decisions or is_whole(decisions):
                continue
            thread = self._threads.read(decisions[0].thread_id)
            if interrupt_id not in thread.questions:
                found = results_of(self._store, decisions, thread)
                self._decisions.clear(interrupt_id, *map(result_op, found))

    def _state(self, waiting: Waiting) -> Thread | None:
        try:
            return self._threads.read(waiting["thread_id"])
        except TimeoutError:  # so it would be for the others
            raise
        except Exception as error:  # a thread of another program, or a database that is gone: the next look tells
            _log.warning("A thread could not be looked at: %s", type(error).__name__)
            return None


_AT_ONCE = timedelta(seconds=2)
_SOON, _OFTEN, _RARELY = timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=2)
_ANSWERING = timedelta(seconds=10)
"""How long a question may stay open in its thread while its answer is carried out."""
_CERTAIN = timedelta(minutes=10)
"""After this time nobody is still about to ask a question, or to answer it."""
