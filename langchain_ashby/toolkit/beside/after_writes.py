"""What a recruiter asks after a write: duplicates, queued e-mails, interviews and postings that remain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from langchain_ashby.endpoints.applications import (
    ChangeApplicationStage,
    CreateApplication,
    GetApplication,
    ListApplicationFeedback,
    ListApplications,
    SubmitApplicationFeedback,
)
from langchain_ashby.endpoints.candidates import GetCandidate, UpdateCandidate
from langchain_ashby.endpoints.interviews import ListInterviewSchedules
from langchain_ashby.endpoints.jobs import ListJobPostings, SetJobStatus
from langchain_ashby.endpoints.organization import ListCommunicationTemplates
from langchain_ashby.ids import canonical, short
from langchain_ashby.results.phrases import flag, to_the_minute
from langchain_ashby.text.words import at, count, in_a_list, one_line, parsed
from langchain_ashby.toolkit.beside.found import Beside, Look
from langchain_ashby.toolkit.beside.reads import Reads, records

MOST = 20
"""The most applications that are looked at one by one."""

TOLD = 5
"""The most things of a kind that are named."""


def _created_application(request: CreateApplication, result: Any, reads: Reads) -> Beside:
    """Warns of other applications of the candidate for the same job."""
    ids = at(reads.one(GetCandidate(candidate_id=request.candidate_id)), "applicationIds")
    if not isinstance(ids, list):
        return Beside(result, notes=[_NOT_READ.format("whether the candidate had applied for the job before")])
    others = [GetApplication(application_id=it) for it in ids if _id(it) and it != at(result, "id")]
    found = reads.all(others[:MOST])
    twins = [it for it in found if at(it, "job", "id") == request.job_id]
    notes = [
        f"Duplicate: the candidate has another application for this job, application_id {_id(at(it, 'id'))}"
        f"{_in_status(at(it, 'status'))}."
        for it in twins[:TOLD]
    ]
    unread = len(others) - sum(at(it, "id") is not None for it in found)
    notes += [f"Of the candidate's other applications, {unread} were not read."] if unread else []
    return Beside(result, notes=notes)


def _in_status(status: Any) -> str:
    return f" ({status})" if status in ("Active", "Archived", "Hired", "Lead") else ""


def _submitted_feedback(request: SubmitApplicationFeedback, result: Any, reads: Reads) -> Beside:
    """Warns of other scorecards by the same user."""
    there = records(reads.one(ListApplicationFeedback(application_id=request.application_id)))
    if there is None:
        return Beside(result, notes=[_NOT_READ.format("whether this user had submitted a scorecard before")])
    own = next((it for it in there if at(it, "id") == at(result, "submittedFormInstance", "id")), None)
    author = request.user_id or at(own, "submittedByUser", "id")
    alike = [it for it in there if author and _is_like(it, request, author)]
    others = sorted((it for it in alike if it is not own), key=lambda it: str(at(it, "submittedAt")))
    others = others if own is not None else others[:-1]  # the last of them is this one, under an id of its own
    if not others:
        return Beside(result)
    what = "interview event" if request.interview_event_id else "application and form"
    times = ", ".join(_minute(at(it, "submittedAt")) for it in others[:TOLD])
    return Beside(result, notes=[f"Duplicate: the same user had submitted a scorecard for this {what}, {times}."])


def _is_like(feedback: Any, request: SubmitApplicationFeedback, author: str) -> bool:
    same = (
        at(feedback, "interviewEventId") == request.interview_event_id
        if request.interview_event_id
        else at(feedback, "feedbackFormDefinitionId") in (None, request.feedback_form_definition_id)
    )
    return same and at(feedback, "submittedByUser", "id") == author


def _changed_stage(request: ChangeApplicationStage, result: Any, reads: Reads) -> Beside:
    """Says which e-mail goes out, and which interviews stand."""
    if at(result, "currentInterviewStage", "type") not in ("Archived", "Hired"):
        return Beside(result)
    wanted: list[Any] = [ListInterviewSchedules(application_id=request.application_id)]
    wanted += [ListCommunicationTemplates()] if request.archive_email else []
    schedules, *templates = reads.all(wanted)
    facts = [_email(request, result, templates[0])] if request.archive_email else []
    notes = ["Ashby sends no e-mail if the application was archived before."] if request.archive_email else []
    if request.archive_reason_id and not request.archive_email:
        notes.append("No e-mail was requested.")
    return Beside(result, facts=facts, notes=[*notes, *_standing([schedules])])


def _email(request: ChangeApplicationStage, result: Any, templates: Any) -> str:
    """`e-mail: Kind rejection (communication_template_id …) to ada@example.org, at 2026-11-24T09:00Z`."""
    assert request.archive_email is not None
    template_id, send_at = request.archive_email.communication_template_id, request.archive_email.send_at
    template = next((it for it in records(templates) or [] if at(it, "id") == template_id), None)
    title = in_a_list(one_line(at(template, "title") or at(template, "name") or "template not read"))
    to = in_a_list(one_line(at(result, "candidate", "primaryEmailAddress", "value") or "an address that is not known"))
    when = "on the next morning at 9:32 in the organization's time zone"
    if send_at:
        when = "at once" if send_at <= datetime.now(UTC) else f"at {to_the_minute(send_at.isoformat())}"
    return f"e-mail requested: {title} (communication_template_id {short(template_id)}) to {to}, {when}"


def _standing(reads: Sequence[Any]) -> Iterator[str]:
    """Says which upcoming interviews are still scheduled."""
    if any(records(it) is None for it in reads):
        yield _NOT_READ.format("whether interviews are still scheduled")
    now = datetime.now(UTC)
    ahead = sorted(
        (start, _id(at(schedule, "id")))
        for read in reads
        for schedule in records(read) or ()
        if at(schedule, "status") != "Cancelled"
        for event in at(schedule, "interviewEvents") or ()
        if (start := parsed(at(event, "startTime"))) and start > now
    )
    for start, schedule_id in ahead[:TOLD]:
        yield f"An interview is still scheduled: {_minute(start.isoformat())}, interview_schedule_id {schedule_id}."
    if len(ahead) > TOLD:
        yield f"Also scheduled: {count(len(ahead) - TOLD, 'more interview')}."


def _set_job_status(request: SetJobStatus, result: Any, reads: Reads) -> Beside:
    """Says what of a job that is closed goes on: its postings, its applications and their interviews."""
    if request.status not in ("Closed", "Archived"):
        return Beside(result)
    postings, applications = reads.all(
        [ListJobPostings(), ListApplications(job_id=request.job_id, status="Active", limit=100)]
    )
    notes = []
    if records(postings) is None:
        notes.append(_NOT_READ.format("whether a posting is still live"))
    for posting in [it for it in records(postings) or () if at(it, "jobId") == request.job_id][:TOLD]:
        listed = flag(at(posting, "isListed"), "listed", "unlisted", "not known whether listed")
        posting_id = _id(at(posting, "id"))
        notes.append(f"A posting is still live ({listed}): job_posting_id {posting_id}; no tool takes it down.")
    active = records(applications)
    if active is None:
        notes.append(_NOT_READ.format("whether applications are still active"))
    elif active:
        number = f"{len(active)} or more" if len(active) >= 100 else str(len(active))
        notes.append(f"Still active: {number} application{'' if number == '1' else 's'} for the job.")
    ids = [at(it, "id") for it in active or () if _id(at(it, "id"))]
    schedules = reads.all([ListInterviewSchedules(application_id=it) for it in ids[:MOST]])
    notes += _standing(schedules)
    if len(ids) > MOST:
        notes.append(f"Interviews were looked for only in the first {MOST} applications.")
    return Beside(result, notes=notes)


def _updated_candidate(request: UpdateCandidate, result: Any, reads: Reads) -> Beside:
    """Notes how to tell what happened to the old address: Ashby keeps one primary address, and the record lists all."""
    if request.email is None:
        return Beside(result)
    primary = at(result, "primaryEmailAddress", "value")
    is_set = isinstance(primary, str) and primary.casefold() == request.email.casefold()
    first = "The email is the primary address now." if is_set else "The record does not show the email as primary."
    gone = "An earlier address that is not among the emails is gone."
    return Beside(result, notes=[f"{first} {gone} alternate_email adds one."])


_NOT_READ = "Not read: {}."


def _minute(time: Any) -> str:
    """A time to the minute, if it is one: nothing else may stand in our own lines."""
    moment = parsed(time)
    return to_the_minute(moment.astimezone(UTC).isoformat()) if moment else "at an unknown time"


def _id(value: Any) -> str:
    """An id in the short spelling; empty for what is none."""
    try:
        return short(canonical(value))
    except (AttributeError, TypeError, ValueError):
        return ""


LOOKS: dict[type[Any], Look] = {
    CreateApplication: _created_application,
    SubmitApplicationFeedback: _submitted_feedback,
    ChangeApplicationStage: _changed_stage,
    SetJobStatus: _set_job_status,
    UpdateCandidate: _updated_candidate,
}
