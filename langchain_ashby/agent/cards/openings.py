"""Cards for writes on openings."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.jobs import present_department
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.shared import line_of_changes, value_of
from langchain_ashby.endpoints.internal import ListCloseReasons
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
from langchain_ashby.text.words import UNNAMED, at, count, day, enumerated, joined, named, one_line, paragraph

MOST_JOBS = 5
"""How many of an opening's jobs are named."""


def create(request: CreateOpening, reads: ReadCache, builder: CardBuilder) -> None:
    """Create an opening."""
    job_ids = request.job_ids or []
    known_read, department_read, locations, *jobs = reads.all(
        SearchOpenings(identifier=request.identifier) if request.identifier else ListOpenings(),
        GetDepartment(department_id=request.department_id) if request.department_id else None,
        ListLocations(include_archived=True, include_location_hierarchy=True) if request.location_ids else None,
        *(GetJob(job_id=it) for it in job_ids),
    )
    department = builder.named("The department", department_read, request.department_id, "name")
    places = [builder.named("The location", locations, it, "name")["name"] for it in request.location_ids or []]
    titles = [_job_name(builder, read) for read in jobs]
    state = request.opening_state or "Draft"
    name = f"the opening {named(request.identifier)}" if request.identifier else "an opening without an identifier"
    builder.line = f"Create {name}{f' for {joined([named(it) for it in titles])}' if titles else ''}"
    builder.new_value("Identifier", request.identifier and one_line(request.identifier))
    builder.new_value("State", enumerated(state))
    builder.new_value("Jobs", ", ".join(titles) or None)
    builder.new_value("Department", department and department["name"])
    builder.new_value("Locations", ", ".join(places) or None)
    builder.new_value("Description", paragraph(request.description) if request.description else None)
    builder.new_value("Target hire date", _day(request.target_hire_date))
    builder.new_value("Target start date", _day(request.target_start_date))
    builder.new_value("Replaces somebody who left", None if request.is_backfill is None else _yes(request.is_backfill))
    builder.new_value("Employment type", _enumerated(request.employment_type))
    builder.consequence("The agent cannot delete the opening again; it could only be archived.")
    if state == "Open":
        builder.consequence("The opening is open at once: an offer can be made for it.", "medium")
    if state != "Draft" and not (request.identifier and job_ids):
        builder.warn(f"An opening may need an identifier and a job to be {enumerated(state)}: Ashby may refuse.")
    for key, words in (("target_hire_date", "hire"), ("target_start_date", "start")):
        given = getattr(request, key)
        if given and given < reads.now.date():
            builder.warn(f"The target {words} date is in the past: {day(given)}.")
    known = builder.records("The openings that are there", known_read)
    alike = [it for it in known if _is_like(it, request)]
    if request.identifier:
        for opening in alike:
            builder.warn(f"An opening {named(request.identifier)} exists: it is {state_of(opening)}.", "high")
    builder.lookalikes("Openings like this", alike, known.complete, "latestVersion.createdAt")


def update(request: UpdateOpening, reads: ReadCache, builder: CardBuilder) -> None:
    """Change an opening."""
    found, department_read, same_identifier = reads.all(
        GetOpening(opening_id=request.opening_id),
        GetDepartment(department_id=request.department_id) if request.department_id else None,
        SearchOpenings(identifier=request.identifier) if request.identifier else None,
    )
    opening, name = the_opening(builder, found)
    version: Record = at(opening, "latestVersion") or {}
    if request.identifier:
        builder.set_field("Identifier", value_of(version, "identifier"), request.identifier, _text)
    if request.description is not None:
        builder.set_field("Description", value_of(version, "description"), request.description, _text)
    if request.department_id:
        after = builder.named("The department", department_read, request.department_id, "name")
        key = "teamId" if "teamId" in version else "departmentId"
        builder.set_field("Department", present_department(builder, reads, version, key), after)
    if request.target_hire_date:
        builder.set_field("Target hire date", _date_of(version, "targetHireDate"), str(request.target_hire_date), _day)
    if request.target_start_date:
        builder.set_field(
            "Target start date", _date_of(version, "targetStartDate"), str(request.target_start_date), _day
        )
    if request.is_backfill is not None:
        builder.set_field("Replaces somebody who left", value_of(version, "isBackfill"), request.is_backfill)
    if request.employment_type:
        builder.set_field("Employment type", value_of(version, "employmentType"), request.employment_type, _enumerated)
    builder.line = line_of_changes(builder, name)
    for other in builder.records("The openings with this identifier", same_identifier):
        if at(other, "id") != request.opening_id:
            builder.warn(f"Another opening has this identifier: it is {state_of(other)}.")


def add_job(request: AddOpeningJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Let an opening be filled through one more job."""
    _change_job(request, reads, builder, after=True)


def remove_job(request: RemoveOpeningJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Take a job away from an opening."""
    _change_job(request, reads, builder, after=False)


def _change_job(
    request: AddOpeningJob | RemoveOpeningJob, reads: ReadCache, builder: CardBuilder, *, after: bool
) -> None:
    found, job_read = reads.all(GetOpening(opening_id=request.opening_id), GetJob(job_id=request.job_id))
    opening, name = the_opening(builder, found)
    job = _job_name(builder, job_read)
    present = at(opening, "latestVersion", "jobIds")
    ids = present if isinstance(present, list) else []
    others = _job_names(builder, reads, [it for it in ids if it != request.job_id])
    before = request.job_id in ids if isinstance(present, list) else UNREAD
    change = (
        "Jobs",
        ", ".join([*others, *([job] if before is True else [])]) or None,
        ", ".join([*others, *([job] if after else [])]) or None,
    )
    builder.set_field(f"Filled through the job {job}", before, after, change=change)
    builder.line = f"Let {name} be filled through {named(job)}" if after else f"Take the job {named(job)} from {name}"
    if before is after:
        builder.warn(f"{'It can be filled through' if after else 'It has nothing to do with'} this job already.")
    if after and others:
        builder.warn(f"The opening has {'another job' if len(others) == 1 else 'other jobs'}: {joined(others)}.", "low")
    if not after and before is True and not others:
        builder.warn("It is the opening's only job: it could not be filled any more.")
    _warn_of_state(builder, opening)


def set_state(request: SetOpeningState, reads: ReadCache, builder: CardBuilder) -> None:
    """Set an opening's state."""
    found, reasons = reads.all(
        GetOpening(opening_id=request.opening_id),
        ListCloseReasons(include_archived=True) if request.close_reason_id else None,
    )
    opening, name = the_opening(builder, found)
    reason = builder.named("The close reason", reasons, request.close_reason_id, "reasonText", "text")
    builder.set_field("State", value_of(opening, "openingState"), request.opening_state, _enumerated)
    if reason:
        builder.new_value("Close reason", reason["name"])
    because = f"; reason: {named(reason['name'])}" if reason else ""
    state = enumerated(at(opening, "openingState") or UNNAMED)
    builder.line = f"Set {name} from {state} to {enumerated(request.opening_state)}{because}"
    if at(opening, "openingState") == request.opening_state:
        builder.warn("The opening is in that state already.")
    _warn_of_state(builder, opening)
    if request.opening_state in ("Draft", "Closed"):
        builder.consequence("No offer can be made for it any more.", "medium")
    else:
        builder.consequence("Offers can be made for it.")
        version = at(opening, "latestVersion")
        if opening and not (at(version, "identifier") and at(version, "jobIds")):
            builder.warn("The opening has no identifier or no job: Ashby may refuse.")
    if reason and request.opening_state != "Closed":
        builder.warn("A close reason is for closing only: Ashby will refuse.")


def set_archived(request: SetOpeningArchived, reads: ReadCache, builder: CardBuilder) -> None:
    """Archive an opening, or bring it back."""
    [found] = reads.all(GetOpening(opening_id=request.opening_id))
    opening, name = the_opening(builder, found)
    builder.set_field("Archived", value_of(opening, "isArchived"), request.archive)
    builder.line = f"Archive {name}" if request.archive else f"Bring {name} back from the archive"
    if at(opening, "isArchived") is request.archive:
        builder.warn(f"The opening is {'archived' if request.archive else 'not archived'} already.")
    if request.archive:
        builder.raise_risk("high")
        builder.consequence("It can be brought back from the archive.")
        if at(opening, "openingState") == "Open":
            builder.warn("The opening is open.")
        if at(opening, "openingState") == "Filled":
            builder.warn("The opening is filled.")
    if opening:
        builder.facts["State"] = at(opening, "openingState")


def the_opening(builder: CardBuilder, found: Any) -> tuple[Record, str]:
    """An opening that was read, and what to call it in a sentence."""
    opening = builder.record("The opening", found)
    if not opening:
        return opening, "an opening that could not be read"
    identifier = at(opening, "latestVersion", "identifier")
    return opening, f"the opening {named(identifier)}" if identifier else "an opening without an identifier"


def state_of(opening: Record) -> str:
    """The state of an opening in words."""
    return "archived" if at(opening, "isArchived") is True else enumerated(at(opening, "openingState") or UNNAMED)


def _warn_of_state(builder: CardBuilder, opening: Record) -> None:
    if at(opening, "isArchived") is True:
        builder.warn("The opening is archived.")
    if at(opening, "openingState") == "Filled":
        builder.warn("The opening is filled: somebody was hired for it.", "high")


def _job_names(builder: CardBuilder, reads: ReadCache, ids: list[str]) -> list[str]:
    names = [_job_name(builder, it) for it in reads.all(*(GetJob(job_id=it) for it in ids[:MOST_JOBS]))]
    return [*names, f"{count(len(ids) - MOST_JOBS, 'more job')}"] if len(ids) > MOST_JOBS else names


def _job_name(builder: CardBuilder, found: Any) -> str:
    job = builder.record("A job of the opening", found)
    if at(job, "confidential") is True:
        builder.warn(f"The job {named(at(job, 'title'))} is confidential.")
    if at(job, "status") == "Archived":
        builder.warn(f"The job {named(at(job, 'title'))} is archived.")
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
