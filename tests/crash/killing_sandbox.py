"""A sandbox in its own process that can kill the process calling it.

Only the server knows when a request has arrived and when it has taken effect, so the server kills between the two, and
between the effect and the reply.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import Any, Self

import requests

from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.company import company
from langchain_ashby.sandbox.engine import Engine
from langchain_ashby.sandbox.messages import Response
from langchain_ashby.sandbox.records import KINDS

WRITES = frozenset(operation.path for operation in OPERATIONS.values() if operation.access is Access.WRITE)
"""The endpoints of the writes."""

CANDIDATES = 12
OTHER, COLLEAGUE = "key-2", "key-3"
"""How the sandbox's log names the keys of another account, and of a colleague."""

_COMMAND = struct.Struct("iiid64p")
_BUSY = struct.Struct("i")


class Moment(IntEnum):
    """When the sandbox kills the caller of a write."""

    NEVER = 0
    ON_ARRIVAL = 1
    """The request has arrived; the caller dies, and the effect follows at once."""
    ON_ARRIVAL_THEN_LATE = 2
    """The caller dies, and the effect follows later, perhaps after the recovery."""
    ON_ARRIVAL_THEN_NOTHING = 3
    """The caller dies, and the request is lost."""
    AFTER_EFFECT = 4
    """The effect has happened; the caller dies before the reply."""


@dataclass(frozen=True)
class Company:
    """The records that the trials act on: ids and names at the sandbox's start."""

    candidates: list[dict[str, Any]]
    applications: list[dict[str, Any]]
    stages: list[dict[str, Any]]
    interviewer: str
    interview: str
    schedules: frozenset[str]
    seed: dict[str, list[Any]]


class KillingSandbox:
    """A sandbox in a child process, which ends with its parent: it waits on a pipe that only the parent holds."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, mmap.PAGESIZE)
        self._open, self._held = os.pipe()
        told, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(told)
            os.close(self._held)
            self._serve(tell)
        os.close(tell)
        with os.fdopen(told) as stream:
            line = stream.readline()
        if not line:
            raise RuntimeError("the sandbox did not start")
        self.url, self.api_key = json.loads(line)
        self.other_key = self._colleague = ""
        self._http = requests.Session()
        self._http.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._held)
        os.close(self._open)
        os.waitpid(self.pid, 0)

    def leave_to_parent(self) -> None:
        """In a sibling process: closes the pipe that keeps the sandbox alive, and drops the parent's connection."""
        os.close(self._held)
        self._http = requests.Session()
        self._http.trust_env = False

    def kill_at(self, moment: Moment, number: int, late: float = 0.0, endpoint: str = "") -> None:
        """Has the calling process killed when its `number`-th write from now reaches the moment.

        With an `endpoint`, counts only calls to that one.
        """
        _COMMAND.pack_into(self._shared, 0, moment, os.getpid(), number, late, endpoint.encode())

    def spare(self) -> None:
        """Cancels any planned kill."""
        _COMMAND.pack_into(self._shared, 0, Moment.NEVER, 0, 0, 0.0, b"")

    def quiet(self, seconds: float = 30) -> None:
        """Waits until no request is in progress."""
        deadline = time.monotonic() + seconds
        while _BUSY.unpack_from(self._shared, _COMMAND.size)[0]:
            if time.monotonic() > deadline:
                raise TimeoutError("the sandbox is still busy")
            time.sleep(0.002)

    def reset(self) -> None:
        """Resets the sandbox to its initial state."""
        self.spare()
        self._ask("POST", "reset", {})
        self.other_key, self._colleague = (self._ask("POST", "keys", {})["api_key"] for _ in range(2))

    def set_clock(self, ahead: float) -> None:
        """Sets Ashby's clock this many seconds ahead of ours, until the next reset."""
        self._ask("POST", "ahead", {"seconds": ahead})

    def alter(self, kind: str, record_id: str, record: dict[str, Any] | None) -> None:
        """Changes or deletes a record, as somebody does in Ashby's own pages."""
        self._ask("POST", "alter", {"kind": kind, "id": record_id, "record": record})

    def as_colleague(self, endpoint: str, body: dict[str, Any]) -> None:
        """Calls Ashby as somebody else, whose calls `requests` leaves out."""
        reply = self._http.post(f"{self.url}/{endpoint}", json=body, auth=(self._colleague, ""), timeout=30)
        if not reply.json()["success"]:
            raise RuntimeError(f"a colleague cannot call {endpoint}: {reply.text}")

    def fault(self, endpoint: str, **what: Any) -> None:
        """Makes the next call of an endpoint fail."""
        self._ask("POST", "faults", {"endpoint": endpoint, **what})

    def requests(self) -> list[dict[str, Any]]:
        """The calls so far, but for those of a colleague."""
        return [it for it in self._ask("GET", "requests") if it["key"] != COLLEAGUE]

    def state(self) -> dict[str, list[Any]]:
        """Every record by kind."""
        records: dict[str, list[Any]] = self._ask("GET", "state")
        return records

    def company(self) -> Company:
        """The records that the trials act on."""
        state = self.state()
        active = [it for it in state["application"] if it["status"] == "Active"]
        return Company(
            candidates=state["candidate"],
            applications=active,
            stages=state["interviewStage"],
            interviewer=next(it["email"] for it in state["user"] if it["isEnabled"]),
            interview=next(it["id"] for it in state["interview"] if not it["isArchived"] and not it["isDebrief"]),
            schedules=frozenset(it["id"] for it in state["interviewSchedule"]),
            seed=state,
        )

    def _ask(self, verb: str, what: str, body: Any = None) -> Any:
        reply = self._http.request(verb, f"{self.url}/_sandbox/{what}", json=body, timeout=30)
        reply.raise_for_status()
        return reply.json() if reply.content else None

    # The rest runs in the sandbox's process.

    def _serve(self, tell: int) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to every process; the parent decides when to
        # end
        try:
            records = list(company(CANDIDATES))
            sandbox = AshbySandbox(company=lambda: records)
            self._lock, self._busy, self._seen = threading.Lock(), 0, 0
            engine = sandbox._engine
            answer = engine.answer
            engine.answer = lambda request: self._answer(answer, request)  # type: ignore[method-assign]
            sandbox._control._routes["/_sandbox/alter"] = "POST", lambda body: _alter(engine, **body)
            sandbox._control._routes["/_sandbox/ahead"] = "POST", lambda body: _set_ahead(engine, **body)
            with sandbox:
                os.write(tell, json.dumps([sandbox.url, sandbox.api_key]).encode() + b"\n")
                os.close(tell)
                os.read(self._open, 1)
        finally:
            os._exit(0)

    def _answer(self, answer: Any, request: Any) -> Any:
        if request.endpoint not in WRITES:
            return answer(request)
        with self._lock:
            self._busy += 1
            _BUSY.pack_into(self._shared, _COMMAND.size, self._busy)
            moment, pid, late = self._condemned(request.endpoint)
        try:
            if moment in (Moment.ON_ARRIVAL, Moment.ON_ARRIVAL_THEN_LATE, Moment.ON_ARRIVAL_THEN_NOTHING):
                _kill(pid)
                time.sleep(late)
            if moment == Moment.ON_ARRIVAL_THEN_NOTHING:
                return Response(drop=True)
            reply = answer(request)
            if moment == Moment.AFTER_EFFECT:
                _kill(pid)
            return reply
        finally:
            with self._lock:
                self._busy -= 1
                _BUSY.pack_into(self._shared, _COMMAND.size, self._busy)

    def _condemned(self, endpoint: str) -> tuple[Moment, int, float]:
        """The process to kill at this write, if any."""
        moment, pid, number, late, only = _COMMAND.unpack_from(self._shared, 0)
        if moment == Moment.NEVER or only.decode() not in ("", endpoint):
            return Moment.NEVER, 0, 0.0
        if number > 1:
            _COMMAND.pack_into(self._shared, 0, moment, pid, number - 1, late, only)
            return Moment.NEVER, 0, 0.0
        self.spare()
        return Moment(moment), pid, late


def _alter(engine: Engine, kind: str, id: str, record: dict[str, Any] | None) -> None:
    with engine.store.transaction():
        if record is None:
            engine.store.delete(KINDS[kind], id)
        else:
            engine.store.put(KINDS[kind], record)


def _set_ahead(engine: Engine, seconds: float) -> None:
    engine.clock._ahead = seconds


def _kill(pid: int) -> None:
    # It may have given up waiting and exited by itself.
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
