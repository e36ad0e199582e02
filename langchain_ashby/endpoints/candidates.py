"""Candidates: the people who could be hired, with their notes, tags and files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_serializer

from langchain_ashby.effect import Adds, Creates, Removes, Sets, Stored
from langchain_ashby.endpoint import Access, Caller, Endpoint, Operation, Synced
from langchain_ashby.endpoints.fields import (
    Address,
    Email,
    IncludeArchived,
    ListOf,
    Moment,
    NoteContent,
    NoteText,
    SendNotifications,
    Since,
    SocialLink,
    Text,
    WebAddress,
)
from langchain_ashby.endpoints.internal import AttachFile, AttachResume, CreateFileUploadHandle
from langchain_ashby.errors import ArgumentError, already_done
from langchain_ashby.ids import CandidateId, ProjectId, SourceId, TagId, UserId
from langchain_ashby.records import Candidate, FileText, FoundCandidate, Note, Project, Tag


class ListCandidates(Synced[Candidate]):
    """List all candidates, or those added since a date or changed since a sync_token. To find one person use
    ashby_search_candidates."""

    path = "candidate.list"
    permission = "candidatesRead"

    created_after: Since | None = None


class GetCandidate(Endpoint[Candidate]):
    """Get one candidate's full profile: contact details, phone, résumé, tags, custom fields, application ids."""

    path = "candidate.info"
    permission = "candidatesRead"
    exactly_one = ("candidate_id", "external_mapping_id")

    candidate_id: Annotated[CandidateId | None, Field(serialization_alias="id")] = None
    external_mapping_id: Annotated[Text | None, Field(description="The candidate's id in another system.")] = None


class SearchCandidates(Endpoint[list[FoundCandidate]]):
    """Find or look up a candidate, a person, by e-mail or name. Check here before creating one whether they are in
    Ashby already: it accepts duplicates."""

    path = "candidate.search"
    permission = "candidatesRead"
    most_results = 100
    at_least_one = ("email", "name")

    email: Text | None = None
    name: Text | None = None


class CreateCandidate(Endpoint[Candidate]):
    """Add a new candidate or prospect: a person you met, sourced or were referred, with no profile in Ashby yet; to
    consider them for a job, create an application next. Search by e-mail first: a repeat makes a duplicate."""

    path = "candidate.create"
    access = Access.WRITE
    irreversible = "No tool deletes a candidate."
    permission = "candidatesWrite"
    idempotent = False

    name: Annotated[Text, Field(description="Full name.")]
    email: Email | None = None
    phone_number: str | None = None
    linked_in_url: WebAddress | None = None
    github_url: WebAddress | None = None
    website: WebAddress | None = None
    alternate_email_addresses: ListOf[Email] | None = None
    source_id: SourceId | None = None
    credited_to_user_id: UserId | None = None
    location: Address | None = None
    created_at: Moment | None = None


class UpdateCandidate(Endpoint[Candidate]):
    """Correct, change or add to a candidate's profile: name, e-mail, phone, where they live, links such as LinkedIn or
    GitHub, source; omitted fields stay. It can't set a company or merge candidates; for custom fields use
    ashby_set_custom_field_value."""

    path = "candidate.update"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True
    effect = Sets(
        "candidate_id",
        email=Stored("primaryEmailAddress.value", "E-mail address"),
        phone_number="primaryPhoneNumber.value",
        source_id="source",
        credited_to_user_id=Stored("creditedToUser", "Credit"),
        created_at=Stored("createdAt", "Creation time"),
        linked_in_url=Stored("socialLinks[type=LinkedIn].url", "LinkedIn"),
        github_url=Stored("socialLinks[type=GitHub].url", "GitHub"),
        website_url=Stored("socialLinks[type=Website].url", "Website"),
    )

    candidate_id: CandidateId
    name: Text | None = None
    email: Email | None = None
    phone_number: str | None = None
    linked_in_url: WebAddress | None = None
    github_url: WebAddress | None = None
    website_url: WebAddress | None = None
    alternate_email: Annotated[Email | None, Field(description="Adds one.")] = None
    social_links: Annotated[ListOf[SocialLink] | None, Field(description="Replaces all links.")] = None
    source_id: SourceId | None = None
    credited_to_user_id: UserId | None = None
    location: Address | None = None
    created_at: Moment | None = None
    send_notifications: SendNotifications | None = None


class ListCandidateNotes(Synced[Note]):
    """Read the notes and comments that colleagues left on a candidate's profile; private ones if the key can read
    them."""

    path = "candidate.listNotes"
    permission = "candidatesRead"

    candidate_id: CandidateId


class CreateCandidateNote(Endpoint[Note]):
    """Leave, write or jot down a note or comment on a candidate's profile, visible to all with access unless private.
    Each call adds another note."""

    path = "candidate.createNote"
    access = Access.WRITE
    irreversible = "Ashby has no method that deletes a note."
    permission = "candidatesWrite"
    idempotent = False

    candidate_id: CandidateId
    note: Annotated[NoteText, Field(description="HTML allows b, i, u, a, ul, ol, li, code, pre.")]
    send_notifications: Annotated[bool | None, Field(description="Default false.")] = None
    is_private: bool | None = None
    created_at: Moment | None = None

    @field_serializer("note")
    def _with_its_type(self, note: str | NoteContent) -> dict[str, str]:
        return {"type": "text/plain", "value": note} if isinstance(note, str) else note.wire()


class AddCandidateTag(Endpoint[Candidate]):
    """Put an existing tag (label) on one candidate."""

    path = "candidate.addTag"
    access = Access.WRITE
    permission = "candidatesWrite"
    effect = Adds("candidate_id", tag_id="tags", line="Tag {record} with {tag_id}")

    candidate_id: CandidateId
    tag_id: TagId


class ListCandidateTags(Synced[Tag]):
    """List the tags (labels) that candidates can have."""

    path = "candidateTag.list"
    permission = "hiringProcessMetadataRead"

    include_archived: IncludeArchived | None = None


LocalPath = Annotated[Text, Field(description="In a directory the application allows.")]


class UploadCandidateResume(Operation[Candidate]):
    """Upload a résumé or CV to a candidate's profile, replacing the one they have. It fills only empty profile
    fields."""

    path = "candidate.uploadResume"
    access = Access.WRITE
    irreversible = "Ashby has no method that restores an earlier résumé or removes one."
    permission = "candidatesWrite"
    steps = (CreateFileUploadHandle,)
    destructive = True
    exactly_one = ("file_path", "resume_handle")

    candidate_id: CandidateId
    file_path: LocalPath | None = None
    resume_handle: Annotated[Text | None, Field(description="From an upload in the last 10 minutes.")] = None

    def perform(self, caller: Caller) -> Candidate:
        """Uploads the file, unless a handle is given, and attaches it."""
        if self.resume_handle:
            return caller.call(AttachResume(candidate_id=self.candidate_id, resume_handle=self.resume_handle))
        handle = caller.upload(str(self.file_path), "CandidateResume")
        with already_done("The file is uploaded.", _attach_again("resume_handle", handle)):
            return caller.call(AttachResume(candidate_id=self.candidate_id, resume_handle=handle))


class UploadCandidateFile(Operation[Candidate]):
    """Attach (add) a document, such as a portfolio or cover letter, to a candidate, keeping the files they have. For a
    résumé use ashby_upload_candidate_resume."""

    path = "candidate.uploadFile"
    access = Access.WRITE
    irreversible = "Ashby has no method that removes a file."
    permission = "candidatesWrite"
    steps = (CreateFileUploadHandle,)
    idempotent = False
    exactly_one = ("file_path", "file_handle")

    candidate_id: CandidateId
    file_path: LocalPath | None = None
    file_handle: Annotated[Text | None, Field(description="From an upload in the last 10 minutes.")] = None

    def perform(self, caller: Caller) -> Candidate:
        """Uploads the file, unless a handle is given, and attaches it."""
        if self.file_handle:
            return caller.call(AttachFile(candidate_id=self.candidate_id, file_handle=self.file_handle))
        handle = caller.upload(str(self.file_path), "CandidateFiles")
        with already_done("The file is uploaded.", _attach_again("file_handle", handle)):
            return caller.call(AttachFile(candidate_id=self.candidate_id, file_handle=handle))


def _attach_again(argument: str, handle: str) -> str:
    return f"Within ten minutes it can be attached with {argument} {handle} instead of file_path."


class RemoveCandidateTag(Endpoint[Candidate]):
    """Untag a candidate: take a tag (label) off, leaving the others."""

    path = "candidate.removeTag"
    access = Access.WRITE
    permission = "candidatesWrite"
    on_request = True
    destructive = True
    effect = Removes("candidate_id", tag_id="tags", line="Remove {tag_id} from {record}")

    candidate_id: CandidateId
    tag_id: TagId


class CreateCandidateTag(Endpoint[Tag]):
    """Make a new tag (label), unless there is one with this title."""

    path = "candidateTag.create"
    access = Access.WRITE
    irreversible = "No tool deletes a tag."
    permission = "hiringProcessMetadataWrite"
    on_request = True
    effect = Creates(alike_by="title")

    title: Text


class ListProjects(Synced[Project]):
    """List the projects and talent pools, which group candidates outside of jobs."""

    path = "project.list"
    permission = "candidatesRead"
    on_request = True

    created_after: Since | None = None


class SearchProjects(Endpoint[list[Project]]):
    """Find a project or talent pool by its title (at most 100)."""

    path = "project.search"
    permission = "candidatesRead"
    on_request = True
    most_results = 100

    title: Text


class AddCandidateProject(Endpoint[Candidate]):
    """Put a candidate into a project or talent pool."""

    path = "candidate.addProject"
    access = Access.WRITE
    permission = "candidatesWrite"
    on_request = True
    effect = Adds("candidate_id", project_id=None)

    candidate_id: CandidateId
    project_id: ProjectId


class RemoveCandidateProject(Endpoint[Candidate]):
    """Take a candidate out of a project or talent pool they no longer belong in."""

    path = "candidate.removeProject"
    access = Access.WRITE
    permission = "candidatesWrite"
    on_request = True
    destructive = True
    effect = Removes("candidate_id", project_id=None)

    candidate_id: CandidateId
    project_id: ProjectId


class ReadCandidateFile(Operation[FileText]):
    """Read the text of a candidate's résumé or CV, or of another file that is attached: PDF, Word or plain text."""

    path = "file.info"
    permission = "candidatesRead"
    on_request = True
    steps = (GetCandidate,)

    candidate_id: CandidateId
    file_name: Annotated[Text | None, Field(description="Omit for the résumé.")] = None

    def perform(self, caller: Caller) -> FileText:
        """Looks the file up in the profile, downloads it and takes its text out."""
        from langchain_ashby.text.files import text_of

        candidate = caller.call(GetCandidate(candidate_id=self.candidate_id))
        file = self._file(candidate)
        return text_of(caller.download(file["handle"]), file.get("name", ""))

    def _file(self, candidate: Candidate) -> dict[str, str]:
        resume = candidate.get("resumeFileHandle")
        if self.file_name is None and resume and resume.get("handle"):
            return resume
        # Of several with one name, the newest, which is the last.
        files = [*(candidate.get("fileHandles") or []), *([resume] if resume else [])]
        named = [it for it in files if it.get("name") == self.file_name and it.get("handle")]
        if self.file_name is not None and named:
            return named[-1]
        what = "no file of this name" if self.file_name else "no résumé"
        raise ArgumentError(
            f"file_name: the candidate has {what}",
            code="file_not_found",
            remedy="See the names of the candidate's files with ashby_get_candidate.",
        )
