"""Cards for a new application, and for changes of its source and credit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langchain_ashby.agent.cards.as_sent import shows
from langchain_ashby.agent.cards.builder import CardBuilder, Fact, Record
from langchain_ashby.agent.cards.lookup import request_for
from langchain_ashby.agent.cards.plain import derive
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import (
    applications_of,
    called_job,
    in_its_plan,
    the_candidate,
    the_job,
    the_user,
    warn_of_others,
    warn_unless_open,
)
from langchain_ashby.endpoints.applications import CreateApplication, UpdateApplication
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.fields import StageVisit
from langchain_ashby.endpoints.interviews import GetInterviewStage, ListInterviewPlans
from langchain_ashby.endpoints.organization import GetUser, ListArchiveReasons, ListSources
from langchain_ashby.text.words import (
    UNNAMED,
    at,
    called,
    enumerated,
    in_words,
    named,
    shown,
)


@builds(CreateApplication)
def create(request: CreateApplication, reads: ReadCache, builder: CardBuilder) -> None:
    """Consider a candidate for a job."""
    first_screen = request.interview_stage_id == "FirstPreInterviewScreen"
    stage_id = None if first_screen else request.interview_stage_id
    found, job_read, stage_read, plans, sources, credited = reads.all(
        GetCandidate(candidate_id=request.candidate_id),
        request_for("job_id", request.job_id),
        GetInterviewStage(interview_stage_id=stage_id) if stage_id else None,
        ListInterviewPlans(include_archived=True) if request.interview_plan_id else None,
        ListSources(include_archived=True) if request.source_id else None,
        GetUser(user_id=request.credited_to_user_id) if request.credited_to_user_id else None,
    )
    candidate, name = the_candidate(builder, found)
    job = the_job(builder, job_read)
    warn_unless_open(builder, job)
    stage = builder.named("The stage", stage_read, stage_id, "title")
    plan_id = request.interview_plan_id or at(job, "defaultInterviewPlanId")
    stage = in_its_plan(builder, stage, stage_read, plan_id)
    plan = builder.named("The interview plan", plans, request.interview_plan_id, "title")
    source = builder.named("The source", sources, request.source_id, "title")
    credit = the_user(builder, "The user who gets the credit", credited, request.credited_to_user_id)
    history = _history(reads, builder, request.application_history or [], plan_id)
    if history:
        stage, stage_read = history[-1].stage, history[-1].read
        if stage_id not in (None, stage["id"]):
            builder.warn("The stage is not the last one in the history: Ashby may refuse.")
    into = shown(stage) if stage else "the first pre-interview screen" if first_screen else "the first Lead stage"
    title = called_job(builder, job) if at(job, "title") else "a job that could not be read"
    builder.line = f"Consider {name} for {title}, starting in {called(stage) if stage else into}"
    builder.new_value("Job", title if at(job, "title") else UNNAMED)
    builder.new_value("Stage", into)
    builder.new_value("Interview plan", shown(plan) if plan else "the default of the job")
    builder.new_value("Source", shown(source))
    builder.new_value("Credit", shown(credit))
    builder.new_value("Creation time", in_words(request.created_at))
    for past in history:
        builder.new_value(f"History {past.visit.stage_number}", past.words)

    if job and not request.interview_plan_id:
        builder.facts["Default interview plan of the job"] = plan_id
    if job and not plan_id:
        builder.warn("The job has no default interview plan: Ashby may refuse.")
    if plan_id and not history and at(stage_read, "interviewPlanId") not in (None, plan_id):
        builder.warn("The stage belongs to another interview plan: Ashby may refuse.")
    if plan_id and any(at(it.read, "interviewPlanId") not in (None, plan_id) for it in history):
        builder.warn("A stage of the history belongs to another interview plan: Ashby will refuse.")
    _say_how_it_starts(builder, at(stage_read, "type"))
    builder.consequence("The agent can't delete the application; it can only archive it.")

    others = applications_of(builder, reads, candidate)
    same_job = [other for other in others if at(other, "job", "id") == request.job_id]
    for other in same_job:
        _warn_of_same_job(builder, other)
    warn_of_others(builder, [other for other in others if other not in same_job])
    complete = bool(candidate) and others.complete
    like, created = [request.candidate_id, request.job_id], None if request.created_at else "createdAt"
    different = [it for it in same_job if not shows(it, request.wire(), _PLACES)]
    builder.lookalikes("Applications for this job", like, same_job, complete, created, doubtful=different)


_PLACES = {"interviewStageId": "currentInterviewStage.id", "interviewPlanId": "currentInterviewStage.interviewPlanId"}
"""Where an application keeps what a new one is made of."""


@builds(UpdateApplication)
def update(request: UpdateApplication, reads: ReadCache, builder: CardBuilder) -> None:
    """Change an application's source, credit or creation time."""
    derive(request, reads, builder)
    if request.created_at is None:
        builder.consequence(
            "No creation time is given: Ashby's documentation says that it becomes the time of the call."
        )


def _say_how_it_starts(builder: CardBuilder, kind: object) -> None:
    if kind == "Archived":
        builder.consequence("The application is archived from the start.", "high")
    elif kind == "Hired":
        builder.consequence("The candidate counts as hired from the start.", "high")


@dataclass(frozen=True)
class _Past:
    """A stage that a new application is said to have been in."""

    visit: StageVisit
    stage: Fact
    read: Any
    words: str


def _history(reads: ReadCache, builder: CardBuilder, visits: list[StageVisit], plan_id: str | None) -> list[_Past]:
    """The history of a new application in order: the last stage is its present one."""
    visits = sorted(visits, key=lambda it: it.stage_number)
    reasons, *stages = reads.all(
        ListArchiveReasons(include_archived=True) if any(it.archive_reason_id for it in visits) else None,
        *(GetInterviewStage(interview_stage_id=it.interview_stage_id) for it in visits),
    )
    history = []
    for visit, found in zip(visits, stages, strict=True):
        stage = builder.named("A stage of the history", found, visit.interview_stage_id, "title")
        stage = in_its_plan(builder, stage, found, plan_id)
        reason = builder.named("An archive reason of the history", reasons, visit.archive_reason_id, "text")
        because = f"; reason: {called(reason)}" if reason else ""
        words = f"{called(stage)} since {in_words(visit.entered_stage_at)}{because}"
        history.append(_Past(visit, stage, found, words))
        if at(found, "type") == "Archived" and not reason:
            builder.warn("An archived stage of the history has no archive reason: Ashby will refuse.")
    return history


def _warn_of_same_job(builder: CardBuilder, other: Record) -> None:
    if at(other, "status") == "Hired":
        builder.warn("The candidate is already hired for this job.", "high")
        return
    status = at(other, "status")
    stage = named(at(other, "currentInterviewStage", "title") or UNNAMED)
    kind = f"{enumerated(status)} application" if status else "application with unknown status"
    builder.warn(
        f"{'An' if kind[:1] in 'aeiou' else 'A'} {kind} for the same job exists, in the stage {stage}.",
        "medium" if status == "Archived" else "high",
    )
