"""A connection to the sandbox that fails after some requests."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import NamedTuple, Self

import requests
from proxies import EVER, TLS, Proxy, authorities

from faults.troubles import Route

_RESET = struct.pack("ii", 1, 0)


class Straight(NamedTuple):
    """A direct connection."""

    url: str
    hung_up_on: int = 0
    session: requests.Session | None = None


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
        self.session: requests.Session | None = None

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


class Detour:
    """Leads through TLS and perhaps a proxy; the first connections in any case, later ones as the route says.

    Args:
        port: The sandbox's port.
        connections: The number of those that get through.
        route: The route.
    """

    def __init__(self, port: int, connections: int, route: Route) -> None:
        self._front = TLS(port)
        self._proxy = (
            Proxy(route.proxy, tunnels=connections if route.fails else EVER, then=route.answer) if route.proxy else None
        )
        self.url = self._front.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = authorities(right=route.authorities == "right")
        if route.authorities == "missing":
            self.session.verify = "/nothing/authorities.pem"
        if self._proxy:
            self.session.proxies = {"https": f"http://{route.host}:3128" if route.host else self._proxy.url}

    def __enter__(self) -> Self:
        self._front.__enter__()
        if self._proxy:
            self._proxy.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.session.close()
        if self._proxy:
            self._proxy.__exit__()
        self._front.__exit__()

    @property
    def hung_up_on(self) -> int:
        return self._front.turned_away + (self._proxy.turned_away if self._proxy else 0)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Forwards all bytes until the end of the stream."""
    with source, suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
