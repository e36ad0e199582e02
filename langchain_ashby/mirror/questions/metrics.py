"""The metrics of reports. Each is defined once: its rows, the figures that they make, and the line that says so.

A metric's query has a row for each thing that counts, once for each group that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Table, exists, func, literal, null, select, type_coerce
from sqlalchemy.sql.selectable import FromClause

from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.filters import hired_at
from langchain_ashby.mirror.questions.interviews import held
from langchain_ashby.mirror.tables import applications, stage_stays

DAY = 86_400_000
"""Milliseconds."""
HOUR = 3_600_000


class Ends(NamedTuple):
    """Where a metric begins and ends: the stages of a conversion, by their ids, and the time.

    No ids mean the application itself.

    Attributes:
        start: The stages from which it counts.
        goal: The stages that count as reached.
        now: The time of the question.
    """

    start: Sequence[str]
    goal: Sequence[str]
    now: datetime


@dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        definition: The line that an answer says of it.
        figures: The headings of its figures.
        count: Makes the figures of a group from the values of its rows.
        time: When a row happened, which a report's period is about; None for what is so now.
        value: What is counted of a row; null by default.
        source: Where the rows come from, with `applications` in it where it can be filtered by them.
        only: Further conditions.
        ended: True if only what happened before now counts.
        of: The id of the thing that counts.
        repeats: True if a thing can have several rows.
        several: Those of `by` that give all groups of a thing, their ids joined by commas.
        usually_by: What it is grouped by, if nothing else is asked for.
        by: Expressions for what only this metric can be grouped by, or groups by in its own way.
        stage: The stage that filters are about, and groups too unless `by` has them.
        stage_is: Which stage that is, in the words of an answer.
        needs_history: True if applications whose stage history is not known cannot count.
        could_count: The conditions on an application that would count if its history were known.
        needs: The tables without which it would be wrong.
        sample: How many things the last of a group's figures is based on.
    """

    definition: str
    figures: tuple[str, ...]
    count: Callable[[Sequence[Any]], list[Any]]
    time: ColumnElement[Any] | None
    value: Callable[[Ends], ColumnElement[Any]] = lambda _: null()
    source: FromClause = applications
    only: Callable[[Ends], Sequence[ColumnElement[bool]]] = lambda _: ()
    ended: bool = False
    of: ColumnElement[Any] = applications.c.id
    repeats: bool = False
    several: tuple[str, ...] = ()
    usually_by: tuple[str, ...] = ()
    by: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    stage: ColumnElement[Any] = applications.c.interview_stage_id
    stage_is: str = "where the application is now"
    needs_history: bool = False
    could_count: tuple[ColumnElement[bool], ...] = ()
    needs: tuple[Table, ...] = ()
    sample: Callable[[Sequence[Any]], int] = itemgetter(0)


def as_number(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """A time as the database has it, in milliseconds."""
    return type_coerce(moment, BigInteger)


def _number(values: Sequence[Any]) -> list[Any]:
    return [len(values)]


def _share(values: Sequence[Any]) -> list[Any]:
    reached = sum(1 for value in values if value)
    return [len(values), reached, _percent(reached, len(values))]


def _days(values: Sequence[Any]) -> list[Any]:
    """Counts things from the milliseconds that each took, or None where that is not known."""
    known = sorted(value / DAY for value in values if value is not None)
    lengths = [median(known), nearest_rank(known, 0.9)] if known else [None, None]
    return [len(values), *lengths, _if_fewer(len(known), len(values))]


def _if_fewer(known: int, number: int) -> int | None:
    """The figure that says how many a median is based on, if not on all."""
    return known if known < number else None


def _timed(figures: Sequence[Any]) -> int:
    """How many things the days that `_days` returns are based on."""
    number: int = figures[0] if figures[3] is None else figures[3]
    return number


def nearest_rank(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    return ordered[max(-(-len(ordered) * round(share * 100) // 100), 1) - 1]


def _offers(values: Sequence[Any]) -> list[Any]:
    accepted, declined = values.count("Accepted"), values.count("Declined")
    return [len(values), accepted, declined, _percent(accepted, accepted + declined)]


def _feedback(values: Sequence[Any]) -> list[Any]:
    """Counts interviews from the milliseconds until the feedback of each, `_UNDATED`, or None if there is none."""
    given = [value for value in values if value is not None]
    hours = [value / HOUR for value in given if value != _UNDATED]
    median_hours = median(hours) if hours else None
    return [len(values), len(given), len(values) - len(given), median_hours, _if_fewer(len(hours), len(given))]


_UNDATED = -(2**62)
"""The delay of feedback that was given at a time that is not known."""


def _percent(part: int, whole: int) -> str | None:
    return f"{100 * part / whole:.0f}%" if whole else None


def _entered(stage_ids: Sequence[str], after: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """That an application has entered one of the stages, or any if none is given; `after` an entry, if given."""
    stays = stage_stays.alias()
    in_it = [stays.c.interview_stage_id.in_(stage_ids)] if stage_ids else []
    later = [stays.c.entered_at >= after] if after is not None else []
    return exists().where(stays.c.application_id == applications.c.id, *in_it, *later)


def _first_entry(stage_ids: Sequence[str]) -> ColumnElement[Any]:
    stays = stage_stays.alias()
    found = select(func.min(stays.c.entered_at)).where(
        stays.c.application_id == applications.c.id, stays.c.interview_stage_id.in_(stage_ids)
    )
    return found.correlate(applications).scalar_subquery()


def _started(ends: Ends) -> Sequence[ColumnElement[bool]]:
    return [tables.history_is_known(), *([_entered(ends.start)] if ends.start else [])]


def _reached(ends: Ends) -> ColumnElement[Any]:
    if not ends.goal:
        return null()
    return _entered(ends.goal, _first_entry(ends.start) if ends.start else None)


_stays = applications.join(stage_stays, stage_stays.c.application_id == applications.c.id)
_stages_entered = (
    select(func.aggregate_strings(stage_stays.c.interview_stage_id, ","))
    .where(stage_stays.c.application_id == applications.c.id)
    .scalar_subquery()
)
_openings = tables.openings.outerjoin(tables.opening_jobs, tables.opening_jobs.c.opening_id == tables.openings.c.id)
_offered = tables.offers.join(applications, applications.c.id == tables.offers.c.application_id)
_interviews = (
    tables.interview_events.join(
        tables.interview_schedules, tables.interview_schedules.c.id == tables.interview_events.c.interview_schedule_id
    )
    .join(applications, applications.c.id == tables.interview_schedules.c.application_id)
    .join(tables.event_interviewers, tables.event_interviewers.c.interview_event_id == tables.interview_events.c.id)
)

_delay = (
    select(
        func.min(
            func.coalesce(
                as_number(tables.feedback.c.submitted_at) - as_number(tables.interview_events.c.end_at),
                literal(_UNDATED, BigInteger),
            )
        )
    )
    .where(
        tables.feedback.c.interview_event_id == tables.interview_events.c.id,
        tables.feedback.c.submitted_by_user_id == tables.event_interviewers.c.user_id,
    )
    .correlate(tables.interview_events, tables.event_interviewers)
    .scalar_subquery()
)

METRICS: dict[str, Metric] = {
    "applications": Metric(
        "applications: created in the period, whatever became of them",
        ("applications",),
        _number,
        applications.c.created_at,
        usually_by=("job",),
    ),
    "current": Metric(
        "current: active applications now, by the stage they are in",
        ("active",),
        _number,
        None,
        only=lambda _: [applications.c.status == "Active"],
        usually_by=("job", "stage"),
    ),
    "reached": Metric(
        "reached: applications created in the period that ever entered the stage; going back does not undo it, and "
        "entering it twice counts once",
        ("reached",),
        _number,
        applications.c.created_at,
        only=lambda ends: [tables.history_is_known(), _entered(ends.goal)],
        usually_by=("stage",),
        by={"stage": _stages_entered},
        several=("stage",),
        needs_history=True,
    ),
    "conversion": Metric(
        "conversion: of the applications created in the period that entered from_stage (all, if none is given), those "
        "that entered to_stage then or later",
        ("entered", "reached", "share"),
        _share,
        applications.c.created_at,
        value=_reached,
        only=_started,
        usually_by=("source",),
        needs_history=True,
    ),
    "days_in_stage": Metric(
        "days_in_stage: length of stays in a stage that ended in the period, in days of 24 hours; a stay under way is "
        "not counted, each return is a stay of its own",
        ("stays", "median days", "p90 days", "days known"),
        _days,
        stage_stays.c.left_at,
        value=lambda _: as_number(stage_stays.c.left_at) - as_number(stage_stays.c.entered_at),
        source=_stays,
        only=lambda _: [tables.history_is_known(), stage_stays.c.left_at.is_not(None)],
        of=stage_stays.c.id,
        usually_by=("stage",),
        by={"stage": stage_stays.c.interview_stage_id},
        needs_history=True,
        sample=_timed,
    ),
    "time_to_hire": Metric(
        "time_to_hire: days from the creation of an application to its entry into the stage Hired, of people hired in "
        "the period and still hired",
        ("hires", "median days", "p90 days", "days known"),
        _days,
        hired_at,
        value=lambda _: as_number(hired_at) - as_number(applications.c.created_at),
        only=lambda _: [applications.c.status == "Hired", tables.history_is_known()],
        usually_by=("job",),
        needs_history=True,
        could_count=(applications.c.status == "Hired",),
        sample=_timed,
    ),
    "time_to_fill": Metric(
        "time_to_fill: days from when an opening was opened until it was closed, of openings filled in the period",
        ("filled", "median days", "p90 days", "days known"),
        _days,
        tables.openings.c.closed_at,
        value=lambda _: as_number(tables.openings.c.closed_at) - as_number(tables.openings.c.opened_at),
        source=_openings,
        only=lambda _: [tables.openings.c.state == "Filled"],
        of=tables.openings.c.id,
        repeats=True,
        usually_by=("job",),
        by={"job": tables.opening_jobs.c.job_id, "department": tables.openings.c.team_id},
        needs=(tables.openings,),
        sample=_timed,
    ),
    "offers": Metric(
        "offers: by their newest version, if made in the period; acceptance is the share of those accepted or declined",
        ("offers", "accepted", "declined", "acceptance"),
        _offers,
        tables.offers.c.version_created_at,
        value=lambda _: tables.offers.c.acceptance_status,
        source=_offered,
        of=tables.offers.c.id,
        usually_by=("job",),
        needs=(tables.offers,),
        sample=lambda figures: figures[1] + figures[2],
    ),
    "rejections": Metric(
        "rejections: applications archived in the period and still archived, by reason, whichever side ended them",
        ("archived",),
        _number,
        applications.c.archived_at,
        only=lambda _: [applications.c.status == "Archived"],
        usually_by=("reason",),
        by={"reason": applications.c.archive_reason_id},
    ),
    "interviews": Metric(
        "interviews: ended in the period, once per interviewer, without canceled ones; feedback is that interviewer's "
        "own, required or not, its delay counted from the end of the interview",
        ("interviews", "with feedback", "without", "median hours", "hours known"),
        _feedback,
        tables.interview_events.c.end_at,
        value=lambda _: _delay,
        source=_interviews,
        only=lambda _: [held()],
        ended=True,
        of=tables.interview_events.c.id.concat(tables.event_interviewers.c.user_id),
        usually_by=("interviewer",),
        by={"interviewer": tables.event_interviewers.c.user_id},
        stage=tables.interview_schedules.c.interview_stage_id,
        stage_is="the one that the interview was for",
        needs=(tables.interview_schedules, tables.feedback),
        sample=lambda figures: figures[1] if figures[4] is None else figures[4],
    ),
}
"""Every metric by its name."""
