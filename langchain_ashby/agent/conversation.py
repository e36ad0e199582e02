"""The conversation as a checkpointer keeps it: most checkpoints have only what their step changed.

A thread of fifty long listings takes five megabytes this way, and more than a thousand if each step stores all messages
again.

LangGraph rebuilds such a conversation from what was stored for each checkpoint on the way. If two workers continue from
the same one, which the journal allows, what the first of them stored counts for both, although the second may have
decided otherwise. So while writes are under way, the whole conversation is stored, and each worker finds its own again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    BaseMessageChunk,
    RemoveMessage,
    ToolMessage,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.channels import DeltaChannel
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS


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
            message.id = message.id or _id(message, len(places), places)
            if (place := places.get(message.id)) is None:
                places[message.id] = len(kept)
                kept.append(message)
            else:
                kept[place] = _as_kept(message, kept[place])
    return [message for message in kept if message is not None]


class ConversationChannel(DeltaChannel[list[AnyMessage]]):
    """Keeps a conversation by its changes. A step of a turn that writes stores all of it.

    Args:
        reducer: Applies changes.
        typ: The type of the conversation.
        snapshot_frequency: Not heeded: the channel decides itself.
    """

    def __init__(
        self,
        reducer: Callable[[Any, Sequence[Any]], Any] = added,
        typ: type[Any] | None = None,
        *,
        snapshot_frequency: int = 1,
    ) -> None:
        self._is_critical = False
        super().__init__(reducer, typ)

    @property
    def snapshot_frequency(self) -> int:
        """After how many changes all is stored."""
        return 1 if self._is_critical else _MOST_CHANGES

    @snapshot_frequency.setter
    def snapshot_frequency(self, number: int) -> None:
        """Does nothing; the base class sets it."""

    def update(self, values: Sequence[Any]) -> bool:
        """Applies the changes of a step."""
        self._is_critical = any(map(_may_concern_writes, values))
        return super().update(values)


_MOST_CHANGES = 100


def _may_concern_writes(change: Any) -> bool:
    """True unless a step's change is a person's message, a read, or what the model says without writing.

    An empty one is that of a step about writes, too.
    """
    messages = change if isinstance(change, list) else [change]
    names = [str(it.name) for it in messages if isinstance(it, ToolMessage)]
    names += [call["name"] for it in messages if isinstance(it, AIMessage) for call in it.tool_calls]
    return not messages or any(name not in _READS for name in names)


_READS = frozenset(name for name, operation in OPERATIONS.items() if operation.access is Access.READ)


def _messages(change: Any) -> list[AnyMessage]:
    found = convert_to_messages(change if isinstance(change, list) else [change])
    return [message_chunk_to_message(it) if isinstance(it, BaseMessageChunk) else it for it in found]  # type: ignore[misc]


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
