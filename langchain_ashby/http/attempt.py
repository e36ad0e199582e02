"""One attempt to send a request: its log line, and the error for a request without a reply."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

import requests
from requests.hooks import dispatch_hook
from urllib3.exceptions import (
    ClosedPoolError,
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.errors import AshbyError, ConfigurationError, RequestTimeoutError, UnreachableError
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
        if failure is None:  # Ctrl-C, or something that is not ours to judge
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
    """Makes the error of ours for one that sending raised; None if it is not about sending."""
    if isinstance(error, AshbyError):
        return error
    if isinstance(error, DeadlineExceeded):
        return RequestTimeoutError("No time was left")
    return (
        _no_reply(error, unknown=unknown) if isinstance(error, HTTPError | OSError) else None
    )  # requests' are OSErrors


def _no_reply(error: Exception, *, unknown: bool) -> AshbyError:
    """Makes the error for a request without a reply. Never uses requests' text, which may quote the key."""
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    if isinstance(reason, ProxyError):  # the proxy was not reached, and so nobody else
        reason = reason.original_error
    untrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    # A pool is closed when another thread that shares the session makes a write.
    unconnected = isinstance(reason, ConnectTimeoutError | NewConnectionError | ClosedPoolError)
    unknown = unknown and not untrusted and not unconnected
    if isinstance(error, requests.Timeout) or isinstance(reason, ReadTimeoutError):
        return RequestTimeoutError("No answer in time", outcome_unknown=unknown)
    if untrusted:
        return UnreachableError("The connection is not secure: the certificate was not accepted", retryable=False)
    if isinstance(reason, NotPublicError):
        return UnreachableError("The address leads into this network, so nothing was sent there", retryable=False)
    if unconnected:
        return UnreachableError("No connection could be made")
    if isinstance(reason, SSLError):
        return UnreachableError("The secure connection failed", outcome_unknown=unknown)
    return UnreachableError("The connection broke before the reply was complete", outcome_unknown=unknown)


def _of_a_hook(error: BaseException) -> TracebackType | None:
    """The part of a traceback that is a hook's: the frames above hold the key, and so do those of a connection."""
    trace = error.__traceback__ if isinstance(error, Exception) else None  # Ctrl-C may come anywhere
    while trace is not None:
        if trace.tb_frame.f_code is dispatch_hook.__code__:
            return trace.tb_next
        trace = trace.tb_next
    return None
