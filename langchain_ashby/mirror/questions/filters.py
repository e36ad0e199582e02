"""Which applications a question is about, as arguments and as a condition in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from langchain_ashby.endpoint import Arguments
from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.asked import Asked, Timed
from langchain_ashby.mirror.tables import applications, interview_stages, jobs, stage_stays

StageType = Literal["Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived"]
Status = Literal["Active", "Lead", "Hired", "Archived"]
Names = ListOf[str]

_entered = (
    select(func.max(stage_stays.c.entered_at))
    .where(
        stage_stays.c.application_id == applications.c.id,
        stage_stays.c.left_at.is_(None),
        stage_stays.c.interview_stage_id == applications.c.interview_stage_id,
    )
    .correlate(applications)
)
entered_at = case((tables.history_is_known(), _entered.scalar_subquery()))
"""When an application entered its current stage; null if its history is not known."""
entry_is_undated = and_(tables.history_is_known(), entered_at.is_(None))
"""True if its history is known, but not when an application entered its stage."""

hired_stage = interview_stages.alias("hired_stage")
_hired = (
    select(func.max(stage_stays.c.entered_at))
    .join(hired_stage, hired_stage.c.id == stage_stays.c.interview_stage_id)
    .where(
        stage_stays.c.application_id == applications.c.id,
        hired_stage.c.type == "Hired",
    )
    .correlate(applications)
)
hired_at = case((and_(applications.c.status == "Hired", tables.history_is_known()), _hired.scalar_subquery()))
"""When a person who is hired was hired, the last time: the entry into the stage of that type. Null if not known."""


class ApplicationFilters(Arguments):
    """Arguments that choose applications. All that are given have to match; several names in one are alternatives."""

    jobs: Names | None = None
    departments: Annotated[Names | None, Field(description="With the teams below.")] = None
    stages: Annotated[Names | None, Field(description="Current ones.")] = None
    stage_types: ListOf[StageType] | None = None
    status: ListOf[Status] | None = None
    sources: Names | None = None
    tags: Annotated[Names | None, Field(description="Of the candidate.")] = None
    locations: Annotated[Names | None, Field(description="Of the job.")] = None
    team_members: Annotated[Names | None, Field(description="Users on the hiring team.")] = None
    created: str | None = None
    updated: str | None = None
    entered_stage: str | None = None
    archived: str | None = None
    hired: str | None = None
    min_days_in_stage: Annotated[float | None, Field(ge=0)] = None

    def conditions(
        self, asked: Asked, stage: ColumnElement[Any] = applications.c.interview_stage_id
    ) -> Iterator[ColumnElement[bool]]:
        """The conditions on `applications`, which need no other table beside it.

        Args and errors are those of `untimed`.
        """
        yield from self.untimed(asked, stage)
        yield from (fits for fits, _ in self.timed(asked))

    def untimed(
        self, asked: Asked, stage: ColumnElement[Any] = applications.c.interview_stage_id
    ) -> Iterator[ColumnElement[bool]]:
        """The conditions that are not about times.

        Args:
            asked: The question.
            stage: The stage that `stages` and `stage_types` are about.

        Raises:
            ArgumentError: if a name or a period cannot be read; it says which argument, and what there is.
        """
        for name, condition in _BY_NAME.items():
            if said := getattr(self, name):
                yield condition(asked.ids(name, said, "users" if name == "team_members" else name))
        if self.stages:
            yield stage.in_(asked.ids("stages", self.stages))
        for name in ("departments", "locations", "team_members"):
            if getattr(self, name):
                asked.need(name, jobs)
        if self.departments:
            ids = asked.ids("departments", self.departments)
            yield _of_jobs(jobs.c.department_id, below(asked, tables.departments, ids))
        if self.locations:
            ids = asked.ids("locations", self.locations)
            yield _of_jobs(jobs.c.location_id, below(asked, tables.locations, ids))
        if self.stage_types:
            of_type = select(interview_stages.c.id).where(interview_stages.c.type.in_(self.stage_types))
            yield stage.in_(of_type)
        if self.status:
            yield applications.c.status.in_(self.status)

    def timed(self, asked: Asked) -> Iterator[Timed]:
        """The conditions that are about times."""
        for name, (column, is_unknown) in _BY_TIME.items():
            if said := getattr(self, name):
                yield asked.within(name, said, column), is_unknown
        if self.min_days_in_stage is not None:
            yield entered_at <= asked.days_ago(self.min_days_in_stage), entry_is_undated

    def needs_history(self) -> bool:
        """True if an application whose history is not known cannot be chosen."""
        return any(getattr(self, name) is not None for name in _BY_HISTORY)

    def without_history(self) -> Self:
        """The filters that can be judged without the history; who was hired is still `Hired`."""
        others: dict[str, Any] = dict.fromkeys(_BY_HISTORY)
        if self.hired and (not self.status or "Hired" in self.status):
            others["status"] = ["Hired"]
        return self.model_copy(update=others)


def below(asked: Asked, table: Any, ids: list[str]) -> list[str]:
    """The ids of departments or places and of all that is below them."""
    parents = asked.connection.execute(select(table.c.id, table.c.parent_id)).all()
    found = list(ids)
    for above in found:  # it grows
        found += [row.id for row in parents if row.parent_id == above and row.id not in found]
    return found


def _of_jobs(column: ColumnElement[Any], ids: list[str]) -> ColumnElement[bool]:
    return applications.c.job_id.in_(select(jobs.c.id).where(column.in_(ids)))


def _tagged(ids: list[str]) -> ColumnElement[bool]:
    links = tables.candidate_tags.c
    return exists().where(links.candidate_id == applications.c.candidate_id, links.tag_id.in_(ids))


def _on_the_team(ids: list[str]) -> ColumnElement[bool]:
    own, of_job = tables.application_team.c, tables.job_team.c
    return or_(
        exists().where(own.application_id == applications.c.id, own.user_id.in_(ids)),
        exists().where(of_job.job_id == applications.c.job_id, of_job.user_id.in_(ids)),
    )


_BY_NAME: dict[str, Callable[[list[str]], ColumnElement[bool]]] = {
    "jobs": lambda ids: applications.c.job_id.in_(ids),
    "sources": lambda ids: applications.c.source_id.in_(ids),
    "tags": _tagged,
    "team_members": _on_the_team,
}
_BY_TIME: dict[str, tuple[ColumnElement[Any], ColumnElement[bool]]] = {
    "created": (applications.c.created_at, applications.c.created_at.is_(None)),
    "updated": (applications.c.updated_at, applications.c.updated_at.is_(None)),
    "entered_stage": (entered_at, entry_is_undated),
    "archived": (
        applications.c.archived_at,
        and_(applications.c.status == "Archived", applications.c.archived_at.is_(None)),
    ),
    "hired": (
        hired_at,
        and_(applications.c.status == "Hired", tables.history_is_known(), hired_at.is_(None)),
    ),
}
"""The times that filters are about, each with the condition that there was one, but it is not known.

Applications whose history is not known are not among these: an answer counts them by themselves.
"""


_BY_HISTORY = ("entered_stage", "hired", "min_days_in_stage")


def joined() -> FromClause:
    """The applications with their candidates and jobs."""
    people = applications.outerjoin(tables.candidates, tables.candidates.c.id == applications.c.candidate_id)
    return people.outerjoin(jobs, jobs.c.id == applications.c.job_id)


def unknown_histories(chosen: list[ColumnElement[bool]]) -> Select[Any]:
    """How many of the chosen applications have a history that is not known."""
    return select(func.count()).select_from(applications).where(~tables.history_is_known(), *chosen)
