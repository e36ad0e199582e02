"""A local model provider: OpenAI's HTTP interface with a script behind it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from langchain_core.messages import AIMessage, convert_to_messages

from langchain_ashby.demo.scripted import Script


class Provider:
    """Serves `/v1/chat/completions`, streamed on request.

    Args:
        script: The model's messages.
        pause: Seconds between two words.
    """

    def __init__(self, script: Script, *, pause: float = 0.0) -> None:
        self.script = script
        self.pause = pause
        self.requests: list[dict[str, Any]] = []
        self.refusal: tuple[int, str] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    def environment(self) -> dict[str, str]:
        """The variables that point langchain-openai here."""
        return {"OPENAI_BASE_URL": f"http://127.0.0.1:{self._server.server_port}/v1", "OPENAI_API_KEY": "sk-none"}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Keeps standard error clean: the tests read it."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            provider.requests.append(body)
            if provider.refusal:
                status, words = provider.refusal
                self._answer(status, "application/json", json.dumps({"error": {"message": words}}).encode())
                return
            said = provider.script(convert_to_messages(body["messages"]))
            if body.get("stream"):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                try:
                    for chunk in _chunks(said):
                        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                        self.wfile.flush()
                        time.sleep(provider.pause)
                    self.wfile.write(b"data: [DONE]\n\n")
                except ConnectionError:
                    return  # the client has left
            else:
                message = {"role": "assistant", "content": said.text, "tool_calls": _calls(said) or None}
                reason = "tool_calls" if said.tool_calls else "stop"
                whole = {"choices": [{"index": 0, "message": message, "finish_reason": reason}], **_ABOUT}
                self._answer(200, "application/json", json.dumps(whole).encode())

        def _answer(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler


_ABOUT = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": "scripted"}


def _calls(said: AIMessage) -> list[dict[str, Any]]:
    return [
        {"id": it["id"], "type": "function", "function": {"name": it["name"], "arguments": json.dumps(it["args"])}}
        for it in said.tool_calls
    ]


def _chunks(said: AIMessage) -> Iterator[dict[str, Any]]:
    words = said.text.split(" ")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": word if number == 0 else f" {word}"} for number, word in enumerate(words) if said.text]
    for index, made in enumerate(_calls(said)):
        arguments = made["function"]["arguments"]
        half = len(arguments) // 2
        begun = {**made, "index": index, "function": {"name": made["function"]["name"], "arguments": arguments[:half]}}
        deltas += [
            {"tool_calls": [begun]},
            {"tool_calls": [{"index": index, "function": {"arguments": arguments[half:]}}]},
        ]
    about = {**_ABOUT, "object": "chat.completion.chunk"}
    for delta in deltas:
        yield {**about, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    reason = "tool_calls" if said.tool_calls else "stop"
    yield {**about, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
