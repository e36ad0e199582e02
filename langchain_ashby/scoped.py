"""Context variables that have a value for the length of a block."""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class scoped(Generic[T]):  # it reads as a function, like `contextlib.suppress`
    """Gives a context variable a value within a block, in this thread or task only.

    A thread that is started inside the block has the value as well if it runs in a copy of the context (`contextvars`).

    A class, because each step of the agent enters several, and a generator would take ten times as long.
    """

    __slots__ = ("_before", "_value", "_variable")

    def __init__(self, variable: ContextVar[T] | ContextVar[T | None], value: T) -> None:
        self._variable: ContextVar[Any] = variable
        self._value = value

    def __enter__(self) -> T:
        self._before: Token[Any] = self._variable.set(self._value)
        return self._value

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._variable.reset(self._before)


class together:
    """Enters several blocks as one. Entering any of them must not fail."""

    __slots__ = ("_blocks",)

    def __init__(self, *blocks: AbstractContextManager[object]) -> None:
        self._blocks = blocks

    def __enter__(self) -> None:
        for it in self._blocks:
            it.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for it in reversed(self._blocks):
            it.__exit__(kind, error, where)
