"""A connection to the sandbox that fails after some requests."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import NamedTuple, Self

_RESET = struct.pack("ii", 1, 0)


class Straight(NamedTuple):
    """A direct connection."""

    url: str
    hung_up_on: int = 0


class Relay:
    """Forwards the first connections; refuses or resets all later ones.

    Args:
        port: The sandbox's port.
        connections: The number to forward.
        hangs_up: Accepts later connections and resets them at their first byte, instead of refusing them.
    """

    def __init__(self, port: int, connections: int, *, hangs_up: bool) -> None:
        self._port = port
        self._connections = connections
        self._hangs_up = hangs_up
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.hung_up_on = 0

    def __enter__(self) -> Self:
        if self._connections or self._hangs_up:
            threading.Thread(target=self._listen, daemon=True).start()
        else:
            self._listener.close()
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # raised when the listener is closed
            for left in reversed(range(self._connections)):
                connection, _ = self._listener.accept()
                if not left and not self._hangs_up:
                    self._listener.close()
                onward = socket.create_connection(("127.0.0.1", self._port))
                for way in ((connection, onward), (onward, connection)):
                    threading.Thread(target=_pass_on, args=way, daemon=True).start()
            while self._hangs_up:
                connection, _ = self._listener.accept()
                self.hung_up_on += 1
                connection.recv(1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                connection.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Forwards all bytes until the end of the stream."""
    with source, suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
