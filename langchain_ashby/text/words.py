"""Values in words: names, times, numbers and facts, each on one line with invisible characters written out."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any, overload
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from langchain_ashby.scoped import scoped
from langchain_ashby.text.safe import as_typed, shortened, visible

LONGEST_NAME = 80
_START_OF_NAME, _END_OF_NAME = 50, -29  # names that begin alike often end differently
LONGEST_TEXT = 4000
_START_OF_TEXT = 3000

UNNAMED = "not known"


BREAK = " ¶ "
"""Stands for line breaks in a text on one line."""

_LINE_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_NOTHING_TO_DO = re.compile(r"[!-~]+(?: [!-~]+)*")


def one_line(text: Any, longest: int | None = 300) -> str:
    """Text on one line, cut at `longest` characters if given: ¶ for line breaks, plain spaces, nothing invisible."""
    line = str(text)
    if not _NOTHING_TO_DO.fullmatch(line):
        lines, length = [], 0
        for part in _LINE_BREAKS.split(line):
            if seen := visible(_SPACES.sub(" ", part).strip(" ")):
                lines.append(seen)
                length += len(seen)
            if longest is not None and length > longest:
                break  # the rest would be cut off
        line = BREAK.join(lines)
    return line if longest is None else shortened(line, longest)


def paragraph(text: str) -> str:
    """Text that somebody typed and that may have several lines, with invisible characters written out.

    A long one shows its end as well. One that could pass for words of the card, such as "not scored", is quoted.
    """
    text = visible(as_typed(text).replace("\r\n", "\n"))
    text = _unlike_the_cards_own(text)
    left_out = len(text) - LONGEST_TEXT
    if left_out <= 0:
        return text
    return f"{text[:_START_OF_TEXT]}… ({left_out} more characters) …{text[_START_OF_TEXT + left_out :]}"


_OWN_WORDS = re.compile(
    r"none|nothing|yes|no|not known|empty text|(not scored|\d of 4)(:.*)?|\(?(not answered|left out as private)\)?",
    re.IGNORECASE | re.DOTALL,
)
"""What cards and results say of values themselves."""


def _unlike_the_cards_own(text: str) -> str:
    return _in_quotes(text) if _OWN_WORDS.fullmatch(text) else text


def listed(entries: Iterable[str]) -> str | None:
    """A list on a card; None for an empty one. An entry that could pass for several, or for a name with details, is
    quoted."""
    return ", ".join(map(_in_a_list, entries)) or None


def _in_a_list(entry: str) -> str:
    return _in_quotes(entry) if _READ_OTHERWISE.search(entry) else entry


_READ_OTHERWISE = re.compile(r"[,;“”\"]|\)$|^\s*$")


def named(name: Any, *apart: str) -> str:
    """A name inside a sentence, safely quoted if it could pass for part of the sentence; "not known" without one.

    What tells it from others of its name follows in parentheses; it is taken as it is.
    """
    text = one_line(UNNAMED if name is None else name, None)
    text = text if len(text) <= LONGEST_NAME else f"{text[:_START_OF_NAME].rstrip()}…{text[_END_OF_NAME:].lstrip()}"
    said = text if _is_plain(text) and not (apart and "(" in text) else _in_quotes(text)
    return _with(said, apart)


def called(fact: Any) -> str:
    """A fact inside a sentence: a record by its name, with what tells it from others of that name."""
    if isinstance(fact, Mapping) and "name" in fact:
        return named(fact["name"] or UNNAMED, *fact.get("apart", ()))
    return named(shown(fact) or "none")


def _with(name: str, apart: Iterable[str]) -> str:
    details = ", ".join(apart)
    return f"{name} ({details})" if details else name


def _in_quotes(text: str) -> str:
    return f"“{text.replace('“', '‟').replace('”', '‟')}”"


def _is_plain(text: str) -> bool:
    """True for a few words of letters, marks, digits and punctuation of names: no commas, no ends of sentences."""
    return (
        text[:1].isalnum()
        and len(text.split()) <= _FEW_WORDS
        and not _END_OF_SENTENCE.search(text)
        and all(char in _IN_NAMES or _is_letter_or_digit(char) for char in text)
    )


@lru_cache(1000)
def _is_letter_or_digit(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" and not any(ord(char) in it for it in _LIKE_PUNCTUATION)


_LIKE_PUNCTUATION = (
    range(0x2BA, 0x2BB),
    range(0x2C6, 0x2D2),
    range(0x2EC, 0x2EF),
    range(0xA717, 0xA720),
    range(0xA788, 0xA78B),
    range(0x10781, 0x10783),
)
"""Letters that look like quotation marks, colons, accents and the like."""

_FEW_WORDS = 4
_END_OF_SENTENCE = re.compile(r"\w{3}\W*\.\W*(\s|$)")
"""A full stop after a word. After one or two letters it belongs to an initial, or to Dr., St. or Jr."""


_IN_NAMES = " .'’&()/+#@-\u200c\u200d"  # noqa: RUF001


def quoted(text: Any, longest: int = 120) -> str:
    """A short text in quotation marks."""
    return _in_quotes(one_line(text, longest))


def in_a_list(said: str) -> str:
    """A value as it stands in a list and before notes: in quotation marks if it could be read as something else."""
    return json.dumps(said, ensure_ascii=False) if _PASSES_FOR_MORE.search(said) else said


_PASSES_FOR_MORE = re.compile(r'[,"]|\)$|^\+\d+$|^$')


def given(text: str | None) -> str | None:
    """A given text on one line; an empty one as the words "empty text"."""
    return "empty text" if text is not None and not text.strip() else text and _unlike_the_cards_own(one_line(text))


def person(user: Any) -> str | None:
    """A user's name, or else the e-mail address."""
    names = [at(user, "firstName"), at(user, "lastName")]
    return one_line(" ".join(str(it) for it in names if it) or at(user, "email") or "", LONGEST_NAME) or None


def at(record: Any, *keys: str) -> Any:
    """The value under these keys, one inside the other; None if one of them is missing."""
    for key in keys:
        record = record.get(key) if isinstance(record, (dict, Mapping)) else None  # `dict` first: it is quick
    return record


def moment(text: Any) -> str:
    """A time, perhaps as Ashby writes it, in words: Tue 24 Nov 2026, 15:00 UTC."""
    time = text if isinstance(text, datetime) else parsed(text)
    return one_line(text) if time is None else _local(time)


@overload
def in_words(time: datetime) -> str: ...
@overload
def in_words(time: None) -> None: ...
def in_words(time: datetime | None) -> str | None:
    """A time that a call states, in the reader's zone and as it was written: Tue 24 Nov 2026, 14:00 UTC (written
    15:00 +01:00)."""
    if time is None:
        return None
    return _with(_local(time), _as_written(time, time))


def span(start: datetime, end: datetime, *, stated: bool = False) -> str:
    """From when to when, in the reader's zone; if a call states it, also as it was written there."""
    if not stated:
        return _between(start.astimezone(zone()), end.astimezone(zone()))
    return _with(span(start, end), _as_written(start, end))


def _local(time: datetime) -> str:
    time = time.astimezone(zone())
    return f"{day(time)}, {time.hour:02}:{time.minute:02} {time.tzname()}"  # `strftime` takes three times as long


def _between(start: datetime, end: datetime) -> str:
    if start.date() == end.date() and start.tzname() == end.tzname():
        return f"{day(start)}, {start:%H:%M} to {end:%H:%M} {start.tzname()}"
    return f"{_local(start)} to {_local(end)}"


def _as_written(start: datetime, end: datetime) -> list[str]:
    """The times with the offset that they were given with; nothing if that is the reader's own."""
    here = [it.astimezone(zone()) for it in (start, end)]
    if [it.utcoffset() for it in here] == [start.utcoffset(), end.utcoffset()]:
        return []
    said = day(here[0]) if here[0].date() == here[1].date() else ""
    times = []
    for it in [start] if start == end else [start, end]:
        times.append(f"{it:%H:%M} {offset(it)}" if day(it) == said else f"{day(it)}, {it:%H:%M} {offset(it)}")
        said = day(it)
    if offset(start) == offset(end):
        times = [*(it.removesuffix(f" {offset(start)}") for it in times[:-1]), times[-1]]
    return [f"written {' to '.join(times)}"]


def offset(time: datetime) -> str:
    """The offset of a time: +01:00, or UTC."""
    sign_and_digits = f"{time:%z}"
    return f"{sign_and_digits[:3]}:{sign_and_digits[3:5]}" if time.utcoffset() else "UTC"


_zone: ContextVar[tzinfo | None] = ContextVar("langchain_ashby_zone", default=None)


def in_zone(name: str | None) -> scoped[tzinfo]:
    """Writes times in this zone within the block, in this thread or task; None changes nothing."""
    return scoped(_zone, zone_named(name) or zone())  # looked up once, not for each time


def zone() -> tzinfo:
    """The zone of `in_zone`, or else the one that `TZ` names, such as Europe/Berlin or :Europe/Berlin; UTC without."""
    return _zone.get() or zone_named(os.environ.get("TZ", "").removeprefix(":") or "UTC") or UTC


def zone_named(name: Any) -> ZoneInfo | None:
    """The time zone of this name; None if there is none."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def unknown_zone() -> str | None:
    """The value of `TZ` if it is not the name of a time zone, such as CET-1CEST; None otherwise."""
    name = os.environ.get("TZ", "").removeprefix(":")
    return name if name not in ("", "UTC", "UTC0") and zone() is UTC else None


def parsed(text: Any) -> datetime | None:
    """A time as Ashby writes it; None for anything else."""
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def empty(value: Any) -> bool:
    """True for None and for empty text, lists and objects."""
    return value is None or value == "" or value == [] or value == {}


def shown(value: Any) -> str | None:
    """A fact in words; None if it is empty."""
    if empty(value):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "words" in value:
            return str(value["words"])
        if "name" in value:
            return _with(_in_a_list(str(value["name"])) if value["name"] else UNNAMED, value.get("apart", ()))
        return ", ".join(f"{key} {shown(entry) or 'none'}" for key, entry in value.items())
    if isinstance(value, list):
        return ", ".join(_in_a_list(entry) if isinstance(entry, str) else shown(entry) or "none" for entry in value)
    return str(value)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """A day in words, the same under every locale: Tue 24 Nov 2026."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def joined(texts: list[str]) -> str:
    """Texts as a sentence lists them: a, b and c."""
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def lasting(seconds: float) -> str:
    """A length of time: 1 hour, 1 day and 30 minutes; down to seconds."""
    left, said = round(seconds), []
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        number, left = divmod(left, length)
        said += [count(number, unit)] if number else []
    return joined(said) or "less than a second"


def to_the_second(time: datetime) -> str:
    """A time in the reader's zone, with its seconds: Tue 24 Nov 2026, 15:00:00 UTC."""
    time = time.astimezone(zone())
    return f"{day(time)}, {time:%H:%M:%S %Z}"


def when(time: datetime) -> str:
    """Says when something was, in the reader's zone: at 15:00 UTC or, on another day, on Tue 24 Nov 2026, 15:00 UTC."""
    there = time.astimezone(zone())
    is_today = there.date() == datetime.now(zone()).date()
    return f"at {there:%H:%M %Z}" if is_today else f"on {_local(time)}"


def time_fact(time: Any) -> str | None:
    """A time as a fact, always spelled the same way."""
    time = time if isinstance(time, datetime) else parsed(time)
    return utc(time) if time else None


def utc(time: datetime) -> str:
    """A time in Ashby's format: 2026-11-24T15:00:00.000Z."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def folded(text: Any) -> str:
    """Text for comparison: letters without case, single spaces."""
    return " ".join(str(text).split()).casefold()


def tool_title(name: str, metadata: Mapping[str, Any] | None) -> str:
    """A tool's name in words: its declared title, or `Create job` for `ashby_create_job`."""
    declared = (metadata or {}).get("title")
    if isinstance(declared, str) and declared:
        return declared
    return name.removeprefix("ashby_").replace("_", " ").capitalize()


def count(number: int, thing: str) -> str:
    """A number of things: 1 meeting, 2 meetings."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def one_of(things: str) -> str:
    """The singular of a name for things: event for events, entry for entries, address for addresses."""
    return re.sub("(?<=ss|ch)es$|(?<!s)s$", "", re.sub("ies$", "y", things))


def nth(number: int) -> str:
    """A place in an order: 1st, 2nd, 3rd, 4th, 11th."""
    ends = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ends}"


def enumerated(name: Any) -> str:
    """One of Ashby's enumerated words as people write it: part time for PartTime; "not known" for none."""
    return UNNAMED if name is None else one_line(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name)), 60).lower()
