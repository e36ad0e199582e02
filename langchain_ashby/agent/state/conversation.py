"""The conversation as a checkpointer keeps it: most checkpoints have only what their step changed.

A thread of fifty long listings takes seven megabytes this way, and more than a thousand if each step stores all
messages again.

LangGraph rebuilds such a conversation from what was stored for each checkpoint on the way. If two workers continue from
the same one, which the journal allows, what the first of them stored counts for both, although the second may have
decided otherwise. So a step that adds something about writes stores the whole conversation, and each worker finds its
own again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Self
from uuid import NAMESPACE_OID, uuid5

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    BaseMessageChunk,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.base import PendingWrite
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from langchain_ashby.errors import ConfigurationError


def added(messages: Sequence[AnyMessage], changes: Sequence[Any]) -> list[AnyMessage]:
    """Applies changes to a conversation as `add_messages` does: by id, and with removals.

    LangGraph rebuilds the conversation from the stored changes, in batches of any size. So the same changes give the
    same messages, ids included, however they are split; and removing a message that is not there is no error.
    """
    kept: list[AnyMessage | None] = [*messages]
    places = {str(message.id): place for place, message in enumerate(messages)}
    for change in changes:
        for message in _messages(change):
            if isinstance(message, RemoveMessage):
                if message.id == REMOVE_ALL_MESSAGES:
                    kept, places = [], {}
                elif (place := places.pop(str(message.id), None)) is not None:
                    kept[place] = None
                continue
            if not message.id:
                message.id = _id(message, len(places), places)
            if (place := places.get(message.id)) is None:
                places[message.id] = len(kept)
                kept.append(message)
            else:
                kept[place] = _as_kept(message, kept[place])
    return [message for message in kept if message is not None]


class ConversationChannel(DeltaChannel[list[AnyMessage]]):
    """Stores a conversation as changes. A step that adds something about writes, or removes messages, stores all of it.

    Args:
        reducer: Applies changes.
        typ: The type of the conversation.
        snapshot_frequency: Ignored: the channel decides itself.
    """

    def __init__(
        self,
        reducer: Callable[[Any, Sequence[Any]], Any] = added,
        typ: type[Any] | None = None,
        *,
        snapshot_frequency: int = 1,
    ) -> None:
        self._changes: Sequence[Any] = ()
        self._is_stored = False
        self._reads: Collection[str] = ()
        super().__init__(reducer, typ)

    def with_reads(self, names: Collection[str]) -> Self:
        """Returns a copy of the channel for an agent whose tools of these names only read."""
        made = self.copy()
        made._reads = names
        return made

    def copy(self) -> Self:
        """Copies the channel with its value. Kept cheap: LangGraph does so each time it chooses the next step."""
        made = self.__class__(self.reducer, self.typ)
        made.key = self.key
        if self.is_available():
            made.value = [*self.value]
        return self._as_here(made)

    def from_checkpoint(self, checkpoint: Any) -> Self:
        """Returns the channel with the value that a checkpoint stores.

        Raises:
            ConfigurationError: if the installed LangGraph cannot read the value, and would show an empty conversation.
        """
        if checkpoint is None:
            raise _lost()
        made = self._as_here(super().from_checkpoint(checkpoint))
        made._is_stored = checkpoint is not self.checkpoint()  # stands for a value that is not stored
        return made

    def replay_writes(self, writes: Sequence[PendingWrite]) -> None:
        """Applies the changes of the checkpoints since the one whose value this is.

        Raises:
            ConfigurationError: if there is no such value and no change: LangGraph only replays existing conversations.
        """
        if not (writes or self._is_stored):
            raise _lost()
        super().replay_writes(writes)

    def _as_here(self, made: Self) -> Self:
        made._reads = self._reads
        return made

    @property
    def snapshot_frequency(self) -> int:
        """After how many changes all is stored."""
        return 1 if any(_needs_all(it, self._reads) for it in self._changes) else _MOST_CHANGES

    @snapshot_frequency.setter
    def snapshot_frequency(self, number: int) -> None:
        """Does nothing; the base class sets it."""

    def update(self, values: Sequence[Any]) -> bool:
        """Applies the changes of a step."""
        self._changes = values
        return super().update(values)


_MOST_CHANGES = 100


def _lost() -> ConfigurationError:
    return ConfigurationError(
        "The conversation of this thread cannot be read: the checkpoints that hold it are gone, or a newer version of "
        "LangGraph wrote them",
        remedy="Update langgraph and langgraph-checkpoint, or restore the database. Do not continue this thread.",
    )


def _needs_all(change: Any, reads: Collection[str]) -> bool:
    """True unless a step's change is a person's message, a read, or what the model says without writing.

    A decision may also be an empty change. After a removal, the removed messages must not be needed any more.
    """
    messages = change if isinstance(change, list) else [change]
    names = [str(it.name) for it in messages if isinstance(it, ToolMessage)]
    names += [call["name"] for it in messages if isinstance(it, AIMessage) for call in it.tool_calls]
    removes = any(isinstance(it, RemoveMessage) for it in messages)
    return removes or not messages or any(name not in reads for name in names)


def _messages(change: Any) -> list[AnyMessage]:
    changes = change if isinstance(change, list) else [change]
    if {*map(type, changes)} <= _WHOLE:  # as nearly always, and asked of every message in every step
        return changes
    found = convert_to_messages(changes)
    return [message_chunk_to_message(it) if isinstance(it, BaseMessageChunk) else it for it in found]  # type: ignore[misc]


_WHOLE = {HumanMessage, AIMessage, ToolMessage, SystemMessage, RemoveMessage}


def _id(message: BaseMessage, place: int, known: Mapping[str, int]) -> str:
    """Makes the id of a message that has none. Derived, so that it is the same when the change is read again."""
    named = f"{place} {message.type} {message.content!r}"
    while (made := str(uuid5(NAMESPACE_OID, named))) in known:
        named += " again"
    return made


def _as_kept(message: AnyMessage, earlier: AnyMessage | None) -> AnyMessage:
    """Leaves out an artifact that comes back with an answer from an earlier run's output."""
    comes_back = isinstance(message, ToolMessage) and isinstance(earlier, ToolMessage) and earlier.artifact is None
    return message.model_copy(update={"artifact": None}) if comes_back else message
