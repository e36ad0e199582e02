"""Observing the requests that change something in Ashby, from right before each leaves until its reply."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.endpoints.internal import CreateFileUploadHandle
from langchain_ashby.errors import AshbyError
from langchain_ashby.scoped import scoped


class WriteObserver(Protocol):
    """Learns of each request that changes something. It is called in the thread that makes the request."""

    def sending(self, request: Endpoint[Any]) -> None:
        """Called right before a request leaves, also before it is repeated. An error keeps it from leaving."""

    def not_made(self, request: Endpoint[Any]) -> None:
        """Called if a request certainly had no effect."""

    def answered(self, request: Endpoint[Any], result: Any) -> None:
        """Called when Ashby has confirmed a request."""


class _NoObserver:
    def sending(self, request: Endpoint[Any]) -> None: ...
    def not_made(self, request: Endpoint[Any]) -> None: ...
    def answered(self, request: Endpoint[Any], result: Any) -> None: ...


_current: ContextVar[WriteObserver] = ContextVar("langchain_ashby_observer", default=_NoObserver())  # noqa: B039  # it has no state


def observed_by(observer: WriteObserver) -> scoped[WriteObserver]:
    """Tells the observer of the writes that are made within the block, in this thread, task or copy of its context."""
    return scoped(_current, observer)


def observer_of(request: Endpoint[Any]) -> WriteObserver:
    """Returns the observer to tell of a request; for one that changes nothing, an observer that does nothing."""
    return _current.get() if changes_ashby(type(request)) else _NoObserver()


def changes_ashby(request: type[Endpoint[Any]]) -> bool:
    """True if requests of a kind change something. A place to send a file to is no change: it expires by itself."""
    return request.access is Access.WRITE and request is not CreateFileUploadHandle


_listener: ContextVar[Callable[[AshbyError], object] | None] = ContextVar("langchain_ashby_failures", default=None)


def failures_told_to(listener: Callable[[AshbyError], object]) -> scoped[Callable[[AshbyError], object]]:
    """Tells the listener of the operations that fail within the block, reads too, in this context or copies of it."""
    return scoped(_listener, listener)


def tell_of(failure: AshbyError) -> None:
    """Tells the listener, if there is one, of an operation that failed."""
    if (listener := _listener.get()) is not None:
        listener(failure)
