"""The types of arguments that endpoints share. Words that a model reads about them stand here, once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from langchain_ashby.endpoint import Arguments

T = TypeVar("T")


def _uuid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError(
            f"takes an id, a UUID such as 1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11; {value!r} is none"
        ) from None


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, such as 2026-11-24T15:00:00Z or 2026-11-24T15:00:00+01:00")
    return value.astimezone(UTC)


def _iso(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"takes a web address that begins with https:// or http://; {value!r} does not")
    return value


def _email(value: str) -> str:
    name, at, domain = value.partition("@")
    if not (name and at and domain) or "@" in domain or any(character.isspace() for character in value):
        raise ValueError(f"takes one e-mail address such as ada@example.com; {value!r} is none")
    return value


def _some_text(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    return value


def _in_a_list(value: Any) -> Any:
    return value if value is None or isinstance(value, (list, tuple)) else [value]


def _id(description: str) -> Any:
    return Field(description=description)


_checked = AfterValidator(_uuid)

ApplicationId = Annotated[str, _checked, _id("From ashby_list_applications, or a candidate's applicationIds.")]
ArchiveReasonId = Annotated[str, _checked, _id("From ashby_list_archive_reasons.")]
BrandId = Annotated[str, _checked, _id("The brand it is advertised under.")]
CandidateId = Annotated[str, _checked, _id("From ashby_search_candidates or an application.")]
CloseReasonId = Annotated[str, _checked, _id("Why it closes.")]
CommunicationTemplateId = Annotated[str, _checked, _id("An e-mail template of Ashby.")]
CustomFieldId = Annotated[str, _checked, _id("From ashby_list_custom_fields.")]
DepartmentId = Annotated[str, _checked, _id("Department or team, from ashby_list_departments.")]
FeedbackFormDefinitionId = Annotated[str, _checked, _id("From ashby_list_feedback_form_definitions.")]
FormInstanceId = Annotated[str, _checked, _id("A submitted application form.")]
InterviewEventId = Annotated[str, _checked, _id("A meeting inside an interview schedule.")]
InterviewId = Annotated[str, _checked, _id("From ashby_list_interviews; the default interview if left out.")]
InterviewPlanId = Annotated[str, _checked, _id("From ashby_list_interview_plans, or a job.")]
InterviewScheduleId = Annotated[str, _checked, _id("From ashby_list_interview_schedules.")]
InterviewStageId = Annotated[str, _checked, _id("From ashby_list_interview_stages.")]
JobBoardId = Annotated[str, _checked, _id("A job board; the main external one if left out.")]
JobId = Annotated[str, _checked, _id("From ashby_search_jobs or ashby_list_jobs.")]
JobPostingId = Annotated[str, _checked, _id("From ashby_list_job_postings.")]
JobTemplateId = Annotated[str, _checked, _id("An active job template.")]
LocationId = Annotated[str, _checked, _id("From ashby_list_locations.")]
ObjectId = Annotated[str, _checked, _id("The record that has the field.")]
OfferFormId = Annotated[str, _checked, _id("As given when a field was missing.")]
OfferId = Annotated[str, _checked, _id("From ashby_list_offers.")]
OfferProcessId = Annotated[str, _checked, _id("As given when a field was missing.")]
OpeningId = Annotated[str, _checked, _id("From ashby_search_openings or ashby_list_openings.")]
SourceId = Annotated[str, _checked, _id("From ashby_list_sources.")]
TagId = Annotated[str, _checked, _id("From ashby_list_candidate_tags.")]
UserId = Annotated[str, _checked, _id("From ashby_list_users.")]
CreditedToUserId = Annotated[str, _checked, _id("The user who gets the credit.")]

Text = Annotated[str, AfterValidator(_some_text)]
Email = Annotated[str, AfterValidator(_email)]
WebAddress = Annotated[str, AfterValidator(_web_address)]

ListOf = Annotated[list[T], BeforeValidator(_in_a_list)]
"""A list; one value that is given alone is taken as a list of one."""


def _since(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


Since = Annotated[
    datetime,
    AfterValidator(_since),
    PlainSerializer(lambda value: int(value.timestamp() * 1000), return_type=int),
    Field(description="UTC unless it has a zone."),
]
"""A bound of a filter. On the wire it is the milliseconds since 1970; a time without a zone is read as UTC."""

Moment = Annotated[
    datetime,
    AfterValidator(_zoned),
    PlainSerializer(_iso, return_type=str),
    Field(description="Must have a zone."),
]
"""A time that is written into Ashby. Without a zone it is refused: an hour's error would invite people wrongly."""

Day = date
"""A calendar day, YYYY-MM-DD."""

EmploymentType = Literal["FullTime", "PartTime", "Intern", "Contract", "Temporary"]
JobStatus = Literal["Draft", "Open", "Closed", "Archived"]
OpeningState = Literal["Draft", "Approved", "Open", "Closed"]

SendNotifications = Annotated[bool, Field(description="Tell subscribed users; they are told if left out.")]
IncludeArchived = Annotated[bool, Field(description="Archived ones too.")]


class Address(Arguments):
    """Where a candidate lives."""

    city: str | None = None
    region: str | None = None
    country: str | None = None


class SocialLink(Arguments):
    """A profile elsewhere on the web."""

    type: Literal["LinkedIn", "GitHub", "Twitter", "Medium", "StackOverflow", "YouTube", "CodePen", "Website"]
    url: WebAddress


class Interviewer(Arguments):
    """Somebody who takes part in a meeting."""

    email: Annotated[Email, Field(description="The user's e-mail in Ashby, from ashby_list_users.")]
    feedback_required: bool | None = None


def _small_extra_data(value: dict[str, str]) -> dict[str, str]:
    for key, text in value.items():
        if len(key) > 100 or len(text) > 512:
            raise ValueError(f"takes keys of at most 100 and values of at most 512 characters; {key[:100]!r} is longer")
    if sum(len(key.encode()) + len(text.encode()) for key, text in value.items()) >= 1024:
        raise ValueError("takes less than 1 kB in all")
    return value


class InterviewEvent(Arguments):
    """A meeting to be scheduled."""

    start_time: Moment
    end_time: Moment
    interviewers: Annotated[list[Interviewer], Field(min_length=1)]
    interview_id: InterviewId | None = None
    extra_data: Annotated[
        dict[str, str] | None,
        AfterValidator(lambda value: value and _small_extra_data(value)),
        Field(description="Your own keys and values, under 1 kB."),
    ] = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_time <= self.start_time:
            raise ValueError("end_time must be later than start_time")
        return self


class InterviewEventChange(InterviewEvent):
    """A meeting to be changed, or added to a schedule."""

    interview_event_id: Annotated[
        InterviewEventId | None, Field(description="The meeting to change; a new one is added if left out.")
    ] = None


class ArchiveEmail(Arguments):
    """The e-mail that a candidate gets when archived."""

    communication_template_id: CommunicationTemplateId
    send_at: Annotated[Moment | None, Field(description="Must have a zone; at once if left out.")] = None


class StageVisit(Arguments):
    """A stage that an application went through."""

    interview_stage_id: Annotated[InterviewStageId, Field(serialization_alias="stageId")]
    stage_number: Annotated[int, Field(ge=0, description="0 is the first; the highest is the present stage.")]
    entered_stage_at: Moment
    archive_reason_id: Annotated[ArchiveReasonId | None, Field(description="Required for an Archived stage.")] = None


class NoteContent(Arguments):
    """A note with its kind of text."""

    type: Literal["text/plain", "text/html"]
    value: Text


FieldValue = bool | int | float | str | list[str] | dict[str, str | int | float | None]
"""The value of a form field or a custom field as a model gives it; `langchain_ashby.forms` makes it Ashby's."""


class FieldSubmission(Arguments):
    """A value for a field of a form."""

    path: Annotated[str, Field(description="The field's path or its title.")]
    value: Annotated[
        FieldValue,
        Field(description="Options by label or value; Score 1-4; Date YYYY-MM-DD; money {value, currency_code}."),
    ]
