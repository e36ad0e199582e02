"""`ashby_find_applications`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, and_, func, literal, select

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.mirror.questions.answer import Answer, Column
from langchain_ashby.mirror.questions.asked import Asked, undated, undated_remark
from langchain_ashby.mirror.questions.filters import (
    ApplicationFilters,
    entered_at,
    hired_at,
    joined,
    unknown_histories,
)
from langchain_ashby.mirror.questions.names import NAMED, Named, labels
from langchain_ashby.mirror.questions.question import Listing
from langchain_ashby.mirror.tables import applications, candidates, jobs

Shown = Literal[
    "job", "stage", "days_in_stage", "status", "source", "created", "updated", "archived", "hired", "reason", "email",
    "department", "location",
]  # fmt: skip

USUAL: tuple[Shown, ...] = ("job", "stage", "days_in_stage", "status", "source", "created")

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "job": applications.c.job_id,
    "stage": applications.c.interview_stage_id,
    "days_in_stage": entered_at,
    "status": applications.c.status,
    "source": applications.c.source_id,
    "created": applications.c.created_at,
    "updated": applications.c.updated_at,
    "archived": applications.c.archived_at,
    "hired": hired_at,
    "reason": applications.c.archive_reason_id,
    "email": candidates.c.email,
    "department": jobs.c.department_id,
    "location": jobs.c.location_id,
}
"""What each column shows: for `days_in_stage` the time from which days count, for those in CALLED the id."""

CALLED: Mapping[str, Named] = {
    "job": NAMED["jobs"],
    "stage": NAMED["stages"],
    "source": NAMED["sources"],
    "reason": NAMED["reasons"],
    "department": NAMED["departments"],
    "location": NAMED["locations"],
}

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
        total = asked.connection.scalar(select(func.count()).select_from(applications).where(chosen)) or 0
        order = SORTS[self.sort], applications.c.id
        source = joined() if self.sort == "job" else applications
        first = select(applications.c.id).select_from(source).where(chosen).order_by(*order).limit(self.upto())
        ids = asked.connection.scalars(first).all()
        page = self.page(ids, total, "application")
        query = (
            select(applications.c.id, candidates.c.name, *(COLUMNS[name].label(name) for name in shown))
            .select_from(joined())
            .where(applications.c.id.in_(ids[page.begin : page.end]))
            .order_by(*order)
        )
        tell: dict[str, Callable[[Any], Any]] = {"days_in_stage": asked.days_since}
        tell |= {name: labels(asked.connection, kind) for name, kind in CALLED.items() if name in shown}
        rows = [
            [*found[:2], *(tell.get(name, _as_it_is)(it) for name, it in zip(shown, found[2:], strict=True))]
            for found in asked.connection.execute(query)
        ]
        titles = [
            Column("application_id", is_id=True),
            Column("candidate"),
            *(Column(name, is_sent=name == "status") for name in shown),
        ]
        return Answer(titles, rows, [*page.notes, *self._unjudged(asked)], page.more)

    def _unjudged(self, asked: Asked) -> Iterator[str]:
        """Says how many the filters could not judge, because a time or their history is not known."""
        if timed := list(self.timed(asked)):
            conditions = [*self.untimed(asked), *undated(timed)]
            if number := asked.connection.scalar(select(func.count()).select_from(applications).where(*conditions)):
                yield undated_remark(number)
        if asked.knows_all or not self.needs_history():
            return
        others = list(self.without_history().conditions(asked))
        if number := asked.connection.scalar(unknown_histories(others)):
            yield f"possible matches not counted (stage history not known yet): {number:,}"


def _as_it_is(value: Any) -> Any:
    return value
