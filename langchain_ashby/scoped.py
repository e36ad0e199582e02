"""Context variables that have a value for the duration of a block."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class scoped(Generic[T]):  # lower case, as it reads like a function: compare `contextlib.suppress`
    """Gives a context variable a value within a block, in this thread or task only.

    A thread that is started inside the block has the value as well if it runs in a copy of the context (`contextvars`).

    A class, because each step of the agent enters several, and a generator would take about three times as long.
    """

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: ContextVar[T] | ContextVar[T | None], value: T) -> None:
        self._variable: ContextVar[Any] = variable
        self._value = value

    def __enter__(self) -> T:
        self._token: Token[Any] = self._variable.set(self._value)
        return self._value

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._variable.reset(self._token)
