"""Connections to Ashby and its file storage, with replies that are bounded in time and size."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from requests.exceptions import InvalidSchema, InvalidURL
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationValueError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.errors import (
    AshbyError,
    ConfigurationError,
    ReplyTooLargeError,
    RequestTimeoutError,
    UnreachableError,
)
from langchain_ashby.http import deadline

CONNECTIONS = 32
"""The number of connections that a client keeps open for reuse, by default."""

_BUFFER = 64 * 1024
_PIECE = 256 * 1024


def session(url: str, kept_open: int = 1) -> requests.Session:
    """Opens a session for `url`.

    Args:
        url: The address, or its beginning.
        kept_open: The number of connections that are kept open for reuse. Further ones are closed after use.
    """
    made = requests.Session()
    made.trust_env = urlsplit(url).scheme != "http"  # plain http is for this machine, which needs no proxy
    adapter = _Adapter(pool_connections=4, pool_maxsize=kept_open)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    # Ashby sets no cookies that matter, and a shared cookie jar is the one part of a session that threads fight over.
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return made


def adopt(given: requests.Session, url: str) -> requests.Session:
    """Prepares a session of the caller's own for `url`; its replies then end by the deadline of the call as well.

    Raises:
        ConfigurationError: if its adapter would repeat a POST: then a write could be made twice.
    """
    adapter = given.get_adapter(url)
    if isinstance(adapter, HTTPAdapter):
        methods = adapter.max_retries.allowed_methods
        if adapter.max_retries.total != 0 and (not methods or "POST" in methods):
            raise ConfigurationError(
                "The session's adapter repeats POST requests, so a write could be made twice",
                remedy="Leave POST out of its allowed_methods; AshbyClient retries by itself where that is safe.",
            )
    _use_own_pools(given, url)
    return given


def _use_own_pools(of: requests.Session, url: str) -> None:
    """Lets a session open connections of our own classes for `url`."""
    adapter = of.get_adapter(url)
    # SOCKS and other managers bring pool classes of their own, which stay.
    if (
        isinstance(adapter, HTTPAdapter)
        and adapter.poolmanager.pool_classes_by_scheme == PoolManager().pool_classes_by_scheme
    ):
        adapter.poolmanager.pool_classes_by_scheme = _POOLS
        adapter.poolmanager.clear()  # what it has opened so far is of the other classes


def hooks(of: requests.Session, on_answer: Callable[[], None]) -> dict[str, list[Callable[..., Any]]]:
    """The hooks of a session after one of ours, which tells that a reply has begun: theirs may fail as requests do."""
    theirs = of.hooks.get("response") or []
    return {"response": [lambda *_, **__: on_answer(), *([theirs] if callable(theirs) else theirs)]}


def drop_idle_connections(of: requests.Session, url: str) -> None:
    """Closes the connections that a session keeps open for `url`, so that the next request opens a new one."""
    of.get_adapter(url).close()


def body(response: requests.Response, limit: int, request: Endpoint[Any]) -> bytes:
    """Reads the body of a reply that was requested with `stream=True`, and decompresses it.

    Args:
        response: The reply.
        limit: The most bytes that it may have.
        request: The request.

    Raises:
        ReplyTooLargeError: if it has more bytes than `limit`. The rest is not read.
        requests.RequestException: if the connection breaks or the time is up.
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
            )
        pieces.append(piece)
    return b"".join(pieces)


NO_REPLY = (requests.RequestException, LocationValueError)
"""What a session raises for a request without a reply."""


def no_reply(
    error: requests.RequestException | LocationValueError, request: Endpoint[Any] | None, *, answered: bool = False
) -> AshbyError:
    """Makes the error for a request without a reply. Never uses requests' text, which may quote the key.

    Args:
        error: What the session raised.
        request: The request; None for a file on its way to the storage.
        answered: True if a reply had begun, so that the error is one of reading it or of a hook of the session's.
    """
    if isinstance(error, (InvalidURL, InvalidSchema, LocationValueError)) and not answered:
        # The request's own address was checked before. The proxy's is not quoted: it may hold a password.
        return ConfigurationError(
            "The address of the proxy cannot be used, so nothing was sent",
            remedy="Correct HTTPS_PROXY, ALL_PROXY or the session's proxies, such as http://proxy.example:3128; for "
            "SOCKS, install requests[socks].",
        )
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    if isinstance(reason, ProxyError):  # the proxy was not reached, and so nobody else
        reason = reason.original_error
    if answered and not isinstance(reason, ReadTimeoutError):
        reason = None
    untrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    never_sent = untrusted or isinstance(reason, (ConnectTimeoutError, NewConnectionError))
    unknown = request is not None and request.access is Access.WRITE and not never_sent
    if isinstance(error, requests.Timeout) or isinstance(reason, ReadTimeoutError):
        return RequestTimeoutError("No answer in time", outcome_unknown=unknown)
    if untrusted:
        return UnreachableError("The connection is not secure: the certificate was not accepted", retryable=False)
    if isinstance(reason, _NotPublic):
        return UnreachableError("The address leads into this network, so nothing was sent there", retryable=False)
    if never_sent:
        return UnreachableError("No connection could be made", outcome_unknown=unknown)
    if isinstance(reason, SSLError):
        return UnreachableError("The secure connection failed", outcome_unknown=unknown)
    return UnreachableError("The connection broke before the reply was complete", outcome_unknown=unknown)


def is_loopback(url: str) -> bool:
    """Tells if an address is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class KeyAuth(AuthBase):
    """Basic authentication with the key as user name. The key leaves its wrapper only for the request's header."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def __getstate__(self) -> None:
        raise TypeError("an object that holds a key cannot be copied or pickled")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Adds the header."""
        HTTPBasicAuth(self._key.get_secret_value(), "")(request)
        return request


class NoAuth(AuthBase):
    """No authentication: it keeps requests from looking for credentials in the session or in a netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leaves the request as it is."""
        return request


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


class _HTTPConnection(HTTPConnection):
    response_class = _Response
    debuglevel = 0  # at any other level http.client prints the headers, and so the key

    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self)


class _HTTPSConnection(HTTPSConnection):
    response_class = _Response
    debuglevel = 0

    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self)


class _NotPublic(NewConnectionError):
    """A name that Ashby gave stands for an address inside this network."""


_public_only: ContextVar[bool] = ContextVar("langchain_ashby_public_only", default=False)


@contextmanager
def public_only(session: requests.Session, url: str) -> Iterator[None]:
    """Refuses connections to this machine and to private networks within the block, whatever name stands for them.

    What a proxy connects to is for the proxy to refuse; a session's adapter of another kind is not checked.
    """
    _use_own_pools(session, url)
    token = _public_only.set(True)
    try:
        yield
    finally:
        _public_only.reset(token)


def _checked(connection: socket.socket, of: HTTPConnection) -> socket.socket:
    """Closes a new connection, before anything is sent, if it leads where it may not."""
    if _public_only.get() and of.proxy is None and not _is_public(connection.getpeername()[0]):
        connection.close()
        raise _NotPublic(of, "the address is not public")
    return connection


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # Addresses that carry another one, which is where they lead.
        carried = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if ip in _NAT64:
            carried = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if carried:
            return _is_public(str(carried))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class _Adapter(HTTPAdapter):
    """Opens connections of our own classes and repeats nothing by itself."""

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *arguments: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager
