"""The sandbox over HTTP: a threaded server on the loopback interface whose connections stay open."""

import logging
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedIOBase
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request as HttpRequest

from langchain_ashby.sandbox import storage
from langchain_ashby.sandbox.control import Control
from langchain_ashby.sandbox.engine import Engine
from langchain_ashby.sandbox.messages import Refusal, Request, Response

_log = logging.getLogger(__name__)
_LARGEST_BODY = 10 * 1024 * 1024
# The value of SO_LINGER that makes closing a connection reset it.
_RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class _Site:
    """Sends a request to Ashby's methods, to the storage, or to the control surface."""

    def __init__(self, engine: Engine, control: Control) -> None:
        self._engine = engine
        self._control = control
        self._storage = storage.Storage(engine.store, engine.clock, engine.tokens)

    def respond(self, environ: dict[str, Any]) -> Response:
        """Answers a request."""
        http = HttpRequest(environ)
        http.max_content_length = 2 * storage.LARGEST_FILE
        try:
            content = http.get_data(cache=False)
        except RequestEntityTooLarge:
            # The rest of the body is still on its way, so the connection cannot be used again.
            environ["sandbox.close"] = True
            return _refused(413, "request_too_large", "The body is too large.")
        except (OSError, ClientDisconnected):
            # Malformed chunks, or fewer bytes than the length promised.
            environ["sandbox.close"] = True
            return _refused(400, "bad_request", "The body is cut off, or not sent as its head says.")
        if len(content) > _LARGEST_BODY and http.path != storage.PATH:
            return _refused(413, "request_too_large", "The body is too large.")
        if http.host.rpartition(":")[0] not in _LOOPBACK and http.host not in _LOOPBACK:
            return _refused(403, "forbidden", "The sandbox only answers to a loopback host.")
        if _is_from_a_page(http):
            return _refused(403, "forbidden", "The sandbox does not answer to web pages.")
        if http.path.startswith("/_sandbox/"):
            return self._control.respond(http.method, http.path, http.args, content)
        if http.path.startswith(storage.PATH):
            return self._engine.answer_storage(lambda: self._answer_storage(http, content))
        credentials = http.authorization
        is_basic = credentials is not None and credentials.type == "basic"
        key = credentials.username if credentials is not None and is_basic else None
        url = http.host_url.rstrip("/")
        return self._engine.answer(Request(http.method, http.path[1:], content, key or None, dict(http.headers), url))

    def _answer_storage(self, http: HttpRequest, content: bytes) -> Response:
        if http.method == "POST" and http.path == storage.PATH:
            return self._storage.upload(content, http.content_type or "", http.headers.get("Authorization"))
        if http.method == "GET":
            file_id = http.path.removeprefix(f"{storage.PATH}/")
            return self._storage.download(file_id, http.args.get("expires", ""), http.args.get("signature", ""))
        return _refused(405, "method_not_allowed", "Upload with POST, download with GET.")


def _is_from_a_page(http: HttpRequest) -> bool:
    """True if a page in a browser asks, not a program or a person who typed the address (`none`).

    Browsers send an Origin with forms, scripts' requests, preflights and WebSockets, but none with a page's images,
    scripts and frames; there they say where the request comes from. The control surface takes no key and rests on this.
    """
    return "Origin" in http.headers or http.headers.get("Sec-Fetch-Site", "none") != "none"


def _refused(status: int, code: str, message: str) -> Response:
    return Control.json(Refusal(code, message).envelope(""), status)


class Server(ThreadedWSGIServer):
    """Werkzeug's threaded server on a socket of our own, which can hang up on everyone."""

    def __init__(self, port: int, engine: Engine, control: Control, keep_alive: float | None) -> None:
        self.keep_alive = keep_alive
        self.site = _Site(engine, control)
        self._open: set[socket.socket] = set()
        # Werkzeug ends the program when a port is taken; a socket bound here raises an error instead.
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
            super().__init__("127.0.0.1", port, _no_application, handler=_Handler, fd=listener.fileno())

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Forgets a connection and closes it."""
        self._open.discard(request)
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_RESET)) == _RESET:
            # An orderly shutdown first would hide the reset from the client.
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Logs an error on a connection, where the base class prints it."""
        _log.exception("The sandbox lost a connection")

    def stop(self) -> None:
        """Stops listening, and ends the connections that clients keep alive."""
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            # A client may have gone already.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _no_application(environ: Any, start_response: Any) -> Any:
    raise NotImplementedError("the sandbox's handler answers by itself")


class _Dripping(BufferedIOBase):
    """Writes a byte at a time."""

    def __init__(self, stream: BufferedIOBase, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds

    def write(self, content: Any) -> int:
        for at in range(len(content)):
            time.sleep(self._seconds)
            self._stream.write(content[at : at + 1])
        return len(content)


class _Handler(WSGIRequestHandler):
    """Answers on a connection that stays open.

    Werkzeug's own handler closes every connection, because it cannot know whether the application has read the body.
    Ours always has, so `run_wsgi` is replaced; Werkzeug parses the request.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server
    _patience: float | None = None

    def handle_one_request(self) -> None:
        """Waits for a request and answers it; `keep_alive` limits the wait for all but the first."""
        self.connection.settimeout(self._patience)
        super().handle_one_request()

    def run_wsgi(self) -> None:
        """Answers one request."""
        self.connection.settimeout(None)
        self._patience = self.server.keep_alive
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            environ = self.make_environ()
        except ValueError:
            self.send_error(400, "The address is malformed")
            self.close_connection = True
            return
        response = self._response(environ)
        if response.drop:
            self._reset_connection(environ["werkzeug.socket"])
            return
        has_content = response.status not in (204, 304)
        delivery = response.delivery
        headers = Headers()
        if has_content:
            headers["Content-Type"] = response.content_type
            headers["Content-Length"] = str(delivery.length(response.content))
        if environ.get("sandbox.close"):
            headers["Connection"] = "close"
        # A fault may lie in any of them.
        headers.update(response.headers)
        self.send_response(response.status)
        for name, value in headers:
            self.send_header(name, value)
        with self._dripping(delivery.drip_head):
            self.end_headers()
        if has_content and self.command != "HEAD":
            with self._dripping(delivery.drip_body):
                for piece in delivery.pieces(response.content):
                    self.wfile.write(piece)
        if delivery.reset:
            self._reset_connection(environ["werkzeug.socket"])
        elif not delivery.is_whole:
            self.close_connection = True

    @contextmanager
    def _dripping(self, seconds: float | None) -> Iterator[None]:
        """Sends everything written inside the block byte by byte."""
        whole = self.wfile
        if seconds:
            self.wfile = _Dripping(whole, seconds)
        try:
            yield
        finally:
            self.wfile = whole

    def _response(self, environ: dict[str, Any]) -> Response:
        try:
            return self.server.site.respond(environ)
        except Exception:
            _log.exception("The sandbox failed at %s", self.path)
            environ["sandbox.close"] = True
            return _refused(500, "internal_server_error", "The sandbox failed; its log says why.")

    def _reset_connection(self, connection: socket.socket) -> None:
        """Ends the connection so that the client sees a reset, not an orderly end."""
        self.close_connection = True
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Does nothing: the address may be malformed, and `requests()` is the log."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Does nothing: `requests()` is the log."""
