"""Proxies and TLS on this machine: what stands between a client and Ashby in many companies."""

from __future__ import annotations

import select
import socket
import ssl
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal, Self

import trustme

Scheme = Literal["http", "https", "socks5h"]
EVER = 1_000_000
_HANDSHAKE = b"\x16"
"""The first byte of TLS."""


AUTHORITY = trustme.CA()
"""The authority that has signed every certificate here. Made once: threads that ask at the same time get the same."""


@cache
def authorities(*, right: bool = True) -> str:
    """A file with the certificate of that authority, or of another one."""
    file = Path(tempfile.mkdtemp()) / "authorities.pem"
    (AUTHORITY if right else trustme.CA()).cert_pem.write_to_path(file)
    return str(file)


@cache
def _certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


class Listener:
    """Listens on this machine, and talks to each connection in a thread.

    Attributes:
        turned_away: How many connections came to nothing here.
    """

    scheme = "http"

    def __init__(self) -> None:
        self.turned_away = 0
        self._talks: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    def talk(self, connection: socket.socket) -> None:
        """Talks to a connection until it ends."""
        raise NotImplementedError

    def wait(self) -> None:
        """Waits until all talks have ended: the other side may know it sooner."""
        for talk in self._talks:
            talk.join(timeout=30)

    def stop_listening(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop_listening()

    def _listen(self) -> None:
        with suppress(OSError):  # raised when the listener is closed
            while True:
                connection, _ = self._listener.accept()
                talk = threading.Thread(target=self._talk, args=[connection], daemon=True)
                self._talks.append(talk)
                talk.start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.talk(connection)


class TLS(Listener):
    """Puts TLS before the sandbox. Plain HTTP passes as well: that is how the sandbox names its file storage."""

    scheme = "https"

    def __init__(self, port: int) -> None:
        super().__init__()
        self._to = port

    def talk(self, connection: socket.socket) -> None:
        if connection.recv(1, socket.MSG_PEEK) != _HANDSHAKE:
            _pass_on(connection, socket.create_connection(("127.0.0.1", self._to)))
            return
        try:
            secure = _certificate().wrap_socket(connection, server_side=True)
        except OSError:
            self.turned_away += 1
            raise
        with secure:
            _pass_on(secure, socket.create_connection(("127.0.0.1", self._to)))


class Proxy(Listener):
    """A proxy for HTTP or SOCKS: lets some connections through, and none after them.

    Args:
        scheme: That of its address.
        tunnels: How many connections it lets through.
        then: What it answers after them: an HTTP status, or for SOCKS the number of a refusal. None if nobody listens.
        leaves_out: How many of the first connections it turns away, before those that it lets through.
    """

    def __init__(self, scheme: Scheme, *, tunnels: int = EVER, then: int | None = None, leaves_out: int = 0) -> None:
        super().__init__()
        self.scheme = scheme
        self.asked_for: list[str] = []
        self._left = tunnels
        self._then = then
        self._leaves_out = leaves_out

    def __enter__(self) -> Self:
        if not self._left and self._then is None:
            self.stop_listening()
            return self
        return super().__enter__()

    def talk(self, connection: socket.socket) -> None:
        if self.scheme == "https":
            connection = _certificate().wrap_socket(connection, server_side=True)
        read, answer = (_socks, _socks_answer) if self.scheme == "socks5h" else (_connect, _http_answer)
        with connection:
            host, port = read(connection)
            self.asked_for.append(f"{host}:{port}")
            if self._leaves_out or not self._left:
                self._leaves_out -= bool(self._leaves_out)
                self.turned_away += 1
                connection.sendall(answer(self._then or 0))
                return
            self._left -= 1
            if not self._left and self._then is None:
                self.stop_listening()
            onward = socket.create_connection((host, port))
            connection.sendall(answer(None))
            _pass_on(connection, onward)


def _connect(connection: socket.socket) -> tuple[str, int]:
    """Reads the request for a tunnel over HTTP."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += _some(connection, 4096)
    host, _, port = head.split()[1].decode().rpartition(":")
    return host, int(port)


def _http_answer(status: int | None) -> bytes:
    return b"HTTP/1.1 %d Said\r\nContent-Length: 0\r\n\r\n" % (status or 200)


def _socks(connection: socket.socket) -> tuple[str, int]:
    """Reads the request for a tunnel over SOCKS 5, in which the proxy looks up the name."""
    _, methods = _some(connection, 2)
    _some(connection, methods)
    connection.sendall(b"\x05\x00")
    _some(connection, 4)
    [length] = _some(connection, 1)
    return _some(connection, length).decode(), int.from_bytes(_some(connection, 2))


def _socks_answer(refusal: int | None) -> bytes:
    return b"\x05%c\x00\x01\x00\x00\x00\x00\x00\x00" % (refusal or 0)


def _some(connection: socket.socket, size: int) -> bytes:
    if piece := connection.recv(size):
        return piece
    raise ConnectionResetError


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    """Passes on what comes from either side until one ends. A TLS socket is for one thread at a time."""
    to: dict[socket.socket, socket.socket] = {one: other, other: one}
    with other:
        while True:
            waiting = [it for it in to if isinstance(it, ssl.SSLSocket) and it.pending()]
            for source in waiting or select.select([*to], [], [])[0]:
                piece = source.recv(1 << 16)
                if not piece:
                    return
                to[source].sendall(piece)
