"""What a mirror holds, what it leaves out, who may write it, and what it says of itself."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from changes import Company
from expected import differences, expected, held
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import OperationalError

from langchain_ashby import AshbyClient
from langchain_ashby.errors import ArgumentError, ConfigurationError, Refused
from langchain_ashby.mirror import Coverage, Mirror, MirrorBusyError, MirrorError, history, reading
from langchain_ashby.mirror import mirror as module
from langchain_ashby.mirror.own_tables import accounts, forgotten
from langchain_ashby.mirror.tables import applications, candidates, history_is_known, seen_moves, stage_stays
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.records import KINDS

pytestmark = pytest.mark.slow


def asked(sandbox: AshbySandbox, after: int, endpoint: str) -> list[dict[str, Any]]:
    return [call for call in sandbox.requests(after) if call["endpoint"] == endpoint]


def everything_in(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.iterdir())


def person_with_application(sandbox: AshbySandbox) -> dict[str, Any]:
    state = sandbox.state()
    owner = state["application"][0]["candidateId"]
    return next(dict(each) for each in state["candidate"] if each["id"] == owner)


def test_the_first_run_reads_everything(mirror: Mirror, sandbox: AshbySandbox) -> None:
    known = mirror.sync()
    assert known.applications == known.histories == len(sandbox.records("application"))
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
def test_later_runs_ask_for_changes_only_and_read_the_history_of_what_changed(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    before = len(sandbox.requests())
    mirror.sync()
    assert all("syncToken" in call["body"] for call in asked(sandbox, before, "candidate.list"))
    assert not asked(sandbox, before, "application.listHistory")
    company = Company(sandbox, 3)
    for _ in range(4):
        company.move()
    before = len(sandbox.requests())
    mirror.sync()
    assert 1 <= len(asked(sandbox, before, "application.listHistory")) <= 4
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
def test_every_kind_of_change_arrives_by_a_list_of_changes(mirror: Mirror, sandbox: AshbySandbox) -> None:
    company = Company(sandbox, 7)
    company.schedule()
    company.give_feedback()
    feedback = len(sandbox.records("feedback"))
    mirror.sync(history=None, full=False)
    assert differences(mirror, expected(sandbox)) == {}
    company.reschedule()  # takes the meeting away, and its feedback with it
    assert len(sandbox.records("feedback")) == feedback - 1
    kinds = {change for change in company.changes if not {"delete", "merge"} & set(change.__name__.split("_"))}
    for change in sorted(kinds, key=lambda change: change.__name__):
        change()
    assert not company.anybody_left
    mirror.sync(history=None, full=False)
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
def test_a_stage_that_is_renamed_has_its_new_name_after_the_next_run(mirror: Mirror, sandbox: AshbySandbox) -> None:
    stage = sandbox.records("interviewStage")[0]
    store = sandbox._engine.store
    with store.transaction():
        store.put(KINDS["interviewStage"], {**stage, "title": "Renamed", "type": "Active"})
    mirror.sync(history=None, full=False)
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize("owner", ["Candidate", "Application", "Job"])
def test_an_option_that_is_renamed_has_its_new_name_in_all_records_after_the_next_run(
    mirror: Mirror, sandbox: AshbySandbox, owner: str
) -> None:
    fields = [it for it in sandbox.records("customField") if it["objectType"] == owner and it.get("selectableValues")]
    field = next(it for it in fields if not it["isPrivate"])
    store = sandbox._engine.store
    asked_whole = {"Candidate": "candidate.list", "Application": "application.list", "Job": "job.list"}[owner]

    def choose(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with store.transaction():
            store.put(KINDS["customField"], {**field, "selectableValues": options})
        before = len(sandbox.requests())
        mirror.sync(history=None, full=False)
        assert differences(mirror, expected(sandbox)) == {}
        return [call for call in asked(sandbox, before, asked_whole) if "syncToken" not in call["body"]]

    more = [*field["selectableValues"], {"label": "Another", "value": "another", "isArchived": False}]
    assert not choose(more), "a new option is nobody's yet"
    assert choose([{**it, "label": f"{it['label']} (new)"} for it in more])
    assert not choose([{**it, "label": f"{it['label']} (new)"} for it in more])


def test_histories_are_read_as_far_as_the_budget_allows_those_of_active_applications_first(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    active = [each["id"] for each in sandbox.records("application") if each["status"] in ("Active", "Lead")]
    assert mirror.sync(history=0).histories == 0
    assert mirror.sync(history=len(active)).histories == len(active)
    with mirror.connect() as connection:
        assert set(connection.scalars(select(applications.c.id).where(history_is_known()))) == set(active)
    assert mirror.sync(history=None).histories == len(sandbox.records("application"))


@pytest.mark.usefixtures("first_run")
def test_a_move_is_noted_as_seen_between_two_runs_until_its_history_is_read(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    before = held(mirror)["applications"]
    company = Company(sandbox, 1)
    while held_stages(sandbox) == {row[0]: row[3] for row in before}:
        company.move()
    first, second = mirror.coverage().as_of, mirror.sync(history=0).as_of
    with mirror.connect() as connection:
        [move] = connection.execute(select(seen_moves)).all()
        assert (
            connection.scalar(select(applications.c.interview_stage_id).where(applications.c.id == move.application_id))
            == move.to_stage_id
            != move.from_stage_id
        )
    assert move.after == first and second is not None and move.before >= second
    mirror.sync()
    with mirror.connect() as connection:
        assert connection.execute(select(seen_moves)).all() == []


def held_stages(sandbox: AshbySandbox) -> dict[str, str]:
    return {each["id"]: each["currentInterviewStageId"] for each in sandbox.records("application")}


@pytest.mark.usefixtures("first_run")
def test_a_history_is_known_until_its_application_changes_in_any_way(mirror: Mirror, sandbox: AshbySandbox) -> None:
    every = mirror.coverage().histories
    one = sandbox.records("application")[0]
    Company(sandbox, 1)._call("application.changeSource", applicationId=one["id"], sourceId=None)
    assert mirror.sync(history=0).histories == every - 1
    with mirror.connect() as connection:
        assert connection.scalars(select(applications.c.id).where(~history_is_known())).all() == [one["id"]]


@pytest.mark.usefixtures("first_run")
def test_a_run_that_reads_everything_again_comes_by_itself_once_a_day(
    mirror: Mirror, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = mirror.coverage().complete_at
    sandbox.delete_candidate(person_with_application(sandbox)["id"])
    assert mirror.sync().complete_at == complete
    monkeypatch.setattr(module, "COMPLETE_EVERY", timedelta(0))
    assert mirror.sync(full=False).complete_at == complete
    assert mirror.sync().complete_at != complete
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
def test_a_question_starts_to_read_everything_again_once_a_day(
    url: str, client: AshbyClient, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = Mirror(url, client, max_age=timedelta(0))
    complete = mirror.coverage().complete_at
    sandbox.delete_candidate(person_with_application(sandbox)["id"])
    assert mirror.freshen() == ""
    assert mirror.coverage().complete_at == complete, "it was read today"
    monkeypatch.setattr(module, "COMPLETE_EVERY", timedelta(0))
    assert mirror.freshen() == "", "the answer does not wait for it"
    until = time.monotonic() + 20
    while mirror.coverage().complete_at == complete:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
def test_merged_people_are_found_by_the_next_run(mirror: Mirror, sandbox: AshbySandbox) -> None:
    person = person_with_application(sandbox)["id"]
    into = next(each["id"] for each in sandbox.records("candidate") if each["id"] != person)
    sandbox.merge_candidates(person, into=into)
    mirror.sync(full=False)
    assert differences(mirror, expected(sandbox)) == {}


def test_a_deleted_application_whose_history_is_due_is_found_with_its_person(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    mirror.sync(history=0)
    sandbox.delete_candidate(person_with_application(sandbox)["id"])
    mirror.sync(history=None, full=False)
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize("code", ["sync_token_expired", "sync_token_invalid", "incremental_sync_too_large"])
def test_a_refused_token_leads_to_the_whole_list_which_shows_what_is_gone(
    mirror: Mirror, sandbox: AshbySandbox, code: str
) -> None:
    sandbox.delete_candidate(person_with_application(sandbox)["id"])
    for endpoint in ("candidate.list", "application.list"):
        sandbox.fault(endpoint, body=f'{{"success": false, "errorInfo": {{"code": "{code}"}}}}')
    mirror.sync(full=False)
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize("endpoint", ["candidate.list", "application.list"])
def test_who_is_gone_takes_everything_along_though_only_one_list_shows_it(
    mirror: Mirror, sandbox: AshbySandbox, endpoint: str
) -> None:
    person = person_with_application(sandbox)["id"]
    sandbox.delete_candidate(person)
    sandbox.fault(endpoint, body='{"success": false, "errorInfo": {"code": "sync_token_expired"}}')
    mirror.sync(full=False)
    wrong = differences(mirror, expected(sandbox))
    if endpoint == "application.list":  # the list of people still has to say it
        too_many, too_few = wrong.pop("candidates")
        assert ([row[0] for row in too_many], too_few) == ([person], [])
    assert not {table for table in wrong if not table.startswith("candidate_")}


@pytest.mark.usefixtures("first_run")
def test_tokens_that_ashby_itself_lets_expire_are_no_trouble(mirror: Mirror, sandbox: AshbySandbox) -> None:
    sandbox.advance_clock(15 * 24 * 3600)
    Company(sandbox, 5).move()
    mirror.sync(full=False)
    assert differences(mirror, expected(sandbox)) == {}


def test_the_file_is_its_owners_and_has_no_key_and_no_more_of_people_than_is_said(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path
) -> None:
    (tmp_path / "mirror.db").touch(mode=0o644)
    mirror.sync()
    for file in tmp_path.iterdir():
        if file.name != "mirror.db-writer":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    content = everything_in(tmp_path)
    assert sandbox.api_key.encode() not in content
    state = sandbox.state()
    for each in state["candidate"]:
        assert not [it for it in each["phoneNumbers"] if it["value"].encode() in content]
        assert not [it for it in each["socialLinks"] if it["url"].encode() in content]
    assert not [note for note in state["note"] if note["content"].encode() in content]


def test_no_page_of_the_file_is_left_free_with_what_was_on_it(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path
) -> None:
    for full, anew in ((False, False), (True, False), (False, True)):
        mirror.sync(full=full, anew=anew)
        with closing(sqlite3.connect(tmp_path / "mirror.db")) as file:
            assert file.execute("PRAGMA freelist_count").fetchone() == (0,)


@pytest.mark.usefixtures("first_run")
def test_private_fields_and_pay_are_left_out(mirror: Mirror, sandbox: AshbySandbox) -> None:
    state = sandbox.state()
    private = {each["id"] for each in state["customField"] if each["isPrivate"] or each["fieldType"] == "Currency"}
    kept = held(mirror)
    assert any(private & each["customFieldValues"].keys() for each in state["candidate"] + state["application"])
    for table in ("candidate_fields", "application_fields", "job_fields"):
        assert kept[table] and not {row[1] for row in kept[table]} & private
    assert not {row[0] for row in kept["custom_fields"]} & {
        each["id"] for each in state["customField"] if each["isPrivate"]
    }


def test_answers_in_feedback_are_kept_only_on_request(url: str, client: AshbyClient, tmp_path: Path) -> None:
    plain = Mirror(url, client)
    plain.sync()
    assert {row[-1] for row in held(plain)["feedback"]} == {None}
    asked_for = Mirror(url, client, answers=True)
    asked_for.sync()
    answers = [row[-1] for row in held(asked_for)["feedback"]]
    assert answers and any("Very strong" in each for each in answers)
    Mirror(url, client, answers=None).sync()
    assert [row[-1] for row in held(asked_for)["feedback"]] == answers
    plain.sync()
    assert {row[-1] for row in held(plain)["feedback"]} == {None}
    assert b"Very strong" not in everything_in(tmp_path)


@pytest.mark.usefixtures("first_run")
def test_a_forgotten_person_is_gone_at_once_and_not_read_again(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path
) -> None:
    person = person_with_application(sandbox)
    with closing(
        sqlite3.connect(tmp_path / "mirror.db")
    ) as somebody:  # who keeps the log from being emptied at the end
        somebody.execute("SELECT count(*) FROM candidates").fetchall()
        assert mirror.forget(person["id"])
        assert person["name"].encode() not in everything_in(tmp_path)
    wanted = expected(sandbox, forgotten=frozenset([person["id"]]))
    assert differences(mirror, wanted) == {}
    assert person["name"].encode() not in everything_in(tmp_path)
    assert person["emailAddresses"][0]["value"].encode() not in everything_in(tmp_path)
    Company(sandbox, 1)._call("candidate.update", candidateId=person["id"], name="Somebody Else")
    for full in (False, True):
        mirror.sync(full=full)
        assert differences(mirror, expected(sandbox, forgotten=frozenset([person["id"]]))) == {}
    assert not mirror.forget(sandbox.records("application")[0]["id"]), "nobody is forgotten by another record's id"
    with pytest.raises(ArgumentError):
        mirror.forget("nobody")


@pytest.mark.usefixtures("first_run")
def test_the_id_of_a_forgotten_person_is_dropped_when_ashby_has_it_no_more(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path
) -> None:
    person = person_with_application(sandbox)["id"]
    mirror.forget(person)
    mirror.sync(full=True)
    sandbox.delete_candidate(person)
    mirror.sync(full=False)
    with mirror.connect() as connection:
        assert connection.scalars(select(forgotten.c.candidate_id)).all() == [person]
    mirror.sync(full=True)
    with mirror.connect() as connection:
        assert connection.scalars(select(forgotten.c.candidate_id)).all() == []
    assert person.encode() not in everything_in(tmp_path)


@pytest.mark.parametrize(
    "moment", ["candidate.list", "application.list", "interviewStage.list", "application.listHistory"]
)
def test_a_person_can_be_forgotten_in_the_middle_of_a_run(
    mirror: Mirror, url: str, sandbox: AshbySandbox, moment: str
) -> None:
    person = person_with_application(sandbox)
    mirror.sync(history=0)
    Company(sandbox, 1)._call("candidate.update", candidateId=person["id"], name="Somebody Else")

    def forget(name: str, records: int) -> None:
        if name == moment:
            Mirror(url).forget(person["id"])

    mirror.sync(full=True, progress=forget)
    mirror.sync(history=None)
    assert differences(mirror, expected(sandbox, forgotten=frozenset([person["id"]]))) == {}


def test_a_history_that_was_sent_for_before_a_person_was_forgotten_is_not_kept(
    mirror: Mirror, url: str, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_BATCH", 1)
    people = {each["candidateId"] for each in sandbox.records("application")}

    def forget(name: str, records: int) -> None:
        if name == "application.listHistory" and records == 1:
            for person in people:
                Mirror(url).forget(person)

    mirror.sync(progress=forget)
    assert not held(mirror)["stage_stays"] and not held(mirror)["applications"]


@pytest.mark.usefixtures("first_run")
def test_an_anonymized_person_is_nameless_after_the_next_run(
    mirror: Mirror, sandbox: AshbySandbox, tmp_path: Path
) -> None:
    person = person_with_application(sandbox)
    sandbox.anonymize_candidate(person["id"])
    mirror.sync(full=False)
    assert differences(mirror, expected(sandbox)) == {}
    assert person["name"].encode() not in everything_in(tmp_path)


@pytest.mark.usefixtures("first_run")
def test_one_writes_and_the_others_read_on(
    mirror: Mirror, url: str, client: AshbyClient, sandbox: AshbySandbox
) -> None:
    before = held(mirror)
    Company(sandbox, 3).update_candidate()
    other, seen = Mirror(url, client), []

    def meanwhile(name: str, records: int) -> None:
        if name == "candidate.list":
            with pytest.raises(MirrorBusyError):
                other.sync()
            seen.append(held(other))

    mirror.sync(progress=meanwhile)
    assert seen == [before]
    assert held(other) != before


@pytest.mark.usefixtures("first_run")
def test_a_reader_sees_one_state_however_long_it_reads(mirror: Mirror, sandbox: AshbySandbox) -> None:
    with mirror.connect() as connection:
        names = select(candidates.c.name).order_by(candidates.c.id)
        before = connection.scalars(names).all()
        Company(sandbox, 3).update_candidate()
        thread = threading.Thread(target=mirror.sync)
        thread.start()
        thread.join()
        assert connection.scalars(names).all() == before
    with mirror.connect() as connection:
        assert connection.scalars(names).all() != before


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize("statement", ["DELETE FROM candidates", "CREATE TABLE mine (id TEXT)", "DROP TABLE jobs"])
def test_a_reader_cannot_write(mirror: Mirror, statement: str) -> None:
    before = held(mirror)
    with pytest.raises((OperationalError, MirrorError)), mirror.connect() as connection:
        connection.execute(text("PRAGMA query_only = OFF"))
        connection.execute(text(statement))
        connection.commit()
    assert held(mirror) == before


@pytest.mark.usefixtures("first_run")
def test_a_run_that_ends_beside_a_short_write_waits_for_it(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidy = mirror._database.tidy

    def with_another(connection: Connection) -> None:
        other = sqlite3.connect(tmp_path / "mirror.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.5, other.close).start()
        tidy(connection)

    monkeypatch.setattr(mirror._database, "tidy", with_another)
    mirror.sync()
    assert mirror.coverage().applications


@pytest.mark.usefixtures("first_run")
def test_two_accounts_never_share_a_mirror(mirror: Mirror, url: str, sandbox: AshbySandbox) -> None:
    person = person_with_application(sandbox)["id"]
    mirror.forget(person)
    asked_before = len(sandbox.requests())
    with AshbyClient(sandbox.add_key(), sandbox.url) as another:
        theirs = Mirror(url, another)
        for act in (theirs.sync, theirs.coverage, lambda: theirs.frame("jobs"), lambda: theirs.forget(person)):
            with pytest.raises(MirrorError) as error:
                act()
            assert error.value.code == "another_account"
        assert len(sandbox.requests()) == asked_before
        theirs.sync(anew=True)
        assert differences(theirs, expected(sandbox, forgotten=frozenset([person]))) == {}
    with pytest.raises(MirrorError):
        mirror.coverage()


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize("newer", [True, False])
def test_a_mirror_of_another_version_is_made_anew_if_it_is_older_and_refused_if_it_is_newer(
    mirror: Mirror, sandbox: AshbySandbox, newer: bool
) -> None:
    person = person_with_application(sandbox)["id"]
    mirror.forget(person)
    with mirror._database.engine.connect() as connection:
        connection.execute(update(accounts).values(version=99 if newer else 0))
        connection.commit()
    with pytest.raises(MirrorError, match="version"):
        mirror.coverage()
    if newer:
        with pytest.raises(MirrorError, match="Update langchain-ashby"):
            mirror.sync()
    else:
        mirror.sync()
        assert differences(mirror, expected(sandbox, forgotten=frozenset([person]))) == {}


def test_what_the_key_may_not_read_is_left_out_by_name_and_read_once_it_may(url: str, sandbox: AshbySandbox) -> None:
    may = ["candidatesRead", "jobsRead", "interviewsRead", "organizationRead", "hiringProcessMetadataRead"]
    with AshbyClient(sandbox.add_key(permissions=may), sandbox.url) as client:
        known = Mirror(url, client).sync()
    assert known.left_out == {"offer.list": "missing_endpoint_permission"}
    assert "without offer.list" in str(known)
    with AshbyClient(sandbox.add_key(permissions=["jobsRead"]), sandbox.url) as client, pytest.raises(Refused):
        Mirror(url, client).sync(anew=True)


@pytest.mark.usefixtures("first_run")
def test_what_the_key_may_no_longer_read_is_taken_out(mirror: Mirror, sandbox: AshbySandbox) -> None:
    sandbox.fault("offer.list", status=403)
    assert list(mirror.sync(full=False).left_out) == ["offer.list"]
    assert not held(mirror)["offers"]
    assert not mirror.sync(full=False).left_out
    assert differences(mirror, expected(sandbox)) == {}


def test_coverage_says_in_a_line_what_every_answer_has_to_say(mirror: Mirror) -> None:
    with pytest.raises(MirrorError, match="no mirror"):
        mirror.coverage()
    known = mirror.sync(history=2)
    assert known.as_of is not None and known.age is not None and known.age < timedelta(minutes=5)
    assert str(known) == f"as of {known.as_of:%H:%M} UTC; history known for 2 of {known.applications}"
    old = Coverage(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), None, 2475, 2431)
    assert str(old) == "as of 2026-01-02 03:04 UTC; history known for 2,431 of 2,475"


def test_a_first_run_that_was_broken_off_leaves_nothing_half_and_goes_on(
    mirror: Mirror, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)

    def break_off(name: str, records: int) -> None:
        if name == "candidate.list" and records >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror.sync(progress=break_off)
    assert mirror.coverage().as_of is None and "nothing is known yet" in str(mirror.coverage())
    assert not held(mirror)["candidates"]
    before = len(sandbox.requests())
    mirror.sync()
    assert not [call for call in asked(sandbox, before, "application.list") if not call["body"].get("syncToken")]
    assert asked(sandbox, before, "candidate.list")[0]["body"].get("cursor")
    assert differences(mirror, expected(sandbox)) == {}


@pytest.mark.usefixtures("first_run")
def test_a_frame_has_times_in_utc(mirror: Mirror, sandbox: AshbySandbox) -> None:
    frame = mirror.frame("applications")
    assert len(frame) == len(sandbox.records("application"))
    assert str(frame["created_at"].dt.tz) == "UTC"
    assert (frame["updated_at"] >= frame["created_at"]).all()
    with pytest.raises(KeyError, match="stage_stays"):
        mirror.frame("nothing")


def test_a_frame_without_pandas_says_what_to_install(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match="pip install pandas"):
        mirror.frame("applications")


@pytest.mark.usefixtures("first_run")
def test_a_mirror_without_a_client_is_read_and_not_brought_up_to_date(mirror: Mirror, url: str) -> None:
    alone = Mirror(url)
    assert alone.coverage().applications
    with pytest.raises(ConfigurationError):
        alone.sync()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "mirror.db", "postgresql+asyncpg://u:pw"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    if url.startswith("postgresql"):
        with pytest.raises(MirrorError) as error:
            Mirror(url).coverage()
    else:
        with pytest.raises(MirrorError) as error:
            Mirror(url)
    assert "pw" not in str(error.value)


def test_a_file_that_is_no_mirror_is_left_alone(tmp_path: Path, client: AshbyClient) -> None:
    (tmp_path / "mirror.db").write_bytes(b"Minutes of the last meeting. " * 100)
    with pytest.raises(MirrorError):
        Mirror(f"sqlite:///{tmp_path / 'mirror.db'}", client).sync()
    assert (tmp_path / "mirror.db").read_bytes() == b"Minutes of the last meeting. " * 100
    with closing(sqlite3.connect(tmp_path / "threads.db")) as other:
        other.execute("CREATE TABLE users (name TEXT)")
    before = (tmp_path / "threads.db").read_bytes()
    with pytest.raises(MirrorError, match="not a mirror"):
        Mirror(f"sqlite:///{tmp_path / 'threads.db'}", client).sync()
    assert (tmp_path / "threads.db").read_bytes() == before


def test_the_package_without_the_extra_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "import langchain_ashby\n"
        "try: import langchain_ashby.mirror\n"
        "except ModuleNotFoundError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, timeout=60)
    assert 'pip install "langchain-ashby[mirror]"' in done.stdout, done.stderr


@pytest.mark.usefixtures("first_run")
def test_stays_end_where_the_next_begin(mirror: Mirror) -> None:
    with mirror.connect() as connection:
        open_stays = select(func.count()).select_from(stage_stays).where(stage_stays.c.left_at.is_(None))
        assert connection.scalar(open_stays) == mirror.coverage().applications
