"""`ashby_report_pipeline`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, product
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, exists, func, null, select
from sqlalchemy.sql.selectable import FromClause

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import Answer, Column
from langchain_ashby.mirror.questions.asked import Asked, Timed, undated, undated_remark
from langchain_ashby.mirror.questions.filters import ApplicationFilters, below
from langchain_ashby.mirror.questions.metrics import METRICS, Ends, Metric, as_number
from langchain_ashby.mirror.questions.names import NAMED, Named, labels
from langchain_ashby.mirror.questions.periods import month_of, week_of
from langchain_ashby.mirror.questions.question import FEW, Listing
from langchain_ashby.mirror.tables import applications, jobs

By = Literal["job", "department", "stage", "source", "recruiter", "interviewer", "reason", "month", "week"]

_recruiters = (
    select(tables.application_team.c.application_id.label("application_id"), tables.application_team.c.user_id)
    .where(tables.application_team.c.role == "Recruiter")
    .subquery("recruiters")
)

BY: Mapping[str, ColumnElement[Any]] = {
    "job": applications.c.job_id,
    "department": jobs.c.department_id,
    "source": applications.c.source_id,
    "recruiter": _recruiters.c.user_id,
}
"""What applications are grouped by, by its id; the stage is the metric's."""

LABELS: Mapping[str, Named] = {
    "job": NAMED["jobs"],
    "department": NAMED["departments"],
    "stage": NAMED["stages"],
    "source": NAMED["sources"],
    "recruiter": NAMED["users"],
    "interviewer": NAMED["users"],
    "reason": NAMED["reasons"],
}

NONE = "(none)"

_TIMES: Mapping[str, Callable[[Any], Callable[[datetime], str]]] = {"month": month_of, "week": week_of}


class ReportPipeline(Listing, ApplicationFilters):
    """Numbers of the pipeline: counts, funnels and conversion, days in stage, time to hire or fill, offers, rejections
    by reason, interviews and feedback delay. One metric, grouped by up to two things, filtered as in
    ashby_find_applications; the answer says how it is defined."""

    metric: Literal[
        "applications", "current", "reached", "conversion", "days_in_stage", "time_to_hire", "time_to_fill", "offers",
        "rejections", "interviews",
    ]  # fmt: skip
    by: Annotated[ListOf[By] | None, Field(max_length=2)] = None
    period: Annotated[str | None, Field(description="When it happened; created, for conversion and reached.")] = None
    from_stage: str | None = None
    to_stage: str | None = None

    def answer(self, asked: Asked) -> Answer:
        """Counts and groups, and says how complete the figures are."""
        metric = METRICS[self.metric]
        by = tuple(dict.fromkeys(self.by or metric.usually_by))
        asked.need(self.metric, *metric.needs)
        if "department" in by and "department" not in metric.by:
            asked.need("by department", jobs)
        ends = self._ends(asked)
        rows = self._rows(asked, metric, by, ends)
        called = [_labels(asked, name, ends.goal if name in metric.several else None) for name in by]
        groups, every = _grouped(rows, called, once=_repeats(metric, by))
        counted = [(labels, metric.count(values)) for labels, values in groups.items()]
        times = [place for place, name in enumerate(by) if name in _TIMES]
        counted.sort(key=lambda it: ([it[0][place] for place in times], -it[1][0], it[0]))
        page = self.page([labels for labels, _ in counted[: self.upto()]], len(counted), "group")
        shown = [
            [*labels, *figures, "few" if metric.sample(figures) < FEW else None]
            for labels, figures in counted[page.begin : page.end]
        ]
        total = ", ".join(
            f"{title} {_figure(it)}"
            for title, it in zip(metric.figures, metric.count(every), strict=True)
            if it is not None
        )
        notes = [*page.notes, f"total: {total}", metric.definition, *self._remarks(asked, metric, ends, by, counted)]
        columns = [*map(Column, by), *map(Column, metric.figures), Column("sample")]
        return Answer(columns, shown, notes, page.more)

    def _ends(self, asked: Asked) -> Ends:
        if self.to_stage and self.metric not in ("conversion", "reached"):
            raise ArgumentError("to_stage applies only to the metrics conversion and reached")
        if self.from_stage and self.metric != "conversion":
            raise ArgumentError("from_stage applies only to the metric conversion")
        if self.metric == "conversion" and not self.to_stage:
            raise ArgumentError("conversion needs to_stage, such as Onsite")
        start, goal = (
            asked.ids(name, [said], "stages") if (said := getattr(self, name)) else []
            for name in ("from_stage", "to_stage")
        )
        return Ends(start, goal, asked.now)

    def _rows(self, asked: Asked, metric: Metric, by: Sequence[str], ends: Ends) -> Iterator[Sequence[Any]]:
        """The id, value and groups of everything that counts."""
        timed = [fits for fits, _ in self._timed(asked, metric)]
        conditions = [*metric.only(ends), *timed, *self._conditions(asked, metric)]
        source = metric.source
        if "recruiter" in by:
            source = source.outerjoin(_recruiters, _recruiters.c.application_id == applications.c.id)
        if "department" in by and "department" not in metric.by:
            source = source.outerjoin(jobs, jobs.c.id == applications.c.job_id)
        groups = [self._group(metric, name) for name in by]
        columns = [metric.of if _repeats(metric, by) else null(), metric.value(ends), *groups]
        return iter(asked.connection.execute(select(*columns).select_from(source).where(and_(True, *conditions))))

    def _timed(self, asked: Asked, metric: Metric) -> Iterator[Timed]:
        """The conditions that are about times."""
        yield from self._happened(asked, metric)
        if self.metric != "time_to_fill":
            yield from self.timed(asked)

    def _happened(self, asked: Asked, metric: Metric) -> Iterator[Timed]:
        """The conditions on when it happened."""
        if self.period and metric.time is None:
            raise ArgumentError(f"the metric {self.metric} counts the present: leave out period")
        if self.period and metric.time is not None:
            yield asked.within("period", self.period, metric.time), metric.time.is_(None)
        if metric.ended and metric.time is not None:
            yield metric.time < asked.now, metric.time.is_(None)

    def _conditions(self, asked: Asked, metric: Metric) -> Iterator[ColumnElement[bool]]:
        if self.metric != "time_to_fill":
            yield from self.untimed(asked, metric.stage)
            return
        given = [name for name in ApplicationFilters.model_fields if getattr(self, name) is not None]
        if wrong := [name for name in given if name not in ("jobs", "departments", "locations")]:
            raise ArgumentError(
                f"{', '.join(wrong)}: time_to_fill is about openings: filter it only by jobs, departments and locations"
            )
        openings, places = tables.openings, tables.opening_locations
        if self.jobs:
            yield tables.opening_jobs.c.job_id.in_(asked.ids("jobs", self.jobs))
        if self.departments:
            ids = asked.ids("departments", self.departments)
            yield openings.c.team_id.in_(below(asked, tables.departments, ids))
        if self.locations:
            ids = below(asked, tables.locations, asked.ids("locations", self.locations))
            yield exists().where(places.c.opening_id == openings.c.id, places.c.location_id.in_(ids))

    def _group(self, metric: Metric, name: str) -> ColumnElement[Any]:
        if name in _TIMES:
            if metric.time is None:
                raise ArgumentError(f"by: the metric {self.metric} counts the present; leave out {name}")
            return as_number(metric.time)
        expression = metric.by.get(name, metric.stage if name == "stage" else BY.get(name))
        if expression is None or (self.metric == "time_to_fill" and name not in metric.by):
            raise ArgumentError(f"by: the metric {self.metric} cannot be grouped by {name}")
        return expression

    def _remarks(
        self,
        asked: Asked,
        metric: Metric,
        ends: Ends,
        by: Sequence[str],
        counted: Sequence[tuple[tuple[str, ...], list[Any]]],
    ) -> Iterator[str]:
        if metric.time is not None:
            yield f"period: {asked.in_days(self.period)}"
        if self.metric != "current" and (by_stage := list(self._by_stage(metric, by))):
            yield f"{', '.join(by_stage)}: {metric.stage_is}"
        if any(metric.sample(figures) < FEW for _, figures in counted):
            yield f"few: based on fewer than {FEW}"
        if "recruiter" in by or self.metric == "time_to_fill":
            yield "whatever belongs to several groups counts in each of them, but once in the total"
        if timed := list(self._timed(asked, metric)):
            conditions = [*metric.only(ends), *self._conditions(asked, metric), *undated(timed)]
            query = select(func.count(metric.of.distinct())).select_from(metric.source).where(*conditions)
            if number := asked.connection.scalar(query):
                yield undated_remark(number)
        may_miss = not asked.knows_all and (metric.needs_history or self.needs_history())
        if may_miss and (unknown := asked.connection.scalar(self._unknown(asked, metric, ends))):
            yield f"applications not counted, because their stage history is not known yet: {unknown:,}"

    def _by_stage(self, metric: Metric, by: Sequence[str]) -> Iterator[str]:
        """The arguments whose stage the metric's definition does not mention."""
        if "stage" in by and "stage" not in metric.by:
            yield "by stage"
        yield from (name for name in ("stages", "stage_types") if getattr(self, name))

    def _unknown(self, asked: Asked, metric: Metric, ends: Ends) -> Select[Any]:
        """How many applications might count, if only their history were known."""
        happened = [fits for fits, _ in self._happened(asked, metric)]
        if metric.needs_history:
            source: FromClause = applications
            conditions = list(metric.could_count)
            if metric.time is applications.c.created_at:
                conditions += happened
        else:
            source, conditions = metric.source, [*metric.only(ends), *happened]
        conditions += [*self.without_history().conditions(asked, metric.stage), ~tables.history_is_known()]
        return select(func.count(applications.c.id.distinct())).select_from(source).where(*conditions)


def _repeats(metric: Metric, by: Sequence[str]) -> bool:
    """True if a thing can have several rows."""
    return metric.repeats or "recruiter" in by


def _grouped(
    rows: Iterator[Sequence[Any]], labels: Sequence[Callable[[Any], Collection[str]]], *, once: bool
) -> tuple[dict[tuple[str, ...], list[Any]], list[Any]]:
    """The values of each group, and of all together; with `once`, a thing with several rows has one value in each."""
    of_keys: dict[Sequence[Any], list[tuple[Any, Any]]] = defaultdict(list)
    for row in rows:
        of_keys[row[2:]].append((row[0], row[1]))
    groups: dict[tuple[str, ...], list[tuple[Any, Any]]] = defaultdict(list)
    for keys, pairs in of_keys.items():
        for called in product(*(label(key) for label, key in zip(labels, keys, strict=True))):
            groups[called] += pairs

    def values(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
        return list(dict(pairs).values()) if once else [value for _, value in pairs]

    return {group: values(pairs) for group, pairs in groups.items()}, values(chain.from_iterable(of_keys.values()))


def _labels(asked: Asked, name: str, only: Collection[str] | None) -> Callable[[Any], Collection[str]]:
    """Returns what labels the groups of a key.

    A key is one group's. But if `only` is given, a key lists ids with a group each, of which those in `only` count, or
    all if that is empty.
    """
    if name in _TIMES:
        day = cache(_TIMES[name](asked.zone))
        return lambda number: [NONE if number is None else day(_quarter(number))]
    called = labels(asked.connection, LABELS[name])
    if only is None:
        return lambda key: [called(key) or NONE]
    return lambda key: {called(it) or NONE for it in (key.split(",") if key else [None]) if not only or it in only}


def _quarter(number: int) -> datetime:
    """The quarter of an hour that a time is in. No zone begins a day within one, and there are far fewer of them."""
    return _EPOCH + timedelta(minutes=number // 900_000 * 15)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}".removesuffix(".0")
    return f"{value:,}" if isinstance(value, int) else str(value)
