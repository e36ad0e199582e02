"""A phase of the soak: agents in threads or under asyncio on one store for some minutes, and the result."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from crash.persistence import aopened, is_postgres, opened
from crash.points import Points
from crash.threads import Thread, without_loop
from examples import EXAMPLES, READS, Company
from faults.troubles import REPLY_LIMIT
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.store.postgres import AsyncPostgresStore, PostgresStore
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, ConnectionPool
from recorder import Recorder

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel
from soak import errands
from soak.errands import Errand, Said, Told
from soak.samples import Samples
from soak.served import Served, served
from soak.weather import BUDGET, TIMEOUT, Weather

MODES = {"threads": 32, "asyncio": 200}
"""The modes of the agents, and how many run at a time."""
CONNECTIONS = 10
"""The number of PostgreSQL connections of a saver or a store."""
SETTLED = 4.0
"""Seconds after which no effect is still pending."""


@dataclass
class Phase:
    """The result of a phase.

    Attributes:
        errands: The number of errands done.
        told: The agents' reports.
        effects: How often each mark was carried out, according to the sandbox's log.
        sent: The number of faults.
        samples: Memory, files and threads of the process.
        wrong: Violations.
    """

    errands: int = 0
    told: Told = field(default_factory=Told)
    effects: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    samples: Samples = field(default_factory=Samples)
    wrong: list[str] = field(default_factory=list)

    def as_row(self) -> dict[str, Any]:
        """The printed report."""
        became = Counter(said.became for said in self.told.writes.values())
        return {
            "errands": self.errands,
            "reads": self.told.reads,
            "of them unread": self.told.unread,
            "writes applied": became["applied"],
            "not done": became["not done"],
            "unknown": became["unknown"],
            "effects": sum(self.effects.values()),
            "faults": sum(self.sent.values()),
            **self.samples.as_row(),
            "wrong": len(self.wrong),
        }


def run(place: str, mode: str, agents: int, seconds: float, seed: int) -> dict[str, Any]:
    """Runs a phase in this process and returns its row and its violations."""
    phase = Phase()
    with served() as sandbox, Recorder() as elsewhere:
        client = AshbyClient(
            sandbox.api_key, sandbox.url, timeout=(5.0, TIMEOUT), budget=BUDGET, reply_limit=REPLY_LIMIT
        )
        toolkit = AshbyToolkit(client)
        source = _Source(sandbox, client, seed)
        weather = Weather(sandbox, errands.ENDPOINTS, elsewhere.port, f"{seed}.{mode}")
        log = _Log(sandbox, weather, phase.effects)
        work = _Work(phase, source, toolkit, time.monotonic() + seconds)
        with phase.samples.taken(seconds), log.followed():
            if mode == "threads":
                _in_threads(place, work, agents)
            else:
                asyncio.run(_in_tasks(place, work, agents))
        phase.sent = weather.sent
        time.sleep(SETTLED)
        log.read()
        client.close()
        phase.wrong += phase.told.wrong
        phase.wrong += _differences(phase.told.writes, phase.effects)
        phase.wrong += phase.samples.leaks()
        if elsewhere.requests:
            phase.wrong.append(f"the other host was visited {len(elsewhere.requests)} times")
    return {"row": phase.as_row(), "wrong": phase.wrong, "faults": phase.sent}


def _differences(said: dict[str, Said], effects: Counter[str]) -> Iterator[str]:
    """The differences between the sandbox's log and the agents' reports."""
    possible = {"applied": (1,), "not done": (0,), "unknown": (0, 1)}
    for mark in said.keys() | effects.keys():
        told = said.get(mark, _NOBODY_SAID)
        if effects[mark] not in possible[told.became]:
            yield f"{mark} was carried out {effects[mark]} times, and was said to be {told.became}: {told.words}"


_NOBODY_SAID = Said("not done", "nobody said anything")


class _Source:
    """Errands, by number."""

    def __init__(self, sandbox: Served, client: AshbyClient, seed: int) -> None:
        state = sandbox.state()
        # Reads never upload, so no directory is needed.
        company = Company(state, client, Path())
        self._reads = {name: EXAMPLES[name](company) for name in READS}
        self._candidates = [it["id"] for it in state["candidate"]]
        self._field = next(
            it["id"]
            for it in state["customField"]
            if it["objectType"] == "Candidate" and it["fieldType"] == "String" and not it["isArchived"]
        )
        self._seed = seed

    def errand(self, number: int) -> Errand:
        rng = random.Random(f"{self._seed}.{number}")
        return errands.errand(rng, self._reads, self._candidates, self._field)


class _Log:
    """The sandbox's log, read as it grows because it drops the oldest calls. It also drives the weather."""

    def __init__(self, sandbox: Served, weather: Weather, effects: Counter[str]) -> None:
        self._sandbox = sandbox
        self._weather = weather
        self._effects = effects
        self._seen = 0
        self._over = threading.Event()

    @contextmanager
    def followed(self) -> Iterator[None]:
        reader = threading.Thread(target=self._follow, daemon=True)
        reader.start()
        try:
            yield
        finally:
            self._over.set()
            reader.join()

    def read(self) -> list[dict[str, Any]]:
        entries = self._sandbox.requests(self._seen)
        self._seen += len(entries)
        for entry in entries:
            if entry["ok"] and entry["endpoint"] in errands.ENDPOINTS:
                self._effects.update(set(errands.MARK.findall(json.dumps(entry["body"]))))
        return entries

    def _follow(self) -> None:
        while not self._over.wait(0.5):
            self._weather.after(self.read())


class _Work:
    """Shared by all agents of a phase: one toolkit with one client, and the remaining errands."""

    def __init__(self, phase: Phase, source: _Source, toolkit: AshbyToolkit, until: float) -> None:
        self._phase = phase
        self._source = source
        self._toolkit = toolkit
        self._until = until
        self._numbers = count()
        self._lock = threading.Lock()

    def agent(self, saver: Any, store: Any) -> Any:
        model = ScriptedChatModel(script=errands.obedient)
        return create_recruiting_agent(model, self._toolkit, checkpointer=saver, store=store)

    async def go(self, agent: Any, entry: str, forget: Callable[[str], Any]) -> None:
        """Does errands, each in its own thread, until the time is up."""
        while time.monotonic() < self._until:
            number = next(self._numbers)
            thread_id, told = f"errand.{number}", Told()
            try:
                await errands.run(Thread(agent, entry, "sync", thread_id), self._source.errand(number), told)
            except Exception as error:
                # Any error is wrong: agents answer calls, they do not raise.
                told.wrong.append(f"errand {number} raised {type(error).__name__}: {str(error)[:300]}")
            forgotten = forget(thread_id)
            if forgotten is not None:
                await forgotten
            with self._lock:
                self._add(told)

    def _add(self, told: Told) -> None:
        self._phase.errands += 1
        self._phase.told.writes |= told.writes
        self._phase.told.reads += told.reads
        self._phase.told.unread += told.unread
        self._phase.told.wrong += told.wrong


def _in_threads(place: str, work: _Work, agents: int) -> None:
    with _opened(place) as (saver, store):
        agent = work.agent(saver, store)

        def worker(_: int) -> None:
            without_loop(work.go(agent, "invoke", saver.delete_thread))

        with ThreadPoolExecutor(agents) as pool:
            list(pool.map(worker, range(agents)))


async def _in_tasks(place: str, work: _Work, agents: int) -> None:
    async with _aopened(place) as (saver, store):
        agent = work.agent(saver, store)
        await asyncio.gather(*(work.go(agent, "ainvoke", saver.adelete_thread) for _ in range(agents)))


@contextmanager
def _opened(place: str) -> Iterator[tuple[Any, Any]]:
    """A checkpointer and a store; on PostgreSQL with connection pools, as in an application with many threads."""
    if not is_postgres(place):
        with opened(place, Points()) as pair:
            yield pair
        return
    with (
        ConnectionPool(place, min_size=1, max_size=CONNECTIONS, kwargs=_POSTGRES) as pool,
        PostgresStore.from_conn_string(place, pool_config={"min_size": 1, "max_size": CONNECTIONS}) as store,
    ):
        yield PostgresSaver(pool), store  # type: ignore[arg-type]


@asynccontextmanager
async def _aopened(place: str) -> AsyncIterator[tuple[Any, Any]]:
    if not is_postgres(place):
        async with aopened(place, Points()) as pair:
            yield pair
        return
    async with (
        AsyncConnectionPool(place, min_size=1, max_size=CONNECTIONS, kwargs=_POSTGRES) as pool,
        AsyncPostgresStore.from_conn_string(place, pool_config={"min_size": 1, "max_size": CONNECTIONS}) as store,
    ):
        yield AsyncPostgresSaver(pool), store  # type: ignore[arg-type]


_POSTGRES: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
