"""Reducers of the state's delta channels: a checkpoint keeps what its step changed instead of everything.

A thread of fifty long listings takes five megabytes this way, and more than a thousand if each step stores all messages
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from langchain_core.messages import (
    AnyMessage,
    BaseMessage,
    BaseMessageChunk,
    RemoveMessage,
    ToolMessage,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.graph.message import REMOVE_ALL_MESSAGES


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


def merged(record: Mapping[str, str], changes: Sequence[Mapping[str, str | None]]) -> dict[str, str]:
    """Merges what steps record about their messages. None removes an entry."""
    found: dict[str, str | None] = {**record}
    for change in changes:
        found |= change
    return {key: value for key, value in found.items() if value is not None}


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
