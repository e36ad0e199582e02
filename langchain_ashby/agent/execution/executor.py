"""Executing a write once: a claim in the journal, the write, its outcome; and recovery where that broke off."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from langchain_core.messages import ToolMessage
from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.approval.standing import hold_ends
from langchain_ashby.agent.cards import Seen
from langchain_ashby.agent.execution import creations
from langchain_ashby.agent.execution.attempt import Attempt, ClaimLost
from langchain_ashby.agent.execution.audit_log import audit_op, audit_record
from langchain_ashby.agent.execution.bulk import BulkExecutor
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.journal_record import (
    Claim,
    Conclusion,
    JournalRecord,
    freeing_ops,
    from_record,
    record_key,
    to_record,
)
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.process import this_process
from langchain_ashby.agent.execution.settling import IF_NOT_MADE, Settler
from langchain_ashby.agent.execution.store import StoreError
from langchain_ashby.agent.execution.verify import AppliedWrite, EffectChecker
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult
from langchain_ashby.agent.messages.tool_messages import (
    executed,
    executed_in_part,
    marked,
    not_executed,
    outcome_unknown,
    with_edit,
    with_words,
)
from langchain_ashby.agent.state import Approval, Proposal, is_complete
from langchain_ashby.errors import AshbyError, ConfigurationError
from langchain_ashby.http.observer import changes_ashby
from langchain_ashby.results import told
from langchain_ashby.spelling import in_words
from langchain_ashby.text.words import one_line
from langchain_ashby.toolkit.beside import looks_beside


class WriteExecutor:
    """Executes each write once, however many workers try.

    Args:
        journal: Keeps claims and outcomes.
        checker: Re-reads Ashby.
        approval_ttl: How long after its card was made a write may be begun; None for no limit.
    """

    def __init__(self, journal: Journal, checker: EffectChecker, approval_ttl: timedelta | None = None) -> None:
        if journal.lease <= checker.longest_call:
            raise ConfigurationError(
                f"The client's budget of {checker.longest_call} is not below the journal's lease of {journal.lease}: "
                "another worker could take over a write that is still under way",
                remedy="Lengthen the lease, or shorten the budget.",
            )
        self.journal = journal
        self.checker = checker
        self.approval_ttl = approval_ttl
        self._settler = Settler(journal, checker)
        self.many = BulkExecutor(self)

    def is_bulk(self, write: PendingWrite) -> bool:
        """True if a write is for many records, each of which is a write of its own."""
        return "parts" in write.proposal or self.checker.bulk(write.call) is not None

    def begin(self, write: PendingWrite) -> Claim | ToolMessage:
        """Claims the right to make the write; or returns the answer if it must not be made, or was made already."""
        got = self._right_to(write, write.approval)
        if isinstance(got, ToolMessage):
            return got
        claim, objection = got
        return claim if objection is None else self.end(write, claim, objection)

    def attempt(self, write: PendingWrite, claim: Claim) -> Attempt:
        """Makes the observer that notes the requests made under a claim."""
        operation = self.checker.operation(write.call)
        in_steps = operation is not None and any(map(changes_ashby, operation.steps))
        reads_on = operation is not None and looks_beside(operation)
        return Attempt(self.journal, write.store, write.key, claim, in_steps, reads_on)

    def close(self, write: PendingWrite, result: WriteResult) -> ToolMessage:
        """Answers a call that is not to run: with `result`, unless it has run."""
        if self.is_bulk(write):
            return self.many.close(write, result)
        with self.journal.releasing():
            got = self._right_to(write, None)
            return got if isinstance(got, ToolMessage) else self.end(write, got[0], result)

    def is_over(self, write: PendingWrite, record: JournalRecord | None = None) -> bool:
        """True if the journal already has an outcome, even if the thread's state lost it; do not ask again.

        LangGraph may lose the latest steps with a process that dies, unless its durability is "sync". A write that was
        begun and did not take effect is not over: the person is asked again and has the last word.

        Args:
            write: The write.
            record: What the journal has on it; it is read if left out.
        """
        if self.is_bulk(write):
            return self.many.is_over(write)
        record = record or self.journal.read(write.store, write.key)
        tried = [claim for claim in record.claims if claim.approval is not None]
        if record.concluded is None and tried and all(self.journal.is_over(it) for it in record.claims):
            found = self._settler.settle(write.store, write.call, tried, record.requests, _BROKEN_OFF)
            if found.result.outcome == "applied" and self.journal.read(write.store, write.key) == record:
                self.end(_as_tried(write, tried), None, found.result, *found.with_it, *freeing_ops(tried))
                return True
        return record.concluded is not None

    def end(self, write: PendingWrite, claim: Claim | None, result: WriteResult, *with_it: PutOp) -> ToolMessage:
        """Records the outcome in the journal and the audit trail, and returns the answer.

        Args:
            write: The write.
            claim: The claim under which it was answered, or made; it is released.
            result: The outcome.
            with_it: More PutOps, for the same batch.
        """
        conclusion = Conclusion(outcome=result.outcome, answer=to_record(result.answer))
        entry = audit_op(*audit_record(write, result, claim))
        own = () if claim is None or with_it else _creation(claim, result)
        try:
            ended = freeing_ops([claim] if claim else [])
            self.journal.conclude(write.store, write.key, conclusion, entry, *own, *ended, *with_it)
        finally:
            if claim is not None:
                self.journal.release(claim)
        return _as_decided(result.answer, result.outcome)

    def failed(self, write: PendingWrite, claim: Claim, error: AshbyError) -> ToolMessage:
        """Answers a call whose attempt ended without a reply that says what happened."""
        if isinstance(error, ClaimLost):
            result = WriteResult("not applied", not_executed(write.call, f"{error.message}. {_AGAIN}"))
            self.journal.delete(write.store, write.key, [claim], *_creation(claim, result))
            return self.close(write, result)
        ids = (error.request_id,) if error.request_id else ()
        what = one_line(f"{error.code}: {error.message.rstrip('.')}.", None)
        if error.outcome_unknown:
            requests = self.journal.read(write.store, write.key).requests
            found = self._settler.settle(write.store, write.call, [claim], requests, what, own=True)
            result = replace(found.result, request_ids=ids)
            if result.outcome == "unknown" and error.done and in_words(error.done) not in result.answer.text:
                begun = in_words(f" {error.done} {IF_NOT_MADE} {error.remedy}")
                result = replace(result, answer=with_words(result.answer, after=begun))
            return self.end(write, claim, result, *found.with_it)
        if error.done:
            partly = executed_in_part(write.call, f"{what} {error.done} {error.remedy}")
            return self.end(write, claim, WriteResult("partly applied", with_edit(write.approval, partly), ids))
        refused = with_edit(write.approval, not_executed(write.call, in_words(error.for_model())))
        return self.end(write, claim, WriteResult("not applied", refused, ids))

    def of_another_account(self, proposal: Proposal) -> str | None:
        """An objection if the proposal was made under another Ashby account than this agent's."""
        return None if proposal["account"] == self.checker.account(proposal["call"]) else _OTHER_ACCOUNT

    def is_too_old(self, proposal: Proposal) -> bool:
        """True if the card of a proposal is too old for the proposal to be decided about.

        While it is held nobody can have it made, so then the time is counted from the end of the hold.
        """
        since = hold_ends(proposal) or datetime.fromisoformat(proposal["made"])
        return self.approval_ttl is not None and datetime.now(UTC) - since > self.approval_ttl

    def _right_to(
        self, write: PendingWrite, approval: Approval | None
    ) -> tuple[Claim, WriteResult | None] | ToolMessage:
        """Claims the write alone, and returns the claim and any objection; or the answer, if there is one already."""
        store, key = write.store, write.key
        deadline = time.monotonic() + self.journal.patience.total_seconds()
        pause = _SHORTEST_PAUSE
        kept_here = False
        while True:
            record, is_its_own = self.journal.read_named(store, key, write.proposal.get("journal"))
            if record.concluded is not None:
                return _as_decided(from_record(write.call, record.concluded["answer"]), record.concluded["outcome"])
            if record.claims and all(self.journal.is_abandoned(store, it) for it in record.claims):
                if answer := self._taken_over(write, record):
                    return answer
            elif record.claims:
                if time.monotonic() > deadline:
                    return self._in_other_hands(write, record.claims)
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            elif record.requests:
                # A worker that took it over died, or a suspended one has just lost its claim.
                return self.end(write, None, WriteResult("unknown", outcome_unknown(write.call, _BROKEN_OFF)))
            elif not (is_its_own or kept_here) and (elsewhere := self._kept_elsewhere(write)):
                return self.end(write, None, elsewhere)
            else:
                kept_here = True
                of_record, objection, seen = self._looked_again(write, approval, deadline)
                claim, rivals = self._claimed(store, key, approval, seen, of_record)
                if not rivals:
                    return claim, objection
                # Rivals all back off, then retry in the order of their ids.
                time.sleep(_TURN * sum(rival < claim.id for rival in rivals))

    def _looked_again(
        self, write: PendingWrite, approval: Approval | None, deadline: float
    ) -> tuple[Claim | None, WriteResult | None, Seen | None]:
        """Claims the record that the write changes, and takes the second look; returns the claim and what it found."""
        if approval is None or (record := record_key(write.proposal)) is None:
            return None, *((None, None) if approval is None else self.second_look(write))
        while (of_record := self.journal.claim_record(write.store, record)) is None:
            if time.monotonic() > deadline:
                return None, WriteResult("not applied", not_executed(write.call, f"{_BUSY} {_AGAIN}")), None
            time.sleep(random.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE))  # or two that backed off would meet again
        try:
            return of_record, *self.second_look(write)
        except BaseException:
            self.journal.delete(write.store, record, [of_record])  # else other processes would wait for the lease
            raise

    def _taken_over(self, write: PendingWrite, record: JournalRecord) -> ToolMessage | None:
        """Answers a call whose attempts were abandoned; None if nothing was written, or another worker handles it."""
        store, key = write.store, write.key
        # Their workers may still be running. Without its claim, a worker sends nothing.
        held_up = [it for it in record.claims if not self.journal.is_over(it)]
        if held_up:
            self.journal.delete(store, key, held_up)
            requests = self.journal.read(store, key).requests
        else:
            requests = record.requests
        found = self._settler.settle(store, write.call, record.claims, requests, _BROKEN_OFF)
        now = self.journal.read(store, key)
        if now.concluded is not None or {it.id for it in now.claims} - {it.id for it in record.claims}:
            return None
        if found.result.outcome != "not applied":
            ended = freeing_ops(record.claims)
            return self.end(_as_tried(write, record.claims), None, found.result, *found.with_it, *ended)
        self.journal.forget(store, key, record.claims, requests, *found.with_it)
        return None

    def _claimed(
        self, store: BaseStore, key: str, approval: Approval | None, seen: Seen | None, of_record: Claim | None
    ) -> tuple[Claim, list[str]]:
        """Puts a new claim, and returns it with its rivals; if there are any, the claim is deleted again."""
        claim = self.journal.claim(store, key, approval, seen, of_record)
        try:
            names = self.journal.names(store, key)
        except BaseException:
            self.journal.release(claim)
            raise
        if claim.id not in names:
            self.journal.delete(store, key, [claim])
            raise StoreError(
                "The store does not show what was just written to it, so two workers could make the same change. "
                "Nothing was executed. Give the agent a store that reads its own writes."
            )
        if rivals := sorted(names - {claim.id}):  # or an outcome
            self.journal.delete(store, key, [claim])
        return claim, rivals

    def objection(self, write: PendingWrite) -> WriteResult | None:
        """Says why the write must not be made although it was approved; None if there is no reason."""
        return self.second_look(write)[0]

    def second_look(self, write: PendingWrite) -> tuple[WriteResult | None, Seen | None]:
        """Looks for an objection to the write, and records what Ashby shows right before it."""
        if objection := self._formal_objection(write):
            return objection, None
        look = self.checker.second_look(write.proposal["card"], write.call, self._applied_before(write))
        if not look.changes:
            return None, look.seen
        why = told("Since it was proposed, things have changed:", look.changes, _AGAIN)
        return WriteResult("stale", not_executed(write.call, why)), look.seen

    def _formal_objection(self, write: PendingWrite) -> WriteResult | None:
        """An objection that needs no reading of Ashby."""
        call, proposal = write.call, write.proposal
        if write.approval["decided"] is None:
            return WriteResult("not applied", not_executed(call, "No approval is on record. Propose it again."))
        if other := self.of_another_account(proposal):
            return WriteResult("withheld", not_executed(call, other))
        if self.is_too_old(proposal):
            why = f"The approval has expired: its card was made at {proposal['made']}. {_AGAIN}"
            return WriteResult("expired", not_executed(call, why))
        if not self.checker.understands(call, proposal["card"]):
            why = f"It was approved under another version of this package. {_AGAIN}"
            return WriteResult("stale", not_executed(call, why))
        if problem := self.checker.argument_problem(call):
            why = f"The tool no longer accepts these arguments. {problem}"
            return WriteResult("stale", not_executed(call, why))
        return None

    def _applied_before(self, write: PendingWrite) -> list[AppliedWrite]:
        """Finds the earlier writes of the same message that took effect, as they were really made."""
        decided = write.approval["decided"]
        since = datetime.fromisoformat(decided["at"]) if decided else datetime.now(UTC)
        is_recent = datetime.now(UTC) - since < _JUST_NOW
        applied = []
        for key in write.proposal["after"]:
            record = self.journal.read(write.store, key)
            tried = [claim for claim in record.claims if claim.approval is not None]
            if record.concluded is None or record.concluded["outcome"] != "applied" or not tried:
                continue
            latest = max(tried, key=lambda claim: claim.at)
            assert latest.approval is not None
            # Right before the first of them all cards were compared. After a while others may have changed something.
            just_now = is_recent and latest.process == this_process() and latest.at >= since
            touched = creations.ids_in(record.concluded["answer"]["artifact"])
            before = latest.seen["facts"] if latest.seen else {}
            applied.append(AppliedWrite(latest.approval["call"], touched, before, just_now))
        return applied

    def _kept_elsewhere(self, write: PendingWrite) -> WriteResult | None:
        """Looks for the effect of a call proposed with another store; None if it cannot have run, or Ashby shows so.

        If it had been approved, it may have run before, and only the other store would tell.
        """
        decided = write.approval["decided"]
        if decided is None or decided["decision"] not in _LET_PASS:
            return None
        found = self._settler.elsewhere(write.approval, _OTHER_JOURNAL)
        return None if found.outcome == "not applied" else found

    def _in_other_hands(self, write: PendingWrite, claims: list[Claim]) -> ToolMessage:
        """The answer while another worker is making the write. That worker will record the outcome."""
        if any(self._settler.is_done(write.store, claim) for claim in claims):
            return executed(write.call, f"{_ELSEWHERE} {_SEEN}")
        return outcome_unknown(write.call, _ELSEWHERE)


def _as_decided(answer: ToolMessage, outcome: Outcome) -> ToolMessage:
    decision = _DECISIONS.get(outcome)
    return answer if decision is None else marked(answer, decision)


def _creation(claim: Claim, result: WriteResult) -> tuple[PutOp, ...]:
    """Notes which records a claimed write has created, if its result tells."""
    if claim.seen is None or claim.creates is None:
        return ()
    before = creations.ids_in([*claim.seen["facts"].values()])
    made = creations.ids_in(result.answer.artifact) - before
    return creations.concluded(claim.creates, claim.id, result.outcome, made)


def _as_tried(write: PendingWrite, claims: Sequence[Claim]) -> PendingWrite:
    """The write with the approval under which it was tried."""
    approvals = (claim.approval for claim in claims if claim.approval is not None)
    approval = next((it for it in approvals if is_complete(it["proposal"])), write.approval)
    return replace(write, approval=approval)


_JUST_NOW = timedelta(seconds=30)
_DECISIONS: Mapping[Outcome, Literal["reject", "respond"]] = {"rejected": "reject", "responded": "respond"}
_LET_PASS = ("approve", "edit", "policy")
_SHORTEST_PAUSE, _LONGEST_PAUSE, _TURN = 0.01, 0.25, 0.05  # seconds

_BROKEN_OFF = "The run was interrupted while this approved call was being made."
_BUSY = "Another change to the same record was under way the whole time."
_OTHER_JOURNAL = "The journal with the record of this approved call is not in this agent's store."
_ELSEWHERE = "Another worker is making this approved call and has not recorded its outcome yet."
_SEEN = "Ashby shows that the change was made; its result is not available. Do not make it again."
_OTHER_ACCOUNT = (
    "It was proposed under another Ashby account (another address or API key), so its ids may mean nothing in this "
    "one. If the change is wanted here, look up the records and propose it again; or switch back to that account."
)
_AGAIN = "Check how things are now, and propose the call again only if it is still right."
