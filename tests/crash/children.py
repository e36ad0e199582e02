"""Child processes, forked from a warm parent because importing LangGraph takes two seconds.

The parent must have a single thread and no open connection when it forks. An uncaught alarm ends each child in time,
even if the parent was killed.
"""

from __future__ import annotations

import json
import os
import select
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Task = Callable[[], Any]
"""A child's task. Its result is JSON."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: with a `result`, with an `error`, killed, or timed out."""

    result: Any = None
    error: str | None = None
    killed: bool = False
    late: bool = False
    seconds: float = 0.0


class Child:
    """A process forked for one task."""

    def __init__(self, task: Task, *, timeout: float) -> None:
        if threading.active_count() > 1:
            raise RuntimeError("a process with several threads must not fork: " + str(threading.enumerate()))
        self._began = time.monotonic()
        self._deadline = self._began + timeout
        self._result, sink = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._result)
            _work(task, sink, timeout + 30)
        os.close(sink)

    def kill(self) -> None:
        """Kills it with SIGKILL, without any cleanup."""
        os.kill(self.pid, signal.SIGKILL)

    def is_stopped(self) -> bool:
        """Waits until it stops itself, and returns True; or until it ends, or is late, and returns False."""
        while time.monotonic() < self._deadline:
            # It stays in the table, so that `end` can wait for it, too.
            found = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
            if found is not None:
                return found.si_code == os.CLD_STOPPED
            time.sleep(0.005)
        return False

    def go_on(self) -> None:
        """Continues it."""
        os.kill(self.pid, signal.SIGCONT)

    def end(self, *, kill_after: float | None = None) -> Ended:
        """Waits for it; kills it after that many seconds, or when it takes too long."""
        late = False
        told = b""
        instant = None if kill_after is None else self._began + kill_after
        while True:
            now = time.monotonic()
            until = self._deadline if instant is None else min(instant, self._deadline)
            readable, _, _ = select.select([self._result], [], [], max(0.0, until - now))
            if readable:
                piece = os.read(self._result, 1 << 16)
                if not piece:
                    break
                told += piece
            elif instant is not None and until == instant:
                self.kill()
                instant = None
            elif not late:
                late = True
                self.kill()
                self._deadline += 10
            else:
                raise RuntimeError(f"the process {self.pid} cannot be killed")
        os.close(self._result)
        _, status = os.waitpid(self.pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        seconds = time.monotonic() - self._began
        if killed or late:
            return Ended(killed=killed and not late, late=late, seconds=seconds)
        if not told:
            return Ended(error=f"ended without a word (status {status})", seconds=seconds)
        return Ended(**json.loads(told), seconds=seconds)


def run(task: Task, *, timeout: float = 60, kill_after: float | None = None) -> Ended:
    """Runs the task in a fork and waits for it."""
    return Child(task, timeout=timeout).end(kill_after=kill_after)


def together(tasks: Sequence[Task], *, timeout: float = 60) -> list[Ended]:
    """Forks a child per task, starts all tasks at once when every child is up, and waits for them."""
    gates = [os.pipe() for _ in tasks]

    def waiting(task: Task, gate: int) -> Task:
        def begin() -> Any:
            os.read(gate, 1)
            return task()

        return begin

    children = [Child(waiting(task, gate[0]), timeout=timeout) for task, gate in zip(tasks, gates, strict=True)]
    for _, opener in gates:
        os.write(opener, b".")
    ended = [child.end() for child in children]
    for gate in gates:
        for end in gate:
            os.close(end)
    return ended


def _work(task: Task, sink: int, seconds: float) -> None:
    """The whole life of a child."""
    try:
        for ended in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(ended, signal.SIG_DFL)
        signal.alarm(int(seconds))
        told = {"result": task()}
    except BaseException as error:
        told = {"error": "".join(traceback.format_exception(error, limit=-12)).strip()}
    try:
        with os.fdopen(sink, "wb") as stream:
            stream.write(json.dumps(told).encode())
    finally:
        os._exit(0)
