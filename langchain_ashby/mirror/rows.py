"""Rows for the mirror's tables, made of Ashby's records: no more of a person than the tables name.

Private kinds are left out as in results. A value that is not of the type that its column needs is left out too, and so
is a record without an id: what the mirror cannot read must not end a run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Boolean, Table

from langchain_ashby.forms import fields_by_path
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.values import (
    day,
    flag,
    id_of,
    is_nested,
    moment,
    object_of,
    objects,
    shown,
    text,
    texts,
    whole,
)
from langchain_ashby.mirror.words import words_of
from langchain_ashby.results.redaction import without_private

Record = Mapping[str, Any]
Rows = Iterator[tuple[Table, dict[str, Any]]]
"""Rows, each with its table; times are in milliseconds."""


def candidate(record: Record) -> Rows:
    """A person, with tags and custom fields."""
    place = object_of(record.get("location"))
    parts = {part.get("type"): part.get("name") for part in objects(place.get("locationComponents"))}
    said = {
        "name": text(record.get("name")),
        "title": text(record.get("position")),
        "company": text(record.get("company")),
        "school": text(record.get("school")),
        "city": text(parts.get("City")),
        "region": text(parts.get("Region")),
        "country": text(parts.get("Country")),
        "place": text(place.get("locationSummary")),
    }
    fields = list(_fields(tables.candidate_fields, record))
    yield (
        tables.candidates,
        {
            "id": record["id"],
            **said,
            "email": text(object_of(record.get("primaryEmailAddress")).get("value")),
            "words": words_of(
                [said["name"], *(row["value"] for _, row in fields)],
                {
                    "title": [said["title"]],
                    "company": [said["company"]],
                    "school": [said["school"]],
                    "place": [said["city"], said["region"], said["country"], said["place"]],
                },
            ),
            "source_id": id_of(record.get("source")),
            "credited_to_user_id": id_of(record.get("creditedToUser")),
            "created_at": moment(record.get("createdAt")),
            "updated_at": moment(record.get("updatedAt")),
        },
    )
    yield from _links(tables.candidate_tags, record, "tag_id", map(id_of, objects(record.get("tags"))))
    yield from fields


def application(record: Record) -> Rows:
    """An application with its hiring team and custom fields, and the stage that it is in."""
    stage = object_of(record.get("currentInterviewStage"))
    yield (
        tables.applications,
        {
            "id": record["id"],
            "candidate_id": id_of(record.get("candidate")),
            "job_id": id_of(record.get("job")),
            "interview_stage_id": id_of(stage),
            "status": text(record.get("status")),
            "source_id": id_of(record.get("source")),
            "credited_to_user_id": id_of(record.get("creditedToUser")),
            "archive_reason_id": id_of(record.get("archiveReason")),
            "archived_at": moment(record.get("archivedAt")),
            "created_at": moment(record.get("createdAt")),
            "updated_at": moment(record.get("updatedAt")),
        },
    )
    yield from _team(tables.application_team, record)
    yield from _fields(tables.application_fields, record)
    if id_of(stage):
        yield from interview_stage(stage)


def stay(record: Record, application_id: str) -> dict[str, Any]:
    """The row of a stay in a stage."""
    return {
        "id": record["id"],
        "application_id": application_id,
        "interview_stage_id": text(record.get("stageId")),
        "stage_number": whole(record.get("stageNumber")),
        "entered_at": moment(record.get("enteredStageAt")),
        "left_at": moment(record.get("leftStageAt")),
        "actor_id": text(record.get("actorId")),
    }


def job(record: Record) -> Rows:
    """A job with its plans, hiring team and custom fields."""
    yield (
        tables.jobs,
        {
            "id": record["id"],
            "title": text(record.get("title")),
            "status": text(record.get("status")),
            "department_id": text(record.get("departmentId")),
            "location_id": text(record.get("locationId")),
            "employment_type": text(record.get("employmentType")),
            "default_interview_plan_id": text(record.get("defaultInterviewPlanId")),
            "confidential": flag(record.get("confidential")),
            "created_at": moment(record.get("createdAt")),
            "updated_at": moment(record.get("updatedAt")),
            "opened_at": moment(record.get("openedAt")),
            "closed_at": moment(record.get("closedAt")),
        },
    )
    yield from _links(tables.job_plans, record, "interview_plan_id", texts(record.get("interviewPlanIds")))
    yield from _team(tables.job_team, record)
    yield from _fields(tables.job_fields, record)


def opening(record: Record) -> Rows:
    """An opening in its newest version, with its jobs and locations."""
    version = object_of(record.get("latestVersion"))
    yield (
        tables.openings,
        {
            "id": record["id"],
            "identifier": text(version.get("identifier")),
            "state": text(record.get("openingState")),
            "employment_type": text(version.get("employmentType")),
            "team_id": text(version.get("teamId")),
            "target_hire_date": day(version.get("targetHireDate")),
            "target_start_date": day(version.get("targetStartDate")),
            "is_archived": flag(record.get("isArchived")),
            "is_backfill": flag(version.get("isBackfill")),
            "opened_at": moment(record.get("openedAt")),
            "closed_at": moment(record.get("closedAt")),
            "archived_at": moment(record.get("archivedAt")),
        },
    )
    yield from _links(tables.opening_jobs, record, "job_id", texts(version.get("jobIds")))
    yield from _links(tables.opening_locations, record, "location_id", texts(version.get("locationIds")))


def offer(record: Record) -> Rows:
    """An offer in its newest version, without the pay."""
    version = object_of(record.get("latestVersion"))
    yield (
        tables.offers,
        {
            "id": record["id"],
            "application_id": text(record.get("applicationId")),
            "opening_id": text(version.get("openingId")),
            "author_id": id_of(version.get("author")),
            "status": text(record.get("offerStatus")),
            "acceptance_status": text(record.get("acceptanceStatus")),
            "approval_status": text(version.get("approvalStatus")),
            "start_date": day(version.get("startDate")),
            "version_created_at": moment(version.get("createdAt")),
            "decided_at": moment(record.get("decidedAt")),
        },
    )


def interview_schedule(record: Record) -> Rows:
    """A schedule with its meetings and who holds them."""
    yield (
        tables.interview_schedules,
        {
            "id": record["id"],
            "application_id": text(record.get("applicationId")),
            "interview_stage_id": text(record.get("interviewStageId")),
            "status": text(record.get("status")),
            "scheduled_by_id": id_of(record.get("scheduledBy")),
            "created_at": moment(record.get("createdAt")),
            "updated_at": moment(record.get("updatedAt")),
        },
    )
    for event in {id_of(event): event for event in objects(record.get("interviewEvents")) if id_of(event)}.values():
        yield (
            tables.interview_events,
            {
                "id": event["id"],
                "interview_schedule_id": record["id"],
                "interview_id": text(event.get("interviewId")),
                "start_at": moment(event.get("startTime")),
                "end_at": moment(event.get("endTime")),
                "has_submitted_feedback": flag(event.get("hasSubmittedFeedback")),
                "created_at": moment(event.get("createdAt")),
                "updated_at": moment(event.get("updatedAt")),
            },
        )
        required: dict[str, bool | None] = {user_id: None for user_id in texts(event.get("interviewerUserIds"))}
        for user in objects(event.get("interviewers")):
            if user_id := id_of(user):
                required[user_id] = flag(user.get("isFeedbackRequired"))
        for user_id, is_required in required.items():
            row = {"interview_event_id": event["id"], "user_id": user_id, "is_feedback_required": is_required}
            yield tables.event_interviewers, row


def feedback(record: Record) -> Rows:
    """Who gave feedback, when and for which meeting."""
    yield (
        tables.feedback,
        {
            "id": record["id"],
            "application_id": text(record.get("applicationId")),
            "interview_event_id": text(record.get("interviewEventId")),
            "interview_id": text(record.get("interviewId")),
            "submitted_by_user_id": id_of(record.get("submittedByUser")),
            "submitted_at": moment(record.get("submittedAt")),
            "answers": None,
        },
    )


def feedback_with_answers(record: Record) -> Rows:
    """The same with what was answered, less what is private."""
    left = object_of(without_private(record)[0])
    fields = fields_by_path(left.get("formDefinition"))
    answers = {
        fields.get(path, {}).get("title") or path: answer
        for path, answer in object_of(left.get("submittedValues")).items()
    }
    for table, row in feedback(record):
        yield table, row | {"answers": text(json.dumps(answers, ensure_ascii=False))}


def interview_stage(record: Record) -> Rows:
    """A stage of a plan."""
    yield (
        tables.interview_stages,
        {
            "id": record["id"],
            "interview_plan_id": text(record.get("interviewPlanId")),
            "title": text(record.get("title")),
            "type": text(record.get("type")),
            "position": whole(record.get("orderInInterviewPlan")),
        },
    )


def source(record: Record) -> Rows:
    """A source with its type."""
    source_type = text(object_of(record.get("sourceType")).get("title"))
    yield (
        tables.sources,
        _plain(tables.sources, record, "title", is_archived="isArchived") | {"source_type": source_type},
    )


def custom_field(record: Record) -> Rows:
    """A custom field, unless it is private."""
    if record.get("isPrivate", False) is False:
        names = {"object_type": "objectType", "field_type": "fieldType", "is_archived": "isArchived"}
        row = _plain(tables.custom_fields, record, "title", **names)
        options = {text(it.get("value")): text(it.get("label")) for it in objects(record.get("selectableValues"))}
        known = {value: label for value, label in options.items() if value is not None and label is not None}
        yield tables.custom_fields, row | {"options": json.dumps(known, ensure_ascii=False) if known else None}


def location(record: Record) -> Rows:
    """A place, or a region of places."""
    names = {"parent_id": "parentLocationId", "is_archived": "isArchived", "is_remote": "isRemote"}
    yield (
        tables.locations,
        _plain(tables.locations, record, "name", **names) | {"is_region": record.get("type") == "LocationHierarchy"},
    )


def job_posting(record: Record) -> Rows:
    """A published posting."""
    row = _plain(tables.job_postings, record, "title", job_id="jobId", is_listed="isListed")
    yield tables.job_postings, row | {"published_on": day(record.get("publishedDate"))}


def plain(table: Table, *keys: str, **names: str) -> Callable[[Record], Rows]:
    """Rows of a table with Ashby's values under these keys, and under those that have another name here."""

    def rows(record: Record) -> Rows:
        yield table, _plain(table, record, *keys, **names)

    return rows


def _plain(table: Table, record: Record, *keys: str, **names: str) -> dict[str, Any]:
    row = {"id": record["id"]}
    for name, key in {**{key: key for key in keys}, **names}.items():
        take = flag if isinstance(table.c[name].type, Boolean) else text
        row[name] = take(record.get(key))
    return row


def _links(table: Table, record: Record, key: str, ids: Iterable[str | None]) -> Rows:
    of = table.info["key"]
    for linked in dict.fromkeys(ids):
        if linked:
            yield table, {of: record["id"], key: linked}


def _team(table: Table, record: Record) -> Rows:
    of = table.info["key"]
    members = ((text(member.get("userId")), text(member.get("role"))) for member in objects(record.get("hiringTeam")))
    for user_id, role in dict.fromkeys(members):
        if user_id:
            yield table, {of: record["id"], "user_id": user_id, "role": role or ""}


def _fields(table: Table, record: Record) -> Rows:
    of, seen = table.info["key"], set()
    for field in objects(record.get("customFields")):
        field_id, value = text(field.get("id")), field.get("value")
        if is_nested(value) or field.get("isPrivate", False) is not False:
            # What can be private, or money; plain values of fields that are not private are neither.
            left = without_private([field])[0]
            field = left[0] if left else {}
            value = field.get("value")
        words = shown(field.get("valueLabel") or value)
        if field_id and words and field_id not in seen:
            seen.add(field_id)
            yield table, {of: record["id"], "custom_field_id": field_id, "value": words}
