"""The single writes of a bulk write: each is claimed, made and recorded by itself, under a key of its own.

The bulk call has a record in the journal, too: that it was begun, so that its single writes can be found if the
thread's state is lost, and the answer when they are over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, cast, get_args

from langchain_core.messages import ToolMessage

from langchain_ashby.agent.cards import Card, LeftOut, Part
from langchain_ashby.agent.cards.many import card_of_many
from langchain_ashby.agent.execution.journal_record import Conclusion, JournalRecord
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.write import PendingWrite
from langchain_ashby.agent.messages.tool_messages import EXECUTED, NOT_EXECUTED, OUTCOME_UNKNOWN
from langchain_ashby.agent.state import Approval, Proposal
from langchain_ashby.bulk import Bulk
from langchain_ashby.results.many import Fate, told_of_many


def cards_in(proposal: Proposal) -> list[Card]:
    """The cards of the single writes of a proposal; of one that is no bulk write, its own."""
    if parts := proposal.get("parts"):
        return [part["card"] for part in parts]
    return [proposal["card"]] if proposal["card"] else []


def key_of(journal_key: str, record_id: str) -> str:
    """The key in the journal of the write for one record of a bulk write, from the key of that."""
    label, _, name = journal_key.partition("/")
    return f"{label}/{sha256(f'{name} {record_id}'.encode()).hexdigest()[:32]}"


def shortened(known: Proposal, was: Bulk[Any], now: Bulk[Any]) -> Proposal | None:
    """The proposal without the records that a person took off; None if they changed anything else.

    It has the cards that the person has seen, so it needs no other look.
    """
    kept = {*now.records()}
    rest = {was.each: None}
    if not kept < {*was.records()} or was.model_copy(update=rest) != now.model_copy(update=rest):
        return None
    shown, left_out = known.get("parts", []), known.get("left_out", {})
    parts = [part for part in shown if part["record"] in kept]
    if not parts:
        return None
    still = {record_id: it for record_id, it in left_out.items() if record_id in kept}
    return {
        **known,
        "card": card_of_many(now, parts, still),
        "parts": parts,
        "left_out": still,
        "taken_off": [*known.get("taken_off", []), *(part for part in shown if part["record"] not in kept)],
    }


def taken_off(was: Proposal, now: Proposal) -> bool:
    """True if a bulk write is as it was shown, but for the records that were taken off."""
    return "parts" in now and len(now.get("taken_off", [])) > len(was.get("taken_off", []))


def with_parts(
    proposal: Proposal, bulk: Bulk[Any], parts: list[Part], left_out: dict[str, LeftOut]
) -> Proposal | ToolMessage:
    """Adds the single writes of a bulk write to its proposal; or answers the call, if there is none to be made."""
    if not parts:
        fates = [Fate(record_id, it["name"], "left out", it["why"]) for record_id, it in left_out.items()]
        text = told_of_many(fates, done=bulk.done, title=proposal["title"])
        return ToolMessage(text, name=proposal["call"]["name"], tool_call_id=proposal["call"]["id"], status="error")
    card: Card = {**card_of_many(bulk, parts, left_out), "args": proposal["call"]["args"]}
    return {**proposal, "card": card, "parts": parts, "left_out": left_out}


@dataclass(frozen=True)
class SingleWrite:
    """One write of a bulk write.

    Attributes:
        name: What to call its record.
        record: The id of its record.
        write: The write.
        taken_off: True if a person took it off.
    """

    name: str
    record: str
    write: PendingWrite
    taken_off: bool = False


def single_writes(write: PendingWrite, begun: JournalRecord | None = None) -> list[SingleWrite]:
    """The single writes of a bulk write; also those with which it was begun before, if the state has lost them."""
    earlier = [claim.approval for claim in begun.claims if claim.approval] if begun else []
    found: dict[str, SingleWrite] = {}
    for approval in (write.approval, *earlier):
        for part, taken_off in _parts(approval["proposal"]):
            found.setdefault(part["record"], _single(replace(write, approval=approval), part, taken_off))
    return [*found.values()]


def _parts(proposal: Proposal) -> Iterator[tuple[Part, bool]]:
    yield from ((part, False) for part in proposal.get("parts", []))
    yield from ((part, True) for part in proposal.get("taken_off", []))


def _single(write: PendingWrite, part: Part, taken_off: bool) -> SingleWrite:
    bulk = write.proposal
    proposal: Proposal = {
        **bulk,
        "call": part["call"],
        "title": bulk["title"],
        "description": "",
        "card": part["card"],
        "original": None,
        "journal_key": key_of(bulk["journal_key"], part["record"]),
        "after": {**bulk["after"], **part["after"]},
        "part_of": bulk["call"]["name"],
    }
    for kept in ("parts", "taken_off", "left_out", "edits"):
        proposal.pop(kept, None)  # type: ignore[misc]  # they may be missing
    approval = Approval(call=part["call"], edited=False, proposal=proposal, decided=write.approval["decided"])
    return SingleWrite(part["row"]["name"], part["record"], replace(write, approval=approval), taken_off)


def fate(single: SingleWrite, concluded: Conclusion | None, answer: ToolMessage | None) -> Fate:
    """What became of a single write, for the answer to the bulk call.

    Args:
        single: The write.
        concluded: What the journal has on it.
        answer: The answer to it, if there was one in this run: where another worker is making it, that is all.
    """
    if concluded is None:
        made = answer is not None and answer.text.startswith(EXECUTED)
        return Fate(
            single.record, single.name, "applied" if made else "unknown", _reason(answer.text if answer else "")
        )
    said = concluded["answer"]["content"]
    return Fate(single.record, single.name, concluded["outcome"], _reason(said if isinstance(said, str) else ""))


def _reason(answer: str) -> str:
    """The reason in the answer to a single write: what it quotes if it quotes anything, or else its own words."""
    first, *others = answer.split("\n")
    data = [line.strip().removeprefix("- ") for line in others if line.strip() and not line.startswith("#")]
    own = first.removeprefix(NOT_EXECUTED).removeprefix(OUTCOME_UNKNOWN).strip()
    return "; ".join(data) or own


def outcome_of(fates: Sequence[Fate]) -> Outcome:
    """The outcome of a bulk call: that of its single writes if it is the same for all."""
    outcomes = {it.outcome for it in fates}
    if len(outcomes) == 1 and outcomes <= {*get_args(Outcome)}:
        return cast(Outcome, outcomes.pop())
    if outcomes == {"applied", "taken off"}:
        return "applied"
    if outcomes & {"applied", "partly applied"}:
        return "partly applied"
    return "unknown" if "unknown" in outcomes else "not applied"
