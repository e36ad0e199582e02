"""The real chat models of three providers, talking HTTP to the test's own server.

Each provider's package is imported when it is connected to: together they take as long as the rest of the tests.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from recorder import Answer, Recorder

KEY = "dummy"


@dataclass(frozen=True)
class Provider:
    """A provider's chat model, and how to read and answer its wire format."""

    name: str
    connect: Callable[[str], BaseChatModel]
    """The chat model for a server at this address."""
    endpoints: tuple[str, ...]
    """The endpoints it calls: one, unless its releases differ."""
    tools: Callable[[dict[str, Any]], list[dict[str, Any]]]
    """The tools in a request, each as `{"name", "description", "parameters"}`."""
    calling: Callable[[str, dict[str, Any]], dict[str, Any]]
    """The reply of a model calling this tool with these arguments."""
    saying: Callable[[str], dict[str, Any]]
    """The reply of a model with this text."""

    def sent_by(self, recorder: Recorder, bind: Callable[[BaseChatModel], Any], reply: dict[str, Any]) -> Any:
        """Calls the model once and returns its message; the request is the recorder's last."""
        self.prepare(recorder, [reply])
        return bind(self.connect(recorder.url)).invoke("Go.")

    def prepare(self, recorder: Recorder, replies: list[dict[str, Any]]) -> None:
        """Makes the recorder answer the model with these replies in turn."""
        for endpoint in self.endpoints:
            recorder.answers[endpoint] = [Answer(json.dumps(reply).encode()) for reply in replies]


def _openai(url: str, responses: bool) -> BaseChatModel:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model="gpt-5", api_key=KEY, base_url=url, max_retries=0, use_responses_api=responses)  # type: ignore[arg-type]


def _anthropic(url: str) -> BaseChatModel:
    from langchain_anthropic import ChatAnthropic

    return ChatAnthropic(model="claude", api_key=KEY, base_url=url, max_retries=0)  # type: ignore[arg-type, call-arg]


def _google(url: str) -> BaseChatModel:
    from langchain_google_genai import ChatGoogleGenerativeAI

    return ChatGoogleGenerativeAI(model="gemini-2.5-pro", google_api_key=KEY, base_url=url, max_retries=1)


_numbers = itertools.count()


def _new_id() -> str:
    """A new id for a message: the graph treats a message with a known id as a new version of it."""
    return f"message_{next(_numbers)}"


def _chat_reply(message: dict[str, Any]) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None} | message}
    return {"id": _new_id(), "object": "chat.completion", "created": 1, "model": "gpt-5", "choices": [choice]}


def _chat_call(name: str, args: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(args)}
    return _chat_reply({"tool_calls": [{"id": "call_1", "type": "function", "function": function}]})


def _responses_reply(item: dict[str, Any]) -> dict[str, Any]:
    settings = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return {"id": _new_id(), "object": "response", "created_at": 1, "model": "gpt-5", "output": [item], **settings}


def _responses_call(name: str, args: dict[str, Any]) -> dict[str, Any]:
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name, "arguments": json.dumps(args)}
    return _responses_reply(call)


def _responses_text(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return _responses_reply(
        {"type": "message", "id": "m_1", "role": "assistant", "status": "completed", "content": content}
    )


def _anthropic_reply(block: dict[str, Any], reason: str) -> dict[str, Any]:
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": _new_id(), "type": "message", "role": "assistant", "model": "claude", "content": [block]}
    return message | {"stop_reason": reason, "stop_sequence": None, "usage": usage}


def _gemini_reply(part: dict[str, Any]) -> dict[str, Any]:
    content = {"role": "model", "parts": [part]}
    return {"candidates": [{"index": 0, "finishReason": "STOP", "content": content}]}


OPENAI_CHAT = Provider(
    "openai chat completions",
    lambda url: _openai(url, responses=False),
    ("chat/completions",),
    lambda body: [tool["function"] for tool in body["tools"]],
    _chat_call,
    lambda text: _chat_reply({"content": text}),
)
OPENAI_RESPONSES = Provider(
    "openai responses",
    lambda url: _openai(url, responses=True),
    ("responses",),
    lambda body: body["tools"],
    _responses_call,
    _responses_text,
)
ANTHROPIC = Provider(
    "anthropic",
    _anthropic,
    ("v1/messages",),
    lambda body: [{**tool, "parameters": tool["input_schema"]} for tool in body["tools"]],
    lambda name, args: _anthropic_reply({"type": "tool_use", "id": "call_1", "name": name, "input": args}, "tool_use"),
    lambda text: _anthropic_reply({"type": "text", "text": text}, "end_turn"),
)
GEMINI = Provider(
    "gemini",
    _google,
    tuple(f"{version}/models/gemini-2.5-pro:generateContent" for version in ("v1", "v1beta")),
    lambda body: [declared for tool in body["tools"] for declared in tool["functionDeclarations"]],
    lambda name, args: _gemini_reply({"functionCall": {"name": name, "args": args}}),
    lambda text: _gemini_reply({"text": text}),
)
PROVIDERS = (OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, GEMINI)
