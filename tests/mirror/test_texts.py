"""Words of notes, feedback and résumés: found where they are, kept only on request, never private, gone with people."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import pytest
from brute_force import Pipeline, split_words, utc_now
from changes import Company
from postgres import own_schema
from sqlalchemy import create_engine, insert
from test_honesty import ask, rows
from test_interleavings import check_index
from test_mirror import asked, everything_in, person_with_application

from langchain_ashby import AshbyClient
from langchain_ashby.endpoints.candidates import ReadCandidateFile
from langchain_ashby.errors import AshbyError, ConfigurationError
from langchain_ashby.mirror import Mirror, history, search, texts
from langchain_ashby.mirror.own_tables import accounts, own
from langchain_ashby.mirror.tables import metadata, read_words
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

ALL = ("notes", "feedback", "resumes")


@pytest.fixture
def mirror(url: str, client: AshbyClient) -> Mirror:
    return Mirror(url, client, words=["notes"])


def note(sandbox: AshbySandbox, person: str, text: str, **more: Any) -> None:
    Company(sandbox, 1)._call("candidate.createNote", candidateId=person, note=text, **more)


def found(mirror: Mirror, words: str) -> dict[str, str | None]:
    """Who has the words, and in which texts."""
    return {it["candidate_id"]: it["words in"] for it in rows(ask(mirror, "find_candidates", words=words, limit=100))}


def truth(sandbox: AshbySandbox, client: AshbyClient) -> dict[str, dict[str, set[str]]]:
    """The words of each person, by the texts that they are in."""
    state = sandbox.state()
    pipeline = Pipeline(state, utc_now(), "UTC", frozenset())
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in state["note"]:
        if not each["isPrivate"]:
            text = re.sub("</?(b|i|u|a|ul|ol|li|code|pre)>", " ", each["content"])
            said[each["candidateId"]]["notes"].append(unescape(text))
    owners = {each["id"]: each["candidateId"] for each in state["application"]}
    for each in state["feedback"]:
        for value in each["submittedValues"].values():
            value = value.get("value", "") if isinstance(value, dict) else value
            several = value if isinstance(value, list) else [value]
            said[owners[each["applicationId"]]]["feedback"] += [str(it) for it in several]
    for each in state["candidate"]:
        try:
            text = client.call(ReadCandidateFile(candidate_id=each["id"]))["extractedText"]
        except AshbyError:
            continue
        said[each["id"]]["résumés"].append(text)
    people: dict[str, dict[str, set[str]]] = {}
    for each in state["candidate"]:
        kinds = {kind: set().union(*map(split_words, it)) for kind, it in said[each["id"]].items()}
        people[each["id"]] = {"profile": pipeline.words(each)["words"]} | kinds
    return people


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_words_are_found_in_exactly_the_texts_that_have_them(
    database: str,
    url: str,
    sandbox: AshbySandbox,
    client: AshbyClient,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if database == "postgres":
        url = own_schema(request.getfixturevalue("postgres"))
    random, mirror, company = Random(7), Mirror(url, client, words=ALL), Company(sandbox, 7)
    for number in range(24):
        company.change(random.randrange(len(company.changes)))
        person = company._any("candidate")["id"]
        text = random.choice(["Sehr <b>Müde</b>", "C++ & Kubernetes", "müde, .NET <3", "Ada"])
        how = {"type": random.choice(["text/html", "text/plain"]), "value": text}
        company._call("candidate.createNote", candidateId=person, note=how, isPrivate=random.random() < 0.3)
        if number % 8 == 4:
            mirror.sync(history=5)
    monkeypatch.setattr(texts, "AGAIN", timedelta(0))  # nothing tells that somebody has a new note
    monkeypatch.setattr(texts, "SELDOM", timedelta(0))
    mirror.sync(history=None, full=True)
    check_index(mirror)
    people = truth(sandbox, client)
    known = sorted({word for kinds in people.values() for its in kinds.values() for word in its})
    for number in range(24):
        monkeypatch.setattr(search, "_has_fts5", lambda _, there=number % 2: there)
        wanted = random.sample(known, random.choice((1, 1, 2)))
        if random.random() < 0.5:  # of one person, and perhaps of two texts
            its = sorted(set().union(*random.choice(list(people.values())).values()))
            wanted = random.sample(its, min(2, len(its)))
        begins = random.random() < 0.3

        def has(word: str, its: set[str], begins: bool = begins) -> bool:
            return any(it.startswith(word) for it in its) if begins else word in its

        expected = {
            its_id: {
                kind for kind, its in kinds.items() if any(has(it, its) > has(it, kinds["profile"]) for it in wanted)
            }
            for its_id, kinds in people.items()
            if all(any(has(it, its) for its in kinds.values()) for it in wanted)
        }
        said = found(mirror, " ".join(f"{it}*" if begins else it.upper() for it in wanted))
        assert {its_id: set(kinds.split(", ") if kinds else ()) for its_id, kinds in said.items()} == expected, wanted


def forget(mirror: Mirror, sandbox: AshbySandbox, person: str) -> None:
    mirror.forget(person)


def anonymize(mirror: Mirror, sandbox: AshbySandbox, person: str) -> None:
    sandbox.anonymize_candidate(person)
    mirror.sync(history=0, full=False)


def delete(mirror: Mirror, sandbox: AshbySandbox, person: str) -> None:
    sandbox.delete_candidate(person)
    mirror.sync(history=0, full=True)


def turn_off(mirror: Mirror, sandbox: AshbySandbox, person: str) -> None:
    Mirror(str(mirror._database.engine.url), mirror._client, words=["feedback"]).sync(history=0)


@pytest.mark.parametrize("how", [forget, anonymize, delete, turn_off])
def test_words_leave_the_file_with_the_person_or_the_setting(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path, how: Callable[[Mirror, AshbySandbox, str], None]
) -> None:
    person = person_with_application(sandbox)["id"]
    note(sandbox, person, "Likes qzyzxwvut")
    mirror.sync()
    assert found(mirror, "qzyzx*") == {person: "notes"} and b"zyzxwvut" in everything_in(tmp_path)
    how(mirror, sandbox, person)
    assert found(mirror, "qzyzx*") == {} and b"zyzxwvut" not in everything_in(tmp_path)
    check_index(mirror)


def test_private_notes_and_the_order_of_words_are_never_kept(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path
) -> None:
    person = person_with_application(sandbox)["id"]
    note(sandbox, person, "Qzyzxwvut", isPrivate=True)
    note(sandbox, person, "Zebra <b>yak</b>")
    mirror.sync()
    content = everything_in(tmp_path)
    assert b"zyzxwvut" not in content
    assert b"yak zebra" in content and b"zebra yak" not in content.lower() and found(mirror, "b") == {}


def test_a_question_to_an_old_mirror_leaves_the_words_and_answers_that_it_keeps(url: str, client: AshbyClient) -> None:
    Mirror(url, client, words=["notes"], answers=True).sync()
    asking = Mirror(url, client, max_age=timedelta(0))
    before = asking.coverage(), len(asking.frame("read_words")), list(asking.frame("feedback")["answers"])
    assert asking.freshen() == "" and asking.as_of() != before[0].as_of
    now = asking.coverage(), len(asking.frame("read_words")), list(asking.frame("feedback")["answers"])
    assert now[1:] == before[1:] and now[0].histories == before[0].histories


def test_nothing_is_read_or_kept_unless_it_is_asked_for(url: str, client: AshbyClient, sandbox: AshbySandbox) -> None:
    plain = Mirror(url, client)
    plain.sync()
    assert not asked(sandbox, 0, "candidate.listNotes") and not asked(sandbox, 0, "file.info")
    answer = ask(plain, "find_candidates", words="ada").text
    assert "\n# searched profiles; no notes, feedback or résumés, as this mirror does not keep their words\n" in answer


def test_each_run_reads_as_many_people_as_the_budget_allows_and_the_answer_says_of_how_many(
    url: str, client: AshbyClient, sandbox: AshbySandbox
) -> None:
    Company(sandbox, 1)._call("candidate.create", name="Zoé")  # the newest, but not active
    mirror, state = Mirror(url, client, words=ALL), sandbox.state()
    active = {it["candidateId"] for it in state["application"] if it["status"] in ("Active", "Lead")}
    everyone = len(state["candidate"])
    mirror.sync(history=len(active))
    assert {it["body"]["candidateId"] for it in asked(sandbox, 0, "candidate.listNotes")} == active
    answer = ask(mirror, "find_candidates", words="ada").text
    three = "notes of {0}, feedback of {0} and résumés of {0} of {1} candidates".format(len(active), everyone)
    assert f"# searched profiles, {three}" in answer
    Mirror(url, client, words=None).sync()
    assert len(asked(sandbox, 0, "candidate.listNotes")) == everyone, "each is read once, and the setting stays"
    Mirror(url, client, words=None).sync()
    assert len(asked(sandbox, 0, "candidate.listNotes")) == everyone


def test_a_search_says_since_when_notes_were_read_but_not_resumes_which_do_not_age() -> None:
    at = datetime.now(UTC) - timedelta(days=9)
    with create_engine("sqlite://").connect() as connection:
        for tables in (metadata, own):
            tables.create_all(connection)
        account = {"account": "a", "version": 1, "keeps_answers": False, "keeps_words": "notes resumes"}
        connection.execute(insert(accounts).values(account))
        for kind, read_at in (("notes", at), ("notes", at + timedelta(days=8)), ("resumes", at - timedelta(days=8))):
            row = {"candidate_id": str(read_at), "kind": kind, "words": " ada ", "read_at": read_at}
            connection.execute(insert(read_words).values(row))
        assert texts.reach(connection) == (
            f"profiles, notes of 2 and résumés of 1 of 0 candidates; notes read since {at:%Y-%m-%d %H:%M} UTC"
        )


def test_who_has_changed_is_read_first_and_notes_are_read_again_after_a_while(
    url: str, client: AshbyClient, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = Company(sandbox, 1)._call("candidate.create", name="Zoé")["id"]
    mirror, state = Mirror(url, client, words=["notes", "resumes"]), sandbox.state()
    active = {it["candidateId"] for it in state["application"] if it["status"] in ("Active", "Lead")}
    mirror.sync(history=None)
    note(sandbox, idle, "Qzyzxwvut")
    Company(sandbox, 1)._call("candidate.update", candidateId=idle, name="Zoé Somebody")
    Company(sandbox, 1)._call("candidate.create", name="Somebody New")
    mirror.sync(history=1)
    assert found(mirror, "qzyzxwvut") == {idle: "notes"}
    mirror.sync(history=None, full=False)
    application = next(it["id"] for it in state["application"] if it["candidateId"] in active)
    Company(sandbox, 1)._call("application.changeSource", applicationId=application, sourceId=None)
    before = len(sandbox.requests())
    mirror.sync(history=None, full=False)
    assert len(asked(sandbox, before, "candidate.listNotes")) == 1 and not asked(sandbox, before, "file.info")
    monkeypatch.setattr(texts, "AGAIN", timedelta(0))
    before = len(sandbox.requests())
    mirror.sync(history=None, full=False)
    assert {it["body"]["candidateId"] for it in asked(sandbox, before, "candidate.listNotes")} == active
    assert not asked(sandbox, before, "file.info")


def test_feedback_is_read_again_when_its_application_changes(
    url: str, client: AshbyClient, sandbox: AshbySandbox
) -> None:
    mirror = Mirror(url, client, words=["feedback"])
    mirror.sync(history=None)
    company, before = Company(sandbox, 7), len(sandbox.records("feedback"))
    company.give_feedback()
    given = sandbox.records("feedback")[before:]
    mirror.sync(history=None, full=False)
    people = {it["id"]: it["candidateId"] for it in sandbox.records("application")}
    assert given and {people[it["applicationId"]] for it in given} <= found(mirror, "good").keys()


def test_a_person_who_is_forgotten_or_leaves_while_texts_are_read_leaves_no_words(
    mirror: Mirror, url: str, sandbox: AshbySandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_BATCH", 2)
    people = [it["id"] for it in sandbox.records("candidate")]
    for person in people:
        note(sandbox, person, "Qzyzxwvut")

    def leave(name: str, number: int) -> None:
        if name == "candidate.listNotes" and number == 2:
            for person in people[:6]:
                Mirror(url).forget(person)
            for person in people[6:]:
                sandbox.delete_candidate(person)

    mirror.sync(progress=leave, history=None)
    assert not set(mirror.frame("read_words")["candidate_id"]) & set(people[:6])
    mirror.sync(full=True)
    assert b"zyzxwvut" not in everything_in(tmp_path) and found(mirror, "qzyzxwvut") == {}


def test_a_run_that_is_broken_off_keeps_what_it_read_of_texts(
    mirror: Mirror, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_BATCH", 3)

    def break_off(name: str, number: int) -> None:
        if name == "candidate.listNotes" and number == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror.sync(history=None, progress=break_off)
    mirror.sync(history=None)
    read = [it["body"]["candidateId"] for it in asked(sandbox, 0, "candidate.listNotes")]
    assert len(read) == len(set(read)) == len(sandbox.records("candidate"))


def test_a_file_that_cannot_be_read_does_not_end_a_run(url: str, client: AshbyClient, sandbox: AshbySandbox) -> None:
    mirror = Mirror(url, client, words=["resumes"])
    sandbox.fault("file.info", body='{"success": false, "errorInfo": {"code": "file_handle_invalid"}}', times=1)
    mirror.sync()
    assert f"résumés of {len(sandbox.records('candidate'))} of" in ask(mirror, "find_candidates", words="ada").text


@pytest.mark.parametrize("words", ["notes", ["note"]])
def test_words_of_unknown_kinds_are_refused(url: str, words: Any) -> None:
    with pytest.raises(ConfigurationError, match="notes, feedback, resumes"):
        Mirror(url, words=words)


def test_resumes_without_their_library_are_refused_at_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"langchain-ashby\[files\]"):
        Mirror(url, words=["resumes"])
