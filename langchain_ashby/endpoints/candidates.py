"""Candidates: the people who could be hired, with their notes, tags and files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_serializer

from langchain_ashby.endpoint import Access, Caller, Endpoint, Operation, Synced
from langchain_ashby.endpoints.fields import (
    Address,
    CandidateId,
    CreditedToUserId,
    Email,
    IncludeArchived,
    ListOf,
    Moment,
    NoteContent,
    SendNotifications,
    Since,
    SocialLink,
    SourceId,
    TagId,
    Text,
    WebAddress,
)
from langchain_ashby.endpoints.steps import AttachFile, AttachResume, CreateFileUploadHandle
from langchain_ashby.records import Candidate, Note, Tag


class ListCandidates(Synced[Candidate]):
    """List all candidates page by page, or those changed since a sync_token.
    To find one person, ashby_search_candidates is quicker."""

    path = "candidate.list"
    permission = "candidatesRead"

    created_after: Since | None = None


class GetCandidate(Endpoint[Candidate]):
    """Get one candidate's profile: contact details, tags, custom fields and application ids."""

    path = "candidate.info"
    permission = "candidatesRead"
    exactly_one = ("candidate_id", "external_mapping_id")

    candidate_id: Annotated[CandidateId | None, Field(serialization_alias="id")] = None
    external_mapping_id: Annotated[str | None, Field(description="The candidate's id in another system.")] = None


class SearchCandidates(Endpoint[list[Candidate]]):
    """Find candidates by e-mail, name or both (at most 100).
    Search here before creating a candidate: Ashby does not refuse duplicates."""

    path = "candidate.search"
    permission = "candidatesRead"
    at_least_one = ("email", "name")

    email: str | None = None
    name: str | None = None


class CreateCandidate(Endpoint[Candidate]):
    """Add a person to Ashby; to consider them for a job, create an application next.
    Search by e-mail first: a second call makes a second candidate."""

    path = "candidate.create"
    access = Access.WRITE
    permission = "candidatesWrite"
    idempotent = False

    name: Annotated[Text, Field(description="First and last name.")]
    email: Email | None = None
    phone_number: str | None = None
    linked_in_url: WebAddress | None = None
    github_url: WebAddress | None = None
    website: WebAddress | None = None
    alternate_email_addresses: ListOf[Email] | None = None
    source_id: SourceId | None = None
    credited_to_user_id: CreditedToUserId | None = None
    location: Address | None = None
    created_at: Moment | None = None


class UpdateCandidate(Endpoint[Candidate]):
    """Change a candidate's profile; what is left out stays as it is.
    Custom fields are set with ashby_set_custom_field_value."""

    path = "candidate.update"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True

    candidate_id: CandidateId
    name: Text | None = None
    email: Email | None = None
    phone_number: str | None = None
    linked_in_url: WebAddress | None = None
    github_url: WebAddress | None = None
    website_url: WebAddress | None = None
    alternate_email: Annotated[Email | None, Field(description="One more address; the others stay.")] = None
    social_links: Annotated[
        ListOf[SocialLink] | None, Field(description="Replaces all links, and overrides the three URLs above.")
    ] = None
    source_id: SourceId | None = None
    credited_to_user_id: CreditedToUserId | None = None
    location: Address | None = None
    created_at: Moment | None = None
    send_notifications: SendNotifications | None = None


class ListCandidateNotes(Synced[Note]):
    """List the notes on a candidate. Private notes appear only if the key may see them."""

    path = "candidate.listNotes"
    permission = "candidatesRead"

    candidate_id: CandidateId


class CreateCandidateNote(Endpoint[Note]):
    """Add a note to a candidate, visible to everybody who may see the candidate unless it is private.
    Each call adds another note."""

    path = "candidate.createNote"
    access = Access.WRITE
    permission = "candidatesWrite"
    idempotent = False

    candidate_id: CandidateId
    note: Annotated[Text | NoteContent, Field(description="Plain text, or HTML of b, i, u, a, ul, ol, li, code, pre.")]
    send_notifications: Annotated[
        bool | None, Field(description="Tell subscribed users; they are not told if left out.")
    ] = None
    is_private: bool | None = None
    created_at: Moment | None = None

    @field_serializer("note")
    def _with_its_type(self, note: str | NoteContent) -> dict[str, str]:
        return {"type": "text/plain", "value": note} if isinstance(note, str) else note.wire()


class AddCandidateTag(Endpoint[Candidate]):
    """Put an existing tag on a candidate."""

    path = "candidate.addTag"
    access = Access.WRITE
    permission = "candidatesWrite"

    candidate_id: CandidateId
    tag_id: TagId


class ListCandidateTags(Synced[Tag]):
    """List the tags that candidates can have."""

    path = "candidateTag.list"
    permission = "hiringProcessMetadataRead"

    include_archived: IncludeArchived | None = None


LocalPath = Annotated[str, Field(description="A file in a directory that the application allows.")]


class UploadCandidateResume(Operation[Candidate]):
    """Set a candidate's résumé, replacing the one they have.
    Ashby fills only empty profile fields from it."""

    path = "candidate.uploadResume"
    access = Access.WRITE
    permission = "candidatesWrite"
    steps = (CreateFileUploadHandle,)
    destructive = True
    exactly_one = ("file_path", "resume_handle")

    candidate_id: CandidateId
    file_path: LocalPath | None = None
    resume_handle: Annotated[str | None, Field(description="Of a file uploaded within the last 10 minutes.")] = None

    def perform(self, caller: Caller) -> Candidate:
        """Upload the file now, unless that is done: a handle lives ten minutes."""
        handle = self.resume_handle or caller.upload(str(self.file_path), "CandidateResume")
        return caller.call(AttachResume(candidate_id=self.candidate_id, resume_handle=handle))


class UploadCandidateFile(Operation[Candidate]):
    """Add a file to a candidate beside the ones they have.
    For a résumé use ashby_upload_candidate_resume."""

    path = "candidate.uploadFile"
    access = Access.WRITE
    permission = "candidatesWrite"
    steps = (CreateFileUploadHandle,)
    idempotent = False
    exactly_one = ("file_path", "file_handle")

    candidate_id: CandidateId
    file_path: LocalPath | None = None
    file_handle: Annotated[str | None, Field(description="Of a file uploaded within the last 10 minutes.")] = None

    def perform(self, caller: Caller) -> Candidate:
        """Upload the file now, unless that is done: a handle lives ten minutes."""
        handle = self.file_handle or caller.upload(str(self.file_path), "CandidateFiles")
        return caller.call(AttachFile(candidate_id=self.candidate_id, file_handle=handle))
