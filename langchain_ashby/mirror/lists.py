"""The lists of Ashby that a run reads, and in which order.

What refers to something is read before what it refers to, so that nothing in the mirror refers to a record that was
only created while the run was under way.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from langchain_ashby.endpoint import Endpoint, Synced
from langchain_ashby.endpoints.applications import ListApplicationFeedback, ListApplications
from langchain_ashby.endpoints.candidates import ListCandidates, ListCandidateTags
from langchain_ashby.endpoints.interviews import (
    ListInterviewPlans,
    ListInterviews,
    ListInterviewSchedules,
)
from langchain_ashby.endpoints.jobs import ListJobPostings, ListJobs
from langchain_ashby.endpoints.offers import ListOffers
from langchain_ashby.endpoints.openings import ListOpenings
from langchain_ashby.endpoints.organization import (
    ListArchiveReasons,
    ListCustomFields,
    ListDepartments,
    ListLocations,
    ListSources,
    ListUsers,
)
from langchain_ashby.mirror import rows, tables


@dataclass(frozen=True)
class MirroredList:
    """A list of Ashby and where its records go.

    Attributes:
        request: Lists them all.
        table: The table of the records.
        rows: Makes the rows of a record, for `table` and its parts.
        turn: Lists of one turn are read side by side, after those of the turns before.
        is_needed: False if the mirror is of use without the list, when the key may not read it.
    """

    request: Synced[Any] | Endpoint[list[Any]]
    table: Table
    rows: Callable[[rows.Record], rows.Rows]
    turn: int = 3
    is_needed: bool = False

    @property
    def name(self) -> str:
        """Ashby's name for the list."""
        return self.request.path

    @property
    def is_synced(self) -> bool:
        """True if Ashby can tell what has changed; the others are read as a whole every time."""
        return isinstance(self.request, Synced)


def mirrored_lists(*, answers: bool) -> list[MirroredList]:
    """Returns the lists; `answers` also keeps what was answered in feedback."""
    of_feedback = rows.feedback_with_answers if answers else rows.feedback
    archived = {"is_archived": "isArchived"}
    all_jobs = ListJobs(status=["Draft", "Open", "Closed", "Archived"])
    all_interviews = ListInterviews(include_archived=True, include_non_shared_interviews=True)
    users = {"first_name": "firstName", "last_name": "lastName", "global_role": "globalRole", "manager_id": "managerId"}
    return [
        MirroredList(ListApplicationFeedback(), tables.feedback, of_feedback, turn=0),
        MirroredList(ListInterviewSchedules(), tables.interview_schedules, rows.interview_schedule, turn=0),
        MirroredList(ListOffers(), tables.offers, rows.offer, turn=0),
        MirroredList(ListApplications(), tables.applications, rows.application, turn=1, is_needed=True),
        MirroredList(ListCandidates(), tables.candidates, rows.candidate, turn=2, is_needed=True),
        MirroredList(ListOpenings(), tables.openings, rows.opening, turn=2),
        MirroredList(ListJobPostings(), tables.job_postings, rows.job_posting, turn=2),
        MirroredList(all_jobs, tables.jobs, rows.job),
        MirroredList(all_interviews, tables.interviews, _of_interviews()),
        MirroredList(
            ListInterviewPlans(include_archived=True),
            tables.interview_plans,
            rows.plain(tables.interview_plans, "title", **archived),
        ),
        MirroredList(
            ListUsers(include_deactivated=True),
            tables.users,
            rows.plain(tables.users, "email", is_enabled="isEnabled", **users),
        ),
        MirroredList(ListSources(include_archived=True), tables.sources, rows.source),
        MirroredList(
            ListCandidateTags(include_archived=True), tables.tags, rows.plain(tables.tags, "title", **archived)
        ),
        MirroredList(ListCustomFields(include_archived=True), tables.custom_fields, rows.custom_field),
        MirroredList(
            ListDepartments(include_archived=True),
            tables.departments,
            rows.plain(tables.departments, "name", parent_id="parentId", **archived),
        ),
        MirroredList(
            ListLocations(include_archived=True, include_location_hierarchy=True), tables.locations, rows.location
        ),
        MirroredList(
            ListArchiveReasons(include_archived=True),
            tables.archive_reasons,
            rows.plain(tables.archive_reasons, "text", reason_type="reasonType", **archived),
        ),
    ]


def unread_tables(left_out: Container[str]) -> dict[str, str]:
    """Returns the tables that are empty as their list, one of those left out, could not be read, with that list."""
    refused = [it for it in mirrored_lists(answers=False) if it.name in left_out]
    return {table.name: it.name for it in refused for table in _with_parts(it.table)}


def _with_parts(table: Table) -> list[Table]:
    return [table, *(each for part in tables.parts(table) for each in _with_parts(part))]


def _of_interviews() -> Callable[[rows.Record], rows.Rows]:
    flags = {"is_archived": "isArchived", "is_debrief": "isDebrief", "is_feedback_required": "isFeedbackRequired"}
    return rows.plain(tables.interviews, "title", job_id="jobId", **flags)
