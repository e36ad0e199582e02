"""Cards for writes on openings."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_ashby.agent.cards.draft import UNREAD, Draft, Fact, Record
from langchain_ashby.agent.cards.jobs import present_department
from langchain_ashby.agent.cards.look import Look
from langchain_ashby.agent.cards.reads import ListCloseReasons
from langchain_ashby.agent.cards.shared import line_of_changes, value_of
from langchain_ashby.agent.cards.words import UNNAMED, at, count, day, enumerated, joined, named, one_line, paragraph
from langchain_ashby.endpoints.jobs import GetJob
from langchain_ashby.endpoints.openings import (
    AddOpeningJob,
    CreateOpening,
    GetOpening,
    ListOpenings,
    RemoveOpeningJob,
    SearchOpenings,
    SetOpeningArchived,
    SetOpeningState,
    UpdateOpening,
)
from langchain_ashby.endpoints.organization import GetDepartment, ListLocations

MOST_JOBS = 5
"""How many of an opening's jobs are named."""


def create(request: CreateOpening, look: Look, draft: Draft) -> None:
    """Create an opening."""
    job_ids = request.job_ids or []
    known_read, department_read, locations, *jobs = look.all(
        SearchOpenings(identifier=request.identifier) if request.identifier else ListOpenings(),
        GetDepartment(department_id=request.department_id) if request.department_id else None,
        ListLocations(include_archived=True, include_location_hierarchy=True) if request.location_ids else None,
        *(GetJob(job_id=it) for it in job_ids),
    )
    department = draft.named("The department", department_read, request.department_id, "name")
    places = [draft.named("The location", locations, it, "name")["name"] for it in request.location_ids or []]
    titles = [_job_name(draft, read) for read in jobs]
    state = request.opening_state or "Draft"
    name = f"the opening {named(request.identifier)}" if request.identifier else "an opening without an identifier"
    draft.line = f"Create {name}{f' for {joined([named(it) for it in titles])}' if titles else ''}"
    draft.adds("Identifier", request.identifier and one_line(request.identifier))
    draft.adds("State", enumerated(state))
    draft.adds("Jobs", ", ".join(titles) or None)
    draft.adds("Department", department and department["name"])
    draft.adds("Locations", ", ".join(places) or None)
    draft.adds("Description", paragraph(request.description) if request.description else None)
    draft.adds("Target hire date", _day(request.target_hire_date))
    draft.adds("Target start date", _day(request.target_start_date))
    draft.adds("Replaces somebody who left", None if request.is_backfill is None else _yes(request.is_backfill))
    draft.adds("Employment type", _enumerated(request.employment_type))
    draft.happens("The agent cannot delete the opening again; it could only be archived.")
    if state == "Open":
        draft.happens("The opening is open at once: an offer can be made for it.", "medium")
    if state != "Draft" and not (request.identifier and job_ids):
        draft.warn(f"An opening may need an identifier and a job to be {enumerated(state)}: Ashby may refuse.")
    for key, words in (("target_hire_date", "hire"), ("target_start_date", "start")):
        given = getattr(request, key)
        if given and given < look.now.date():
            draft.warn(f"The target {words} date is in the past: {day(given)}.")
    known = draft.records("The openings that are there", known_read)
    alike = [it for it in known if _is_like(it, request)]
    if request.identifier:
        for opening in alike:
            draft.warn(f"An opening {named(request.identifier)} exists: it is {state_of(opening)}.", "high")
    draft.looks_alike("Openings like this", alike, known.complete, "latestVersion.createdAt")


def update(request: UpdateOpening, look: Look, draft: Draft) -> None:
    """Change an opening."""
    found, department_read, same_identifier = look.all(
        GetOpening(opening_id=request.opening_id),
        GetDepartment(department_id=request.department_id) if request.department_id else None,
        SearchOpenings(identifier=request.identifier) if request.identifier else None,
    )
    opening, name = the_opening(draft, found)
    version: Record = at(opening, "latestVersion") or {}
    if request.identifier:
        draft.sets("Identifier", value_of(version, "identifier"), request.identifier, _text)
    if request.description is not None:
        draft.sets("Description", value_of(version, "description"), request.description, _text)
    if request.department_id:
        after = draft.named("The department", department_read, request.department_id, "name")
        key = "teamId" if "teamId" in version else "departmentId"
        draft.sets("Department", present_department(draft, look, version, key), after)
    if request.target_hire_date:
        draft.sets("Target hire date", _date_of(version, "targetHireDate"), str(request.target_hire_date), _day)
    if request.target_start_date:
        draft.sets("Target start date", _date_of(version, "targetStartDate"), str(request.target_start_date), _day)
    if request.is_backfill is not None:
        draft.sets("Replaces somebody who left", value_of(version, "isBackfill"), request.is_backfill)
    if request.employment_type:
        draft.sets("Employment type", value_of(version, "employmentType"), request.employment_type, _enumerated)
    draft.line = line_of_changes(draft, name)
    for other in draft.records("The openings with this identifier", same_identifier):
        if at(other, "id") != request.opening_id:
            draft.warn(f"Another opening has this identifier: it is {state_of(other)}.")


def add_job(request: AddOpeningJob, look: Look, draft: Draft) -> None:
    """Let an opening be filled through one more job."""
    _change_job(request, look, draft, after=True)


def remove_job(request: RemoveOpeningJob, look: Look, draft: Draft) -> None:
    """Take a job away from an opening."""
    _change_job(request, look, draft, after=False)


def _change_job(request: AddOpeningJob | RemoveOpeningJob, look: Look, draft: Draft, *, after: bool) -> None:
    found, job_read = look.all(GetOpening(opening_id=request.opening_id), GetJob(job_id=request.job_id))
    opening, name = the_opening(draft, found)
    job = _job_name(draft, job_read)
    present = at(opening, "latestVersion", "jobIds")
    ids = present if isinstance(present, list) else []
    others = _job_names(draft, look, [it for it in ids if it != request.job_id])
    before = request.job_id in ids if isinstance(present, list) else UNREAD
    change = (
        "Jobs",
        ", ".join([*others, *([job] if before is True else [])]) or None,
        ", ".join([*others, *([job] if after else [])]) or None,
    )
    draft.sets(f"Filled through the job {job}", before, after, change=change)
    draft.line = f"Let {name} be filled through {named(job)}" if after else f"Take the job {named(job)} from {name}"
    if before is after:
        draft.warn(f"{'It can be filled through' if after else 'It has nothing to do with'} this job already.")
    if after and others:
        draft.warn(f"The opening has {'another job' if len(others) == 1 else 'other jobs'}: {joined(others)}.", "low")
    if not after and before is True and not others:
        draft.warn("It is the opening's only job: it could not be filled any more.")
    _warn_of_state(draft, opening)


def set_state(request: SetOpeningState, look: Look, draft: Draft) -> None:
    """Set an opening's state."""
    found, reasons = look.all(
        GetOpening(opening_id=request.opening_id),
        ListCloseReasons(include_archived=True) if request.close_reason_id else None,
    )
    opening, name = the_opening(draft, found)
    reason = draft.named("The close reason", reasons, request.close_reason_id, "reasonText", "text")
    draft.sets("State", value_of(opening, "openingState"), request.opening_state, _enumerated)
    if reason:
        draft.adds("Close reason", reason["name"])
    because = f"; reason: {named(reason['name'])}" if reason else ""
    state = enumerated(at(opening, "openingState") or UNNAMED)
    draft.line = f"Set {name} from {state} to {enumerated(request.opening_state)}{because}"
    if at(opening, "openingState") == request.opening_state:
        draft.warn("The opening is in that state already.")
    _warn_of_state(draft, opening)
    if request.opening_state in ("Draft", "Closed"):
        draft.happens("No offer can be made for it any more.", "medium")
    else:
        draft.happens("Offers can be made for it.")
        version = at(opening, "latestVersion")
        if opening and not (at(version, "identifier") and at(version, "jobIds")):
            draft.warn("The opening has no identifier or no job: Ashby may refuse.")
    if reason and request.opening_state != "Closed":
        draft.warn("A close reason is for closing only: Ashby will refuse.")


def set_archived(request: SetOpeningArchived, look: Look, draft: Draft) -> None:
    """Archive an opening, or bring it back."""
    [found] = look.all(GetOpening(opening_id=request.opening_id))
    opening, name = the_opening(draft, found)
    draft.sets("Archived", value_of(opening, "isArchived"), request.archive)
    draft.line = f"Archive {name}" if request.archive else f"Bring {name} back from the archive"
    if at(opening, "isArchived") is request.archive:
        draft.warn(f"The opening is {'archived' if request.archive else 'not archived'} already.")
    if request.archive:
        draft.raise_risk("high")
        draft.happens("It can be brought back from the archive.")
        if at(opening, "openingState") == "Open":
            draft.warn("The opening is open.")
        if at(opening, "openingState") == "Filled":
            draft.warn("The opening is filled.")
    if opening:
        draft.facts["State"] = at(opening, "openingState")


def the_opening(draft: Draft, found: Any) -> tuple[Record, str]:
    """An opening that was read, and what to call it in a sentence."""
    opening = draft.record("The opening", found)
    if not opening:
        return opening, "an opening that could not be read"
    identifier = at(opening, "latestVersion", "identifier")
    return opening, f"the opening {named(identifier)}" if identifier else "an opening without an identifier"


def state_of(opening: Record) -> str:
    """The state of an opening in words."""
    return "archived" if at(opening, "isArchived") is True else enumerated(at(opening, "openingState") or UNNAMED)


def _warn_of_state(draft: Draft, opening: Record) -> None:
    if at(opening, "isArchived") is True:
        draft.warn("The opening is archived.")
    if at(opening, "openingState") == "Filled":
        draft.warn("The opening is filled: somebody was hired for it.", "high")


def _job_names(draft: Draft, look: Look, ids: list[str]) -> list[str]:
    names = [_job_name(draft, it) for it in look.all(*(GetJob(job_id=it) for it in ids[:MOST_JOBS]))]
    return [*names, f"{count(len(ids) - MOST_JOBS, 'more job')}"] if len(ids) > MOST_JOBS else names


def _job_name(draft: Draft, found: Any) -> str:
    job = draft.record("A job of the opening", found)
    if at(job, "confidential") is True:
        draft.warn(f"The job {named(at(job, 'title'))} is confidential.")
    if at(job, "status") == "Archived":
        draft.warn(f"The job {named(at(job, 'title'))} is archived.")
    return one_line(at(job, "title") or UNNAMED, 120)


def _is_like(opening: Record, request: CreateOpening) -> bool:
    """Whether an opening has the identifier; if none is given, whether it has what else is given."""
    version = at(opening, "latestVersion")
    if request.identifier:
        return str(at(version, "identifier")).casefold() == request.identifier.casefold()
    return (
        not at(version, "identifier")
        and (at(version, "description") or "") == (request.description or "")
        and sorted(at(version, "jobIds") or []) == sorted(request.job_ids or [])
    )


def _date_of(version: Record, key: str) -> Fact:
    return str(at(version, key))[:10] if at(version, key) else None if version else UNREAD


def _day(value: date | str | None) -> str | None:
    if value is None:
        return None
    return day(value) if isinstance(value, date) else day(date.fromisoformat(value))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _text(value: Fact) -> str | None:
    return paragraph(value) if value else None


def _enumerated(value: Fact) -> str | None:
    return enumerated(value) if value else None
