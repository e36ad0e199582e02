"""Openings: the seats that may be filled."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from langchain_ashby.effect import Adds, Removes, Sets, Stored
from langchain_ashby.endpoint import Access, Endpoint, Synced
from langchain_ashby.endpoints.fields import (
    Day,
    EmploymentType,
    IncludeArchived,
    ListOf,
    OpeningState,
    Since,
    Text,
)
from langchain_ashby.ids import CloseReasonId, DepartmentId, JobId, LocationId, OpeningId
from langchain_ashby.records import CloseReason, Opening


class ListOpenings(Synced[Opening]):
    """List openings: the headcount, each seat with its state (open, filled), or those new since a date. For an
    identifier use ashby_search_openings."""

    path = "opening.list"
    permission = "jobsRead"

    created_after: Since | None = None


class GetOpening(Endpoint[Opening]):
    """Get one opening's (seat's) details: jobs, locations, target dates and state."""

    path = "opening.info"
    permission = "jobsRead"

    opening_id: OpeningId


class SearchOpenings(Endpoint[list[Opening]]):
    """Find an opening by its identifier, such as REQ-101."""

    path = "opening.search"
    permission = "jobsRead"

    identifier: Text


class CreateOpening(Endpoint[Opening]):
    """Add an opening: a new seat (headcount), a draft unless opening_state says otherwise."""

    path = "opening.create"
    access = Access.WRITE
    irreversible = "Ashby has no method that deletes an opening. It can be archived."
    permission = "jobsWrite"
    idempotent = False

    identifier: Annotated[Text | None, Field(description="Such as REQ-101.")] = None
    description: str | None = None
    department_id: Annotated[DepartmentId | None, Field(serialization_alias="teamId")] = None
    location_ids: ListOf[LocationId] | None = None
    job_ids: ListOf[JobId] | None = None
    target_hire_date: Day | None = None
    target_start_date: Day | None = None
    is_backfill: Annotated[bool | None, Field(description="Replaces a leaver.")] = None
    employment_type: EmploymentType | None = None
    opening_state: OpeningState | None = None


class UpdateOpening(Endpoint[Opening]):
    """Change an opening's description, team, target dates, employment type or identifier. If left out, is_backfill and
    employment_type can revert to false and FullTime; others stay."""

    path = "opening.update"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    effect = Sets(
        "opening_id",
        within="latestVersion",
        reverting=("is_backfill", "employment_type"),
        department_id=Stored(("teamId", "departmentId")),
        is_backfill=Stored("isBackfill", "Replaces somebody who left"),
    )

    opening_id: OpeningId
    identifier: Text | None = None
    description: str | None = None
    department_id: Annotated[DepartmentId | None, Field(serialization_alias="teamId")] = None
    target_hire_date: Day | None = None
    target_start_date: Day | None = None
    is_backfill: bool | None = None
    employment_type: EmploymentType | None = None


class AddOpeningJob(Endpoint[Opening]):
    """Link (attach) an opening to another job, through which it can be filled."""

    path = "opening.addJob"
    access = Access.WRITE
    permission = "jobsWrite"
    effect = Adds("opening_id", within="latestVersion", job_id="jobIds", line="Link {job_id} to {record}")

    opening_id: OpeningId
    job_id: JobId


class RemoveOpeningJob(Endpoint[Opening]):
    """Unlink (detach) a job from an opening."""

    path = "opening.removeJob"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    effect = Removes("opening_id", within="latestVersion", job_id="jobIds", line="Unlink {job_id} from {record}")

    opening_id: OpeningId
    job_id: JobId


class SetOpeningState(Endpoint[Opening]):
    """Set an opening's state: approve, open, close it or put it back to draft. Only a hire sets Filled."""

    path = "opening.setOpeningState"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    effect = Sets("opening_id", opening_state=Stored("openingState", "State"), close_reason_id=None)

    opening_id: OpeningId
    opening_state: OpeningState
    close_reason_id: Annotated[CloseReasonId | None, Field(description="For Closed.")] = None


class SetOpeningArchived(Endpoint[Opening]):
    """Archive an opening, or unarchive it (bring it back)."""

    path = "opening.setArchived"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    effect = Sets("opening_id", archive=Stored("isArchived", "Archived"))

    opening_id: OpeningId
    archive: Annotated[bool, Field(description="false unarchives.")]


class ListCloseReasons(Endpoint[list[CloseReason]]):
    """List the reasons for closing an opening, for ashby_set_opening_state."""

    path = "closeReason.list"
    permission = "hiringProcessMetadataRead"
    on_request = True

    include_archived: IncludeArchived | None = None


class AddOpeningLocation(Endpoint[Opening]):
    """Let an opening be filled in one more location, besides those it has."""

    path = "opening.addLocation"
    access = Access.WRITE
    permission = "jobsWrite"
    on_request = True
    effect = Adds("opening_id", within="latestVersion", location_id="locationIds", line="Add {location_id} to {record}")

    opening_id: OpeningId
    location_id: LocationId


class RemoveOpeningLocation(Endpoint[Opening]):
    """Take a location off an opening, which is then no longer filled there."""

    path = "opening.removeLocation"
    access = Access.WRITE
    permission = "jobsWrite"
    on_request = True
    destructive = True
    effect = Removes(
        "opening_id", within="latestVersion", location_id="locationIds", line="Remove {location_id} from {record}"
    )

    opening_id: OpeningId
    location_id: LocationId
