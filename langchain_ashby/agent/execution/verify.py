"""Reading Ashby around a write: its card, what changed since the card was made, and whether the write took effect."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from langchain_core.messages import ToolCall
from pydantic import ValidationError

from langchain_ashby.agent.approval.gate import Tools, argument_problem, has_names
from langchain_ashby.agent.cards import (
    Card,
    Evidence,
    Part,
    ReadCache,
    Seen,
    card_of,
    differences,
    facts_after,
    is_current,
    seen_on,
    settled,
    targets,
)
from langchain_ashby.agent.cards.builder import UNREAD
from langchain_ashby.agent.cards.card import arguments, same
from langchain_ashby.agent.cards.differences import beside, newly_past
from langchain_ashby.agent.cards.many import LeftOut, parts_of
from langchain_ashby.agent.execution.siblings import OF_FIELDS, Left, is_explained, is_left, is_name_left
from langchain_ashby.bulk import Bulk
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.organization import GetUser
from langchain_ashby.errors import AshbyError
from langchain_ashby.text.words import at, named, one_line, person
from langchain_ashby.toolkit import AshbyTool


@dataclass(frozen=True)
class AppliedWrite:
    """An earlier write of the same message that took effect; its changes do not stop a later one.

    Attributes:
        call: The call as it ran.
        touched: The ids of the records that it created or changed, and of those in them.
        before: The facts as they were right before it, by title, as far as they are known.
        just_now: True if it ran in this process, after the later write was decided about and moments ago: what is new
            on the card is then taken for its effect, except for values that were read.
    """

    call: ToolCall
    touched: frozenset[str]
    before: Mapping[str, Any]
    just_now: bool


@dataclass(frozen=True)
class SecondLook:
    """What Ashby shows right before an approved write.

    Attributes:
        changes: What has changed since it was approved, in words.
        seen: The state before the write, for settling it later; None for a tool that is not Ashby's.
    """

    changes: list[str]
    seen: Seen | None


class EffectChecker:
    """Re-reads Ashby before and after a write. Stateless. Has no cards for tools that are not Ashby's.

    Args:
        tools: The tools of the agent, and those of the single writes of its bulk tools.
        client: Reads Ashby; without one nothing can be seen.
    """

    def __init__(self, tools: Tools, client: AshbyClient | None) -> None:
        self.tools = tools
        self._client = client

    @property
    def longest_call(self) -> timedelta:
        """The longest time that a call of the client may take; none without a client."""
        return timedelta(seconds=self._client.budget if self._client else 0)

    def reads(self) -> ReadCache | None:
        """Returns a new read cache; None without a client."""
        return None if self._client is None else ReadCache(self._client)

    def account(self, call: ToolCall) -> str | None:
        """The fingerprint of the Ashby account in which a call would be made; None for a tool that is not Ashby's."""
        is_ashbys = self._client is not None and isinstance(self.tools.get(call["name"]), AshbyTool)
        return self._client.account if is_ashbys and self._client is not None else None

    def card(self, call: ToolCall, reads: ReadCache | None) -> Card | None:
        """Builds the card of a call with valid arguments; None for a tool that is not Ashby's."""
        request = self._request(call)
        if reads is None or request is None:
            return None
        # The arguments are as the model gave them: these and no others run.
        return {**_author(reads, card_of(request, reads)), "args": call["args"]}

    def bulk(self, call: ToolCall) -> Bulk[Any] | None:
        """The bulk write that a call asks for; None for any other call, or for invalid arguments."""
        tool = self.tools.get(call["name"])
        if not (isinstance(tool, AshbyTool) and issubclass(tool.operation, Bulk)):
            return None  # the usual case, asked several times for each call
        request = self._request(call)
        return request if isinstance(request, Bulk) else None

    def parts(self, call: ToolCall, reads: ReadCache) -> tuple[list[Part], dict[str, LeftOut]]:
        """Makes the single writes of a bulk write with their cards; and says why there is none for some records."""
        request = self.bulk(call)
        assert request is not None

        def card(single: Operation[Any]) -> tuple[ToolCall, Card]:
            own = ToolCall(name=single.tool_name(), args=arguments(single), id=call["id"], type="tool_call")
            made = self.card(own, reads)
            assert made is not None
            return own, made

        return parts_of(request, reads, card)

    def understands(self, call: ToolCall, card: Card | None) -> bool:
        """True if the agent has the tool, and this version of the package made the card, or would make none."""
        if call["name"] not in self.tools:
            return False
        has_cards = self._client is not None and isinstance(self.tools[call["name"]], AshbyTool)
        return is_current(card) if has_cards else card is None

    def argument_problem(self, call: ToolCall) -> str | None:
        """Describes what is wrong with the arguments of a call by now; None if they are valid."""
        tool = self.tools[call["name"]]
        # What was approved are ids. A name is never looked up after that: it may be another record's by now.
        return argument_problem(tool, call["args"]) or (_NAMES if has_names(tool, call) else None)

    def second_look(self, card: Card | None, call: ToolCall, applied: Sequence[AppliedWrite] = ()) -> SecondLook:
        """Looks again right before a write: what has changed since its card was approved, and what Ashby shows now.

        Args:
            card: The card that was approved.
            call: The call that would run.
            applied: The earlier writes of the same message, whose changes are expected.
        """
        reads = self.reads()
        if card is None:
            return SecondLook([], None)
        by_now = self.card(call, reads)
        if reads is None or by_now is None:
            return SecondLook(["the card can no longer be made"], None)
        seen = seen_on(by_now)
        if not is_current(card):
            return SecondLook(differences(card, by_now), seen)
        private = self._private(call)
        if not differences(card, by_now, private):
            return SecondLook([], seen)
        # As of the moment when the card was made, so that nothing differs only because time has passed.
        fresh = self.card(call, reads.as_of(datetime.fromisoformat(card["made"])))
        assert fresh is not None
        if applied:
            card = self._as_left_by(applied, call, card, fresh, reads)
        return SecondLook(differences(card, fresh, private) + newly_past(fresh, by_now), seen)

    def operation(self, call: ToolCall) -> Operation[Any] | None:
        """The operation that a call performs; None for a tool that is not Ashby's, or for invalid arguments."""
        return self._request(call)

    def evidence(
        self, call: ToolCall, seen: Seen | None, *, attempts: int = 1, taken: Collection[str] = ()
    ) -> Evidence | None:
        """Finds evidence of whether a write took effect, as `settled` does; None if Ashby cannot be read."""
        request, reads = self._request(call), self.reads()
        if request is None or reads is None:
            return None
        try:
            return settled(request, seen, reads, attempts=attempts, taken=taken)
        except AshbyError:
            return None

    def _as_left_by(
        self, applied: Sequence[AppliedWrite], call: ToolCall, card: Card, fresh: Card, reads: ReadCache
    ) -> Card:
        """The approved card of a call as it would be if it had been made after the `applied` writes."""
        left = [
            Left(request, facts_after(request, reads), it.before)
            for it in applied
            if (request := self._request(it.call)) is not None
        ]
        touched = frozenset[str]().union(*(it.touched for it in applied))
        request = self._request(call)
        assert request is not None
        of_field, own = isinstance(request, OF_FIELDS), facts_after(request, reads)
        # Only writes to its own record can explain a change in a field that the write itself sets.
        of_record = [it for it in left if targets(it.request)[:1] == card["targets"][:1]]
        facts, explained = dict(card["facts"]), set[str]()
        for title, now in fresh["facts"].items():
            of_it = of_record if title in own else left
            if is_left(of_it, title, now, of_field=of_field) or _differs_only_in(touched, facts.get(title), now):
                explained |= set() if same(facts.get(title), now) else {title}
                facts[title] = now
        refers = dict(card["refers"])
        changed = {it for own in left for it in targets(own.request)[:1]}
        for key in refers.keys() & fresh["refers"].keys() & changed:
            now = fresh["refers"][key]
            if all(value == refers[key][name] or is_name_left(left, value) for name, value in now.items()):  # type: ignore[literal-required]
                refers[key] = now
        said = beside(fresh, card["beside"])
        by_now = {it["field"]: it for it in said["changes"] if it["field"] in explained}
        changes = [by_now.get(it["field"], it) for it in card["changes"]]
        left_card: Card = {**card, "facts": facts, "refers": refers, "changes": changes}
        # What changes beside a write's own values can be its effect, unless it set a custom field. Later, others may
        # have made the change: then only what the earlier writes explain is expected.
        just_now = any(write.just_now for write in applied)
        is_effect = just_now and not all(isinstance(it.request, OF_FIELDS) for it in left)
        for words in ("line", "changes", "consequences"):
            follows = words == "line" and bool(explained)  # it names the values that were there
            if is_effect or follows or is_explained(left, left_card[words], said[words]):
                left_card[words] = said[words]
        if just_now:
            left_card |= {"warnings": said["warnings"], "risk": said["risk"]}
        return left_card

    def _private(self, call: ToolCall) -> frozenset[str]:
        """The categories of private data that the model may see in results of this tool."""
        tool = self.tools.get(call["name"])
        return tool.private if isinstance(tool, AshbyTool) else frozenset()

    def _request(self, call: ToolCall) -> Operation[Any] | None:
        tool = self.tools.get(call["name"])
        if not isinstance(tool, AshbyTool):
            return None
        try:
            return tool.operation.model_validate(call["args"])
        except ValidationError:
            return None  # another version took other arguments


def _author(reads: ReadCache, card: Card) -> Card:
    """The card with the user for whom the write would be made, if the run acts for one."""
    user_id = reads.client.on_behalf_of
    if user_id is None:
        return card
    try:
        name, unread = person(reads.call(GetUser(user_id=user_id))), []
    except AshbyError as error:
        name, unread = None, [f"The user it is made on behalf of could not be read: {one_line(error.message)}"]
    return {
        **card,
        "consequences": [*card["consequences"], f"It is made on behalf of {named(name or f'the user {user_id}')}."],
        "unchecked": [*card["unchecked"], *unread],
        "risk": "high" if unread else card["risk"],
    }


def _differs_only_in(touched: frozenset[str], was: Any, now: Any) -> bool:
    """True if two lists of records are the same except for records with these ids."""
    if not isinstance(was, list) or not isinstance(now, list):
        return False
    before, after = ([it for it in records if at(it, "id") not in touched] for records in (was, now))
    return same(before, after)


def needs_another_look(shown: Card | None, fresh: Card | None) -> bool:
    """True if an edited call differs so much from the card that was shown that a person has to see its own card."""
    if not (shown and fresh and is_current(shown) and is_current(fresh)):
        return shown is not fresh
    return bool(
        shown["targets"] != fresh["targets"]
        or any(not same(fresh["facts"].get(title, UNREAD), it) for title, it in shown["facts"].items())
        or any(fresh["refers"].get(key, it) != it for key, it in shown["refers"].items())
        or set(fresh["warnings"]) - set(shown["warnings"])
        or set(fresh["consequences"]) - set(shown["consequences"])
        or set(fresh["unchecked"]) ^ set(shown["unchecked"])
        or _WEIGHT[fresh["risk"]] > _WEIGHT[shown["risk"]]
    )


_NAMES = "They hold names where ids are needed."
_WEIGHT = {"low": 0, "medium": 1, "high": 2}
