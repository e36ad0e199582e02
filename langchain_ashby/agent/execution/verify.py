"""How the agent looks at Ashby around a write: what changed since the card, and whether the write has happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from langchain_core.messages import ToolCall
from pydantic import ValidationError

from langchain_ashby.agent.approval.gate import Tools
from langchain_ashby.agent.cards import Card, ReadCache, is_current, settled, stale
from langchain_ashby.agent.nodes.prepare import card_for
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Operation
from langchain_ashby.errors import AshbyError
from langchain_ashby.toolkit import AshbyTool


class EffectChecker:
    """Looks through `client`. Without one, and for tools that are not Ashby's, nothing can be seen.

    It keeps nothing: each question is a new look.
    """

    def __init__(self, tools: Tools, client: AshbyClient | None) -> None:
        self._tools = tools
        self._client = client

    def sees(self, call: ToolCall) -> bool:
        """Whether a call is of the kind that has a card."""
        return self._client is not None and isinstance(self._tools.get(call["name"]), AshbyTool)

    def understands(self, call: ToolCall, card: Card | None) -> bool:
        """Whether the agent has the tool, and this version of the package made the card, or would make none."""
        if call["name"] not in self._tools:
            return False
        return is_current(card) if self.sees(call) else card is None

    def changes_since(self, card: Card | None, call: ToolCall) -> list[str]:
        """What is different from the card that was approved, in words; empty if nothing that matters is."""
        if self._client is None or card is None:
            return []
        fresh = card_for(call, self._tools[call["name"]], ReadCache(self._client))
        return [] if fresh is None else differences(card, fresh)

    def has_happened(self, call: ToolCall, card: Card | None, since: datetime) -> bool | None:
        """Whether a write that was tried has taken effect since then; None where reading cannot tell."""
        request = self._request(call)
        if request is None or self._client is None:
            return None
        try:
            return settled(request, card, ReadCache(self._client), since)
        except AshbyError:
            return None  # Ashby cannot be read just now, so nothing can be told

    def _request(self, call: ToolCall) -> Operation[Any] | None:
        tool = self._tools.get(call["name"])
        if not isinstance(tool, AshbyTool):
            return None
        try:
            return tool.operation.model_validate(call["args"])
        except ValidationError:
            return None  # another version took other arguments


def differences(card: Card, fresh: Card) -> list[str]:
    """What changed between two cards of one call: facts, what there is to warn of, and what could be checked at all."""
    return [
        *stale(card, fresh),
        *(f"there is a new warning: {it}" for it in fresh["warnings"] if it not in card["warnings"]),
        *(
            f"could be checked before, and cannot be any more: {it}"
            for it in fresh["unchecked"]
            if it not in card["unchecked"]
        ),
        *(
            f"could not be checked before, and can be now: {it}"
            for it in card["unchecked"]
            if it not in fresh["unchecked"]
        ),
    ]


def needs_another_look(shown: Card | None, fresh: Card | None) -> bool:
    """Whether an edited call is so different from the card that was shown that a person has to see its own card."""
    if shown is None or fresh is None:
        return shown is not fresh
    return bool(
        shown["targets"] != fresh["targets"]
        or differences(shown, fresh)
        or set(fresh["consequences"]) - set(shown["consequences"])
        or _WEIGHT[fresh["risk"]] > _WEIGHT[shown["risk"]]
    )


_WEIGHT = {"low": 0, "medium": 1, "high": 2}
