"""Finds values in texts: exactly in those that vouch for a value, and through any disguise in those that do not.

"Said by the user" must not be true of a lookalike, so there a letter of another script is another letter. An address
in a résumé is found although it is split, spelled with "at", or written with invisible characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache

from langchain_ashby.text.letters import alike, without_accents

APART = "\0"
"""Between two texts: no text has it, and nothing that is looked for runs across."""

LOCAL_PART = r"[\w.+%'-]{1,64}"
"""The part before the @ of an address, or the end of it: without a limit, a long run of letters would take minutes."""

ADDRESS = re.compile(rf"{LOCAL_PART}@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"“”|¦\0]+", re.IGNORECASE)

_NO_WORDS = re.compile(r"(?:[^\w\0]|_)+")


_SPACED = {it: " " for it in range(1, 128) if not chr(it).isalnum()}
"""What that pattern replaces in ASCII text."""


def words(text: str) -> str:
    """The words of a text with single spaces between them, without case, accents and punctuation."""
    return _NO_WORDS.sub(" ", without_accents(text)).strip()


class Texts:
    """Texts to find values in. A value is found in one of them, and told by that one's place.

    Args:
        texts: The texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [it.replace(APART, " ") for it in texts]

    def exactly(self, said: str, kind: str, *, spoken: bool = False) -> Iterator[int]:
        """The places of the texts that have the value as it is. In what was `spoken`, a day of the week is a day."""
        if kind == "e-mail address":
            yield from self._addresses.get(said.casefold(), ())
        elif kind == "web address":
            link = re.escape(_link(said)) or "(?!)"
            yield from _matches(self._linked, re.compile(_BEFORE_LINK + link + _AFTER_LINK))
        elif kind in ("number", "phone number"):
            yield from self._numeric(said, kind)
        elif kind == "date":
            yield from self._dated(said, self._words, _WEEKDAYS if spoken else ())
        else:
            yield from _phrase(self._words, words(said))

    def disguised(self, said: str, kind: str) -> Iterator[int]:
        """The places of the texts that have the value in whatever form."""
        if kind in ("number", "phone number"):
            yield from self._numeric(alike(said), kind)
            for it in _subscribers(alike(said), kind):
                yield from _places(self._digits, it)
        elif kind == "date":
            yield from self._dated(said, self._alike)
        else:
            said = _link(said) if kind == "web address" else said
            yield from _phrase(self._alike, _plain_words(said))
            for tight in dict.fromkeys(map(_tight, _forms(said, kind))):
                if len(tight) >= _SURELY:
                    yield from _places(self._tight, tight)

    @cached_property
    def _words(self) -> str:
        return self._in_words(without_accents)

    @cached_property
    def _alike(self) -> str:
        return self._in_words(alike)

    @cached_property
    def _tight(self) -> str:
        return self._alike.replace(" ", "")

    def _in_words(self, fold: Callable[[str], str]) -> str:
        """All texts folded, with a space around each word; those of plain letters quickly, as most are."""
        folded = f" {APART} ".join(
            it.casefold() if it.isascii() and "[U+" not in it else fold(it) for it in self._texts
        )
        # The pattern takes five times as long.
        bare = " ".join(folded.translate(_SPACED).split()) if folded.isascii() else _NO_WORDS.sub(" ", folded)
        return f" {bare} "

    @cached_property
    def _linked(self) -> str:
        return _SCHEME.sub("", APART.join(self._texts).casefold())

    @cached_property
    def _addresses(self) -> dict[str, list[int]]:
        return _by_place(self._texts, lambda text: ADDRESS.findall(text.casefold()) if "@" in text else ())

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        return _by_place(self._texts, numbers_in)

    @cached_property
    def _digits(self) -> str:
        return re.sub(r"(?<=\d)[\s()./-]+(?=\d)|[^\d\0\s]", "", APART.join(map(alike, self._texts)))

    def _numeric(self, said: str, kind: str) -> Iterator[int]:
        if kind == "phone number":
            yield from _places(self._digits, _digits(said)[-_SUBSCRIBER:])
        else:
            for it in numbers_in(said):
                yield from self._numbers.get(it, ())

    def _dated(self, said: str, text: str, weekdays: Sequence[str] = ()) -> Iterator[int]:
        for spelling in _spellings(said, weekdays):
            yield from _places(text, spelling)


class Index:
    """Finds the texts that may have a value, in no time: most have nothing of it.

    Args:
        texts: The texts, each as a whole.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._tight = b"\0".join(map(_bare, texts))

    def places(self, said: str, kind: str) -> list[int]:
        """The places of the texts that may have the value, exactly or disguised, in order."""
        found: set[int] = set()
        for part in dict.fromkeys(map(_bare, _traces(said, kind))):
            at = self._tight.find(part) if part else -1
            while at >= 0:
                found.add(self._tight.count(b"\0", 0, at))
                at = self._tight.find(b"\0", at)
                at = self._tight.find(part, at) if at >= 0 else -1
        return sorted(found)


_PUNCTUATION = bytes(it for it in range(1, 128) if not chr(it).isalnum())


@lru_cache(maxsize=1_000)
def _bare(text: str) -> bytes:
    """A text as nothing but its letters and digits. Cached: each write looks through the same conversation."""
    folded = alike(text.replace(APART, " "))
    kept = folded if folded.isascii() else _NO_LETTERS.sub("", folded)
    return kept.encode(errors="replace").translate(None, _PUNCTUATION)


_NO_LETTERS = re.compile(r"[^\w\x00-\x7f]+")


def _traces(said: str, kind: str) -> Iterator[str]:
    """What a text has in a row if it has the value in whatever form, with nothing but letters and digits looked at."""
    if kind == "phone number":
        yield from _subscribers(alike(said), kind)
    elif kind == "number":
        yield said
        yield from _subscribers(alike(said), kind)
        for it in numbers_in(said):
            yield it
            thousands, millions = (f"{Decimal(it) / unit:f}" for unit in (1_000, 1_000_000))
            for more in ("", "0", "00"):  # as in 1.50m
                yield from (f"{thousands}{more}k", f"{thousands}{more}t", f"{millions}{more}m")
    elif kind == "date":
        yield from _spellings(said, _WEEKDAYS)
    elif kind == "web address":
        yield max(_SCHEME.split(said), key=len)  # a link may hold another one
    else:
        yield from _forms(said, kind)


_SURELY = 8
"""The letters from which a value that is found without regard to spaces is no accident."""

_SUBSCRIBER = 9
"""The last digits of a phone number that are the same with and without the country's code."""


def _digits(said: str) -> str:
    return re.sub(r"\D", "", said)


def _subscribers(said: str, kind: str) -> Iterable[str]:
    """The last digits of a phone number, and of what may be one: a long number, or the part before digits that follow
    it, as in `+49 151 2345 6789 24/7`. Each once."""
    digits, end, found = _digits(said), 0, dict[str, None]()
    for run in re.findall(r"\d+", said):
        end += len(run)
        is_last = end == len(digits)
        if end > _SUBSCRIBER or (is_last and (kind == "phone number" or end >= _SURELY)):
            found[digits[max(0, end - _SUBSCRIBER) : end]] = None
    return found


_SCHEME = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_BEFORE_LINK = r"(?<![\w@/-])(?<!\w\.)"
_AFTER_LINK = r"/?(?![\w%=&?#~-]|/\w|\.\w)"


def _link(said: str) -> str:
    return _SCHEME.sub("", said.casefold()).rstrip("/.,;)")


def _forms(said: str, kind: str) -> Iterator[str]:
    """How a value may be written: an address also with words in the place of its signs."""
    yield said
    if kind == "e-mail address":
        name, _, domain = said.partition("@")
        yield f"{name} at {domain}"
        yield f"{name}@{domain.replace('.', ' dot ')}"
        yield f"{name} at {domain.replace('.', ' dot ')}"
        yield said.replace(".", " dot ").replace("@", " at ")


def _plain_words(text: str) -> str:
    return _NO_WORDS.sub(" ", alike(text)).strip()


def _tight(text: str) -> str:
    return _plain_words(text).replace(" ", "")


_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no spaces between words."""


def _phrase(text: str, phrase: str) -> Iterator[int]:
    """The places where words follow each other."""
    if phrase:
        yield from _places(text, phrase if _WITHOUT_SPACES.search(phrase) else f" {phrase} ")


def _places(text: str, part: str) -> Iterator[int]:
    """The places of the texts that have a part."""
    found, place, counted = text.find(part) if part else -1, 0, 0
    while found >= 0:
        place, counted = place + text.count(APART, counted, found), found
        yield place
        found = text.find(APART, found)
        found = text.find(part, found) if found >= 0 else -1


def _matches(text: str, pattern: re.Pattern[str]) -> Iterator[int]:
    for found in pattern.finditer(text):
        yield text.count(APART, 0, found.start())


def _by_place(texts: Sequence[str], find: Callable[[str], Iterable[str]]) -> dict[str, list[int]]:
    known: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        for it in find(text):
            known.setdefault(it, []).append(place)
    return known


_NUMBERS = re.compile(
    r"(?<!\w)(?P<number>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,'\u2019]\d+)*)"
    r"\s?(?:(?P<thousand>k|tsd|thousand)\b|(?P<million>m|mio|mn|million)\b)?",
    re.IGNORECASE,
)
_LONGEST_NUMBER, _OF_THOUSANDS = 30, 3


def numbers_in(text: str) -> Iterator[str]:
    """The numbers in a text in one spelling: 150000 for `150,000`, `150.000`, `150 000` and `150k`.

    Where a comma or a point may part thousands or decimals, it yields both readings.
    """
    for found in _NUMBERS.finditer(text):
        factor = 1_000 if found["thousand"] else 1_000_000 if found["million"] else 1
        groups = re.split(r"\D", found["number"])
        whole, decimal = "".join(groups), f"{''.join(groups[:-1])}.{groups[-1]}"
        if len(whole) <= _LONGEST_NUMBER:
            is_parted = len(groups) > 1 and re.search("[.,]", found["number"])
            readings = [whole] if not is_parted else [whole, decimal] if len(groups[-1]) == _OF_THOUSANDS else [decimal]
            yield from (f"{Decimal(it) * factor:.6f}".rstrip("0").rstrip(".") for it in readings)


_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _spellings(said: str, weekdays: Sequence[str] = ()) -> list[str]:
    """How the day of a time may be written, in words: as in 2026-12-01, 1 December, Dec 1st, 01/12/2026 or Tuesday."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return []
    days = [moment.date()] if moment.tzinfo is None else [moment.date(), moment.astimezone(UTC).date()]
    spelled = [it for day in days for it in _of_day(day)]
    return list(dict.fromkeys([*spelled, *(f" {weekdays[day.weekday()]} " for day in days if weekdays)]))


def _of_day(day: date) -> Iterator[str]:
    yield f" {day:%Y %m %d}"
    yield f" {day:%Y%m%d} "
    month = _MONTHS[day.month - 1]
    for number in dict.fromkeys([f"{day.day}", f"{day:%d}"]):
        for called in dict.fromkeys([month, month[:3]]):
            for nth in (number, *(f"{number}{it}" for it in ("st", "nd", "rd", "th"))):
                yield from (f" {nth} {called} ", f" {nth} of {called} ", f" {called} {nth} ")
        for short in dict.fromkeys([f"{day.month}", f"{day:%m}"]):
            yield from (f" {number} {short} {day.year} ", f" {short} {number} {day.year} ")
