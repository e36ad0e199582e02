"""What each provider refuses in a conversation. One such message refuses every turn from then on.

Each function takes the body of a request and returns the provider's words, or None if it accepts it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

Body = dict[str, Any]


def by_openai_chat(body: Body) -> str | None:
    """Chat completions, and the servers that imitate it, some of which parse the arguments of every call again."""
    waiting: list[str] = []
    for place, message in enumerate(body["messages"]):
        at = f"messages[{place}]"
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                return f"{at}: a tool message must be a response to a preceding message with tool_calls"
            waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            return f"{at}: tool_call_ids without response messages: {waiting}"
        calls = message.get("tool_calls") or []
        waiting = [call["id"] for call in calls]
        for call in calls:
            if problem := _call_problem(call["function"]["name"], call["function"]["arguments"], call["id"], 40):
                return f"{at}: {problem}"
        content = message.get("content")
        if not (content or calls):
            return f"{at}: content must not be empty"
        for part in content if isinstance(content, list) else []:
            if not isinstance(part, dict) or part["type"] not in _CHAT_PARTS[message["role"]]:
                return f"{at}: invalid part: {part}"
        if not re.fullmatch(r"[^\s<|\\/>]+", message.get("name", "name")):
            return f"{at}: the name {message['name']!r} does not match"
        if len(set(waiting)) < len(waiting):
            return f"{at}: duplicate ids"
    return f"tool_call_ids without response messages: {waiting}" if waiting else None


_CHAT_PARTS = {
    "system": ("text",),
    "developer": ("text",),
    "user": ("text", "image_url", "input_audio", "file"),
    "assistant": ("text", "refusal"),
}


def by_openai_responses(body: Body) -> str | None:
    """The Responses API."""
    items = body["input"]
    calls = Counter(it["call_id"] for it in items if it.get("type") == "function_call")
    outputs = Counter(it["call_id"] for it in items if it.get("type") == "function_call_output")
    if calls != outputs or any(number > 1 for number in calls.values()):
        return f"function calls and their outputs do not match: {calls} {outputs}"
    for place, item in enumerate(items):
        at = f"input[{place}]"
        if item.get("type") == "function_call":
            if problem := _call_problem(item["name"], item["arguments"], item["call_id"], 64):
                return f"{at}: {problem}"
        elif item.get("type") == "reasoning" and (place + 1 == len(items) or not items[place + 1].get("id")):
            return f"{at}: reasoning was provided without its required following item"
        elif item.get("role") and not item.get("content"):
            return f"{at}: content must not be empty"
    return None


def by_anthropic(body: Body) -> str | None:
    """The Messages API."""
    messages = body["messages"]
    if not messages or messages[0]["role"] != "user":
        return "messages: first message must use the user role"
    if messages[-1]["role"] != "user":
        return "this model does not support assistant message prefill; the conversation must end with a user message"
    waiting: list[str] = []
    used: set[str] = set()
    for place, message in enumerate(messages):
        at, content = f"messages.{place}", message["content"]
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
        results = [it["tool_use_id"] for it in blocks if it["type"] == "tool_result"]
        if sorted(results) != sorted(waiting):
            return f"{at}: tool_use ids {waiting} need tool_result blocks immediately after; there are {results}"
        waiting = [it["id"] for it in blocks if it["type"] == "tool_use"]
        if used & set(waiting) or len(set(waiting)) < len(waiting):
            return f"{at}: tool_use ids must be unique"
        used |= set(waiting)
        if not blocks:
            return f"{at}: all messages must have non-empty content"
        for block in blocks:
            if problem := _anthropic_problem(block):
                return f"{at}: {problem}"
    return None


def _anthropic_problem(block: dict[str, Any]) -> str | None:
    match block["type"]:
        case "text" if not block["text"].strip():
            return "text content blocks must contain non-whitespace text"
        case "thinking" if not block.get("signature"):
            return "thinking.signature: field required"
        case "tool_use":
            return _call_problem(block["name"], json.dumps(block["input"]), block["id"], 64)
        case "text" | "thinking" | "tool_result" | "redacted_thinking" | "image":
            return None
        case kind:
            return f"input tag {kind!r} does not match any of the expected tags"


def by_gemini(body: Body) -> str | None:
    """generateContent."""
    waiting: list[str] = []
    contents = body["contents"]
    if not contents or contents[0]["role"] != "user" or contents[-1]["role"] != "user":
        return "please ensure that the conversation begins and ends with a user turn"
    for place, turn in enumerate(contents):
        at, parts = f"contents[{place}]", turn.get("parts") or []
        if not parts or any(not part or part.get("text") == "" for part in parts):
            return f"{at}: it must have a text parameter"
        answered = [part["functionResponse"]["name"] for part in parts if "functionResponse" in part]
        if sorted(answered) != sorted(waiting):
            return f"{at}: the number of function response parts must equal that of function call parts"
        calls = [part["functionCall"] for part in parts if "functionCall" in part]
        waiting = [call["name"] for call in calls]
        if calls and contents[place - 1]["role"] == "model":
            return f"{at}: a function call turn must come right after a user turn or a function response turn"
        for call in calls:
            if problem := _call_problem(call["name"], json.dumps(call.get("args") or {}), "id", 64):
                return f"{at}: {problem}"
    return f"calls without a response: {waiting}" if waiting else None


def _call_problem(name: str, arguments: str, call_id: str, longest: int) -> str | None:
    if not re.fullmatch("[A-Za-z0-9_-]{1,64}", name):
        return f"the name {name!r} does not match ^[a-zA-Z0-9_-]{{1,64}}$"
    if not re.fullmatch(f"[A-Za-z0-9_-]{{1,{longest}}}", call_id):
        return f"the id {call_id!r} does not match"
    try:
        whole = json.loads(arguments)
    except ValueError as error:
        return f"invalid tool call arguments: {error}"
    return None if isinstance(whole, dict) else "the arguments are not an object"
