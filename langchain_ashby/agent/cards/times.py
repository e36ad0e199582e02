"""Warnings about the times of a call, as the people it concerns will see them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from langchain_ashby.agent.cards.builder import CardBuilder, Record
from langchain_ashby.text.words import at, day, offset, zone, zone_named

_WEEKEND = {5: "Saturday", 6: "Sunday"}
_IN_WINTER_AND_SUMMER = (1, 7)


def warn_of_weekend(builder: CardBuilder, time: datetime, candidate: Record) -> None:
    """Warns of a day off: in the zones that are known or, if none is, by the offset as it was written."""
    zones = [where for _, where in _zones(candidate)] or [time.tzinfo or UTC]
    for local in (time.astimezone(where) for where in zones):
        if local.weekday() in _WEEKEND:
            builder.warn(f"{day(local)} is a {_WEEKEND[local.weekday()]} (in {_name(local)}).")


def warn_of_offset(builder: CardBuilder, time: datetime, candidate: Record) -> None:
    """Warns of an offset that a known zone has, but none on that day: daylight saving time was forgotten or assumed."""
    zones = _zones(candidate)
    if any(time.utcoffset() == time.astimezone(where).utcoffset() for _, where in zones):
        return
    for whose, where in zones:
        local = time.astimezone(where)
        in_that_year = [datetime(local.year, month, 1, tzinfo=where).utcoffset() for month in _IN_WINTER_AND_SUMMER]
        if time.utcoffset() in in_that_year:
            builder.warn(
                f"{time:%H:%M} {offset(time)} on {day(time)} may be a mistake: {whose} zone, {_name(local)}, "
                f"is at {offset(local)} then, so it is {local:%H:%M} there."
            )


def _zones(candidate: Record) -> list[tuple[str, tzinfo]]:
    """The zones that are known: the candidate's and, if it was set, the reader's."""
    theirs, here = zone_named(at(candidate, "timezone")), zone()
    known: list[tuple[str, tzinfo]] = [("the candidate's", theirs)] if theirs else []
    return [*known, *([("your", here)] if str(here) not in ("UTC", str(theirs)) else [])]


def _name(local: datetime) -> str:
    """A zone by its name; by its offset, if it was written as one."""
    name = str(local.tzinfo)
    return name if zone_named(name) else offset(local)
