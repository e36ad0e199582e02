"""Reading Ashby around a write: its card, what changed since the card was made, and whether the write took effect."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from langchain_core.messages import ToolCall
from pydantic import ValidationError

from langchain_ashby.agent.approval.gate import Tools, argument_problem
from langchain_ashby.agent.cards import (
    Card,
    Evidence,
    ReadCache,
    Seen,
    card_of,
    facts_after,
    is_current,
    seen_on,
    settled,
    stale,
)
from langchain_ashby.agent.cards.card import same
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.organization import GetUser
from langchain_ashby.errors import AshbyError
from langchain_ashby.text.words import named, person
from langchain_ashby.toolkit import AshbyTool


@dataclass(frozen=True)
class AppliedWrite:
    """An earlier write of the same message that took effect: what it changed is no surprise to a later one.

    Attributes:
        call: The call as it ran.
        created: The ids of the records that it made.
        since_decision: True if it ran after the later write was decided about, so that its decision was made on a card
            without this write's effect.
    """

    call: ToolCall
    created: frozenset[str]
    since_decision: bool


@dataclass(frozen=True)
class SecondLook:
    """What Ashby shows right before an approved write.

    Attributes:
        changes: What has changed since it was approved, in words.
        seen: What is there, to tell afterwards whether the write took effect; None for a tool that is not Ashby's.
    """

    changes: list[str]
    seen: Seen | None


class EffectChecker:
    """Re-reads Ashby before and after a write. Stateless. Has no cards for tools that are not Ashby's.

    Args:
        tools: The tools of the agent.
        client: Reads Ashby; without one nothing can be seen.
    """

    def __init__(self, tools: Tools, client: AshbyClient | None) -> None:
        self._tools = tools
        self._client = client

    @property
    def longest_call(self) -> timedelta:
        """The longest time that a call of the client may take; none without a client."""
        return timedelta(seconds=self._client.budget if self._client else 0)

    def reads(self) -> ReadCache | None:
        """Returns a new read cache; None without a client."""
        return None if self._client is None else ReadCache(self._client)

    def card(self, call: ToolCall, reads: ReadCache | None) -> Card | None:
        """Builds the card of a call with valid arguments; None for a tool that is not Ashby's."""
        request = self._request(call)
        if reads is None or request is None:
            return None
        card = card_of(request, reads)
        # The arguments are as the model gave them: these and no others run.
        return {**card, "args": call["args"], "consequences": [*card["consequences"], *_author(reads)]}

    def understands(self, call: ToolCall, card: Card | None) -> bool:
        """True if the agent has the tool, and this version of the package made the card, or would make none."""
        if call["name"] not in self._tools:
            return False
        has_cards = self._client is not None and isinstance(self._tools[call["name"]], AshbyTool)
        return is_current(card) if has_cards else card is None

    def argument_problem(self, call: ToolCall) -> str | None:
        """Describes what is wrong with the arguments of a call by now; None if they are valid."""
        return argument_problem(self._tools[call["name"]], call["args"])

    def second_look(self, card: Card | None, call: ToolCall, applied: Sequence[AppliedWrite] = ()) -> SecondLook:
        """Looks again right before a write: what has changed since its card was approved, and what is there now.

        Args:
            card: The card that was approved.
            call: The call that would run.
            applied: The earlier writes of the same message, whose changes are no surprise.
        """
        reads = self.reads()
        fresh = None if card is None else self.card(call, reads)
        if reads is None or card is None or fresh is None:
            return SecondLook([], None)
        if applied and is_current(card):
            card = self._as_left_by(applied, card, fresh, reads)
        return SecondLook(differences(card, fresh), seen_on(fresh))

    def operation(self, call: ToolCall) -> Operation[Any] | None:
        """The operation that a call performs; None for a tool that is not Ashby's, or arguments that do not fit."""
        return self._request(call)

    def evidence(
        self, call: ToolCall, seen: Seen | None, *, attempts: int = 1, taken: Collection[str] = ()
    ) -> Evidence | None:
        """Finds the evidence whether a write has taken effect, as `settled` does; None if Ashby cannot be read."""
        request, reads = self._request(call), self.reads()
        if request is None or reads is None:
            return None
        try:
            return settled(request, seen, reads, attempts=attempts, taken=taken)
        except AshbyError:
            return None

    def _as_left_by(self, applied: Sequence[AppliedWrite], card: Card, fresh: Card, reads: ReadCache) -> Card:
        """The approved card as it would be if it had been made after the `applied` writes."""
        requests = [request for it in applied if (request := self._request(it.call)) is not None]
        left = [facts_after(request, reads) for request in requests]
        created = frozenset[str]().union(*(it.created for it in applied))
        facts = dict(card["facts"])
        for title in facts.keys() & fresh["facts"].keys():
            now = fresh["facts"][title]
            if any(title in it and same(it[title], now) for it in left) or _grown_by(created, facts[title], now):
                facts[title] = now
        due = [it for it in fresh["warnings"] if any(write.since_decision for write in applied)]
        return {**card, "facts": facts, "warnings": [*card["warnings"], *due]}

    def _request(self, call: ToolCall) -> Operation[Any] | None:
        tool = self._tools.get(call["name"])
        if not isinstance(tool, AshbyTool):
            return None
        try:
            return tool.operation.model_validate(call["args"])
        except ValidationError:
            return None  # another version took other arguments


def _author(reads: ReadCache) -> list[str]:
    """Says for which user the write would be made, if the run acts for one."""
    user_id = reads.client.on_behalf_of
    if user_id is None:
        return []
    try:
        user = reads.call(GetUser(user_id=user_id))
    except AshbyError:
        return [f"It is made on behalf of the user {user_id}."]
    return [f"It is made on behalf of {named(person(user) or user_id)}."]


def _grown_by(created: frozenset[str], was: Any, now: Any) -> bool:
    """True if a list of records has gained records of these ids, and is otherwise what it was."""
    if not isinstance(was, list) or not isinstance(now, list):
        return False
    return same(was, [it for it in now if not (isinstance(it, dict) and it.get("id") in created)])


def differences(card: Card, fresh: Card) -> list[str]:
    """Lists what changed between two cards of one call: its facts, new warnings, and what could be checked."""
    return [
        *stale(card, fresh),
        *(f"there is a new warning: {it}" for it in fresh["warnings"] if it not in card["warnings"]),
        *(
            f"could be checked before, but no longer can: {it}"
            for it in fresh["unchecked"]
            if it not in card["unchecked"]
        ),
        *(
            f"could not be checked before, but now can be: {it}"
            for it in card["unchecked"]
            if it not in fresh["unchecked"]
        ),
    ]


def needs_another_look(shown: Card | None, fresh: Card | None) -> bool:
    """True if an edited call differs so much from the card that was shown that a person has to see its own card."""
    if shown is None or fresh is None:
        return shown is not fresh
    return bool(
        shown["targets"] != fresh["targets"]
        or differences(shown, fresh)
        or set(fresh["consequences"]) - set(shown["consequences"])
        or _WEIGHT[fresh["risk"]] > _WEIGHT[shown["risk"]]
    )


_WEIGHT = {"low": 0, "medium": 1, "high": 2}
