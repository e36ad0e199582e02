"""The state of a write for which one approval is not enough, and what another approval adds.

An approval counts for exactly the call and the card that were shown. Times are those of the store's clock, which all
processes share if it is a database's; a hold never begins before any time that the proposal has on record, so a clock
that is set back lengthens a hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from langchain_ashby.agent.approval.requirements import NOTHING
from langchain_ashby.agent.state import Approval, Decided, Proposal, Requirements
from langchain_ashby.text.letters import of_one_person
from langchain_ashby.text.words import joined, lasting, named, parsed, to_the_second


class Uncounted(ValueError):
    """An approval does not count. The message says why."""


@dataclass(frozen=True)
class Counted:
    """An approval that counts, although the write must not run yet.

    Attributes:
        proposal: The proposal with it.
        outcome: `approved` if a second reviewer has to approve, `held` if the hold begins.
    """

    proposal: Proposal
    outcome: Literal["approved", "held"]


def weighed(approval: Approval, clock: Callable[[], datetime]) -> Approval | Counted:
    """Weighs a person's approval. Returns it if the write may run now.

    Args:
        approval: The approval.
        clock: Tells the time by the clock of the store.

    Raises:
        Uncounted: if it adds nothing.
    """
    proposal, decided = approval["proposal"], approval["decided"]
    assert decided is not None
    requires, approved = proposal.get("requires", NOTHING), proposal.get("approved", [])
    if requires["second_reviewer"] and len(_people(approved)) < _TWO:
        check_named(decided)
        if _people([decided]) <= _people(approved):
            raise Uncounted(f"{_repeated(decided, approved)}; a second reviewer has to approve.")
        approved = [*approved, decided]
        if len(_people(approved)) < _TWO:
            return Counted({**proposal, "approved": approved}, "approved")
    elif ends := hold_ends(proposal):
        if (now := clock()) < ends:
            raise Uncounted(f"it is held until {to_the_second(ends)}. Reject it to stop it, or approve it after that.")
        return {**approval, "decided": {**decided, "at": now.isoformat()}}
    else:
        approved = [*approved, decided]
    if not requires["hold"]:
        return approval
    known = [proposal["made"], *(it["at"] for it in approved)]
    since = max(clock(), *map(datetime.fromisoformat, known))
    # To the full second: some stores tell no more of the time.
    since = since.replace(microsecond=0) + timedelta(seconds=bool(since.microsecond))
    return Counted({**proposal, "approved": approved, "held_since": since.isoformat()}, "held")


def check_named(decided: Decided) -> None:
    """Checks that a decision that counts as one of two has a reviewer.

    Raises:
        Uncounted: if it has none, or one whose name shows nothing.
    """
    if not _people([decided]):
        raise Uncounted("two people have to approve it, so each of them must be named as the reviewer.")


def hold_ends(proposal: Proposal) -> datetime | None:
    """When the hold of a write ends; None if it is not held."""
    since = proposal.get("held_since")
    if since is None:
        return None
    return datetime.fromisoformat(since) + timedelta(seconds=proposal.get("requires", NOTHING)["hold"])


def shortfall(approval: Approval, requires: Requirements) -> str | None:
    """Says what an approval lacks by the present requirements; None if nothing. It only reads the record."""
    if requires == NOTHING:
        return None
    proposal, decided = approval["proposal"], approval["decided"]
    if decided is None or decided["decision"] == "policy":
        return "No one has approved it."
    ends = hold_ends({**proposal, "requires": requires})
    approved = [*proposal.get("approved", []), *([] if ends else [decided])]
    if requires["second_reviewer"] and len(_people(approved)) < _TWO:
        return "A second reviewer has to approve it."
    if requires["hold"] and (ends is None or datetime.fromisoformat(decided["at"]) < ends):
        return f"It has to be held for {lasting(requires['hold'])} first."
    return None


def on_record(approval: Approval) -> tuple[Decided | None, list[Decided], Decided | None]:
    """What the audit trail records of an approval: the decision that counts, all approvals, and who ended a hold."""
    proposal, decided = approval["proposal"], approval["decided"]
    approved = proposal.get("approved", [])
    if decided is None or decided["decision"] not in ("approve", "edit"):
        return decided, approved, None
    if "held_since" in proposal and approved:
        return approved[-1], approved, decided
    return decided, [*approved, decided], None


def of_action(proposal: Proposal) -> dict[str, Any]:
    """What an action says about the state of its write; nothing if one approval is enough."""
    requires, approved, void = (
        proposal.get("requires", NOTHING),
        proposal.get("approved", []),
        proposal.get("void", []),
    )
    ends = hold_ends(proposal)
    waits = requires["second_reviewer"] and len(_people(approved)) < _TWO
    return {
        **({"approved_by": [_signature(it) for it in approved]} if approved else {}),
        **({"needs": _SECOND_REVIEWER} if waits else {}),
        **({"hold": requires["hold"]} if requires["hold"] and not ends else {}),
        **({"held_until": ends.isoformat()} if ends and not waits else {}),
        **({"void": [_signature(it) for it in void]} if void else {}),
    }


def in_words(action: Mapping[str, Any]) -> list[str]:
    """Describes the state of an action's write, in sentences; nothing if one approval is enough.

    The actions of other agents may have keys of these names that mean something else: what is of another form is none.
    """
    approved, said = _signatures(action.get("approved_by")), []
    by = f"Approved by {_names(approved)}" if approved else ""
    if void := _signatures(action.get("void")):
        said.append(f"The approval by {_names(void)} no longer counts: the change or its card is new.")
    if action.get("needs") == _SECOND_REVIEWER:
        said.append(f"{by}; a second reviewer has to approve." if by else "Two people have to approve it.")
    elif approved and (until := parsed(action.get("held_until"))):
        said.append(f"{by}; held until {to_the_second(until)}.")
        said.append("Reject it to stop it; approve it after that time to have it made.")
    hold = action.get("hold")
    if isinstance(hold, int | float) and not isinstance(hold, bool):
        said.append(f"Once approved, it is held for {lasting(hold)}, during which anyone may stop it.")
    return said


def waited(proposal: Proposal) -> str:
    """Says that a write was approved, but not made; empty if no one approved it."""
    action = of_action(proposal)
    if not (approved := action.get("approved_by")):
        return ""
    why = "not by a second reviewer" if action.get("needs") else "it was held"
    return f" It had been approved by {_names(approved)}, but {why}."


_TWO = 2
_SECOND_REVIEWER = "second reviewer"


def _people(approved: Sequence[Decided]) -> set[str]:
    """The named people who gave these approvals, regardless of how their names are spelled."""
    return {person for it in approved if (person := of_one_person(it["reviewer"] or ""))}


def _repeated(decided: Decided, approved: Sequence[Decided]) -> str:
    """Says that a person has approved before, and under which name if it was spelled differently."""
    earlier = [it for it in approved if _people([it]) == _people([decided])]
    if any(_spelled(it) == _spelled(decided) for it in earlier):
        return f"{_called(decided)} has already approved it"
    return (
        f"{_called(earlier[0])} has already approved it, and {_called(decided)} counts as the same person, "
        "because the two names look alike"
    )


def _spelled(decided: Decided) -> str:
    """The reviewer's name, ignoring case and spacing: nobody takes such differences for two names."""
    return " ".join((decided["reviewer"] or "").casefold().split())


def _signature(decided: Decided) -> dict[str, Any]:
    return {"reviewer": decided["reviewer"], "at": decided["at"]}


def _signatures(given: Any) -> list[Mapping[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(it, Mapping) and "reviewer" in it for it in given):
        return []
    return given


def _called(decided: Mapping[str, Any]) -> str:
    return named(decided["reviewer"]) if decided["reviewer"] else "a person"


def _names(approved: Sequence[Mapping[str, Any]]) -> str:
    return joined([_called(it) for it in approved])
