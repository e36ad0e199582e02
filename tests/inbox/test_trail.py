"""The inbox reads the whole audit trail, and then only what is new."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from langgraph.store.postgres import PostgresStore
from langgraph.store.sqlite import SqliteStore
from postgres import postgres
from told import NOON, card, put, record

from langchain_ashby.agent import audit_trail
from langchain_ashby.agent.execution.audit_log import ROOT, AuditRecord, audit_op
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.inbox import trail as reading
from langchain_ashby.inbox.became import OUTCOMES, by_whom
from langchain_ashby.inbox.export import to_csv, to_jsonl, without_private
from langchain_ashby.inbox.trail import Trail, Wanted

pytestmark = pytest.mark.slow

__all__ = ["postgres"]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseStore]:
    with ExitStack() as stack:
        if request.param == "memory":
            yield InMemoryStore()
            return
        if request.param == "sqlite":
            kept: Any = stack.enter_context(SqliteStore.from_conn_string(str(tmp_path / "store.db")))
        else:
            url = request.getfixturevalue("postgres")
            kept = stack.enter_context(PostgresStore.from_conn_string(url))
        kept.setup()
        for item in kept.search(ROOT, limit=10_000):
            kept.delete(item.namespace, item.key)
        yield kept


def many(first: int, count: int, **other: Any) -> list[AuditRecord]:
    return [
        record(it, call_id=f"call {it}", thread_id=f"thread {it % 7}", **other) for it in range(first, first + count)
    ]


def ids(trail: Trail) -> list[str]:
    return [row.call_id for row in trail.rows()]


def test_every_entry_is_found_though_many_are_of_the_same_moment(
    store: BaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_FIRST", 4)
    monkeypatch.setattr(reading, "_MOST", 16)
    trail = Trail(store, every=0)
    expected: list[str] = []
    for first, count in [(0, 150), (150, 1), (151, 3), (154, 40), (194, 0), (194, 5)]:
        put(store, *many(first, count))
        expected = [*(f"call {it}" for it in range(first, first + count)), *expected]
        assert sorted(ids(trail)) == sorted(expected)
    assert ids(trail) == [it.call_id for it in reversed(audit_trail(store))], "newest first"
    assert ids(trail) == ids(Trail(store)), "as if read at once"


def test_the_trail_is_whole_though_many_entries_are_of_the_same_moment(store: BaseStore) -> None:
    for first in range(0, 1500, 500):
        put(store, *many(first, 500))
    assert len({it.call_id for it in audit_trail(store)}) == 1500


def test_only_the_beginning_is_read_again_where_the_store_hands_out_the_newest_first(tmp_path: Path) -> None:
    with SqliteStore.from_conn_string(str(tmp_path / "store.db")) as store:
        store.setup()
        put(store, *many(0, 500))
        store.conn.execute("UPDATE store SET updated_at = datetime(updated_at, '-1 hour')")
        trail = Trail(store, every=0)
        trail.refresh()
        put(store, *many(500, 1))
        trail.refresh()
        read: list[int] = []
        search = store.search

        def counting(*given: Any, **more: Any) -> Any:
            found = search(*given, **more)
            read.append(len(found))
            return found

        store.search = counting  # type: ignore[method-assign]
        put(store, *many(501, 1))
        read.clear()
        assert len(trail.rows()) == 502
    assert read == [100]


def test_a_first_reading_that_takes_long_delays_the_short_ones_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with SqliteStore.from_conn_string(str(tmp_path / "store.db")) as store:
        store.setup()
        trail, search = Trail(store), store.search

        def slow(*given: Any, **more: Any) -> Any:
            now[0] += 3
            return search(*given, **more)

        store.search = slow  # type: ignore[method-assign]
        assert ids(trail) == []
        store.batch([audit_op(record(call_id="call 0"), "key")])
        assert ids(trail) == [], "what was read a moment ago is new enough"
        now[0] += 1
        assert ids(trail) == ["call 0"]


def test_an_entry_that_is_written_again_after_a_crash_replaces_the_first(tmp_path: Path) -> None:
    with SqliteStore.from_conn_string(str(tmp_path / "store.db")) as store:
        store.setup()
        store.batch([audit_op(record(outcome="unknown"), "key")])
        store.conn.execute("UPDATE store SET updated_at = datetime(updated_at, '-1 hour')")
        trail = Trail(store, every=0)
        assert [row.outcome for row in trail.rows()] == ["unknown"]
        store.batch([audit_op(record(outcome="applied"), "key")])
        assert [row.outcome for row in trail.rows()] == ["applied"]


def test_entries_of_another_version_are_counted_not_hidden(store: BaseStore) -> None:
    put(store, *many(0, 3))
    store.put((*ROOT, "label"), "key", {"version": 99, "json": "{}"})
    trail = Trail(store)
    assert len(trail.rows()) == 3 and trail.unreadable == 1


def test_an_entry_has_its_address_as_soon_as_its_thread_was_read(store: BaseStore) -> None:
    put(store, *many(0, 3))
    trail = Trail(store, every=3600)
    assert len(trail.rows()) == 3
    put(store, *many(3, 4))
    [(row, entry)] = trail.thread("thread 3")
    assert trail.row(row.id) == row and trail.entry(row) == entry
    assert len(trail.rows()) == len(trail.since(0)) == 3, "and is found as any other when it is due"


def test_a_thread_is_read_in_full(store: BaseStore) -> None:
    put(store, *many(0, 14))
    assert {it.call_id for _, it in Trail(store).thread("thread 4")} == {"call 4", "call 11"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), 6),
        (Wanted(words="lovelace ADA"), 6),
        (Wanted(words="siobhan"), 1),
        (Wanted(words="rejected ben"), 4),
        (Wanted(words="not there"), 0),
        (Wanted(outcome="applied"), 1),
        (Wanted(thread="t5"), 1),
        (Wanted(candidate="ada"), 5),
        (Wanted(reviewer="LEA"), 1),
        (Wanted(tool="ashby_create_offer"), 1),
        (Wanted(since=NOON + timedelta(seconds=4)), 2),
        (Wanted(until=NOON + timedelta(seconds=4)), 4),
        (Wanted(words="ada", outcome="rejected", since=NOON + timedelta(seconds=1)), 4),
    ],
)
def test_entries_are_found_by_words_outcome_thread_candidate_reviewer_tool_and_time(wanted: Wanted, found: int) -> None:
    store = InMemoryStore()
    siobhan = {"s": {"what": "The candidate", "name": "Siobhán Ada", "kind": None}}
    two = [{"reviewer": "Ben", "at": ""}, {"reviewer": "Lea", "at": ""}]
    put(
        store,
        record(0, outcome="applied", decision="approve", detail="", reviewer="Lea", approved_by=two),
        record(1, tool="ashby_create_offer"),
        record(2),
        record(3, card=card("Move Siobhán Lovelace Ada", refers=siobhan)),
        record(4, decision=None, reviewer=None, outcome="superseded", detail=""),
        record(5, thread_id="t5"),
    )
    assert len(list(wanted.of(Trail(store).rows()))) == found


def test_each_outcome_has_words() -> None:
    assert {*get_args(Outcome)} == {*OUTCOMES}


def test_all_who_decided_are_named() -> None:
    two = [{"reviewer": "Ben", "at": ""}, {"reviewer": "Lea", "at": ""}]
    started = {"reviewer": "Kim", "at": ""}
    assert by_whom(record(decision="approve", approved_by=two)) == "approved by Ben and Lea"
    assert by_whom(record(decision="approve", reviewer="Lea", started_by=started)) == "approved by Lea, made by Kim"
    assert by_whom(record(reviewer=None)) == "rejected by an unnamed reviewer"
    assert by_whom(record(decision=None)) == "no decision"
    assert by_whom(record(decision="policy", reviewer=None)) == "allowed by the policy"


def exported(*records: AuditRecord, private: bool = False) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """The rows of the CSV, and the objects of the JSON Lines."""
    store = InMemoryStore()
    put(store, *records)
    trail = Trail(store)
    rows = trail.rows()
    shown = [it if private else without_private(it) for it in trail.entries(rows)]
    text = "".join(to_csv(shown))
    lines = list(to_jsonl(shown))
    assert all(it.endswith("\n") and it.isascii() for it in lines)
    return list(csv.DictReader(io.StringIO(text, newline=""))), [json.loads(it) for it in lines]


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@\t\r\n \"';,\u202e\ud800|=("), st.characters()), max_size=12))
@example("=1+1")
@example(" \t=1+1")
@example("\n@x")
@example("a\ud800\r\nb\u202e")
def test_no_cell_begins_like_a_formula_and_every_line_is_one_entry(text: str) -> None:
    told = {"reviewer": text, "detail": text, "thread_id": text, "card": card(text)}
    rows, objects = exported(record(0, **told), record(1))
    assert len(rows) == len(objects) == 2
    for cell in rows[1].values():
        cell.encode()
        assert cell.strip()[:1] not in ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    assert objects[1]["reviewer"] == text and objects[1]["card"]["line"] == text


@pytest.mark.parametrize("text", ["a;=1+1", "a; @x", 'a;"=1"', "a\n=1+1", "a;;+1"])
def test_no_cell_begins_like_a_formula_where_semicolons_part_them(text: str) -> None:
    store = InMemoryStore()
    put(store, record(0, detail=text, thread_id=text, card=card(text)))
    trail = Trail(store)
    sheet = "".join(to_csv(trail.entries(trail.rows())))
    for cell in re.split("[;\n]", sheet):
        assert cell.strip(' "')[:1] not in ("=", "+", "-", "@")


def test_private_values_are_exported_only_if_asked_for() -> None:
    secret = record(
        card=card("Set the salary of Ada to 100,000", private={"Salary": "compensation"}, args={"salary": 100_000}),
        args={"salary": 100_000},
        original={"salary": 100_000},
        before={"Salary": 100_000},
        detail="Not executed. Since it was proposed, things have changed: Salary: 120, was 100,000",
    )
    for private in (False, True):
        rows, objects = exported(secret, private=private)
        text = f"{rows} {objects}".replace(",", "").replace("_", "")
        assert ("100000" in text) is private
    assert rows[0]["change"] == "Set the salary of Ada to 100,000"
