"""A recruiter's afternoon, as a script: from the people in a stage to three proposals, and what became of them."""

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
Telling = Generator[AIMessage, list[ToolMessage], str]


def _afternoon() -> Telling:
    [jobs] = yield say(
        "I am a scripted stand-in for a language model: my lines are written in advance, but the tools, the data and "
        f"the approvals are real. First I look for the job {JOB}.",
        call("ashby_search_jobs", title=JOB),
    )
    job = next((job for job in records(jobs) if job.get("title") == JOB and job.get("status") == "Open"), None)
    if job is None or not job.get("defaultInterviewPlanId"):
        return _nothing(f"there is no open job {JOB} with an interview plan", jobs)

    stages_found, listed = yield say(
        "Found it. Next, the stages of its interview plan, and everybody who is in the running.",
        call("ashby_list_interview_stages", interview_plan_id=job["defaultInterviewPlanId"]),
        call("ashby_list_applications", job_id=job["id"], status="Active"),
    )
    applications = records(listed)
    while cursor := next_cursor(listed):
        [listed] = yield say(
            "There are more.",
            call("ashby_list_applications", job_id=job["id"], status="Active", cursor=cursor),
        )
        applications += records(listed)
    offer_stage = next((stage for stage in records(stages_found) if stage.get("title") == TO_STAGE), None)
    onsite = [it for it in applications if (it.get("currentInterviewStage") or {}).get("title") == FROM_STAGE]
    if offer_stage is None or not onsite:
        return _nothing(f"{JOB} has nobody in the stage {FROM_STAGE}, or no stage {TO_STAGE}", stages_found, listed)

    feedback = yield say(
        f"{_number_of_people(onsite)} in {FROM_STAGE}. I read the feedback on each of them.",
        *(call("ashby_list_application_feedback", application_id=it["id"]) for it in onsite),
    )
    scores = {it["id"]: _average_score(records(given)) for it, given in zip(onsite, feedback, strict=True)}
    rated = sorted((it for it in onsite if scores[it["id"]] is not None), key=lambda it: -(scores[it["id"]] or 0))
    if not rated:
        return _nothing(f"nobody in {FROM_STAGE} has a score yet", *feedback)
    strongest = rated[0]
    other = next((it for it in [*rated[1:], *onsite] if it is not strongest), None)

    users, interviews = yield say(
        f"{_name(strongest)} has the best scores, {scores[strongest['id']]:.1f} of 4 on average. "
        "For the next conversation I look for an interviewer and a kind of interview.",
        call("ashby_list_users"),
        call("ashby_list_interviews"),
    )
    proposals = _proposals(strongest, other, offer_stage, scores, records(users), records(interviews))
    results = yield say("Now I propose the changes. You decide about each of them.", *(made for _, made in proposals))
    outcome = (_became(what, result) for (what, _), result in zip(proposals, results, strict=True))
    return "\n".join(["This is what became of my proposals:", *(f"- {line}" for line in outcome)])


recruiters_afternoon = story(_afternoon)
"""The demo's script: the strongest candidate for a job is to be moved to the offer stage, another to be interviewed."""


def records(result: ToolMessage) -> list[Record]:
    """The records that a listing or a search gave; none if it failed."""
    found = result.artifact.get("results") if isinstance(result.artifact, dict) else result.artifact
    return [record for record in found if isinstance(record, dict)] if isinstance(found, list) else []


def next_cursor(result: ToolMessage) -> str | None:
    """The cursor of the next page, if there is one."""
    return result.artifact.get("next_cursor") if isinstance(result.artifact, dict) else None


def _proposals(
    strongest: Record,
    other: Record | None,
    stage: Record,
    scores: dict[str, float | None],
    users: Sequence[Record],
    interviews: Sequence[Record],
) -> list[tuple[str, ToolCall]]:
    """What to propose, in words and as a call. Without somebody to interview or to do it, there is no interview."""
    name = _name(strongest)
    proposals = [
        (
            f"move {name} from {FROM_STAGE} to {TO_STAGE}",
            call("ashby_change_application_stage", application_id=strongest["id"], interview_stage_id=stage["id"]),
        ),
        (
            f"a note on {name}",
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
            f"an interview ({interview['title']}) of {_name(other)} by "
            f"{interviewer.get('firstName')} {interviewer.get('lastName')}",
            call("ashby_create_interview_schedule", application_id=other["id"], interview_events=[event]),
        ),
    ]


def _interview(interviews: Sequence[Record]) -> Record | None:
    usable = [it for it in interviews if not it.get("isArchived") and not it.get("isDebrief")]
    return next((it for it in usable if it.get("title") == INTERVIEW), usable[0] if usable else None)


def _interviewer(users: Sequence[Record], application: Record) -> Record | None:
    """Somebody who interviews for the job; if nobody is known to, anybody."""
    usable = [user for user in users if user.get("isEnabled") and user.get("email")]
    team = {it.get("email") for it in application.get("hiringTeam") or [] if it.get("role") == "Interviewer"}
    return next((user for user in usable if user["email"] in team), usable[0] if usable else None)


def _one_week_from_now() -> datetime:
    """The one thing here that comes from the clock. It is said once, in a proposal, and never told of again."""
    start = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=7)
    # No interviews at the weekend.
    return start + timedelta(days=7 - start.weekday() if start.weekday() > 4 else 0)


def _average_score(feedback: Sequence[Record]) -> float | None:
    values = [value for form in feedback for value in (form.get("submittedValues") or {}).values()]
    scores = [value["score"] for value in values if isinstance(value, dict) and "score" in value]
    return fmean(map(float, scores)) if scores else None


def _became(what: str, result: ToolMessage) -> str:
    """What became of a proposal, in the words of the result and no others."""
    said = result.text.strip()
    if said.startswith(NOT_EXECUTED):
        return f"Not done: {what}. {said.removeprefix(NOT_EXECUTED).strip()}"
    if said.startswith(OUTCOME_UNKNOWN):
        return f"Not certain: {what}. {said.removeprefix(OUTCOME_UNKNOWN).strip()}"
    if result.status == "error":
        return f"Refused by Ashby: {what}. {said}"
    if said.startswith(EXECUTED_AS_EDITED):
        return f"Done as you changed it: {what} was what I had proposed."
    return f"Done: {what}."


def _nothing(why: str, *results: ToolMessage) -> str:
    errors = [result.text for result in results if result.status == "error"]
    return " ".join([f"I stop here: {why}. I proposed nothing, and nothing was changed.", *errors])


def _name(application: Record) -> str:
    return str(application["candidate"]["name"])


def _number_of_people(applications: Sequence[Record]) -> str:
    return "One person is" if len(applications) == 1 else f"{len(applications)} people are"
