"""What the figures and rows of a mirror's answers count: by which stage, for whom, and what has no known time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Connection, FromClause, Select, Table, delete, insert, select, update
from test_honesty import Row, ask, rows, written

from langchain_ashby.mirror import Mirror, tables
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.usefixtures("first_run")


def test_interviews_are_grouped_and_filtered_by_the_stage_that_they_were_for(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    titles = {it["id"]: it["title"] for it in sandbox.records("interviewStage")}
    held = Counter(
        titles[schedule["interviewStageId"]]
        for schedule in sandbox.records("interviewSchedule")
        if schedule["status"] != "Cancelled"
        for event in schedule["interviewEvents"]
        if datetime.fromisoformat(event["endTime"]) < datetime.now(UTC)
        for _ in event["interviewers"]
    )
    answer = ask(mirror, "report_pipeline", metric="interviews", by=["stage"])
    assert {row["stage"]: row["interviews"] for row in rows(answer)} == held
    assert "# by stage: the one that the interview was for" in answer.text.splitlines()
    stage = max(held, key=lambda it: held[it])
    answer = ask(mirror, "report_pipeline", metric="interviews", by=["stage"], stages=[stage])
    assert [(row["stage"], row["interviews"]) for row in rows(answer)] == [(stage, held[stage])]
    assert "# by stage, stages: the one that the interview was for" in answer.text.splitlines()


def test_other_metrics_say_that_the_stage_is_the_present_one(mirror: Mirror) -> None:
    def about_stages(**arguments: object) -> list[str]:
        said = ask(mirror, "report_pipeline", **arguments).text.splitlines()
        return [line.removesuffix(": where the application is now") for line in said if "is now" in line]

    assert about_stages(metric="offers", by=["stage"]) == ["# by stage"]
    assert about_stages(metric="days_in_stage", by=["stage"]) == []
    assert about_stages(metric="days_in_stage", stage_types=["Active", "Offer"]) == ["# stage_types"]
    assert about_stages(metric="current", by=["stage"], stages=["Onsite"]) == []


ALL_TIME = "2000..2030"
ONE_MORE = "# possible matches not counted (time not known): 1"


def forget(mirror: Mirror, table: Table, column: str, key: str, ids: Iterable[str]) -> None:
    """Makes a time unknown."""
    some = table.c[key].in_(list(ids))
    written(mirror, lambda it: it.execute(update(table).where(some).values({column: None})))


def ids_of(mirror: Mirror, table: FromClause) -> list[str]:
    with mirror.connect() as connection:
        return list(connection.scalars(select(table.c.id).order_by(table.c.id)))


def total(mirror: Mirror, **arguments: object) -> str:
    said = ask(mirror, "report_pipeline", **arguments).text.splitlines()
    return next(line for line in said if line.startswith("# total: "))


def test_openings_without_a_time_are_counted_and_the_figures_say_of_how_many_they_are(mirror: Mirror) -> None:
    first, second, *others = ids_of(mirror, tables.openings)
    filled = {
        "state": "Filled",
        "opened_at": datetime(2026, 1, 1, tzinfo=UTC),
        "closed_at": datetime(2026, 1, 11, tzinfo=UTC),
    }
    written(mirror, lambda it: it.execute(update(tables.openings).values(filled)))
    number, days = len(others) + 2, "median days 10, p90 days 10"
    assert total(mirror, metric="time_to_fill") == f"# total: filled {number}, {days}"
    forget(mirror, tables.openings, "opened_at", "id", [first])
    assert total(mirror, metric="time_to_fill") == f"# total: filled {number}, {days}, days known {number - 1}"
    forget(mirror, tables.openings, "closed_at", "id", [second])
    assert total(mirror, metric="time_to_fill") == f"# total: filled {number}, {days}, days known {number - 2}"
    months = rows(ask(mirror, "report_pipeline", metric="time_to_fill", by=["month"]))
    assert {row["month"]: (row["filled"], row["days known"]) for row in months} == {
        "2026-01": (number - 1, number - 2),
        "(none)": (1, 0),
    }
    in_period = ask(mirror, "report_pipeline", metric="time_to_fill", period="2026").text.splitlines()
    assert f"# total: filled {number - 1}, {days}, days known {number - 2}" in in_period and ONE_MORE in in_period


def test_figures_of_fewer_than_five_known_times_are_marked_however_many_things_there_are(mirror: Mirror) -> None:
    stays = {"metric": "days_in_stage"}
    most = max(rows(ask(mirror, "report_pipeline", **stays)), key=lambda row: int(row["stays"]))
    assert most["stays"] >= 5 and most["sample"] is None
    stages = select(tables.interview_stages.c.id).where(tables.interview_stages.c.title == most["stage"])
    with mirror.connect() as connection:
        forget(mirror, tables.stage_stays, "entered_at", "interview_stage_id", connection.scalars(stages).all())
    now = next(row for row in rows(ask(mirror, "report_pipeline", **stays)) if row["stage"] == most["stage"])
    assert now == {
        "stage": most["stage"],
        "stays": most["stays"],
        "median days": None,
        "p90 days": None,
        "days known": 0,
        "sample": "few",
    }


def test_people_hired_and_feedback_given_at_an_unknown_time_are_counted(mirror: Mirror, somebody_hired: str) -> None:
    forget(mirror, tables.stage_stays, "entered_at", "application_id", [somebody_hired])
    assert total(mirror, metric="time_to_hire") == "# total: hires 1, days known 0"
    before = total(mirror, metric="interviews")
    forget(mirror, tables.feedback, "submitted_at", "id", ids_of(mirror, tables.feedback))
    counts = before.partition(", median hours")[0]
    assert total(mirror, metric="interviews") == f"{counts}, hours known 0"


@pytest.fixture
def somebody_hired(first_run: None, mirror: Mirror) -> str:
    """The id of an application."""
    with mirror.connect() as connection:
        one = connection.execute(select(tables.applications)).first()
    assert one
    stage = tables.interview_stages.c.id == one.interview_stage_id
    written(mirror, lambda it: it.execute(update(tables.interview_stages).where(stage).values(type="Hired")))
    this = tables.applications.c.id == one.id
    written(mirror, lambda it: it.execute(update(tables.applications).where(this).values(status="Hired")))
    return str(one.id)


APPLICATIONS, STAYS, OFFERS = tables.applications.c, tables.stage_stays.c, tables.offers.c
HIRED = select(APPLICATIONS.id).where(APPLICATIONS.status == "Hired")
ARCHIVED = select(APPLICATIONS.id).where(APPLICATIONS.status == "Archived")
EVENTS = tables.interview_events.c


@pytest.mark.usefixtures("somebody_hired")
@pytest.mark.parametrize(
    ("tool", "arguments", "time", "key", "which"),
    [
        ("find_applications", {"created": ALL_TIME}, APPLICATIONS.created_at, "id", HIRED),
        ("find_applications", {"updated": ALL_TIME}, APPLICATIONS.updated_at, "id", HIRED),
        ("find_applications", {"archived": ALL_TIME}, APPLICATIONS.archived_at, "id", ARCHIVED),
        ("find_applications", {"hired": ALL_TIME}, STAYS.entered_at, "application_id", HIRED),
        ("find_applications", {"entered_stage": ALL_TIME}, STAYS.entered_at, "application_id", HIRED),
        ("find_applications", {"min_days_in_stage": 0}, STAYS.entered_at, "application_id", HIRED),
        ("find_candidates", {"last_change": ALL_TIME}, APPLICATIONS.updated_at, "id", HIRED),
        ("find_interviews", {"day": ALL_TIME}, EVENTS.start_at, "id", select(EVENTS.id)),
        ("report_pipeline", {"metric": "rejections", "period": ALL_TIME}, APPLICATIONS.archived_at, "id", ARCHIVED),
        ("report_pipeline", {"metric": "time_to_hire", "period": ALL_TIME}, STAYS.entered_at, "application_id", HIRED),
        ("report_pipeline", {"metric": "applications", "hired": ALL_TIME}, STAYS.entered_at, "application_id", HIRED),
        (
            "report_pipeline",
            {"metric": "offers", "period": ALL_TIME},
            OFFERS.version_created_at,
            "id",
            select(OFFERS.id),
        ),
        ("report_pipeline", {"metric": "interviews"}, EVENTS.end_at, "id", select(EVENTS.id).order_by(EVENTS.end_at)),
    ],
)
def test_what_a_period_leaves_out_because_its_time_is_not_known_is_told(
    mirror: Mirror, tool: str, arguments: Row, time: Column[datetime], key: str, which: Select[Any]
) -> None:
    assert "not counted" not in ask(mirror, tool, **arguments).text
    with mirror.connect() as connection:
        one = connection.scalars(which).first()
    assert one
    forget(mirror, time.table, time.name, key, [one])
    assert ONE_MORE in ask(mirror, tool, **arguments).text.splitlines()


def test_a_period_does_not_ask_after_the_end_of_what_has_not_ended(mirror: Mirror) -> None:
    written(mirror, lambda it: it.execute(update(tables.applications).values(status="Active", archived_at=None)))
    assert "not counted" not in ask(mirror, "find_applications", archived=ALL_TIME).text


def test_changes_at_an_unknown_time_are_told_by_their_kinds(mirror: Mirror) -> None:
    assert "time is not known" not in ask(mirror, "list_changes", period=ALL_TIME).text
    forget(mirror, tables.feedback, "submitted_at", "id", ids_of(mirror, tables.feedback)[:2])
    forget(mirror, tables.candidates, "created_at", "id", ids_of(mirror, tables.candidates)[:1])
    said = ask(mirror, "list_changes", period=ALL_TIME).text.splitlines()
    assert "# not listed, because their time is not known: candidate added 1, feedback 2" in said


def test_the_worklist_says_of_how_many_it_cannot_tell_if_they_are_stuck(mirror: Mirror) -> None:
    active = [row["application_id"] for row in rows(ask(mirror, "find_applications", status=["Active"]))]
    assert "more may be stuck" not in ask(mirror, "list_worklist").text
    forget(mirror, tables.stage_stays, "entered_at", "application_id", active[:1])
    said = ask(mirror, "list_worklist").text.splitlines()
    assert "# 1 more may be stuck: it is not known when they entered their stage" in said


TEAMS = (tables.application_team, tables.job_team)


@pytest.mark.parametrize("on", [TEAMS, TEAMS[1:]], ids=["applications and jobs", "jobs alone"])
def test_what_waits_for_two_recruiters_is_found_with_each_and_counted_once(
    mirror: Mirror, sandbox: AshbySandbox, on: tuple[Table, ...]
) -> None:
    two = [it for it in sandbox.records("user") if it["isEnabled"]][:2]
    waiting = {"kinds": ["stuck", "to schedule", "offer"], "limit": 100}

    def share(it: Connection) -> None:
        of_whom = {team: list(it.scalars(select(team.c[team.info["key"]]).distinct())) for team in TEAMS}
        for team, ids in of_whom.items():
            it.execute(delete(team))
            both = [{team.info["key"]: of, "user_id": user["id"], "role": "Recruiter"} for of in ids for user in two]
            if team in on:
                it.execute(insert(team).values(both))

    before = rows(ask(mirror, "list_worklist", **waiting))
    written(mirror, share)
    shown = rows(ask(mirror, "list_worklist", **waiting))
    assert {row["owner"] for row in shown} == {", ".join(sorted(f"{it['firstName']} {it['lastName']}" for it in two))}
    assert [row | {"owner": ""} for row in shown] == [row | {"owner": ""} for row in before]
    for owners in ([two[0]["id"]], [two[1]["id"]], [it["id"] for it in two]):
        assert rows(ask(mirror, "list_worklist", owners=owners, **waiting)) == shown
    nobody = next(it["id"] for it in sandbox.records("user") if it not in two)
    assert not rows(ask(mirror, "list_worklist", owners=[nobody], **waiting))
