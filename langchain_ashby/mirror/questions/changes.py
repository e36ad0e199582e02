"""`ashby_list_changes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field
from sqlalchemy import ColumnElement, Select, String, Table, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.sql.selectable import FromClause

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.filters import unknown_histories
from langchain_ashby.mirror.questions.names import user_name
from langchain_ashby.mirror.questions.question import Listing
from langchain_ashby.mirror.tables import (
    applications,
    candidates,
    feedback,
    interview_events,
    interview_schedules,
    jobs,
    offers,
    seen_moves,
    stage_stays,
)

Kind = Literal[
    "applied", "moved", "archived", "hired", "candidate added", "feedback", "offer", "offer answered", "interview"
]


class _Change(NamedTuple):
    """A kind of change.

    Attributes:
        kind: What it is called.
        at: When it happened.
        what: What is told of it.
        source: Where it stands, with `candidates`, and with `applications` and `jobs` if it is about one.
        only: What else has to hold.
    """

    kind: Kind
    at: ColumnElement[Any]
    what: ColumnElement[Any]
    source: FromClause
    only: tuple[ColumnElement[bool], ...] = ()


class ListChanges(Listing):
    """List what changed since a time across all jobs, newest first, in a line each: applied, moved, archived, hired,
    feedback given, interviews arranged, offers made and answered. For yesterday, a day or a week."""

    period: Annotated[str, Field(description="Such as since yesterday, last 7 days, 2026-11-24.")]
    kinds: ListOf[Kind] | None = None
    jobs: ListOf[str] | None = None

    def answer(self, asked: Asked) -> Answer:
        """Lists them, and counts each kind."""
        kinds = [kind for kind in get_args(Kind) if not self.kinds or kind in self.kinds]
        unread = {kind: lists for kind in kinds if (lists := asked.missing(*_NEEDS.get(kind, ())))}
        parts = list(self._parts(asked, [kind for kind in kinds if kind not in unread]))
        if not parts:
            raise ArgumentError("kinds: no such change is about a job, or this API key may not read it: name others")
        changes = union_all(*parts).subquery("changes")
        counts = asked.connection.execute(
            select(changes.c.kind, func.count()).group_by(changes.c.kind).order_by(func.count().desc(), changes.c.kind)
        ).all()
        query = select(changes).order_by(changes.c.at.desc(), changes.c.kind, changes.c.id)
        found = asked.connection.execute(query.offset(self.begin()).limit(self.limit)).all()
        rows = [
            [f"{row.at.astimezone(asked.zone):%Y-%m-%d_%H:%M}", row.kind, row.candidate, row.job, row.what, row.id]
            for row in found
        ]
        line, more = self.how_many(len(rows), sum(number for _, number in counts), "change")
        notes = [line, *([", ".join(f"{kind} {number:,}" for kind, number in counts)] if counts else [])]
        columns = [*map(Column, ("when", "change", "candidate", "job", "what")), Column("application_id", is_id=True)]
        notes += [f"period: {asked.in_days(self.period)}", *self._unseen(asked, kinds)]
        notes += [f"{kind}: not known, as this API key may not read {lists}" for kind, lists in unread.items()]
        return Answer(columns, rows, notes, more)

    def _unseen(self, asked: Asked, kinds: Sequence[str]) -> Iterator[str]:
        """Says what moves are not dated, or not known, as a history was not read since."""
        if not {"moved", "hired"} & set(kinds):
            return
        changed = asked.within("period", self.period, applications.c.updated_at)
        of_jobs = [applications.c.job_id.in_(asked.ids("jobs", self.jobs))] if self.jobs else []
        if number := asked.connection.scalar(unknown_histories([changed, *of_jobs])):
            yield (
                f"{number:,} applications changed in the period whose stage history is not known since: of their moves "
                'only those are here that two readings of the mirror show, at the time of the later one, as "seen"'
            )

    def _parts(self, asked: Asked, kinds: Sequence[str]) -> Iterator[Select[Any]]:
        ids = asked.ids("jobs", self.jobs) if self.jobs else None
        for kind, at, what, source, only in _CHANGES:
            if kind not in kinds:
                continue
            if ids is not None and kind == "candidate added":
                continue
            conditions = [asked.within("period", self.period, at), *only]
            if ids is not None:
                conditions.append(applications.c.job_id.in_(ids))
            of_an_application = kind != "candidate added"
            yield (
                select(
                    literal(kind).label("kind"),
                    at.label("at"),
                    candidates.c.name.label("candidate"),
                    (jobs.c.title if of_an_application else cast(null(), String)).label("job"),
                    cast(what, String).label("what"),
                    (applications.c.id if of_an_application else cast(null(), String)).label("id"),
                )
                .select_from(source)
                .where(and_(literal(True), *conditions))
            )


_people = applications.outerjoin(candidates, candidates.c.id == applications.c.candidate_id).outerjoin(
    jobs, jobs.c.id == applications.c.job_id
)
_stay_stage = tables.interview_stages.alias("stay_stage")
_stays = _people.join(stage_stays, stage_stays.c.application_id == applications.c.id).outerjoin(
    _stay_stage, _stay_stage.c.id == stage_stays.c.interview_stage_id
)
_giver = tables.users.alias("giver")
_reason = (
    select(tables.archive_reasons.c.text)
    .where(tables.archive_reasons.c.id == applications.c.archive_reason_id)
    .scalar_subquery()
)
_source = select(tables.sources.c.title).where(tables.sources.c.id == applications.c.source_id).scalar_subquery()
_seen = _people.join(seen_moves, seen_moves.c.application_id == applications.c.id).outerjoin(
    _stay_stage, _stay_stage.c.id == seen_moves.c.to_stage_id
)
_seen_in = func.coalesce(_stay_stage.c.title, "another stage").concat(" (seen)")
_elsewhere = or_(_stay_stage.c.type.is_(None), _stay_stage.c.type.not_in(("Archived", "Hired")))
_later = or_(stage_stays.c.stage_number.is_(None), stage_stays.c.stage_number > 0)

_offered = _people.join(offers, offers.c.application_id == applications.c.id)
_arranged = (
    _people.join(interview_schedules, interview_schedules.c.application_id == applications.c.id)
    .join(interview_events, interview_events.c.interview_schedule_id == interview_schedules.c.id)
    .outerjoin(tables.interviews, tables.interviews.c.id == interview_events.c.interview_id)
)

_CHANGES: Sequence[_Change] = (
    _Change("applied", applications.c.created_at, _source, _people),
    _Change("moved", stage_stays.c.entered_at, _stay_stage.c.title, _stays, (_later, _elsewhere)),
    _Change("moved", seen_moves.c.before, _seen_in, _seen, (_elsewhere,)),
    _Change("archived", applications.c.archived_at, _reason, _people, (applications.c.status == "Archived",)),
    _Change(
        "archived",
        stage_stays.c.entered_at,
        literal("(active again since)"),
        _stays,
        (_stay_stage.c.type == "Archived", stage_stays.c.left_at.is_not(None)),
    ),
    _Change("hired", stage_stays.c.entered_at, _stay_stage.c.title, _stays, (_stay_stage.c.type == "Hired",)),
    _Change("hired", seen_moves.c.before, _seen_in, _seen, (_stay_stage.c.type == "Hired",)),
    _Change("candidate added", candidates.c.created_at, candidates.c.title, candidates),
    _Change(
        "feedback",
        feedback.c.submitted_at,
        user_name(_giver.c),
        _people.join(feedback, feedback.c.application_id == applications.c.id).outerjoin(
            _giver, _giver.c.id == feedback.c.submitted_by_user_id
        ),
    ),
    _Change("offer", offers.c.version_created_at, offers.c.status, _offered),
    _Change("offer answered", offers.c.decided_at, offers.c.acceptance_status, _offered),
    _Change("interview", interview_events.c.created_at, tables.interviews.c.title, _arranged),
)
"""Each kind of change, or a part of it."""

_NEEDS: Mapping[Kind, tuple[Table, ...]] = {
    "feedback": (feedback,),
    "offer": (offers,),
    "offer answered": (offers,),
    "interview": (interview_schedules,),
}
"""The tables without which a kind of change is not known."""
