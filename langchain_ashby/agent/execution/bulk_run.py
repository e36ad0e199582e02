"""Runs a bulk write: its single writes, a few at once, each as an approved write by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

from langchain_core.messages import ToolMessage
from langchain_core.tools import ToolException

from langchain_ashby.agent.approval.gate import Tools
from langchain_ashby.agent.execution.attempt import Attempt, only_what_is_on
from langchain_ashby.agent.execution.dependencies import Dependencies
from langchain_ashby.agent.execution.order import in_sequences
from langchain_ashby.agent.execution.parts import SingleWrite, single_writes
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult
from langchain_ashby.agent.messages.tool_messages import Result, not_executed
from langchain_ashby.bulk import Brake, Bulk
from langchain_ashby.errors import AshbyError
from langchain_ashby.http.observer import failures_told_to, observed_by
from langchain_ashby.text.words import one_line
from langchain_ashby.toolkit import AshbyTool

AT_ONCE = 4
"""How many single writes of a bulk write are under way at once."""

Record = Callable[[PendingWrite, Attempt, ToolMessage], Result]
"""Records the result of a write."""


class BulkRunner:
    """Makes the single writes of bulk writes.

    Args:
        given: The objects that the nodes share.
        record: Records the result of a single write.
    """

    def __init__(self, given: Dependencies, record: Record) -> None:
        self._executor = given.executor
        self._limits = given.limits
        self._record = record

    def run(self, write: PendingWrite, stopped: threading.Event | None = None) -> ToolMessage:
        """Makes the writes that are not over yet, and answers the call.

        If it is stopped or interrupted, what was begun is finished and recorded; the rest is left for another run.
        """
        settings = self._limits.settings()
        executor, stopped = self._executor, stopped or threading.Event()
        with self._limits.acting(settings):
            if objection := settings.last_objection(write.approval):
                return executor.close(write, WriteResult("withheld", not_executed(write.call, objection)))
            if over := executor.many.begin(write):
                return over
            bulk = executor.checker.bulk(write.call)
            brake = Brake(bulk.methods() if bulk else ())
            with _all_or_stopped(stopped), ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bulk") as threads:
                # Each in a copy of the context, which says for whom the client acts.
                answers: dict[str, ToolMessage] = {}
                started = [
                    threads.submit(copy_context().run, self._sequence, sequence, brake, stopped)
                    for sequence in _sequences(single_writes(write))
                ]
                with _all_or_stopped(stopped):
                    for it in started:
                        answers |= it.result()
            if stopped.is_set():
                raise asyncio.CancelledError
            executor.many.take_off(write)
            return executor.many.end(write, answers)

    def _sequence(
        self, sequence: Sequence[SingleWrite], brake: Brake, stopped: threading.Event
    ) -> dict[str, ToolMessage]:
        """Makes writes that concern the same records one after the other."""
        answers = {}
        for single in sequence:
            if stopped.is_set():
                break
            answers[single.record] = self._one(single.write, brake)
        return answers

    def _one(self, write: PendingWrite, brake: Brake) -> ToolMessage:
        if brake.reason:
            why = f"Another write failed first: {one_line(brake.why, None)}"
            return self._executor.close(write, WriteResult("not applied", not_executed(write.call, why)))
        failures: list[AshbyError] = []

        def note(error: AshbyError) -> None:
            failures.append(error)
            brake.failed(error)  # at once: the others need not wait until this one is settled

        # Whatever ends the run, even between the lines, the claim stays on record, to be settled later.
        with self._executor.journal.releasing(), failures_told_to(note):
            claim = self._executor.begin(write)
            if isinstance(claim, ToolMessage):
                brake.passed(failures)
                return claim
            attempt = self._executor.attempt(write, claim)
            try:
                with only_what_is_on(write.proposal["card"]), observed_by(attempt):
                    result = _made(write, self._executor.checker.tools)
                answer = self._record(write, attempt, result)
            except AshbyError as error:
                answer = self._executor.failed(write, claim, error)
            brake.passed(failures)
            assert isinstance(answer, ToolMessage)
            return answer


@contextmanager
def _all_or_stopped(stopped: threading.Event) -> Iterator[None]:
    """Keeps further writes from being begun if the block is left by an error or a Ctrl-C."""
    try:
        yield
    except BaseException:
        stopped.set()
        raise


def _sequences(singles: Sequence[SingleWrite]) -> list[list[SingleWrite]]:
    """The writes in groups: those of one concern the same records, and run in order."""
    by_key = {it.write.key: it for it in singles if not it.taken_off}
    groups = in_sequences(it.write.approval for it in by_key.values())
    return [[by_key[it["proposal"]["journal_key"]] for it in group] for group in groups]


def _made(write: PendingWrite, tools: Tools) -> ToolMessage:
    """Makes a single write with its tool, and returns the answer, or Ashby's refusal."""
    tool = tools[write.call["name"]]
    assert isinstance(tool, AshbyTool) and tool.func is not None
    try:
        content, artifact = tool.func(**write.call["args"])
    except ToolException as refusal:
        return ToolMessage(str(refusal), name=tool.name, tool_call_id=write.call["id"], status="error")
    return ToolMessage(content, artifact=artifact, name=tool.name, tool_call_id=write.call["id"])


def single_tools(tools: Tools) -> Tools:
    """The tools of the single writes of all bulk tools, by name."""
    return {
        single.name: single
        for tool in tools.values()
        if isinstance(tool, AshbyTool) and issubclass(tool.operation, Bulk) and (single := tool.for_each()) is not None
    }
