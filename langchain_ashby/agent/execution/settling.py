"""Settles attempts at a write that have no outcome on record, as far as Ashby proves one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from langchain_core.messages import ToolCall
from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.cards import Evidence, seen_on
from langchain_ashby.agent.execution import creations
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.journal_record import Claim, Request
from langchain_ashby.agent.execution.verify import EffectChecker
from langchain_ashby.agent.execution.write import WriteResult
from langchain_ashby.agent.messages.tool_messages import (
    executed,
    executed_in_part,
    not_executed,
    outcome_unknown,
    with_edit,
)
from langchain_ashby.agent.state import Approval
from langchain_ashby.endpoint import Endpoint, Operation, Paged
from langchain_ashby.errors import AshbyError
from langchain_ashby.http.observer import changes_ashby

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Settlement:
    """The outcome of an attempt, and the PutOps to store along with it."""

    result: WriteResult
    with_it: tuple[PutOp, ...] = ()


class Settler:
    """Finds the outcome of attempts that recorded none.

    Args:
        journal: The journal.
        checker: Re-reads Ashby.
    """

    def __init__(self, journal: Journal, checker: EffectChecker) -> None:
        self._journal = journal
        self._checker = checker

    def settle(
        self,
        store: BaseStore,
        call: ToolCall,
        claims: Sequence[Claim],
        requests: Sequence[Request],
        what: str,
        *,
        own: bool = False,
    ) -> Settlement:
        """Finds the outcome of all attempts at a call.

        Args:
            store: The store.
            call: The call.
            claims: The attempts. Each is over, or was taken over, that is, deleted before `requests` were read.
            requests: Their requests.
            what: What happened to them, in a sentence.
            own: True if the caller made the attempt, and its request has ended.
        """
        tried = [claim for claim in claims if claim.approval is not None]
        each = [self._attempt(store, it, [sent for sent in requests if sent.claim == it.id], what, own) for it in tried]
        with_it = tuple(op for it in each for op in it.with_it)
        by_outcome = {it.result.outcome: it.result for it in each}
        found = (by_outcome.get(outcome) for outcome in ("applied", "unknown", "partly applied", "not applied"))
        untried = WriteResult("not applied", not_executed(call, what))
        return Settlement(next((it for it in found if it is not None), untried), with_it)

    def elsewhere(self, approval: Approval, what: str) -> WriteResult:
        """Finds the outcome of a call whose attempts, if any, are in another journal."""
        if self._is_of_another_account(approval):
            return _unknown(approval, f"{what} {_OTHER_ACCOUNT}")
        evidence = self._checker.evidence(approval["call"], seen_on(approval["proposal"]["card"]))
        return self._judged(approval, evidence, what, certain=True).result

    def is_done(self, store: BaseStore, claim: Claim) -> bool:
        """True if Ashby shows now that an attempt took effect. It may still be in progress."""
        if claim.approval is None or self._is_of_another_account(claim.approval):
            return False
        evidence = self._evidence(store, claim, claim.approval["call"])
        return evidence is not None and evidence.proven is True

    def _attempt(self, store: BaseStore, claim: Claim, requests: Sequence[Request], what: str, own: bool) -> Settlement:
        approval = claim.approval
        assert approval is not None
        call = approval["call"]
        operation = self._checker.operation(call)
        doubtful = [it for it in requests if not it.answered]
        if operation is not None and claim.counts_requests:
            if not requests:
                return self._kept(claim, _not_made(approval, f"{what} {_NOT_SENT}"))
            if not doubtful and requests[-1].path == operation.path:
                return self._kept(claim, _made(approval, f"{what} {_CONFIRMED}"))
            if not doubtful:
                return self._kept(claim, _in_part(approval, f"{what} {self._done(operation, requests)}".strip()))
            if doubtful[-1].path != operation.path:
                step = f"It is not known whether its step {doubtful[-1].path} was made."
                return Settlement(_unknown(approval, f"{what} {self._done(operation, requests)}{step}"))
        if self._is_of_another_account(approval):
            return Settlement(_unknown(approval, f"{what} {self._begun(operation, requests)}{_OTHER_ACCOUNT}"))
        # A process that may still be running could send its request at any time.
        certain = own or self._journal.is_over(claim) is True
        evidence = self._waited_for(store, claim, call)
        begun = self._begun(operation, requests)
        settlement = self._judged(approval, evidence, what, certain=certain, begun=begun)
        done = self._done(operation, requests) if operation is not None else ""
        if settlement.result.outcome == "not applied" and done:
            return self._kept(claim, _in_part(approval, f"{what} {done}{_NOT_SEEN}"))
        made = self._own_record(store, claim, evidence) if settlement.result.outcome == "applied" else []
        return self._kept(claim, settlement.result, made)

    def _is_of_another_account(self, approval: Approval) -> bool:
        """True if the write was made under another account, so that this one cannot show its effect."""
        return approval["proposal"]["account"] != self._checker.account(approval["call"])

    def _judged(
        self, approval: Approval, evidence: Evidence | None, what: str, *, certain: bool, begun: str = ""
    ) -> Settlement:
        if evidence is None:
            # Without an operation, the tool is not Ashby's, or this version cannot check it.
            unread = _UNREADABLE if self._checker.operation(approval["call"]) else _NOTHING_TO_READ
            return Settlement(_unknown(approval, f"{what} {begun}{unread}"))
        if evidence.proven:
            return Settlement(_made(approval, f"{what} {_SEEN}"))
        if evidence.proven is False and certain:
            return Settlement(_not_made(approval, f"{what} {_NOT_SEEN}"))
        return Settlement(_unknown(approval, f"{what} {begun}{_shows(evidence)}".strip()))

    def _waited_for(self, store: BaseStore, claim: Claim, call: ToolCall) -> Evidence | None:
        """Finds the evidence; waits as long as the write may still be in transit."""
        until = time.monotonic() + self._journal.grace.total_seconds()
        pause = _SHORTEST_PAUSE
        while True:
            waited = time.monotonic() >= until
            evidence = self._evidence(store, claim, call)
            if evidence is None or evidence.proven or waited:
                return evidence
            time.sleep(min(pause, max(0.0, until - time.monotonic())))
            pause *= 2

    def _evidence(self, store: BaseStore, claim: Claim, call: ToolCall) -> Evidence | None:
        kind = claim.creates
        share = creations.share(store, kind) if kind else creations.Share([claim.id], frozenset())
        attempts = len({*share.attempts, claim.id})
        return self._checker.evidence(call, claim.seen, attempts=attempts, taken=share.taken)

    def _own_record(self, store: BaseStore, claim: Claim, evidence: Evidence | None) -> list[str]:
        """Assigns one of the new records to an attempt, so that no other attempt counts it again."""
        kind = claim.creates
        if kind is None or evidence is None or not evidence.records:
            return []
        share = creations.share(store, kind)
        free = [it for it in evidence.records if it not in share.taken]
        place = share.attempts.index(claim.id) if claim.id in share.attempts else 0
        return free[place : place + 1]

    def _kept(self, claim: Claim, result: WriteResult, made: Sequence[str] = ()) -> Settlement:
        """The settlement, with a note of the records that the attempt created."""
        return Settlement(result, creations.concluded(claim.creates, claim.id, result.outcome, made))

    def _begun(self, operation: Operation[Any] | None, requests: Sequence[Request]) -> str:
        """Says what the first steps did, if it is not known whether the last one was made."""
        return self._done(operation, requests, f"{IF_NOT_MADE} ") if operation is not None else ""

    def _done(self, operation: Operation[Any], requests: Sequence[Request], only: str = "") -> str:
        """Says what the first steps did, in the operation's own words for a failure in a later one.

        `only` says when the way to go on from there is to be taken.
        """
        results = [it.result for it in requests if it.answered]
        if not results:
            return ""
        try:
            operation.perform(_Replay(results))
        except AshbyError as error:
            return f"{error.done} {only}{error.remedy} "
        return ""


class _Replay:
    """Replays to an operation the answers that its first steps got, then stops it."""

    def __init__(self, results: Sequence[Any]) -> None:
        self._results = [*results]

    def call(self, request: Operation[R]) -> R:
        return request.perform(self)

    def send(self, request: Endpoint[R]) -> R:
        if not changes_ashby(type(request)) or not self._results:
            raise AshbyError("The run was interrupted here", remedy="")
        return self._results.pop(0)  # type: ignore[no-any-return]  # it is what this request was answered

    def items(self, request: Paged[T]) -> Iterator[T]:
        raise AshbyError("The run was interrupted here", remedy="")

    @property
    def on_behalf_of(self) -> str | None:
        return None

    def download(self, handle: str) -> bytes:
        raise AshbyError("The run was interrupted here", remedy="")

    def upload(self, path: str, context: str) -> str:
        raise AshbyError("The run was interrupted here", remedy="")


def _made(approval: Approval, words: str) -> WriteResult:
    return WriteResult("applied", with_edit(approval, executed(approval["call"], words)))


def _not_made(approval: Approval, words: str) -> WriteResult:
    return WriteResult("not applied", with_edit(approval, not_executed(approval["call"], words)))


def _in_part(approval: Approval, words: str) -> WriteResult:
    return WriteResult("partly applied", with_edit(approval, executed_in_part(approval["call"], words)))


def _unknown(approval: Approval, words: str) -> WriteResult:
    return WriteResult("unknown", with_edit(approval, outcome_unknown(approval["call"], words)))


def _shows(evidence: Evidence) -> str:
    """Describes evidence that proves nothing."""
    if evidence.unseen is not None:
        return f"Even if the change is there, {evidence.unseen} cannot be read."
    if evidence.records is None:
        return ""
    if not evidence.records:
        return "Ashby shows no such record now, but it may have been changed or removed since."
    return "Ashby shows new records like it, but not one for each attempt that shows every value sent."


_OTHER_ACCOUNT = "It was attempted under another Ashby account, which this one cannot read."
IF_NOT_MADE = "Only if the last step was not made:"
_UNREADABLE = "Ashby cannot be read now to see whether it took effect."
_NOTHING_TO_READ = "There is no way to check whether it took effect."
_SHORTEST_PAUSE = 0.1  # seconds
_NOT_SENT = "It was never sent to Ashby, so nothing was changed. Propose the call again if it is still right."
_CONFIRMED = "Ashby confirmed the change; its result is not available. Do not make it again."
_SEEN = "Ashby shows that the change was made; its result is not available. Do not make it again."
_NOT_SEEN = "Ashby shows that the change was not made. Propose the call again if it is still right."
