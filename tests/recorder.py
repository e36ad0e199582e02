"""A local HTTP server that records requests and sends a test's answers."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

KEY = "a-key-that-nobody-may-see-7f3a"


@dataclass(frozen=True)
class Sent:
    """A request as received; `connection` is its source port, which identifies the connection."""

    path: str
    headers: Message
    content: bytes
    connection: int

    @property
    def endpoint(self) -> str:
        return self.path.removeprefix("/")

    @property
    def body(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Answer:
    """A reply. With `cut`, the connection closes after that many bytes of the body."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


def success(results: Any, **more: Any) -> Answer:
    return Answer(json.dumps({"success": True, "results": results, **more}).encode())


def failure(code: str, message: str | None = None, **more: Any) -> Answer:
    info = {"code": code, "requestId": "01JSJ8FDK5ZN4XQBZP7DBKK7ZC"} | ({"message": message} if message else {})
    return Answer(json.dumps({"success": False, "errors": [code], "errorInfo": info, **more}).encode())


class Recorder:
    """Listens on 127.0.0.1. Sends `answers[endpoint]` in turn, repeating the last one.

    An endpoint without answers succeeds, with an empty list for a listing and an empty object otherwise.
    """

    def __init__(self) -> None:
        self.requests: list[Sent] = []
        self.answers: defaultdict[str, list[Answer | Callable[[Sent], Answer]]] = defaultdict(list)
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"recorder": self}))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Sent:
        return self.requests[-1]

    def endpoints(self) -> list[str]:
        return [request.endpoint for request in self.requests]

    def answer(self, sent: Sent) -> Answer:
        prepared = self.answers[sent.endpoint]
        if prepared:
            chosen = prepared.pop(0) if len(prepared) > 1 else prepared[0]
            return chosen if isinstance(chosen, Answer) else chosen(sent)
        return success([] if sent.path.partition(".")[2].startswith(("list", "search")) else {})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # with the default of five, a busy machine drops some simultaneous connections

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Prints an error, but not that a client left, as many do here.

        Python 3.11 parses source to print a traceback, and a test that parses some meanwhile would fail.
        """
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    recorder: Recorder
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = Sent(self.path, self.headers, content, self.client_address[1])
        self.recorder.requests.append(sent)
        answer = self.recorder.answer(sent)
        usual = {"Date": self.date_time_string(), "Content-Type": "application/json"}
        head = {**usual, "Content-Length": str(len(answer.content)), **answer.headers}
        self.send_response_only(answer.status)
        for name, value in head.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True

    do_GET = do_POST

    def log_message(self, format: str, *arguments: Any) -> None:
        """Logs nothing."""


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A raw TCP server: passes each accepted connection to `talk`, then closes it. Yields the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):
                        talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(2)


def unused_port() -> int:
    """An unused port of this machine."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
