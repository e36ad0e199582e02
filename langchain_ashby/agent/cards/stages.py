"""The card for moving an application to another stage, which is also how people are rejected and hired."""

from __future__ import annotations

from langchain_ashby.agent.cards.builder import CardBuilder, Fact, Record
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.lookup import request_for
from langchain_ashby.agent.cards.offered import is_accepted, warn_of_offers
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import (
    applications_of,
    in_its_plan,
    reference,
    the_application,
    the_candidate,
    the_job,
    value_of,
    warn_of_others,
    who,
)
from langchain_ashby.agent.cards.times import warn_of_offset
from langchain_ashby.endpoints.applications import ChangeApplicationStage, GetApplication
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.interviews import GetInterviewStage, ListInterviewSchedules
from langchain_ashby.endpoints.offers import ListOffers
from langchain_ashby.endpoints.organization import ListArchiveReasons, ListCommunicationTemplates
from langchain_ashby.text.words import UNNAMED, at, called, in_words, moment, named, one_line, parsed, quoted, shown

_KINDS = ("Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived")
STATUS_IN = {"Lead": "Lead", "Archived": "Archived", "Hired": "Hired"}
"""The status of an application by the type of its stage; Active in any other."""


@builds(ChangeApplicationStage)
def change(request: ChangeApplicationStage, reads: ReadCache, builder: CardBuilder) -> None:
    """Move an application to another stage."""
    found, stage_read, reasons, templates = reads.all(
        GetApplication(application_id=request.application_id),
        GetInterviewStage(interview_stage_id=request.interview_stage_id),
        ListArchiveReasons(include_archived=True) if request.archive_reason_id else None,
        ListCommunicationTemplates() if request.archive_email else None,
    )
    application = the_application(builder, found)
    stage = builder.named("The stage", stage_read, request.interview_stage_id, "title")
    reason = builder.named("The archive reason", reasons, request.archive_reason_id, "text")
    stage = in_its_plan(builder, stage, stage_read, at(application, "currentInterviewStage", "interviewPlanId"))
    kind = at(stage_read, "type") if at(stage_read, "type") in _KINDS else None
    before = reference(application, "currentInterviewStage")
    came_from = at(application, "currentInterviewStage", "title") or UNNAMED
    because = f"; reason: {called(reason)}" if reason else ""
    builder.set_field("Stage", before, stage)
    if (entries := at(application, "applicationHistory")) is not None:
        builder.history["Stage"] = {
            str(at(it, "id")): {"id": at(it, "stageId"), "name": at(it, "title")} for it in entries
        }
    if kind:
        builder.implied("Status", value_of(application, "status"), STATUS_IN.get(kind, "Active"))
    was_archived_for = reference(application, "archiveReason")
    if request.archive_reason_id:
        builder.set_field("Archive reason", was_archived_for, reason)
    elif at(was_archived_for, "id"):
        builder.facts["Archive reason"] = was_archived_for

    candidate_read, job_read, schedules, offers = reads.all(
        GetCandidate(candidate_id=application["candidate"]["id"]) if at(application, "candidate", "id") else None,
        request_for("job_id", application["job"]["id"]) if at(application, "job", "id") else None,
        ListInterviewSchedules(application_id=request.application_id) if kind in (None, "Archived", "Hired") else None,
        ListOffers(application_id=request.application_id) if kind in (None, "Archived", "Hired") else None,
    )
    candidate, _ = the_candidate(builder, candidate_read) if candidate_read is not None else ({}, "")
    if job_read is not None:
        the_job(builder, job_read)
    builder.line = f"Move {who(builder, application)}, from {named(came_from)} to {named(stage['name'])}{because}"
    offers_made = builder.records("The offers", offers)
    _warn_of_the_way(builder, application, stage_read, before, stage)
    leave_archive(builder, application, kind)
    if kind is None:
        builder.warn(
            "The kind of this stage is not known. It may archive the application, or hire the candidate.", "high"
        )
        builder.implied("Status", value_of(application, "status"), UNNAMED)
    if kind in (None, "Archived"):
        _archived(request, builder, application, candidate, templates, kind)
        warn_of_offers(builder, offers_made, "It is not documented whether archiving ends an offer.")
    elif request.archive_reason_id or request.archive_email:
        builder.warn("A reason or an e-mail is for archiving only: Ashby will refuse.")
    if kind in (None, "Hired"):
        _hired(builder, offers_made, offers, kind)
    warn_of_meetings(builder, builder.records("The interviews", schedules))
    warn_of_others(builder, applications_of(builder, reads, candidate, but=request.application_id))


def _warn_of_the_way(builder: CardBuilder, application: Record, stage: object, before: Fact, after: Fact) -> None:
    if at(before, "id") == after["id"]:
        builder.warn("The application is already in that stage.")
    plan = at(application, "currentInterviewStage", "interviewPlanId")
    if plan and at(stage, "interviewPlanId") not in (None, plan):
        builder.warn("The stage belongs to another interview plan: Ashby may refuse.")


def leave_archive(builder: CardBuilder, application: Record, kind: str | None) -> None:
    """Says that an archived application leaves the archive, unless the stage is another archived one."""
    if at(application, "status") != "Archived" or kind in ("Archived", "Hired"):
        return
    becomes = f"becomes {'a lead' if kind == 'Lead' else 'active'} again"
    builder.consequence(f"Whether the archived application {becomes} is not documented.")


def _archived(
    request: ChangeApplicationStage,
    builder: CardBuilder,
    application: Record,
    candidate: Record,
    templates: object,
    kind: str | None,
) -> None:
    """Says what archiving does; if the kind of the stage is not known, what may happen."""
    stays = at(application, "status") == "Archived"
    if stays and kind:
        builder.consequence("The application stays archived.")
        if request.archive_reason_id:
            builder.consequence("Whether the reason takes the place of the present one is not documented.")
    else:
        builder.consequence(f"The application {'may be' if kind is None else 'is'} archived.", "high")
    if request.archive_reason_id is None and kind:
        builder.warn("No reason is given: Ashby will refuse to archive without one.")
    if request.archive_email is None:
        builder.consequence("The call asks for no e-mail to the candidate.")
        return
    builder.unseen = "whether its e-mail was sent"
    template = builder.named(
        "The e-mail template", templates, request.archive_email.communication_template_id, "title", "name"
    )
    refused = False
    if isinstance(templates, list) and template["name"] != UNNAMED:
        chosen = next(it for it in templates if at(it, "id") == template["id"])
        # Its text cannot be read, only when it was last changed.
        builder.facts["The e-mail template was last changed"] = at(chosen, "updatedAt")
        types = at(chosen, "intendedTypes")
        if isinstance(types, list) and "email" not in types:
            refused = True
            builder.warn(f"The template {quoted(template['name'])} is not intended for e-mail: Ashby will refuse.")
    if stays:
        builder.warn("The application is archived already: Ashby sends no e-mail.")
        return
    address = at(candidate, "primaryEmailAddress", "value") or at(
        application, "candidate", "primaryEmailAddress", "value"
    )
    if address:
        builder.facts["E-mail address"] = address
    elif candidate and not is_unread(candidate, "primaryEmailAddress"):
        refused = True
        what = "primary e-mail address" if at(candidate, "emailAddresses") else "e-mail address"
        builder.warn(f"The candidate has no {what}: Ashby will refuse.")
    if refused:
        builder.raise_risk("high")
        return
    send_at = request.archive_email.send_at
    when = f", on {in_words(send_at)}" if send_at else ", the following morning at 9:32 in the organization's time zone"
    if send_at and send_at < builder.now:
        when = " at once"
        builder.warn(f"The e-mail's time, {in_words(send_at)}, is in the past: it is sent at once.")
    to = f" at {one_line(address)}" if address else ""
    gets = "may get" if kind is None else "gets"
    builder.consequence(f"The candidate {gets} the e-mail {quoted(shown(template))}{to}{when}.", "high")
    builder.consequence("If the e-mail can't be sent, Ashby does not move the application.")
    builder.consequence("An e-mail can't be recalled once it is sent.", "high")
    if send_at:
        warn_of_offset(builder, send_at, candidate)


def _hired(builder: CardBuilder, offers: list[Record], read: object, kind: str | None) -> None:
    """Says what hiring does; if the kind of the stage is not known, what may happen."""
    counts = "may count" if kind is None else "counts"
    builder.consequence(f"The candidate {counts} as hired. A hire may need a free opening, and fill it.", "high")
    if not (len(offers) == 1 and is_accepted(offers[0])):
        warn_of_offers(builder, offers)
    if kind and isinstance(read, list) and not any(map(is_accepted, offers)):
        builder.warn("No accepted offer is known: Ashby refuses to skip an offer's approval.")


def warn_of_meetings(builder: CardBuilder, schedules: list[Record]) -> None:
    """Warns of interviews ahead. Nothing documents that a move or a transfer calls them off."""
    times = [
        at(event, "startTime")
        for schedule in schedules
        if at(schedule, "status") != "Cancelled"
        for event in at(schedule, "interviewEvents") or []
    ]
    ahead = sorted(time for time in times if (start := parsed(time)) and start > builder.now)
    for time in ahead:
        builder.warn(f"An interview is still scheduled: {moment(time)}. It is not documented whether this cancels it.")
