"""Kills the agent in the middle of each write, and checks how a new process settles the outcome.

    python -m benchmarks.settling --store sqlite

Each write is interrupted twice: once after its effect, with the reply lost, and once with the request itself lost. Then
a new process recovers. Ends with status 1 if a write was made twice or misreported to the model, or told as not known
although it is there.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from crash import threads
from crash.agents import OURS
from crash.children import Ended, run
from crash.killing_sandbox import Moment
from crash.points import Points
from crash.proposals import Write
from crash.trials import Harness
from examples import EXAMPLES, WRITES, Company

from benchmarks.running import harness, parser, rows_file, say, stores, surroundings, table
from langchain_ashby import AshbyClient
from langchain_ashby.agent.messages.tool_messages import EXECUTED_IN_PART
from langchain_ashby.endpoints import OPERATIONS

HAPPENED = {Moment.AFTER_EFFECT: "the effect happened", Moment.ON_ARRIVAL_THEN_NOTHING: "the request was lost"}


def main() -> int:
    """Interrupts every write and prints the outcomes."""
    arguments = parser(__doc__).parse_args()
    say(f"{surroundings()}\n")
    wrong = 0
    with harness(arguments) as ready, rows_file(arguments.rows) as write, tempfile.TemporaryDirectory() as directory:
        for store in stores(arguments.store):
            rows = []
            for name in WRITES:
                row: dict[str, Any] = {"tool": name}
                for moment, words in HAPPENED.items():
                    effects, told, ended = _broken_off(ready, store, directory, name, moment)
                    row |= {f"{words}: effects": effects, f"{words}: the model is told": _in_short(told)}
                    wrong += effects > 1 or not ended or _is_false(effects, told)
                rows.append(row)
                write(row | {"store": store})
            say(f"{store}\n\n{table(rows)}\n")
    say(f"{wrong} wrong")
    return int(wrong > 0)


def _broken_off(ready: Harness, store: str, directory: str, name: str, moment: Moment) -> tuple[int, str, bool]:
    """How often the write took effect, what the model was told, and whether the thread finished."""
    sandbox = ready.sandbox
    sandbox.reset()
    place, thread_id = ready.place(store), ready.new_thread()
    with AshbyClient(sandbox.api_key, sandbox.url, timeout=10) as client:
        args = EXAMPLES[name](Company(sandbox.state(), client, Path(directory)))
    before = len(sandbox.requests())
    [write] = writes = [Write(name, "approve", "call_0_0", args, mark="")]

    def process(act: Any, at: Moment = Moment.NEVER) -> Ended:
        def task() -> Any:
            sandbox.leave_to_parent()
            if at:
                sandbox.kill_at(at, 1, endpoint=OPERATIONS[name].path)
            around = threads.Surroundings(place, "invoke", OURS, sandbox, writes, Points(), upload_dirs=[directory])
            return around.do("sync", thread_id, act)

        return run(task)

    asked = process(threads.ask)
    died = process(lambda thread: threads.answer(thread, writes), moment)
    if asked.error or not died.killed:
        raise RuntimeError(f"{name} was not broken off: {asked.error or died}")
    sandbox.quiet()
    end = process(lambda thread: threads.recover(thread, writes, sandbox, "answer"))
    log = sandbox.requests()[before:]
    effects = sum(it["ok"] for it in log if it["endpoint"] == OPERATIONS[name].path)
    if not end.result:
        return effects, f"nothing: {end.error}", False
    told = end.result["answers"].get(write.call_id, ["", "nothing"])[1]
    return effects, told, bool(end.result["finished"])


def _in_short(told: str) -> str:
    """The first words of an answer, in which the agent reports a call's outcome."""
    return told.partition(".")[0].partition(":")[0].strip("# ")


def _is_false(effects: int, told: str) -> bool:
    denied, unknown = threads.said(told)
    if unknown:
        return effects > 0  # whoever looks finds it
    # An offer's last step is the one that is counted; "in part" says that it was not made.
    return (denied or told.startswith(EXECUTED_IN_PART)) == bool(effects)


if __name__ == "__main__":
    sys.exit(main())
