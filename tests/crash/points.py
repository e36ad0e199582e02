"""The points at which a process can die: before and after each of its external effects.

Stores, checkpointers and HTTP are watched at their public methods, so the points do not depend on how the agent is
built. Deaths between the same two points look the same from outside.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.store.base import BaseStore, PutOp
from requests.adapters import HTTPAdapter

from crash.killing_sandbox import WRITES

Pass = Callable[[str], None]
"""Called with the name of each point passed."""


class DatabaseGone(Exception):
    """Raised by a store or a checkpointer whose database cannot be reached."""


class Points:
    """Counts the points passed; at number `last`, the process kills itself with SIGKILL.

    With `raises`, the next store or checkpointer to reach a point from there on raises an error once instead. `mark` is
    called with the point's name beforehand. With `jitter`, a random generator, each point is delayed by up to three
    milliseconds, so that the steps of two processes interleave in every order. With `stop`, the process stops itself
    with SIGSTOP at the `last` point of those whose names contain that text.
    """

    def __init__(
        self,
        last: int | None = None,
        *,
        raises: bool = False,
        mark: Pass | None = None,
        jitter: random.Random | None = None,
        stop: str | None = None,
    ) -> None:
        self._stop = stop
        self.names: list[str] = []
        self._last = last
        self._raises = raises
        self._mark = mark
        self._jitter = jitter

    def passed(self, name: str) -> None:
        """Records that a point was reached."""
        number = len(self.names)
        self.names.append(name)
        if self._stop is not None:
            if self._last is not None and self._stop in name:
                self._last -= 1
                if self._last < 0:
                    self._last = None
                    if self._mark:
                        self._mark(name)
                    os.kill(os.getpid(), signal.SIGSTOP)
        elif self._raises:
            if self._last is not None and number >= self._last and not name.endswith(tuple(WRITES)):
                self._last = None
                if self._mark:
                    self._mark(name)
                raise DatabaseGone(f"the database is gone {name}")
        elif number == self._last:
            if self._mark:
                self._mark(name)
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)  # another thread was running: the signal is yet to arrive
        if self._jitter:
            time.sleep(self._jitter.random() * 0.003)


def watch_requests(points: Points) -> None:
    """Makes every write to Ashby a point, permanently in this process."""
    plain = HTTPAdapter.send

    def send(self: HTTPAdapter, request: Any, *args: Any, **kwargs: Any) -> Any:
        endpoint = (request.path_url or "").partition("?")[0].removeprefix("/")
        if endpoint not in WRITES:
            return plain(self, request, *args, **kwargs)
        points.passed(f"before the request {endpoint}")
        try:
            return plain(self, request, *args, **kwargs)
        finally:
            points.passed(f"after the reply to {endpoint}")

    HTTPAdapter.send = send  # type: ignore[method-assign]


def watched_store(kind: type[Any], points: Points) -> type[Any]:
    """The store with its puts as points, named by namespace."""
    if not _is_async(kind):

        def batch(self: Any, ops: Iterable[Any]) -> Any:
            ops = list(ops)
            written = _written(ops)
            if written:
                points.passed(f"before {written}")
            done = kind.batch(self, ops)
            if written:
                points.passed(f"after {written}")
            return done

        return type(kind.__name__, (kind,), {"batch": batch})

    async def abatch(self: Any, ops: Iterable[Any]) -> Any:
        ops = list(ops)
        written = _written(ops)
        if written:
            points.passed(f"before {written}")
        done = await kind.abatch(self, ops)
        if written:
            points.passed(f"after {written}")
        return done

    return type(kind.__name__, (kind,), {"abatch": abatch})


def watched_checkpointer(kind: type[Any], points: Points) -> type[Any]:
    """The checkpointer with its puts as points, named by the channels written."""
    if _is_async(kind):

        async def aput(self: Any, config: Any, checkpoint: Any, *more: Any) -> Any:
            points.passed("before a checkpoint")
            done = await kind.aput(self, config, checkpoint, *more)
            points.passed("after a checkpoint")
            return done

        async def aput_writes(self: Any, config: Any, writes: Any, *more: Any, **named: Any) -> Any:
            points.passed(f"before {_channels(writes)}")
            done = await kind.aput_writes(self, config, writes, *more, **named)
            points.passed(f"after {_channels(writes)}")
            return done

        return type(kind.__name__, (kind,), {"aput": aput, "aput_writes": aput_writes})

    def put(self: Any, config: Any, checkpoint: Any, *more: Any) -> Any:
        points.passed("before a checkpoint")
        done = kind.put(self, config, checkpoint, *more)
        points.passed("after a checkpoint")
        return done

    def put_writes(self: Any, config: Any, writes: Any, *more: Any, **named: Any) -> Any:
        points.passed(f"before {_channels(writes)}")
        done = kind.put_writes(self, config, writes, *more, **named)
        points.passed(f"after {_channels(writes)}")
        return done

    return type(kind.__name__, (kind,), {"put": put, "put_writes": put_writes})


def _is_async(kind: type[BaseStore] | type[BaseCheckpointSaver[Any]]) -> bool:
    return kind.__name__.startswith("Async")


def _written(ops: Iterable[Any]) -> str | None:
    """Namespace and key of a put, without the parts that differ between threads."""
    puts = [op for op in ops if isinstance(op, PutOp)]
    if not puts:
        return None
    verb = "removing" if all(op.value is None for op in puts) else "putting"
    namespace = "/".join(part for part in puts[0].namespace if part.isalpha() or "_" in part)
    return f"{verb} {namespace}: {puts[0].key if puts[0].key.isalpha() else 'an entry'}"


def _channels(writes: Iterable[tuple[str, Any]]) -> str:
    names = [name for name, _ in writes if not name.startswith("branch:")]
    return f"saving {', '.join(dict.fromkeys(names)) or 'a step'}"
