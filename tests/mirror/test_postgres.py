"""The mirror in PostgreSQL."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from changes import Company
from expected import differences, expected, held
from postgres import own_schema
from sqlalchemy import select, text
from test_interleavings import play

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror, MirrorBusyError, MirrorError, reading
from langchain_ashby.mirror.search import has_words
from langchain_ashby.mirror.tables import candidates
from langchain_ashby.mirror.words import Sought
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow


@pytest.fixture
def schema(postgres: str) -> str:
    return own_schema(postgres)


def test_a_mirror_in_postgresql_equals_ashby_after_changes_and_departures(
    schema: str, client: AshbyClient, sandbox: AshbySandbox
) -> None:
    mirror, company = Mirror(schema, client), Company(sandbox, 4)
    mirror.sync()
    assert differences(mirror, expected(sandbox)) == {}
    for number in range(len(company.changes)):
        company.change(number)
    person = sandbox.records("candidate")[0]
    mirror.forget(person["id"])
    mirror.sync(full=True, history=None)
    assert differences(mirror, expected(sandbox, forgotten=frozenset([person["id"]]))) == {}


def test_people_are_found_by_their_words_through_an_index(schema: str, client: AshbyClient) -> None:
    mirror = Mirror(schema, client)
    mirror.sync(history=0)
    with mirror.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # everyone is quickly scanned here
        found = select(candidates.c.id).where(has_words(connection, [Sought("kubernetes", begins=False)]))
        query = found.compile(connection)
        plan = connection.exec_driver_sql(f"EXPLAIN {query}", query.params).scalars()
        assert "candidates_by_words" in "\n".join(plan)


def test_steps_of_every_kind_leave_it_equal(
    schema: str, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 5)
    steps: list[tuple[str, Any]] = [
        ("kill", 90),
        ("change", 5),
        ("run", None),
        ("change", 18),
        ("kill early", 40),
        ("trouble", 7),
        ("run", 3),
        ("change", 20),
        ("full run", None),
        ("two weeks", None),
        ("kill", 200),
    ]
    play(steps, 11, schema, sandbox)


def test_one_writes_and_the_others_read_on(schema: str, client: AshbyClient, sandbox: AshbySandbox) -> None:
    mirror, other = Mirror(schema, client), Mirror(schema, client)
    mirror.sync()
    before, seen = held(mirror), []
    Company(sandbox, 3).update_candidate()
    person = sandbox.records("candidate")[5]["id"]

    def meanwhile(name: str, records: int) -> None:
        if name == "candidate.list":
            with pytest.raises(MirrorBusyError):
                other.sync()
            seen.append(held(other))
            Mirror(schema).forget(person)

    mirror.sync(progress=meanwhile)
    assert seen == [before]
    assert differences(mirror, expected(sandbox, forgotten=frozenset([person]))) == {}


def test_a_reader_cannot_write_and_sees_one_state(schema: str, client: AshbyClient, sandbox: AshbySandbox) -> None:
    mirror = Mirror(schema, client)
    mirror.sync()
    with mirror.connect() as connection:
        names = text("SELECT string_agg(name, ',' ORDER BY id) FROM candidates")
        before = connection.scalar(names)
        Company(sandbox, 3).update_candidate()
        mirror.sync()
        assert connection.scalar(names) == before
    with pytest.raises(MirrorError, match="ReadOnlySqlTransaction"), mirror.connect() as connection:
        connection.execute(text("DELETE FROM candidates"))


def test_a_schema_with_tables_of_others_is_left_alone(schema: str, client: AshbyClient, postgres: str) -> None:
    with psycopg.connect(schema) as theirs:
        theirs.execute("CREATE TABLE users (name text)")
        theirs.execute("INSERT INTO users VALUES ('Ada')")
    with pytest.raises(MirrorError, match="users that does not belong to a mirror"):
        Mirror(schema, client).sync()
    with psycopg.connect(schema) as theirs:
        assert theirs.execute("SELECT count(*) FROM users").fetchone() == (1,)


def test_a_schema_that_does_not_exist_is_said_so(schema: str, client: AshbyClient) -> None:
    with pytest.raises(MirrorError, match="schema does not exist"):
        Mirror(f"{schema}_of_nobody", client).sync()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_error_of_the_server_quotes_neither_the_address_nor_the_password(scheme: str, client: AshbyClient) -> None:
    with pytest.raises(MirrorError) as error:
        Mirror(f"{scheme}://someone:secret@127.0.0.1:1/nothing", client).sync()
    assert "secret" not in str(error.value) and "someone" not in str(error.value)
