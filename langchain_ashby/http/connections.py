"""Connections whose replies are bounded in time, that repeat nothing, print nothing and lead where they may."""

from __future__ import annotations

import io
import socket
import threading
from functools import cache
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util import Retry

from langchain_ashby.http import deadline, network

_BUFFER = 64 * 1024

_guard = threading.Lock()


def bound(manager: PoolManager) -> None:
    """Bounds all connections that a manager of pools opens from now on, and closes the idle ones that are not bounded.

    Outside the calls of a client, these connections are as they were, except that they print nothing.
    """
    with _guard:
        bounded = {scheme: _bounded(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}
        if bounded != manager.pool_classes_by_scheme:
            manager.pool_classes_by_scheme = bounded
            manager.clear()


@cache
def _bounded(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    """Derives from a class of pools, such as that for SOCKS proxies, one whose connections are bounded."""
    if issubclass(pool, _Pool):
        return pool
    connection = type(pool.ConnectionCls.__name__, (_Connection, pool.ConnectionCls), {})
    return type(pool.__name__, (_Pool, pool), {"ConnectionCls": connection})


class _Pieces(io.RawIOBase):
    """Reads from a connection, waiting each time for what is left of the deadline and at most for `timeout`.

    A socket's own timeout starts anew with every byte, so a reply that drips in would never end.
    """

    def __init__(self, connection: socket.socket, file: io.BufferedIOBase, call: deadline.Deadline) -> None:
        self._connection = connection
        self._file = file
        self._call = call
        self._timeout = connection.gettimeout() or call.seconds
        call.reading(connection)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(min(self._timeout, self._call.remaining()))
        return self._connection.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:  # urllib3 gives the connection back only after this
            self._call.done_reading()
        # The file counts the users of the socket.
        self._file.close()
        super().close()


class _Response(HTTPResponse):
    """A reply whose headers and body have to arrive by the deadline of the call."""

    def __init__(self, sock: socket.socket, *arguments: Any, **more: Any) -> None:
        super().__init__(sock, *arguments, **more)
        call = deadline.current()
        if call is not None:
            self.fp = io.BufferedReader(_Pieces(sock, self.fp, call), _BUFFER)


class NeverConnectedError(NewConnectionError):
    """A connection that was never ready, so that nothing of the request was sent.

    Attributes:
        cause: What kept it from being made: on the way to a proxy, in its tunnel or in the TLS handshake.
        proxied: True if it was to lead through a proxy.
    """

    def __init__(self, of: HTTPConnection, cause: Exception) -> None:
        super().__init__(of, type(cause).__name__)
        self.cause = cause
        self.proxied = network.is_proxied(of)


class _Connection:
    response_class = _Response
    debuglevel = 0  # at any other level http.client prints the headers, and so the key

    def connect(self) -> None:
        """Connects. Within a call, all failures are one kind of error: urllib3's do not say if anything was sent."""
        try:
            super().connect()  # type: ignore[misc]  # mixed into one of urllib3's
        except Exception as error:
            if deadline.current() is None:
                raise
            raise NeverConnectedError(self, error) from error  # type: ignore[arg-type]

    def _new_conn(self) -> socket.socket:
        return network.checked(super()._new_conn(), self)  # type: ignore[misc, arg-type]  # mixed into one of urllib3's


class _Pool(HTTPConnectionPool):
    def urlopen(self, *arguments: Any, **more: Any) -> Any:
        """Sends a request once within a call: the client repeats it where that is safe, and keeps to its budget.

        urllib3 would repeat even a POST that may have arrived, if TLS fails in the middle of the reply.
        """
        if deadline.current() is not None:
            more["retries"] = Retry(0, read=False)
        return super().urlopen(*arguments, **more)

    def _put_conn(self, conn: Any) -> None:
        if conn is not None and self.pool is not None and self.pool.maxsize == 0:  # for a queue, 0 is no limit
            conn.close()
        else:
            super()._put_conn(conn)
