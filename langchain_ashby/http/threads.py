"""Runs blocking calls in threads, for callers under asyncio."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

from langchain_ashby.http.deadline import Deadline, within
from langchain_ashby.scoped import scoped

T = TypeVar("T")


class Threads:
    """A pool of threads, opened when it is first needed.

    Args:
        most: How many calls run at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pool: ThreadPoolExecutor | None = None
        self._guard = threading.Lock()

    def close(self, wait: bool = False) -> None:
        """Closes the pool. Calls under way and those that wait for their turn still run; later ones open a new pool."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=wait)

    async def run(self, work: Callable[[], T], deadline: Deadline, *, cancellable: bool) -> T:
        """Runs the work in a thread, under the deadline and in a copy of the context, and waits for its result.

        Args:
            work: The blocking calls.
            deadline: For all of them together.
            cancellable: True to end them if this coroutine is canceled.
        """
        context = copy_context()

        def run() -> T:
            with within(deadline):
                return work()

        with self._guard:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._most, thread_name_prefix="ashby")
            future = self._pool.submit(context.run, run)
        if (collected := _collected.get()) is not None:
            collected.append(future)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if cancellable:
                deadline.cancel()
            raise


async def in_own_thread(work: Callable[[], T]) -> T:
    """Runs work that may wait for other runs in a thread of its own, in a copy of the context.

    The event loop's own threads are few. If all of them waited, those that they wait for would find none to go on in.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="ashby-wait")
    try:
        return await asyncio.wrap_future(pool.submit(copy_context().run, work))
    except asyncio.CancelledError:
        asyncio.get_running_loop().run_in_executor(None, pool.shutdown)  # so that `asyncio.run` waits for the work
        raise
    finally:
        pool.shutdown(wait=False)


def collecting_futures() -> scoped[list[Future[Any]]]:
    """Collects the futures of what `Threads` run within the block, in this task and in those that it starts."""
    return scoped(_collected, [])


_collected: ContextVar[list[Future[Any]] | None] = ContextVar("collected", default=None)
