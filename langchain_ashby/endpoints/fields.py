"""The types of arguments that endpoints share. Words that a model reads about them stand here, once.

An id says where it comes from only where no tool's name does: `source_id` comes from `ashby_list_sources`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from langchain_ashby.endpoint import Arguments
from langchain_ashby.ids import canonical

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _uuid(value: str) -> str:
    try:
        return canonical(value)
    except ValueError:
        raise ValueError(
            f"takes an id, a UUID such as 1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11; {value!r} is none"
        ) from None


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, such as 2026-11-24T15:00:00Z or 2026-11-24T15:00:00+01:00")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is too early or too late for a time") from None


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

ApplicationId = Annotated[str, _checked]
ArchiveReasonId = Annotated[str, _checked]
BrandId = Annotated[str, _checked]
CandidateId = Annotated[str, _checked]
CloseReasonId = Annotated[str, _checked, _id("Why it closes.")]
CommunicationTemplateId = Annotated[str, _checked]
CustomFieldId = Annotated[str, _checked]
DepartmentId = Annotated[str, _checked, _id("Or a team's.")]
FeedbackFormDefinitionId = Annotated[str, _checked]
FormInstanceId = Annotated[str, _checked]
InterviewEventId = Annotated[str, _checked]
InterviewId = Annotated[str, _checked, _id("The default interview if left out.")]
InterviewPlanId = Annotated[str, _checked]
InterviewScheduleId = Annotated[str, _checked]
InterviewStageId = Annotated[str, _checked]
JobBoardId = Annotated[str, _checked, _id("The main one if left out.")]
JobId = Annotated[str, _checked]
JobPostingId = Annotated[str, _checked]
JobTemplateId = Annotated[str, _checked]
LocationId = Annotated[str, _checked]
ObjectId = Annotated[str, _checked]
OfferFormId = Annotated[str, _checked]
OfferId = Annotated[str, _checked]
OfferProcessId = Annotated[str, _checked]
OpeningId = Annotated[str, _checked]
SourceId = Annotated[str, _checked]
TagId = Annotated[str, _checked]
UserId = Annotated[str, _checked]
CreditedToUserId = Annotated[str, _checked]

Text = Annotated[str, AfterValidator(_some_text)]
Email = Annotated[str, AfterValidator(_email)]
WebAddress = Annotated[str, AfterValidator(_web_address)]

ListOf = Annotated[list[T], BeforeValidator(_in_a_list)]
"""A list; one value that is given alone is taken as a list of one."""


def _since(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def _with_dashes(value: Any) -> Any:
    """A day as listings write it, 20261124, as 2026-11-24: digits alone would be taken for seconds since 1970."""
    days = isinstance(value, str) and re.fullmatch(r"\d{8}", value)
    return f"{value[:4]}-{value[4:6]}-{value[6:]}" if days else value


Since = Annotated[
    datetime,
    BeforeValidator(_with_dashes),
    AfterValidator(_since),
    PlainSerializer(lambda value: (value - EPOCH) // timedelta(milliseconds=1), return_type=int),
]
"""A bound of a filter. On the wire it is the milliseconds since 1970; a time without a zone is read as UTC."""

Moment = Annotated[
    datetime,
    BeforeValidator(_with_dashes),
    AfterValidator(_zoned),
    PlainSerializer(_iso, return_type=str),
]
"""A time that is written into Ashby. Without a zone it is refused: an hour's error would invite people wrongly."""

Day = Annotated[date, BeforeValidator(_with_dashes)]
"""A calendar day, YYYY-MM-DD."""

EmploymentType = Literal["FullTime", "PartTime", "Intern", "Contract", "Temporary"]
JobStatus = Literal["Draft", "Open", "Closed", "Archived"]
OpeningState = Literal["Draft", "Approved", "Open", "Closed"]

SendNotifications = Annotated[bool, Field(description="true if left out.")]
IncludeArchived = bool


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

    email: Annotated[Email, Field(description="Of an Ashby user.")]
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
        Field(description="Under 1 kB."),
    ] = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_time <= self.start_time:
            raise ValueError("end_time must be later than start_time")
        return self


class InterviewEventChange(InterviewEvent):
    """A meeting to be changed, or added to a schedule."""

    interview_event_id: Annotated[InterviewEventId | None, Field(description="A new meeting if left out.")] = None


class ArchiveEmail(Arguments):
    """The e-mail that a candidate gets when archived."""

    communication_template_id: CommunicationTemplateId
    send_at: Annotated[Moment | None, Field(description="At once if left out.")] = None


class StageVisit(Arguments):
    """A stage that an application went through."""

    interview_stage_id: Annotated[InterviewStageId, Field(serialization_alias="stageId")]
    stage_number: Annotated[int, Field(ge=0, description="From 0; the highest is the present one.")]
    entered_stage_at: Moment
    archive_reason_id: Annotated[ArchiveReasonId | None, Field(description="Required for an Archived stage.")] = None


class NoteContent(Arguments):
    """A note with its kind of text."""

    type: Literal["text/plain", "text/html"]
    value: Text


FieldValue = Annotated[
    bool | int | float | str | list[str] | dict[str, str | int | float | None],
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "boolean"},
                {"items": {"type": "string"}, "type": "array"},
                {
                    "properties": {
                        "value": {"type": "number"},
                        "currency_code": {"type": "string"},
                        "min_value": {"type": "number"},
                        "max_value": {"type": "number"},
                        "interval": {"type": "string"},
                    },
                    "type": "object",
                },
                {"type": "string"},  # last, as the one type that Gemini is left with of a union with null
            ]
        }
    ),
]
"""The value of a form field or a custom field as a model gives it; `langchain_ashby.forms` makes it Ashby's."""


class FieldSubmission(Arguments):
    """A value for a field of a form."""

    path: Annotated[str, Field(description="Or title.")]
    value: Annotated[
        FieldValue,
        Field(description="Options by label or value; Score 1-4; Date YYYY-MM-DD; money and ranges as objects."),
    ]
