"""Types of arguments that endpoints share, with the descriptions a model reads; ids are in `langchain_ashby.ids`."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from langchain_ashby.endpoint import Arguments
from langchain_ashby.field_values import email, web_address
from langchain_ashby.ids import (
    ArchiveReasonId,
    CommunicationTemplateId,
    InterviewEventId,
    InterviewId,
    InterviewStageId,
)
from langchain_ashby.text.words import utc

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, such as 2026-11-24T15:00:00Z or 2026-11-24T15:00:00+01:00")
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is too early or too late for a time") from None
    return value


def _some_text(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    return value


def _in_a_list(value: Any) -> Any:
    return value if value is None or isinstance(value, (list, tuple)) else [value]


Text = Annotated[str, AfterValidator(_some_text)]
Email = Annotated[str, AfterValidator(email)]
WebAddress = Annotated[str, AfterValidator(web_address)]

ListOf = Annotated[list[T], BeforeValidator(_in_a_list)]
"""A list; a single value is taken as a list of one."""


def _since(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def _with_dashes(value: Any) -> Any:
    """2026-11-24 for 20261124, as listings write days: pydantic would read digits alone as seconds since 1970."""
    days = isinstance(value, str) and re.fullmatch(r"\d{8}", value)
    return f"{value[:4]}-{value[4:6]}-{value[6:]}" if days else value


def _written(how: str) -> WithJsonSchema:
    """Text in this format. JSON Schema's `format` says less, and does not reach Gemini."""
    return WithJsonSchema({"description": how, "type": "string"})


Since = Annotated[
    datetime,
    BeforeValidator(_with_dashes),
    AfterValidator(_since),
    PlainSerializer(lambda value: (value - EPOCH) // timedelta(milliseconds=1), return_type=int),
    _written("ISO date."),
]
"""A bound of a filter, sent as milliseconds since 1970; a time without a zone is read as UTC."""

Moment = Annotated[
    datetime,
    BeforeValidator(_with_dashes),
    AfterValidator(_zoned),
    PlainSerializer(utc, return_type=str),
    _written("ISO time with zone."),
]
"""A time written to Ashby, which gets it in UTC. It needs a zone: being an hour off would invite people to the wrong
time. The offset is kept, so that a person can see what was written."""

Day = Annotated[date, BeforeValidator(_with_dashes), _written("ISO date.")]
"""A calendar day, YYYY-MM-DD."""

EmploymentType = Literal["FullTime", "PartTime", "Intern", "Contract", "Temporary"]
JobStatus = Literal["Draft", "Open", "Closed", "Archived"]
OpeningState = Literal["Draft", "Approved", "Open", "Closed"]

SendNotifications = Annotated[bool, Field(description="Default true.")]
IncludeArchived = bool


def _say_default(schema: dict[str, Any]) -> None:
    """Gives optional fields the default null in the schema.

    In an object that is itself an argument, not part of a list, langchain-google-genai takes every field without a
    default for required.
    """
    for name, field in schema["properties"].items():
        if name not in schema.get("required", ()):
            field["default"] = None


class Address(Arguments):
    """Where a candidate lives."""

    model_config = ConfigDict(json_schema_extra=_say_default)

    city: str | None = None
    region: str | None = None
    country: str | None = None


class SocialLink(Arguments):
    """A profile elsewhere on the web."""

    type: Literal["LinkedIn", "GitHub", "Twitter", "Medium", "StackOverflow", "YouTube", "CodePen", "Website"]
    url: WebAddress


class Interviewer(Arguments):
    """A participant of a meeting."""

    email: Annotated[Email, Field(description="An Ashby user's.")]
    feedback_required: bool | None = None


def _from_pairs(value: Any) -> Any:
    """Makes an object from a list of keys and values: Gemini has no objects with free keys."""
    if not isinstance(value, list):
        return value
    texts: dict[str, Any] = {}
    for pair in value:
        if not isinstance(pair, dict) or set(pair) != {"key", "value"} or not isinstance(pair["key"], str):
            raise ValueError('takes a list of {"key", "value"}')
        if pair["key"] in texts:
            raise ValueError(f"has the key {pair['key'][:100]!r} twice")
        texts[pair["key"]] = pair["value"]
    return texts


def _small_extra_data(value: dict[str, str]) -> dict[str, str]:
    for key, text in value.items():
        if len(key) > 100 or len(text) > 512:
            raise ValueError(f"takes keys of at most 100 and values of at most 512 characters; {key[:100]!r} is longer")
    if sum(len(key.encode()) + len(text.encode()) for key, text in value.items()) >= 1024:
        raise ValueError("takes less than 1 kB in all")
    return value


ExtraData = Annotated[
    dict[str, str],
    BeforeValidator(_from_pairs),
    AfterValidator(_small_extra_data),
    WithJsonSchema(
        {
            "items": {
                "properties": {"key": {"type": "string"}, "value": {"type": "string"}},
                "required": ["key", "value"],
                "type": "object",
            },
            "type": "array",
        }
    ),
]
"""Texts by free keys; a model gives them as a list of pairs."""


class InterviewEvent(Arguments):
    """A meeting to schedule."""

    start_time: Moment
    end_time: Moment
    interviewers: Annotated[list[Interviewer], Field(min_length=1)]
    interview_id: Annotated[InterviewId | None, Field(description="Omit for the default interview.")] = None
    extra_data: Annotated[ExtraData | None, Field(description="Under 1 kB.")] = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_time <= self.start_time:
            raise ValueError("end_time must be later than start_time")
        return self


class InterviewEventChange(InterviewEvent):
    """A meeting to change, or to add to a schedule."""

    interview_event_id: Annotated[InterviewEventId | None, Field(description="Omit to add a meeting.")] = None


class ArchiveEmail(Arguments):
    """The e-mail that a candidate gets when an application is archived."""

    model_config = ConfigDict(json_schema_extra=_say_default)

    communication_template_id: CommunicationTemplateId
    send_at: Annotated[Moment | None, Field(description="ISO time with zone; omit for the next morning.")] = None


def _of_64_bits(value: T) -> T:
    """Refuses a number that could become a whole number of more than 64 bits, which no checkpoint can hold."""
    numbers = value.values() if isinstance(value, dict) else [value]
    if any(isinstance(it, int | float) and abs(it) >= 2**63 for it in numbers):
        raise ValueError("takes no number of more than 64 bits")
    return value


class StageVisit(Arguments):
    """A stage that an application has been in."""

    interview_stage_id: Annotated[InterviewStageId, Field(serialization_alias="stageId")]
    stage_number: Annotated[
        int, Field(ge=0, description="From 0; the highest is the current one."), AfterValidator(_of_64_bits)
    ]
    entered_stage_at: Moment
    archive_reason_id: Annotated[ArchiveReasonId | None, Field(description="Required for an Archived stage.")] = None


class NoteContent(Arguments):
    """A note with its content type."""

    type: Literal["text/plain", "text/html"]
    value: Text


def _object_in_text(note: Any) -> Any:
    """Reads a note that came as the JSON text of an object, so that it is not written like that."""
    if not isinstance(note, str) or not note.lstrip().startswith("{"):
        return note
    try:
        found = json.loads(note)
    except ValueError:
        return note
    return found if isinstance(found, dict) and found.keys() == {"type", "value"} else note


NoteText = Annotated[Text | NoteContent, BeforeValidator(_object_in_text)]
"""A note as plain text, or with its content type."""


_FIELD_VALUE = WithJsonSchema(
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
            {"type": "string"},
        ]
    }
)

FieldValue = Annotated[
    bool | int | float | str | list[str] | dict[str, str | int | float | None],
    AfterValidator(_of_64_bits),
    _FIELD_VALUE,
]
"""A value for a form field or custom field as a model gives it; `langchain_ashby.forms` converts it to Ashby's."""


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


ClearableFieldValue = Annotated[FieldValue | None, BeforeValidator(_none_if_blank), _FIELD_VALUE]
"""A value, or None to clear the field. A model sends empty text for that: langchain-google-genai reduces a union with
null to a single type."""


class FieldSubmission(Arguments):
    """A value for a field of a form."""

    path: Annotated[str, Field(description="Path or title.")]
    value: Annotated[
        FieldValue,
        Field(description="Options by label or value; Score 1-4; Date YYYY-MM-DD; money and ranges as objects."),
    ]
