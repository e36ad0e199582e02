"""Cards for writes on applications. Moving one to another stage is in `stages`."""

from __future__ import annotations

from langchain_ashby.agent.cards.draft import Draft, Record
from langchain_ashby.agent.cards.look import Look
from langchain_ashby.agent.cards.shared import (
    applications_of,
    credit_of,
    line_of_changes,
    reference,
    the_application,
    the_candidate,
    the_job,
    the_user,
    time_of,
    told,
    warn_of_others,
    warn_unless_open,
    who,
)
from langchain_ashby.agent.cards.words import (
    UNNAMED,
    at,
    count,
    enumerated,
    in_words,
    moment,
    named,
    one_line,
    time_fact,
)
from langchain_ashby.endpoints.applications import (
    ChangeApplicationSource,
    CreateApplication,
    GetApplication,
    UpdateApplication,
)
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.interviews import GetInterviewStage, ListInterviewPlans
from langchain_ashby.endpoints.jobs import GetJob
from langchain_ashby.endpoints.organization import GetUser, ListSources


def create(request: CreateApplication, look: Look, draft: Draft) -> None:
    """Consider a candidate for a job."""
    first_screen = request.interview_stage_id == "FirstPreInterviewScreen"
    stage_id = None if first_screen else request.interview_stage_id
    found, job_read, stage_read, plans, sources, credited = look.all(
        GetCandidate(candidate_id=request.candidate_id),
        GetJob(job_id=request.job_id),
        GetInterviewStage(interview_stage_id=stage_id) if stage_id else None,
        ListInterviewPlans(include_archived=True) if request.interview_plan_id else None,
        ListSources(include_archived=True) if request.source_id else None,
        GetUser(user_id=request.credited_to_user_id) if request.credited_to_user_id else None,
    )
    candidate, name = the_candidate(draft, found)
    job = the_job(draft, job_read)
    warn_unless_open(draft, job)
    stage = draft.named("The stage", stage_read, stage_id, "title")
    plan = draft.named("The interview plan", plans, request.interview_plan_id, "title")
    source = draft.named("The source", sources, request.source_id, "title")
    credit = the_user(draft, "The user who gets the credit", credited, request.credited_to_user_id)
    into = stage["name"] if stage else "the first screening stage" if first_screen else "the first stage"
    title = named(job["title"]) if at(job, "title") else "a job that could not be read"
    draft.line = f"Consider {name} for {title}, starting in {into if stage is None else named(into)}"
    draft.adds("Job", one_line(at(job, "title") or UNNAMED))
    draft.adds("Stage", into)
    draft.adds("Interview plan", plan and plan["name"])
    draft.adds("Source", source and source["name"])
    draft.adds("Credit", credit and credit["name"])
    draft.adds("Created", in_words(request.created_at))
    if request.application_history:
        draft.adds("History", count(len(request.application_history), "stage"))
        draft.not_checked("The stages of the history are shown among the exact arguments only.")

    plan_id = request.interview_plan_id or at(job, "defaultInterviewPlanId")
    if job and not plan_id:
        draft.warn("The job has no default interview plan: Ashby may refuse.")
    if plan_id and at(stage_read, "interviewPlanId") not in (None, plan_id):
        draft.warn("The stage belongs to another interview plan: Ashby will refuse.")
    draft.happens("The agent cannot take the application back; it could only be archived.")

    others = applications_of(draft, look, candidate)
    same_job = [other for other in others if at(other, "job", "id") == request.job_id]
    for other in same_job:
        _warn_of_same_job(draft, other)
    warn_of_others(draft, [other for other in others if other not in same_job])
    complete = bool(candidate) and others.complete
    draft.looks_alike("Applications for this job", same_job, complete, None if request.created_at else "createdAt")


def _warn_of_same_job(draft: Draft, other: Record) -> None:
    if at(other, "status") == "Hired":
        draft.warn("The candidate is hired for this job already.", "high")
        return
    active = at(other, "status") in ("Active", "Lead")
    stage = named(at(other, "currentInterviewStage", "title") or UNNAMED)
    kind = "active" if active else enumerated(at(other, "status"))
    article = "An" if kind[:1] in "aeiou" else "A"
    draft.warn(
        f"{article} {kind} application for the same job exists, in the stage {stage}.", "high" if active else "medium"
    )


def update(request: UpdateApplication, look: Look, draft: Draft) -> None:
    """Change an application's source, credit or date."""
    found, sources, credited = look.all(
        GetApplication(application_id=request.application_id),
        ListSources(include_archived=True) if request.source_id else None,
        GetUser(user_id=request.credited_to_user_id) if request.credited_to_user_id else None,
    )
    application = the_application(draft, found)
    if request.source_id:
        source = draft.named("The source", sources, request.source_id, "title")
        draft.sets("Source", reference(application, "source", "title"), source)
    if request.credited_to_user_id:
        credit = the_user(draft, "The user who gets the credit", credited, request.credited_to_user_id)
        draft.sets("Credit", credit_of(application), credit)
    if request.created_at:
        draft.sets("Created", time_of(application, "createdAt"), time_fact(request.created_at), moment)
    if any(change["field"] == "Created" for change in draft.changes):
        draft.happens("Reports by date count the application differently from now on.")
    draft.line = line_of_changes(draft, f"the application of {who(application)}")
    told(draft, request.send_notifications, "the application")


def change_source(request: ChangeApplicationSource, look: Look, draft: Draft) -> None:
    """Set or clear where an application came from."""
    found, sources = look.all(
        GetApplication(application_id=request.application_id),
        ListSources(include_archived=True) if request.source_id else None,
    )
    application = the_application(draft, found)
    source = draft.named("The source", sources, request.source_id, "title")
    draft.sets("Source", reference(application, "source", "title"), source)
    draft.line = line_of_changes(draft, f"the application of {who(application)}")
    if draft.changes:
        draft.happens("Reports by source count the application differently from now on.")
