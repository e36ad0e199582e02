"""The columns of each kind of record: the facts that recruiters decide on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from langchain_ashby import records
from langchain_ashby.forms import fields_by_path
from langchain_ashby.ids import id_of
from langchain_ashby.results.phrases import (
    Json,
    compact_day,
    field_value,
    labelled_value,
    name_and_email,
    objects,
    stage,
    text,
)
from langchain_ashby.text.safe import shortened
from langchain_ashby.text.words import at

CELL = 40
"""The longest part of a cell in characters, unless the column is full. Single records are shown in full."""


class Part(NamedTuple):
    """A part of a cell. Each is cut by itself, so none crowds out another; a `whole` one is not cut further."""

    text: str
    before: str = ""
    whole: bool = False


class Parts(tuple[Part, ...]):
    """A cell made of parts."""


class Column(NamedTuple):
    """A column: its heading, and the function that makes a record's cell.

    The first column holds ids or days, which have no spaces. Ids are headed by the arguments that take them. The cells
    of a `full` column are not cut; a `kept` column stays even if all its cells are blank, as blank means something.
    """

    heading: str
    cell: Callable[[Json], Any]
    full: bool = False
    kept: bool = False

    @property
    def title(self) -> str:
        """The heading as shown: that of a day says in which zone it is one."""
        return f"{self.heading} UTC" if isinstance(self.cell, _Day) else self.heading


def _at(*keys: str) -> Callable[[Json], Any]:
    return lambda record: at(record, *keys)


def _id_of(record: type) -> Column:
    """The record's own id, under the argument that takes it."""
    kind = id_of(record)
    assert kind is not None, f"{record.__name__} has no id"
    return Column(kind.argument, _at("id"))


class _Day:
    """The day of a time."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys

    def __call__(self, record: Json) -> str:
        return compact_day(at(record, *self._keys))


_day = _Day  # a class only so that a column can tell that its cells are days


def _date(*keys: str) -> Callable[[Json], str]:
    """A day of the calendar, in no zone."""
    return lambda record: compact_day(at(record, *keys))


def _person(*keys: str) -> Callable[[Json], str]:
    return lambda record: name_and_email(at(record, *keys))


def _titles(key: str) -> Callable[[Json], str]:
    return lambda record: ", ".join(text(entry.get("title")) for entry in objects(record.get(key)))


def _values(key: str, value: str) -> Callable[[Json], str]:
    return lambda record: ", ".join(text(entry.get(value)) for entry in objects(record.get(key)))


def _where(key: str, word: str, unless: bool = False) -> Callable[[Json], str]:
    """A word if a flag is set or, with `unless`, if it is not."""
    return lambda record: word if bool(record.get(key, unless)) is not unless else ""


def _name(*keys: str) -> Callable[[Json], Parts]:
    """A person's name, by which people recognize them: whole, up to the length of a cell."""
    return lambda record: Parts([Part(shortened(text(at(record, *keys)), CELL), whole=True)])


def _contact_and_work(candidate: Json) -> Parts:
    """`mihail@example.org Tech Lead at Brackwater, Paris`; half an e-mail address identifies no one."""
    email = text(at(candidate, "primaryEmailAddress", "value")).replace(" ", "_") or "-"
    position, company = text(candidate.get("position")), text(candidate.get("company"))
    city = text(at(candidate, "location", "locationSummary")).partition(",")[0]
    city_before = ", " if position or company else " "
    told = (Part(email, whole=True), Part(position, " "), Part(company, " at "), Part(city, city_before))
    return Parts(part for part in told if part.text)


def _location(job: Json) -> Any:
    return at(job, "location", "name") or job.get("locationId")


def _applications(candidate: Json) -> Any:
    ids = candidate.get("applicationIds")
    number = len(ids) if isinstance(ids, list) else 0
    return "" if number == 1 else number


def _money(*keys: str) -> Callable[[Json], str]:
    return lambda record: field_value(at(record, *keys))


def _options(field: Json) -> str:
    usable = [option for option in objects(field.get("selectableValues")) if not option.get("isArchived")]
    return ", ".join(text(option.get("label") or option.get("value")) for option in usable)


_ARCHIVED = Column("state", _where("isArchived", "archived"))
_PRIVATE = Column("visible", _where("isPrivate", "private"))

COLUMNS: Mapping[type, Sequence[Column]] = {
    records.Candidate: (
        _id_of(records.Candidate),
        Column("name", _name("name")),
        Column("email position at company, city", _contact_and_work),
        Column("tags", _titles("tags")),
        Column("source", _at("source", "title")),
        Column("applications (blank: 1)", _applications, kept=True),
        Column("created", _day("createdAt")),
    ),
    records.Application: (
        _id_of(records.Application),
        Column("candidate", _name("candidate", "name")),
        Column("candidate_id", _at("candidate", "id")),
        Column("job", _at("job", "title")),
        Column("stage", lambda record: stage(record.get("currentInterviewStage"))),
        Column("status", _at("status")),
        Column("archive reason", _at("archiveReason", "text")),
        Column("source", _at("source", "title")),
        Column("last activity", _day("updatedAt")),
    ),
    records.Note: (
        Column("created", _day("createdAt")),
        Column("author", _person("author"), full=True),
        _PRIVATE,
        Column("note", _at("content"), full=True),
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
        Column("title", _at("title")),
        Column("status", _at("status")),
        Column("requisition", _at("customRequisitionId")),
        Column("employment", _at("employmentType")),
        Column("department_id", _at("departmentId")),
        Column("location_id", _location),
        Column("interview_plan_id", _at("defaultInterviewPlanId")),
        Column("opened", _day("openedAt")),
        Column("closed", _day("closedAt")),
        Column("visible", _where("confidential", "confidential")),
    ),
    records.JobPosting: (
        _id_of(records.JobPosting),
        Column("title", _at("title")),
        Column("department", _at("departmentName")),
        Column("location", _at("locationName")),
        Column("employment", _at("employmentType")),
        Column("listed", _where("isListed", "unlisted", unless=True)),
        Column("status", _at("status")),
        Column("pay", _at("compensationTierSummary")),
        Column("published", _date("publishedDate")),
        Column("job_id", _at("jobId")),
    ),
    records.Offer: (
        _id_of(records.Offer),
        Column("application_id", _at("applicationId")),
        Column("offer", _at("offerStatus")),
        Column("acceptance", _at("acceptanceStatus")),
        Column("approval", _at("latestVersion", "approvalStatus")),
        Column("salary", _money("latestVersion", "salary")),
        Column("start", _day("latestVersion", "startDate")),
        Column("created", _day("latestVersion", "createdAt")),
        Column("decided", _day("decidedAt")),
    ),
    records.Interview: (
        _id_of(records.Interview),
        Column("title", _at("title")),
        _ARCHIVED,
        Column("kind", _where("isDebrief", "debrief")),
        Column("feedback_form_definition_id", _at("feedbackFormDefinitionId")),
        Column("job_id", _at("jobId")),
    ),
    records.InterviewSchedule: (
        _id_of(records.InterviewSchedule),
        Column("application_id", _at("applicationId")),
        Column("status", _at("status")),
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
        Column("role", _at("globalRole")),
        Column("state", _where("isEnabled", "deactivated", unless=True)),
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
        Column("workplace", _at("workplaceType")),
        Column("kind", lambda record: "region" if record.get("type") == "LocationHierarchy" else ""),
        Column("parent location_id", _at("parentLocationId")),
        _ARCHIVED,
    ),
    records.ArchiveReason: (
        _id_of(records.ArchiveReason),
        Column("reason", _at("text")),
        Column("type", _at("reasonType")),
        _ARCHIVED,
    ),
    records.Opening: (
        _id_of(records.Opening),
        Column("identifier", _at("latestVersion", "identifier")),
        Column("opening_state", _at("openingState")),
        Column("description", _at("latestVersion", "description")),
        Column("target hire", _at("latestVersion", "targetHireDate")),
        Column("job_ids", _at("latestVersion", "jobIds"), full=True),
        _ARCHIVED,
    ),
}
"""The columns of a listing. A column that is blank in every row is omitted."""

AFTER_WRITING: Mapping[type, Sequence[Column]] = {
    records.Candidate: (
        _id_of(records.Candidate),
        Column("name", _at("name")),
        Column("emails", _values("emailAddresses", "value")),
        Column("phone", _values("phoneNumbers", "value")),
        Column("links", _values("socialLinks", "url")),
        Column("position", _at("position")),
        Column("company", _at("company")),
        Column("location", _at("location", "locationSummary")),
        Column("tags", _titles("tags")),
        Column("source", _at("source", "title")),
        Column("credited to", _person("creditedToUser")),
        Column("résumé", _at("resumeFileHandle", "name")),
        Column("files", _values("fileHandles", "name")),
        Column("application_ids", _at("applicationIds")),
        Column("created", _day("createdAt")),
    ),
    records.Application: (
        *COLUMNS[records.Application],
        Column("credited to", _person("creditedToUser")),
        Column("created", _day("createdAt")),
    ),
    records.Opening: (
        *COLUMNS[records.Opening],
        Column("target start", _at("latestVersion", "targetStartDate")),
        Column("employment", _at("latestVersion", "employmentType")),
        Column("backfill", _at("latestVersion", "isBackfill")),
        Column("department_id", _at("latestVersion", "teamId")),
        Column("location_ids", _at("latestVersion", "locationIds")),
        Column("close_reason_id", _at("closeReasonId")),
    ),
}
"""The columns after a write, for records of which tools set more than a listing shows."""
