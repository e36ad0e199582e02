"""Executing a bulk write: its single writes are claimed, made and recorded one by one, and its answer sums them up."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from langchain_core.messages import ToolMessage

from langchain_ashby.agent.cards import LeftOut
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.journal_record import Claim, from_record
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.parts import SingleWrite, fate, key_of, outcome_of, single_writes
from langchain_ashby.agent.execution.verify import EffectChecker
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult
from langchain_ashby.agent.messages.tool_messages import marked, not_executed
from langchain_ashby.agent.state import Approval
from langchain_ashby.ids import certain
from langchain_ashby.results import OWN
from langchain_ashby.results.many import Fate, told_of_many
from langchain_ashby.spelling import with_short_ids
from langchain_ashby.text.words import count, one_line

NO_ANSWERS: Mapping[str, ToolMessage] = {}


class SingleExecutor(Protocol):
    """Executes single writes, and records outcomes: `WriteExecutor`."""

    journal: Journal
    checker: EffectChecker

    def close(self, write: PendingWrite, result: WriteResult) -> ToolMessage:
        """Answers a call that is not to run: with `result`, unless it has run."""

    def end(self, write: PendingWrite, claim: Claim | None, result: WriteResult) -> ToolMessage:
        """Records the outcome, and returns the answer."""

    def is_over(self, write: PendingWrite) -> bool:
        """True if the journal already has an outcome."""

    def objection(self, write: PendingWrite) -> WriteResult | None:
        """Says why a write must not be made although it was approved."""


class BulkExecutor:
    """Begins and ends bulk writes.

    Args:
        executor: Executes the single writes.
    """

    def __init__(self, executor: SingleExecutor) -> None:
        self._executor = executor

    def begin(self, write: PendingWrite) -> ToolMessage | None:
        """Notes that a bulk write is begun; or returns the answer to its call, if it is over."""
        journal = self._executor.journal
        record = journal.read(write.store, write.key)
        if record.concluded is not None:
            return self._concluded(write)
        noted = [claim.approval["decided"] for claim in record.claims if claim.approval]
        if write.approval["decided"] not in noted:
            journal.release(journal.claim(write.store, write.key, write.approval))
        return None

    def take_off(self, write: PendingWrite) -> None:
        """Records that a person took records off, so that nothing is made for them under this call."""
        for single in single_writes(write):
            if single.taken_off:
                self._executor.close(single.write, WriteResult("rejected", not_executed(write.call, _TAKEN_OFF)))

    def close_stale(self, write: PendingWrite) -> None:
        """Answers the single writes that must not be made any more, before any other write of the message runs."""
        for single in single_writes(write):
            if single.write.proposal["after"] and (stale := self._executor.objection(single.write)):
                self._executor.close(single.write, stale)

    def close(self, write: PendingWrite, result: WriteResult) -> ToolMessage:
        """Answers a bulk call that is not to run: with `result`, unless some of its writes have run."""
        record = self._executor.journal.read(write.store, write.key)
        if record.concluded is not None:
            return self._concluded(write)
        singles = single_writes(write, record)
        answers = {it.record: self._executor.close(it.write, result) for it in singles}
        if all(it.outcome == result.outcome for it in self._fates(write, singles, answers)):
            return self._executor.end(write, None, result)
        return self.end(write, answers)

    def end(self, write: PendingWrite, answers: Mapping[str, ToolMessage] = NO_ANSWERS) -> ToolMessage:
        """Sums up a bulk write, and records its outcome unless another worker is still making a part of it.

        Args:
            write: The bulk write.
            answers: The answers to its single writes, by the ids of their records.
        """
        record = self._executor.journal.read(write.store, write.key)
        if record.concluded is not None:
            return self._concluded(write)
        singles = single_writes(write, record)
        approved = {it.record for it in single_writes(write)}
        earlier = [it.write for it in singles if it.record not in approved and it.record not in answers]
        for single in earlier:  # before a new card without them was approved; they may have been made
            self._executor.close(single, WriteResult("withheld", not_executed(single.call, _NOT_ANY_MORE)))
        fates = self._fates(write, singles, answers)
        answer = self._answer(write, fates)
        concluded = [self._executor.journal.read(it.write.store, it.write.key).concluded for it in singles]
        if None in concluded:
            return answer
        outcome: Outcome = outcome_of(fates)
        return self._executor.end(write, None, WriteResult(outcome, answer))

    def is_over(self, write: PendingWrite) -> bool:
        """True if the journal has the outcome of a bulk write, or of each of its single writes."""
        if self._executor.journal.read(write.store, write.key).concluded is not None:
            return True
        singles = single_writes(write)
        return bool(singles) and all(self._executor.is_over(it.write) for it in singles)

    def _concluded(self, write: PendingWrite) -> ToolMessage:
        concluded = self._executor.journal.read(write.store, write.key).concluded
        assert concluded is not None
        answer = from_record(write.call, concluded["answer"])
        if concluded["outcome"] == "rejected":
            return marked(answer, "reject")
        return marked(answer, "respond") if concluded["outcome"] == "responded" else answer

    def _fates(self, write: PendingWrite, singles: list[SingleWrite], answers: Mapping[str, ToolMessage]) -> list[Fate]:
        fates = []
        for single in singles:
            concluded = self._executor.journal.read(write.store, single.write.key).concluded
            became = fate(single, concluded, answers.get(single.record))
            was_taken_off = single.taken_off and became.outcome == "rejected"
            fates.append(Fate(single.record, single.name, "taken off", "") if was_taken_off else became)
        known = {it.record for it in fates}
        for record_id, left_out in write.proposal.get("left_out", {}).items():
            if record_id not in known:
                fates.append(self._of_left_out(write, record_id, left_out))
        return fates

    def _of_left_out(self, write: PendingWrite, record_id: str, left_out: LeftOut) -> Fate:
        """A record may be left out because this very call changed it, before the thread's state was lost."""
        key = key_of(write.key, record_id)
        concluded = self._executor.journal.read(write.store, key).concluded
        made = concluded is not None and concluded["outcome"] == "applied"
        return Fate(record_id, left_out["name"], "applied" if made else "left out", "" if made else left_out["why"])

    def _answer(self, write: PendingWrite, fates: list[Fate]) -> ToolMessage:
        bulk = self._executor.checker.bulk(write.call)
        text = told_of_many(fates, done=bulk.done if bulk else "changed", title=write.proposal["title"])
        edit = _edit(write.approval, bulk.each if bulk else "", {it.record for it in fates})
        fine = all(it.outcome in ("applied", "taken off") for it in fates) and fates
        return ToolMessage(
            f"{text}\n{edit}" if edit else text,
            artifact={"results": [{"id": it.record, "outcome": it.outcome, "reason": it.reason} for it in fates]},
            name=write.call["name"],
            tool_call_id=write.call["id"],
            status="success" if fine else "error",
        )


def _edit(approval: Approval, each: str, told: Collection[str]) -> str:
    """Tells the model of a person's edit: of the arguments that differ from its own, without the list of records.

    Records of its own list are named if they are no longer in it, unless the answer has `told` of them.
    """
    original = approval["proposal"]["original"]
    if not approval["edited"] or original is None:
        return ""
    args: dict[str, Any] = {name: it for name, it in approval["call"]["args"].items() if it != original.get(name)}
    cleared = [name for name in original if name not in approval["call"]["args"]]
    was, now = _records(original.get(each)), _records(approval["call"]["args"].get(each))
    args.pop(each, None)
    added = [it for it in now if it not in was]
    dropped = [*cleared, *(with_short_ids(it, each) for it in was if it not in now and it not in told)]
    said = [
        *([json.dumps(with_short_ids(args), ensure_ascii=False)] if args else []),
        *([f"without {', '.join(dropped)}"] if dropped else []),
        *([f"with {count(len(added), 'more record')}"] if added else []),
    ]
    return f"{OWN}A person edited this call{': ' if said else ''}{one_line('; '.join(said), None)}." if said else ""


def _records(listed: Any) -> list[str]:
    """The ids in a list of records, each once and in one spelling."""
    ids = [certain(it) or it for it in (listed if isinstance(listed, list) else [listed]) if isinstance(it, str)]
    return list(dict.fromkeys(ids))


_NOT_ANY_MORE = "It was approved once, but a new card without it was approved in the end."
_TAKEN_OFF = "The person who approved the others took this one off."
