"""One attempt to send a request: its log line, and the error for a request without a reply."""

from __future__ import annotations

import logging
import re
import ssl
import time
import traceback
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import requests
from requests.hooks import dispatch_hook
from urllib3.exceptions import (
    ClosedPoolError,
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.exceptions import ProxyError as NoProxyError

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.errors import AshbyError, ConfigurationError, ProxyError, RequestTimeoutError, UnreachableError
from langchain_ashby.http.connections import NeverConnectedError
from langchain_ashby.http.deadline import DeadlineExceeded
from langchain_ashby.http.network import NotPublicError

T = TypeVar("T")

_log = logging.getLogger("langchain_ashby.http")


class RequestLog:
    """The log line of one request. Its body, address and headers stay out: they hold personal data and the key."""

    def __init__(self, method: str, attempt: int) -> None:
        self._method = method
        self._attempt = attempt
        self._began = time.monotonic()

    def write(self, status: int | str, request_id: str | None = None) -> None:
        """Logs how the request ended: the HTTP status, or the kind of error if there was no reply."""
        milliseconds = 1000 * (time.monotonic() - self._began)
        _log.info(
            "%s %s in %d ms, attempt %d, request %s",
            self._method, status, milliseconds, self._attempt, request_id or "-",
        )  # fmt: skip


def logged(
    send: Callable[[], T],
    request: Endpoint[Any] | None,
    log: RequestLog,
    fault: Callable[[], ConfigurationError | None],
) -> T:
    """Sends a request. If that fails, it writes the log line and raises an error whose frames do not hold the key.

    Args:
        send: Sends the request and reads the reply.
        request: The request; None if it is not for Ashby.
        log: Its log line.
        fault: Says what is wrong with the settings of the session. Only a read asks: a write finds out before it is
            sent, and afterwards the answer would not tell whether it was.

    Raises:
        AshbyError: if there is no reply.
    """
    writes = request is not None and request.access is Access.WRITE
    try:
        return send()
    except BaseException as error:
        hook = _of_a_hook(error)
        failure = None if hook else _failure(error, unknown=writes)
        if failure is None:  # Ctrl-C, or a hook's own error
            log.write(type(error).__name__)
            if request is not None and writes:
                error.add_note(f"{request.path} may or may not have taken effect: look before you try it again.")
            if hook is None:  # what it came of has such frames as well
                error.__cause__ = error.__context__ = None
            raise error.with_traceback(hook) from error.__cause__
    if isinstance(failure, UnreachableError) and not writes:
        failure = fault() or failure
    log.write(failure.status or type(failure).__name__)
    raise failure  # out here, where it does not refer to theirs, whose frames hold the key


def _failure(error: BaseException, *, unknown: bool) -> AshbyError | None:
    """Makes the error of ours for one that sending raised; None for Ctrl-C and the like."""
    if isinstance(error, AshbyError):
        return error
    if isinstance(error, DeadlineExceeded):
        return RequestTimeoutError("No time was left")
    return _no_reply(error, unknown=unknown) if isinstance(error, Exception) else None


def _no_reply(error: Exception, *, unknown: bool) -> AshbyError:
    """Makes the error for a request without a reply. Never uses requests' text, which may quote the key."""
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    proxied = isinstance(reason, NoProxyError)  # the proxy was not reached, and so nobody else
    if isinstance(reason, NoProxyError):
        reason = reason.original_error
    if isinstance(reason, NeverConnectedError):
        return _not_connected(reason.cause, proxied=reason.proxied)
    # A pool is closed when another thread that shares the session makes a write.
    if _is_untrusted(reason) or isinstance(reason, ConnectTimeoutError | NewConnectionError | ClosedPoolError):
        return _not_connected(reason, proxied=proxied)
    if isinstance(error, requests.Timeout) or isinstance(reason, ReadTimeoutError):
        return RequestTimeoutError("No answer in time", outcome_unknown=unknown)
    if isinstance(reason, SSLError):
        return UnreachableError("The secure connection failed", outcome_unknown=unknown)
    if isinstance(error, HTTPError | OSError):  # requests' are OSErrors
        return UnreachableError("The connection broke before the reply was complete", outcome_unknown=unknown)
    return UnreachableError(_unforeseen(error), retryable=False, remedy="", outcome_unknown=unknown)


def _not_connected(cause: object, *, proxied: bool) -> AshbyError:
    """Makes the error for a connection that was never ready: nothing was sent."""
    if _is_untrusted(cause):
        return UnreachableError(
            "The connection is not secure: the certificate was not accepted", remedy=_AUTHORITIES, retryable=False
        )
    if isinstance(cause, NotPublicError):
        return UnreachableError("The address leads into this network, so nothing was sent there", retryable=False)
    if proxied:
        return _of_proxy(cause)
    if isinstance(cause, TimeoutError) or (
        isinstance(cause, ConnectTimeoutError) and not isinstance(cause, NewConnectionError)
    ):
        return RequestTimeoutError("No connection could be made in time")
    if isinstance(cause, Exception) and not isinstance(cause, HTTPError | HTTPException | OSError):
        return UnreachableError(_unforeseen(cause), retryable=False, remedy="")
    return UnreachableError("No connection could be made")


def _of_proxy(cause: object) -> AshbyError:
    found = _TUNNEL.match(str(cause)) if isinstance(cause, OSError) else None
    if found is None:
        return ProxyError("No connection could be made through the proxy")
    status = int(found[1])
    what = "asks for a user name and a password" if status == 407 else "did not let the connection through"
    return ProxyError(f"The proxy {what} (HTTP {status})", retryable=status == 429 or status >= 500)


def _is_untrusted(cause: object) -> bool:
    if isinstance(cause, SSLError):
        cause = cause.args[0]
    return isinstance(cause, ssl.SSLCertVerificationError)


def _unforeseen(error: Exception) -> str:
    """Says which error came and where, without its text."""
    *_, last = traceback.extract_tb(error.__traceback__) or [None]
    where = f" in {Path(last.filename).name}, line {last.lineno}" if last else ""
    return f"The request failed with an unforeseen {type(error).__name__}{where}"


_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})\b")
"""What http.client says if a proxy answers CONNECT with another status than 200."""

_AUTHORITIES = (
    "If a proxy inspects the traffic, name a file with its certificate in SSL_CERT_FILE or REQUESTS_CA_BUNDLE; "
    "otherwise check ASHBY_BASE_URL."
)


def _of_a_hook(error: BaseException) -> TracebackType | None:
    """The part of a traceback that is a hook's: the frames above hold the key, and so do those of a connection."""
    trace = error.__traceback__ if isinstance(error, Exception) else None  # Ctrl-C may come anywhere
    while trace is not None:
        if trace.tb_frame.f_code is dispatch_hook.__code__:
            return trace.tb_next
        trace = trace.tb_next
    return None
