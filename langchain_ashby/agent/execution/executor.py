"""Executing a write once: a claim in the journal, the write, its outcome; and recovery where that broke off."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from langchain_core.messages import ToolCall, ToolMessage
from langgraph.store.base import BaseStore

from langchain_ashby.agent.execution.audit_log import AuditRecord, audit_op
from langchain_ashby.agent.execution.journal import Claim, Conclusion, Journal, from_record, to_record
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.verify import AppliedWrite, EffectChecker
from langchain_ashby.agent.messages.tool_messages import (
    executed,
    executed_in_part,
    not_executed,
    outcome_unknown,
    with_edit,
    with_words,
)
from langchain_ashby.agent.run.runtime import RunLocation
from langchain_ashby.agent.state import Approval, Proposal, is_complete
from langchain_ashby.errors import AshbyError
from langchain_ashby.results import told
from langchain_ashby.text.words import one_line


@dataclass(frozen=True)
class PendingWrite:
    """An approved or declined write, with the store and thread that record it."""

    store: BaseStore
    thread_id: str | None
    approval: Approval

    @property
    def call(self) -> ToolCall:
        """The call that may run."""
        return self.approval["call"]

    @property
    def proposal(self) -> Proposal:
        """The proposal as it was shown."""
        return self.approval["proposal"]

    @property
    def key(self) -> str:
        """Its key in the journal."""
        return self.proposal["journal_key"]


def pending_write(approval: Approval, location: RunLocation) -> PendingWrite | None:
    """Pairs an approval with its store; None without a store, or if another version of the program made it."""
    if location.store is None or not is_complete(approval.get("proposal")):
        return None
    return PendingWrite(location.store, location.thread_id, approval)


@dataclass(frozen=True)
class WriteResult:
    """The outcome of a call, the answer to it, and Ashby's ids of the requests that it took."""

    outcome: Outcome
    answer: ToolMessage
    request_ids: tuple[str, ...] = ()


class WriteExecutor:
    """Executes each write once, however many workers try.

    Args:
        journal: Keeps claims and outcomes.
        checker: Re-reads Ashby.
        approval_ttl: How long after its card was made a write may be begun; None for no limit.
    """

    def __init__(self, journal: Journal, checker: EffectChecker, approval_ttl: timedelta | None = None) -> None:
        self.journal = journal
        self.checker = checker
        self.approval_ttl = approval_ttl

    def begin(self, write: PendingWrite) -> Claim | ToolMessage:
        """Claims the right to make the write; or returns the answer if it must not be made, or was made already."""
        got = self._right_to(write, write.approval)
        if isinstance(got, ToolMessage):
            return got
        claim, objection = got
        return claim if objection is None else self.end(write, claim, objection)

    def close(self, write: PendingWrite, result: WriteResult) -> ToolMessage:
        """Answers a call that is not to run: with `result`, unless it has run."""
        got = self._right_to(write, None)
        return got if isinstance(got, ToolMessage) else self.end(write, got[0], result)

    def is_over(self, write: PendingWrite) -> bool:
        """True if the journal already has an outcome, even if the thread's state lost it; do not ask again.

        LangGraph may lose the latest steps with a process that dies, unless its durability is "sync". A write that was
        begun and did not take effect is not over: the person is asked again and has the last word.
        """
        record = self.journal.read(write.store, write.key)
        tried = [claim for claim in record.claims if claim.approval is not None]
        if record.concluded is None and tried and all(map(self.journal.is_abandoned, record.claims)):
            result = self._found_out(write.call, tried, _BROKEN_OFF)
            if result.outcome == "applied" and self.journal.read(write.store, write.key) == record:
                self.end(_as_tried(write, tried), None, result)
                return True
        return record.concluded is not None

    def end(self, write: PendingWrite, claim: Claim | None, result: WriteResult) -> ToolMessage:
        """Records the outcome in the journal and the audit trail, and returns the answer."""
        conclusion = Conclusion(outcome=result.outcome, answer=to_record(result.answer))
        try:
            self.journal.conclude(write.store, write.key, conclusion, audit_op(*audit_record(write, result)))
        finally:
            if claim is not None:
                self.journal.release(claim)
        return result.answer

    def failed(self, write: PendingWrite, claim: Claim, error: AshbyError) -> ToolMessage:
        """Answers a call whose attempt ended without a reply that says what happened."""
        ids = (error.request_id,) if error.request_id else ()
        what = one_line(f"{error.code}: {error.message.rstrip('.')}.", None)
        if error.outcome_unknown:
            result = replace(self._found_out(write.call, [claim], what), request_ids=ids)
        else:
            result = WriteResult(
                "not applied", with_edit(write.approval, not_executed(write.call, error.for_model())), ids
            )
        if error.done and result.outcome == "not applied":
            partly = executed_in_part(write.call, f"{what} {error.done} {error.remedy}")
            result = replace(result, outcome="partly applied", answer=with_edit(write.approval, partly))
        elif error.done and result.outcome == "unknown":
            result = replace(result, answer=with_words(result.answer, after=f" {error.done} {error.remedy}"))
        return self.end(write, claim, result)

    def of_another_account(self, proposal: Proposal) -> str | None:
        """Says so if a proposal was made with another Ashby account than this agent's, by address or key."""
        return None if proposal["account"] == self.checker.account(proposal["call"]) else _OTHER_ACCOUNT

    def is_too_old(self, proposal: Proposal) -> bool:
        """True if the card of a proposal is too old for the proposal to be decided about."""
        made = datetime.fromisoformat(proposal["made"])
        return self.approval_ttl is not None and datetime.now(UTC) - made > self.approval_ttl

    def _right_to(
        self, write: PendingWrite, approval: Approval | None
    ) -> tuple[Claim, WriteResult | None] | ToolMessage:
        """Claims the write alone, and returns the claim and any objection; or the answer, if there is one already."""
        store, key = write.store, write.key
        deadline = time.monotonic() + self.journal.patience.total_seconds()
        pause = _SHORTEST_PAUSE
        kept_here = self.journal.is_named(store, write.proposal.get("journal"))
        while True:
            record = self.journal.read(store, key)
            if record.concluded is not None:
                return from_record(write.call, record.concluded["answer"])
            if record.claims and all(map(self.journal.is_abandoned, record.claims)):
                tried = [claim for claim in record.claims if claim.approval is not None]
                result = self._found_out(write.call, tried, _BROKEN_OFF)
                if self.journal.read(store, key) != record:
                    continue  # it was concluded after the record was read, or another worker settled it first
                if result.outcome != "not applied":
                    return self.end(_as_tried(write, tried), None, result)
                self.journal.delete(store, key, record.claims)
            elif record.claims:
                if time.monotonic() > deadline:
                    return self._in_other_hands(write, record.claims)
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            elif not kept_here and (elsewhere := self._kept_elsewhere(write)):
                return self.end(write, None, elsewhere)
            else:
                kept_here = True
                objection = None if approval is None else self.objection(write)
                claim, rivals = self._claimed(store, key, approval)
                if not rivals:
                    return claim, objection
                # Rivals all back off, then retry in the order of their ids.
                time.sleep(_TURN * sum(rival < claim.id for rival in rivals))

    def _claimed(self, store: BaseStore, key: str, approval: Approval | None) -> tuple[Claim, list[str]]:
        """Puts a new claim, and returns it with its rivals; if there are any, the claim is deleted again."""
        claim = self.journal.claim(store, key, approval)
        try:
            record = self.journal.read(store, key)
        except BaseException:
            self.journal.release(claim)
            raise
        rivals = [it.id for it in record.claims if it.id != claim.id]
        if record.concluded is not None:
            rivals.append("concluded")
        if rivals:
            self.journal.delete(store, key, [claim])
        return claim, rivals

    def objection(self, write: PendingWrite) -> WriteResult | None:
        """Says why the write must not be made although it was approved; None if there is no reason."""
        call, proposal = write.call, write.proposal
        if write.approval["decided"] is None:
            return WriteResult("not applied", not_executed(call, "No approval is on record. Propose it again."))
        if other := self.of_another_account(proposal):
            return WriteResult("withheld", not_executed(call, other))
        if self.is_too_old(proposal):
            why = f"The approval is for how things were at {proposal['made']} and has expired. {_AGAIN}"
            return WriteResult("expired", not_executed(call, why))
        if not self.checker.understands(call, proposal["card"]):
            why = f"It was approved while another version of this program ran. {_AGAIN}"
            return WriteResult("stale", not_executed(call, why))
        if problem := self.checker.argument_problem(call):
            why = f"The tool no longer accepts these arguments. {problem}"
            return WriteResult("stale", not_executed(call, why))
        if changes := self.checker.changes_since(proposal["card"], call, self._applied_before(write)):
            why = told("Since it was proposed, things have changed:", changes, _AGAIN)
            return WriteResult("stale", not_executed(call, why))
        return None

    def _applied_before(self, write: PendingWrite) -> list[AppliedWrite]:
        """Finds the earlier writes of the same message that took effect, as they were really made."""
        decided = write.approval["decided"]
        decided_at = datetime.fromisoformat(decided["at"]) if decided else datetime.now(UTC)
        applied = []
        for key in write.proposal["after"]:
            record = self.journal.read(write.store, key)
            tried = [claim for claim in record.claims if claim.approval is not None]
            if record.concluded is None or record.concluded["outcome"] != "applied" or not tried:
                continue
            latest = max(tried, key=lambda claim: claim.at)
            assert latest.approval is not None
            created = _ids_in(record.concluded["answer"]["artifact"])
            applied.append(AppliedWrite(latest.approval["call"], created, since_decision=latest.at >= decided_at))
        return applied

    def _kept_elsewhere(self, write: PendingWrite) -> WriteResult | None:
        """Looks for the effect of a call proposed with another store; None if it cannot have run, or Ashby shows so.

        If it had been approved, it may have run before, and only the other store would tell.
        """
        decided = write.approval["decided"]
        if decided is None or decided["decision"] not in _LET_PASS:
            return None
        happened = self._has_happened(write.approval, datetime.fromisoformat(write.proposal["made"]))
        return None if happened is False else self._result(write.approval, happened, _OTHER_JOURNAL)

    def _found_out(self, call: ToolCall, claims: list[Claim], what: str) -> WriteResult:
        """Finds the outcome of attempts that recorded none, as far as Ashby shows it."""
        results = []
        for claim in claims:
            assert claim.approval is not None
            results.append(self._result(claim.approval, self._has_happened(claim.approval, claim.at), what))
        by_outcome = {result.outcome: result for result in results}
        nothing_tried = WriteResult("not applied", not_executed(call, what))
        return by_outcome.get("applied") or by_outcome.get("unknown") or by_outcome.get("not applied") or nothing_tried

    def _result(self, approval: Approval, happened: bool | None, what: str) -> WriteResult:
        call = approval["call"]
        if happened is None:
            return WriteResult("unknown", with_edit(approval, outcome_unknown(call, what)))
        if happened:
            return WriteResult("applied", with_edit(approval, executed(call, f"{what} {_SEEN}")))
        return WriteResult("not applied", with_edit(approval, not_executed(call, f"{what} {_NOT_SEEN}")))

    def _has_happened(self, approval: Approval, since: datetime) -> bool | None:
        """True if an attempt has taken effect. Waits while it may still be on its way."""
        if self.of_another_account(approval["proposal"]):
            return None  # what this account shows says nothing about another one
        card = approval["proposal"]["card"]
        until = time.monotonic() + self.journal.grace.total_seconds()
        while True:
            waited = time.monotonic() >= until
            happened = self.checker.has_happened(approval["call"], card, since)
            if happened is not False or waited:
                return happened
            time.sleep(_LONGEST_PAUSE)

    def _in_other_hands(self, write: PendingWrite, claims: list[Claim]) -> ToolMessage:
        """The answer while another worker is making the write. That worker will record the outcome."""
        for claim in claims:
            if claim.approval is not None and not self.of_another_account(claim.approval["proposal"]):
                card = claim.approval["proposal"]["card"]
                if self.checker.has_happened(claim.approval["call"], card, claim.at):
                    return executed(write.call, f"{_ELSEWHERE} {_SEEN}")
        return outcome_unknown(write.call, _ELSEWHERE)


def audit_record(write: PendingWrite, result: WriteResult) -> tuple[AuditRecord, str]:
    """Builds the record in the audit trail for the outcome of a write, and its key."""
    proposal, decided = write.proposal, write.approval["decided"]
    card = proposal["card"]
    record = AuditRecord(
        at=datetime.now(UTC),
        thread_id=write.thread_id,
        call_id=str(write.call["id"]),
        tool=write.call["name"],
        args=write.call["args"],
        original=proposal["original"],
        card=None if card is None else dict(card),
        decision=decided["decision"] if decided else None,
        reviewer=decided["reviewer"] if decided else None,
        decided_at=decided["at"] if decided else None,
        policy=proposal["policy"],
        outcome=result.outcome,
        detail="" if result.outcome == "applied" else result.answer.text,
        request_ids=list(result.request_ids),
        on_behalf_of=proposal["on_behalf_of"],
    )
    return record, f"{write.key.split('/')[1]}-{proposal['made']}-{result.outcome}"


def _as_tried(write: PendingWrite, claims: list[Claim]) -> PendingWrite:
    """The write with the approval under which it was tried."""
    approvals = (claim.approval for claim in claims if claim.approval is not None)
    approval = next((it for it in approvals if is_complete(it["proposal"])), write.approval)
    return replace(write, approval=approval)


def _ids_in(artifact: Any) -> frozenset[str]:
    """The ids of the records in the result of a write."""
    results = artifact.get("results") if isinstance(artifact, dict) else None
    return frozenset(str(it["id"]) for it in [results] if isinstance(it, dict) and "id" in it)


_LET_PASS = ("approve", "edit", "policy")
_SHORTEST_PAUSE, _LONGEST_PAUSE, _TURN = 0.01, 0.25, 0.05  # seconds

_BROKEN_OFF = "The run was broken off while this approved call was being made."
_OTHER_JOURNAL = "The journal with the record of this approved call is not in this agent's store."
_ELSEWHERE = "Another worker is making this approved call and has not recorded its outcome yet."
_SEEN = "Ashby shows that the change was made; its result is not available. Do not make it again."
_OTHER_ACCOUNT = (
    "It was proposed with another Ashby account: another address, or another API key. Nothing of it holds for this "
    "one. If the change is wanted here, look up the records and propose it again; or go on with the other account."
)
_AGAIN = "Look at how things are now, and propose the call again only if it is still right."
_NOT_SEEN = "Ashby shows that the change was not made. Propose the call again if it is still right."
