"""Does the jobs about the whole pipeline on a mirror, and checks every number.

Each is compared with a count over the sandbox's own records.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import requests
from mirror.brute_force import Pipeline, utc_now
from mirror.changes import Company

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror
from langchain_ashby.sandbox import AshbySandbox

MOST_CALLS = 2
MOST_TOKENS = 1_500
"""The limits of each job."""


class Answered(NamedTuple):
    """An answer: its text, its rows, and how many there are in all."""

    text: str
    rows: list[dict[str, Any]]
    total: int


Asks = Callable[..., Answered]
"""Puts a question: the name of a tool without its prefix, and its arguments."""


class PipelineJob(NamedTuple):
    """A job: its number among the fourteen, its words, and what asks and yields what is wrong."""

    number: int
    words: str
    do: Callable[[Asks, Pipeline], Iterator[str]]


def _stuck(ask: Asks, truth: Pipeline) -> Iterator[str]:
    chosen = {"status": ["Active"], "min_days_in_stage": 10}
    stuck = {it["id"]: it for it in truth.chosen(**chosen)}
    per_job = ask("report_pipeline", metric="current", by="job", **chosen)
    yield from _differ(per_job, ("job",), truth.report("current", ("job",), None, chosen))
    longest = ask("find_applications", **chosen)
    days = {its_id: (truth.now - truth.entered(it)).days for its_id, it in stuck.items()}  # type: ignore[operator]
    if longest.total != len(stuck):
        yield f"{longest.total} are stuck, and not {len(stuck)}"
    if [row["days_in_stage"] for row in longest.rows] != sorted(days.values(), reverse=True)[: len(longest.rows)]:
        yield "those who are stuck the longest are others"
    if any(row["days_in_stage"] != days[row["application_id"]] for row in longest.rows):
        yield "somebody's days are wrong"


def _funnel(ask: Asks, truth: Pipeline) -> Iterator[str]:
    by = ("job", "stage")
    yield from _differ(ask("report_pipeline", metric="current", limit=100), by, truth.report("current", by, None, {}))
    conversion = ask("report_pipeline", metric="conversion", to_stage="Onsite", by="source")
    yield from _differ(conversion, ("source",), truth.report("conversion", ("source",), None, {}, to_stage="Onsite"))


def _feedback(ask: Asks, truth: Pipeline) -> Iterator[str]:
    given = ask("report_pipeline", metric="interviews", by="interviewer")
    yield from _differ(given, ("interviewer",), truth.report("interviews", ("interviewer",), None, {}))
    missing = ask("find_interviews", feedback_missing=True, limit=10)
    owing = truth.owing()
    if missing.total != len(owing):
        yield f"of {missing.total} interviews feedback is missing, and not of {len(owing)}"
    if not {row["interview_schedule_id"] for row in missing.rows} <= {schedule for schedule, _ in owing}:
        yield "an interview is listed of which none is missing"


def _hires(ask: Asks, truth: Pipeline) -> Iterator[str]:
    today = truth.now.astimezone(truth.zone).date()
    year = (date(today.year, 1, 1), date(today.year, 12, 31))
    for by in ("source", "job"):
        hires = ask("report_pipeline", metric="time_to_hire", by=by, period="this year")
        yield from _differ(hires, (by,), truth.report("time_to_hire", (by,), year, {}))


def _pool(ask: Asks, truth: Pipeline) -> Iterator[str]:
    active = {it["candidateId"] for it in truth.state["application"] if it["status"] == "Active"}
    idle = [it for it in truth.state["candidate"] if it["id"] not in active and "Berlin" in str(it.get("location"))]
    tag = next(it["id"] for it in truth.state["candidateTag"] if it["title"] == "Maritime experience")
    tagged = ask("find_candidates", tags="Maritime experience", place="Berlin", active=False)
    expected = {it["id"] for it in idle if tag in it["tagIds"]}
    if not expected:
        yield "nobody could be found"
    if tagged.total != len(expected) or not {row["candidate_id"] for row in tagged.rows} <= expected:
        yield f"{tagged.total} have maritime experience, and not {len(expected)}"
    said = ask("find_candidates", words="Kubernetes", place="Berlin", active=False)
    wanted = [it for it in idle if "kubernetes" in str(it).casefold()]
    if said.total != len(wanted):
        yield f"{said.total} say Kubernetes, and not {len(wanted)}"


def _changes(ask: Asks, truth: Pipeline) -> Iterator[str]:
    yesterday = truth.now.astimezone(truth.zone).date() - timedelta(1)
    changed = ask("list_changes", period="since yesterday")

    def within(written: str | None) -> bool:
        day = truth.day(written)
        return day is not None and day >= yesterday

    applied = sum(within(it["createdAt"]) for it in truth.state["application"])
    moved = sum(
        stay["stageNumber"] > 0
        and truth.by_id[stay["stageId"]]["type"] not in ("Archived", "Hired")
        and within(stay["enteredStageAt"])
        for it in truth.state["application"]
        for stay in truth.stays(it)
    )
    for kind, number in {"applied": applied, "moved": moved}.items():
        if number and f"{kind} {number}" not in changed.text:
            yield f"{number} {kind}, which is not what the answer says"
    if not applied or not moved:
        yield "nothing changed that could be told"


JOBS = (
    PipelineJob(1, "Which active candidates have been in their stage for more than 10 days, per job?", _stuck),
    PipelineJob(2, "For every job: active applications per stage, and conversion to onsite by source.", _funnel),
    PipelineJob(9, "Who has not submitted feedback, company-wide?", _feedback),
    PipelineJob(11, "Which sources gave us hires this year? How long did a hire take, per job?", _hires),
    PipelineJob(12, "Who has Kubernetes or maritime experience, is in Berlin, and is not active in any job?", _pool),
    PipelineJob(14, "Give me everything that changed since yesterday.", _changes),
)


def done(candidates: int) -> Iterator[tuple[PipelineJob, list[tuple[str, str]], list[str]]]:
    """Does each job, in a company of that many candidates; yields its calls, answers and problems."""
    with (
        tempfile.TemporaryDirectory() as directory,
        AshbySandbox(candidates=candidates) as sandbox,
        AshbyClient(sandbox.api_key, sandbox.url) as client,
    ):
        mirror = Mirror(f"sqlite:///{directory}/mirror.db", client, max_age=timedelta(days=1))
        mirror.sync(history=None)
        company = Company(sandbox, 1)
        for _ in range(5):
            company.create_candidate()
            company.move()
        _know_more(sandbox)
        mirror.sync(history=None)
        truth = Pipeline(sandbox.state(), utc_now(), mirror.zone)
        for job in JOBS:
            exchanges: list[tuple[str, str]] = []
            problems = list(job.do(_asking(mirror, exchanges), truth))
            yield job, exchanges, problems


def _know_more(sandbox: AshbySandbox) -> None:
    """Moves four idle people to Berlin; gives them the tag of job 12, and two of them the word."""
    state = sandbox.state()
    active = {it["candidateId"] for it in state["application"] if it["status"] == "Active"}
    tag = next(it["id"] for it in state["candidateTag"] if it["title"] == "Maritime experience")
    field = next(it["id"] for it in state["customField"] if it["title"] == "Background")
    idle = [it for it in state["candidate"] if it["id"] not in active]
    for place, person in enumerate(idle[:4]):
        location = {"city": "Berlin", "country": "Germany"}
        _call(sandbox, "candidate.update", candidateId=person["id"], location=location)
        _call(sandbox, "candidate.addTag", candidateId=person["id"], tagId=tag)
        if place < 2:
            said = {"objectType": "Candidate", "objectId": person["id"], "fieldId": field, "fieldValue": "Kubernetes"}
            _call(sandbox, "customField.setValue", **said)


def _call(sandbox: AshbySandbox, method: str, **body: Any) -> None:
    done = requests.post(f"{sandbox.url}/{method}", json=body, auth=(sandbox.api_key, ""), timeout=60).json()
    if not done["success"]:
        raise ValueError(f"{method}: {done}")


def _asking(mirror: Mirror, exchanges: list[tuple[str, str]]) -> Asks:
    tools = {tool.name: tool for tool in mirror.tools()}

    def ask(name: str, **arguments: Any) -> Answered:
        tool = tools[f"ashby_{name}"]
        answer = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})
        if answer.status == "error":
            raise ValueError(answer.text)
        exchanges.append((f"{tool.name} {arguments}", answer.text))
        return Answered(answer.text, answer.artifact["results"], _total(answer.text))

    return ask


def _total(text: str) -> int:
    """The number of all rows, of the first own line after the table."""
    lines = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    counted = next(line for line in lines if line[0].isdigit())
    words = counted.partition(";")[0].replace(",", "").split()
    return int(words[words.index("of") + 1] if "of" in words else words[0])


def _differ(answer: Answered, by: tuple[str, ...], expected: dict[tuple[str, ...], list[Any]]) -> Iterator[str]:
    """Yields how the groups that a report shows differ from what was counted one by one."""
    if answer.total != len(expected):
        yield f"there are {len(expected)} groups by {by}, and not {answer.total}"
    for row in answer.rows:
        group = tuple(row[name] for name in by)
        figures = [value for title, value in row.items() if title not in (*by, "sample")]
        right = expected.get(group)
        if right is None or any(_apart(one, other) for one, other in zip(figures, right, strict=True)):
            yield f"{group}: {figures}, and not {right}"


def _apart(one: Any, other: Any) -> bool:
    return abs(one - other) > 1e-6 if isinstance(one, float) else bool(one != other)
