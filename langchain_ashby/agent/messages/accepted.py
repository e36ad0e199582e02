"""A conversation as every provider accepts it.

A provider refuses a whole conversation for one odd message in it, and keeps refusing, because each turn sends it again.
So a message of the model is put right before it is kept, and again before it is sent, because others may have changed
the thread in between. Where providers' rules differ, the strictest applies: a thread may go on with another model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from itertools import takewhile
from operator import is_
from typing import Any, TypeVar, cast

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from langchain_core.messages.tool import tool_call

from langchain_ashby.agent.messages.origin import is_foreign
from langchain_ashby.agent.messages.tool_messages import Call
from langchain_ashby.text.json import sendable

Blocks = list[str | dict[Any, Any]]
Content = str | Blocks
M = TypeVar("M", bound=BaseMessage)

NOTHING_SAID = "(nothing)"
BEGINNING_REMOVED = "(The beginning of this conversation was removed.)"
GO_ON = "(Go on.)"


def conversation(
    instructions: SystemMessage, messages: Sequence[AnyMessage], interface: str | None = None
) -> list[AnyMessage]:
    """Puts right a conversation in which the answers to calls directly follow them.

    - A call without an answer is left out, and so is an answer without its call. Messages of the old kinds, which
      name a role or a function, become those of today or are left out.
    - Instructions come first, in one message.
    - Then the user speaks, and the last word is not the model's. Nor does it call tools right after its own words.
    - No message is empty, nor is any of its blocks.
    - Only names of speakers that all providers accept are sent.
    - Names, arguments and ids of calls have the form that all providers accept, and no id comes twice.
    - Reasoning is sent back as it was signed, or not at all.
    - Of what came from another interface than this one, only text and calls are sent.
    """
    usual = [_usual(it) for it in messages if not isinstance(it, FunctionMessage)]
    said = _in_turns(_paired([it for it in usual if not isinstance(it, SystemMessage)], interface))
    if not said or isinstance(said[0], AIMessage):
        said.insert(0, HumanMessage(BEGINNING_REMOVED))
    if isinstance(said[-1], AIMessage):
        said.append(HumanMessage(GO_ON))
    more = [it for it in usual if isinstance(it, SystemMessage) and _blocks(it.content)]
    return [_joined([instructions, *more]) if more else instructions, *said]


def acceptable(message: AIMessage) -> AIMessage:
    """Returns a message of the model in the form that all providers accept; itself, if it has that already."""
    calls = [*map(_acceptable_call, message.tool_calls), *map(_emptied, message.invalid_tool_calls)]
    same = len(calls) == len(message.tool_calls) and all(map(is_, calls, message.tool_calls))
    same = same and _copies(message.content) <= Counter(call["id"] for call in calls)
    update: dict[str, Any] = {}
    if not same:
        more = {key: it for key, it in message.additional_kwargs.items() if key not in ("tool_calls", "function_call")}
        update = {"tool_calls": calls, "invalid_tool_calls": [], "additional_kwargs": more}
    content = _acceptable_content(message.content, own_calls=same, may_be_empty=bool(calls))
    if content != message.content:
        update["content"] = content
    return message.model_copy(update=update) if update else message


_NAME = re.compile("[A-Za-z0-9_-]{1,64}")
_ID = re.compile("[A-Za-z0-9_-]{1,40}")


def _acceptable_name(name: str | None) -> str:
    if name and _NAME.fullmatch(name):
        return name
    return re.sub("[^A-Za-z0-9_-]+", "_", name or "")[:64].strip("_") or "unnamed"


def _acceptable_call(call: ToolCall) -> ToolCall:
    name, args = _acceptable_name(call["name"]), sendable(call["args"])
    return call if name == call["name"] and args is call["args"] else {**call, "name": name, "args": args}


def _emptied(call: Call) -> ToolCall:
    """A call whose arguments are not a JSON object. Some servers read the arguments of all calls again each turn."""
    return tool_call(name=_acceptable_name(call["name"]), args={}, id=call["id"])


_COPIES = {"tool_use", "tool_call", "function_call", "tool_call_chunk", "invalid_tool_call", "input_json_delta"}
"""Blocks in which integrations keep a second copy of calls. Missing ones are made of `tool_calls`."""


def _copies(content: Content) -> Counter[Any]:
    blocks = [it for it in content if isinstance(it, dict)] if isinstance(content, list) else []
    return Counter(it.get("call_id") or it.get("id") for it in blocks if it.get("type") in _COPIES)


def _acceptable_content(content: Content, *, own_calls: bool, may_be_empty: bool) -> Content:
    """Drops what is empty, unsigned or, unless `own_calls`, a copy of a call as it was before."""
    if isinstance(content, str):
        return content if content.strip() else "" if may_be_empty else NOTHING_SAID
    kept = _without_loose_reasoning([_block(it) for it in content if not _is_dropped(it, own_calls=own_calls)])
    if not (may_be_empty or any(_is_said(it) for it in kept)):
        kept.append({"type": "text", "text": NOTHING_SAID})
    return content if kept == content else kept or ""


def _block(part: str | dict[Any, Any]) -> dict[Any, Any]:
    """A plain string in a list, which some providers refuse, as a block."""
    return {"type": "text", "text": part} if isinstance(part, str) else part


def _is_dropped(block: str | dict[Any, Any], *, own_calls: bool) -> bool:
    if isinstance(block, str):
        return not block.strip()
    match block.get("type"):
        case "text" | "output_text":
            return not str(block.get("text") or "").strip()
        case "thinking":
            return not block.get("signature")  # broken off before its signature came
        case "reasoning":  # the same in LangChain's own form, or OpenAI's, which has an id
            return not (block.get("id") or (block.get("extras") or {}).get("signature"))
        case "redacted_thinking":
            return not block.get("data")
        case kind:
            return not own_calls and kind in _COPIES


def _without_loose_reasoning(blocks: list[dict[Any, Any]]) -> Blocks:
    """Drops OpenAI's reasoning items whose following item is missing: it accepts them only together."""
    kept: Blocks = []
    has_item = False
    for block in reversed(blocks):
        is_item = bool(block.get("id"))
        if not _is_item_of_reasoning(block):
            has_item = is_item
        elif not has_item:
            continue
        kept.insert(0, block)
    return kept


def _is_item_of_reasoning(block: dict[Any, Any]) -> bool:
    return block.get("type") == "reasoning" and str(block.get("id")).startswith("rs_")


def _is_said(block: str | dict[Any, Any]) -> bool:
    return isinstance(block, str) or block.get("type") not in ("thinking", "redacted_thinking", "reasoning")


def _usual(message: AnyMessage) -> AnyMessage:
    """A message as one of the kinds that all providers know, without a name or characters that some do not take."""
    if isinstance(message, ChatMessage):
        kind = _ROLES.get(message.role.lower(), HumanMessage)
        message = kind(message.content, id=message.id, name=message.name)
    content = sendable(message.content)  # half a character cannot be sent
    if content is not message.content:
        message = message.model_copy(update={"content": content})
    if message.name is None or isinstance(message, ToolMessage) or _NAME.fullmatch(message.name):
        return message
    return message.model_copy(update={"name": None})


_ROLES: dict[str, type[AIMessage | SystemMessage]] = {
    "assistant": AIMessage,
    "ai": AIMessage,
    "model": AIMessage,
    "system": SystemMessage,
    "developer": SystemMessage,
}
"""The roles that are not the user's."""


def _as_text(message: AIMessage) -> AIMessage:
    """A message with nothing that only its own provider knows. Its calls are in `tool_calls`."""
    if isinstance(message.content, str):
        return message
    return message.model_copy(
        update={"content": str(message.text), "additional_kwargs": {}, "response_metadata": {}},
    )


def _paired(messages: Sequence[AnyMessage], interface: str | None) -> list[AnyMessage]:
    """Puts each message right, with the answers to its calls. Each call gets an id that no other has."""
    taken: set[str] = set()
    sent: list[AnyMessage] = []
    for place, message in enumerate(messages):
        if isinstance(message, AIMessage):
            later = (messages[it] for it in range(place + 1, len(messages)))
            answers = [*takewhile(lambda it: isinstance(it, ToolMessage), later)]
            if interface is not None and is_foreign(message, interface):
                message = _as_text(message)
            message = acceptable(message)
            pairs = [
                (_identified(call, f"{place}.{number}", taken), found)
                for number, call in enumerate(message.tool_calls)
                if (found := _taken_from(answers, call["id"]))
            ]
            calls = [call for call, _ in pairs]
            if not (len(calls) == len(message.tool_calls) and all(map(is_, calls, message.tool_calls))):
                message = acceptable(message.model_copy(update={"tool_calls": calls}))
            sent += [message, *(_answering(call, _said(answer)) for call, answer in pairs)]
        elif not isinstance(message, ToolMessage):
            sent.append(_said(message))
    return sent


def _in_turns(messages: list[AnyMessage]) -> list[AnyMessage]:
    """Parts a call from the model's words before it, as when what the user said between them was removed."""
    parted: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, AIMessage) and message.tool_calls and parted and isinstance(parted[-1], AIMessage):
            parted.append(HumanMessage(GO_ON))
        parted.append(message)
    return parted


def _taken_from(answers: list[Any], call_id: str | None) -> ToolMessage | None:
    place = next((place for place, it in enumerate(answers) if it.tool_call_id == call_id), None)
    return None if place is None else cast(ToolMessage, answers.pop(place))


def _answering(call: ToolCall, message: ToolMessage) -> ToolMessage:
    if (message.tool_call_id, message.name) == (call["id"], call["name"]):
        return message
    return message.model_copy(update={"tool_call_id": call["id"], "name": call["name"]})


def _identified(call: ToolCall, place: str, taken: set[str]) -> ToolCall:
    if not (call["id"] and _ID.fullmatch(call["id"]) and call["id"] not in taken):
        digest = sha256(f"{place} {call['id']}".encode(errors="replace")).hexdigest()
        call = {**call, "id": f"call_{digest[:32]}"}  # the same in each turn: providers cache what they were sent
    taken.add(str(call["id"]))
    return call


def _said(message: M) -> M:
    """A message of the user or a tool without empty parts."""
    content = message.content
    kept: Content = content if isinstance(content, str) and content.strip() else _blocks(content) or NOTHING_SAID
    return message if kept == content else message.model_copy(update={"content": kept})


def _blocks(content: Content) -> Blocks:
    parts = [content] if isinstance(content, str) else content
    return [_block(it) for it in parts if not _is_dropped(it, own_calls=True)]


def _joined(instructions: Sequence[SystemMessage]) -> SystemMessage:
    if all(isinstance(it.content, str) for it in instructions):
        return instructions[0].model_copy(update={"content": "\n\n".join(it.text for it in instructions)})
    return instructions[0].model_copy(update={"content": [part for it in instructions for part in _blocks(it.content)]})
