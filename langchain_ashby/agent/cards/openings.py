"""Cards for writes on openings."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_ashby.agent.cards.as_sent import shows
from langchain_ashby.agent.cards.builder import CardBuilder, Record
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.lookup import request_for
from langchain_ashby.agent.cards.plain import derive
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import called_job, the_department
from langchain_ashby.endpoints.fields import EmploymentType
from langchain_ashby.endpoints.openings import (
    AddOpeningJob,
    AddOpeningLocation,
    CreateOpening,
    ListOpenings,
    RemoveOpeningJob,
    RemoveOpeningLocation,
    SearchOpenings,
    SetOpeningArchived,
    SetOpeningState,
    UpdateOpening,
)
from langchain_ashby.endpoints.organization import GetDepartment, ListLocations
from langchain_ashby.text.words import UNNAMED, at, called, day, enumerated, given, joined, named, paragraph, shown

EMPLOYMENT: EmploymentType = "FullTime"
"""The employment type of an opening if none is given."""


@builds(CreateOpening)
def create(request: CreateOpening, reads: ReadCache, builder: CardBuilder) -> None:
    """Create an opening."""
    job_ids = request.job_ids or []
    known_read, department_read, locations, *jobs = reads.all(
        SearchOpenings(identifier=request.identifier) if request.identifier else ListOpenings(),
        GetDepartment(department_id=request.department_id) if request.department_id else None,
        ListLocations(include_archived=True, include_location_hierarchy=True) if request.location_ids else None,
        *(request_for("job_id", it) for it in job_ids),
    )
    department = request.department_id and the_department(builder, department_read, request.department_id)
    places = [builder.named("The location", locations, it, "name") for it in request.location_ids or []]
    titles = [_job_name(builder, read) for read in jobs]
    state = request.opening_state or "Draft"
    name = f"the opening {named(request.identifier)}" if request.identifier else "an opening without an identifier"
    builder.line = f"Create {name}{f' for {joined(titles)}' if titles else ''}"
    builder.new_value("Identifier", request.identifier and given(request.identifier))
    builder.new_value("State", enumerated(state))
    builder.new_value("Jobs", ", ".join(titles) or None)
    builder.new_value("Department", shown(department))
    builder.new_value("Locations", shown(places))
    builder.new_value("Description", paragraph(request.description) if request.description else None)
    builder.new_value("Target hire date", _day(request.target_hire_date))
    builder.new_value("Target start date", _day(request.target_start_date))
    builder.new_value("Replaces somebody who left", _or_default(request.is_backfill, "no"))
    builder.new_value("Employment type", _or_default(request.employment_type, enumerated(EMPLOYMENT)))
    builder.consequence("The agent can't delete the opening; it can only archive it.")
    if state == "Open":
        builder.raise_risk("medium")
    if state != "Draft":
        builder.consequence("Ashby checks more than for a draft; exactly what is not documented.")
    if state != "Draft" and not (request.identifier and job_ids):
        builder.warn(f"An opening may need an identifier and a job to be {enumerated(state)}: Ashby may refuse.")
    for key, words in (("target_hire_date", "hire"), ("target_start_date", "start")):
        target = getattr(request, key)
        if target and target < builder.today:
            builder.warn(f"The target {words} date is in the past: {day(target)}.")
    known = builder.records("The existing openings", known_read)
    alike = [it for it in known if _is_like(it, request)]
    if request.identifier:
        for opening in alike:
            builder.warn(f"An opening {named(request.identifier)} exists: it is {state_of(opening)}.", "high")
    like = request.identifier or [request.description or "", sorted(request.job_ids or [])]
    others = [it for it in alike if not _is_as_sent(it, request)]
    created = "latestVersion.createdAt"
    builder.lookalikes("Openings like this", like, alike, known.complete, created, doubtful=others)


@builds(UpdateOpening)
def update(request: UpdateOpening, reads: ReadCache, builder: CardBuilder) -> None:
    """Change an opening."""
    opening = derive(request, reads, builder).record
    _warn_of_defaults(request, builder, opening)
    if request.identifier:
        [found] = reads.all(SearchOpenings(identifier=request.identifier))
        for other in builder.records("The openings with this identifier", found):
            if at(other, "id") != request.opening_id:
                builder.warn(f"Another opening has this identifier: it is {state_of(other)}.")


@builds(AddOpeningJob)
def add_job(request: AddOpeningJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Link an opening to one more job."""
    derived = derive(request, reads, builder)
    if derived.others:
        jobs = "another job" if len(derived.others) == 1 else "other jobs"
        builder.warn(f"The opening has {jobs}: {joined(derived.others)}.", "low")
    _warn_of_state(builder, derived.record)


@builds(RemoveOpeningJob)
def remove_job(request: RemoveOpeningJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Unlink a job from an opening."""
    derived = derive(request, reads, builder)
    if builder.changes and derived.others == []:
        builder.warn("It is the opening's only job.")
    elif derived.others is None:
        builder.warn("Whether it is the opening's only job is not known.", "high")
    _warn_of_state(builder, derived.record)


@builds(AddOpeningLocation)
def add_location(request: AddOpeningLocation, reads: ReadCache, builder: CardBuilder) -> None:
    """Add a location to an opening."""
    _warn_of_state(builder, derive(request, reads, builder).record)


@builds(RemoveOpeningLocation)
def remove_location(request: RemoveOpeningLocation, reads: ReadCache, builder: CardBuilder) -> None:
    """Remove a location from an opening."""
    derived = derive(request, reads, builder)
    if builder.changes and derived.others == []:
        builder.warn("It is the opening's only location.")
    elif derived.others is None:
        builder.warn("Whether it is the opening's only location is not known.", "high")
    _warn_of_state(builder, derived.record)


@builds(SetOpeningState)
def set_state(request: SetOpeningState, reads: ReadCache, builder: CardBuilder) -> None:
    """Set an opening's state."""
    derived = derive(request, reads, builder)
    opening, reason = derived.record, derived.values.get("close_reason_id")
    because = f"; reason: {called(reason)}" if reason else ""
    state = enumerated(at(opening, "openingState") or UNNAMED)
    builder.line = f"Set {derived.subject} from {state} to {enumerated(request.opening_state)}{because}"
    _warn_of_state(builder, opening)
    if request.opening_state == "Closed":
        builder.consequence("Ashby refuses offers for an opening that is closed.", "medium")
    elif request.opening_state != "Draft":
        version = at(opening, "latestVersion")
        if is_unread(opening, "latestVersion"):
            builder.warn("Whether the opening has an identifier and a job is not known.", "high")
        elif opening and not (at(version, "identifier") and at(version, "jobIds")):
            builder.warn("The opening has no identifier or no job: Ashby may refuse.")
    if reason and request.opening_state != "Closed":
        builder.warn("A close reason is for closing only: Ashby may refuse.")


@builds(SetOpeningArchived)
def set_archived(request: SetOpeningArchived, reads: ReadCache, builder: CardBuilder) -> None:
    """Archive an opening, or restore it."""
    derived = derive(request, reads, builder)
    state = at(derived.record, "openingState")
    builder.line = f"Archive {derived.subject}" if request.archive else f"Restore {derived.subject} from the archive"
    if request.archive:
        builder.raise_risk("high")
        builder.consequence("It can be restored from the archive.")
        if state in ("Open", "Filled"):
            builder.warn(f"The opening is {enumerated(state)}.")
    if derived.record:
        builder.facts["State"] = state


def _warn_of_defaults(request: UpdateOpening, builder: CardBuilder, opening: Record) -> None:
    """Warns of values that the call leaves out and for which Ashby documents a default, even in an update."""
    version = at(opening, "latestVersion")
    for title, key, stated, default in (
        ("Replaces somebody who left", "isBackfill", request.is_backfill, False),
        ("Employment type", "employmentType", request.employment_type, EMPLOYMENT),
    ):
        if stated is None and at(version, key) != default:
            words = f"“{_words(default)}”, the default that Ashby documents"
            builder.warn(f"{title}: not given, so it may become {words}.")


def state_of(opening: Record) -> str:
    """The state of an opening in words."""
    return "archived" if at(opening, "isArchived") is True else enumerated(at(opening, "openingState") or UNNAMED)


def _warn_of_state(builder: CardBuilder, opening: Record) -> None:
    if at(opening, "isArchived") is True:
        builder.warn("The opening is archived.")
    if at(opening, "openingState") == "Filled":
        builder.warn("The opening is filled: somebody was hired for it.", "high")


def _job_name(builder: CardBuilder, found: Any) -> str:
    job = builder.record("A job of the opening", found)
    if at(job, "confidential") is True:
        builder.warn(f"The job {named(at(job, 'title'))} is confidential.")
    if at(job, "status") == "Archived":
        builder.warn(f"The job {named(at(job, 'title'))} is archived.")
    return called_job(builder, job)


def _is_like(opening: Record, request: CreateOpening) -> bool:
    """True if an opening has the identifier or, if none is given, the other given values."""
    version = at(opening, "latestVersion")
    if request.identifier:
        return str(at(version, "identifier")).casefold() == request.identifier.casefold()
    return (
        not at(version, "identifier")
        and (at(version, "description") or "") == (request.description or "")
        and sorted(at(version, "jobIds") or []) == sorted(request.job_ids or [])
    )


def _is_as_sent(opening: Record, request: CreateOpening) -> bool:
    version = at(opening, "latestVersion") or {}
    return shows({**version, "openingState": at(opening, "openingState")}, request.wire())


def _day(value: date | str | None) -> str | None:
    if value is None:
        return None
    return day(value) if isinstance(value, date) else day(date.fromisoformat(value))


def _or_default(value: bool | str | None, default: str) -> str:
    return f"{default} (the default)" if value is None else _words(value)


def _words(value: bool | str) -> str:
    return enumerated(value) if isinstance(value, str) else "yes" if value else "no"
