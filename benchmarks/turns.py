"""Measures the agent's cost with an instant model, on real checkpointers and stores.

    python -m benchmarks.turns --store both --rounds 100

Three tables: a turn that only reads, compared with the same turn in graphs without approval; an approved write, with
the time that its journal and audit trail take in the store; and the Ashby calls for each write's card and re-check.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from crash.agents import TIMEOUT
from crash.children import run
from crash.killing_sandbox import WRITES, KillingSandbox
from crash.persistence import opened, set_up
from crash.points import Points
from examples import EXAMPLES, Company
from examples import WRITES as WRITE_TOOLS
from langchain.agents import create_agent
from langchain_core.messages import ToolCall
from langgraph.types import Command

from benchmarks import plain
from benchmarks.running import harness, parser, say, stores, surroundings, table
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines
from langchain_ashby.demo.scripted import say as spoken
from langchain_ashby.endpoints.organization import GetContext
from langchain_ashby.sandbox import AshbySandbox

Build = Callable[[Any, AshbyToolkit, Any, Any], Any]

WARM_UP = 5


def main() -> int:
    """Measures and prints."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=100, help="measurements of each kind, after five to warm up")
    arguments = options.parse_args()
    say(f"{arguments.rounds} rounds\n{surroundings()}\n")
    with harness(arguments) as ready:
        for store in stores(arguments.store):
            place = ready.place(store)
            for part in (_reading, _writing):
                measure = partial(part, ready.sandbox, place, arguments.rounds)
                say(f"{store}: {_in_child(ready.sandbox, measure)}\n")
        say(_in_child(ready.sandbox, _reads_per_write))
    return 0


def _in_child(sandbox: KillingSandbox, measure: Callable[[], str]) -> str:
    """Measures in a separate process, so that one part's connections and caches do not help the next."""

    def task() -> str:
        sandbox.leave_to_parent()
        return measure()

    end = run(task, timeout=1800)
    if end.result is None:
        raise RuntimeError(end.error or "not in time")
    return str(end.result)


def _ours(model: Any, toolkit: AshbyToolkit, checkpointer: Any, store: Any) -> Any:
    return create_recruiting_agent(model, toolkit, checkpointer=checkpointer, store=store)


def _theirs(model: Any, toolkit: AshbyToolkit, checkpointer: Any, store: Any) -> Any:
    return create_agent(model, toolkit.get_tools(), checkpointer=checkpointer, store=store)


OTHERS: dict[str, Build] = {
    "the same graph without approval": plain.without_approval,
    "create_agent without approval": _theirs,
}


def _reading(sandbox: KillingSandbox, place: str, rounds: int) -> str:
    """A turn with one read, alternating between the graphs; each is compared with ours of the same round."""
    set_up(place)
    candidate = sandbox.company().candidates[0]["id"]
    model = ScriptedChatModel(script=lines(spoken("", call("ashby_get_candidate", candidate_id=candidate)), "Done."))
    toolkit = AshbyToolkit(AshbyClient(sandbox.api_key, sandbox.url, timeout=TIMEOUT))
    with opened(place, Points()) as (saver, store):
        builds: dict[str, Build] = {"ours": _ours, **OTHERS}
        graphs = {name: build(model, toolkit, saver, store) for name, build in builds.items()}
        times: dict[str, list[float]] = {name: [] for name in graphs}
        for number in range(WARM_UP + rounds):
            order = list(graphs) if number % 2 else list(reversed(graphs))
            for name in order:
                began = time.perf_counter()
                graphs[name].invoke({"messages": [("user", "Go.")]}, _thread(), durability="sync")
                if number >= WARM_UP:
                    times[name].append(time.perf_counter() - began)
    return "a turn that reads once\n\n" + table(
        {
            "graph": name,
            "median": _milliseconds(of),
            "middle half": _middle(of),
            "ours / this, median of pairs": f"{median(a / b for a, b in zip(times['ours'], of, strict=True)):.3f}",
        }
        for name, of in times.items()
    )


def _writing(sandbox: KillingSandbox, place: str, rounds: int) -> str:
    """An approved note. The store's share is the cost of journal and audit trail, in both halves of the turn."""
    set_up(place)
    candidate = sandbox.company().candidates[0]["id"]
    made = call("ashby_create_candidate_note", candidate_id=candidate, note="Met on Monday.")
    model = ScriptedChatModel(script=lines(spoken("", made), "Done."))
    toolkit = AshbyToolkit(AshbyClient(sandbox.api_key, sandbox.url, timeout=TIMEOUT))
    asking, answering, in_store, calls = [], [], [], []
    with opened(place, Points()) as (saver, store):
        clock = _Clock(store)
        graph = _ours(model, toolkit, saver, store)
        for number in range(WARM_UP + rounds):
            thread = _thread()
            clock.reset()
            began = time.perf_counter()
            graph.invoke({"messages": [("user", "Go.")]}, thread, durability="sync")
            asked = time.perf_counter()
            graph.invoke(Command(resume={"decisions": [{"type": "approve"}]}), thread, durability="sync")
            ended = time.perf_counter()
            if number >= WARM_UP:
                asking.append(asked - began)
                answering.append(ended - asked)
                in_store.append(clock.seconds)
                calls.append(clock.calls)
    measured = {
        "until the question": asking,
        "from the answer to the end": answering,
        f"of both, in the store ({median(calls):.0f} calls)": in_store,
    }
    return "an approved write\n\n" + table(
        {"what": name, "median": _milliseconds(of), "middle half": _middle(of)} for name, of in measured.items()
    )


def _reads_per_write() -> str:
    """The number of Ashby calls for each write, besides the write itself. Threads and store are in memory here."""
    with (
        TemporaryDirectory() as directory,
        AshbySandbox() as sandbox,
        AshbyClient(sandbox.api_key, sandbox.url, timeout=10, upload_dirs=[directory]) as client,
    ):
        return "calls of Ashby for each write\n\n" + table(
            _reads_of(sandbox, client, Path(directory), name) for name in WRITE_TOOLS
        )


def _reads_of(sandbox: AshbySandbox, client: AshbyClient, files: Path, name: str) -> dict[str, Any]:
    sandbox.reset()
    args = EXAMPLES[name](Company(sandbox.state(), client, files))
    made = ToolCall(name=name, args=args, id=None, type="tool_call")
    model = ScriptedChatModel(script=lines(spoken("", made), "Done."))
    graph = _ours(model, AshbyToolkit(client, toolsets="all"), "memory", "memory")
    thread = _thread()
    start = len(sandbox.requests())
    result = graph.invoke({"messages": [("user", "Go.")]}, thread)
    middle = len(sandbox.requests())
    if "__interrupt__" in result:
        result = graph.invoke(Command(resume={"decisions": [{"type": "approve"}]}), thread)
    log = sandbox.requests()
    before, after = _reads(log[start:middle]), _reads(log[middle:])
    answer = next(message for message in reversed(result["messages"]) if message.type == "tool")
    return {
        "tool": name,
        "for the card": len(before),
        "from the approval on": len(after),
        "applied": "yes" if answer.status == "success" else f"no: {answer.text[:100]}",
        "read for the card": ", ".join(dict.fromkeys(before)),
    }


def _reads(log: Sequence[dict[str, Any]]) -> list[str]:
    """What was read; not whose key it is, which an agent asks once."""
    return [entry["endpoint"] for entry in log if entry["endpoint"] not in {*WRITES, GetContext.path}]


class _Clock:
    """Times a store's calls."""

    def __init__(self, store: Any) -> None:
        self.reset()
        plain_batch = store.batch

        def batch(ops: Any) -> Any:
            began = time.perf_counter()
            try:
                return plain_batch(ops)
            finally:
                self.seconds += time.perf_counter() - began
                self.calls += 1

        store.batch = batch

    def reset(self) -> None:
        self.seconds, self.calls = 0.0, 0


def _thread() -> dict[str, Any]:
    return {"configurable": {"thread_id": uuid4().hex}}


def _milliseconds(of: Sequence[float]) -> str:
    return f"{median(of) * 1000:.2f} ms"


def _middle(of: Sequence[float]) -> str:
    if len(of) < 4:
        return "-"
    low, _, high = quantiles(of, n=4)
    return f"{low * 1000:.2f} to {high * 1000:.2f} ms"


if __name__ == "__main__":
    sys.exit(main())
