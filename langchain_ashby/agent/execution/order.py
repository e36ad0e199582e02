"""The order of the writes of one message: those that concern the same records run one after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence

from langchain_core.messages import ToolCall

from langchain_ashby.agent.cards import Card
from langchain_ashby.agent.cards.many import grouped
from langchain_ashby.agent.execution.creations import ids_in
from langchain_ashby.agent.execution.parts import cards_in, key_of
from langchain_ashby.agent.state import Approval, Proposal, State, is_complete
from langchain_ashby.spelling import with_short_ids
from langchain_ashby.text.words import folded


def put_in_order(proposals: Iterable[Proposal]) -> None:
    """Notes in each proposal which earlier ones have to be over before it runs, directly or by way of others."""
    in_order = sorted(proposals, key=lambda it: it["place"])
    for number, later in enumerate(in_order):
        _put_parts_in_order(later)
        for earlier in in_order[:number]:
            if earlier["card"] and later["card"] and (_meet(earlier, later) or _are_twins(earlier, later)):
                later["after"] |= earlier["after"] | _keys_of_parts(earlier)
                later["after"] |= {earlier["journal_key"]: earlier["card"]["line"]}


def _put_parts_in_order(bulk: Proposal) -> None:
    """Does the same with the single writes of a bulk write: two applications may be of one candidate."""
    parts = bulk.get("parts", [])
    touched = [(_changed(it["card"]), _rests_on(it["card"])) for it in parts]
    for number, (later, (changed, rests_on)) in enumerate(zip(parts, touched, strict=True)):
        later["after"] = {
            key_of(bulk["journal_key"], earlier["record"]): earlier["card"]["line"]
            for earlier, (its_changed, its_rests_on) in zip(parts[:number], touched[:number], strict=True)
            if not its_changed.isdisjoint(rests_on) and not changed.isdisjoint(its_rests_on)
        }


def _keys_of_parts(proposal: Proposal) -> dict[str, str]:
    return {key_of(proposal["journal_key"], it["record"]): it["card"]["line"] for it in proposal.get("parts", [])}


def warnings_of_twins(proposals: Sequence[Proposal]) -> list[list[str]]:
    """Lines for each card about proposals of the same message that would do exactly the same, if only to one record."""
    if len(proposals) == 1 and not proposals[0].get("parts"):  # as nearly always
        return [[]]
    singles = [_what_is_done(it) for it in proposals]
    wholes = [set[str]().union(*it) for it in singles]
    return [grouped([_of_twins(sum(not it.isdisjoint(whole) for whole in wholes)) for it in own]) for own in singles]


def _of_twins(number: int) -> list[str]:
    same = f"The same change is proposed {number} times in this message: each one that is approved is made."
    return [same] if number > 1 else []


def _are_twins(one: Proposal, other: Proposal) -> bool:
    """True if two writes would do the same, if only to one record, however their arguments are spelled."""
    first, second = (set[str]().union(*_what_is_done(it)) for it in (one, other))
    return not first.isdisjoint(second)


def _what_is_done(proposal: Proposal) -> list[set[str]]:
    """A write in a canonical form, with the key of what it creates; a bulk write has one for each of its records."""
    parts: list[tuple[ToolCall, Card | None]] = [(it["call"], it["card"]) for it in proposal.get("parts", [])]
    singles = parts or [(proposal["call"], proposal["card"])]
    keys = [card["before"]["creates"] if card else None for _, card in singles]
    return [{_spelled(call), *([key] if key else [])} for (call, _), key in zip(singles, keys, strict=True)]


def _spelled(call: ToolCall) -> str:
    """A canonical form of a call: null equals a missing argument, and a value equals a list of that value."""
    args = {name: value for name, value in with_short_ids(call["args"]).items() if value not in (None, [], "")}
    spelled = {name: [value] if isinstance(value, str) else value for name, value in args.items()}
    return folded(json.dumps([call["name"], spelled], sort_keys=True))


def _meet(one: Proposal, other: Proposal) -> bool:
    """True if one of two writes changes a record, or part of a record, that the other depends on."""
    first, second = (cards_in(it) for it in (one, other))
    return not (
        _all(_changed, first).isdisjoint(_all(_rests_on, second))
        and _all(_changed, second).isdisjoint(_all(_rests_on, first))
    )


def _all(touched: Callable[[Card], set[str]], cards: Iterable[Card]) -> set[str]:
    return set[str]().union(*map(touched, cards))


def _changed(card: Card) -> set[str]:
    """The record that a write changes, and the one that it belongs to."""
    return {*card["targets"][:1], *ids_in(card["facts"].get("Candidate"))}


def _rests_on(card: Card) -> set[str]:
    """Every record that a write refers to, or that its card has read."""
    return {*card["targets"], *card["refers"], *ids_in(card["facts"])}


def held_back(state: State) -> list[Approval]:
    """The approved writes that must wait for an earlier one that is undecided or was edited.

    Which records an edited write concerns is known only from its new card.
    """
    if not state.get("approvals"):
        return []
    edited = [it["proposal"] for it in state.get("edits", [])]
    undecided = {it["journal_key"] for it in [*state.get("proposals", []), *edited] if is_complete(it)}
    first_edit = min((it["place"] for it in edited if is_complete(it)), default=None)
    return [it for it in state["approvals"] if _has_to_wait(it, undecided, first_edit)]


def _has_to_wait(approval: Approval, undecided: Collection[str], first_edit: int | None) -> bool:
    proposal = approval.get("proposal")
    if not is_complete(proposal):
        return False
    is_after_an_edit = first_edit is not None and proposal["place"] > first_edit
    return is_after_an_edit or not proposal["after"].keys().isdisjoint(undecided)


def in_sequences(approvals: Iterable[Approval]) -> list[list[Approval]]:
    """Groups writes so that those of different groups may run at once, and those of one group run in its order."""
    groups: list[tuple[set[str], list[Approval]]] = []
    # A write comes after all that it follows, and follows more writes than any of them does.
    for approval in sorted(approvals, key=lambda it: len(_earlier(it))):
        keys, sequence = {*_earlier(approval)}, [approval]
        if is_complete(approval.get("proposal")):
            keys.add(approval["proposal"]["journal_key"])
        for group in [it for it in groups if not it[0].isdisjoint(keys)]:
            groups.remove(group)
            keys, sequence = group[0] | keys, [*group[1], *sequence]
        groups.append((keys, sequence))
    return [sequence for _, sequence in groups]


def _earlier(approval: Approval) -> Collection[str]:
    """The journal keys of the writes that have to be over before this one; none for one of another version."""
    proposal = approval.get("proposal")
    return proposal["after"] if is_complete(proposal) else ()
