"""Cards for putting candidates into projects and taking them out."""

from __future__ import annotations

from typing import cast

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact
from langchain_ashby.agent.cards.lookup import Reader, reader
from langchain_ashby.agent.cards.names import name_of
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import the_candidate
from langchain_ashby.endpoints.candidates import AddCandidateProject, GetCandidate, RemoveCandidateProject
from langchain_ashby.endpoints.internal import ListCandidateProjects
from langchain_ashby.text.words import UNNAMED, at, called


@builds(AddCandidateProject)
def add(request: AddCandidateProject, reads: ReadCache, builder: CardBuilder) -> None:
    """Put a candidate into a project."""
    name, project = _set(request, reads, builder, True)
    builder.line = f"Add {name} to the project {called(project)}"


@builds(RemoveCandidateProject)
def remove(request: RemoveCandidateProject, reads: ReadCache, builder: CardBuilder) -> None:
    """Take a candidate out of a project."""
    name, project = _set(request, reads, builder, False)
    builder.line = f"Remove {name} from the project {called(project)}"


def _set(
    request: AddCandidateProject | RemoveCandidateProject, reads: ReadCache, builder: CardBuilder, is_in: bool
) -> tuple[str, Fact]:
    """Shows that a candidate will be in a project, or not; returns what to call both."""
    builder.dated = False  # whether the candidate's last change counts this is not documented
    projects = cast(Reader, reader("project_id"))
    found, own, known = reads.all(
        GetCandidate(candidate_id=request.candidate_id),
        ListCandidateProjects(candidate_id=request.candidate_id),
        projects.request(request.project_id),
    )
    _, name = the_candidate(builder, found)
    project = projects.refer(builder, known, request.project_id)
    present = builder.records("The candidate's projects", own)
    others = [name_of(it) or UNNAMED for it in present if at(it, "id") != request.project_id]
    was_in = len(others) < len(present)
    before = was_in if was_in or present.complete else UNREAD
    with_it, without_it = ", ".join([*others, at(project, "name")]), ", ".join(others) or None
    change = ("Projects", with_it if was_in else without_it, with_it if is_in else without_it)
    builder.set_field(f"Project {at(project, 'name')}", before, is_in, change=change)
    if before is is_in:
        builder.warn("Already up to date; nothing would change.")
    return name, project
