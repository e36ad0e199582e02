"""The compiled graph, which refuses a decision where nothing waits for one."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, StateSnapshot

from langchain_ashby.agent.run.context import Context
from langchain_ashby.agent.state import Conversation, State
from langchain_ashby.errors import AshbyError


class QuestionClosedError(AshbyError, ValueError):
    """An answer came to a question that is not open: it was answered, another took its place, or it was never asked.

    Nothing was executed, and no run began. Also a `ValueError`, whose text a LangGraph server passes on.
    """

    default_code = "question_closed"


class RecruitingAgent(CompiledStateGraph[State, Context, Conversation, Conversation]):
    """The compiled graph. LangGraph itself starts a run with any answer; this one looks first whether it was asked for.

    As a node of another graph it gets no answers directly: then each names its question, or takes the one that is open.
    """

    @classmethod
    def of(cls, compiled: CompiledStateGraph[State, Context, Conversation, Conversation]) -> RecruitingAgent:
        """Makes one of a compiled graph, as `Pregel.copy` does."""
        return cls(**{name: value for name, value in vars(compiled).items() if name != "__orig_class__"})

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        """Runs the graph, as `CompiledStateGraph` does; `invoke` comes through here as well."""
        if self._has_to_be_asked_for(input, config):
            _check(input.resume, self.get_state(_of_thread(config)))
        yield from super().stream(input, config, **kwargs)

    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        """Runs the graph under asyncio; `ainvoke` comes through here as well."""
        if self._has_to_be_asked_for(input, config):
            _check(input.resume, await self.aget_state(_of_thread(config)))
        # Else the run would go on for a while after its caller has stopped listening.
        async with aclosing(cast(AsyncGenerator[Any, None], super().astream(input, config, **kwargs))) as steps:
            async for step in steps:
                yield step

    def _has_to_be_asked_for(self, input: Any, config: RunnableConfig | None) -> bool:
        is_answer = isinstance(input, Command) and input.resume is not None
        # Without a checkpointer or a thread LangGraph refuses it itself.
        return is_answer and bool(self.checkpointer) and "thread_id" in _of_thread(config)["configurable"]


def _of_thread(config: RunnableConfig | None) -> RunnableConfig:
    return {"configurable": dict((config or {}).get("configurable", {}))}


def _check(answer: object, state: StateSnapshot) -> None:
    asked = {interrupt.id for interrupt in state.interrupts}
    if not asked:
        raise QuestionClosedError(
            "Nothing in this thread is waiting for a decision, so nothing was executed",
            remedy="Reload the thread: the changes may have been decided already, or the conversation has moved on.",
        )
    names = isinstance(answer, dict) and all(isinstance(it, str) and _ID.fullmatch(it) for it in answer)
    if isinstance(answer, dict) and names and not asked.issuperset(answer):
        raise QuestionClosedError(
            "This answer is not for the question that is open, so nothing was executed",
            remedy="Review the question that is open now, and decide that.",
        )


_ID = re.compile("[0-9a-f]{32}")
"""An answer whose keys all look so names the questions that it is for, by their interrupts' ids."""
