"""The node that executes approved writes, each of them once. Writes that concern the same records run in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Future
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.errors import GraphBubbleUp, ParentCommand
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.types import Command, Send
from typing_extensions import TypedDict

from langchain_ashby.agent.approval.gate import ASKS_BEFORE_ACTING, needs_approval
from langchain_ashby.agent.execution.attempt import Attempt, only_what_is_on
from langchain_ashby.agent.execution.bulk_run import BulkRunner
from langchain_ashby.agent.execution.dependencies import Dependencies
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.journal_record import Claim
from langchain_ashby.agent.execution.order import in_sequences
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult, pending_write
from langchain_ashby.agent.messages.own import recorded, recorded_result
from langchain_ashby.agent.messages.tool_messages import (
    EXECUTED_IN_PART,
    NO_STORE,
    Result,
    executed,
    not_executed,
    outcome_unknown,
    with_edit,
    with_words,
)
from langchain_ashby.agent.run.settings import RunSettings
from langchain_ashby.agent.run.tools import NodeTools
from langchain_ashby.agent.state import Approval
from langchain_ashby.errors import AshbyError
from langchain_ashby.http.observer import observed_by
from langchain_ashby.http.threads import collecting_futures, in_own_thread
from langchain_ashby.scoped import scoped


class WriteTask(TypedDict):
    """Writes to execute one after the other. The approvals are all that the node sees."""

    sequence: list[Approval]


def to_write(approvals: Iterable[Approval]) -> list[Send]:
    """Makes the tasks that execute writes, one for those that have to run in order."""
    return [Send("writes", WriteTask(sequence=sequence)) for sequence in in_sequences(approvals)]


class WriteNode(Runnable[WriteTask, Any]):
    """Executes writes one after the other. Runs a tool if its write was not made, and else answers from the journal."""

    name = "writes"

    def __init__(self, given: Dependencies) -> None:
        self._executor = given.executor
        self._limits = given.limits
        self._location = given.location
        self._bulk = BulkRunner(given, self._record)

    @cached_property
    def tools(self) -> NodeTools:
        """The tools that wait for an approval."""
        return NodeTools(filter(needs_approval, self._limits.tools.values()), self._execute, self._aexecute)

    def invoke(self, input: WriteTask, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Executes the writes of a task."""
        return _joined([self._made_now(it, config) for it in input["sequence"]])

    async def ainvoke(self, input: WriteTask, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Executes the writes of a task under asyncio."""
        return _joined([await self._amade_now(it, config) for it in input["sequence"]])

    def _made_now(self, approval: Approval, config: RunnableConfig | None) -> Any:
        if self._is_bulk(approval):
            return recorded({"messages": [self._made_in_parts(approval)]})
        with scoped(_approval, approval):
            return recorded(self.tools.of(approval["call"]["name"]).invoke([approval["call"]], config))

    async def _amade_now(self, approval: Approval, config: RunnableConfig | None) -> Any:
        if self._is_bulk(approval):
            return recorded({"messages": [await self._amade_in_parts(approval)]})
        with scoped(_approval, approval):
            return recorded(await self.tools.of(approval["call"]["name"]).ainvoke([approval["call"]], config))

    def _is_bulk(self, approval: Approval) -> bool:
        return "parts" in approval.get("proposal", ()) or self._executor.checker.bulk(approval["call"]) is not None

    def _made_in_parts(self, approval: Approval, stopped: threading.Event | None = None) -> ToolMessage:
        write = self._write(approval)
        return write if isinstance(write, ToolMessage) else self._bulk.run(write, stopped)

    async def _amade_in_parts(self, approval: Approval) -> ToolMessage:
        """Does the same in a thread. If the run is canceled, the writes that were begun are finished and recorded."""
        stopped = threading.Event()
        work = asyncio.ensure_future(in_own_thread(lambda: self._made_in_parts(approval, stopped)))
        _unfinished.add(work)
        work.add_done_callback(_finished)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            stopped.set()
            raise

    def _write(self, approval: Approval) -> PendingWrite | ToolMessage:
        """The write, or the answer to its call if it cannot be recorded."""
        location = self._location()
        if location.store is None:
            return not_executed(approval["call"], NO_STORE)
        return pending_write(approval, location) or outcome_unknown(approval["call"], _OTHER_VERSION)

    def _execute(self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Result]) -> Result:
        settings = self._limits.settings()
        with self._limits.acting(settings):
            return recorded_result(self._run(request, execute, settings), request.state)

    def _run(
        self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Result], settings: RunSettings
    ) -> Result:
        write = self._write(_approval.get())
        if isinstance(write, ToolMessage):
            return write
        # Whatever ends the run, even between the lines, the claim stays on record, to be settled later.
        with self._executor.journal.releasing():
            claim = self._claim_for(write, settings)
            if isinstance(claim, ToolMessage):
                return claim
            attempt = self._executor.attempt(write, claim)
            try:
                with only_what_is_on(write.proposal["card"]), observed_by(attempt):
                    result = execute(request)
                return self._record(write, attempt, result)
            except AshbyError as error:
                return self._executor.failed(write, claim, error)
            except GraphBubbleUp as signal:
                return self._signaled(request, write, attempt, signal)

    async def _aexecute(
        self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Awaitable[Result]]
    ) -> Result:
        """Does the same under asyncio. If the run is canceled, a write that was begun is finished and recorded.

        By then the request is on its way, in a thread that cannot be stopped.
        """
        cancelled = threading.Event()
        settings = self._limits.settings()
        with self._limits.acting(settings):  # the task takes it along
            work = asyncio.ensure_future(self._arun(request, execute, settings, cancelled))
        _unfinished.add(work)
        work.add_done_callback(_finished)
        try:
            return recorded_result(await asyncio.shield(work), request.state)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def _arun(
        self,
        request: ToolCallRequest,
        execute: Callable[[ToolCallRequest], Awaitable[Result]],
        settings: RunSettings,
        cancelled: threading.Event,
    ) -> Result:
        write = self._write(_approval.get())
        if isinstance(write, ToolMessage):
            return write
        held = _Held(self._executor.journal)
        try:
            claim = await in_own_thread(lambda: held.take(self._claim_for(write, settings)))
            if isinstance(claim, ToolMessage):
                return claim
            if cancelled.is_set():
                await asyncio.to_thread(self._executor.journal.delete, write.store, write.key, [claim])
                raise asyncio.CancelledError
            return await self._made(request, execute, write, claim, held)
        finally:
            # Also if the event loop is closed meanwhile: the claim stays on record, to be settled later.
            held.release()

    async def _made(
        self,
        request: ToolCallRequest,
        execute: Callable[[ToolCallRequest], Awaitable[Result]],
        write: PendingWrite,
        claim: Claim,
        held: _Held,
    ) -> Result:
        attempt = self._executor.attempt(write, claim)
        try:
            with only_what_is_on(write.proposal["card"]), observed_by(attempt), collecting_futures() as held.threads:
                result = await execute(request)
            return await asyncio.to_thread(self._record, write, attempt, result)
        except AshbyError as error:
            return await asyncio.to_thread(self._executor.failed, write, claim, error)
        except GraphBubbleUp as signal:
            return await asyncio.to_thread(self._signaled, request, write, attempt, signal)

    def _claim_for(self, write: PendingWrite, settings: RunSettings) -> Claim | ToolMessage:
        """Claims the write, or answers the call. A run makes only writes that its settings allow."""
        if objection := settings.last_objection(write.approval):
            return self._executor.close(write, WriteResult("withheld", not_executed(write.call, objection)))
        return self._executor.begin(write)

    def _signaled(
        self, request: ToolCallRequest, write: PendingWrite, attempt: Attempt, signal: GraphBubbleUp
    ) -> Result:
        """Passes on the signal of a tool that is not Ashby's, if the tool cannot act twice.

        When a tool asks a person, LangGraph runs it again from the top with the answer. So only the question of a tool
        that declares that it asks before it acts is passed on; any other tool may already have acted.
        """
        if isinstance(signal, ParentCommand):
            self._record(write, attempt, signal.args[0])
            raise signal
        if request.tool is None or (request.tool.metadata or {}).get(ASKS_BEFORE_ACTING) is not True:
            answer = with_edit(write.approval, outcome_unknown(write.call, _ASKED_TOO_LATE))
            return self._executor.end(write, attempt.claim, WriteResult("unknown", answer))
        self._executor.journal.delete(write.store, write.key, [attempt.claim])
        raise signal

    def _record(self, write: PendingWrite, attempt: Attempt, result: Result) -> Result:
        if not isinstance(result, ToolMessage):
            # A tool that is not Ashby's may steer the graph: that happens now, and only once.
            answer = _told(write.call, result) or executed(write.call, "Its result was not saved.")
            self._executor.end(write, attempt.claim, WriteResult("applied", with_edit(write.approval, answer)))
            return result
        outcome: Outcome = "applied"
        if result.status != "success":
            outcome = "partly applied" if attempt.has_changed_something else "refused"
        if outcome == "partly applied":
            result = with_words(result, before=f"{EXECUTED_IN_PART} ")
        answer = with_edit(write.approval, result)
        return self._executor.end(write, attempt.claim, WriteResult(outcome, answer, _request_ids(result)))


class _Held:
    """The claim of an asynchronous run, held until its last thread is done, even if the run has ended."""

    def __init__(self, journal: Journal) -> None:
        self.threads: list[Future[Any]] = []
        self._journal = journal
        self._claim: Claim | None = None
        self._ended = False

    def take(self, claim: Claim | ToolMessage) -> Claim | ToolMessage:
        """Holds the claim, if it is one. If the run has ended meanwhile, it is released."""
        if isinstance(claim, Claim):
            self._claim = claim
            self._release_if_done()
        return claim

    def release(self) -> None:
        """Called when the run ends: releases the claim when its last thread is done."""
        self._ended = True
        for thread in self.threads:
            thread.add_done_callback(lambda _: self._release_if_done())
        self._release_if_done()

    def _release_if_done(self) -> None:
        if self._ended and self._claim and all(it.done() for it in self.threads):
            self._journal.release(self._claim)


_unfinished: set[asyncio.Future[Any]] = set()
"""Keeps running tasks alive: asyncio holds only weak references."""


def _finished(work: asyncio.Future[Any]) -> None:
    _unfinished.discard(work)
    if not work.cancelled():
        work.exception()  # marks it as retrieved: the run has had it, or has ended


def _request_ids(result: ToolMessage) -> tuple[str, ...]:
    ids = result.artifact.get("request_ids") if isinstance(result.artifact, dict) else None
    return tuple(map(str, ids)) if isinstance(ids, list) else ()


_approval: ContextVar[Approval] = ContextVar("approval")
"""The approval being executed. Tools see only the conversation as their state, not this."""


def _told(call: ToolCall, result: Any) -> ToolMessage | None:
    """The answer to the call in what a tool returned to steer the graph."""
    for it in result if isinstance(result, list) else [result]:
        update = it.update if isinstance(it, Command) else {"messages": [it]}
        messages = update.get("messages") if isinstance(update, dict) else None
        for message in messages if isinstance(messages, list) else []:
            if isinstance(message, ToolMessage) and message.tool_call_id == call["id"]:
                return message
    return None


def _joined(updates: Sequence[Any]) -> Any:
    """Joins the updates of several calls. Where a tool steers the graph, its update is a list with a `Command`."""
    if all(isinstance(it, dict) for it in updates):
        record = {key: digest for it in updates for key, digest in it.get("own", {}).items()}
        return {"messages": [message for it in updates for message in it["messages"]], "own": record}
    return [it for update in updates for it in (update if isinstance(update, list) else [update])]


_ASKED_TOO_LATE = "The tool paused to ask a person, and may have acted before it asked. It was not run again."
_OTHER_VERSION = "It was approved under another version of this package, and may have been made."
