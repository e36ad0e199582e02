"""One tool, one fault: injects it over real sockets and compares the outcome with the required one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from examples import EXAMPLES, Arguments, Company
from langchain_core.messages import ToolMessage
from recorder import Recorder
from requests import Session

from faults.leaks import Watch, everything_about, spellings
from faults.relay import Detour, Relay, Straight
from faults.troubles import (
    ANSWERED,
    MAX_RETRIES,
    PATIENT_BUDGET,
    PATIENT_TIMEOUT,
    REFUSED,
    REPLY_LIMIT,
    SLACK,
    Outcome,
    Trouble,
)
from langchain_ashby import AshbyClient, AshbyError, AshbyToolkit
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.company import company

STORAGE = "_storage"
LATEST = 5.0
"""Seconds within which a call's requests are answered."""
BESIDE = Outcome(ANSWERED, arrivals=0)
"""The outcome of any fault in what a tool reads beside its result, which stands without it."""
_HANDLE = "file.createFileUploadHandle"
_ACCESS = {each.path: each.access for each in OPERATIONS.values()} | {
    step.path: step.access for each in OPERATIONS.values() for step in each.steps
}


@dataclass(frozen=True)
class Row:
    """The result of a trial; `wrong` lists the deviations from the required outcome."""

    tool: str
    request: str
    trouble: str
    told: str
    arrivals: int
    effects: int
    seconds: float
    wrong: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Bench:
    """A sandbox for consecutive trials.

    Args:
        uploads: The directory of the files that tools upload.
        watch: The log watcher.
    """

    def __init__(self, uploads: Path, watch: Watch) -> None:
        records = list(company(60))
        self._sandbox = AshbySandbox(company=lambda: records)
        self._elsewhere = Recorder()
        self._uploads = uploads
        self._watch = watch
        self._requests: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        self._sandbox.start()
        self._seed = self._sandbox.state()
        self._elsewhere.__enter__()
        self._watch.secrets.update(spellings(self._sandbox.api_key))
        return self

    def __exit__(self, *exception: object) -> None:
        self._elsewhere.__exit__(None, None, None)
        self._sandbox.stop()

    def requests(self, tool: str) -> list[str]:
        """The requests of a tool without faults: endpoints, and the storage."""
        if tool not in self._requests:
            args, before = self._prepare(tool)
            said = self._tool(tool, self._sandbox.url, PATIENT_TIMEOUT, PATIENT_BUDGET).invoke(_call(tool, args))
            if said.status != "success":
                raise RuntimeError(f"{tool} does not work at all: {said.text}")
            made = [entry["endpoint"] for entry in self._sandbox.requests(before)]
            if _HANDLE in made:
                made.insert(made.index(_HANDLE) + 1, STORAGE)
            self._requests[tool] = made
        return self._requests[tool]

    def run(self, tool: str, request: str, trouble: Trouble) -> Row | None:
        """Injects a fault into a tool's request; None if the fault does not apply to it."""
        expected = expected_outcome(tool, request, trouble)
        first = request == self.requests(tool)[0]
        if expected is None or (trouble.route and trouble.route.is_wrong_throughout and not first):
            return None
        args, before = self._prepare(tool)
        if trouble.how:
            self._sandbox.fault(request, **_filled_in(trouble.how, self._elsewhere.port))
        logged, visitors = len(self._watch.leaks), len(self._elsewhere.requests)
        with self._way(tool, request, trouble) as way:
            made = self._tool(tool, way.url, trouble.timeout, trouble.budget, way.session)
            began = time.monotonic()
            told, texts = _said(lambda: made.invoke(_call(tool, args)))
            seconds = time.monotonic() - began
        time.sleep(float(trouble.how.get("delay", 0)))  # a delayed effect outlives the call
        log = self._log(before, request, expected.arrivals - way.hung_up_on)
        # A tool may call a method again after the call that has the fault: a search asks for other spellings.
        again = self.requests(tool).count(request) - 1 if expected.told == ANSWERED and expected is not BESIDE else 0
        arrivals = _count(log, request) + way.hung_up_on - again
        effects = _count(log, request, done=True)
        wrong = [*_differences(expected, told, arrivals, effects, request), *_written_twice(log)]
        change = OPERATIONS[tool].path
        if _is_write(tool) and request != change and _count(log, change, done=True) != (expected.told == ANSWERED):
            wrong.append(f"{change} was carried out {_count(log, change, done=True)} times")
        if seconds > trouble.budget + SLACK:
            wrong.append(f"took {seconds:.1f} s")
        if any(secret in text for secret in spellings(self._sandbox.api_key) for text in texts):
            wrong.append("the key is in the text of the error")
        if len(self._watch.leaks) > logged:
            wrong.append(f"the key is in a log: {self._watch.leaks[-1]}")
        if len(self._elsewhere.requests) > visitors:
            wrong.append("the other host was visited")
        return Row(tool, request, trouble.name, _in_short(told), arrivals, effects, round(seconds, 2), tuple(wrong))

    def _way(self, tool: str, request: str, trouble: Trouble) -> AbstractContextManager[Relay | Detour | Straight]:
        """The connection to the sandbox. A relay fails at the request: each request of a write has its own
        connection."""
        port = int(self._sandbox.url.rpartition(":")[2])
        if trouble.route:
            before = [it for it in self.requests(tool) if it != STORAGE]  # which needs no proxy on this machine
            return Detour(port, before.index(request), trouble.route)
        if trouble.peer == "sandbox":
            return nullcontext(Straight(self._sandbox.url))
        return Relay(port, self.requests(tool).index(request), hangs_up=trouble.peer == "hangs up")

    def _log(self, before: int, request: str, arrivals: int) -> list[dict[str, Any]]:
        """The requests of a trial. Waits for those that must arrive even if the client has given up on them."""
        deadline = time.monotonic() + LATEST
        while True:
            log = self._sandbox.requests(before)
            if request == STORAGE or _count(log, request) >= arrivals or time.monotonic() > deadline:
                return log
            time.sleep(0.02)

    def _prepare(self, tool: str) -> tuple[Arguments, int]:
        """Resets the company; returns the tool's arguments and the number of requests spent on them."""
        self._sandbox.reset()
        client = self._client(self._sandbox.url, PATIENT_TIMEOUT, PATIENT_BUDGET)
        args = EXAMPLES[tool](Company(self._seed, client, self._uploads))
        return args, len(self._sandbox.requests())

    def _tool(self, name: str, url: str, timeout: float, budget: float, session: Session | None = None) -> Any:
        [tool] = AshbyToolkit(self._client(url, timeout, budget, session), include=[name], on_error="raise").get_tools()
        return tool

    def _client(self, url: str, timeout: float, budget: float, session: Session | None = None) -> AshbyClient:
        return AshbyClient(
            self._sandbox.api_key,
            url,
            timeout=timeout,
            budget=budget,
            max_retries=MAX_RETRIES,
            reply_limit=REPLY_LIMIT,
            upload_dirs=[self._uploads],
            session=session,
        )


def expected_outcome(tool: str, request: str, trouble: Trouble) -> Outcome | None:
    """The required outcome of a fault in a tool's request; None if the fault does not apply."""
    if request == STORAGE:
        return trouble.upload
    if request not in (OPERATIONS[tool].path, *(step.path for step in OPERATIONS[tool].steps)):
        return BESIDE
    if _ACCESS[request] is Access.READ:
        return trouble.read
    if request != OPERATIONS[tool].path and trouble.step is not None:
        return trouble.step
    return trouble.write


def _is_write(tool: str) -> bool:
    return OPERATIONS[tool].access is Access.WRITE


def _call(tool: str, args: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_call", "id": "1", "name": tool, "args": args}


def _filled_in(how: Mapping[str, Any], port: int) -> dict[str, Any]:
    """The settings for the sandbox, with the other host's port filled in."""
    headers = {name: value.format(port=port) for name, value in how.get("headers", {}).items()}
    return {**how, "headers": headers}


def _said(invoke: Callable[[], ToolMessage]) -> tuple[str | BaseException, list[str]]:
    """The tool's status or error, and every text that it produced."""
    try:
        message = invoke()
    except Exception as error:
        # Any error: the trial checks its class.
        said = error.for_model() if isinstance(error, AshbyError) else ""
        return error, [str(error), repr(error), said, everything_about(error)]
    return (ANSWERED if message.status == "success" else REFUSED), [message.text, repr(message)]


def _in_short(told: str | BaseException) -> str:
    if isinstance(told, str):
        return told
    return type(told).__name__ + (" (unknown)" if getattr(told, "outcome_unknown", False) else "")


def _count(log: list[dict[str, Any]], endpoint: str, *, done: bool = False) -> int:
    """How often a method was called or, with `done`, carried out."""
    return sum(entry["endpoint"] == endpoint and (entry["ok"] or not done) for entry in log)


def _differences(
    expected: Outcome, told: str | BaseException, arrivals: int, effects: int, request: str
) -> Iterator[str]:
    name = told if isinstance(told, str) else type(told).__name__
    if name != expected.told:
        detail = "" if isinstance(told, str) else f": {told}"
        yield f"{name}{detail}, not {expected.told}"
    unknown = getattr(told, "outcome_unknown", False)
    if unknown != expected.unknown:
        yield f"the outcome is said to be {'unknown' if unknown else 'known'}"
    if request == STORAGE or expected is BESIDE:
        return  # not a method of Ashby, so it is not logged; or one that is read for each of several records
    if isinstance(told, AshbyError) and told.endpoint != request:
        yield f"the error names {told.endpoint}"
    if arrivals != expected.arrivals:
        yield f"arrived {arrivals} times, not {expected.arrivals}"
    if bool(effects) != expected.effect:
        yield "it was carried out" if effects else "it was not carried out"


def _written_twice(log: list[dict[str, Any]]) -> Iterator[str]:
    for endpoint, access in _ACCESS.items():
        if access is Access.WRITE and _count(log, endpoint, done=True) > 1:
            yield f"{endpoint} was carried out more than once"
