"""Connections to Ashby and to its file storage, and what comes over them: bounded in time and in size."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError, ReadTimeoutError, SSLError

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.errors import AshbyError, ReplyTooLargeError, RequestTimeoutError, UnreachableError
from langchain_ashby.http import deadline as budget

CONNECTIONS = 32
"""How many connections a client keeps open for reuse, unless it is told otherwise."""

_BUFFER = 64 * 1024
_PIECE = 256 * 1024


def session(url: str, key: SecretStr | None, kept_open: int = 1) -> requests.Session:
    """A session for `url`.

    Args:
        url: The address, or its beginning.
        key: The key to send; None sends none.
        kept_open: How many connections are kept open for reuse. More are opened, and closed again after use.
    """
    made = requests.Session()
    made.auth = _NoAuth() if key is None else _KeyAuth(key)
    made.trust_env = urlsplit(url).scheme != "http"  # plain http is for this machine, which needs no proxy
    adapter = _Adapter(pool_connections=4, pool_maxsize=kept_open)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    # Ashby sets no cookies that matter, and a shared cookie jar is the one part of a session that threads fight over.
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return made


def body(response: requests.Response, limit: int, request: Endpoint[Any]) -> bytes:
    """The body of a reply that was asked for with `stream=True`, decompressed.

    Args:
        response: The reply.
        limit: The most bytes that it may have.
        request: What was asked.

    Raises:
        ReplyTooLargeError: if it has more bytes than `limit`. The rest is not read.
        requests.RequestException: if the connection breaks or the time is over.
    """
    pieces, size = [], 0
    for piece in response.iter_content(_PIECE):
        size += len(piece)
        if size > limit:
            raise ReplyTooLargeError(
                f"The reply is larger than {limit:,} bytes",
                status=response.status_code,
                remedy="Ask for less at a time, or give AshbyClient a larger reply_limit.",
                outcome_unknown=request.access is Access.WRITE,
                endpoint=request.path,
                permission=request.permission,
            )
        pieces.append(piece)
    return b"".join(pieces)


def no_reply(error: requests.RequestException, request: Endpoint[Any] | None) -> AshbyError:
    """The error for a request without a reply. Its text is our own: theirs can quote the whole request."""
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    untrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    never_sent = untrusted or isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
    facts: dict[str, Any] = {}
    if request is not None:
        unknown = request.access is Access.WRITE and not never_sent
        facts = {"endpoint": request.path, "permission": request.permission, "outcome_unknown": unknown}
    if isinstance(error, requests.Timeout) or isinstance(reason, ReadTimeoutError):
        return RequestTimeoutError("No answer in time", **facts)
    if untrusted:
        return UnreachableError(
            "The connection is not secure: the certificate was not accepted", retryable=False, **facts
        )
    if never_sent:
        return UnreachableError("No connection could be made", **facts)
    if isinstance(reason, SSLError):
        return UnreachableError("The secure connection failed", **facts)
    return UnreachableError("The connection broke before the reply was complete", **facts)


def is_loopback(url: str) -> bool:
    """Whether an address is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _KeyAuth(AuthBase):
    """Basic authentication with the key as user name. The key leaves its wrapper for the header alone."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def __getstate__(self) -> None:
        raise TypeError("what holds a key is not copied or pickled")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        HTTPBasicAuth(self._key.get_secret_value(), "")(request)
        return request


class _NoAuth(AuthBase):
    """No authentication. Without it requests would look for some in a netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Pieces(io.RawIOBase):
    """What a connection receives. Each wait is for the time that the call has left, at most for `timeout`.

    A socket's own timeout starts anew with every byte, so that a reply in drips would never end.
    """

    def __init__(self, connection: socket.socket, file: io.BufferedIOBase, call: budget.Budget) -> None:
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
        # The file keeps count of who uses the socket.
        self._file.close()
        super().close()


class _Response(HTTPResponse):
    """A reply whose headers and body take their time from the budget of the call."""

    def __init__(self, sock: socket.socket, *arguments: Any, **more: Any) -> None:
        super().__init__(sock, *arguments, **more)
        call = budget.current()
        if call is not None:
            self.fp = io.BufferedReader(_Pieces(sock, self.fp, call), _BUFFER)


class _HTTPConnection(HTTPConnection):
    response_class = _Response
    debuglevel = 0  # whatever http.client is told: at another level it prints the headers, and so the key


class _HTTPSConnection(HTTPSConnection):
    response_class = _Response
    debuglevel = 0


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class _Adapter(HTTPAdapter):
    """Makes connections of our kinds; repeats nothing by itself."""

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def proxy_manager_for(self, *arguments: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **more)
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return manager
