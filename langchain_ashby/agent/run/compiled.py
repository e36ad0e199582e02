"""The compiled graph, which refuses a decision if nothing is waiting for one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import var_child_runnable_config
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, Interrupt, StateSnapshot

from langchain_ashby.agent.approval.decisions import UNKEPT, is_question_id
from langchain_ashby.agent.messages.artifacts import with_artifacts
from langchain_ashby.agent.run.context import Context
from langchain_ashby.agent.run.runtime import for_run
from langchain_ashby.agent.run.settings import RunLimits
from langchain_ashby.agent.state import Conversation, State
from langchain_ashby.errors import AshbyError, ConfigurationError
from langchain_ashby.text.json import json_safe


class QuestionClosedError(AshbyError, ValueError):
    """The question is not open: it was answered or replaced, or was never asked.

    Nothing was executed, and no run began. Also a `ValueError`, because a LangGraph server passes on its text.
    """

    default_code = "question_closed"


class RecruitingAgent(CompiledStateGraph[State, Context, Conversation, Conversation]):
    """The compiled graph. LangGraph starts a run with any answer; this one first checks that the question is open.

    As a node of another graph it gets no answers directly: each then names its question, or goes to the open one.

    Args:
        limits: What the application allows, with the tools.
        parts: The parts of the compiled graph.
    """

    def __init__(self, *, limits: RunLimits, **parts: Any) -> None:
        super().__init__(**parts)
        self.limits = limits

    @classmethod
    def of(
        cls, compiled: CompiledStateGraph[State, Context, Conversation, Conversation], limits: RunLimits
    ) -> RecruitingAgent:
        """Wraps a compiled graph, as `Pregel.copy` does."""
        parts = {name: value for name, value in vars(compiled).items() if name != "__orig_class__"}
        return cls(**parts, limits=limits)

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        """Runs the graph, as `CompiledStateGraph` does; `invoke` comes through here as well."""
        thread = self._thread(config)
        saver = self._own_saver(thread)
        if self._has_to_be_asked_for(input, thread):
            asked = None if saver is None else _just_asked(saver.get_tuple(thread))
            _check(input.resume, _ids(self.get_state(thread).interrupts) if asked is None else asked)
            input = _that_can_be_kept(input)
        is_behind = False
        if head := self._head_of_named(thread):
            is_behind = _is_behind(thread, self.get_state(head))
            if is_behind:
                _check_named(self.get_state(thread))
        config, artifacts = for_run(config, again=is_behind, answers=_is_answer(input))
        for step in super().stream(input, config, **kwargs):
            yield with_artifacts(step, artifacts)

    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        """Runs the graph under asyncio; `ainvoke` comes through here as well."""
        thread = self._thread(config)
        saver = self._own_saver(thread)
        if self._has_to_be_asked_for(input, thread):
            asked = None if saver is None else _just_asked(await saver.aget_tuple(thread))
            _check(input.resume, _ids((await self.aget_state(thread)).interrupts) if asked is None else asked)
            input = _that_can_be_kept(input)
        is_behind = False
        if head := self._head_of_named(thread):
            is_behind = _is_behind(thread, await self.aget_state(head))
            if is_behind:
                _check_named(await self.aget_state(thread))
        config, artifacts = for_run(config, again=is_behind, answers=_is_answer(input))
        # Without this, the run would go on for a while after its caller stopped listening.
        async with aclosing(cast(AsyncGenerator[Any, None], super().astream(input, config, **kwargs))) as steps:
            async for step in steps:
                yield with_artifacts(step, artifacts)

    def _thread(self, config: RunnableConfig | None) -> RunnableConfig:
        """Returns the thread that a run names itself, or by `with_config`, or as the runnable around it does."""
        ambient = (var_child_runnable_config.get() or {}).get("configurable") or {}
        around = {} if ambient.get("checkpoint_ns") else ambient  # within another graph
        named = [it.get("configurable") or {} for it in (self.config, config) if it]
        return {"configurable": {name: value for it in (around, *named) for name, value in it.items()}}

    def _own_saver(self, thread: RunnableConfig) -> BaseCheckpointSaver[Any] | None:
        """Returns the agent's own checkpointer if its thread is certainly there; None within another graph.

        Raises:
            ConfigurationError: if the run names no thread.
        """
        is_plain = var_child_runnable_config.get() is None and not any(
            key.startswith(("checkpoint", "__")) for key in thread["configurable"]
        )
        if not (is_plain and isinstance(self.checkpointer, BaseCheckpointSaver)):
            return None
        if "thread_id" not in thread["configurable"]:
            raise ConfigurationError(
                "The run names no thread, and the agent's checkpointer needs one",
                remedy='Pass config={"configurable": {"thread_id": "…"}}.',
            )
        return self.checkpointer

    def _head_of_named(self, thread: RunnableConfig) -> RunnableConfig | None:
        """Returns the thread's config if the run names a checkpoint to start from; otherwise None."""
        head = {name: value for name, value in thread["configurable"].items() if name != "checkpoint_id"}
        is_named = thread["configurable"].get("checkpoint_id") and self.checkpointer
        return {"configurable": head} if is_named else None

    def _has_to_be_asked_for(self, input: Any, thread: RunnableConfig) -> bool:
        # Without a checkpointer or a thread, LangGraph refuses the answer itself.
        return _is_answer(input) and bool(self.checkpointer) and "thread_id" in thread["configurable"]


def _is_answer(input: Any) -> bool:
    return isinstance(input, Command) and input.resume is not None


def _is_behind(thread: RunnableConfig, head: StateSnapshot) -> bool:
    """True if a run starts from an earlier checkpoint, and so does not know what the thread wrote afterwards."""
    named: str = thread["configurable"]["checkpoint_id"]
    return named != head.config["configurable"].get("checkpoint_id")


def _check_named(state: StateSnapshot) -> None:
    """Refuses to begin from a checkpoint that is gone: LangGraph would begin the conversation anew."""
    if state.created_at is None:
        raise ConfigurationError(
            "The checkpoint that this run should begin from does not exist, so nothing was executed",
            remedy="It may have been pruned. Name one of the thread's history (`get_state_history`), or none.",
        )


def _ids(interrupts: Iterable[Interrupt]) -> set[str]:
    return {it.id for it in interrupts}


def _just_asked(saved: CheckpointTuple | None) -> set[str] | None:
    """The questions of a step that has done nothing but ask; None for any other, of which only its state tells.

    LangGraph takes three times as long for the state.
    """
    writes = (saved and saved.pending_writes) or []
    only_asked = bool(writes) and all(channel == "__interrupt__" for _, channel, _ in writes)
    return _ids(it for _, _, interrupts in writes for it in interrupts) if only_asked else None


def _check(answer: object, asked: set[str]) -> None:
    if not asked:
        raise QuestionClosedError(
            "Nothing in this thread is waiting for a decision, so nothing was executed",
            remedy="Reload the thread: the changes may have been decided already, or the conversation has moved on.",
        )
    if isinstance(answer, dict) and _names_questions(answer) and not asked.issuperset(answer):
        raise QuestionClosedError(
            "This answer is not for the question that is open, so nothing was executed",
            remedy="Review the question that is open now, and decide that.",
        )


def _names_questions(answer: dict[Any, Any]) -> bool:
    """True if all keys are question ids: LangGraph passes any other answer unchanged to the open question."""
    return all(map(is_question_id, answer))


def _that_can_be_kept(command: Command[Any]) -> Command[Any]:
    """Replaces answers that no checkpoint can hold, so that the agent asks again and says why."""
    answer = command.resume
    if json_safe(answer) is answer:
        return command
    if isinstance(answer, dict) and _names_questions(answer):
        return replace(command, resume=dict.fromkeys(answer, UNKEPT))
    return replace(command, resume=UNKEPT)
