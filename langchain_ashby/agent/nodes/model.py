"""The node in which the model speaks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AnyMessage, RemoveMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig

from langchain_ashby.agent.approval.gate import screened
from langchain_ashby.agent.messages.history import arranged, genuine, with_every_call_answered
from langchain_ashby.agent.messages.own import kept_answer, new_turn
from langchain_ashby.agent.messages.tool_messages import Call, outcome_unknown
from langchain_ashby.agent.run.settings import RunLimits, RunSettings
from langchain_ashby.agent.state import State, Update


class ModelNode(Runnable[State, Update]):
    """Calls the run's model with the run's tools, and passes its message through the gate.

    A Runnable of its own, because a `RunnableLambda` costs as much again as everything else here.
    """

    name = "model"

    def __init__(
        self, models: Mapping[str, BaseChatModel], limits: RunLimits, system_prompt: str, most_writes: int
    ) -> None:
        self._models = models
        self._limits = limits
        self._bound = lru_cache(maxsize=64)(self._bind)
        self._instructions = SystemMessage(system_prompt)
        self._most_writes = most_writes

    def invoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        """Calls the model."""
        settings = self._limits.settings()
        model = self._bound(settings.model, tuple(settings.tools))
        known = genuine(input["messages"], input.get("own", {}))
        return self._update(model.invoke(self._conversation(known), config), settings, input, known)

    async def ainvoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        """Calls the model under asyncio."""
        settings = self._limits.settings()
        model = self._bound(settings.model, tuple(settings.tools))
        known = genuine(input["messages"], input.get("own", {}))
        return self._update(await model.ainvoke(self._conversation(known), config), settings, input, known)

    def _bind(self, model: str, tools: tuple[str, ...]) -> Runnable[LanguageModelInput, AIMessage]:
        if not tools:
            return self._models[model]  # providers refuse an empty list of tools
        return self._models[model].bind_tools([self._limits.tools[name] for name in tools])

    def _conversation(self, known: list[AnyMessage]) -> list[AnyMessage]:
        return [self._instructions, *with_every_call_answered(arranged(known), _gone)]

    def _update(self, reply: AIMessage, settings: RunSettings, state: State, known: list[AnyMessage]) -> Update:
        earlier = state["messages"]
        false = {str(it.id) for it in earlier} - {str(it.id) for it in known}
        message, answers = screened(reply, settings.tools, self._most_writes, earlier)
        gone = state.get("own", {}).keys() - {it.id for it in earlier}
        own: dict[str, Any] = {**dict.fromkeys(gone), str(message.id): new_turn()}
        answers = [kept_answer(it, own) for it in answers]
        return {
            "messages": [*map(RemoveMessage, sorted(false)), message, *answers],
            "own": own,
            "proposals": [],
            "approvals": [],
            "edits": [],
            "problem": None,
        }


def _gone(call: Call) -> ToolMessage:
    """Stands in for an answer that was removed from the thread while the run was paused. The next run restores it."""
    return outcome_unknown(call, "Its answer was removed or replaced from outside the agent.")
