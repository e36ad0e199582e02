"""Values in words: names, times, numbers and facts, each on one line with invisible characters written out."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, overload
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from langchain_ashby.text.safe import shortened, visible

LONGEST_NAME = 80
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
        lines = (visible(_SPACES.sub(" ", part).strip(" ")) for part in _LINE_BREAKS.split(line))
        line = BREAK.join(part for part in lines if part)
    return line if longest is None else shortened(line, longest)


def paragraph(text: str) -> str:
    """Text that may have several lines, with invisible characters written out. A long one shows its end as well."""
    text = visible(text.replace("\r\n", "\n"))
    left_out = len(text) - LONGEST_TEXT
    if left_out <= 0:
        return text
    return f"{text[:_START_OF_TEXT]}… ({left_out} more characters) …{text[_START_OF_TEXT + left_out :]}"


def named(name: Any) -> str:
    """A name inside a sentence, safely quoted if it could pass for part of the sentence."""
    text = one_line(name, LONGEST_NAME)
    return text if _is_plain(text) else f"“{text.replace('“', '‟').replace('”', '‟')}”"


def _is_plain(text: str) -> bool:
    """True for a few words of letters, marks, digits and punctuation of names: no commas, no ends of sentences."""
    return (
        text[:1].isalnum()
        and len(text.split()) <= _FEW_WORDS
        and not _END_OF_SENTENCE.search(text)
        and all(char in _IN_NAMES or _is_letter_or_digit(char) for char in text)
    )


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
    return f"“{one_line(text, longest).replace('“', '‟').replace('”', '‟')}”"


def given(text: str | None) -> str | None:
    """A given text on one line; an empty one as the words "empty text"."""
    return "empty text" if text is not None and not text.strip() else text and one_line(text)


def person(user: Any) -> str | None:
    """A user's name, or else the e-mail address."""
    names = [at(user, "firstName"), at(user, "lastName")]
    return one_line(" ".join(str(it) for it in names if it) or at(user, "email") or "", LONGEST_NAME) or None


def at(record: Any, *keys: str) -> Any:
    """The value under these keys, one inside the other; None if one of them is missing."""
    for key in keys:
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
    return f"{day(time)}, {time:%H:%M %Z}"


def zone() -> tzinfo:
    """The time zone that `TZ` names, such as Europe/Berlin or :Europe/Berlin; UTC without one."""
    try:
        return ZoneInfo(os.environ.get("TZ", "").removeprefix(":") or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


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


def joined(texts: list[str]) -> str:
    """Texts as a sentence lists them: a, b and c."""
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


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


def enumerated(name: Any) -> str:
    """One of Ashby's enumerated words as people write it: part time for PartTime."""
    return one_line(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name)), 60).lower()
