"""The columns of each kind of record: the facts that recruiters decide on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_ashby import records
from langchain_ashby.forms import fields_by_path
from langchain_ashby.ids import id_of
from langchain_ashby.results.cells import (
    Column,
    Day,
    Legend,
    Part,
    Parts,
    Values,
    application_ids,
    applications,
    contact_and_work,
    fraud,
    openings,
    reached_at,
    workplace,
)
from langchain_ashby.results.phrases import (
    UNKNOWN,
    Json,
    compact_day,
    field_value,
    flag,
    is_null,
    labelled_value,
    name_and_email,
    name_of,
    named,
    notes_on,
    objects,
    stage,
    text,
    user,
)
from langchain_ashby.text.words import at, enumerated, in_a_list


def _at(*keys: str) -> Callable[[Json], Any]:
    return lambda record: at(record, *keys)


def _sent(*keys: str, cell: Callable[[Json], Any] | None = None) -> Callable[[Json], Any]:
    """A cell with what Ashby sends of every record: null is not nothing there, but not known."""
    of = cell or _at(*keys)

    def known(record: Json) -> Any:
        if is_null(record, *keys):
            return UNKNOWN
        found = of(record)
        return f'"{UNKNOWN}"' if found in (UNKNOWN, (UNKNOWN,), (Part(UNKNOWN, whole=True),)) else found

    return known


def _id_of(record: type) -> Column:
    """The record's own id, under the argument that takes it."""
    kind = id_of(record)
    assert kind is not None, f"{record.__name__} has no id"
    return Column(kind.argument, _at("id"))


def _date(*keys: str) -> Callable[[Json], str]:
    """A day of the calendar, in no zone; a time in full, as its day would depend on the zone."""

    def cell(record: Json) -> str:
        said = text(at(record, *keys))
        return said if "T" in said else compact_day(said)

    return cell


def _person(*keys: str) -> Callable[[Json], str]:
    return lambda record: user(at(record, *keys))


def _all_named(key: str) -> Callable[[Json], Any]:
    return _sent(key, cell=lambda record: Values(map(named, objects(record.get(key)))))


def _values(key: str, value: str) -> Callable[[Json], Any]:
    return _sent(
        key, cell=lambda record: Values(in_a_list(text(entry.get(value))) for entry in objects(record.get(key)))
    )


def _flag(key: str, yes: str, no: str = "", missing: Any = False) -> Callable[[Json], str]:
    """The word for a flag. Where one says that all is well, a missing flag is not taken for it."""
    return lambda record: flag(record.get(key, missing), yes, no)


def _named(key: str) -> Callable[[Json], Parts]:
    """The name of a small object, and in full what tells it from its namesakes."""

    def cell(record: Json) -> Parts:
        entry = record.get(key)
        name, notes = name_of(entry), ", ".join(filter(None, notes_on(entry)))
        told = Part(f"({notes})" if notes else "", " " if name else "", whole=True, full=True)
        return Parts([Part(in_a_list(name) if name else ""), told])

    return cell


def _name(*keys: str) -> Callable[[Json], Parts]:
    """A person's name, by which people recognize them: whole, up to the length of a cell."""
    return _sent(*keys, cell=lambda record: Parts([Part(text(at(record, *keys)), whole=True)]))


def _stage(application: Json) -> str:
    return stage(application.get("currentInterviewStage"), application.get("status"))


def _kind_of_location(location: Json) -> str:
    """Blank for a place of work."""
    kind = text(location.get("type"))
    return {"LocationHierarchy": "region", "Location": ""}.get(kind, kind)


def _money(*keys: str) -> Callable[[Json], str]:
    return lambda record: field_value(at(record, *keys))


def _options(field: Json) -> Values:
    usable = [option for option in objects(field.get("selectableValues")) if not option.get("isArchived")]
    return Values(in_a_list(text(option.get("label") or option.get("value"))) for option in usable)


_ARCHIVED = Column("state", _flag("isArchived", "archived"))
_PRIVATE = Column("visible", _flag("isPrivate", "private"))

COLUMNS: Mapping[type, Sequence[Column]] = {
    records.Candidate: (
        _id_of(records.Candidate),
        Column("name", _name("name")),
        Column("email position at company, city, country", contact_and_work),
        Column("tags", _all_named("tags")),
        Column("fraud", fraud),
        Column("applications (blank: 1)", applications, kept=True),
        Column("source", _named("source"), notes_spare=True),
        Column("created", Day("createdAt"), spare=True),
    ),
    records.Application: (
        _id_of(records.Application),
        Column("candidate", _name("candidate", "name")),
        Column("candidate_id", _at("candidate", "id")),
        Column("job", _sent("job", "title")),
        Column("stage", _sent("currentInterviewStage", cell=_stage)),
        Column("status", _sent("status")),
        Column("archive reason", _named("archiveReason")),
        Column("source", _named("source")),
        Column("openings", openings),
        Column("updated", Day("updatedAt")),
    ),
    records.Note: (
        Column("created", Day("createdAt")),
        Column("author", _person("author"), full=True),
        _PRIVATE,
        Column("note", _sent("content"), full=True),
    ),
    records.Tag: (_id_of(records.Tag), Column("title", _at("title")), _ARCHIVED),
    records.Feedback: (
        Column("application_id", _at("applicationId")),
        Column("submitted", _at("submittedAt")),
        Column("by", _person("submittedByUser"), full=True),
        Column("feedback_form_definition_id", _at("feedbackFormDefinitionId")),
        Column("interview_id", _at("interviewId")),
        Column("interview_event_id", _at("interviewEventId")),
    ),
    records.FeedbackReceipt: (Column("application_id", _at("submittedFormInstance", "applicationId")),),
    records.Job: (
        _id_of(records.Job),
        Column("title", _sent("title")),
        Column("status", _sent("status")),
        Column("requisition", _at("customRequisitionId")),
        Column("employment", _sent("employmentType")),
        Column("department_id", _at("departmentId")),
        Column("location_id", lambda job: job.get("locationId") or at(job, "location", "id")),
        Column("location", _named("location")),
        Column("interview_plan_id", _at("defaultInterviewPlanId")),
        Column("opened", Day("openedAt")),
        Column("closed", Day("closedAt")),
        Column("visible", _flag("confidential", "confidential", missing=None)),
        Column("openings", openings),
    ),
    records.JobPosting: (
        _id_of(records.JobPosting),
        Column("title", _sent("title")),
        Column("department", _sent("departmentName")),
        Column("team", _sent("teamName")),
        Column("location", _sent("locationName")),
        Column("workplace", _at("workplaceType")),
        Column("employment", _sent("employmentType")),
        Column("listed", _flag("isListed", "", "unlisted", missing=None)),
        Column("status", _at("status")),
        Column("pay", _at("compensationTierSummary")),
        Column("published", _sent("publishedDate", cell=_date("publishedDate"))),
        Column("deadline", _date("applicationDeadline")),
        Column("job_id", _sent("jobId")),
    ),
    records.Offer: (
        _id_of(records.Offer),
        Column("application_id", _at("applicationId")),
        Column("offer", _sent("offerStatus")),
        Column("acceptance", _sent("acceptanceStatus")),
        Column("approval", _at("latestVersion", "approvalStatus")),
        Column("salary", _money("latestVersion", "salary")),
        Column("start", Day("latestVersion", "startDate")),
        Column("latest terms", _at("latestVersion", "createdAt")),
        Column("decided", Day("decidedAt")),
    ),
    records.Interview: (
        _id_of(records.Interview),
        Column("title", _at("title")),
        _ARCHIVED,
        Column("kind", _flag("isDebrief", "debrief")),
        Column("feedback_form_definition_id", _at("feedbackFormDefinitionId")),
        Column("job_id", _at("jobId")),
    ),
    records.InterviewSchedule: (
        _id_of(records.InterviewSchedule),
        Column("application_id", _sent("applicationId")),
        Column("status", _sent("status")),
        Column("interview_stage_id", _at("interviewStageId")),
    ),
    records.InterviewPlan: (_id_of(records.InterviewPlan), Column("title", _at("title")), _ARCHIVED),
    records.InterviewStage: (
        _id_of(records.InterviewStage),
        Column("order", _at("orderInInterviewPlan")),
        Column("stage", stage),
    ),
    records.FeedbackForm: (
        _id_of(records.FeedbackForm),
        Column("title", _at("title")),
        _ARCHIVED,
        Column("fields", lambda record: len(fields_by_path(record.get("formDefinition")))),
    ),
    records.User: (
        _id_of(records.User),
        Column("name and e-mail", name_and_email, full=True),
        Column("role", _sent("globalRole")),
        Column("state", _flag("isEnabled", "", "deactivated", missing=None)),
    ),
    records.CustomField: (
        _id_of(records.CustomField),
        Column("title", _at("title")),
        Column("object_type", _at("objectType")),
        Column("type", _at("fieldType")),
        Column("options", _options, full=True),
        _PRIVATE,
        _ARCHIVED,
    ),
    records.CustomFieldValue: (
        _id_of(records.CustomFieldValue),
        Column("title", _at("title")),
        Column("value", labelled_value, full=True, kept=True),
        _PRIVATE,
    ),
    records.Source: (
        _id_of(records.Source),
        Column("title", _at("title")),
        Column("type", _at("sourceType", "title")),
        _ARCHIVED,
    ),
    records.Department: (
        _id_of(records.Department),
        Column("name", _at("name")),
        Column("parent department_id", _at("parentId")),
        _ARCHIVED,
    ),
    records.Location: (
        _id_of(records.Location),
        Column("name", _at("name")),
        Column("workplace", workplace),
        Column("kind", _kind_of_location),
        Column("parent location_id", _at("parentLocationId")),
        _ARCHIVED,
    ),
    records.ArchiveReason: (
        _id_of(records.ArchiveReason),
        Column("reason", _at("text")),
        Column("type", lambda reason: enumerated(reason.get("reasonType") or "")),
        _ARCHIVED,
    ),
    records.CloseReason: (_id_of(records.CloseReason), Column("reason", _at("reasonText")), _ARCHIVED),
    records.Opening: (
        _id_of(records.Opening),
        Column("identifier", _sent("latestVersion", "identifier")),
        Column("opening_state", _sent("openingState")),
        Column("description", _sent("latestVersion", "description")),
        Column("target hire", _at("latestVersion", "targetHireDate")),
        Column("job_ids", _sent("latestVersion", "jobIds"), full=True),
        Column("state", _flag("isArchived", "archived", missing=None)),
    ),
}
"""The columns of a listing. A column that is blank in every row is omitted."""

LEGENDS: Mapping[type, Legend] = {
    records.Application: Legend(
        "job",
        (
            Column("job_id", _at("id")),
            Column("job", _at("title"), full=True),
            Column("department_id", _at("departmentId")),
            Column("location_id", _at("locationId")),
        ),
        if_alike=("departmentId", "locationId"),
    ),
}
"""What the rows of a listing name by its title."""

AFTER_WRITING: Mapping[type, Sequence[Column]] = {
    records.Candidate: (
        _id_of(records.Candidate),
        Column("name", _at("name")),
        Column("emails", _sent("emailAddresses", cell=reached_at("primaryEmailAddress", "emailAddresses"))),
        Column("phone", _sent("phoneNumbers", cell=reached_at("primaryPhoneNumber", "phoneNumbers"))),
        Column("links", _values("socialLinks", "url")),
        Column("position", _at("position")),
        Column("company", _at("company")),
        Column("location", _at("location", "locationSummary")),
        Column("tags", _all_named("tags")),
        Column("source", _named("source")),
        Column("credited to", _person("creditedToUser")),
        Column("résumé", _at("resumeFileHandle", "name")),
        Column("files", _values("fileHandles", "name")),
        Column("application_ids", application_ids),
        Column("created", Day("createdAt")),
    ),
    records.Application: (
        *COLUMNS[records.Application],
        Column("job_id", _at("job", "id")),
        Column("credited to", _person("creditedToUser")),
        Column("created", Day("createdAt")),
    ),
    records.Opening: (
        *COLUMNS[records.Opening],
        Column("target start", _at("latestVersion", "targetStartDate")),
        Column("employment", _sent("latestVersion", "employmentType")),
        Column("backfill", _sent("latestVersion", "isBackfill")),
        Column("department_id", _at("latestVersion", "teamId")),
        Column("location_ids", _sent("latestVersion", "locationIds")),
        Column("close_reason_id", _at("closeReasonId")),
    ),
}
"""The columns after a write, for records of which tools set more than a listing shows."""
