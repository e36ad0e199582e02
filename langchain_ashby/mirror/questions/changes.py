"""`ashby_list_changes`."""

from __future__ import annotations

from collections import Counter, defaultdict
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
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause, Subquery

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column, to_the_minute
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.interviews import interview_title, meetings, of_jobs
from langchain_ashby.mirror.questions.names import NAMED, labels
from langchain_ashby.mirror.questions.question import Limit, Listing
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
        source: Where it stands.
        id: The id of the application that it is about, or of the candidate.
        only: What else has to hold.
        happened: The conditions that it has happened, if its time is not known; None if the time is always known.
    """

    kind: Kind
    at: ColumnElement[Any]
    what: ColumnElement[Any]
    source: FromClause
    id: ColumnElement[Any]
    only: tuple[ColumnElement[bool], ...] = ()
    of: str = ""
    happened: tuple[ColumnElement[bool], ...] | None = ()


class _Part(NamedTuple):
    """A kind of change, with the condition that it happened in the period and the one on what it is about."""

    change: _Change
    is_then: ColumnElement[bool]
    about: ColumnElement[bool]


class ListChanges(Listing):
    """List what changed since a time across all jobs, newest first, in a line each: applied, moved, archived, hired,
    feedback given, interviews arranged, offers made and answered. For yesterday, a day or a week."""

    limit: Limit = 18
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
        numbers = _numbers(asked, parts)
        counts = [(kind, number) for kind, number in sorted(numbers.items(), key=lambda it: (-it[1], it[0])) if number]
        newest = [_lines(*part).order_by(desc("at"), "id").limit(self.upto()).subquery() for part in parts]
        changes = union_all(*map(select, newest)).order_by(*_ORDER).limit(self.upto()).subquery()
        first = asked.connection.execute(_with_names(changes)).all()
        total = sum(number for _, number in counts)
        page = self.page([(row.at, row.kind, row.id) for row in first], total, "change")
        found = first[page.begin : page.end]
        called = {kind: labels(asked.connection, NAMED[kind]) for kind in {"jobs", *(row.of for row in found)} if kind}
        rows = [
            [
                to_the_minute(row.at, asked.zone).replace(" ", "_"),
                row.kind,
                row.name,
                called["jobs"](row.job),
                called[row.of](row.what) if row.of else row.what,
                row.application,
            ]
            for row in found
        ]
        notes = [*page.notes, *([", ".join(f"{kind} {number:,}" for kind, number in counts)] if counts else [])]
        columns = [*map(Column, ("when", "change", "candidate", "job", "what")), Column("application_id", is_id=True)]
        notes += [f"period: {asked.in_days(self.period)}", *_undated(asked, parts), *self._unseen(asked, kinds)]
        notes += [f"{kind}: not known, because this API key may not read {lists}" for kind, lists in unread.items()]
        return Answer(columns, rows, notes, page.more)

    def _unseen(self, asked: Asked, kinds: Sequence[str]) -> Iterator[str]:
        """Says how many moves may be undated or missing, because a history has not been read since."""
        if asked.knows_all or not {"moved", "archived", "hired"} & set(kinds):
            return
        changed = [asked.within("period", self.period, applications.c.updated_at), ~tables.history_is_known()]
        about = [applications.c.job_id.in_(asked.ids("jobs", self.jobs))] if self.jobs else []
        query = select(func.count()).select_from(applications).where(*changed, *about)
        if number := asked.connection.scalar(query):
            changed_ones = f"{number:,} application{'' if number == 1 else 's'}"
            yield (
                f"{changed_ones} changed in the period, but their stage history has not been read since: of "
                'their moves, only those noticed between two syncs are listed, as "seen" at the time of the later one'
            )

    def _parts(self, asked: Asked, kinds: Sequence[str]) -> Iterator[_Part]:
        """The kinds of change that are asked for."""
        ids = asked.ids("jobs", self.jobs) if self.jobs else None
        for change in _CHANGES:
            if change.kind not in kinds or (ids is not None and change.source is candidates):
                continue
            about: list[ColumnElement[bool]] = []
            if ids is not None:
                is_one = change.source is applications
                about = [applications.c.job_id.in_(ids) if is_one else of_jobs(change.id, ids)]
            yield _Part(change, asked.within("period", self.period, change.at), and_(True, *about))


def _numbers(asked: Asked, parts: Sequence[_Part]) -> Counter[str]:
    """How many changes of each kind there are. Those of the same rows are counted in one pass."""
    together: dict[Any, list[_Part]] = defaultdict(list)
    for part in parts:
        together[part.change.at].append(part)
    numbers: Counter[str] = Counter()
    for same in together.values():
        change, *conditions = same[0]
        each = [func.count().filter(and_(True, *it.change.only)) for it in same]
        found = asked.connection.execute(select(*each).select_from(change.source).where(*conditions)).one()
        for it, number in zip(same, found, strict=True):
            numbers[it.change.kind] += number
    return numbers


def _undated(asked: Asked, parts: Sequence[_Part]) -> Iterator[str]:
    """Says how many changes of each kind happened at a time that is not known."""
    numbers: Counter[str] = Counter()
    for change, _, about in parts:
        if change.happened is not None:
            conditions = [change.at.is_(None), about, *change.only, *change.happened]
            query = select(func.count()).select_from(change.source).where(*conditions)
            numbers[change.kind] += asked.connection.scalar(query) or 0
    if said := [f"{kind} {number:,}" for kind, number in numbers.items() if number]:
        yield f"not listed, because their time is not known: {', '.join(said)}"


def _lines(change: _Change, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The changes without names."""
    columns = {
        "kind": literal(change.kind),
        "at": change.at,
        "what": cast(change.what, String),
        "of": literal(change.of),
        "id": change.id,
    }
    named = [column.label(name) for name, column in columns.items()]
    return select(*named).select_from(change.source).where(*conditions, *change.only)


def _with_names(changes: Subquery) -> Select[Any]:
    """The changes with the application, candidate and job of each."""
    person = func.coalesce(applications.c.candidate_id, changes.c.id)
    named = [applications.c.id.label("application"), applications.c.job_id.label("job"), candidates.c.name]
    source = changes.outerjoin(applications, applications.c.id == changes.c.id)
    query = select(changes, *named).select_from(source.outerjoin(candidates, candidates.c.id == person))
    return query.order_by(changes.c.at.desc(), changes.c.kind, changes.c.id)  # "id" alone would be the candidate's


_ORDER: Sequence[Any] = (desc("at"), "kind", "id")

_stay_stage = tables.interview_stages.alias("stay_stage")
_seen_title = select(_stay_stage.c.title).where(_stay_stage.c.id == seen_moves.c.to_stage_id).scalar_subquery()
_seen_in = func.coalesce(_seen_title, "another stage").concat(" (seen)")


def _is(stage_id: ColumnElement[Any], *types: str) -> ColumnElement[bool]:
    """That a stage is of one of these types; false for one that is not known."""
    of_type = select(tables.interview_stages.c.id).where(tables.interview_stages.c.type.in_(types))
    return and_(stage_id.is_not(None), stage_id.in_(of_type))


def _or_unknown(status: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(status, UNKNOWN)


_stay = stage_stays.c.interview_stage_id
_later = or_(stage_stays.c.stage_number.is_(None), stage_stays.c.stage_number > 0)

_application, _of_stay, _of_seen = applications.c.id, stage_stays.c.application_id, seen_moves.c.application_id
_left = stage_stays.c.left_at.is_not(None)
_to = seen_moves.c.to_stage_id
_of_offer = offers.c.application_id

_later_move = seen_moves.alias("later_move")
_is_archived_still = and_(
    exists().where(applications.c.id == _of_seen, applications.c.status == "Archived"),
    ~exists().where(_later_move.c.application_id == _of_seen, _later_move.c.before > seen_moves.c.before),
)
"""That a move to Archived was the last one: the application itself says when that was."""

_CHANGES: Sequence[_Change] = (
    _Change("applied", applications.c.created_at, applications.c.source_id, applications, _application, of="sources"),
    _Change(
        "moved",
        stage_stays.c.entered_at,
        _stay,
        stage_stays,
        _of_stay,
        (_later, ~_is(_stay, "Archived", "Hired")),
        "stages",
    ),
    _Change(
        "moved",
        seen_moves.c.before,
        _seen_in,
        seen_moves,
        _of_seen,
        (~_is(_to, "Archived", "Hired"),),
        happened=None,
    ),
    _Change(
        "archived",
        applications.c.archived_at,
        applications.c.archive_reason_id,
        applications,
        _application,
        (applications.c.status == "Archived",),
        "reasons",
    ),
    _Change(
        "archived",
        stage_stays.c.entered_at,
        literal("(moved on since)"),
        stage_stays,
        _of_stay,
        (_is(_stay, "Archived"), _left),
    ),
    _Change(
        "archived", seen_moves.c.before, _seen_in, seen_moves, _of_seen, (_is(_to, "Archived"), ~_is_archived_still)
    ),
    _Change("hired", stage_stays.c.entered_at, _stay, stage_stays, _of_stay, (_is(_stay, "Hired"),), "stages"),
    _Change("hired", seen_moves.c.before, _seen_in, seen_moves, _of_seen, (_is(_to, "Hired"),), happened=None),
    _Change("candidate added", candidates.c.created_at, candidates.c.title, candidates, candidates.c.id),
    _Change(
        "feedback",
        feedback.c.submitted_at,
        feedback.c.submitted_by_user_id,
        feedback,
        feedback.c.application_id,
        of="users",
    ),
    _Change("offer", offers.c.version_created_at, _or_unknown(offers.c.status), offers, _of_offer),
    _Change(
        "offer answered",
        offers.c.decided_at,
        _or_unknown(offers.c.acceptance_status),
        offers,
        _of_offer,
        happened=(offers.c.acceptance_status.in_(("Accepted", "Declined")),),
    ),
    _Change(
        "interview",
        interview_events.c.created_at,
        interview_title,
        meetings(),
        interview_schedules.c.application_id,
    ),
)
"""Each kind of change, or a part of it."""

_NEEDS: Mapping[Kind, tuple[Table, ...]] = {
    "feedback": (feedback,),
    "offer": (offers,),
    "offer answered": (offers,),
    "interview": (interview_schedules,),
}
"""The tables without which a kind of change is not known."""
