"""`ashby_list_changes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, null, select, union_all

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.question import Listing
from langchain_ashby.mirror.tables import applications, candidates, jobs, stage_stays

Kind = Literal[
    "applied", "moved", "archived", "hired", "candidate added", "feedback", "offer", "offer answered", "interview"
]


class ListChanges(Listing):
    """List what changed since a time across all jobs, newest first, in a line each: applied, moved, archived, hired,
    feedback given, interviews arranged, offers made and answered. For yesterday, a day or a week."""

    period: Annotated[str, Field(description="Such as since yesterday, last 7 days, 2026-11-24.")]
    kinds: ListOf[Kind] | None = None
    jobs: ListOf[str] | None = None

    def answer(self, asked: Asked) -> Answer:
        """Lists them, and counts each kind."""
        changes = union_all(*self._parts(asked)).subquery("changes")
        kinds = asked.connection.execute(
            select(changes.c.kind, func.count()).group_by(changes.c.kind).order_by(func.count().desc(), changes.c.kind)
        ).all()
        query = select(changes).order_by(changes.c.at.desc(), changes.c.kind, changes.c.id)
        found = asked.connection.execute(query.offset(self.begin()).limit(self.limit)).all()
        rows = [
            [f"{row.at.astimezone(asked.zone):%Y-%m-%d_%H:%M}", row.kind, row.candidate, row.job, row.what, row.id]
            for row in found
        ]
        line, more = self.how_many(len(rows), sum(number for _, number in kinds), "change")
        notes = [line, *([f"{', '.join(f'{kind} {number:,}' for kind, number in kinds)}"] if kinds else [])]
        columns = [*map(Column, ("when", "change", "candidate", "job", "what")), Column("application_id", is_id=True)]
        return Answer(columns, rows, [*notes, f"period: {asked.in_days(self.period)}"], more)

    def _parts(self, asked: Asked) -> Iterator[Select[Any]]:
        ids = asked.ids("jobs", self.jobs) if self.jobs else None
        for kind, (at, what, source, only) in _CHANGES.items():
            if self.kinds and kind not in self.kinds:
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
_moved = (stage_stays.c.stage_number > 0, _stay_stage.c.type.not_in(("Archived", "Hired")))

_CHANGES: Mapping[str, tuple[ColumnElement[Any], ColumnElement[Any], Any, tuple[ColumnElement[bool], ...]]] = {
    "applied": (
        applications.c.created_at,
        select(tables.sources.c.title).where(tables.sources.c.id == applications.c.source_id).scalar_subquery(),
        _people,
        (),
    ),
    "moved": (stage_stays.c.entered_at, _stay_stage.c.title, _stays, _moved),
    "archived": (applications.c.archived_at, _reason, _people, (applications.c.status == "Archived",)),
    "hired": (stage_stays.c.entered_at, _stay_stage.c.title, _stays, (_stay_stage.c.type == "Hired",)),
    "candidate added": (candidates.c.created_at, candidates.c.title, candidates, ()),
    "feedback": (
        tables.feedback.c.submitted_at,
        _giver.c.first_name + " " + _giver.c.last_name,
        _people.join(tables.feedback, tables.feedback.c.application_id == applications.c.id).outerjoin(
            _giver, _giver.c.id == tables.feedback.c.submitted_by_user_id
        ),
        (),
    ),
    "offer": (
        tables.offers.c.version_created_at,
        tables.offers.c.status,
        _people.join(tables.offers, tables.offers.c.application_id == applications.c.id),
        (),
    ),
    "offer answered": (
        tables.offers.c.decided_at,
        tables.offers.c.acceptance_status,
        _people.join(tables.offers, tables.offers.c.application_id == applications.c.id),
        (),
    ),
    "interview": (
        tables.interview_events.c.created_at,
        tables.interviews.c.title,
        _people.join(tables.interview_schedules, tables.interview_schedules.c.application_id == applications.c.id)
        .join(
            tables.interview_events, tables.interview_events.c.interview_schedule_id == tables.interview_schedules.c.id
        )
        .outerjoin(tables.interviews, tables.interviews.c.id == tables.interview_events.c.interview_id),
        (),
    ),
}
"""Each kind of change: when it happened, what is told of it, where it stands, and what else has to hold."""
