"""A small office for the agent: tools that count their effects, and shortcuts for talking to the graph."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, BaseToolkit, StructuredTool, ToolException
from pydantic import BaseModel, ConfigDict, Field, model_validator

from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.messages.history import calls_of
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.errors import UnreachableError

READ = {"title": "Get candidate", "readOnlyHint": True}
WRITE = {"title": "Move candidate", "readOnlyHint": False}


class GetCandidate(BaseModel):
    candidate_id: str


class MoveCandidate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    candidate_id: str
    stage: Annotated[str, Field(min_length=1)]
    times: int = 1

    @model_validator(mode="after")
    def _no_way_back(self) -> MoveCandidate:
        if self.stage == "Nowhere":
            raise ValueError("nobody can be moved to Nowhere")
        return self


class Office(BaseToolkit):
    """Two tools, and a record of their effects."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    reads: list[str] = Field(default_factory=list)
    writes: list[tuple[str, str]] = Field(default_factory=list)
    more: list[BaseTool] = Field(default_factory=list)
    on_read: Callable[[str], None] = lambda candidate_id: None
    on_write: Callable[[str], None] = lambda candidate_id: None

    def get_tools(self) -> list[BaseTool]:
        def get(candidate_id: str) -> tuple[str, dict[str, Any]]:
            self.on_read(candidate_id)
            self.reads.append(candidate_id)
            return f"candidate {candidate_id}", {"results": {"id": candidate_id}}

        def move(candidate_id: str, stage: str, times: int = 1) -> tuple[str, dict[str, Any]]:
            self.on_write(candidate_id)
            self.writes.append((candidate_id, stage))
            return f"moved {candidate_id} to {stage}", {"results": {"id": candidate_id}}

        return [
            tool("get_candidate", get, GetCandidate, READ),
            tool("move_candidate", move, MoveCandidate, WRITE),
            *self.more,
        ]


def tool(name: str, func: Callable[..., Any], schema: type[BaseModel], metadata: dict[str, Any] | None) -> BaseTool:
    return StructuredTool(
        name=name,
        description=name,
        func=func,
        args_schema=schema,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=lambda error: f"invalid_argument: {len(error.errors())} wrong",
        metadata=metadata,
    )


def refuse(_: str) -> None:
    raise ToolException("candidate_not_found: there is no such candidate")


def lose_connection(_: str) -> None:
    raise UnreachableError("the connection broke", outcome_unknown=True)


def read(candidate_id: str, call_id: str | None = None) -> ToolCall:
    return made("get_candidate", {"candidate_id": candidate_id}, call_id)


def write(candidate_id: str, stage: str = "Offer", call_id: str | None = None) -> ToolCall:
    return made("move_candidate", {"candidate_id": candidate_id, "stage": stage}, call_id)


def made(name: str, args: dict[str, Any], call_id: str | None = None) -> ToolCall:
    return {"name": name, "args": args, "id": call_id, "type": "tool_call"}


@contextmanager
def at_another_time(by: timedelta) -> Iterator[None]:
    """Sets the clock that dates cards, and by which they grow too old."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + by

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("langchain_ashby.agent.nodes.prepare.datetime", Clock)
        patch.setattr("langchain_ashby.agent.execution.executor.datetime", Clock)
        yield


_threads = itertools.count()


def thread() -> RunnableConfig:
    return {"configurable": {"thread_id": f"thread-{next(_threads)}"}}


def agent(office: Office, *spoken: Any, **options: Any) -> Any:
    """An agent whose model is scripted with these lines."""
    return create_recruiting_agent(ScriptedChatModel(script=lines(*spoken)), office, **options)


def calling(*calls: Any, text: str = "") -> AIMessage:
    return say(text, *calls)


def user(text: str = "Go.") -> Any:
    return {"messages": [{"role": "user", "content": text}]}


def request(result: dict[str, Any]) -> dict[str, Any]:
    """The agent's question; asserts that there is exactly one."""
    [interrupt] = result["__interrupt__"]
    asked: dict[str, Any] = interrupt.value
    return asked


def approve(count: int = 1) -> dict[str, Any]:
    return {"decisions": [{"type": "approve"}] * count}


def edit(**args: Any) -> dict[str, Any]:
    return {"type": "edit", "edited_action": {"name": "move_candidate", "args": args}}


def results(result: dict[str, Any]) -> list[ToolMessage]:
    return [message for message in result["messages"] if isinstance(message, ToolMessage)]


def assert_sendable(messages: Sequence[BaseMessage]) -> None:
    """Asserts that a provider would accept the conversation: each call's one answer follows its message directly."""
    waiting: list[str] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            assert message.tool_call_id in waiting, f"an answer without its call: {message}"
            waiting.remove(message.tool_call_id)
        else:
            assert not waiting, f"calls without an answer: {waiting}"
            waiting = [str(call["id"]) for call in calls_of(message)]
            assert len(set(waiting)) == len(waiting)
            assert "None" not in waiting
    assert not waiting, f"calls without an answer: {waiting}"
