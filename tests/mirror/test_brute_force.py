"""What a mirror answers equals a brute-force computation over the sandbox's own records, after random histories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from brute_force import Pipeline, utc_now
from changes import Company
from postgres import own_schema
from sqlalchemy import select

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror, search
from langchain_ashby.mirror.questions.metrics import METRICS
from langchain_ashby.mirror.questions.report import ReportPipeline
from langchain_ashby.mirror.tables import applications, history_is_known
from langchain_ashby.sandbox import AshbySandbox

ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Europe/Oslo")

pytestmark = pytest.mark.slow


class Asking:
    """A mirror and the records that it mirrors, as they are at one time."""

    def __init__(self, mirror: Mirror, sandbox: AshbySandbox) -> None:
        self.tools = {tool.name.removeprefix("ashby_"): tool for tool in mirror.tools()}
        with mirror.connect() as connection:
            unknown = frozenset(connection.scalars(select(applications.c.id).where(~history_is_known())))
        self.truth = Pipeline(sandbox.state(), utc_now(), mirror.zone, unknown)

    def ask(self, name: str, **arguments: Any) -> list[dict[str, Any]]:
        """All rows of an answer, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            call = {
                "type": "tool_call",
                "id": "1",
                "name": f"ashby_{name}",
                "args": {"limit": 100} | arguments | cursor,
            }
            answer = self.tools[name].invoke(call)
            assert answer.status == "success", answer.text
            rows += answer.artifact["results"]
            if "next_cursor" not in answer.artifact:
                return rows
            cursor = {"cursor": answer.artifact["next_cursor"]}


@pytest.fixture(scope="module", params=[0, "unknown", "postgres"])
def asking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """Random histories; of some of them the mirror does not know all, another mirror is in PostgreSQL."""
    seed = 3 if request.param == "unknown" else 1 if request.param == "postgres" else request.param
    url = f"sqlite:///{tmp_path_factory.mktemp('mirrors') / 'mirror.db'}"
    if request.param == "postgres":
        url = own_schema(request.getfixturevalue("postgres"))
    random, partly = Random(seed), request.param == "unknown"
    with AshbySandbox(candidates=40) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        mirror = Mirror(url, client, zone=ZONES[seed % len(ZONES)], max_age=timedelta(days=9))
        company = Company(sandbox, seed)
        for number in range(90):
            company.change(random.randrange(len(company.changes)))
            if number % 30 == 15:
                mirror.sync(history=10 if partly else None)
        mirror.sync(history=0 if partly else None, full=True)
        made = Asking(mirror, sandbox)
        assert bool(made.truth.unknown) == partly
        yield made


def days(random: Random) -> tuple[str, tuple[date, date]]:
    """A period in words, and its first and last day."""
    last = date(2026, 11, 30) - timedelta(random.randrange(200))
    first = last - timedelta(random.randrange(90))
    return random.choice(
        [
            (f"{first}..{last}", (first, last)),
            (f"{first} to {last}", (first, last)),
            (f"since {first}", (first, date.max)),
            (f"after {first}", (first + timedelta(1), date.max)),
            (f"before {last}", (date.min, last - timedelta(1))),
            (
                f"{last:%Y-%m}",
                (last.replace(day=1), (last.replace(day=1) + timedelta(31)).replace(day=1) - timedelta(1)),
            ),
        ]
    )


def filters(random: Random, truth: Pipeline) -> tuple[dict[str, Any], dict[str, Any]]:
    """Random filters as arguments, and as the brute force takes them."""
    state = truth.state
    names = {
        "jobs": [it["title"] for it in state["job"]],
        "departments": [it["name"] for it in state["department"]],
        "stages": [it["title"] for it in state["interviewStage"] if truth.is_listed(it)],
        "sources": [it["title"] for it in state["source"]],
        "tags": [it["title"] for it in state["candidateTag"]],
        "locations": [it["name"] for it in state["location"]],
        "team_members": [it["email"] for it in state["user"]],
        "status": ["Active", "Archived", "Hired", "Lead"],
        "stage_types": ["Active", "PreInterviewScreen", "Archived", "Offer"],
    }
    names = {name: [it for it in values if values.count(it) == 1 or name == "stages"] for name, values in names.items()}
    arguments: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for name in random.sample(sorted(names), random.randrange(3)):
        arguments[name] = wanted[name] = random.sample(sorted(set(names[name])), min(3, len(set(names[name]))))
    for name in random.sample(["created", "updated", "archived", "entered_stage", "hired"], random.randrange(2)):
        arguments[name], wanted[name] = days(random)
    if random.random() < 0.2:
        arguments["min_days_in_stage"] = wanted["min_days_in_stage"] = random.randrange(60)
    return arguments, wanted


def test_the_filters_choose_what_a_look_at_each_application_chooses(asking: Asking) -> None:
    random = Random(0)
    for _ in range(40):
        arguments, wanted = filters(random, asking.truth)
        found = {row["application_id"] for row in asking.ask("find_applications", **arguments)}
        assert found == {it["id"] for it in asking.truth.chosen(**wanted)}, arguments


def test_rows_say_what_the_records_say(asking: Asking) -> None:
    truth = asking.truth
    columns = ["job", "stage", "status", "days_in_stage", "created", "archived", "hired", "email"]
    for row in asking.ask("find_applications", columns=columns):
        application = truth.by_id[row["application_id"]]
        candidate = truth.by_id[application["candidateId"]]
        entered = truth.entered(application)
        assert row["candidate"] == candidate["name"]
        assert row["job"] == truth.called("job", application["jobId"], "title")
        assert row["stage"] == truth.stage(application)["title"]
        assert row["status"] == application["status"]
        assert row["days_in_stage"] == (None if entered is None else (truth.now - entered).days)
        for name, moment in (("created", application["createdAt"]), ("archived", application.get("archivedAt"))):
            assert (row[name] and row[name][:19]) == (moment and moment[:19]), name


GROUPS = ("job", "department", "stage", "source", "recruiter", "month", "week")
OWN = {"rejections": ("reason",), "interviews": ("interviewer",), "time_to_fill": ("job", "department", "month")}


@pytest.mark.parametrize("metric", METRICS)
def test_each_metric_is_what_counting_the_records_one_by_one_gives(asking: Asking, metric: str) -> None:
    random = Random(metric)
    for _ in range(6):
        possible = OWN[metric] if metric == "time_to_fill" else GROUPS + OWN.get(metric, ())
        if metric == "current":
            possible = GROUPS[:5]
        by = tuple(random.sample(possible, random.choice((1, 2))))
        said, period = days(random) if metric != "current" and random.random() < 0.5 else (None, None)
        more: dict[str, Any] = {}
        if metric == "conversion":
            first, second = random.sample(("Recruiter Screen", "Onsite", "Offer", "Application Review"), 2)
            more = {"to_stage": second} | ({"from_stage": first} if random.random() < 0.7 else {})
        chosen, wanted = filters(random, asking.truth) if metric != "time_to_fill" else ({}, {})
        arguments = {"metric": metric, "by": list(by)} | ({"period": said} if said else {}) | more | chosen
        rows = asking.ask("report_pipeline", **arguments)
        figures = METRICS[metric].figures
        found = {tuple(row[name] for name in by): [row[title] for title in figures] for row in rows}
        expected = {labels: it for labels, it in asking.truth.report(metric, by, period, wanted, **more).items()}
        assert found.keys() == expected.keys(), arguments
        for group, values in expected.items():
            assert found[group] == [pytest.approx(it) if isinstance(it, float) else it for it in values], (
                arguments,
                group,
            )


def test_every_metric_names_its_definition_and_groups_that_rest_on_few_are_marked(asking: Asking) -> None:
    assert set(ReportPipeline.model_fields["metric"].annotation.__args__) == METRICS.keys()  # type: ignore[union-attr]
    for name, metric in METRICS.items():
        asked = {"metric": name} | ({"to_stage": "Onsite"} if name == "conversion" else {})
        call = {"type": "tool_call", "id": "1", "name": "ashby_report_pipeline", "args": asked}
        answer = asking.tools["report_pipeline"].invoke(call)
        assert f"# {metric.definition}" in answer.text.splitlines()
        for row in answer.artifact["results"]:
            basis = {"offers": ("accepted", "declined"), "interviews": ("with feedback",)}.get(name, metric.figures[:1])
            assert row["sample"] == ("few" if sum(row[it] for it in basis) < 5 else None)


def test_interviews_that_lack_feedback_are_those_whose_interviewers_owe_it(asking: Asking) -> None:
    owing = asking.truth.owing()
    rows = asking.ask("find_interviews", feedback_missing=True)
    assert sorted(row["interview_schedule_id"] for row in rows) == sorted(schedule for schedule, _ in owing)
    events = sum(len(it["interviewEvents"]) for it in asking.truth.state["interviewSchedule"])
    assert len(asking.ask("find_interviews", feedback_missing=False)) == events - len(owing)


def test_the_worklist_has_all_that_waits(asking: Asking) -> None:
    if asking.truth.unknown:
        pytest.skip("stays that were read before a history became unknown still tell what is usual in a stage")
    expected = asking.truth.waiting()
    rows = asking.ask("list_worklist", kinds=sorted(expected))
    assert {kind: sum(row["what to do"] == kind for row in rows) for kind in expected} == expected
    assert expected["stuck"] and expected["feedback"]
    assert asking.ask("list_worklist", kinds=sorted(expected), limit=7) == rows  # pages that end within a kind
    for owner in sorted({it for row in rows for it in row["owner"].split(", ") if not it.endswith(")")})[:3]:
        own = [row for row in rows if owner in row["owner"].split(", ")]
        assert asking.ask("list_worklist", kinds=sorted(expected), owners=[owner]) == own


def test_people_are_found_by_words_tags_and_whether_they_are_active(asking: Asking) -> None:
    truth = asking.truth
    active = {it["candidateId"] for it in truth.state["application"] if it["status"] == "Active"}
    people = truth.state["candidate"]
    idle = {row["candidate_id"] for row in asking.ask("find_candidates", active=False)}
    assert idle == {it["id"] for it in people} - active
    for tag in truth.state["candidateTag"]:
        if sum(it["title"] == tag["title"] for it in truth.state["candidateTag"]) == 1:
            found = {row["candidate_id"] for row in asking.ask("find_candidates", tags=[tag["title"]])}
            assert found == {it["id"] for it in people if tag["id"] in it["tagIds"]}


def test_words_find_exactly_the_candidates_who_have_them(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    random, words = Random(5), {it["id"]: asking.truth.words(it) for it in asking.truth.state["candidate"]}
    for number in range(40):
        monkeypatch.setattr(search, "_has_fts5", lambda _, there=number % 2: there)  # without it, everyone is scanned
        where = random.choice(["words", "words", "title", "company", "school", "place"])
        wanted = random.sample(sorted(set().union(*(it[where] for it in words.values()))), random.choice((1, 1, 2)))
        begins = random.random() < 0.4
        if begins:
            wanted = [it[: random.randint(1, len(it))] for it in wanted]
        said = " ".join(f"{it}*" if begins else it.upper() for it in wanted)
        found = {row["candidate_id"] for row in asking.ask("find_candidates", **{where: said})}
        assert found == {
            its_id
            for its_id, its in words.items()
            if all(any(word.startswith(it) if begins else word == it for word in its[where]) for it in wanted)
        }, (where, said)


def test_changes_are_what_happened_in_the_period(asking: Asking) -> None:
    truth = asking.truth
    if truth.unknown:
        pytest.skip("moves that were read before, or seen, are told too: test_honesty")
    said, (first, last) = "2026-10-01..2026-11-30", (date(2026, 10, 1), date(2026, 11, 30))

    def within(written: str | None) -> bool:
        day = truth.day(written)
        return day is not None and first <= day <= last

    rows = asking.ask("list_changes", period=said)
    counts = {kind: sum(row["change"] == kind for row in rows) for kind in ("applied", "archived", "feedback", "moved")}
    applications = truth.state["application"]
    assert counts["applied"] == sum(within(it["createdAt"]) for it in applications)
    over = sum(
        truth.by_id[stay["stageId"]]["type"] == "Archived"
        and bool(stay.get("leftStageAt"))
        and within(stay["enteredStageAt"])
        for it in applications
        for stay in it["applicationHistory"]
    )
    archived = sum(it["status"] == "Archived" and within(it.get("archivedAt")) for it in applications)
    assert counts["archived"] == archived + over
    assert counts["feedback"] == sum(
        within(it["submittedAt"]) for it in truth.state["feedback"] if it["applicationId"] in truth.by_id
    )
    assert counts["moved"] == sum(
        stay["stageNumber"] > 0
        and truth.by_id[stay["stageId"]]["type"] not in ("Archived", "Hired")
        and within(stay["enteredStageAt"])
        for it in applications
        for stay in it["applicationHistory"]
    )
