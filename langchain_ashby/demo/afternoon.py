"""A recruiter's afternoon as a script: reads the people in a stage, proposes three changes, reports the outcomes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Any

from langchain_core.messages import AIMessage, ToolCall, ToolMessage

from langchain_ashby.agent.messages.tool_messages import EXECUTED_AS_EDITED, NOT_EXECUTED, OUTCOME_UNKNOWN
from langchain_ashby.demo.scripted import call, say, story

JOB = "Staff Engineer"
FROM_STAGE = "Onsite"
TO_STAGE = "Offer"
INTERVIEW = "Final Interview"

Record = dict[str, Any]
Lines = Generator[AIMessage, list[ToolMessage], str]


def _afternoon() -> Lines:
    [jobs] = yield say(
        "I'm a scripted model: my lines are fixed, but the tools, the data and the approvals are real. "
        f"First I'll find the job {JOB}.",
        call("ashby_search_jobs", title=JOB),
    )
    job = next((job for job in records(jobs) if job.get("title") == JOB and job.get("status") == "Open"), None)
    if job is None or not job.get("defaultInterviewPlanId"):
        return _stopped(f"there is no open job {JOB} with an interview plan", jobs)

    stages_found, listed = yield say(
        "Found it. Next, the stages of its interview plan and its active candidates.",
        call("ashby_list_interview_stages", interview_plan_id=job["defaultInterviewPlanId"]),
        call("ashby_list_applications", job_id=job["id"], status="Active"),
    )
    applications = records(listed)
    while cursor := next_cursor(listed):
        [listed] = yield say(
            "There are more of them.",
            call("ashby_list_applications", job_id=job["id"], status="Active", cursor=cursor),
        )
        applications += records(listed)
    offer_stage = next((stage for stage in records(stages_found) if stage.get("title") == TO_STAGE), None)
    onsite = [it for it in applications if (it.get("currentInterviewStage") or {}).get("title") == FROM_STAGE]
    if offer_stage is None or not onsite:
        return _stopped(f"{JOB} has no one in the stage {FROM_STAGE}, or no stage {TO_STAGE}", stages_found, listed)

    feedback = yield say(
        f"{_number_of_candidates(onsite)} in {FROM_STAGE}. I'll read the feedback on each of them.",
        *(call("ashby_list_application_feedback", application_id=it["id"]) for it in onsite),
    )
    scores = {it["id"]: _average_score(records(given)) for it, given in zip(onsite, feedback, strict=True)}
    rated = sorted((it for it in onsite if scores[it["id"]] is not None), key=lambda it: -(scores[it["id"]] or 0))
    if not rated:
        return _stopped(f"no one in {FROM_STAGE} has a score yet", *feedback)
    strongest = rated[0]
    other = next((it for it in [*rated[1:], *onsite] if it is not strongest), None)

    users, interviews = yield say(
        f"{_name(strongest)} has the best scores: {scores[strongest['id']]:.1f} of 4 on average. "
        "Next I'll find an interviewer and an interview type.",
        call("ashby_list_users"),
        call("ashby_list_interviews"),
    )
    proposals = _proposals(strongest, other, offer_stage, scores, records(users), records(interviews))
    results = yield say("Here are the changes I propose. You decide about each.", *(made for _, made in proposals))
    outcome = (_outcome(what, result) for (what, _), result in zip(proposals, results, strict=True))
    return "\n".join(["Here is what happened to my proposals:", *(f"- {line}" for line in outcome)])


recruiters_afternoon = story(_afternoon)
"""The demo's script: proposes to move the strongest candidate for a job to the offer stage and interview another."""


def records(result: ToolMessage) -> list[Record]:
    """The records of a listing or search; empty if it failed."""
    found = result.artifact.get("results") if isinstance(result.artifact, dict) else result.artifact
    return [record for record in found if isinstance(record, dict)] if isinstance(found, list) else []


def next_cursor(result: ToolMessage) -> str | None:
    """The cursor of the next page, or None."""
    return result.artifact.get("next_cursor") if isinstance(result.artifact, dict) else None


def _proposals(
    strongest: Record,
    other: Record | None,
    stage: Record,
    scores: dict[str, float | None],
    users: Sequence[Record],
    interviews: Sequence[Record],
) -> list[tuple[str, ToolCall]]:
    """The proposals, in words and as calls. Without a second candidate or an interviewer there is no interview."""
    name = _name(strongest)
    proposals = [
        (
            f"move {name} from {FROM_STAGE} to {TO_STAGE}",
            call("ashby_change_application_stage", application_id=strongest["id"], interview_stage_id=stage["id"]),
        ),
        (
            f"add a note to {name}",
            call(
                "ashby_create_candidate_note",
                candidate_id=strongest["candidate"]["id"],
                note=f"Strongest in {FROM_STAGE} for {JOB}: {scores[strongest['id']]:.1f} of 4 on average. "
                "Proposed for an offer.",
            ),
        ),
    ]
    interview = _interview(interviews)
    interviewer = _interviewer(users, other) if other else None
    if other is None or interviewer is None or interview is None:
        return proposals
    start = _one_week_from_now()
    event = {
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(hours=1)).isoformat(),
        "interview_id": interview["id"],
        "interviewers": [{"email": interviewer["email"], "feedback_required": True}],
    }
    return [
        *proposals,
        (
            f"schedule {_name(other)}'s {interview['title']} with "
            f"{interviewer.get('firstName')} {interviewer.get('lastName')}",
            call("ashby_create_interview_schedule", application_id=other["id"], interview_events=[event]),
        ),
    ]


def _interview(interviews: Sequence[Record]) -> Record | None:
    usable = [it for it in interviews if not it.get("isArchived") and not it.get("isDebrief")]
    return next((it for it in usable if it.get("title") == INTERVIEW), usable[0] if usable else None)


def _interviewer(users: Sequence[Record], application: Record) -> Record | None:
    """An interviewer on the job's hiring team, or else any user."""
    usable = [user for user in users if user.get("isEnabled") and user.get("email")]
    team = {it.get("email") for it in application.get("hiringTeam") or [] if it.get("role") == "Interviewer"}
    return next((user for user in usable if user["email"] in team), usable[0] if usable else None)


def _one_week_from_now() -> datetime:
    """The only value from the clock. It stands in a proposal alone, so a replay of the script says the same."""
    start = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=7)
    # Not on a weekend.
    return start + timedelta(days=7 - start.weekday() if start.weekday() > 4 else 0)


def _average_score(feedback: Sequence[Record]) -> float | None:
    values = [value for form in feedback for value in (form.get("submittedValues") or {}).values()]
    scores = [value["score"] for value in values if isinstance(value, dict) and "score" in value]
    return fmean(map(float, scores)) if scores else None


def _outcome(what: str, result: ToolMessage) -> str:
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


def _name(application: Record) -> str:
    return str(application["candidate"]["name"])


def _number_of_candidates(applications: Sequence[Record]) -> str:
    return "One candidate is" if len(applications) == 1 else f"{len(applications)} candidates are"
