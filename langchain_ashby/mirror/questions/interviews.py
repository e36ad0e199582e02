"""`ashby_find_interviews`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.sql.selectable import FromClause

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.mirror.questions.answer import Answer, Column, Several, to_the_minute
from langchain_ashby.mirror.questions.asked import Asked, undated_remark
from langchain_ashby.mirror.questions.names import NAMED, Label, labels
from langchain_ashby.mirror.questions.question import Limit, Listing
from langchain_ashby.mirror.tables import (
    applications,
    candidates,
    event_interviewers,
    feedback,
    interview_events,
    interview_schedules,
    interviews,
    users,
)
from langchain_ashby.text.words import day


def owes_feedback(asked: Asked) -> ColumnElement[bool]:
    """That an interviewer, of `event_interviewers`, has not given the feedback that Ashby requires."""
    own = exists().where(
        feedback.c.interview_event_id == interview_events.c.id,
        feedback.c.submitted_by_user_id == event_interviewers.c.user_id,
    )
    return and_(
        event_interviewers.c.is_feedback_required.is_(True),
        interview_events.c.end_at < asked.now,
        held(),
        not_(own.correlate(interview_events, event_interviewers)),
    )


def held() -> ColumnElement[bool]:
    """That the schedule of an interview was not canceled."""
    return or_(interview_schedules.c.status.is_(None), interview_schedules.c.status != "Cancelled")


interview_title = (
    select(interviews.c.title)
    .where(interviews.c.id == interview_events.c.interview_id)
    .correlate(interview_events)
    .scalar_subquery()
)
"""What kind of interview one of `interview_events` is."""


def of_jobs(application_id: ColumnElement[Any], job_ids: Sequence[str]) -> ColumnElement[bool]:
    """That what belongs to an application is about one of these jobs."""
    return application_id.in_(select(applications.c.id).where(applications.c.job_id.in_(job_ids)))


def _has_seat(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """That one of the interviewers meets all of these."""
    return exists().where(event_interviewers.c.interview_event_id == interview_events.c.id, *conditions)


def meetings() -> FromClause:
    """Interviews with their schedules."""
    of_event = interview_schedules.c.id == interview_events.c.interview_schedule_id
    return interview_events.join(interview_schedules, of_event)


def _seats() -> FromClause:
    """Interviews with their schedules, applications and candidates, and each interviewer; without, one row."""
    return (
        meetings()
        .outerjoin(applications, applications.c.id == interview_schedules.c.application_id)
        .outerjoin(candidates, candidates.c.id == applications.c.candidate_id)
        .outerjoin(interviews, interviews.c.id == interview_events.c.interview_id)
        .outerjoin(event_interviewers, event_interviewers.c.interview_event_id == interview_events.c.id)
        .outerjoin(users, users.c.id == event_interviewers.c.user_id)
    )


class FindInterviews(Listing):
    """Find interviews across all jobs: who interviews whom tomorrow, which were canceled, and which still lack
    feedback that is due."""

    limit: Limit = 12
    day: Annotated[str | None, Field(description="Day or period.")] = None
    interviewers: ListOf[str] | None = None
    jobs: ListOf[str] | None = None
    status: (
        ListOf[Literal["NeedsScheduling", "WaitingOnCandidateBooking", "Scheduled", "Complete", "Cancelled"]] | None
    ) = None
    feedback_missing: Annotated[bool | None, Field(description="Ended, and somebody owes feedback.")] = None

    def answer(self, asked: Asked) -> Answer:
        """Finds them, in the order of time, each with its interviewers and who of them owes feedback."""
        asked.need("interviews", interview_schedules)
        if self.feedback_missing is not None:
            asked.need("feedback_missing", feedback)
        source, chosen = meetings(), and_(True, *self._conditions(asked))
        total = asked.connection.scalar(select(func.count()).select_from(source).where(chosen)) or 0
        first = (
            select(interview_events.c.id)
            .select_from(source)
            .where(chosen)
            .order_by(interview_events.c.start_at.asc().nulls_last(), interview_events.c.id)
            .limit(self.upto())
        )
        ids = asked.connection.scalars(first).all()
        page = self.page(ids, total, "interview")
        rows = _rows(asked, ids[page.begin : page.end])
        columns = [
            Column("interview_schedule_id", is_id=True),
            Column("start"),
            Column("interview"),
            Column("candidate"),
            Column("job"),
            Column("interviewers"),
            Column("feedback missing"),
            Column("status", is_sent=True),
            Column("application_id", is_id=True),
        ]
        return Answer(columns, rows, [*page.notes, *self._undated(asked), *self._waiting(asked)], page.more)

    def _undated(self, asked: Asked) -> Iterator[str]:
        """Says how many interviews may be on the day, because their time is not known."""
        if not self.day:
            return
        conditions = [*self._but_for_day(asked), interview_events.c.start_at.is_(None)]
        if number := asked.connection.scalar(select(func.count()).select_from(meetings()).where(*conditions)):
            yield undated_remark(number)

    def _conditions(self, asked: Asked) -> Iterator[ColumnElement[bool]]:
        if self.day:
            yield asked.within("day", self.day, interview_events.c.start_at)
        yield from self._but_for_day(asked)

    def _but_for_day(self, asked: Asked) -> Iterator[ColumnElement[bool]]:
        seat = [owes_feedback(asked)] if self.feedback_missing else []
        if self.interviewers:
            seat.append(event_interviewers.c.user_id.in_(asked.ids("interviewers", self.interviewers, "users")))
        if seat:
            yield _has_seat(*seat)
        if self.feedback_missing is False:
            yield ~_has_seat(owes_feedback(asked))
        if self.jobs:
            yield of_jobs(interview_schedules.c.application_id, asked.ids("jobs", self.jobs))
        if self.status:
            yield interview_schedules.c.status.in_(self.status)

    def _waiting(self, asked: Asked) -> Iterator[str]:
        """Says how many schedules have no interview yet, which no row can show."""
        if self.day or self.interviewers or self.feedback_missing is not None:
            return
        without = [~exists().where(interview_events.c.interview_schedule_id == interview_schedules.c.id)]
        if self.jobs:
            without.append(of_jobs(interview_schedules.c.application_id, asked.ids("jobs", self.jobs)))
        if self.status:
            without.append(interview_schedules.c.status.in_(self.status))
        if number := asked.connection.scalar(select(func.count()).select_from(interview_schedules).where(*without)):
            yield f"{number:,} schedules have no interview yet; ashby_list_worklist shows whom to schedule"


def _rows(asked: Asked, ids: Sequence[str]) -> list[Sequence[Any]]:
    query = (
        select(
            interview_events.c.id,
            interview_schedules.c.id.label("schedule_id"),
            interview_events.c.start_at,
            interviews.c.title.label("interview"),
            candidates.c.name,
            applications.c.job_id,
            interview_schedules.c.status,
            applications.c.id.label("application_id"),
            event_interviewers.c.user_id,
            owes_feedback(asked).label("owes"),
        )
        .select_from(_seats())
        .where(interview_events.c.id.in_(ids))
        .order_by(interview_events.c.start_at.asc().nulls_last(), interview_events.c.id, users.c.last_name, users.c.id)
    )
    found: dict[str, list[Any]] = {}
    for row in asked.connection.execute(query):
        found.setdefault(row.id, []).append(row)
    people = labels(asked.connection, NAMED["users"], listed=True)
    posts = labels(asked.connection, NAMED["jobs"])
    return [_row(asked, seated, people, posts) for seated in found.values()]


def _row(asked: Asked, seated: Sequence[Any], people: Label, posts: Label) -> list[Any]:
    """An interview, of the rows of its interviewers."""
    first = seated[0]
    seats_taken = [row.user_id for row in seated if row.user_id]
    owing = [row.user_id for row in seated if row.user_id and row.owes and not asked.missing(feedback)]
    return [
        first.schedule_id,
        first.start_at
        and f"{day(first.start_at.astimezone(asked.zone))[:3]} {to_the_minute(first.start_at, asked.zone)}",
        first.interview,
        first.name,
        posts(first.job_id),
        Several(filter(None, map(people, seats_taken))),
        Several(filter(None, map(people, owing))),
        first.status,
        first.application_id,
    ]
