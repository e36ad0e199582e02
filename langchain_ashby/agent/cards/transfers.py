"""The card for transferring an application to another job."""

from __future__ import annotations

from typing import Any

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.lookup import above, request_for
from langchain_ashby.agent.cards.names import fact_of
from langchain_ashby.agent.cards.offered import warn_of_offers
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import (
    applications_of,
    called_job,
    candidate_and_job,
    in_its_plan,
    reference,
    the_application,
    the_job,
    value_of,
    warn_of_others,
    warn_unless_open,
    who,
)
from langchain_ashby.agent.cards.stages import STATUS_IN, leave_archive, warn_of_meetings
from langchain_ashby.endpoints.applications import GetApplication, TransferApplication
from langchain_ashby.endpoints.interviews import GetInterviewStage, ListInterviewPlans, ListInterviewSchedules
from langchain_ashby.endpoints.offers import ListOffers
from langchain_ashby.text.words import UNNAMED, at, called, enumerated


@builds(TransferApplication)
def transfer(request: TransferApplication, reads: ReadCache, builder: CardBuilder) -> None:
    """Transfer an application to another job."""
    found, job_read, stage_read, plans, schedules, offers = reads.all(
        GetApplication(application_id=request.application_id),
        request_for("job_id", request.job_id),
        GetInterviewStage(interview_stage_id=request.interview_stage_id),
        ListInterviewPlans(include_archived=True),
        ListInterviewSchedules(application_id=request.application_id),
        ListOffers(application_id=request.application_id),
    )
    application = the_application(builder, found)
    candidate = candidate_and_job(builder, reads, application)
    job = the_job(builder, job_read)
    builder.refer(request.job_id, "The new job", at(job, "title"))
    warn_unless_open(builder, job)
    plan = builder.named("The interview plan", plans, request.interview_plan_id, "title")
    stage = builder.named("The stage", stage_read, request.interview_stage_id, "title")
    stage = in_its_plan(builder, stage, stage_read, request.interview_plan_id)
    kind = at(stage_read, "type")
    to = called_job(builder, job) if at(job, "title") else "a job that could not be read"
    builder.line = f"Transfer {who(builder, application)}, to {to}, into {called(stage)}"
    builder.set_field("Job", reference(application, "job"), fact_of(request.job_id, job, *above(builder, job)))
    builder.set_field("Interview plan", _present_plan(application, plans), plan)
    builder.set_field("Stage", reference(application, "currentInterviewStage"), stage)
    status = STATUS_IN.get(str(kind), "Active") if kind else UNNAMED
    builder.implied("Status", value_of(application, "status"), status)
    _say_what_starts(request, builder)
    builder.consequence("It is not documented what happens to its interviews, feedback and offers.", "medium")
    _warn_of_places(request, builder, application, job, stage_read)
    leave_archive(builder, application, kind)
    warn_of_meetings(builder, builder.records("The interviews", schedules))
    warn_of_offers(
        builder, builder.records("The offers", offers), "It is not documented whether a transfer ends an offer."
    )
    others = applications_of(builder, reads, candidate, but=request.application_id)
    for other in others:
        if at(other, "job", "id") == request.job_id:
            status = at(other, "status")
            state = f"it is {enumerated(status)}" if status else "its status is not known"
            builder.warn(f"The candidate has another application for that job already: {state}.", "high")
    warn_of_others(builder, [it for it in others if at(it, "job", "id") != request.job_id])


def _present_plan(application: Record, plans: Any) -> Fact:
    """The plan that the application is in, by its stage."""
    if not application or is_unread(application, "currentInterviewStage", "interviewPlanId"):
        return UNREAD
    plan_id = at(application, "currentInterviewStage", "interviewPlanId")
    known = plans if isinstance(plans, list) else []
    return fact_of(plan_id, next((it for it in known if at(it, "id") == plan_id), {})) if plan_id else UNREAD


def _say_what_starts(request: TransferApplication, builder: CardBuilder) -> None:
    if request.start_automatic_activities is False:
        builder.consequence("The automatic activities of the stage are not started.")
        return
    builder.consequence("The automatic activities of the stage start. No read shows which they are.", "high")
    builder.unseen = "whether its automatic activities were started"


def _warn_of_places(
    request: TransferApplication, builder: CardBuilder, application: Record, job: Record, stage: Any
) -> None:
    if at(application, "job", "id") == request.job_id:
        builder.warn("The application is already for that job.")
    plans = at(job, "interviewPlanIds")
    if isinstance(plans, list) and request.interview_plan_id not in plans:
        builder.warn("The interview plan is not one of the job's: Ashby may refuse.")
    if at(stage, "interviewPlanId") not in (None, request.interview_plan_id):
        builder.warn("The stage belongs to another interview plan: Ashby may refuse.")
    if at(stage, "type") in ("Archived", "Hired"):
        kind = enumerated(at(stage, "type"))
        builder.warn(f"The stage is for {kind} applications. What a transfer into it does is not documented.", "high")
