"""`ashby_list_changes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    cast,
    desc,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column, to_the_minute
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.names import NAMED, labels
from langchain_ashby.mirror.questions.question import Listing
from langchain_ashby.mirror.tables import (
    applications,
    candidates,
    feedback,
    interview_events,
    interview_schedules,
    offers,
    seen_moves,
    stage_stays,
)
from langchain_ashby.results.phrases import UNKNOWN

Kind = Literal[
    "applied", "moved", "archived", "hired", "candidate added", "feedback", "offer", "offer answered", "interview"
]


class _Change(NamedTuple):
    """A kind of change.

    Attributes:
        kind: What it is called.
        at: When it happened.
        what: What changed; an id if it is `of` a kind in NAMED.
        source: Where it stands, with `applications` if it is about one, without the names of people and jobs.
        only: What else has to hold.
    """

    kind: Kind
    at: ColumnElement[Any]
    what: ColumnElement[Any]
    source: FromClause
    only: tuple[ColumnElement[bool], ...] = ()
    of: str = ""


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
            raise ArgumentError("kinds: these are not about jobs, or this API key may not read them: name other kinds")
        numbers: Counter[str] = Counter()
        for change, conditions in parts:
            query = select(func.count()).select_from(change.source).where(conditions)
            numbers[change.kind] += asked.connection.scalar(query) or 0
        counts = [(kind, number) for kind, number in sorted(numbers.items(), key=lambda it: (-it[1], it[0])) if number]
        upto = self.begin() + self.limit
        newest = [_lines(*part).order_by(*_ORDER).limit(upto).subquery() for part in parts]
        changes = union_all(*map(select, newest)).subquery("changes")
        page = select(changes).order_by(changes.c.at.desc(), changes.c.kind, changes.c.id)
        found = asked.connection.execute(page.offset(self.begin()).limit(self.limit)).all()
        called = {kind: labels(asked.connection, NAMED[kind]) for kind in {"jobs", *(row.of for row in found)} if kind}
        rows = [
            [
                to_the_minute(row.at, asked.zone).replace(" ", "_"),
                row.kind,
                row.candidate,
                called["jobs"](row.job),
                called[row.of](row.what) if row.of else row.what,
                row.id,
            ]
            for row in found
        ]
        line, more = self.how_many(len(rows), sum(number for _, number in counts), "change")
        notes = [line, *([", ".join(f"{kind} {number:,}" for kind, number in counts)] if counts else [])]
        columns = [*map(Column, ("when", "change", "candidate", "job", "what")), Column("application_id", is_id=True)]
        notes += [f"period: {asked.in_days(self.period)}", *self._unseen(asked, kinds)]
        notes += [f"{kind}: not known, because this API key may not read {lists}" for kind, lists in unread.items()]
        return Answer(columns, rows, notes, more)

    def _unseen(self, asked: Asked, kinds: Sequence[str]) -> Iterator[str]:
        """Says how many moves may be undated or missing, because a history has not been read since."""
        if not {"moved", "hired"} & set(kinds):
            return
        changed = [asked.within("period", self.period, applications.c.updated_at), ~tables.history_is_known()]
        of_jobs = [applications.c.job_id.in_(asked.ids("jobs", self.jobs))] if self.jobs else []
        query = select(func.count()).select_from(applications).where(*changed, *of_jobs)
        if number := asked.connection.scalar(query):
            yield (
                f"{number:,} applications changed in the period, but their stage history has not been read since: of "
                'their moves, only those noticed between two syncs are listed, as "seen" at the time of the later one'
            )

    def _parts(self, asked: Asked, kinds: Sequence[str]) -> Iterator[tuple[_Change, ColumnElement[bool]]]:
        """The changes that are asked for, each with its conditions."""
        ids = asked.ids("jobs", self.jobs) if self.jobs else None
        for change in _CHANGES:
            if change.kind not in kinds or (ids is not None and change.source is candidates):
                continue
            of_jobs = [applications.c.job_id.in_(ids)] if ids is not None else []
            yield change, and_(asked.within("period", self.period, change.at), *change.only, *of_jobs)


def _lines(change: _Change, conditions: ColumnElement[bool]) -> Select[Any]:
    """The changes with their names."""
    source = change.source
    job: ColumnElement[Any] = cast(null(), String)
    its_id: ColumnElement[Any] = job
    if source is not candidates:
        source = source.outerjoin(candidates, candidates.c.id == applications.c.candidate_id)
        job, its_id = applications.c.job_id, applications.c.id
    columns = {
        "kind": literal(change.kind),
        "at": change.at,
        "candidate": candidates.c.name,
        "job": job,
        "what": cast(change.what, String),
        "of": literal(change.of),
        "id": its_id,
    }
    return select(*(column.label(name) for name, column in columns.items())).select_from(source).where(conditions)


_ORDER: Sequence[Any] = (desc("at"), "id")

_stay_stage = tables.interview_stages.alias("stay_stage")
_stays = applications.join(stage_stays, stage_stays.c.application_id == applications.c.id)
_seen = applications.join(seen_moves, seen_moves.c.application_id == applications.c.id)
_seen_title = select(_stay_stage.c.title).where(_stay_stage.c.id == seen_moves.c.to_stage_id).scalar_subquery()
_seen_in = func.coalesce(_seen_title, "another stage").concat(" (seen)")


def _is(stage_id: ColumnElement[Any], *types: str) -> ColumnElement[bool]:
    """That a stage is of one of these types; false for one that is not known."""
    of_type = select(tables.interview_stages.c.id).where(tables.interview_stages.c.type.in_(types))
    return and_(stage_id.is_not(None), stage_id.in_(of_type))


_stay = stage_stays.c.interview_stage_id
_later = or_(stage_stays.c.stage_number.is_(None), stage_stays.c.stage_number > 0)

_offered = applications.join(offers, offers.c.application_id == applications.c.id)
_arranged = (
    applications.join(interview_schedules, interview_schedules.c.application_id == applications.c.id)
    .join(interview_events, interview_events.c.interview_schedule_id == interview_schedules.c.id)
    .outerjoin(tables.interviews, tables.interviews.c.id == interview_events.c.interview_id)
)

_CHANGES: Sequence[_Change] = (
    _Change("applied", applications.c.created_at, applications.c.source_id, applications, of="sources"),
    _Change("moved", stage_stays.c.entered_at, _stay, _stays, (_later, ~_is(_stay, "Archived", "Hired")), "stages"),
    _Change("moved", seen_moves.c.before, _seen_in, _seen, (~_is(seen_moves.c.to_stage_id, "Archived", "Hired"),)),
    _Change(
        "archived",
        applications.c.archived_at,
        applications.c.archive_reason_id,
        applications,
        (applications.c.status == "Archived",),
        "reasons",
    ),
    _Change(
        "archived",
        stage_stays.c.entered_at,
        literal("(moved on since)"),
        _stays,
        (_is(_stay, "Archived"), stage_stays.c.left_at.is_not(None)),
    ),
    _Change("hired", stage_stays.c.entered_at, _stay, _stays, (_is(_stay, "Hired"),), "stages"),
    _Change("hired", seen_moves.c.before, _seen_in, _seen, (_is(seen_moves.c.to_stage_id, "Hired"),)),
    _Change("candidate added", candidates.c.created_at, candidates.c.title, candidates),
    _Change(
        "feedback",
        feedback.c.submitted_at,
        feedback.c.submitted_by_user_id,
        applications.join(feedback, feedback.c.application_id == applications.c.id),
        of="users",
    ),
    _Change("offer", offers.c.version_created_at, func.coalesce(offers.c.status, UNKNOWN), _offered),
    _Change("offer answered", offers.c.decided_at, func.coalesce(offers.c.acceptance_status, UNKNOWN), _offered),
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
