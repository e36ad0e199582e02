"""A recruiter's afternoon as a script: reads the people in a stage, proposes three changes, reports the outcomes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta

from langchain_core.messages import AIMessage, ToolCall, ToolMessage

from langchain_ashby.agent.messages.tool_messages import EXECUTED_AS_EDITED, NOT_EXECUTED, OUTCOME_UNKNOWN
from langchain_ashby.demo.reading import Row, average_score, interviewers, next_cursor, rows
from langchain_ashby.demo.scripted import call, say, story

JOB = "Staff Engineer"
FROM_STAGE = "Onsite"
TO_STAGE = "Offer"
INTERVIEW = "Final Interview"

Lines = Generator[AIMessage, list[ToolMessage], str]


def _afternoon() -> Lines:
    [jobs] = yield say(
        "I'm a scripted model: my lines are fixed, but the tools, the data and the approvals are real. "
        f"First I'll find the job {JOB}.",
        call("ashby_search_jobs", title=JOB),
    )
    job = next((job for job in rows(jobs) if job.get("title") == JOB and job.get("status") == "Open"), None)
    if job is None or not job.get("interview_plan_id"):
        return _stopped(f"there is no open job {JOB} with an interview plan", jobs)

    stages_found, listed = yield say(
        "Found it. Next, the stages of its interview plan and its active candidates.",
        call("ashby_list_interview_stages", interview_plan_id=job["interview_plan_id"]),
        call("ashby_list_applications", job_id=job["job_id"], status="Active"),
    )
    applications = rows(listed)
    while cursor := next_cursor(listed):
        [listed] = yield say(
            "There are more of them.",
            call("ashby_list_applications", job_id=job["job_id"], status="Active", cursor=cursor),
        )
        applications += rows(listed)
    offer_stage = next((stage for stage in rows(stages_found) if stage["stage"] == TO_STAGE), None)
    onsite = [it for it in applications if it["stage"].startswith(FROM_STAGE)]
    if offer_stage is None or not onsite:
        return _stopped(f"{JOB} has no one in the stage {FROM_STAGE}, or no stage {TO_STAGE}", stages_found, listed)

    feedback = yield say(
        f"{_number_of_candidates(onsite)} in {FROM_STAGE}. I'll read the feedback on each of them.",
        *(call("ashby_list_application_feedback", application_id=it["application_id"]) for it in onsite),
    )
    scores = {it["application_id"]: average_score(given) for it, given in zip(onsite, feedback, strict=True)}
    rated = [it for it in onsite if scores[it["application_id"]] is not None]
    rated.sort(key=lambda it: -(scores[it["application_id"]] or 0))
    if not rated:
        return _stopped(f"no one in {FROM_STAGE} has a score yet", *feedback)
    strongest = rated[0]
    other = next((it for it in [*rated[1:], *onsite] if it is not strongest), None)

    team, interviews = yield say(
        f"{strongest['candidate']} has the best scores: {scores[strongest['application_id']]:.1f} of 4 on average. "
        "Next I'll find an interviewer and an interview type.",
        call("ashby_get_application", application_id=(other or strongest)["application_id"]),
        call("ashby_list_interviews"),
    )
    proposals = _proposals(strongest, other, offer_stage, scores, interviewers(team), rows(interviews))
    results = yield say("Here are the changes I propose. You decide about each.", *(made for _, made in proposals))
    told = (outcome(what, result) for (what, _), result in zip(proposals, results, strict=True))
    return "\n".join(["Here is what happened to my proposals:", *(f"- {line}" for line in told)])


recruiters_afternoon = story(_afternoon)
"""The demo's script: proposes to move the strongest candidate for a job to the offer stage and interview another."""


def _proposals(
    strongest: Row,
    other: Row | None,
    stage: Row,
    scores: dict[str, float | None],
    team: Sequence[tuple[str, str]],
    interviews: Sequence[Row],
) -> list[tuple[str, ToolCall]]:
    """The proposals, in words and as calls. Without a second candidate or an interviewer there is no interview."""
    name, application_id = strongest["candidate"], strongest["application_id"]
    proposals = [
        (
            f"move {name} from {FROM_STAGE} to {TO_STAGE}",
            call(
                "ashby_change_application_stage",
                application_id=application_id,
                interview_stage_id=stage["interview_stage_id"],
            ),
        ),
        (
            f"add a note to {name}",
            call(
                "ashby_create_candidate_note",
                candidate_id=strongest["candidate_id"],
                note=f"Strongest in {FROM_STAGE} for {JOB}: {scores[application_id]:.1f} of 4 on average. "
                "Proposed for an offer.",
            ),
        ),
    ]
    interview = _interview(interviews)
    if other is None or not team or interview is None:
        return proposals
    interviewer, email = team[0]
    start = _one_week_from_now()
    event = {
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(hours=1)).isoformat(),
        "interview_id": interview["interview_id"],
        "interviewers": [{"email": email, "feedback_required": True}],
    }
    return [
        *proposals,
        (
            f"schedule {other['candidate']}'s {interview['title']} with {interviewer}",
            call("ashby_create_interview_schedule", application_id=other["application_id"], interview_events=[event]),
        ),
    ]


def _interview(interviews: Sequence[Row]) -> Row | None:
    usable = [it for it in interviews if not it.get("state") and not it.get("kind")]
    return next((it for it in usable if it["title"] == INTERVIEW), usable[0] if usable else None)


def _one_week_from_now() -> datetime:
    """The only value from the clock. It stands in a proposal alone, so a replay of the script says the same."""
    start = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=7)
    # Not on a weekend.
    return start + timedelta(days=7 - start.weekday() if start.weekday() > 4 else 0)


def outcome(what: str, result: ToolMessage) -> str:
    """The outcome of a proposal, in the words of its result."""
    said = result.text.strip()
    if said.startswith(NOT_EXECUTED):
        return f"Not done: {what}. {said.removeprefix(NOT_EXECUTED).strip()}"
    if said.startswith(OUTCOME_UNKNOWN):
        return f"Outcome unknown: {what}. {said.removeprefix(OUTCOME_UNKNOWN).strip()}"
    if result.status == "error":
        return f"Refused by Ashby: {what}. {said}"
    if said.startswith(EXECUTED_AS_EDITED):
        return f"Done with your edits: {what}."
    return f"Done: {what}."


def _stopped(why: str, *results: ToolMessage) -> str:
    errors = [result.text for result in results if result.status == "error"]
    return " ".join([f"I'll stop here: {why}. I proposed no changes.", *errors])


def _number_of_candidates(applications: Sequence[Row]) -> str:
    return "One candidate is" if len(applications) == 1 else f"{len(applications)} candidates are"
