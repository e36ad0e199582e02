"""Changes of many records at once, each by a write of its own. A person decides about all of them together."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from langchain_ashby.bulk import Bulk, Reads
from langchain_ashby.endpoints.applications import ChangeApplicationStage, GetApplication
from langchain_ashby.endpoints.candidates import AddCandidateProject, AddCandidateTag, CreateCandidateNote
from langchain_ashby.endpoints.fields import ArchiveEmail, ListOf, NoteText
from langchain_ashby.endpoints.interviews import ListInterviewStages
from langchain_ashby.endpoints.organization import CustomValue, ObjectType, SetCustomFieldValue
from langchain_ashby.errors import ArgumentError
from langchain_ashby.ids import ApplicationId, ArchiveReasonId, CandidateId, CustomFieldId, ObjectId, ProjectId, TagId

T = TypeVar("T")

MOST = 100
"""The most records of a bulk write: nobody reviews more of them with care."""


def _each_once(values: list[T]) -> list[T]:
    return list(dict.fromkeys(values))


Many = Annotated[ListOf[T], Field(min_length=1, max_length=MOST), AfterValidator(_each_once)]
"""The ids of the records of a bulk write; one that is given twice counts once."""


class ArchiveApplications(Bulk[ChangeApplicationStage]):
    """Reject (turn down) up to 100 applications at once, for one reason, whatever their jobs and plans, with an e-mail
    to each person if wanted. One reviewer decides about all of them together."""

    each = "application_ids"
    line = "Archive {records}; reason: {archive_reason_id}"
    done = "archived"
    steps = (GetApplication, ListInterviewStages)

    application_ids: Many[ApplicationId]
    archive_reason_id: ArchiveReasonId
    archive_email: Annotated[ArchiveEmail | None, Field(description="To each candidate.")] = None

    def single(self, record_id: str, reads: Reads) -> ChangeApplicationStage:
        """Moves an application to the archived stage of its plan.

        Raises:
            ArgumentError: if it is archived already, or its plan has no archived stage.
        """
        application = reads.call(GetApplication(application_id=record_id))
        if application.get("status") == "Archived":
            raise ArgumentError("The application is archived already", code="already_archived", remedy="")
        plan_id = (application.get("currentInterviewStage") or {}).get("interviewPlanId")
        stages = reads.call(ListInterviewStages(interview_plan_id=plan_id)) if plan_id else []
        stage = next((it for it in stages if it.get("type") == "Archived"), None)
        if stage is None:
            raise ArgumentError("No archived stage was found in the application's plan", code="no_archived_stage")
        email = {"archive_email": self.archive_email} if self.archive_email else {}
        return ChangeApplicationStage(
            application_id=record_id,
            interview_stage_id=stage["id"],
            archive_reason_id=self.archive_reason_id,
            **email,
        )


class AddTagToCandidates(Bulk[AddCandidateTag]):
    """Tag up to 100 candidates at once with one existing tag (label)."""

    each = "candidate_ids"
    line = "Tag {records} with {tag_id}"
    done = "tagged"

    candidate_ids: Many[CandidateId]
    tag_id: TagId


class AddNoteToCandidates(Bulk[CreateCandidateNote]):
    """Leave the same note on up to 100 profiles at once. Doing so again leaves it twice."""

    each = "candidate_ids"
    line = "Add a note to {records}"
    done = "given the note"

    candidate_ids: Many[CandidateId]
    note: Annotated[NoteText, Field(description="HTML allows b, i, u, a, ul, ol, li, code, pre.")]
    send_notifications: Annotated[bool | None, Field(description="Default false.")] = None
    is_private: bool | None = None


class AddCandidatesToProject(Bulk[AddCandidateProject]):
    """Put up to 100 candidates into one project or talent pool at once."""

    each = "candidate_ids"
    line = "Add {records} to the project {project_id}"
    done = "added"

    candidate_ids: Many[CandidateId]
    project_id: ProjectId


class SetCustomFieldValueOnMany(Bulk[SetCustomFieldValue]):
    """Set or clear one custom field to the same value on up to 100 applications, candidates, jobs or openings at
    once."""

    each = "object_ids"
    line = "Set the custom field {custom_field_id} of {records} to {after}"
    done = "changed"

    object_type: ObjectType
    object_ids: Many[ObjectId]
    custom_field_id: CustomFieldId
    field_value: CustomValue
