"""Model servers with a script, in the shapes of four providers' interfaces, streamed and not.

They refuse a conversation that the real ones refuse. The chat models are the providers' own packages.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from langchain_core.language_models import BaseChatModel
from models import ANTHROPIC, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES
from recorder import Answer, Recorder, Sent
from refusals import Body, by_anthropic, by_gemini, by_openai_chat, by_openai_responses

_numbers = itertools.count()


@dataclass(frozen=True)
class Said:
    """A reply: text, calls with the text of their arguments, and why it ended, in words that all wires know."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    end: str = "done"
    refusal: str = ""
    ids: tuple[str, ...] = ()

    def numbered(self) -> list[tuple[str, str, str]]:
        """The calls as id, name and arguments."""
        ids = self.ids or tuple(f"call_{next(_numbers)}" for _ in self.calls)
        return [(call_id, *call) for call_id, call in zip(ids, self.calls, strict=True)]


Step = Said | Answer | Callable[[Body], Said | Answer]


@dataclass(frozen=True)
class Wire:
    """A provider's interface."""

    name: str
    connect: Callable[[str], BaseChatModel]
    refuses: Callable[[Body], str | None]
    whole: Callable[[Said], Body]
    events: Callable[[Said], list[tuple[str, Any]]]
    """The events of a stream, each with its name; with no name, only the data is sent."""
    has_raw_arguments: frozenset[bool] = frozenset({True, False})
    """Whether the arguments of calls are sent as text: when streaming, and when not."""


class ModelServer(Recorder):
    """Answers each request with the next step of its script, and when that is over with `OK`.

    `refused` has what was refused, in the provider's words.
    """

    def __init__(self, wire: Wire, *steps: Step) -> None:
        super().__init__()
        self._wire = wire
        self.steps = list(steps)
        self.refused: list[str] = []

    def answer(self, sent: Sent) -> Answer:
        body = sent.body
        if problem := self._wire.refuses(body):
            self.refused.append(problem)
            return Answer(json.dumps({"error": {"message": problem, "type": "invalid_request_error"}}).encode(), 400)
        step = self.steps.pop(0) if self.steps else OK
        step = step if isinstance(step, Said | Answer) else step(body)
        if isinstance(step, Answer):
            return step
        if not (body.get("stream") or "streamGenerateContent" in sent.path):
            return Answer(json.dumps(self._wire.whole(step)).encode())
        return streamed(self._wire.events(step))


@cache
def serving(wire: Wire) -> tuple[ModelServer, BaseChatModel]:
    """One server for all tests of a wire, and the model that talks to it: a new one reads all certificates again."""
    server = ModelServer(wire)
    server.__enter__()
    return server, wire.connect(server.url)


OK = Said("All is well again.")


def streamed(events: list[tuple[str, Any]], cut: int | None = None) -> Answer:
    """The events as a stream of server-sent events."""
    lines = [f"event: {name}\ndata: {json.dumps(it)}" if name else f"data: {json.dumps(it)}" for name, it in events]
    content = "".join(f"{line}\n\n" for line in lines).replace('"[DONE]"', "[DONE]").encode()
    return Answer(content, headers={"Content-Type": "text/event-stream"}, cut=cut)


def pieces(text: str) -> list[str]:
    return [text[place : place + 9] for place in range(0, len(text), 9)]


_CHAT_ENDS = {"length": "length", "filter": "content_filter", "refusal": "stop", "malformed": "error"}


def _chat_whole(said: Said) -> Body:
    functions = [
        {"id": call_id, "type": "function", "function": {"name": name, "arguments": raw}}
        for call_id, name, raw in said.numbered()
    ]
    message = {"role": "assistant", "content": said.text or None, "refusal": said.refusal or None}
    usual = "tool_calls" if functions else "stop"
    choice = {"index": 0, "message": message | ({"tool_calls": functions} if functions else {})}
    return _chat("chat.completion", choice | {"finish_reason": _CHAT_ENDS.get(said.end, usual)})


def _chat_events(said: Said) -> list[tuple[str, Any]]:
    deltas: list[Body] = [{"role": "assistant", "content": ""}, *({"content": it} for it in pieces(said.text))]
    if said.refusal:
        deltas.append({"refusal": said.refusal})
    for index, (call_id, name, raw) in enumerate(said.numbered()):
        function = {"name": name, "arguments": ""}
        deltas.append({"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": function}]})
        deltas += [{"tool_calls": [{"index": index, "function": {"arguments": it}}]} for it in pieces(raw)]
    end = _CHAT_ENDS.get(said.end, "tool_calls" if said.calls else "stop")
    about = _chat("chat.completion.chunk", {})
    chunks = [about | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    if said.end != "nothing":
        chunks.append(about | {"choices": [{"index": 0, "delta": {}, "finish_reason": end}]})
    return [*(("", it) for it in chunks), ("", "[DONE]")]


def _chat(kind: str, choice: Body) -> Body:
    return {"id": f"message_{next(_numbers)}", "object": kind, "created": 1, "model": "gpt-5", "choices": [choice]}


def _responses_whole(said: Said) -> Body:
    content: list[Body] = [{"type": "output_text", "text": said.text, "annotations": []}] if said.text else []
    content += [{"type": "refusal", "refusal": said.refusal}] if said.refusal else []
    number = next(_numbers)
    output: list[Body] = [
        {"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed", "content": content}
    ][: len(content)]
    output += [
        {"type": "function_call", "id": f"fc_{place}_{number}", "call_id": call_id, "name": name, "arguments": raw}
        for place, (call_id, name, raw) in enumerate(said.numbered())
    ]
    reason = {"length": "max_output_tokens", "filter": "content_filter"}.get(said.end)
    about = {"id": f"resp_{number}", "object": "response", "created_at": 1, "model": "gpt-5", "tools": []}
    status = {"malformed": "failed"}.get(said.end, "incomplete" if reason else "completed")
    details = {"status": status, "incomplete_details": {"reason": reason} if reason else None}
    return {**about, **details, "parallel_tool_calls": True, "tool_choice": "auto", "output": output}


def _responses_events(said: Said) -> list[tuple[str, Any]]:
    whole = _responses_whole(said)
    events: list[Body] = [{"type": "response.created", "response": {**whole, "output": [], "status": "in_progress"}}]
    for index, item in enumerate(whole["output"]):
        at = {"output_index": index, "item_id": item["id"]}
        if item["type"] == "message":
            begun, part = {**item, "content": []}, {**at, "content_index": 0}
            changes = [{"type": "response.output_text.delta", **part, "delta": it} for it in pieces(said.text)]
            if said.refusal:
                changes.append({"type": "response.refusal.done", **part, "refusal": said.refusal})
        else:
            begun = {**item, "arguments": ""}
            deltas = pieces(item["arguments"])
            changes = [{"type": "response.function_call_arguments.delta", **at, "delta": it} for it in deltas]
        events.append({"type": "response.output_item.added", "output_index": index, "item": begun})
        events += changes
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    if said.end != "nothing":
        kind = "response.incomplete" if whole["status"] == "incomplete" else "response.completed"
        events.append({"type": kind, "response": whole})
    return [(it["type"], it | {"sequence_number": number}) for number, it in enumerate(events)]


_ANTHROPIC_ENDS = {"length": "max_tokens", "filter": "refusal", "refusal": "refusal"}


def _anthropic_blocks(said: Said) -> list[Body]:
    text: list[Body] = [{"type": "text", "text": said.text}] if said.text else []
    return text + [{"type": "tool_use", "id": it[0], "name": it[1], "input": _read(it[2])} for it in said.numbered()]


def _anthropic_whole(said: Said) -> Body:
    end = _ANTHROPIC_ENDS.get(said.end, "tool_use" if said.calls else "end_turn")
    about = {"id": f"msg_{next(_numbers)}", "type": "message", "role": "assistant", "model": "claude"}
    more = {"stop_reason": end, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
    return {**about, "content": _anthropic_blocks(said), **more}


def _anthropic_events(said: Said) -> list[tuple[str, Any]]:
    whole = _anthropic_whole(said)
    raw = iter(call[1] for call in said.calls)
    events: list[Body] = [{"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}]
    for index, block in enumerate(whole["content"]):
        if block["type"] == "text":
            begun: Body = {"type": "text", "text": ""}
            deltas: list[Body] = [{"type": "text_delta", "text": it} for it in pieces(block["text"])]
        else:
            begun = {**block, "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": it} for it in pieces(next(raw))]
        events.append({"type": "content_block_start", "index": index, "content_block": begun})
        events += [{"type": "content_block_delta", "index": index, "delta": it} for it in deltas]
        events.append({"type": "content_block_stop", "index": index})
    if said.end != "nothing":
        end = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
        events.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": 1}})
        events.append({"type": "message_stop"})
    return [(it["type"], it) for it in events]


_GEMINI_ENDS = {"length": "MAX_TOKENS", "filter": "SAFETY", "refusal": "PROHIBITED_CONTENT", "OTHER": "OTHER"}


def _gemini_whole(said: Said) -> Body:
    parts: list[Body] = [{"text": said.text}] if said.text else []
    parts += [{"functionCall": {"name": name, "args": _read(raw)}} for _, name, raw in said.numbered()]
    end = {"malformed": "MALFORMED_FUNCTION_CALL", "nothing": None}.get(said.end, _GEMINI_ENDS.get(said.end, "STOP"))
    return {"candidates": [{"index": 0, "finishReason": end, "content": {"role": "model", "parts": parts}}]}


def _gemini_events(said: Said) -> list[tuple[str, Any]]:
    return [("", _gemini_whole(said))]


def _read(raw: str) -> Any:
    """The arguments as a provider has them that sends objects: without those that it could not read."""
    try:
        read = json.loads(raw)
    except ValueError:
        read = {}
    return read if isinstance(read, dict) else {}


NEVER: frozenset[bool] = frozenset()
CHAT = Wire("openai chat", OPENAI_CHAT.connect, by_openai_chat, _chat_whole, _chat_events)
RESPONSES = Wire("openai responses", OPENAI_RESPONSES.connect, by_openai_responses, _responses_whole, _responses_events)
CLAUDE = Wire("anthropic", ANTHROPIC.connect, by_anthropic, _anthropic_whole, _anthropic_events, frozenset({True}))
FLASH = Wire("gemini", GEMINI.connect, by_gemini, _gemini_whole, _gemini_events, NEVER)
WIRES = (CHAT, RESPONSES, CLAUDE, FLASH)
