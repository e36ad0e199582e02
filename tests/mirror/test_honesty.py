"""What a mirror says when it does not know: histories not read, lists that the key may not read, names and periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from langchain_core.messages import ToolMessage
from sqlalchemy import Column, delete, insert, select, update

from langchain_ashby import AshbyClient
from langchain_ashby.errors import Refused
from langchain_ashby.ids import short
from langchain_ashby.mirror import Mirror, tables
from langchain_ashby.mirror.questions.answer import to_the_minute
from langchain_ashby.mirror.questions.periods import period
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.keys import PERMISSIONS

Row = dict[str, Any]


def ask(mirror: Mirror, name: str, **arguments: Any) -> ToolMessage:
    tools = {tool.name: tool for tool in mirror.tools()}
    answer = tools[f"ashby_{name}"].invoke({"type": "tool_call", "id": "1", "name": f"ashby_{name}", "args": arguments})
    assert isinstance(answer, ToolMessage)
    return answer


def rows(answer: ToolMessage) -> list[Row]:
    assert answer.status == "success", answer.text
    found: list[Row] = answer.artifact["results"]
    return found


def moved_on(sandbox: AshbySandbox) -> Row:
    """An active application that has just been moved to the stage after its own."""
    state = sandbox.state()
    stages = {it["id"]: it for it in state["interviewStage"]}
    for application in state["application"]:
        now = stages[application["currentInterviewStageId"]]
        later = [
            it
            for it in stages.values()
            if it["interviewPlanId"] == now["interviewPlanId"]
            and it["orderInInterviewPlan"] == now["orderInInterviewPlan"] + 1
            and it["type"] == "Active"
        ]
        if application["status"] == "Active" and later:
            body = {"applicationId": application["id"], "interviewStageId": later[0]["id"]}
            url = f"{sandbox.url}/application.changeStage"
            assert requests.post(url, json=body, auth=(sandbox.api_key, ""), timeout=60).json()["success"]
            return {"id": application["id"], "stage": later[0]["title"]}
    raise LookupError("nobody can be moved")


@pytest.mark.usefixtures("first_run")
def test_a_move_whose_history_was_not_read_is_told_as_seen_and_its_days_are_not_guessed(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    moved = moved_on(sandbox)
    mirror.sync(history=0)
    answer = ask(mirror, "list_changes", period="today", kinds=["moved"])
    assert [(row["application_id"], row["what"]) for row in rows(answer)] == [(moved["id"], f"{moved['stage']} (seen)")]
    assert "1 application changed in the period, but their stage history has not been read since" in answer.text
    found = {row["application_id"]: row for row in rows(ask(mirror, "find_applications", limit=100))}
    assert found[moved["id"]]["days_in_stage"] is None
    assert sum(row["days_in_stage"] is None for row in found.values()) == 1
    stuck = ask(mirror, "find_applications", min_days_in_stage=0)
    assert moved["id"] not in {row["application_id"] for row in rows(stuck)}
    assert "possible matches not counted (stage history not known yet): 1" in stuck.text
    worklist = ask(mirror, "list_worklist").text
    assert "1 more may be stuck" in worklist and "90% of the known stays there" in worklist
    mirror.sync(history=None)
    assert "90% of the stays there" in ask(mirror, "list_worklist").text
    again = ask(mirror, "list_changes", period="today", kinds=["moved"])
    assert [(row["application_id"], row["what"]) for row in rows(again)] == [(moved["id"], moved["stage"])]


@pytest.mark.usefixtures("first_run")
def test_an_archiving_that_was_undone_before_its_history_was_read_is_told_as_seen(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    state = sandbox.state()
    application = next(it for it in state["application"] if it["status"] == "Active")
    plan = [it for it in state["interviewStage"] if it["interviewPlanId"] == application["interviewPlanId"]]
    archived = next(it for it in plan if it["type"] == "Archived")
    reason = {"archiveReasonId": state["archiveReason"][0]["id"]}

    def told_after_move(stage_id: str, **more: str) -> list[str]:
        body = {"applicationId": application["id"], "interviewStageId": stage_id, **more}
        url = f"{sandbox.url}/application.changeStage"
        assert requests.post(url, json=body, auth=(sandbox.api_key, ""), timeout=60).json()["success"]
        mirror.sync(history=0)
        answer = ask(mirror, "list_changes", period="today", kinds=["archived"])
        assert "1 application changed in the period, but their stage history has not been read since" in answer.text
        return [row["what"] for row in rows(answer)]

    seen = f"{archived['title']} (seen)"
    (now,) = told_after_move(archived["id"], **reason)
    assert now.startswith(state["archiveReason"][0]["text"])
    assert told_after_move(application["currentInterviewStageId"]) == [seen]
    assert sorted(told_after_move(archived["id"], **reason)) == sorted([now, seen])
    mirror.sync(history=None)
    read = rows(ask(mirror, "list_changes", period="today", kinds=["archived"]))
    assert sorted(row["what"] for row in read) == sorted([now, "(moved on since)"])


@pytest.mark.parametrize(
    ("permission", "name", "arguments", "lists"),
    [
        ("offersRead", "report_pipeline", {"metric": "offers"}, "offer.list"),
        ("interviewsRead", "find_interviews", {}, "interviewSchedule.list"),
        ("interviewsRead", "report_pipeline", {"metric": "interviews"}, "interviewSchedule.list"),
        ("jobsRead", "report_pipeline", {"metric": "current", "by": "department"}, "job.list"),
        ("jobsRead", "find_applications", {"jobs": ["Staff Engineer"]}, "job.list"),
    ],
)
def test_what_rests_on_a_list_that_could_not_be_read_is_refused_and_not_counted_as_none(
    url: str, sandbox: AshbySandbox, permission: str, name: str, arguments: Row, lists: str
) -> None:
    mirror = without(url, sandbox, permission)
    answer = ask(mirror, name, **arguments)
    assert answer.status == "error" and lists in answer.text and "may not read" in answer.text


@pytest.mark.usefixtures("first_run")
def test_an_offer_that_waits_for_the_candidate_is_on_the_worklist(mirror: Mirror, sandbox: AshbySandbox) -> None:
    out = {it["applicationId"] for it in sandbox.records("offer") if it["acceptanceStatus"] == "WaitingOnResponse"}
    found = {row["application_id"] for row in rows(ask(mirror, "list_worklist", kinds=["offer"]))}
    assert out and found == out
    written(mirror, lambda it: it.execute(update(tables.offers).values(acceptance_status="Declined")))
    assert rows(ask(mirror, "list_worklist", kinds=["offer"])) == []


def test_lists_of_many_kinds_say_which_they_did_not_look_for(url: str, sandbox: AshbySandbox) -> None:
    mirror = without(url, sandbox, "interviewsRead", "offersRead")
    work = ask(mirror, "list_worklist")
    assert {row["what to do"] for row in rows(work)} <= {"stuck", "no plan", "no posting"}
    assert "# offer: not checked, because this API key may not read offer.list" in work.text.splitlines()
    changes = ask(mirror, "list_changes", period="last 90 days")
    assert "# offer: not known, because this API key may not read offer.list" in changes.text.splitlines()


def without(url: str, sandbox: AshbySandbox, *permissions: str) -> Mirror:
    key = sandbox.add_key(permissions=sorted(set(PERMISSIONS) - set(permissions)))
    client = AshbyClient(key, sandbox.url, max_retries=0)
    mirror = Mirror(url, client)
    mirror.sync(history=20)
    return mirror


def test_a_mirror_whose_first_run_has_not_ended_answers_nothing(
    url: str, mirror: Mirror, sandbox: AshbySandbox
) -> None:
    sandbox.fault("candidate.list", body='{"success": false, "errorInfo": {"code": "not_today"}}')
    with pytest.raises(Refused):
        mirror.sync()
    answer = ask(Mirror(url), "find_applications")
    assert answer.status == "error" and "nothing is known yet" in answer.text


def written(mirror: Mirror, write: Callable[..., Any]) -> None:
    with mirror._database.running() as connection, mirror._database.transaction(connection):
        write(connection)


NAMES = ("a|b", "a¦b", "two\nlines", "# of our own", "\u202egnp.exe", "x" * 10_000, "", "(none)")


@pytest.mark.usefixtures("first_run")
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_names_stay_in_their_cells_whatever_they_are(mirror: Mirror, name: str) -> None:
    for table, column in (
        (tables.candidates, "name"),
        (tables.jobs, "title"),
        (tables.interview_stages, "title"),
        (tables.users, "first_name"),
        (tables.sources, "title"),
    ):
        written(mirror, lambda it, table=table, column=column: it.execute(update(table).values({column: name})))
    for tool, arguments in (
        ("find_applications", {}),
        ("find_candidates", {}),
        ("find_interviews", {}),
        ("report_pipeline", {"metric": "current"}),
        ("report_pipeline", {"metric": "interviews"}),
        ("list_worklist", {}),
        ("list_changes", {"period": "this year"}),
    ):
        answer = ask(mirror, tool, **arguments)
        lines = answer.text.splitlines()
        data = [line for line in lines if not line.startswith("# ")]
        heads = lines[1].count("|")
        assert len(data) == len(rows(answer)), tool
        assert all(line.count("|") == heads for line in data), tool
        assert "\u202e" not in answer.text and len(answer.text) < 12_000


@pytest.mark.usefixtures("first_run")
def test_two_jobs_of_one_title_are_apart_in_reports_and_asked_back_in_filters(mirror: Mirror) -> None:
    count = len({row["job"] for row in rows(ask(mirror, "report_pipeline", metric="applications"))})
    written(mirror, lambda it: it.execute(update(tables.jobs).values(title="Engineer")))
    assert len({row["job"] for row in rows(ask(mirror, "report_pipeline", metric="applications"))}) == count
    answer = ask(mirror, "find_applications", jobs=["engineer"])
    assert answer.status == "error" and "jobs are called “engineer”: give the id" in answer.text


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize(("kind", "of_job"), [("departments", "department_id"), ("locations", "location_id")])
def test_departments_and_places_of_one_name_are_told_apart_by_what_is_above_them(
    mirror: Mirror, kind: str, of_job: str
) -> None:
    table, noun = tables.metadata.tables[kind], kind.removesuffix("s")
    ids = [f"{it}1111111-1111-4111-8111-111111111111" for it in range(4)]
    names = [("Northern", None), ("Southern", None), ("Harbour", ids[0]), ("Harbour", ids[1])]

    def add(it: Any) -> None:
        of_all = [{"id": key, "name": name, "parent_id": above} for key, (name, above) in zip(ids, names, strict=True)]
        it.execute(insert(table).values(is_archived=False), of_all)
        for number, job_id in enumerate(it.scalars(select(tables.applications.c.job_id).distinct()).all()):
            it.execute(update(tables.jobs).where(tables.jobs.c.id == job_id).values({of_job: ids[2 + number % 2]}))

    written(mirror, add)
    apart = {"Harbour (Northern)", "Harbour (Southern)"}
    assert {row[noun] for row in rows(ask(mirror, "find_applications", columns=[noun], limit=100))} == apart
    if noun == "department":
        assert {row[noun] for row in rows(ask(mirror, "report_pipeline", metric="applications", by=noun))} == apart
    answer = ask(mirror, "find_applications", **{kind: ["harbour"]})
    listed = f"“Harbour” ({short(ids[2])}, Northern), “Harbour” ({short(ids[3])}, Southern)"
    assert f"{kind}: 2 {kind} are called “harbour”: give the id. {listed}" in answer.text
    one = rows(ask(mirror, "find_applications", columns=[noun], **{kind: [short(ids[2])]}))
    assert {row[noun] for row in one} == {"Harbour (Northern)"}


@pytest.mark.usefixtures("first_run")
def test_an_archived_namesake_is_told_apart(mirror: Mirror) -> None:
    twin = "11111111-1111-4111-8111-111111111111"
    row = {"id": twin, "title": "Silver medalist", "is_archived": True}
    written(mirror, lambda it: it.execute(insert(tables.tags).values(row)))
    answer = ask(mirror, "find_candidates", tags="silver medalist")
    assert f"({short(twin)}, archived)" in answer.text


@pytest.mark.usefixtures("first_run")
def test_a_reason_says_who_rejected_whom_in_rows_reports_and_changes(mirror: Mirror) -> None:
    """Two types of reason with the same text are never counted together."""
    ids = [f"{it}1111111-1111-4111-8111-111111111111" for it in range(2)]
    kinds = ["RejectedByOrg", "RejectedByCandidate"]

    def archive(it: Any) -> None:
        reasons = [{"id": key, "text": "Pay", "reason_type": kind} for key, kind in zip(ids, kinds, strict=True)]
        it.execute(insert(tables.archive_reasons).values(is_archived=False), reasons)
        for number, application_id in enumerate(it.scalars(select(tables.applications.c.id)).all()):
            of_one = update(tables.applications).where(tables.applications.c.id == application_id)
            now = datetime(2026, 11, 2, tzinfo=UTC)
            it.execute(of_one.values(status="Archived", archived_at=now, archive_reason_id=ids[number % 2]))

    written(mirror, archive)
    wanted = {"Pay (by org)", "Pay (by candidate)"}
    for name, column, arguments in (
        ("report_pipeline", "reason", {"metric": "rejections", "by": ["reason"]}),
        ("find_applications", "reason", {"columns": ["reason"]}),
        ("list_changes", "what", {"period": "2026-11-02", "kinds": ["archived"]}),
    ):
        assert {row[column] for row in rows(ask(mirror, name, **arguments))} == wanted, name


@pytest.mark.usefixtures("first_run")
def test_namesakes_are_told_apart_everywhere(mirror: Mirror) -> None:

    def same(it: Any) -> None:
        it.execute(update(tables.users).values(first_name="Maria", last_name="Lopez", is_enabled=False))
        it.execute(update(tables.jobs).values(title="Engineer"))
        it.execute(update(tables.sources).values(title="Jane", source_type=None))

    held = rows(ask(mirror, "find_interviews", limit=100))
    of_jobs = {row["job"] for row in rows(ask(mirror, "find_applications", limit=100))}
    written(mirror, same)
    people = {
        name for row in rows(ask(mirror, "find_interviews", limit=100)) for name in row["interviewers"].split(", M")
    }
    assert all("@example.com, deactivated)" in it for it in people)
    assert len({row["interviewers"] for row in rows(ask(mirror, "find_interviews", limit=100))}) == len(
        {row["interviewers"] for row in held}
    )
    for name, arguments in (("find_applications", {}), ("list_changes", {"period": "this year", "kinds": ["applied"]})):
        assert len({row["job"] for row in rows(ask(mirror, name, limit=100, **arguments))}) == len(of_jobs)


@pytest.mark.usefixtures("first_run")
def test_no_name_in_a_list_is_lost_and_no_two_cells_are_cut_to_the_same_text(mirror: Mirror) -> None:
    titles = [f"Level {it} in the long list of the things that somebody has to know of a person" for it in "AB"]
    tags = [
        {"id": f"{it}1111111-1111-4111-8111-111111111111", "title": title, "is_archived": False}
        for it, title in enumerate([*titles, "DO NOT HIRE"])
    ]
    with mirror.connect() as connection:
        somebody = list(connection.scalars(select(tables.candidates.c.id)))[:2]

    def add(it: Any) -> None:
        it.execute(insert(tables.tags), tags)
        links = [{"candidate_id": somebody[0], "tag_id": tag["id"]} for tag in tags]
        it.execute(insert(tables.candidate_tags), links)
        for candidate_id, title in zip(somebody, titles, strict=True):
            of_one = update(tables.candidates).where(tables.candidates.c.id == candidate_id)
            it.execute(of_one.values(company=title, place=None))

    written(mirror, add)
    text = str(ask(mirror, "find_candidates", limit=100).content)
    assert all(str(tag["title"]) in text for tag in tags)
    lines = [line for line in text.split("\n") if line.split(" ")[0] in map(short, somebody)]
    assert len({line.split("|")[2] for line in lines}) == 2


def test_times_in_the_repeated_hour_have_their_offset() -> None:
    zone = ZoneInfo("Europe/Oslo")
    shown = [to_the_minute(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), zone) for hour in (0, 1, 2)]
    assert shown == ["2026-10-25 02:30 +02:00", "2026-10-25 02:30 +01:00", "2026-10-25 03:30"]


@pytest.mark.usefixtures("first_run")
def test_a_user_without_a_first_name_keeps_the_last_one(mirror: Mirror, sandbox: AshbySandbox) -> None:
    written(mirror, lambda it: it.execute(update(tables.users).values(first_name=None)))
    last = {it["lastName"] for it in sandbox.records("user")}
    assert {
        row["interviewer"].partition(" (")[0] for row in rows(ask(mirror, "report_pipeline", metric="interviews"))
    } <= last


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize("cursor", ["row20", "row0.e3b0c4", "row9999999999.e3b0c4", "2"])
def test_a_cursor_that_no_answer_gave_is_an_error(mirror: Mirror, cursor: str) -> None:
    answer = ask(mirror, "find_applications", cursor=cursor)
    assert answer.status == "error" and "cursor must come from an earlier answer" in answer.text


ANEW = "# The rows have changed since the previous page was read: these are the first ones again."


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize(
    ("name", "arguments", "of"),
    [
        ("find_applications", {"sort": "oldest"}, tables.applications.c.created_at),
        ("find_candidates", {"sort": "newest"}, tables.candidates.c.created_at),
        ("find_interviews", {}, tables.interview_events.c.start_at),
        ("list_changes", {"period": "2000..2030", "kinds": ["applied"]}, tables.applications.c.created_at),
        ("list_worklist", {"kinds": ["stuck"]}, tables.stage_stays.c.entered_at),
        ("report_pipeline", {"metric": "applications", "by": ["month"]}, tables.applications.c.created_at),
    ],
)
def test_a_page_after_rows_that_have_changed_is_the_first_one_anew(
    mirror: Mirror, name: str, arguments: Row, of: Column[datetime]
) -> None:
    """All times are turned round, so that what was first is last."""
    every = rows(ask(mirror, name, **arguments, limit=100))
    first = ask(mirror, name, **arguments, limit=2)
    asked = {**arguments, "limit": 2, "cursor": first.artifact["next_cursor"]}
    second = ask(mirror, name, **asked)
    assert rows(first) + rows(second) == every[:4] and ANEW not in second.text
    written(mirror, lambda it: it.execute(update(of.table).values({of: 2 * 1_700_000_000_000 - of})))
    again = ask(mirror, name, **asked)
    assert ANEW in again.text.splitlines() and "1 to 2 of" in again.text
    assert rows(again) == rows(ask(mirror, name, **arguments, limit=2)) != every[:2]
    written(mirror, lambda it: it.execute(delete(of.table)))
    assert ANEW in ask(mirror, name, **asked).text.splitlines()


@pytest.mark.usefixtures("first_run")
def test_a_sync_between_two_pages_neither_skips_rows_nor_starts_over_without_need(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    asked: Row = {"status": ["Active"], "sort": "oldest"}
    every = [row["application_id"] for row in rows(ask(mirror, "find_applications", **asked, limit=100))]
    cursor = ask(mirror, "find_applications", **asked, limit=5).artifact["next_cursor"]

    def archive(application_id: str) -> None:
        at = next(it for it in sandbox.records("application") if it["id"] == application_id)
        stages = [it for it in sandbox.records("interviewStage") if it["interviewPlanId"] == at["interviewPlanId"]]
        to = next(it["id"] for it in stages if it["type"] == "Archived")
        reason = sandbox.records("archiveReason")[0]["id"]
        body = {"applicationId": application_id, "interviewStageId": to, "archiveReasonId": reason}
        url = f"{sandbox.url}/application.changeStage"
        assert requests.post(url, json=body, auth=(sandbox.api_key, ""), timeout=60).json()["success"]
        mirror.sync()

    def second_page() -> ToolMessage:
        return ask(mirror, "find_applications", **asked, limit=5, cursor=cursor)

    archive(every[6])
    page = second_page()
    assert [row["application_id"] for row in rows(page)] == [every[5], *every[7:11]] and ANEW not in page.text
    archive(every[0])
    page = second_page()
    assert [row["application_id"] for row in rows(page)] == every[1:6] and ANEW in page.text


@pytest.mark.usefixtures("first_run")
def test_an_id_that_names_nothing_is_an_error_and_not_an_empty_list(mirror: Mirror) -> None:
    answer = ask(mirror, "find_applications", jobs="11111111-1111-4111-8111-111111111111")
    assert answer.status == "error" and "no job is called" in answer.text


@pytest.mark.usefixtures("first_run")
def test_the_value_of_a_custom_field_is_found_however_it_is_written(mirror: Mirror) -> None:
    kept = {"Open to relocation": "true", "Notice period (weeks)": "12", "Earliest start": "2027-04-15"}
    with mirror.connect() as connection:
        fields = {row.title: row.id for row in connection.execute(select(tables.custom_fields))}
        somebody = connection.scalars(select(tables.candidates.c.id)).first()

    def replace(it: Any) -> None:
        it.execute(delete(tables.candidate_fields))
        values = [
            {"candidate_id": somebody, "custom_field_id": fields[title], "value": value}
            for title, value in kept.items()
        ]
        it.execute(insert(tables.candidate_fields), values)

    written(mirror, replace)
    for title, said in (
        ("Open to relocation", "Yes"),
        ("Open to relocation", "TRUE"),
        ("Notice period (weeks)", "12.0"),
        ("Earliest start", "20270415"),
    ):
        assert len(rows(ask(mirror, "find_candidates", custom_field=title, value=said))) == 1, said
    for title, said in (
        ("Open to relocation", "no"),
        ("Notice period (weeks)", "13"),
        ("Earliest start", "2027-04-16"),
        ("Languages", "german"),
        ("Preferred name", "Al"),
    ):
        assert rows(ask(mirror, "find_candidates", custom_field=title, value=said)) == [], said


@pytest.mark.parametrize(
    ("said", "zone", "start", "end"),
    [
        ("2026-11-01", "America/New_York", "2026-11-01T04:00+00:00", "2026-11-02T05:00+00:00"),
        ("2026-03-29", "Europe/Oslo", "2026-03-28T23:00+00:00", "2026-03-29T22:00+00:00"),
        ("2026-11-29", "Asia/Kathmandu", "2026-11-28T18:15+00:00", "2026-11-29T18:15+00:00"),
        ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00+00:00", "2026-04-24T21:00+00:00"),
        ("since 2026-11-02", "UTC", "2026-11-02T00:00+00:00", None),
        ("after 2026-11-02", "UTC", "2026-11-03T00:00+00:00", None),
        ("before 2026-11-02", "UTC", None, "2026-11-02T00:00+00:00"),
        ("until 2026-11-02", "UTC", None, "2026-11-03T00:00+00:00"),
        ("2026-11-01 to 2026-11-30", "UTC", "2026-11-01T00:00+00:00", "2026-12-01T00:00+00:00"),
        ("2026-11-01..", "UTC", "2026-11-01T00:00+00:00", None),
    ],
)
def test_a_period_begins_and_ends_where_its_days_do(said: str, zone: str, start: str | None, end: str | None) -> None:
    found = period(said, datetime(2026, 11, 29, 12, tzinfo=UTC), ZoneInfo(zone))
    assert found == tuple(datetime.fromisoformat(it) if it else None for it in (start, end))


@pytest.mark.parametrize(
    "said",
    [
        "..",
        "since before 2026-11-01",
        "last 0 days",
        "2026-11-30..2026-11-01",
        "9999",
        "soon",
        "before 2026-11-01..2026-11-30",
        "2026-11-01..2026-11-05..2026-11-30",
        "2026-11-01..since 2026-11-10",
        "since since 2026-11-01",
        "since " * 3_000 + "today",
    ],
)
def test_what_is_no_period_is_never_all_time(said: str) -> None:
    with pytest.raises(ValueError, match="takes a period") as refused:
        period(said, datetime(2026, 11, 29, 12, tzinfo=UTC), ZoneInfo("UTC"))
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("said", ["2026-12-01..2026-11-01", "2026-12-02 to 2026-12-01", "tomorrow..yesterday"])
def test_a_period_the_wrong_way_round_is_said_to_be(said: str) -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        period(said, datetime(2026, 11, 29, 12, tzinfo=UTC), ZoneInfo("UTC"))


@pytest.mark.usefixtures("first_run")
def test_a_status_that_is_null_reads_as_unknown(mirror: Mirror) -> None:
    for table in (tables.applications, tables.interview_schedules, tables.offers):
        written(mirror, lambda it, table=table: it.execute(update(table).values(status=None)))
    assert all("|unknown|" in line for line in ask(mirror, "find_applications").text.splitlines()[2:12])
    assert all("|unknown|" in line for line in ask(mirror, "find_interviews").text.splitlines()[2:5])
    made = rows(ask(mirror, "list_changes", period="this year", kinds=["offer"]))
    assert made and {row["what"] for row in made} == {"unknown"}
