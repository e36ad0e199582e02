"""Values in words. Whatever somebody else wrote comes out as one line in which no character hides."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, overload
from zoneinfo import ZoneInfo

from langchain_ashby.text.markdown import visible

LONGEST_NAME = 80
LONGEST_TEXT = 4000

UNNAMED = "not known"


def one_line(text: Any, longest: int = 300) -> str:
    """Text on one line: line breaks become spaces, characters that hide or reorder text are spelled out."""
    return _cut(visible(" ".join(str(text).split())), longest)


def paragraph(text: str) -> str:
    """Text that may have several lines, with hidden characters spelled out."""
    return _cut(visible(text.replace("\r\n", "\n")), LONGEST_TEXT)


def named(name: Any) -> str:
    """A name inside a sentence. One that could be taken for a part of the sentence is put in quotation marks."""
    text = one_line(name, LONGEST_NAME)
    return text if _is_plain(text) else f"“{text.replace('“', '‟').replace('”', '‟')}”"


def _is_plain(text: str) -> bool:
    """Whether text has only letters, marks, digits, and what stands in ordinary names: commas and colons do not."""
    return text[:1].isalnum() and all(char in _IN_NAMES or unicodedata.category(char)[0] in "LMN" for char in text)


_IN_NAMES = " .'’&()/+#@-\u200c\u200d"  # noqa: RUF001


def quoted(text: Any, longest: int = 120) -> str:
    """A short text in quotation marks."""
    return f"“{one_line(text, longest).replace('“', '‟').replace('”', '‟')}”"


def person(user: Any) -> str | None:
    """A user's name, or else the e-mail address."""
    names = [at(user, "firstName"), at(user, "lastName")]
    return one_line(" ".join(str(it) for it in names if it) or at(user, "email") or "", LONGEST_NAME) or None


def at(record: Any, *way: str) -> Any:
    """What a record has at the end of these keys; None where there is no such way."""
    for key in way:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def moment(text: Any) -> str:
    """A time as Ashby writes it, in words: Tue 24 Nov 2026, 15:00 UTC."""
    time = parsed(text)
    return one_line(text) if time is None else in_words(time)


@overload
def in_words(time: datetime) -> str: ...
@overload
def in_words(time: None) -> None: ...
def in_words(time: datetime | None) -> str | None:
    """A time in words, in the reader's zone: Tue 24 Nov 2026, 15:00 UTC."""
    if time is None:
        return None
    time = time.astimezone(zone())
    return f"{day(time)}, {time:%H:%M} {time.tzname()}"


def zone() -> tzinfo:
    """The zone in which people read times: the IANA name in the setting `TZ`, or else UTC."""
    try:
        return ZoneInfo(os.environ["TZ"])
    except (KeyError, ValueError, OSError):  # not set, or no name of a zone
        return UTC


def parsed(text: Any) -> datetime | None:
    """A time as Ashby writes it; None if it is none."""
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def shown(value: Any) -> str | None:
    """A fact in words; None if there is nothing."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "name" in value:
            return str(value["name"]) if value["name"] else UNNAMED
        return ", ".join(f"{key} {shown(entry) or 'none'}" for key, entry in value.items())
    if isinstance(value, list):
        return ", ".join(shown(entry) or "none" for entry in value)
    return str(value)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """A day in words, the same under every locale: Tue 24 Nov 2026."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def joined(texts: list[str]) -> str:
    """Texts as a sentence lists them: a, b and c."""
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def time_fact(time: Any) -> str | None:
    """A time as a fact: always written in the same way."""
    time = time if isinstance(time, datetime) else parsed(time)
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else None


def count(number: int, thing: str) -> str:
    """A number of things: 1 meeting, 2 meetings."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def enumerated(name: Any) -> str:
    """One of Ashby's enumerated words as people write it: PartTime is part time."""
    return one_line(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name)), 60).lower()
