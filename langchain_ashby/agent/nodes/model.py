"""The node in which the model speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any
from uuid import uuid4

from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ValidationError

from langchain_ashby.agent.approval.gate import screened
from langchain_ashby.agent.execution.store import thread_label
from langchain_ashby.agent.messages.accepted import conversation
from langchain_ashby.agent.messages.history import arranged, calls_of, genuine, with_every_call_answered
from langchain_ashby.agent.messages.origin import interface_of
from langchain_ashby.agent.messages.own import Own, kept_answer, record_of_turn, turn_in
from langchain_ashby.agent.messages.reply import (
    Ending,
    Overheard,
    Reply,
    asked_again,
    asks,
    understood,
    unreadable,
    with_reason,
)
from langchain_ashby.agent.messages.stamps import lacks_stamp, stamped, with_stamp
from langchain_ashby.agent.messages.tool_messages import Call, outcome_unknown
from langchain_ashby.agent.messages.window import ContextWindow, tokens
from langchain_ashby.agent.provenance import outside
from langchain_ashby.agent.run.runtime import current_run
from langchain_ashby.agent.run.settings import RunLimits, RunSettings
from langchain_ashby.agent.state import State, Update, changes
from langchain_ashby.text.words import count, one_line, tool_title
from langchain_ashby.toolkit.cost import definition

Model = Runnable[LanguageModelInput, AIMessage]


class ModelNode(Runnable[State, Update]):
    """Calls the run's model with the run's tools, and passes its message through the gate.

    If a reply is of no use and another might be, it asks once more. A turn that cannot go on ends with the reason.

    A Runnable of its own, because a `RunnableLambda` costs as much again as everything else here.
    """

    name = "model"

    def __init__(
        self,
        models: Mapping[str, BaseChatModel],
        limits: RunLimits,
        system_prompt: str,
        most_writes: int,
        most_calls: int,
        window: ContextWindow,
    ) -> None:
        self._models = models
        self._limits = limits
        self._bound = lru_cache(maxsize=64)(self._bind)
        self._instructions = SystemMessage(system_prompt)
        self._most_writes = most_writes
        self._most_calls = most_calls
        self._window = window
        self._definitions = lru_cache(maxsize=64)(self._tokens_of_definitions)
        self._tokens_of_instructions = tokens([self._instructions])
        self._interface = cache(lambda name: interface_of(models[name]))

    def invoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        """Calls the model, with less of the conversation if its provider finds it too long."""
        settings = self._limits.settings()
        model = self._bound(settings.model, tuple(settings.tools))
        known = genuine(input["messages"], input.get("own", {}))
        ordered = arranged(known)
        stamps = self._stamps(ordered, input, settings)
        complete = stamped(with_every_call_answered(ordered, _gone), stamps)
        for part in _PARTS:
            sent, left_out = self._conversation(complete, settings, part)
            try:
                reply = _asked(model, sent, config)
                if reply.may_pass and self._may_ask_again(input):
                    reply = asked_again(_asked(model, sent, config))
                break
            except ContextOverflowError:
                if part == _PARTS[-1]:
                    raise
        update = self._update(reply, settings, input, known)
        return changes({**update, "left_out": left_out, "stamps": stamps}, input)

    async def ainvoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        """Does the same under asyncio."""
        settings = self._limits.settings()
        model = self._bound(settings.model, tuple(settings.tools))
        known = genuine(input["messages"], input.get("own", {}))
        ordered = arranged(known)
        stamps = await asyncio.to_thread(self._stamps, ordered, input, settings)
        complete = stamped(with_every_call_answered(ordered, _gone), stamps)
        for part in _PARTS:
            sent, left_out = self._conversation(complete, settings, part)
            try:
                reply = await _aasked(model, sent, config)
                if reply.may_pass and self._may_ask_again(input):
                    reply = asked_again(await _aasked(model, sent, config))
                break
            except ContextOverflowError:
                if part == _PARTS[-1]:
                    raise
        update = self._update(reply, settings, input, known)
        return changes({**update, "left_out": left_out, "stamps": stamps}, input)

    def _stamps(self, messages: list[AnyMessage], state: State, settings: RunSettings) -> dict[str, str]:
        """The stamps of the messages that are there, with one for the newest if it needs one."""
        there = {it.id for it in messages}
        stamps = {key: stamp for key, stamp in state.get("stamps", {}).items() if key in there}
        if not lacks_stamp(messages, stamps):
            return stamps
        ask = isinstance(messages[-1], HumanMessage)
        return with_stamp(messages, stamps, self._limits.surroundings(settings, ask=ask))

    def _may_ask_again(self, state: State) -> bool:
        return _asks_in_turn(state["messages"], state.get("own", {})) + 2 <= self._most_calls

    def _bind(self, model: str, tools: tuple[str, ...]) -> Model:
        if not tools:
            return self._models[model]  # providers refuse an empty list of tools
        return self._models[model].bind_tools([self._limits.tools[name] for name in tools])

    def _tokens_of_definitions(self, tools: tuple[str, ...]) -> int:
        return sum(len(definition(self._limits.tools[name])) for name in tools) // 4

    def _conversation(
        self, complete: list[AnyMessage], settings: RunSettings, part: float
    ) -> tuple[list[AnyMessage], int]:
        """What is sent, and how many messages of the conversation the model does not see in full."""
        besides = self._tokens_of_instructions + self._definitions(tuple(settings.tools))
        messages, left_out, note = self._window.fit(complete, self._models[settings.model], besides, part)
        instructions = SystemMessage(f"{self._instructions.text}{note}") if note else self._instructions
        return conversation(instructions, messages, self._interface(settings.model)), left_out

    def _update(self, reply: Reply, settings: RunSettings, state: State, known: list[AnyMessage]) -> Update:
        earlier, own, ending = state["messages"], state.get("own", {}), reply.ending
        calls = calls_of(reply.message)
        if calls and _asks_in_turn(earlier, own) + asks(reply.message) >= self._most_calls:
            ending = self._enough(calls)
        message, answers = screened(
            reply.message if calls or not ending else with_reason(reply.message, ending),
            settings.tools,
            self._most_writes,
            earlier,
            objection=ending.advice if ending else None,
        )
        last = [with_reason(AIMessage("", id=f"run-{uuid4()}"), ending)] if ending and ending.final and calls else []
        false = {str(it.id) for it in earlier} - {str(it.id) for it in known}
        gone = own.keys() - {it.id for it in earlier}
        here = thread_label(current_run(None).thread_id)
        record = {str(it.id): record_of_turn(it, turn_in(here)) for it in (message, *last)}
        answers = [kept_answer(it, record) for it in answers]
        return {
            "messages": [*map(RemoveMessage, sorted(false)), message, *answers, *last],
            "own": {**dict.fromkeys(gone), **record},
            "proposals": [],
            "approvals": [],
            "edits": [],
            "problem": None,
            "outside": outside(earlier, own, self._limits.tools, state.get("outside")),
        }

    def _enough(self, calls: Sequence[Call]) -> Ending:
        """Ends a turn in which the model has spoken as often as it may, and still calls tools."""
        known = self._limits.tools
        names = dict.fromkeys(str(it["name"]) for it in calls)
        titles = [tool_title(it, known[it].metadata) if it in known else f"the unknown tool {it!r}" for it in names]
        return Ending(
            "model_calls",
            f"The agent stopped here: it may ask the model only {count(self._most_calls, 'time')} for each message of "
            f"the user. The model still wanted: {one_line(', '.join(titles), 500)}. None of it was done. Write again "
            "to go on.",
            "The limit of model calls for this message of the user is reached, so none of this was done.",
            final=True,
        )


_PARTS = (1.0, 0.5, 0.25)
"""The parts of the window to fill: each is tried if the provider finds the one before too much."""


def _asked(model: Model, sent: list[AnyMessage], config: RunnableConfig | None) -> Reply:
    heard = Overheard()
    try:
        return understood(model.invoke(sent, heard.beside(config)), heard)
    except ValidationError as error:
        return unreadable(error)


async def _aasked(model: Model, sent: list[AnyMessage], config: RunnableConfig | None) -> Reply:
    heard = Overheard()
    try:
        return understood(await model.ainvoke(sent, heard.beside(config)), heard)
    except ValidationError as error:
        return unreadable(error)


def _asks_in_turn(messages: Sequence[AnyMessage], own: Own) -> int:
    """How often the agent's model was asked since the user last spoke."""
    turn = takewhile(lambda it: not isinstance(it, HumanMessage), reversed(messages))
    return sum(asks(it) for it in turn if isinstance(it, AIMessage) and it.id in own)


def _gone(call: Call) -> ToolMessage:
    """Stands in for an answer that was removed from the thread while the run was paused. The next run restores it."""
    return outcome_unknown(call, "Its answer was removed or replaced from outside the agent.")
