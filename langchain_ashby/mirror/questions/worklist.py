"""`ashby_list_worklist`."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field
from sqlalchemy import ColumnElement, Select, Table, and_, case, exists, func, literal, null, or_, select
from sqlalchemy.sql.selectable import FromClause

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column, Several, to_the_minute
from langchain_ashby.mirror.questions.approvals import Waits, waiting
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.filters import entered_at, entry_is_undated, unknown_histories
from langchain_ashby.mirror.questions.interviews import held, interview_title, meetings, owes_feedback
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
    jobs,
    offers,
    stage_stays,
)

Kind = Literal["approval", "feedback", "stuck", "to schedule", "offer", "no interviewer", "no posting", "no plan"]

DAYS_IF_UNKNOWN = 14
"""The days after which somebody counts as stuck in a stage where too few stays have ended to know what is usual."""


class _Owners(NamedTuple):
    """The users that something waits for.

    Attributes:
        ids: Their ids, joined by commas; null if none is known.
        have: Makes the condition that one of the given users is among them.
    """

    ids: ColumnElement[Any]
    have: Callable[[Sequence[str]], ColumnElement[bool]]


class _Work(NamedTuple):
    """What waits, of one kind, as a query.

    Attributes:
        source: Where it stands, with `applications` if it is about them, or `jobs`.
        only: What holds of it.
        owners: The users that it waits for.
        since: Since when it waits, or until when it has to be done.
        what: More about it.
    """

    source: FromClause
    only: Sequence[ColumnElement[bool]]
    owners: _Owners
    since: ColumnElement[Any]
    what: ColumnElement[Any] = null()


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
        owner_ids = asked.ids("owners", self.owners, "users") if self.owners else None
        kinds = [kind for kind in _FINDERS if not self.kinds or kind in self.kinds]
        unread = {kind: lists for kind in kinds if (lists := asked.missing(*_NEEDS.get(kind, ())))}
        work = {kind: _FINDERS[kind](asked) for kind in kinds if kind not in unread}
        chosen = {kind: _chosen(each, job_ids, owner_ids) for kind, each in work.items()}
        approvals, unknown_approvals = self._approvals(asked, job_ids)
        if owner_ids is not None:
            approvals = [each for each in approvals if each.owner_id in owner_ids]
        counts = {"approval": len(approvals)}
        for kind, each in work.items():
            number = select(func.count()).select_from(each.source).where(*chosen[kind])
            counts[kind] = asked.connection.scalar(number) or 0
        names = _names_of_owners(asked)
        posts = labels(asked.connection, NAMED["jobs"])
        first = [_row(asked, "approval", *each) for each in approvals[: self.upto()]]
        for kind, each in work.items():
            if room := self.upto() - len(first):
                found = asked.connection.execute(_in_order(asked, each, chosen[kind]).limit(room))
                first += [_row(asked, kind, owners, name, posts(job), *more) for owners, name, job, *more in found]
        page = self.page(
            [(kind, job, application) for kind, _, _, job, *_, application in first], sum(counts.values()), "item"
        )
        rows = first[page.begin : page.end]
        for row in rows:
            row[1] = names(row[1])
        said = [f"{kind} {number:,}" for kind, number in counts.items() if number]
        notes = [*page.notes, *([", ".join(said)] if said else [])]
        if counts.get("stuck"):
            known = "" if asked.knows_all else "known "
            notes.append(
                f"stuck: in the stage longer than 90% of the {known}stays there that have ended, or {DAYS_IF_UNKNOWN} "
                f"days where fewer than {FEW} have"
            )
        if "stuck" in kinds:
            active = [applications.c.status == "Active", *_of_jobs(applications.c.job_id, job_ids)]
            if not asked.knows_all and (unknown := asked.connection.scalar(unknown_histories(active))):
                notes.append(f"{unknown:,} more may be stuck: their stage history is not known yet")
            undated = select(func.count()).select_from(applications).where(*active, entry_is_undated)
            if number := asked.connection.scalar(undated):
                notes.append(f"{number:,} more may be stuck: it is not known when they entered their stage")
        notes += unknown_approvals
        notes += [f"{kind}: not checked, because this API key may not read {lists}" for kind, lists in unread.items()]
        columns = [
            *map(Column, ("what to do", "owner", "candidate", "job", "about", "days")),
            Column("application_id", is_id=True),
        ]
        return Answer(columns, rows, notes, page.more)

    def _approvals(self, asked: Asked, job_ids: Sequence[str] | None) -> tuple[list[Waits], list[str]]:
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
        found = waiting(asked, approvals, job_ids)
        return sorted(found, key=lambda it: (it.since, it.application_id or "", it.job or "")), []


_log = logging.getLogger("langchain_ashby.mirror")


def _of_jobs(job_id: ColumnElement[Any], job_ids: Sequence[str] | None) -> list[ColumnElement[bool]]:
    return [] if job_ids is None else [job_id.in_(job_ids)]


def _chosen(
    work: _Work, job_ids: Sequence[str] | None, owner_ids: Sequence[str] | None
) -> Sequence[ColumnElement[bool]]:
    """What is asked of a kind of work."""
    job_id = jobs.c.id if work.source is jobs else applications.c.job_id
    of_owners = [] if owner_ids is None else [work.owners.have(owner_ids)]
    return [*work.only, *_of_jobs(job_id, job_ids), *of_owners]


def _in_order(asked: Asked, work: _Work, chosen: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The work with its names, the longest waiting first."""
    since = func.coalesce(work.since, literal(asked.now, tables.Moment))
    if work.source is jobs:
        query = select(work.owners.ids, null(), jobs.c.id, work.what, work.since, null()).where(*chosen)
        return query.order_by(since, jobs.c.title, jobs.c.id)
    columns = work.owners.ids, candidates.c.name, applications.c.job_id, work.what, work.since, applications.c.id
    source = work.source.outerjoin(candidates, candidates.c.id == applications.c.candidate_id)
    return select(*columns).select_from(source).where(*chosen).order_by(since, applications.c.id)


def _names_of_owners(asked: Asked) -> Callable[[str | None], str | Several]:
    """Returns what names owners by their ids, which are joined by commas."""
    alone, listed = (labels(asked.connection, NAMED["users"], listed=it) for it in (False, True))

    def names(ids: str | None) -> str | Several:
        if not ids or "," not in ids:
            return alone(ids) or "(nobody)"
        return Several(sorted(filter(None, map(listed, ids.split(",")))))

    return names


def _row(
    asked: Asked,
    kind: Kind,
    owners: str | None,
    candidate: str | None,
    job: str | None,
    what: str | None,
    since: datetime | None,
    application_id: str | None,
) -> list[Any]:
    if kind == "no interviewer" and since:
        what = f"{what or 'interview'}, {to_the_minute(since, asked.zone)}"
    days = asked.days_since(since) if since and since <= asked.now else None
    return [kind, owners, candidate, job, what, days, application_id]


def _feedback(asked: Asked) -> _Work:
    source = meetings().join(event_interviewers, event_interviewers.c.interview_event_id == interview_events.c.id)
    return _Work(
        source.join(applications, applications.c.id == interview_schedules.c.application_id),
        [owes_feedback(asked), interview_events.c.end_at < asked.now - timedelta(days=1)],
        _Owners(event_interviewers.c.user_id, event_interviewers.c.user_id.in_),
        interview_events.c.end_at,
        interview_title,
    )


def _recruiters_on(team: Table, of_it: ColumnElement[bool]) -> _Owners:
    of_team = [of_it, team.c.role == "Recruiter"]
    ids = select(func.aggregate_strings(team.c.user_id, ",")).where(*of_team).scalar_subquery()
    return _Owners(ids, lambda user_ids: exists().where(*of_team, team.c.user_id.in_(user_ids)))


def _recruiters_of_job(job_id: ColumnElement[Any]) -> _Owners:
    return _recruiters_on(tables.job_team, tables.job_team.c.job_id == job_id)


def _recruiters() -> _Owners:
    """The recruiters on the team of an application; if there are none, those of its job."""
    own = _recruiters_on(tables.application_team, tables.application_team.c.application_id == applications.c.id)
    of_job = _recruiters_of_job(applications.c.job_id)
    return _Owners(
        func.coalesce(own.ids, of_job.ids),
        lambda user_ids: or_(own.have(user_ids), and_(own.ids.is_(None), of_job.have(user_ids))),
    )


def _stuck(asked: Asked) -> _Work:
    title = interview_stages.c.title
    too_long = [(title == name, asked.days_ago(days)) for name, days in _usual_days(asked).items()]
    otherwise = literal(asked.days_ago(DAYS_IF_UNKNOWN), tables.Moment)
    since = case(*((is_it, literal(moment, tables.Moment)) for is_it, moment in too_long), else_=otherwise)
    return _Work(
        applications.outerjoin(interview_stages, interview_stages.c.id == applications.c.interview_stage_id),
        [applications.c.status == "Active", entered_at < (since if too_long else otherwise)],
        _recruiters(),
        entered_at,
        title,
    )


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


def _to_schedule(_: Asked) -> _Work:
    return _Work(
        applications.join(interview_schedules, interview_schedules.c.application_id == applications.c.id),
        [interview_schedules.c.status == "NeedsScheduling", applications.c.status == "Active"],
        _recruiters(),
        interview_schedules.c.updated_at,
        select(interview_stages.c.title)
        .where(interview_stages.c.id == interview_schedules.c.interview_stage_id)
        .scalar_subquery(),
    )


def _offers(_: Asked) -> _Work:
    return _Work(
        applications.join(offers, offers.c.application_id == applications.c.id),
        [
            offers.c.status == "WaitingOnCandidateResponse",
            or_(offers.c.acceptance_status.is_(None), offers.c.acceptance_status.not_in(_ANSWERED)),
            applications.c.status == "Active",
        ],
        _recruiters(),
        offers.c.version_created_at,
    )


_ANSWERED = ("Accepted", "Declined", "Cancelled")
"""Acceptance statuses after which the candidate's answer is no longer awaited, even if the offer status lags behind."""


def _without_interviewer(asked: Asked) -> _Work:
    seat = exists().where(event_interviewers.c.interview_event_id == interview_events.c.id)
    return _Work(
        meetings().join(applications, applications.c.id == interview_schedules.c.application_id),
        [~seat, interview_events.c.start_at >= asked.now, held()],
        _recruiters(),
        interview_events.c.start_at,
        interview_title,
    )


def _without_posting(_: Asked) -> _Work:
    return _open_jobs(~exists().where(tables.job_postings.c.job_id == jobs.c.id))


def _without_plan(_: Asked) -> _Work:
    planned = exists().where(tables.job_plans.c.job_id == jobs.c.id)
    return _open_jobs(~planned, jobs.c.default_interview_plan_id.is_(None))


def _open_jobs(*only: ColumnElement[bool]) -> _Work:
    return _Work(jobs, [jobs.c.status == "Open", *only], _recruiters_of_job(jobs.c.id), jobs.c.opened_at)


_FINDERS: Mapping[Kind, Callable[[Asked], _Work]] = {
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
