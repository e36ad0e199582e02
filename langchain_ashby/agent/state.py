"""What the graph remembers between its steps.

Everything but the messages is plain JSON, so that any checkpointer can keep it and a later version can read it.
"""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, Protocol

from langchain_core.messages import AnyMessage, ToolCall
from langgraph.graph.message import add_messages

# On Python 3.11 pydantic makes no JSON schema of typing's own TypedDict, and a LangGraph server asks for one.
from typing_extensions import TypedDict


class Proposal(TypedDict):
    """A write that waits for a person.

    `call` is the model's own call, `title` its tool in words, `description` what the person reads, in Markdown.
    """

    call: ToolCall
    title: str
    description: str


class Approval(TypedDict):
    """A write that a person let pass.

    `call` is what may run, and nothing else may; `edited` tells whether its arguments are the person's own.
    """

    call: ToolCall
    edited: bool


class Conversation(TypedDict):
    """What goes into the agent and what comes out of it."""

    messages: Annotated[list[AnyMessage], add_messages]


class State(Conversation):
    """The conversation, and where the writes of its latest message stand.

    `proposals` wait for a person, `approvals` were let pass, `problem` says what was wrong with the last answer.
    """

    proposals: NotRequired[list[Proposal]]
    approvals: NotRequired[list[Approval]]
    problem: NotRequired[str | None]


Update = dict[str, Any]
"""What a node changes: some keys of `State`."""


class Node(Protocol):
    """A step of the graph."""

    def __call__(self, state: State) -> Update:
        """Take the step and return what it changes."""
        ...
