"""After any interleaving of changes, runs, kills, faults and expired tokens, the mirror equals Ashby."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from changes import Company
from expected import differences, expected, held
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, literal, select

from langchain_ashby import AshbyClient, AshbyError
from langchain_ashby.errors import MirrorError
from langchain_ashby.mirror import Mirror, reading
from langchain_ashby.mirror.tables import candidates, read_words
from langchain_ashby.sandbox import AshbySandbox

ENDPOINTS = ("candidate.list", "application.list", "job.list", "interviewSchedule.list", "application.listHistory", "*")
TROUBLES: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"drop": "before"},
    {"drop": "during"},
    {"body": "<html>"},
    {"status": 403},
    *(
        {"body": f'{{"success": false, "errorInfo": {{"code": "{code}"}}}}'}
        for code in ("sync_token_expired", "sync_token_invalid", "incremental_sync_too_large", "next_cursor_expired")
    ),
)

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """The end of a process, as far as it can be had without ending one."""


@contextmanager
def killed_after(mirror: Mirror, statements: int) -> Iterator[None]:
    """Ends the run in the block before one of its SQL statements."""
    left = [statements]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    engine = mirror._database.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    except Killed:
        pass
    finally:
        event.remove(engine, "before_cursor_execute", count)


def as_of(mirror: Mirror) -> Any:
    """When the last run began that was put in place; None if none was, or there is no mirror."""
    try:
        return mirror.coverage().as_of
    except MirrorError:
        return None


def listed(mirror: Mirror) -> Any:
    """What lists have put in place."""
    return {name: rows for name, rows in held(mirror).items() if name != "stage_stays"}


def check_whole(mirror: Mirror) -> None:
    """No record names an application, a person or a stage that is not there."""
    has = held(mirror)
    ids = {name: {row[0] for row in rows} for name, rows in has.items()}
    assert {row[1] for row in has["applications"]} <= ids["candidates"]
    assert {row[3] for row in has["applications"]} <= ids["interview_stages"]
    for name in ("stage_stays", "offers", "interview_schedules", "feedback"):
        assert {row[1] for row in has[name]} <= ids["applications"], name
    assert {row[1] for row in has["interview_events"]} <= ids["interview_schedules"]
    check_index(mirror)


def check_index(mirror: Mirror) -> None:
    """Checks that words are of people who are there, and each in an SQLite index finds exactly those who have it."""
    with mirror.connect() as connection:
        nobody = read_words.c.candidate_id.not_in(select(candidates.c.id))
        assert not connection.scalars(select(read_words.c.candidate_id).where(nobody)).all()
        if connection.dialect.name != "sqlite":
            return
        profiles = select(candidates.c.id, literal(""), candidates.c.words)
        words = profiles.union_all(select(read_words.c.candidate_id, read_words.c.kind, read_words.c.words))
        kept = {(word, its_id, kind) for its_id, kind, its in connection.execute(words) for word in (its or "").split()}
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.seen USING fts5vocab (main, candidate_words, instance)")
        found = "SELECT term, candidate_id, kind FROM temp.seen JOIN candidate_numbers ON number = doc"
        assert {tuple(row) for row in connection.exec_driver_sql(found)} == kept


step = st.one_of(
    st.tuples(st.just("change"), st.integers(0, 10**6)),
    st.tuples(st.just("change"), st.integers(0, 10**6)),
    st.tuples(st.just("run"), st.sampled_from([0, 3, None])),
    st.tuples(st.just("full run"), st.none()),
    st.tuples(st.just("kill"), st.integers(1, 400)),
    st.tuples(st.just("kill early"), st.integers(1, 60)),
    st.tuples(st.just("trouble"), st.integers(0, 10**6)),
    st.tuples(st.just("two weeks"), st.none()),
)


def play(steps: list[tuple[str, Any]], seed: int, url: str, sandbox: AshbySandbox) -> None:
    """Makes the steps and a last run, and compares."""
    company = Company(sandbox, seed)
    with AshbyClient(sandbox.api_key, sandbox.url, max_retries=0) as client:
        mirror = Mirror(url, client)
        for name, value in steps:
            before = as_of(mirror)
            content = listed(mirror) if before else None
            if name == "change":
                company.change(value)
            elif name == "two weeks":
                sandbox.advance_clock(15 * 24 * 3600)
            elif name == "trouble":
                random = Random(value)
                sandbox.fault(random.choice(ENDPOINTS), **random.choice(TROUBLES), times=random.randint(1, 3))
            elif "kill" in name:
                with killed_after(mirror, value):
                    attempt(mirror)
            else:
                attempt(mirror, full=name == "full run", history=value)
            if before and as_of(mirror) == before:
                assert listed(mirror) == content, "a run that did not end has changed something"
            if as_of(mirror):
                check_whole(mirror)
        sandbox._engine.faults.reset()
        if company.anybody_left:
            mirror.sync(full=True, history=0)
        mirror.sync(history=None)
        known = mirror.coverage()
        assert not known.left_out and known.histories == known.applications
        assert differences(mirror, expected(sandbox)) == {}


def attempt(mirror: Mirror, **how: Any) -> None:
    """Brings the mirror up to date, as far as Ashby lets it."""
    try:
        mirror.sync(**how)
    except AshbyError as error:
        assert not isinstance(error, MirrorError)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 5)


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(step, min_size=4, max_size=8), st.integers(0, 10**6))
def test_a_mirror_equals_ashby_whatever_happened(steps: list[tuple[str, Any]], seed: int) -> None:
    with TemporaryDirectory() as directory, AshbySandbox(candidates=12) as sandbox:
        play(steps, seed, f"sqlite:///{Path(directory) / 'mirror.db'}", sandbox)


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(step, min_size=6, max_size=20), st.integers(0, 10**6))
def test_a_mirror_equals_ashby_after_long_interleavings(steps: list[tuple[str, Any]], seed: int) -> None:
    with TemporaryDirectory() as directory, AshbySandbox(candidates=12) as sandbox:
        play(steps, seed, f"sqlite:///{Path(directory) / 'mirror.db'}", sandbox)
