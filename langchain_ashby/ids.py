"""The table of ids: one declaration per kind of id, which is also the type of the arguments that take it.

Error remedies, hints about mixed-up ids, the headings of results and the targets of approval cards follow from it.

Ids have two spellings. A UUID takes a model about 23 tokens; its 16 bytes in base64url, 22 characters, take about 16,
and most of what a long listing costs is ids. Every argument that takes an id takes either spelling.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from langchain_ashby.records import (
    Application,
    ArchiveReason,
    Candidate,
    CloseReason,
    CustomField,
    CustomFieldValue,
    Department,
    FeedbackForm,
    Interview,
    InterviewPlan,
    InterviewSchedule,
    InterviewStage,
    Job,
    JobPosting,
    Location,
    Offer,
    Opening,
    Source,
    Tag,
    User,
)

_SHORT = re.compile("[0-9A-Za-z_-]{21}[AQgw]")  # the last character holds two bits
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def canonical(written: str) -> str:
    """The id as Ashby writes it, from either spelling.

    Raises:
        ValueError: if it is in neither.
    """
    if _SHORT.fullmatch(written):
        return str(UUID(bytes=urlsafe_b64decode(f"{written}==")))
    return str(UUID(written))


def short(uuid: str) -> str:
    """The short spelling of a UUID."""
    return urlsafe_b64encode(UUID(uuid).bytes).decode().rstrip("=")


def with_short_ids(text: str) -> str:
    """A text with its UUIDs in the short spelling."""
    return _UUID.sub(lambda found: short(found[0]), text)


@dataclass(frozen=True, eq=False, kw_only=True)
class Id:
    """A kind of id; in `Annotated[str, Id(…)]` it checks the argument and takes both spellings.

    Attributes:
        argument: The argument that takes it, such as `candidate_id`.
        records: The kinds of record that have it as their `id`.
        listed_by: The tool that lists such records with their ids.
        not_listed: The reason why no tool does.
        read_by: The tool that reads one record by its id.
        read_with: Further arguments for that tool, without which the record lacks ids that `mistaken_for` needs.
        advice: A further clause for the remedy when Ashby does not know the id.
        keys: Ashby's keys that hold such a record or its id without saying so, with a word to say in front of it.
        mistaken_for: The arguments whose ids are given instead, likeliest first, each with the keys in its record that
            lead to the id that was meant, or none if the record does not hold it. Each costs a read after a refusal.
    """

    argument: str
    records: tuple[type, ...] = ()
    listed_by: str = ""
    not_listed: str = ""
    read_by: str = ""
    read_with: Mapping[str, Any] = field(default_factory=dict)
    advice: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    mistaken_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        """The record in Ashby's error codes: `candidate` in `candidate_not_found`."""
        return self.argument.removesuffix("_id")

    @property
    def remedy(self) -> str:
        """Advice for an id that Ashby does not know."""
        if not self.listed_by:
            return ""
        return f"Check {self.argument} with {self.listed_by}{f'; {self.advice}' if self.advice else ''}."

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_checked, handler(source))


def _checked(value: str) -> str:
    try:
        return canonical(value)
    except ValueError:
        raise ValueError(
            f"takes an id, a UUID such as 1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11; {value!r} isn't one"
        ) from None


ApplicationId = Annotated[
    str,
    Id(
        argument="application_id",
        records=(Application,),
        listed_by="ashby_list_applications",
        read_by="ashby_get_application",
        advice="Ashby also says this when the key may not edit candidates",
        mistaken_for={"candidate_id": ("applicationIds",), "offer_id": ("applicationId",)},
    ),
]
ArchiveReasonId = Annotated[
    str, Id(argument="archive_reason_id", records=(ArchiveReason,), listed_by="ashby_list_archive_reasons")
]
BrandId = Annotated[str, Id(argument="brand_id", not_listed="Ashby lists them with brand.list, which has no tool.")]
CandidateId = Annotated[
    str,
    Id(
        argument="candidate_id",
        records=(Candidate,),
        listed_by="ashby_search_candidates",
        read_by="ashby_get_candidate",
        advice="ids change when candidates are merged",
        mistaken_for={"application_id": ("candidate", "id"), "user_id": (), "job_id": ()},
    ),
]
CloseReasonId = Annotated[
    str,
    Id(argument="close_reason_id", records=(CloseReason,), listed_by="ashby_list_close_reasons"),
    Field(description="Reason for closing."),
]
CommunicationTemplateId = Annotated[
    str,
    Id(
        argument="communication_template_id",
        not_listed="Ashby lists them with communicationTemplate.list, which has no tool.",
    ),
]
CustomFieldId = Annotated[
    str, Id(argument="custom_field_id", records=(CustomField, CustomFieldValue), listed_by="ashby_list_custom_fields")
]
DepartmentId = Annotated[
    str,
    Id(
        argument="department_id",
        records=(Department,),
        listed_by="ashby_list_departments",
        read_by="ashby_get_department",
        keys={"parentId": "parent", "teamId": ""},
        mistaken_for={"job_id": ("departmentId",)},
    ),
]
FeedbackFormDefinitionId = Annotated[
    str,
    Id(
        argument="feedback_form_definition_id",
        records=(FeedbackForm,),
        listed_by="ashby_list_feedback_form_definitions",
        read_by="ashby_get_feedback_form_definition",
    ),
]
FormInstanceId = Annotated[
    str,
    Id(
        argument="submitted_form_instance_id",
        not_listed="ashby_get_application shows it with expand=applicationFormSubmissions.",
        keys={"applicationFormSubmissions": ""},
    ),
]
InterviewEventId = Annotated[str, Id(argument="interview_event_id", listed_by="ashby_list_interview_schedules")]
InterviewId = Annotated[
    str,
    Id(argument="interview_id", records=(Interview,), listed_by="ashby_list_interviews"),
    Field(description="Omit for the default interview."),
]
InterviewPlanId = Annotated[
    str,
    Id(
        argument="interview_plan_id",
        records=(InterviewPlan,),
        listed_by="ashby_list_interview_plans",
        read_by="ashby_list_interview_stages",
        mistaken_for={"job_id": ("defaultInterviewPlanId",), "interview_stage_id": ("interviewPlanId",)},
    ),
]
InterviewScheduleId = Annotated[
    str,
    Id(
        argument="interview_schedule_id",
        records=(InterviewSchedule,),
        listed_by="ashby_list_interview_schedules",
        mistaken_for={"application_id": ()},
    ),
]
InterviewStageId = Annotated[
    str,
    Id(
        argument="interview_stage_id",
        records=(InterviewStage,),
        listed_by="ashby_list_interview_stages",
        read_by="ashby_get_interview_stage",
        advice="it must be in the application's plan",
        keys={"currentInterviewStage": "", "stageId": ""},
        mistaken_for={"interview_plan_id": (), "application_id": ("currentInterviewStage", "id")},
    ),
]
JobBoardId = Annotated[
    str,
    Id(argument="job_board_id", not_listed="Ashby lists them with jobBoard.list, which has no tool."),
]
JobId = Annotated[
    str,
    Id(
        argument="job_id",
        records=(Job,),
        listed_by="ashby_search_jobs",
        read_by="ashby_get_job",
        read_with={"expand": ["openings"]},
        mistaken_for={
            "job_posting_id": ("jobId",),
            "opening_id": ("latestVersion", "jobIds"),
            "application_id": ("job", "id"),
        },
    ),
]
JobPostingId = Annotated[
    str,
    Id(
        argument="job_posting_id",
        records=(JobPosting,),
        listed_by="ashby_list_job_postings",
        read_by="ashby_get_job_posting",
        mistaken_for={"job_id": ("jobPostingIds",)},
    ),
]
JobTemplateId = Annotated[
    str, Id(argument="job_template_id", not_listed="Ashby lists them with jobTemplate.list, which has no tool.")
]
LocationId = Annotated[
    str,
    Id(
        argument="location_id",
        records=(Location,),
        listed_by="ashby_list_locations",
        keys={"parentLocationId": "parent"},
        mistaken_for={"job_id": ("locationId",)},
    ),
]
ObjectId = Annotated[str, Id(argument="object_id", not_listed="object_type says which kind of record it identifies.")]
OfferFormId = Annotated[
    str,
    Id(argument="offer_form_id", not_listed="Only the error of an ashby_create_offer that stopped half-way has it."),
]
OfferId = Annotated[
    str,
    Id(
        argument="offer_id",
        records=(Offer,),
        listed_by="ashby_list_offers",
        read_by="ashby_get_offer",
        mistaken_for={"application_id": ()},
    ),
]
OfferProcessId = Annotated[
    str,
    Id(argument="offer_process_id", not_listed="Only the error of an ashby_create_offer that stopped half-way has it."),
]
OpeningId = Annotated[
    str,
    Id(
        argument="opening_id",
        records=(Opening,),
        listed_by="ashby_list_openings",
        read_by="ashby_get_opening",
        mistaken_for={"job_id": ("openings", "id")},
    ),
]
SourceId = Annotated[str, Id(argument="source_id", records=(Source,), listed_by="ashby_list_sources")]
TagId = Annotated[str, Id(argument="tag_id", records=(Tag,), listed_by="ashby_list_candidate_tags")]
UserId = Annotated[
    str,
    Id(
        argument="user_id",
        records=(User,),
        listed_by="ashby_list_users",
        read_by="ashby_get_user",
        keys={
            "actorId": "by",
            "author": "",
            "authorId": "author",
            "creditedToUser": "",
            "hiringTeam": "",
            "interviewers": "",
            "managerId": "manager",
            "scheduledBy": "",
            "submittedByUser": "",
        },
        mistaken_for={"candidate_id": ()},
    ),
]


def ids_in(annotation: Any) -> Iterator[Id]:
    """The kinds of id that a type takes, whatever lists and alternatives they stand in."""
    if isinstance(annotation, Id):
        yield annotation
    for part in get_args(annotation):
        yield from ids_in(part)


def ids_of(argument: FieldInfo) -> tuple[Id, ...]:
    """The kinds of id that an argument takes."""
    return tuple(found for part in (*argument.metadata, argument.annotation) for found in ids_in(part))


IDS: Mapping[str, Id] = {kind.argument: kind for declared in list(globals().values()) for kind in ids_in(declared)}
"""Every kind of id by the argument that takes it."""

_BY_RECORD = {record: kind for kind in IDS.values() for record in kind.records}
_BY_KEY = {key: f"{word} {kind.argument}".strip() for kind in IDS.values() for key, word in kind.keys.items()}


def id_of(record: type | None) -> Id | None:
    """The kind of id that identifies such a record; None where there is none."""
    return _BY_RECORD.get(record) if record else None


def heading_of_key(key: str) -> str | None:
    """The words over the id under one of Ashby's keys, where the key does not say itself whose id it is."""
    return _BY_KEY.get(key)


def unknown_id(code: str | None) -> Id | None:
    """The kind of id that Ashby does not know, by the code of its error, such as `candidate_not_found`."""
    noun = (code or "").removesuffix("_not_found")
    return IDS.get(f"{noun}_id") if noun != code else None
