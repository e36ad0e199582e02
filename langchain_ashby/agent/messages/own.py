"""The agent's own part of a conversation.

Anyone who can start a run can add messages to its thread, and interfaces do: some answer an open call themselves as
soon as a person types something. So the nodes record what they say where no input can reach. Only a message that is in
this record, word for word, answers a call of the agent's model, and only the call that the model made there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from secrets import token_hex
from types import MappingProxyType
from typing import Any, cast
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.types import Command

from langchain_ashby.agent.messages.artifacts import set_aside
from langchain_ashby.agent.messages.tool_messages import Call, Result

Own = Mapping[str, str]
"""Maps message ids to the turn of a message of the agent's model and its calls, or to the digest of an answer."""

NOTHING: Own = MappingProxyType({})


def turn_in(thread: str, name: str | None = None) -> str:
    """Names a turn of the thread with this label; without a name, the turn is a new one.

    The message's own id will not do: caches and providers repeat ids. A copy of the thread keeps the turn, and with it
    the label of the first thread, so a call that both continue with is one call in the journal.
    """
    return f"{thread}{_HERE}{name or token_hex(16)}"


def thread_of_turn(turn: str | None) -> str | None:
    """The label of the thread in which a turn was; None if its name does not tell."""
    found = _LABEL.match(turn or "")
    return found and found[1]


def record_of_turn(message: AIMessage, turn: str) -> str:
    """The record of a message of the model: its turn, and a digest of each of its calls."""
    calls: list[Call] = [*message.tool_calls, *message.invalid_tool_calls]
    return "".join(f"{it}{_END}" for it in [turn, *map(_digest_of_call, calls)])


def asked_of(message_id: str) -> str:
    """The id of the message before one of the agent's own that says, in a person's place, what they asked for."""
    return f"{message_id}{_ASKED}"


def is_typed(message: BaseMessage, own: Own) -> bool:
    """False for a message that says in a person's place what they asked for, such as an undo: nobody wrote it."""
    maker, suffix, rest = str(message.id).rpartition(_ASKED)
    return not (suffix and not rest and maker in own)


def turn_of(message: AIMessage, own: Own) -> str | None:
    """The turn of a message; its id if it is not the agent's own, or an earlier version made it."""
    known = own.get(str(message.id))
    return message.id if known is None else known.partition(_END)[0]


def is_own_call(call: Call, message: BaseMessage, own: Own) -> bool:
    """True unless the call was not recorded with a message of the agent's model: then somebody put it there."""
    _, recorded, calls = own.get(str(message.id), "").partition(_END)
    return not recorded or _digest_of_call(call) in calls.split(_END)


def is_own_answer(answer: ToolMessage, own: Own) -> bool:
    """True if a node of the agent said exactly this."""
    known = own.get(str(answer.id), "")
    return known == _digest(answer, whole=known.startswith(_WHOLE))


def is_answer(record: str) -> bool:
    """True for the record of an answer to a call, False for that of a message of the model."""
    return not record.endswith(_END)


def kept_answer(answer: ToolMessage, record: dict[str, str]) -> ToolMessage:
    """Returns an answer as the thread keeps it: with an id, without its artifact. Adds its digest to a record."""
    answer.id = answer.id or str(uuid4())
    kept = set_aside(answer)
    record[answer.id] = _digest(kept, whole=True)
    return kept


def recorded(output: Any, before: Sequence[BaseMessage] = ()) -> Any:
    """Adds to a node's output the record of its answers, except those found in the conversation `before`."""
    if isinstance(output, list):
        return [recorded(it, before) for it in output]
    if not isinstance(output, dict) or "messages" not in output:
        return output
    known, record = {it.id for it in before}, dict[str, str]()
    messages = [
        kept_answer(it, record) if isinstance(it, ToolMessage) and (it.id is None or it.id not in known) else it
        for it in output["messages"]
    ]
    return {**output, "messages": messages, "own": {**output.get("own", {}), **record}} if record else output


def recorded_result(result: Result, state: Any) -> Result:
    """Does the same for a tool's `Command`. What it tells another graph is not recorded here."""
    if isinstance(result, list):
        return cast(Result, [recorded_result(it, state) for it in result])
    if not isinstance(result, Command) or result.graph is not None or not isinstance(result.update, dict):
        return result
    return replace(result, update=recorded(result.update, state["messages"]))


_END = "."
"""Ends the turn and each digest of a call. Records of earlier versions have only the turn."""

_HERE = "@"
"""Ends the label of the thread in a turn."""

_LABEL = re.compile(f"([0-9a-f]{{32}}){_HERE}")

_ASKED = ".asked"

_WHOLE = "whole."
"""Begins the digest of an answer with its name, and with the artifact that earlier versions kept beside it."""


def _digest(answer: ToolMessage, *, whole: bool) -> str:
    if whole and answer.artifact is None and isinstance(answer.content, str):
        return _digest_of_text(answer.tool_call_id, answer.status, answer.content, answer.name)
    parts = [answer.tool_call_id, answer.status, answer.content, *([answer.name, answer.artifact] if whole else [])]
    return f"{_WHOLE}{_sha256(parts)}" if whole else _sha256(parts)


@lru_cache(maxsize=1_000)
def _digest_of_text(call_id: str, status: str, text: str, name: str | None) -> str:
    """Cached: each step needs it of all answers, and finding a text here takes a fraction of the time."""
    return f"{_WHOLE}{_sha256([call_id, status, text, name, None])}"


def _digest_of_call(call: Call) -> str:
    return _sha256([call["id"], call["name"], call["args"]])


def _sha256(parts: list[Any]) -> str:
    return sha256(_said(parts).encode(errors="replace")).hexdigest()[:32]  # as a checkpointer stores broken characters


_said = json.JSONEncoder(ensure_ascii=False, default=str).encode
