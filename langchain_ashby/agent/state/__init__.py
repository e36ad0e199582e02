"""The graph's state between its steps.

Everything except the messages is plain JSON, so that any checkpointer can keep it and a later version can read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, Protocol, TypeGuard

from langchain_core.messages import AnyMessage, ToolCall

# On Python 3.11 pydantic makes no JSON schema of typing's own TypedDict, and a LangGraph server asks for one.
from typing_extensions import TypedDict

from langchain_ashby.agent.cards import Card, LeftOut, Part, Source
from langchain_ashby.agent.cards.card import Change
from langchain_ashby.agent.state.conversation import ConversationChannel


class Decided(TypedDict):
    """The decision about a proposal, with its reviewer and time (ISO 8601).

    `decision` is `approve`, `edit`, `reject` or `respond` for a person, `policy` where the application's policy decided
    alone. `reviewer` is None if the person was not named.
    """

    decision: str
    reviewer: str | None
    at: str


class Requirements(TypedDict):
    """What a write needs before it may run, besides one approval.

    `second_reviewer` is True if a second reviewer has to approve it; `hold` is how long it then waits, in seconds.
    """

    second_reviewer: bool
    hold: float


class _NotAlways(TypedDict, total=False):
    """What a proposal has only with names for ids, if one approval is not enough, or as or in a bulk write.

    Attributes:
        written: The arguments as they were written, with names.
        requires: What it needs besides one approval.
        approved: Its approvals so far, of exactly this call and this card.
        held_since: When the hold began, in ISO 8601.
        void: Approvals that no longer count, because they were of another card or of other arguments.
        parts: The single writes of a bulk write.
        taken_off: Those that a person took off.
        left_out: The records of a bulk write for which there is no write, by id.
        part_of: The bulk tool that a single write is part of.
        sources: Where the values of the call come from.
        untrusted: True if text by outsiders had been read in the thread.
    """

    written: dict[str, Any]
    requires: Requirements
    approved: list[Decided]
    held_since: str
    void: list[Decided]
    parts: list[Part]
    taken_off: list[Part]
    left_out: dict[str, LeftOut]
    part_of: str
    sources: list[Source]
    untrusted: bool
    edits: list[Change]


class Proposal(_NotAlways):
    """A write that waits for a person.

    Attributes:
        call: What would run: the model's own call, or a person's edit of it that points at other records.
        title: The tool in words.
        description: What the person reads, in Markdown.
        card: The same as data; None for a tool that is not Ashby's.
        original: The model's own arguments, if a person edited them.
        made: When the card was made, in ISO 8601.
        journal: The name of the journal that keeps the call.
        journal_key: Its key in that journal.
        place: The position of the call in its message, from 0.
        after: The earlier writes of the same message that must finish first, because they concern the same records:
            their journal keys, with a line in words.
        policy: The ruling of the application's policy.
        on_behalf_of: The id of the Ashby user for whom it would be made.
        account: The fingerprint of the Ashby account whose records the card shows; None for a tool that is not Ashby's.
        written: The model's own arguments, if it gave names for ids; `call` has the ids.
    """

    call: ToolCall
    title: str
    description: str
    card: Card | None
    original: dict[str, Any] | None
    made: str
    journal: str
    journal_key: str
    place: int
    after: dict[str, str]
    policy: str
    on_behalf_of: str | None
    account: str | None


def is_complete(proposal: Proposal | None) -> TypeGuard[Proposal]:
    """True if this version of the package made the proposal: an earlier one may have left something out."""
    return proposal is not None and proposal.keys() >= Proposal.__required_keys__


class Approval(TypedDict):
    """A write that may run.

    `call` is what runs, and only that; `edited` tells whether its arguments are a person's rather than the model's.
    `proposal` is what the person was shown, with the card of exactly this call. Without `decided` the write must not be
    begun: the journal is only asked what became of it.
    """

    call: ToolCall
    edited: bool
    proposal: Proposal
    decided: Decided | None


def undecided(proposal: Proposal) -> Approval:
    """A proposal without a decision: its outcome may be looked up, but it must not run."""
    return Approval(call=proposal["call"], edited=proposal["original"] is not None, proposal=proposal, decided=None)


class Undoing(TypedDict):
    """What a call undoes, which no model proposed.

    Attributes:
        line: What the write did: the first line of its card.
        at: When its outcome was recorded, in ISO 8601.
        args: The arguments that reverse it.
        left: The values that the write left, by record and title, as in `undo.Opposite`.
        remains: What stays as the write left it.
        account: The account in which it was made.
        on_behalf_of: The user for whom it was made.
    """

    line: str
    at: str
    args: dict[str, Any]
    left: dict[str, dict[str, Any]]
    remains: list[str]
    account: str | None
    on_behalf_of: str | None


class Conversation(TypedDict):
    """The agent's input and output."""

    messages: Annotated[list[AnyMessage], ConversationChannel()]


def merged(record: dict[str, str], change: Mapping[str, str | None]) -> dict[str, str]:
    """Merges what parallel steps record about their messages. None removes an entry."""
    return {key: value for key, value in {**record, **change}.items() if value is not None}


class State(Conversation):
    """The conversation, and the progress of the writes of its latest message.

    `own` records the agent's own messages: by id, the turn of each message of its model, and a digest of each answer to
    a call. `proposals` wait for a person, `approvals` may run, `edits` were changed by a person and need a
    new card first, `problem` says what was wrong with the last decisions. `left_out` counts the messages that the model
    was last sent without their text, or not at all, because its window is full. `stamps` are what the model was told of
    the day and of whom it acts for, by the id of the message that carries it. `outside` says whether text by
    outsiders was ever read in the thread, and whether some of it was removed since. `undoes` says what calls undo that
    a person asked for without the model, by the ids of the calls.
    """

    own: NotRequired[Annotated[dict[str, str], merged]]
    stamps: NotRequired[dict[str, str]]

    proposals: NotRequired[list[Proposal]]
    approvals: NotRequired[list[Approval]]
    edits: NotRequired[list[Approval]]
    problem: NotRequired[str | None]
    left_out: NotRequired[int]
    outside: NotRequired[Literal["read", "removed"] | None]
    undoes: NotRequired[dict[str, Undoing]]


Update = dict[str, Any]
"""The keys of `State` that a node changes."""


def changes(update: Update, state: State) -> Update:
    """Leaves out of an update what the state has already: each key takes a write, and a place in the checkpoint."""
    return {key: it for key, it in update.items() if key in _MERGED or (it or None) != (state.get(key) or None)}


_MERGED = Conversation.__annotations__.keys() | {"own"}
"""The keys whose updates are merged into what is there."""


class Node(Protocol):
    """A step of the graph."""

    def __call__(self, state: State) -> Update:
        """Takes the step and returns what it changes."""
        ...
