"""Periods of days as people say them: "2026-11-01..2026-11-30", "last 7 days", "this year", "tomorrow"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from langchain_ashby.text.words import quoted


class Period(NamedTuple):
    """From the beginning of a day to the beginning of another, in UTC; None for an open end.

    Attributes:
        start: The first moment that belongs to it.
        end: The first moment after it.
    """

    start: datetime | None
    end: datetime | None


FORMS = "2026-11-24, 2026-11-01..2026-11-30, 2026-11-01.., last 7 days, next 7 days, today, this week, last month, 2026"
"""What a period may look like."""


def period(said: str, now: datetime, zone: tzinfo) -> Period:
    """Reads a period; its days are days of the zone.

    `last 7 days` are today and the six days before, `next 7 days` today and the six after it.

    Raises:
        ValueError: if it is not a period, or ends before it begins; the message says which.
    """
    words = " ".join(said.casefold().split())
    today = now.astimezone(zone).date()
    try:
        first, after = _days(_TO.sub(r"\1..\2", words), today)
        if first is None and after is None:
            raise ValueError
        found = Period(_begins(first, zone) if first else None, _begins(after, zone) if after else None)
    except (ValueError, OverflowError):
        raise ValueError(f"takes a period, such as {FORMS}; {quoted(said, 60)} isn't one") from None
    if first and after and first >= after:
        raise ValueError(f"takes a period; {quoted(said, 60)} ends before it begins")
    return found


_TO = re.compile(r"^(?:from |between )?(\d[\d-]*) (?:to|until|and) (\d[\d-]*)$")
"""`2026-11-01 to 2026-11-30`."""


def _begins(day: date, zone: tzinfo) -> datetime:
    """The beginning of a day; where clocks skip midnight, the moment of the skip."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _days(words: str, today: date) -> tuple[date | None, date | None]:
    """The first day, and the first after the last."""
    if ".." in words:
        return _between(words, today)
    if since := re.fullmatch(r"(since|from|after) (.+)", words):
        return _span(since[2], today)[1 if since[1] == "after" else 0], None
    if until := re.fullmatch(r"(until|before) (.+)", words):
        return None, _span(until[2], today)[0 if until[1] == "before" else 1]
    return _span(words, today)


def _span(words: str, today: date) -> tuple[date, date]:
    """The first day, and the first after the last, of a period that is one day, week, month and so on."""
    if words in _NAMED:
        first = today + timedelta(_NAMED[words])
        return first, first + timedelta(1)
    if named := re.fullmatch(r"(this|last|next) (week|month|quarter|year)", words):
        return _around(today, named[2], {"last": -1, "this": 0, "next": 1}[named[1]])
    if counted := _COUNTED.fullmatch(words):
        return _counted(counted[1], int(counted[2] or 1), counted[3], today)
    if month := re.fullmatch(r"(\d{4})-(\d\d)", words):
        return _around(date(int(month[1]), int(month[2]), 1), "month", 0)
    if re.fullmatch(r"\d{4}", words):
        return _around(date(int(words), 1, 1), "year", 0)
    day = date.fromisoformat(words)
    return day, day + timedelta(1)


def _between(words: str, today: date) -> tuple[date | None, date | None]:
    first, last = (part.strip() for part in words.split("..", 1))
    begins = _span(first, today)[0] if first else None
    ends = _span(last, today)[1] if last else None
    return begins, ends


_COUNTED = re.compile(r"(last|past|next) (?:([1-9]\d{0,4}) )?(days?|weeks?|months?|years?)")
_NAMED = {"yesterday": -1, "today": 0, "tomorrow": 1}


def _counted(which: str, number: int, unit: str, today: date) -> tuple[date, date]:
    """`last 7 days`, `next 2 weeks`; `last week` is the calendar's, and comes here only with a number."""
    tomorrow = today + timedelta(1)
    if unit.startswith("month") or unit.startswith("year"):
        months = number * (12 if unit.startswith("year") else 1)
        return (today, _months_on(today, months)) if which == "next" else (_months_on(tomorrow, -months), tomorrow)
    days = timedelta(number * (7 if unit.startswith("week") else 1))
    return (today, today + days) if which == "next" else (tomorrow - days, tomorrow)


def _around(day: date, unit: str, offset: int) -> tuple[date, date]:
    """The week, month, quarter or year of a day, or one that is `offset` of them away."""
    if unit == "week":
        monday = day - timedelta(day.weekday()) + timedelta(7 * offset)
        return monday, monday + timedelta(7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = day.replace(day=1, month=(day.month - 1) // months * months + 1)
    return _months_on(first, months * offset), _months_on(first, months * (offset + 1))


def _months_on(day: date, months: int) -> date:
    """The same day in another month, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    length = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, length))


def month_of(zone: tzinfo) -> Callable[[datetime], str]:
    """The month of a moment in the zone, `2026-11`."""
    return lambda moment: f"{moment.astimezone(zone):%Y-%m}"


def week_of(zone: tzinfo) -> Callable[[datetime], str]:
    """The Monday of a moment's week in the zone, `2026-11-23`."""

    def week(moment: datetime) -> str:
        day = moment.astimezone(zone).date()
        return (day - timedelta(day.weekday())).isoformat()

    return week
