"""A bare HTTP server for measurements, which costs as little as can be: no framework, a thread for each connection."""

from __future__ import annotations

import re
import socket
import threading
from abc import ABC, abstractmethod

CURSOR = re.compile(rb'"cursor": ?"(\d+)"')
"""The number of the page that a request asks for."""

_HEAD = re.compile(rb"POST /(\S+) HTTP")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Serving(ABC):
    """Answers requests on kept connections."""

    @abstractmethod
    def answer(self, method: str, body: bytes) -> bytes:
        """Returns the whole reply to a request, such as one of `candidate.list`."""

    def accept(self, listener: socket.socket) -> None:
        """Takes connections, for ever."""
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        received = b""
        with connection:
            while True:
                while (begin := received.find(b"\r\n\r\n") + 4) < 4:
                    if not (piece := connection.recv(1 << 16)):
                        return
                    received += piece
                stated = _LENGTH.search(received, 0, begin)
                end = begin + (int(stated[1]) if stated else 0)
                while len(received) < end:
                    received += connection.recv(1 << 16)
                head = _HEAD.match(received)
                assert head
                connection.sendall(self.answer(head[1].decode(), received[begin:end]))
                received = received[end:]


LAST = b'"moreDataAvailable":false'
"""Says that there are no further pages."""


def further(page: int) -> bytes:
    """Says that there is a further page, and its number."""
    return b'"moreDataAvailable":true,"nextCursor":"%d"' % page


def listen(serving: Serving) -> int:
    """Serves in the background, and returns the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    threading.Thread(target=serving.accept, args=(listener,), daemon=True).start()
    return int(listener.getsockname()[1])


def reply(results: bytes, more: bytes = LAST) -> bytes:
    """Returns Ashby's envelope with these results, and these further keys."""
    body = b'{"success":true,"results":%b,%b}' % (results, more)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body
