"""Ashby methods that tools and approval cards call but that are not tools themselves."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue

from langchain_ashby.endpoint import SENT_AS_NULL, Access, Arguments, Endpoint, Paged
from langchain_ashby.ids import (
    ApplicationId,
    CandidateId,
    CustomFieldId,
    EntityId,
    FeedbackFormDefinitionId,
    InterviewEventId,
    ObjectId,
    OfferFormId,
    OfferId,
    OfferProcessId,
    UserId,
    canonical,
)
from langchain_ashby.records import (
    Candidate,
    CustomFieldValue,
    FeedbackReceipt,
    FileAddress,
    Offer,
    OfferForm,
    OfferProcess,
    Project,
    UploadHandle,
    User,
)


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise TypeError("is not text")


def _texts(value: Any) -> None:
    for text in value.values():
        _text(text)


class FormSubmission(Arguments):
    """A field's path and the value that Ashby stores there."""

    path: str
    value: JsonValue


class FormSubmissions(Arguments):
    """A completed form."""

    field_submissions: list[FormSubmission]

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Makes it from values by path."""
        return cls(field_submissions=[FormSubmission(path=path, value=value) for path, value in values.items()])


class CreateFileUploadHandle(Endpoint[UploadHandle]):
    """Gets a handle and an address to upload a file to. The handle expires after ten minutes."""

    path = "file.createFileUploadHandle"
    access = Access.WRITE
    permission = "candidatesWrite"
    idempotent = False
    required_results = {"handle": _text, "url": _text, "fields": _texts}  # noqa: RUF012

    file_upload_context: Literal["CandidateResume", "CandidateFiles", "ApplicationForm"]
    filename: str
    content_type: str
    content_length: int


class GetFile(Endpoint[FileAddress]):
    """Gets the address of a file, which works for a short while."""

    path = "file.info"
    permission = "candidatesRead"
    required_results = {"url": _text}  # noqa: RUF012

    file_handle: str


class AttachResume(Endpoint[Candidate]):
    """Makes an uploaded file the candidate's résumé."""

    path = "candidate.uploadResume"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True

    candidate_id: CandidateId
    resume_handle: str


class AttachFile(Endpoint[Candidate]):
    """Adds an uploaded file to the candidate."""

    path = "candidate.uploadFile"
    access = Access.WRITE
    permission = "candidatesWrite"
    idempotent = False

    candidate_id: CandidateId
    file_handle: str


class SubmitFeedback(Endpoint[FeedbackReceipt]):
    """Submits a scorecard whose values are in Ashby's form already."""

    path = "applicationFeedback.submit"
    access = Access.WRITE
    permission = "candidatesWrite"
    idempotent = False

    application_id: ApplicationId
    feedback_form_definition_id: Annotated[FeedbackFormDefinitionId, Field(serialization_alias="formDefinitionId")]
    feedback_form: FormSubmissions
    user_id: UserId | None = None
    interview_event_id: InterviewEventId | None = None


class StartOfferProcess(Endpoint[OfferProcess]):
    """Starts the process of making an offer."""

    path = "offerProcess.start"
    access = Access.WRITE
    permission = "offersWrite"
    idempotent = False
    required_results = {"id": canonical}  # noqa: RUF012

    application_id: ApplicationId


class StartOffer(Endpoint[OfferForm]):
    """Starts an offer's form."""

    path = "offer.start"
    access = Access.WRITE
    permission = "offersWrite"
    idempotent = False
    required_results = {"id": canonical}  # noqa: RUF012

    offer_process_id: OfferProcessId


class SubmitOffer(Endpoint[Offer]):
    """Submits an offer's form whose values are in Ashby's form already."""

    path = "offer.create"
    access = Access.WRITE
    permission = "offersWrite"
    idempotent = False

    offer_process_id: OfferProcessId
    offer_form_id: OfferFormId
    offer_form: FormSubmissions
    exclude_form_definition: bool | None = None


class SubmitOfferUpdate(Endpoint[Offer]):
    """Submits an offer's changed form whose values are in Ashby's form already."""

    path = "offer.update"
    access = Access.WRITE
    permission = "offersWrite"
    destructive = True
    idempotent = False

    offer_id: OfferId
    offer_form: FormSubmissions
    exclude_form_definition: bool | None = None


class StartApproval(Endpoint[Offer]):
    """Sends a version of an offer to its approvers."""

    path = "offer.startApprovalProcess"
    access = Access.WRITE
    permission = "offersWrite"
    idempotent = False

    offer_version_id: EntityId
    note: str | None = None
    exclude_form_definition: bool | None = None


class UserInfo(Endpoint[User]):
    """A user by id."""

    path = "user.info"
    permission = "organizationRead"

    user_id: UserId


class FindUser(Endpoint[list[User]]):
    """The users with an e-mail address, at most one."""

    path = "user.search"
    permission = "organizationRead"

    email: str

    @classmethod
    def read_result(cls, envelope: dict[str, Any]) -> list[User]:
        """The users, as a list that can be indexed."""
        users = super().read_result(envelope)
        if not isinstance(users, list):
            raise ValueError("has no list of users")
        return users


class StoreCustomFieldValue(Endpoint[CustomFieldValue]):
    """Stores a custom field's value that is in Ashby's form already."""

    path = "customField.setValue"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True

    object_type: str
    object_id: ObjectId
    custom_field_id: Annotated[CustomFieldId, Field(serialization_alias="fieldId")]
    field_value: Annotated[JsonValue, SENT_AS_NULL]


class StoreCustomFieldValues(Endpoint[list[CustomFieldValue]]):
    """Stores the values of several custom fields of a record, each `{"fieldId", "fieldValue"}` in Ashby's form."""

    path = "customField.setValues"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True

    object_type: str
    object_id: ObjectId
    values: list[JsonValue]


class ListCandidateProjects(Paged[Project]):
    """The projects that a candidate is in."""

    path = "candidate.listProjects"
    permission = "candidatesRead"

    candidate_id: CandidateId
