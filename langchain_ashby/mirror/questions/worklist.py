"""`ashby_list_worklist`."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field
from sqlalchemy import Select, Table, and_, case, exists, func, literal, or_, select, true

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column, to_the_minute
from langchain_ashby.mirror.questions.approvals import waiting
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.filters import entered_at, joined, stage, unknown_histories
from langchain_ashby.mirror.questions.interviews import held, owes_feedback, seats
from langchain_ashby.mirror.questions.metrics import HOUR, as_number, nearest_rank
from langchain_ashby.mirror.questions.names import NAMED, labels
from langchain_ashby.mirror.questions.question import FEW, Listing
from langchain_ashby.mirror.tables import (
    applications,
    candidates,
    event_interviewers,
    interview_events,
    interview_schedules,
    interview_stages,
    interviews,
    jobs,
    offers,
    stage_stays,
)

Kind = Literal["approval", "feedback", "stuck", "to schedule", "offer", "no interviewer", "no posting", "no plan"]

DAYS_IF_UNKNOWN = 14
"""The days after which somebody counts as stuck in a stage where too few stays have ended to know what is usual."""


class Item(NamedTuple):
    """Something that waits for somebody.

    Attributes:
        kind: What is to be done.
        owner_id: The user whom it waits for; None if nobody is known.
        candidate: The candidate's name.
        job: The job's title.
        what: More about it.
        since: Since when it waits, or until when it has to be done.
        application_id: The application, if it is about one.
    """

    kind: Kind
    owner_id: str | None
    candidate: str | None
    job: str | None
    what: str | None
    since: datetime | None
    application_id: str | None


class ListWorklist(Listing):
    """List what waits for somebody, most urgent first, each with its owner: changes to approve, overdue feedback,
    people stuck in a stage, interviews to schedule or without interviewer, unanswered offers, open jobs without posting
    or plan."""

    owners: Annotated[ListOf[str] | None, Field(description="Users.")] = None
    jobs: ListOf[str] | None = None
    kinds: ListOf[Kind] | None = None

    def answer(self, asked: Asked) -> Answer:
        """Lists it, with how much of each kind there is."""
        job_ids = asked.ids("jobs", self.jobs) if self.jobs else None
        of_jobs = true() if job_ids is None else jobs.c.id.in_(job_ids)
        kinds = [kind for kind in _FINDERS if not self.kinds or kind in self.kinds]
        unread = {kind: lists for kind in kinds if (lists := asked.missing(*_NEEDS.get(kind, ())))}
        items = [item for kind in kinds if kind not in unread for item in _FINDERS[kind](asked, of_jobs)]
        approvals, unknown_approvals = self._approvals(asked, job_ids)
        items += approvals
        if self.owners:
            owners = set(asked.ids("owners", self.owners, "users"))
            items = [item for item in items if item.owner_id in owners]
        order: list[Kind] = ["approval", *_FINDERS]
        items.sort(key=lambda it: (order.index(it.kind), it.since or asked.now, it.application_id or "", it.job or ""))
        names = labels(asked.connection, NAMED["users"])
        shown = items[self.begin() : self.begin() + self.limit]
        rows = [
            [
                item.kind,
                names(item.owner_id) or "(nobody)",
                item.candidate,
                item.job,
                item.what,
                asked.days_since(item.since) if item.since and item.since <= asked.now else None,
                item.application_id,
            ]
            for item in shown
        ]
        line, more = self.how_many(len(rows), len(items), "item")
        counts = Counter(item.kind for item in items)
        notes = [line, *([", ".join(f"{kind} {counts[kind]:,}" for kind in order if counts[kind])] if counts else [])]
        if counts["stuck"]:
            notes.append(
                f"stuck: in the stage longer than 90% of the stays there that have ended, or {DAYS_IF_UNKNOWN} days "
                f"where fewer than {FEW} have"
            )
        if "stuck" in kinds:
            active = [applications.c.status == "Active", of_jobs]
            if unknown := asked.connection.scalar(unknown_histories(active)):
                notes.append(f"{unknown:,} more may be stuck: their stage history is not known yet")
        notes += unknown_approvals
        notes += [f"{kind}: not checked, because this API key may not read {lists}" for kind, lists in unread.items()]
        columns = [
            *map(Column, ("what to do", "owner", "candidate", "job", "about", "days")),
            Column("application_id", is_id=True),
        ]
        return Answer(columns, rows, notes, more)

    def _approvals(self, asked: Asked, job_ids: Sequence[str] | None) -> tuple[list[Item], list[str]]:
        """Returns the pending approvals, and a note if they are not known."""
        if self.kinds and "approval" not in self.kinds:
            return [], []
        if asked.approvals is None:  # without an agent, say so only if approvals were asked for
            return [], ["approval: not known here; only a recruiting agent keeps a list"] if self.kinds else []
        try:
            approvals = asked.approvals()
        except Exception as error:  # the application's store may raise anything
            _log.warning("The pending approvals could not be read (%s)", type(error).__name__)
            return [], ["approval: not checked, because the agent's list of pending approvals cannot be read"]
        return [Item("approval", *each) for each in waiting(asked, approvals, job_ids)], []


_log = logging.getLogger("langchain_ashby.mirror")


def _feedback(asked: Asked, of_job: Any) -> Iterator[Item]:
    query = (
        select(
            event_interviewers.c.user_id,
            candidates.c.name,
            jobs.c.title,
            interviews.c.title,
            interview_events.c.end_at,
            applications.c.id,
        )
        .select_from(seats())
        .where(owes_feedback(asked), interview_events.c.end_at < asked.now - timedelta(days=1), of_job)
    )
    for row in asked.connection.execute(query):
        yield Item("feedback", *row)


def _recruiter() -> Any:
    """The recruiter on the team of an application, or of its job."""
    own, of_job = tables.application_team.c, tables.job_team.c
    first = select(func.min(own.user_id)).where(own.application_id == applications.c.id, own.role == "Recruiter")
    other = select(func.min(of_job.user_id)).where(of_job.job_id == jobs.c.id, of_job.role == "Recruiter")
    return func.coalesce(first.correlate(applications).scalar_subquery(), other.correlate(jobs).scalar_subquery())


def _stuck(asked: Asked, of_job: Any) -> Iterator[Item]:
    too_long = [(stage.c.title == title, asked.days_ago(days)) for title, days in _usual_days(asked).items()]
    otherwise = literal(asked.days_ago(DAYS_IF_UNKNOWN), tables.Moment)
    since = case(*((is_it, literal(moment, tables.Moment)) for is_it, moment in too_long), else_=otherwise)
    query = (
        select(_recruiter(), candidates.c.name, jobs.c.title, stage.c.title, entered_at, applications.c.id)
        .select_from(joined())
        .where(applications.c.status == "Active", entered_at < (since if too_long else otherwise), of_job)
    )
    for row in asked.connection.execute(query):
        yield Item("stuck", *row)


def _usual_days(asked: Asked) -> Mapping[str, float]:
    """The days that 9 of 10 stays in a stage have not exceeded, by its title, where enough of them have ended.

    Stays are counted by the hours that they have begun: there are too many to look at each.
    """
    hours = (as_number(stage_stays.c.left_at) - as_number(stage_stays.c.entered_at) + HOUR - 1) // HOUR
    query = (
        select(stage_stays.c.interview_stage_id, hours, func.count())
        .where(stage_stays.c.left_at > asked.days_ago(365), stage_stays.c.entered_at.is_not(None))
        .group_by(stage_stays.c.interview_stage_id, hours)
    )
    stages = select(interview_stages.c.id, interview_stages.c.title)
    titles: dict[str, str] = {row.id: row.title for row in asked.connection.execute(stages)}
    stays: dict[str, Counter[int]] = defaultdict(Counter)
    for stage_id, length, number in asked.connection.execute(query):
        if title := titles.get(stage_id):
            stays[title][length] += number
    enough = {title: lengths for title, lengths in stays.items() if lengths.total() >= FEW}
    return {title: nearest_rank(sorted(lengths.elements()), 0.9) / 24 for title, lengths in enough.items()}


def _to_schedule(asked: Asked, of_job: Any) -> Iterator[Item]:
    query = _of_schedules(interview_schedules.c.updated_at).where(
        interview_schedules.c.status == "NeedsScheduling", applications.c.status == "Active", of_job
    )
    for row in asked.connection.execute(query):
        yield Item("to schedule", *row)


def _of_schedules(since: Any) -> Select[Any]:
    wanted = interview_stages.alias("wanted")
    return select(_recruiter(), candidates.c.name, jobs.c.title, wanted.c.title, since, applications.c.id).select_from(
        joined()
        .join(interview_schedules, interview_schedules.c.application_id == applications.c.id)
        .outerjoin(wanted, wanted.c.id == interview_schedules.c.interview_stage_id)
    )


def _offers(asked: Asked, of_job: Any) -> Iterator[Item]:
    query = (
        select(
            _recruiter(),
            candidates.c.name,
            jobs.c.title,
            offers.c.status,
            offers.c.version_created_at,
            applications.c.id,
        )
        .select_from(joined().join(offers, offers.c.application_id == applications.c.id))
        .where(
            offers.c.status == "WaitingOnCandidateResponse",
            or_(offers.c.acceptance_status.is_(None), offers.c.acceptance_status.not_in(_ANSWERED)),
            applications.c.status == "Active",
            of_job,
        )
    )
    for row in asked.connection.execute(query):
        yield Item("offer", *row)


_ANSWERED = ("Accepted", "Declined", "Cancelled")
"""Acceptance statuses after which the candidate's answer is no longer awaited, even if the offer status lags behind."""


def _without_interviewer(asked: Asked, of_job: Any) -> Iterator[Item]:
    query = (
        select(
            _recruiter(),
            candidates.c.name,
            jobs.c.title,
            interviews.c.title,
            interview_events.c.start_at,
            applications.c.id,
        )
        .select_from(seats())
        .where(event_interviewers.c.user_id.is_(None), interview_events.c.start_at >= asked.now, held(), of_job)
    )
    for row in asked.connection.execute(query):
        when = to_the_minute(row[4], asked.zone)
        yield Item("no interviewer", *row[:3], f"{row[3] or 'interview'}, {when}", row[4], row[5])


def _without_posting(asked: Asked, of_job: Any) -> Iterator[Item]:
    posted = exists().where(tables.job_postings.c.job_id == jobs.c.id)
    yield from _jobs(asked, "no posting", and_(~posted, of_job))


def _without_plan(asked: Asked, of_job: Any) -> Iterator[Item]:
    planned = exists().where(tables.job_plans.c.job_id == jobs.c.id)
    yield from _jobs(asked, "no plan", and_(~planned, jobs.c.default_interview_plan_id.is_(None), of_job))


def _jobs(asked: Asked, kind: Kind, condition: Any) -> Iterator[Item]:
    team = tables.job_team.c
    recruiter = (
        select(func.min(team.user_id))
        .where(team.job_id == jobs.c.id, team.role == "Recruiter")
        .correlate(jobs)
        .scalar_subquery()
    )
    called = labels(asked.connection, NAMED["jobs"])
    query = select(recruiter, jobs.c.id, jobs.c.opened_at).where(jobs.c.status == "Open", condition)
    for owner, job_id, opened in asked.connection.execute(query):
        yield Item(kind, owner, None, called(job_id), None, opened, None)


_FINDERS: Mapping[Kind, Any] = {
    "offer": _offers,
    "feedback": _feedback,
    "no interviewer": _without_interviewer,
    "to schedule": _to_schedule,
    "stuck": _stuck,
    "no plan": _without_plan,
    "no posting": _without_posting,
}
"""How each kind is found, the most urgent first."""

_NEEDS: Mapping[Kind, tuple[Table, ...]] = {
    "offer": (offers,),
    "feedback": (interview_schedules, tables.feedback),
    "no interviewer": (interview_schedules,),
    "to schedule": (interview_schedules,),
    "no plan": (jobs,),
    "no posting": (jobs, tables.job_postings),
}
"""The tables without which a kind cannot be looked for."""
