"""How a write is made once: a claim in the journal, the write, its outcome; and what is done where that broke off."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from langchain_core.messages import ToolCall, ToolMessage
from langgraph.store.base import BaseStore

from langchain_ashby.agent.execution.audit import AuditEntry, Outcome, audit_op
from langchain_ashby.agent.execution.journal import Claim, Conclusion, Journal, from_record, to_record
from langchain_ashby.agent.execution.verify import EffectChecker
from langchain_ashby.agent.messages.tool_messages import (
    executed,
    executed_in_part,
    not_executed,
    outcome_unknown,
    with_edit,
    with_words,
)
from langchain_ashby.agent.state import Approval, Proposal
from langchain_ashby.errors import AshbyError


@dataclass(frozen=True)
class PendingWrite:
    """A call whose fate is decided here: what was proposed and approved, and in which store and thread."""

    store: BaseStore
    thread_id: str | None
    page: str
    approval: Approval

    @property
    def call(self) -> ToolCall:
        """What may run."""
        return self.approval["call"]

    @property
    def proposal(self) -> Proposal:
        """What was shown."""
        return self.approval["proposal"]


@dataclass(frozen=True)
class WriteResult:
    """What became of a call, the answer to it, and Ashby's ids of the requests that were made for it."""

    outcome: Outcome
    answer: ToolMessage
    request_ids: tuple[str, ...] = ()


class WriteExecutor:
    """Lets each write happen once, whoever comes for it.

    Args:
        journal: Where claims and outcomes are kept.
        sight: What can be seen of Ashby.
        approval_ttl: For how long after its card was made a write may be begun; None for ever.
    """

    def __init__(self, journal: Journal, checker: EffectChecker, approval_ttl: timedelta | None = None) -> None:
        self.journal = journal
        self.checker = checker
        self.approval_ttl = approval_ttl

    def begin(self, write: PendingWrite) -> Claim | ToolMessage:
        """The sole right to make the write, or the answer to the call if it is not to be made, or made already."""
        got = self._right_to(write, write.approval)
        if isinstance(got, ToolMessage):
            return got
        claim, objection = got
        return claim if objection is None else self.end(write, claim, objection)

    def close(self, write: PendingWrite, ending: WriteResult) -> ToolMessage:
        """Answer a call that is not to run: as `ending` says, unless it has run."""
        got = self._right_to(write, None)
        return got if isinstance(got, ToolMessage) else self.end(write, got[0], ending)

    def is_over(self, write: PendingWrite) -> bool:
        """Whether the call has its outcome, even if the thread's state knows nothing of it: then nobody is to be asked.

        LangGraph may lose the latest steps with a process that dies, unless its durability is "sync". What was begun
        and has not happened is not over: who is asked again has the last word.
        """
        page = self.journal.read(write.store, write.page)
        tried = [claim for claim in page.claims if claim.approval is not None]
        if page.concluded is None and tried and all(map(self.journal.is_abandoned, page.claims)):
            ending = self._found_out(write.call, tried, _BROKEN_OFF)
            if ending.outcome == "applied" and self.journal.read(write.store, write.page) == page:
                self.end(_as_tried(write, tried), None, ending)
                return True
        return page.concluded is not None

    def end(self, write: PendingWrite, claim: Claim | None, ending: WriteResult) -> ToolMessage:
        """Write the outcome into the journal and the audit trail, and give the answer."""
        concluded = Conclusion(outcome=ending.outcome, answer=to_record(ending.answer))
        try:
            self.journal.conclude(write.store, write.page, concluded, audit_op(*audit_entry(write, ending)))
        finally:
            if claim is not None:
                self.journal.release(claim)
        return ending.answer

    def failed(self, write: PendingWrite, claim: Claim, error: AshbyError) -> ToolMessage:
        """Answer a call whose attempt ended without a reply that says what happened."""
        ids = (error.request_id,) if error.request_id else ()
        what = f"{error.code}: {error.message.rstrip('.')}."
        if error.outcome_unknown:
            ending = replace(self._found_out(write.call, [claim], what), request_ids=ids)
        else:
            ending = WriteResult(
                "not applied", with_edit(write.approval, not_executed(write.call, error.for_model())), ids
            )
        if error.done and ending.outcome == "not applied":
            partly = executed_in_part(write.call, f"{what} {error.done} {error.remedy}")
            ending = replace(ending, answer=with_edit(write.approval, partly))
        elif error.done and ending.outcome == "unknown":
            ending = replace(ending, answer=with_words(ending.answer, after=f" {error.done} {error.remedy}"))
        return self.end(write, claim, ending)

    def is_too_old(self, proposal: Proposal) -> bool:
        """Whether the card of a proposal was made so long ago that it must not be decided about any more."""
        made = datetime.fromisoformat(proposal["made"])
        return self.approval_ttl is not None and datetime.now(UTC) - made > self.approval_ttl

    def _right_to(
        self, write: PendingWrite, approval: Approval | None
    ) -> tuple[Claim, WriteResult | None] | ToolMessage:
        """A claim that is the only one, with what speaks against the write; or the answer, if there is one already."""
        store, name = write.store, write.page
        deadline = time.monotonic() + self.journal.patience.total_seconds()
        pause = _SHORTEST_PAUSE
        kept_here = self.journal.is_named(store, write.proposal.get("journal"))
        while True:
            page = self.journal.read(store, name)
            if page.concluded is not None:
                return from_record(write.call, page.concluded["answer"])
            if page.claims and all(map(self.journal.is_abandoned, page.claims)):
                tried = [claim for claim in page.claims if claim.approval is not None]
                ending = self._found_out(write.call, tried, _BROKEN_OFF)
                if self.journal.read(store, name) != page:
                    continue  # whoever left had come to an end after the page was read, or another settled it first
                if ending.outcome != "not applied":
                    return self.end(_as_tried(write, tried), None, ending)
                self.journal.delete(store, name, page.claims)
            elif page.claims:
                if time.monotonic() > deadline:
                    return self._in_other_hands(write, page.claims)
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            elif not kept_here and (elsewhere := self._kept_elsewhere(write)):
                return self.end(write, None, elsewhere)
            else:
                kept_here = True
                objection = None if approval is None else self._objection(write)
                claim, rivals = self._claimed(store, name, approval)
                if not rivals:
                    return claim, objection
                # Nobody who saw another went on. They come again one after the other, not at the same time.
                time.sleep(_TURN * sum(rival < claim.id for rival in rivals))

    def _claimed(self, store: BaseStore, name: str, approval: Approval | None) -> tuple[Claim, list[str]]:
        """A new claim, and what was there beside it; then the claim is taken back."""
        claim = self.journal.claim(store, name, approval)
        try:
            page = self.journal.read(store, name)
        except BaseException:
            self.journal.release(claim)
            raise
        rivals = [it.id for it in page.claims if it.id != claim.id]
        if page.concluded is not None:
            rivals.append("concluded")
        if rivals:
            self.journal.delete(store, name, [claim])
        return claim, rivals

    def _objection(self, write: PendingWrite) -> WriteResult | None:
        """Why the write must not be made although it was approved; None if nothing speaks against it."""
        call, proposal = write.call, write.proposal
        if "decided" not in write.approval:
            return WriteResult(
                "not applied", not_executed(call, "Nobody is known to have approved it. Propose it again.")
            )
        if self.is_too_old(proposal):
            why = f"The approval is for how things were at {proposal['made']}, and has expired. {_AGAIN}"
            return WriteResult("expired", not_executed(call, why))
        if not self.checker.understands(call, proposal.get("card")):
            why = f"It was approved while another version of this program ran. {_AGAIN}"
            return WriteResult("stale", not_executed(call, why))
        if changes := self.checker.changes_since(proposal.get("card"), call):
            lines = "\n".join(f"- {change}" for change in changes)
            why = f"Since it was proposed, things have changed (untrusted text from Ashby):\n{lines}\n{_AGAIN}"
            return WriteResult("stale", not_executed(call, why))
        return None

    def _kept_elsewhere(self, write: PendingWrite) -> WriteResult | None:
        """What is known of a call that was proposed with another store: None if it cannot have run, or Ashby shows so.

        If a person had let it pass, it may have run before, and the store that would tell is not this one.
        """
        decided = write.approval.get("decided")
        if decided is None or decided["decision"] not in _LET_PASS:
            return None
        happened = self._has_happened(write.approval, datetime.fromisoformat(write.proposal["made"]))
        return None if happened is False else self._ending(write.approval, happened, _OTHER_JOURNAL)

    def _found_out(self, call: ToolCall, claims: list[Claim], what: str) -> WriteResult:
        """What became of attempts that ended without saying so, as far as Ashby shows it."""
        endings = []
        for claim in claims:
            assert claim.approval is not None
            endings.append(self._ending(claim.approval, self._has_happened(claim.approval, claim.at), what))
        by_outcome = {ending.outcome: ending for ending in endings}
        nothing_tried = WriteResult("not applied", not_executed(call, what))
        return by_outcome.get("applied") or by_outcome.get("unknown") or by_outcome.get("not applied") or nothing_tried

    def _ending(self, approval: Approval, happened: bool | None, what: str) -> WriteResult:
        call = approval["call"]
        if happened is None:
            return WriteResult("unknown", with_edit(approval, outcome_unknown(call, what)))
        if happened:
            return WriteResult("applied", with_edit(approval, executed(call, f"{what} {_SEEN}")))
        return WriteResult("not applied", with_edit(approval, not_executed(call, f"{what} {_NOT_SEEN}")))

    def _has_happened(self, approval: Approval, since: datetime) -> bool | None:
        """Whether an attempt has taken effect. What may still be on its way is waited for."""
        card = approval["proposal"].get("card")
        until = time.monotonic() + self.journal.grace.total_seconds()
        while True:
            waited = time.monotonic() >= until
            happened = self.checker.has_happened(approval["call"], card, since)
            if happened is not False or waited:
                return happened
            time.sleep(_LONGEST_PAUSE)

    def _in_other_hands(self, write: PendingWrite, claims: list[Claim]) -> ToolMessage:
        """The answer while another worker is still at it. It is not written down: the other one will do that."""
        for claim in claims:
            if claim.approval is not None:
                card = claim.approval["proposal"].get("card")
                if self.checker.has_happened(claim.approval["call"], card, claim.at):
                    return executed(write.call, f"{_ELSEWHERE} {_SEEN}")
        return outcome_unknown(write.call, _ELSEWHERE)


def audit_entry(write: PendingWrite, ending: WriteResult) -> tuple[AuditEntry, str]:
    """The entry in the audit trail for the end of a matter, and its key."""
    proposal, decided = write.proposal, write.approval.get("decided")
    card = proposal.get("card")
    entry = AuditEntry(
        at=datetime.now(UTC),
        thread_id=write.thread_id,
        call_id=str(write.call["id"]),
        tool=write.call["name"],
        args=write.call["args"],
        original=proposal.get("original"),
        card=None if card is None else dict(card),
        decision=decided["decision"] if decided else None,
        reviewer=decided["reviewer"] if decided else None,
        decided_at=decided["at"] if decided else None,
        policy=proposal.get("policy"),
        outcome=ending.outcome,
        detail="" if ending.outcome == "applied" else ending.answer.text,
        request_ids=list(ending.request_ids),
        on_behalf_of=proposal.get("on_behalf_of"),
    )
    return entry, f"{write.page.split('/')[1]}-{proposal['made']}-{ending.outcome}"


def _as_tried(write: PendingWrite, claims: list[Claim]) -> PendingWrite:
    """The matter with the approval under which it was tried."""
    approval = next((claim.approval for claim in claims if claim.approval), write.approval)
    return replace(write, approval=approval)


_LET_PASS = ("approve", "edit", "policy")
_SHORTEST_PAUSE, _LONGEST_PAUSE, _TURN = 0.01, 0.25, 0.05  # seconds

_BROKEN_OFF = "The run was broken off while this approved call was being made."
_OTHER_JOURNAL = "The journal that would tell whether this approved call was made before is not in this agent's store."
_ELSEWHERE = "Another worker is making this approved call and has not said how it went."
_SEEN = "Ashby shows that the change was made; its result is not at hand. Do not make it again."
_AGAIN = "Look at how things are now, and propose the call again only if it is still right."
_NOT_SEEN = "Ashby shows that the change was not made. Propose the call again if it is still right."
