"""Times as a person types them: on the clock of their own zone, with its gaps and its doubled hours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from langchain_ashby.text.words import day


def moment_of(value: Any) -> datetime | None:
    """The time that an argument states; None if it states none, or one without a zone."""
    try:
        found = datetime.fromisoformat(value)
        return found if found.tzinfo and found.astimezone(UTC) else None
    except (TypeError, ValueError, OverflowError):
        return None


def day_of(value: Any) -> date | None:
    """The calendar day that an argument states; None if it states none."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def on_the_clock(moment: datetime, zone: tzinfo) -> str | None:
    """The time as a browser holds it, `2026-11-24T15:00`; None if the zone's calendar does not reach so far."""
    try:
        local = moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return None
    if local.microsecond >= 1000:
        return local.isoformat(timespec="milliseconds")
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def clock(text: str) -> datetime:
    """The time on a clock that was typed, without a zone.

    Raises:
        ValueError: if it is none; says what to type.
    """
    typed = text.strip()
    if _CLOCK.fullmatch(typed):
        try:
            return datetime.fromisoformat(typed.replace(" ", "T"))
        except ValueError:
            pass
    raise ValueError("must be a date and time, such as 2026-11-24 15:00")


def same_clock(one: str, other: str) -> bool:
    """True for two spellings of the same time: a browser may leave zeros out, or add them."""
    try:
        return clock(one) == clock(other)
    except ValueError:
        return one == other


_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)


def moments(local: datetime, zone: tzinfo) -> list[datetime]:
    """The moments at which the zone's clocks show this: none in a gap, two in an hour that comes twice."""
    found: list[datetime] = []
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold)
        try:
            shown = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
        except OverflowError:
            continue
        if shown == local and all(moment.utcoffset() != it.utcoffset() for it in found):
            found.append(moment)
    return found


def gap(local: datetime, zone: tzinfo) -> str:
    """Says that there is no such time, and which ones are nearest."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    nearest = sorted(it.astimezone(zone).replace(tzinfo=None) for it in (before, after))
    return (
        f"{local:%H:%M} on {day(local)} does not exist in {zone}: the clocks go forward there. "
        f"Did you mean {' or '.join(f'{it:%H:%M}' for it in nearest)}?"
    )


def twice(local: datetime, zone: tzinfo) -> str:
    """Says that the clocks show a time twice."""
    return f"{local:%H:%M} on {day(local)} occurs twice in {zone}: the clocks go back there. Choose which one you mean."


def as_argument(moment: datetime) -> str:
    """The moment as tools take it, with the offset of its zone: a reviewer sees on the card what was typed."""
    apart = moment.utcoffset() or timedelta()
    if apart.total_seconds() % 60:  # before zones had whole minutes
        return moment.astimezone(UTC).isoformat()
    return moment.isoformat()
