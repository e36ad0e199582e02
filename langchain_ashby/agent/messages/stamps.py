"""What the model is told with each message of the user: the day, whose key it works with, and for whom it acts.

A stamp is made once and kept in the thread's state. So every later call sends the earlier messages with the same bytes,
and the instructions never change: providers can cache all of it. During a long pause the day changes; then the newest
answer to a call carries the new stamp.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

Stamps = Mapping[str, str]
"""By the id of the message that carries it."""


def lacks_stamp(messages: Sequence[AnyMessage], stamps: Stamps) -> bool:
    """True if the newest message may have to carry the stamp of this moment."""
    return bool(messages) and isinstance(messages[-1], HumanMessage | ToolMessage) and messages[-1].id not in stamps


def with_stamp(messages: Sequence[AnyMessage], stamps: Stamps, stamp: str) -> dict[str, str]:
    """The stamps, with one for the newest message: always for the user's, for an answer only if it is news."""
    newest = messages[-1]
    last = next((stamps[str(it.id)] for it in reversed(messages) if it.id in stamps), None)
    if newest.id is None or (isinstance(newest, ToolMessage) and last in (None, stamp)):
        return dict(stamps)
    return {**stamps, newest.id: stamp}


def stamped(messages: Sequence[AnyMessage], stamps: Stamps) -> list[AnyMessage]:
    """The messages with their stamps: before what the user says, and after an answer, whose beginning has a meaning."""
    return [_stamped(it, stamps[str(it.id)]) if it.id in stamps else it for it in messages]


def _stamped(message: AnyMessage, stamp: str) -> AnyMessage:
    answers = isinstance(message, ToolMessage)
    line: str | dict[str, str] = f"# {stamp}" if answers else f"({stamp})"
    if isinstance(message.content, str):
        parts = [message.content, line] if answers else [line, message.content]
        return message.model_copy(update={"content": "\n".join(map(str, parts))})
    line = {"type": "text", "text": str(line)}
    blocks = [*message.content, line] if answers else [line, *message.content]
    return message.model_copy(update={"content": blocks})
