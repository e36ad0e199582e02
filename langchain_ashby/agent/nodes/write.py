"""The node that makes writes which were let pass, one task per write, each of them once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

from langchain_core.messages import ToolMessage
from langgraph.errors import GraphBubbleUp
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest, ToolCallWithContext
from langgraph.store.base import BaseStore
from langgraph.types import Send

from langchain_ashby.agent.approval.gate import Tools, needs_approval
from langchain_ashby.agent.cards import only_the_file_on
from langchain_ashby.agent.execution.audit import Outcome
from langchain_ashby.agent.execution.executor import PendingWrite, WriteExecutor, WriteResult
from langchain_ashby.agent.execution.journal import Claim, Journal
from langchain_ashby.agent.messages.tool_messages import NO_STORE, executed, not_executed, outcome_unknown, with_edit
from langchain_ashby.agent.nodes.read import Result, declared_errors
from langchain_ashby.agent.run.runtime import RunLocation, current_run
from langchain_ashby.agent.run.settings import RunLimits, RunSettings
from langchain_ashby.agent.state import Approval
from langchain_ashby.client import collecting_futures
from langchain_ashby.errors import AshbyError


def to_write(approval: Approval) -> Send:
    """The task that makes a write. The approval travels with the call, and is all that the node sees."""
    task = ToolCallWithContext(__type="tool_call_with_context", tool_call=approval["call"], state=approval)
    return Send("writes", task)


def writing(tools: Tools, executor: WriteExecutor, limits: RunLimits, own_store: BaseStore | None) -> ToolNode:
    """The node for writes that were let pass."""
    once = _Once(executor, limits, own_store)
    return ToolNode(
        [tool for tool in tools.values() if needs_approval(tool)],
        name="writes",
        handle_tool_errors=declared_errors,
        wrap_tool_call=once.run,
        awrap_tool_call=once.arun,
    )


def pending_write(approval: Approval, location: RunLocation) -> PendingWrite | ToolMessage:
    """The matter of a call that was let pass, or the answer to it if nothing can be written down about it."""
    call, proposal = approval["call"], approval.get("proposal")
    if location.store is None:
        return not_executed(call, NO_STORE)
    if proposal is None or "page" not in proposal or "made" not in proposal:
        return outcome_unknown(
            call, "It was approved while another version of this program ran, and may have been made."
        )
    return PendingWrite(location.store, location.thread_id, proposal["page"], approval)


class _Once:
    """Runs a tool if its write has not been made, and answers from the journal if it has."""

    def __init__(self, executor: WriteExecutor, limits: RunLimits, own_store: BaseStore | None) -> None:
        self._attempts = executor
        self._bounds = limits
        self._own_store = own_store

    def run(self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Result]) -> Result:
        settings = self._bounds.settings()
        with self._bounds.acting(settings):
            return self._run(request, execute, settings)

    def _run(
        self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Result], settings: RunSettings
    ) -> Result:
        write = pending_write(request.state, current_run(self._own_store))
        if isinstance(write, ToolMessage):
            return write
        claim = self._begun(write, settings)
        if isinstance(claim, ToolMessage):
            return claim
        try:
            with only_the_file_on(write.proposal.get("card")):
                result = execute(request)
            return self._ended(write, claim, result)
        except AshbyError as error:
            return self._attempts.failed(write, claim, error)
        except GraphBubbleUp:
            # The tool itself asks somebody. It did nothing yet, and will be run again with the answer.
            self._attempts.journal.delete(write.store, write.page, [claim])
            raise
        finally:
            # Whatever else stops us, the claim stays on the page, for those to settle who come after us.
            self._attempts.journal.release(claim)

    async def arun(self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Awaitable[Result]]) -> Result:
        """As `run`. If the run is cancelled, a write that was begun is finished and its outcome written down.

        The request is on its way then, in a thread that cannot be stopped.
        """
        cancelled = threading.Event()
        settings = self._bounds.settings()
        with self._bounds.acting(settings):  # the task takes it along
            work = asyncio.ensure_future(self._arun(request, execute, settings, cancelled))
        _unfinished.add(work)
        work.add_done_callback(_finished)
        try:
            return await asyncio.shield(work)
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
        write = pending_write(request.state, current_run(self._own_store))
        if isinstance(write, ToolMessage):
            return write
        held = _Held(self._attempts.journal)
        try:
            claim = await asyncio.to_thread(lambda: held.taken(self._begun(write, settings)))
            if isinstance(claim, ToolMessage):
                return claim
            if cancelled.is_set():
                await asyncio.to_thread(self._attempts.journal.delete, write.store, write.page, [claim])
                raise asyncio.CancelledError
            return await self._made(request, execute, write, claim, held)
        finally:
            # Also if the event loop is closed meanwhile: those who come after us settle what is left on the page.
            held.release()

    async def _made(
        self,
        request: ToolCallRequest,
        execute: Callable[[ToolCallRequest], Awaitable[Result]],
        write: PendingWrite,
        claim: Claim,
        held: _Held,
    ) -> Result:
        try:
            with only_the_file_on(write.proposal.get("card")), collecting_futures() as held.threads:
                result = await execute(request)
            return await asyncio.to_thread(self._ended, write, claim, result)
        except AshbyError as error:
            return await asyncio.to_thread(self._attempts.failed, write, claim, error)
        except GraphBubbleUp:
            await asyncio.to_thread(self._attempts.journal.delete, write.store, write.page, [claim])
            raise

    def _begun(self, write: PendingWrite, settings: RunSettings) -> Claim | ToolMessage:
        """The sole right to make the write, or the answer to the call. A run makes only what its settings allow."""
        if objection := settings.objection(write.approval):
            return self._attempts.close(write, WriteResult("withheld", not_executed(write.call, objection)))
        return self._attempts.begin(write)

    def _ended(self, write: PendingWrite, claim: Claim, result: Result) -> Result:
        if not isinstance(result, ToolMessage):
            # A tool that is not Ashby's may steer the graph. What it said is done now, and cannot be said again.
            said = executed(write.call, "Its result was not kept.")
            self._attempts.end(write, claim, WriteResult("applied", with_edit(write.approval, said)))
            return result
        outcome: Outcome = "applied" if result.status == "success" else "refused"
        answer = with_edit(write.approval, result)
        return self._attempts.end(write, claim, WriteResult(outcome, answer, _request_ids(result)))


class _Held:
    """The claim of an asynchronous run, held as long as a thread is at work under it, even if the run is gone."""

    def __init__(self, journal: Journal) -> None:
        self.threads: list[Future[Any]] = []
        self._journal = journal
        self._claim: Claim | None = None
        self._gone = False

    def taken(self, claim: Claim | ToolMessage) -> Claim | ToolMessage:
        """Hold the claim, if it is one and the run is still there."""
        if isinstance(claim, Claim):
            self._claim = claim
            self._leave_if_done()
        return claim

    def release(self) -> None:
        """The run goes away."""
        self._gone = True
        for thread in self.threads:
            thread.add_done_callback(lambda _: self._leave_if_done())
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        if self._gone and self._claim and all(it.done() for it in self.threads):
            self._journal.release(self._claim)


_unfinished: set[asyncio.Future[Any]] = set()
"""Writes under way in event loops, which keep no hold of their own on them."""


def _finished(work: asyncio.Future[Any]) -> None:
    _unfinished.discard(work)
    if not work.cancelled():
        work.exception()  # whoever was there to be told was told


def _request_ids(result: ToolMessage) -> tuple[str, ...]:
    ids = result.artifact.get("request_ids") if isinstance(result.artifact, dict) else None
    return tuple(map(str, ids)) if isinstance(ids, list) else ()
