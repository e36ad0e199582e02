"""Shortcuts to writes that deserve a warning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desk import ADA, SCORECARD, STAFF, TERMS, Desk, Request, make, meeting

Warned = tuple[str, Callable[[Desk], Request], str]
"""A name, the write, and what its card must say."""

SRE = "Site Reliability Engineer"


def stage(desk: Desk, to: str, name: str = ADA, title: str = STAFF, plan: str = "Engineering", **more: Any) -> Request:
    return make(
        "change_application_stage",
        application_id=desk.application(name, title),
        interview_stage_id=desk.stage(to, plan),
        **more,
    )


def schedule(desk: Desk, *events: dict[str, Any], name: str = ADA, title: str = STAFF) -> Request:
    return make(
        "create_interview_schedule", application_id=desk.application(name, title), interview_events=list(events)
    )


def booked(desk: Desk, *events: dict[str, Any]) -> dict[str, Any]:
    return desk.client.call(schedule(desk, *events))


def reason(desk: Desk, text: str = "Spam") -> dict[str, str]:
    return {"archive_reason_id": desk.id("archiveReason", text=text)}


def email(desk: Desk, **more: Any) -> dict[str, Any]:
    template = desk.id("communicationTemplate", title="Rejection after review")
    return {"archive_email": {"communication_template_id": template, **more}}


def field(desk: Desk, title: str, value: Any, kind: str = "Candidate", object_id: str | None = None) -> Request:
    return make(
        "set_custom_field_value",
        object_type=kind,
        object_id=object_id or desk.candidate(),
        custom_field_id=desk.id("customField", title=title),
        field_value=value,
    )


def in_archive(desk: Desk) -> tuple[str, str]:
    """A candidate whose application is archived, and the job."""
    archived = desk.one("application", status="Archived", jobId=desk.job())
    return str(desk.one("candidate", id=archived["candidateId"])["name"]), STAFF


def tagged(desk: Desk) -> dict[str, Any]:
    """A candidate with a tag."""
    return next(it for it in desk.seed["candidate"] if it["tagIds"])


def title_of(desk: Desk, name: str) -> str:
    """The job that a candidate applied for first."""
    return str(desk.one("job", id=desk.one("application", candidateId=desk.candidate(name))["jobId"])["title"])


NOBODY = "00000000-0000-4000-8000-000000000000"


def feedback(desk: Desk, entries: list[dict[str, Any]], **more: Any) -> Request:
    form = desk.id("feedbackFormDefinition", title="Interview Scorecard")
    if "interview_event_id" in more:
        more.setdefault("user_id", desk.user("Yuki"))
    return make(
        "submit_application_feedback",
        application_id=desk.application(),
        feedback_form_definition_id=form,
        field_submissions=entries,
        **more,
    )


def held(desk: Desk) -> dict[str, Any]:
    """A meeting with Ada that has a completed scorecard."""
    form = desk.id("feedbackFormDefinition", title="Interview Scorecard")
    given = desk.one("feedback", applicationId=desk.application(), feedbackFormDefinitionId=form)
    for it in desk.seed["interviewSchedule"]:
        for event in it["interviewEvents"]:
            if event["id"] == given["interviewEventId"]:
                return {**event, "schedule": it["id"], "interviewers": [{"userId": given["submittedByUserId"]}]}
    raise LookupError


def with_feedback(desk: Desk) -> dict[str, Any]:
    """A schedule made by this key, with a meeting that has feedback."""
    made = booked(desk, meeting(), meeting("2026-11-11T15:00:00Z", "2026-11-11T16:00:00Z"))
    event = made["interviewEvents"][0]["id"]
    desk.client.call(feedback(desk, SCORECARD, interview_event_id=event, user_id=desk.user("Sofia")))
    return made


def cancel_meeting(desk: Desk, made: dict[str, Any], allow: bool | None = None) -> Request:
    return make(
        "update_interview_schedule",
        interview_schedule_id=made["id"],
        interview_event_id_to_cancel=[made["interviewEvents"][0]["id"]],
        allow_feedback_deletion=allow,
    )


def change_meeting(desk: Desk, made: dict[str, Any], **to: Any) -> Request:
    """Changes the first meeting of a schedule; by default, to what it already is."""
    event = {"interview_event_id": made["interviewEvents"][0]["id"], **meeting(**to)}
    return make("update_interview_schedule", interview_schedule_id=made["id"], interview_event=[event])


def job(desk: Desk, title: str, **more: Any) -> Request:
    places = {"department_id": desk.id("department", name="Platform"), "location_id": desk.id("location", name="Oslo")}
    return make("create_job", title=title, **(places | more))


def offer(
    desk: Desk, name: str = ADA, title: str = STAFF, terms: list[dict[str, Any]] = TERMS, opening: str | None = None
) -> Request:
    entries = [*terms, {"path": "Opening", "value": desk.opening(opening)}] if opening else terms
    return make("create_offer", application_id=desk.application(name, title), field_submissions=entries)
