"""The full-text index: kept in step automatically, private, and never needed for a correct answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from changes import Company
from postgres import own_schema
from sqlalchemy import create_engine, text
from test_honesty import ask, rows
from test_mirror import everything_in

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror, MirrorError, search
from langchain_ashby.mirror.tables import metadata
from langchain_ashby.mirror.words import LONGEST, MOST, words_of
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow


def found(mirror: Mirror, words: str, **more: str) -> set[str]:
    return {row["name"] for row in rows(ask(mirror, "find_candidates", words=words, limit=100, **more))}


def renamed(sandbox: AshbySandbox, name: str) -> str:
    person = sandbox.records("candidate")[0]["id"]
    Company(sandbox, 1)._call("candidate.update", candidateId=person, name=name)
    return str(person)


def is_indexed(mirror: Mirror) -> bool:
    with mirror.connect() as connection:
        return search._is_indexed(connection)


def test_the_index_of_an_older_mirror_whose_triggers_have_other_names_can_be_dropped() -> None:
    with create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        search.make_index(connection)
        connection.exec_driver_sql("DROP TRIGGER candidates_words_added")
        connection.exec_driver_sql(
            "CREATE TRIGGER candidate_words_added AFTER INSERT ON candidates BEGIN SELECT 1; END"
        )
        search.drop_index(connection)
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")) == 0
        search.make_index(connection)


@pytest.mark.parametrize("leaves", ["forgotten", "anonymized", "deleted"])
def test_words_of_deleted_candidates_leave_the_index(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path, leaves: str
) -> None:
    person = renamed(sandbox, "Zoé Qzyzxwvut")
    mirror.sync()
    assert b"zyzxwvut" in everything_in(tmp_path) and found(mirror, "QZYZXWVUT zoe") == {"Zoé Qzyzxwvut"}
    if leaves == "forgotten":
        mirror.forget(person)
    else:
        if leaves == "anonymized":
            sandbox.anonymize_candidate(person)
        else:
            sandbox.delete_candidate(person)
        mirror.sync(full=leaves == "deleted")
    assert b"zyzxwvut" not in everything_in(tmp_path) and found(mirror, "qzyzxwvut") == set()


def test_a_mirror_made_without_fts5_answers_and_gets_its_index_later(
    mirror: Mirror, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed(sandbox, "Ada Lovelace")
    with monkeypatch.context() as without:
        without.setattr(search, "_has_fts5", lambda _: False)
        mirror.sync()
        assert not is_indexed(mirror) and found(mirror, "love*") == {"Ada Lovelace"}
    renamed(sandbox, "Ada King")
    mirror.sync()
    assert is_indexed(mirror) and found(mirror, "love*") == set() and found(mirror, "ada king") == {"Ada King"}


def test_without_fts5_an_index_is_not_used_and_a_sync_is_refused(
    mirror: Mirror, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed(sandbox, "Ada Lovelace")
    mirror.sync()
    monkeypatch.setattr(search, "_has_fts5", lambda _: False)
    assert found(mirror, "lovelace") == {"Ada Lovelace"}
    with pytest.raises(MirrorError, match="lacks FTS5"):
        mirror.sync()


FOUND = (
    "ada", "ADA lovelàce", "lovelace,ada", "love*", "net", ".NET", "asp.net", "node.js", "js", "c++", "c+*", "so_long",
    '"ada"', "ada^", "kubernetes", "ku\u200bber*", "किरण", "किर*", "मेहता", "a" * 45,
)  # fmt: skip
NOT_FOUND = (
    "love", "title*", ":title", "c", "a_a", "s%g", "s_l*", "ada OR zoe", '"zoe" OR "ada"', "ada' | 'zoe", "ada:* !zoe",
    "रण", "कीरण", "करण", "a" * 44, "a" * 44 + "b",
)  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_words_match_whole_or_by_prefix_and_are_never_read_as_a_query(
    database: str,
    url: str,
    client: AshbyClient,
    sandbox: AshbySandbox,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if database == "postgres":
        url = own_schema(request.getfixturevalue("postgres"))
    mirror, name = Mirror(url, client), "Ada Lovelace, ASP.NET, Node.js & C++, so_long, Kuber\u00adnetes"
    name += " किरण मेहता \u2615\ufe0f " + "a" * 45
    renamed(sandbox, name)
    mirror.sync(history=0)
    for _ in range(2):
        assert [words for words in FOUND if name not in found(mirror, words)] == []
        assert [words for words in NOT_FOUND if name in found(mirror, words)] == []
        monkeypatch.setattr(search, "_has_fts5", lambda _: False)


def test_what_is_not_seen_is_no_word_and_splits_none() -> None:
    assert words_of(["Caf\u034fé \u2615\ufe0f 1\ufe0f\u20e3"], {}) == " cafe 1 "


def test_text_too_long_to_index_is_cut() -> None:
    kept = words_of(["x" * 5_000, *(f"word{number}" for number in range(50_000))], {"title": ["Engineer"]})
    assert len(kept) <= MOST + 2 and max(map(len, kept.split())) == LONGEST
    assert set(kept.split()) <= {"x" * LONGEST, *(f"word{number}" for number in range(50_000))}
