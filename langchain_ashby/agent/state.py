"""What the graph remembers between its steps.

Everything but the messages is plain JSON, so that any checkpointer can keep it and a later version can read it.
"""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, Protocol

from langchain_core.messages import AnyMessage, ToolCall
from langgraph.graph.message import add_messages

# On Python 3.11 pydantic makes no JSON schema of typing's own TypedDict, and a LangGraph server asks for one.
from typing_extensions import TypedDict

from langchain_ashby.agent.cards import Card


class Proposal(TypedDict):
    """A write that waits for a person.

    `call` is what would run: the model's own call, or a person's edit of it that points at other records, and then
    `original` has the model's arguments. `title` is its tool in words, `description` what the person reads, in
    Markdown, and `card` the same as data; a tool that is not Ashby's has none. `made` is when the card was made, in
    ISO 8601, `journal` and `page` where its fate is kept, `policy` what the application's policy says about it, and
    `policy_name` which policy that was. `on_behalf_of` is the Ashby user for whom it would be made, by id.
    """

    call: ToolCall
    title: str
    description: str
    card: NotRequired[Card | None]
    original: NotRequired[dict[str, Any]]
    made: NotRequired[str]
    journal: NotRequired[str]
    page: NotRequired[str]
    policy: NotRequired[str]
    policy_name: NotRequired[str]
    on_behalf_of: NotRequired[str | None]


class Decided(TypedDict):
    """Who decided what about a proposal, and when (ISO 8601).

    `decision` is `approve`, `edit`, `reject` or `respond` of a person, or `policy` where the application's policy
    decided alone. `reviewer` is None where nobody said who the person is.
    """

    decision: str
    reviewer: str | None
    at: str


class Approval(TypedDict):
    """A write that was let pass.

    `call` is what may run, and nothing else may; `edited` tells whether its arguments are a person's and not the
    model's. `proposal` is what the person was shown, with the card of exactly this call. Without `decided` the write is
    not to be begun, only what became of it is to be found out.
    """

    call: ToolCall
    edited: bool
    proposal: NotRequired[Proposal]
    decided: NotRequired[Decided]


class Conversation(TypedDict):
    """What goes into the agent and what comes out of it."""

    messages: Annotated[list[AnyMessage], add_messages]


class State(Conversation):
    """The conversation, and where the writes of its latest message stand.

    `proposals` wait for a person, `approvals` were let pass, `edits` were changed by a person and need a new card
    first, `problem` says what was wrong with the last answer.
    """

    proposals: NotRequired[list[Proposal]]
    approvals: NotRequired[list[Approval]]
    edits: NotRequired[list[Approval]]
    problem: NotRequired[str | None]


Update = dict[str, Any]
"""What a node changes: some keys of `State`."""


class Node(Protocol):
    """A step of the graph."""

    def __call__(self, state: State) -> Update:
        """Take the step and return what it changes."""
        ...
