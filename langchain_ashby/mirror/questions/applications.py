"""`ashby_find_applications`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, and_, func, literal, select

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.filters import (
    ApplicationFilters,
    entered_at,
    hired_at,
    joined,
    stage,
    unknown_histories,
)
from langchain_ashby.mirror.questions.question import Listing
from langchain_ashby.mirror.tables import applications, candidates, jobs

Shown = Literal[
    "job", "stage", "days_in_stage", "status", "source", "created", "updated", "archived", "hired", "reason", "email",
    "department", "location",
]  # fmt: skip

USUAL: tuple[Shown, ...] = ("job", "stage", "days_in_stage", "status", "source", "created")

_named_source = select(tables.sources.c.title).where(tables.sources.c.id == applications.c.source_id).scalar_subquery()
_reason = (
    select(tables.archive_reasons.c.text)
    .where(tables.archive_reasons.c.id == applications.c.archive_reason_id)
    .scalar_subquery()
)
_department = select(tables.departments.c.name).where(tables.departments.c.id == jobs.c.department_id).scalar_subquery()
_location = select(tables.locations.c.name).where(tables.locations.c.id == jobs.c.location_id).scalar_subquery()

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "job": jobs.c.title,
    "stage": stage.c.title,
    "days_in_stage": entered_at,
    "status": applications.c.status,
    "source": _named_source,
    "created": applications.c.created_at,
    "updated": applications.c.updated_at,
    "archived": applications.c.archived_at,
    "hired": hired_at,
    "reason": _reason,
    "email": candidates.c.email,
    "department": _department,
    "location": _location,
}
"""What each column shows; of `days_in_stage` the time from which days are counted."""

SORTS: Mapping[str, ColumnElement[Any]] = {
    "days_in_stage": entered_at.asc().nulls_last(),
    "newest": applications.c.created_at.desc().nulls_last(),
    "oldest": applications.c.created_at.asc().nulls_last(),
    "updated": applications.c.updated_at.desc().nulls_last(),
    "job": jobs.c.title.asc().nulls_last(),
}


class FindApplications(Listing, ApplicationFilters):
    """Find applications across all jobs by any mix of filters, with days in stage, and count them: who is stuck, who
    applied, was archived or hired when. Names or ids; periods such as 2026-11-01..2026-11-30, last 7 days, before
    2026-10-30, this year."""

    sort: Literal["days_in_stage", "newest", "oldest", "updated", "job"] = "days_in_stage"
    columns: Annotated[ListOf[Shown] | None, Field(description=f"Default: {', '.join(USUAL)}.")] = None

    def answer(self, asked: Asked) -> Answer:
        """Finds them, with the total and how many could not be judged."""
        conditions = list(self.conditions(asked))
        chosen = and_(literal(True), *conditions)
        shown: tuple[str, ...] = tuple(self.columns or USUAL)
        total = asked.connection.scalar(select(func.count()).select_from(joined()).where(chosen)) or 0
        order = SORTS[self.sort], applications.c.id
        page = select(applications.c.id).select_from(joined()).where(chosen).order_by(*order)
        ids = list(asked.connection.scalars(page.offset(self.begin()).limit(self.limit)))
        query = (
            select(applications.c.id, candidates.c.name, *(COLUMNS[name].label(name) for name in shown))
            .select_from(joined())
            .where(applications.c.id.in_(ids))
            .order_by(*order)
        )
        rows = [_row(asked, shown, tuple(found)) for found in asked.connection.execute(query)]
        line, more = self.how_many(len(rows), total, "application")
        titles = [Column("application_id", is_id=True), Column("candidate"), *(Column(name) for name in shown)]
        return Answer(titles, rows, [line, *self._unjudged(asked)], more)

    def _unjudged(self, asked: Asked) -> Iterator[str]:
        """Says how many the filters could not judge, because their history is not known."""
        if not self.needs_history():
            return
        others = list(self.without_history().conditions(asked))
        if number := asked.connection.scalar(unknown_histories(others)):
            yield f"{number:,} more may match but are not counted, because their stage history is not known yet"


def _row(asked: Asked, shown: tuple[str, ...], found: tuple[Any, ...]) -> list[Any]:
    application_id, name, *cells = found
    told = [asked.days_since(it) if title == "days_in_stage" else it for title, it in zip(shown, cells, strict=True)]
    return [application_id, name, *told]
