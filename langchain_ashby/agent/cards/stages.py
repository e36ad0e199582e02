"""The card for moving an application to another stage, which is also how people are rejected and hired."""

from __future__ import annotations

from datetime import datetime

from langchain_ashby.agent.cards.draft import Draft, Fact, Record
from langchain_ashby.agent.cards.look import Look
from langchain_ashby.agent.cards.reads import ListCommunicationTemplates
from langchain_ashby.agent.cards.shared import (
    applications_of,
    reference,
    the_application,
    the_candidate,
    the_job,
    value_of,
    warn_of_others,
    who,
)
from langchain_ashby.agent.cards.words import UNNAMED, at, in_words, moment, named, one_line, parsed, quoted
from langchain_ashby.endpoints.applications import ChangeApplicationStage, GetApplication
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.interviews import GetInterviewStage, ListInterviewSchedules
from langchain_ashby.endpoints.jobs import GetJob
from langchain_ashby.endpoints.offers import ListOffers
from langchain_ashby.endpoints.organization import ListArchiveReasons

_STATUS_IN = {"Lead": "Lead", "Archived": "Archived", "Hired": "Hired"}
"""The status of an application by the type of its stage; Active in any other."""


def change(request: ChangeApplicationStage, look: Look, draft: Draft) -> None:
    """Move an application to another stage."""
    found, stage_read, reasons, templates = look.all(
        GetApplication(application_id=request.application_id),
        GetInterviewStage(interview_stage_id=request.interview_stage_id),
        ListArchiveReasons(include_archived=True) if request.archive_reason_id else None,
        ListCommunicationTemplates() if request.archive_email else None,
    )
    application = the_application(draft, found)
    stage = draft.named("The stage", stage_read, request.interview_stage_id, "title")
    reason = draft.named("The archive reason", reasons, request.archive_reason_id, "text")
    kind = at(stage_read, "type")
    before = reference(application, "currentInterviewStage", "title")
    came_from = at(application, "currentInterviewStage", "title") or UNNAMED
    because = f"; reason: {named(reason['name'])}" if reason else ""
    draft.line = f"Move {who(application)}, from {named(came_from)} to {named(stage['name'])}{because}"
    draft.sets("Stage", before, stage)
    if kind:
        draft.implies("Status", value_of(application, "status"), _STATUS_IN.get(kind, "Active"))
    if request.archive_reason_id:
        draft.sets("Archive reason", reference(application, "archiveReason", "text"), reason)

    candidate_read, job_read, schedules, offers = look.all(
        GetCandidate(candidate_id=application["candidate"]["id"]) if at(application, "candidate", "id") else None,
        GetJob(job_id=application["job"]["id"]) if at(application, "job", "id") else None,
        ListInterviewSchedules(application_id=request.application_id) if kind in ("Archived", "Hired") else None,
        ListOffers(application_id=request.application_id) if kind == "Hired" else None,
    )
    candidate, _ = the_candidate(draft, candidate_read) if candidate_read is not None else ({}, "")
    if job_read is not None:
        the_job(draft, job_read)
    _warn_of_the_way(draft, application, stage_read, before, stage)
    if kind == "Archived":
        _archived(request, draft, application, candidate, templates, look.now)
    elif request.archive_reason_id or request.archive_email:
        draft.warn("A reason or an e-mail is for archiving only: Ashby will refuse.")
    if kind == "Hired":
        _hired(draft, draft.records("The offers", offers), offers)
    _warn_of_meetings(draft, draft.records("The interviews", schedules), look.now)
    warn_of_others(draft, applications_of(draft, look, candidate, but=request.application_id))


def _warn_of_the_way(draft: Draft, application: Record, stage: object, before: Fact, after: Fact) -> None:
    if at(before, "id") == after["id"]:
        draft.warn("The application is in that stage already.")
    elif at(application, "status") == "Archived":
        draft.happens("The archived application becomes active again.")
    plan = at(application, "currentInterviewStage", "interviewPlanId")
    if plan and at(stage, "interviewPlanId") not in (None, plan):
        draft.warn("The stage belongs to another interview plan: Ashby will refuse.")


def _archived(
    request: ChangeApplicationStage,
    draft: Draft,
    application: Record,
    candidate: Record,
    templates: object,
    now: datetime,
) -> None:
    draft.happens("The application is archived: the candidate is no longer considered for this job.", "high")
    if request.archive_reason_id is None:
        draft.warn("No reason is given: Ashby will refuse to archive without one.")
    if request.archive_email is None:
        draft.happens("The candidate gets no e-mail.")
        return
    template = draft.named(
        "The e-mail template", templates, request.archive_email.communication_template_id, "title", "name"
    )
    address = at(candidate, "primaryEmailAddress", "value") or at(
        application, "candidate", "primaryEmailAddress", "value"
    )
    if address:
        draft.facts["E-mail address"] = address
    elif candidate:
        draft.warn("The candidate has no e-mail address: Ashby will refuse.")
    send_at = request.archive_email.send_at
    at_what_time = f"on {in_words(send_at)}" if send_at else "at once"
    to = f" at {one_line(address)}" if address else ""
    draft.happens(f"The candidate gets the e-mail {quoted(template['name'])}{to}, {at_what_time}.", "high")
    draft.happens("An e-mail that was sent cannot be called back.", "high")
    if send_at and send_at < now:
        draft.warn("The e-mail's time is in the past.")


def _hired(draft: Draft, offers: list[Record], read: object) -> None:
    draft.happens("The candidate counts as hired, and an opening of the job as filled.", "high")
    if isinstance(read, list) and not any(at(offer, "acceptanceStatus") == "Accepted" for offer in offers):
        draft.warn("No offer has been accepted: Ashby will probably refuse.")


def _warn_of_meetings(draft: Draft, schedules: list[Record], now: datetime) -> None:
    """Interviews are not called off by a change of stage."""
    times = [
        at(event, "startTime")
        for schedule in schedules
        if at(schedule, "status") != "Cancelled"
        for event in at(schedule, "interviewEvents") or []
    ]
    ahead = sorted(time for time in times if (start := parsed(time)) and start > now)
    for time in ahead:
        draft.warn(f"An interview is still scheduled: {moment(time)}. It is not called off by this.")
