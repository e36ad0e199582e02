"""The table of ids: one declaration per kind of id, which is also the type of the arguments that take it.

Error remedies, hints about mixed-up ids, the headings of results and the targets of approval cards follow from it.

Ids have two spellings. A UUID takes a model about 23 tokens; its 16 bytes in base64url, 22 characters, take about 16,
and most of what a long listing costs is ids. Models read the short one; arguments take either.

The arguments of tools also take what people call a record; `langchain_ashby.toolkit.names` finds its id.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args
from uuid import RFC_4122, UUID

from pydantic import Field, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from langchain_ashby.records import (
    Application,
    ApplicationRole,
    ArchiveReason,
    Brand,
    Candidate,
    CloseReason,
    CommunicationTemplate,
    CustomField,
    CustomFieldValue,
    Department,
    FeedbackForm,
    FoundCandidate,
    Interview,
    InterviewPlan,
    InterviewSchedule,
    InterviewStage,
    Job,
    JobBoard,
    JobPosting,
    JobTemplate,
    Location,
    Meeting,
    NotetakerTranscript,
    Offer,
    Opening,
    Project,
    Source,
    Tag,
    User,
)

_SHORT = re.compile("[0-9A-Za-z_-]{21}[AQgw]")  # the last character holds two bits
UUID_FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The regular expression for an id as Ashby writes it."""
_CANONICAL = re.compile(UUID_FORM)

_USUAL_VERSIONS = (4, 5, 7)


def canonical(written: str) -> str:
    """The id as Ashby writes it, from either spelling.

    Raises:
        ValueError: if it is in neither.
    """
    if _CANONICAL.fullmatch(written):  # as nearly always
        return written
    if _SHORT.fullmatch(written):
        return str(UUID(bytes=urlsafe_b64decode(f"{written}==")))
    return str(UUID(written))


def short(uuid: str) -> str:
    """The short spelling of a UUID."""
    return urlsafe_b64encode(UUID(uuid).bytes).decode().rstrip("=")


def certain(written: str) -> str | None:
    """The id as Ashby writes it; None for a text that may be a name.

    A name of 22 letters can be the short spelling of 16 bytes, though hardly ever of those of a UUID that is in use.
    """
    written = written.strip()
    try:
        found = canonical(written)
    except ValueError:
        return None
    return found if not _SHORT.fullmatch(written) or _is_usual(UUID(found)) else None


def _is_usual(uuid: UUID) -> bool:
    return uuid.variant == RFC_4122 and uuid.version in _USUAL_VERSIONS


@dataclass(frozen=True, eq=False, kw_only=True)
class Names:
    """What people call the records of a kind, and where their names are found.

    Attributes:
        keys: Ashby's keys for it, such as `latestVersion.identifier`; a name of several parts has spaces between them.
        apart: The keys whose values tell records with the same name apart.
        also: A key and its value that name a record if nothing else does.
        listing: The tool whose listing is read, if not the one in `Id.listed_by`.
        filters: Further arguments for it, so that it leaves none out.
        searched: Its arguments that take a name. A search is made for every name; other listings are kept.
        within: The arguments of the same call that say where such names are unique, each with the keys in its record
            that lead to the id of that, which the listing takes.
        same: The arguments of the same call with whose value a key of the record has to agree.
    """

    keys: tuple[str, ...]
    apart: tuple[str, ...] = ()
    also: tuple[str, str] | None = None
    listing: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    searched: tuple[str, ...] = ()
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)


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
        names: The names by which such records are known; without a listing to find them in, they are not accepted.
        kind_in: The argument that says which kind of record it is.
        or_name: True to let a name pass, as the arguments of tools do.
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
    names: Names | None = None
    kind_in: str = ""
    or_name: bool = False

    @property
    def listing(self) -> str:
        """The tool in whose listing names are found; empty if there is none."""
        return (self.names.listing or self.listed_by) if self.names else ""

    @property
    def takes_names(self) -> bool:
        """True if its records can be found by name."""
        return bool(self.listing or self.kind_in)

    @property
    def noun(self) -> str:
        """The record in Ashby's error codes: `candidate` in `candidate_not_found`."""
        return self.argument.removesuffix("_id")

    @property
    def words(self) -> str:
        """The record in words: archive reason."""
        return self.noun.replace("_", " ")

    @property
    def remedy(self) -> str:
        """Advice for an id that Ashby does not know."""
        if not self.listed_by:
            return ""
        return f"Check {self.argument} with {self.listed_by}{f'; {self.advice}' if self.advice else ''}."

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        check = _id_or_name if self.or_name and self.takes_names else _checked
        return core_schema.no_info_after_validator_function(check, handler(source))


def _id_or_name(value: str) -> str:
    if not value.strip():
        raise ValueError("takes an id or a name, not empty text")
    return certain(value) or value


def _checked(value: str) -> str:
    try:
        return canonical(value)
    except ValueError:
        raise ValueError(f"takes an id such as HwyKUlseTD6dUmwfHHoLEQ, or a UUID; {value!r} isn't one") from None


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
    str,
    Id(
        argument="archive_reason_id",
        records=(ArchiveReason,),
        listed_by="ashby_list_archive_reasons",
        names=Names(keys=("text",), apart=("reasonType",)),
    ),
]
BrandId = Annotated[
    str,
    Id(
        argument="brand_id",
        records=(Brand,),
        listed_by="ashby_list_brands",
        names=Names(keys=("name",)),
    ),
]
CandidateId = Annotated[
    str,
    Id(
        argument="candidate_id",
        records=(Candidate, FoundCandidate),
        listed_by="ashby_search_candidates",
        read_by="ashby_get_candidate",
        advice="ids change when candidates are merged",
        mistaken_for={"application_id": ("candidate", "id"), "user_id": (), "job_id": ()},
        names=Names(
            keys=("name", "primaryEmailAddress.value", "emailAddresses.value"),
            apart=("primaryEmailAddress.value", "company", "createdAt"),
            searched=("name", "email"),
        ),
    ),
]
CloseReasonId = Annotated[
    str,
    Id(
        argument="close_reason_id",
        records=(CloseReason,),
        listed_by="ashby_list_close_reasons",
        names=Names(keys=("reasonText",)),
    ),
    Field(description="Reason for closing."),
]
CommunicationTemplateId = Annotated[
    str,
    Id(
        argument="communication_template_id",
        records=(CommunicationTemplate,),
        listed_by="ashby_list_communication_templates",
        names=Names(keys=("title",), apart=("intendedTypes",)),
    ),
]
CustomFieldId = Annotated[
    str,
    Id(
        argument="custom_field_id",
        records=(CustomField, CustomFieldValue),
        listed_by="ashby_list_custom_fields",
        names=Names(keys=("title",), apart=("objectType", "fieldType"), same={"object_type": "objectType"}),
    ),
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
        names=Names(keys=("name",), apart=("parentId", "externalName")),
    ),
]
FeedbackFormDefinitionId = Annotated[
    str,
    Id(
        argument="feedback_form_definition_id",
        records=(FeedbackForm,),
        listed_by="ashby_list_feedback_form_definitions",
        read_by="ashby_get_feedback_form_definition",
        names=Names(keys=("title",)),
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
EntityId = Annotated[
    str,
    Id(
        argument="entity_id",
        not_listed="entity_type says which kind of record it identifies.",
        keys={"latestVersion": "version", "versions": "version"},
    ),
]
InterviewEventId = Annotated[
    str, Id(argument="interview_event_id", records=(Meeting,), listed_by="ashby_list_interview_schedules")
]
InterviewId = Annotated[
    str,
    Id(
        argument="interview_id",
        records=(Interview,),
        listed_by="ashby_list_interviews",
        names=Names(keys=("title",), apart=("externalTitle", "jobId")),
    ),
]
InterviewPlanId = Annotated[
    str,
    Id(
        argument="interview_plan_id",
        records=(InterviewPlan,),
        listed_by="ashby_list_interview_plans",
        read_by="ashby_list_interview_stages",
        mistaken_for={"job_id": ("defaultInterviewPlanId",), "interview_stage_id": ("interviewPlanId",)},
        names=Names(keys=("title",), apart=("createdAt",)),
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
        keys={"currentInterviewStage": "", "stageId": "", "stages": ""},
        mistaken_for={"interview_plan_id": (), "application_id": ("currentInterviewStage", "id")},
        names=Names(
            keys=("title",),
            apart=("type", "orderInInterviewPlan"),
            also=("type", "Archived"),
            within={
                "interview_plan_id": (),
                "application_id": ("currentInterviewStage", "interviewPlanId"),
                "job_id": ("defaultInterviewPlanId",),
            },
        ),
    ),
]
JobBoardId = Annotated[
    str,
    Id(
        argument="job_board_id",
        records=(JobBoard,),
        listed_by="ashby_list_job_boards",
        names=Names(keys=("title",)),
    ),
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
        names=Names(
            keys=("title", "customRequisitionId"),
            apart=("status", "customRequisitionId", "location.name", "createdAt"),
            listing="ashby_list_jobs",
            filters={"status": ["Draft", "Open", "Closed", "Archived"]},
        ),
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
        names=Names(keys=("title",), apart=("locationName", "departmentName", "jobId")),
    ),
]
JobTemplateId = Annotated[
    str,
    Id(
        argument="job_template_id",
        records=(JobTemplate,),
        listed_by="ashby_list_job_templates",
        names=Names(keys=("title",)),
    ),
]
LocationId = Annotated[
    str,
    Id(
        argument="location_id",
        records=(Location,),
        listed_by="ashby_list_locations",
        keys={"parentLocationId": "parent"},
        mistaken_for={"job_id": ("locationId",)},
        names=Names(keys=("name",), apart=("externalName", "parentLocationId", "workplaceType")),
    ),
]
ObjectId = Annotated[
    str,
    Id(
        argument="object_id",
        not_listed="object_type says which kind of record it identifies.",
        kind_in="object_type",
    ),
]
NotetakerTranscriptId = Annotated[
    str,
    Id(
        argument="notetaker_transcript_id",
        records=(NotetakerTranscript,),
        listed_by="ashby_list_interview_events",
        read_by="ashby_get_interview_transcript",
    ),
]
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
        names=Names(
            keys=("latestVersion.identifier",),
            apart=("openingState", "openedAt"),
            listing="ashby_search_openings",
            searched=("identifier",),
        ),
    ),
]
SourceId = Annotated[
    str,
    Id(
        argument="source_id",
        records=(Source,),
        listed_by="ashby_list_sources",
        names=Names(keys=("title",), apart=("sourceType.title",)),
    ),
]
TagId = Annotated[
    str,
    Id(
        argument="tag_id",
        records=(Tag,),
        listed_by="ashby_list_candidate_tags",
        names=Names(keys=("title",)),
    ),
]
ProjectId = Annotated[
    str,
    Id(argument="project_id", records=(Project,), listed_by="ashby_list_projects", names=Names(keys=("title",))),
]
RoleId = Annotated[
    str,
    Id(
        argument="role_id",
        records=(ApplicationRole,),
        listed_by="ashby_list_application_hiring_team_roles",
        names=Names(keys=("title",)),
    ),
]
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
            "interviewerUserId": "interviewer",
            "interviewers": "",
            "managerId": "manager",
            "scheduledBy": "",
            "submittedByUser": "",
        },
        mistaken_for={"candidate_id": ()},
        names=Names(keys=("email", "firstName lastName"), apart=("email", "globalRole")),
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
