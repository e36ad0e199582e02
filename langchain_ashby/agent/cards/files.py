"""Cards for uploads: which file it is, down to its hash."""

from __future__ import annotations

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import the_candidate
from langchain_ashby.endpoints.candidates import GetCandidate, UploadCandidateFile, UploadCandidateResume
from langchain_ashby.errors import ArgumentError
from langchain_ashby.text.words import at, named, one_line

HASH = "SHA-256"

_RESUME_TYPES = ("pdf", "msword", "officedocument.wordprocessing", "opendocument.text", "rtf", "text/plain", "html")


@builds(UploadCandidateResume)
def upload_resume(request: UploadCandidateResume, reads: ReadCache, builder: CardBuilder) -> None:
    """Set a candidate's résumé."""
    [found] = reads.all(GetCandidate(candidate_id=request.candidate_id))
    candidate, name = the_candidate(builder, found)
    file = _local_file(builder, reads, request.file_path)
    present = at(candidate, "resumeFileHandle")
    what, by = ("Replace", "with") if present else ("Set", "to")
    builder.line = f"{what} the résumé of {name} {by} {named(file) if file else 'a file that was uploaded before'}"
    if candidate:
        there = {"id": at(present, "id"), "name": one_line(at(present, "name") or "", 120)} if present else None
        change = ("Résumé", there["name"] if there else None, file or "a file that was uploaded before")
        before = UNREAD if is_unread(candidate, "resumeFileHandle") else there
        builder.implied("Résumé", before, {"id": None, "name": file}, change=change)
        builder.changes.insert(0, builder.changes.pop())  # before the particulars of the file
    builder.consequence("Ashby reads the file and fills in what is missing on the profile; existing values stay.")
    if file and not any(kind in builder.facts.get("Type", "") for kind in _RESUME_TYPES):
        builder.warn("This file type is unusual for a résumé.")
    if file:
        alike = [present] if at(present, "name") == file else []
        like = [request.candidate_id, file]
        # A name says nothing about what is in the file.
        builder.lookalikes("Résumé with this file's name", like, alike, bool(candidate), None, doubtful=alike)


@builds(UploadCandidateFile)
def upload_file(request: UploadCandidateFile, reads: ReadCache, builder: CardBuilder) -> None:
    """Add a file to a candidate."""
    [found] = reads.all(GetCandidate(candidate_id=request.candidate_id))
    candidate, name = the_candidate(builder, found)
    file = _local_file(builder, reads, request.file_path)
    what = f"the file {named(file)}" if file else "a file that was uploaded before"
    builder.line = f"Attach {what} to the profile of {name}"
    builder.consequence("The agent can't remove files.")
    if file:
        there = at(candidate, "fileHandles")
        alike = [it for it in there or [] if at(it, "name") == file]
        if alike:
            builder.warn("The candidate already has a file of this name.")
        like = [request.candidate_id, file]
        builder.lookalikes("Files of this name", like, alike, there is not None, None, doubtful=alike)


def _local_file(builder: CardBuilder, reads: ReadCache, path: str | None) -> str | None:
    """The name of the local file, whose particulars go onto the card; None if it is not known."""
    if path is None:
        builder.not_checked("Which file it is cannot be seen: only its upload handle is given.")
        return None
    try:
        file = reads.client.local_file(path)
    except ArgumentError as error:
        builder.warn(f"The file cannot be uploaded: {one_line(error.message)}.", "high")
        builder.not_checked("Which file it is: it could not be read, so it will not be uploaded.")
        return one_line(path.replace("\\", "/").rpartition("/")[2], 120)
    particulars = {"File": file.name, "Size": _size(len(file.content)), "Type": file.content_type, HASH: file.sha256}
    for title, value in particulars.items():
        builder.facts[title] = value
        builder.new_value(title, one_line(value))
    return file.name


def _size(number: int) -> str:
    words = f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{number / 1000:.1f} kB"
    return f"{number:,} bytes ({words})" if number >= 1000 else f"{number} bytes"
