"""Nothing is cut without a mark and a way to the rest, and what differs still differs where it is cut."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

import pytest
from prepared import Reader, reader
from replies import MARK, Way, replaced, whole
from telling import EACH_KIND, LISTINGS, SINGLE, WRITES, assert_none, place_of, shown_ways

from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import id_of
from langchain_ashby.records import CustomFieldValue, FeedbackReceipt

pytestmark = pytest.mark.slow

CUT = re.compile("…|Too long|part \\d+ of \\d+")
LONG = [f"w{number:04}" for number in range(5_000)]
"""The words of a text that is longer than any result."""

WRITTEN_AT_LENGTH = {"additionalInformation", "content", "description", "descriptionPlain", "instructionsPlain"}
WRITTEN_AT_LENGTH |= {"customFields", "submittedValues"}
"""Places of texts of any length; names have a few hundred characters at most."""


def texts_shown(tool: str, record: Any) -> dict[Way, str]:
    """The texts that people wrote and the tool shows, one at each place."""
    found: dict[tuple[str, ...], tuple[Way, str]] = {}
    text = reader().text(tool, record)
    for way, value in shown_ways(tool, record):
        if isinstance(value, str) and MARK.fullmatch(value) and value in text and "locationComponents" not in way:
            found.setdefault(place_of(way), (way, value))
    return dict(found.values())


def parts(read: Reader, tool: str, *records: Any) -> list[str]:
    """The text, and its further parts as its own lines name them."""
    texts = [read.text(tool, *records)]
    while (more := re.search(r"^#.*\b(part|cursor)=(\S+)", texts[-1], re.MULTILINE)) and len(texts) < 50:
        texts.append(read.text(tool, *records, **{more[1]: int(more[2]) if more[1] == "part" else more[2]}))
    return texts


def rest(read: Reader, tool: str, *records: Any) -> list[str]:
    """All that can be read of the first record: by parts, or by a tool that takes its id or that an own line names."""
    texts = parts(read, tool, *records)
    kind = id_of(OPERATIONS[tool].record())
    named = set(re.findall(r"ashby_(?:get|list)_\w+", "\n".join(it for it in texts[0].split("\n") if it[0] == "#")))
    readers = named | ({kind.read_by} if kind and kind.read_by and tool not in WRITES else set())
    found = _as_read(OPERATIONS[tool].record(), records[0])
    return texts + [text for it in sorted(readers & {*SINGLE, *LISTINGS} - {tool}) for text in parts(read, it, found)]


def _as_read(kind: type | None, written: Any) -> Any:
    """What Ashby has after a write, as other methods give it: a receipt is not kept, a field's value is its owner's."""
    if kind is FeedbackReceipt:
        return written["submittedFormInstance"]
    return {"customFields": [written]} if kind is CustomFieldValue else written


@pytest.mark.parametrize("tool", EACH_KIND)
def test_what_is_cut_has_a_mark_and_a_way_to_the_rest(tool: str) -> None:
    record = whole(OPERATIONS[tool])
    found = []
    for way in texts_shown(tool, record):
        at_length = way == ("value",) or WRITTEN_AT_LENGTH & {*place_of(way)}
        words = LONG if at_length else LONG[:80]
        rows = [replaced(record, way, " ".join(words)), *[record] * (11 if tool in LISTINGS else 0)]
        text = reader().text(tool, *rows)
        place = f"{tool}: {'.'.join(map(str, way))}"
        if set(words) <= set(re.findall(r"w\d{4}", text)):
            continue
        if not CUT.search(text):
            found.append(f"{place}: cut without a mark")
        everything = set(re.findall(r"w\d{4}", " ".join(rest(reader(), tool, *rows))))
        if missing := [it for it in words if it not in everything]:
            found.append(f"{place}: no way to {missing[0]} … {missing[-1]}")
    assert_none(found)


COMMON = "Senior Staff Engineer for Platform and Infrastructure"
PAIRS = [
    (f"Head {COMMON}", f"Deputy {COMMON}"),
    (f"{COMMON} (Berlin)", f"{COMMON} (London)"),
    (f"{COMMON} Hires {COMMON}", f"{COMMON} Fires {COMMON}"),
    ("合格", "不合格"),
    ("DO HIRE", "DO NOT HIRE"),
]
"""Texts that differ at the start, at the end and in the middle, and short ones."""


@pytest.mark.parametrize("more", [0, 15])
@pytest.mark.parametrize("tool", [it for it in EACH_KIND if it.values[0] in LISTINGS])
def test_what_differs_in_a_listing_still_differs_where_it_is_cut(tool: str, more: int) -> None:
    record = whole(OPERATIONS[tool])
    ways = texts_shown(tool, record)
    heavy = record
    for way, mark in ways.items():
        heavy = replaced(heavy, way, f"{mark} of the department for heavy industry, shipyards and engines")
    found = []
    for way in ways:
        rows = [replaced(heavy, way, text) for pair in PAIRS for text in pair] + [heavy] * more
        after = takewhile(lambda it: not it.startswith("#"), reader().text(tool, *rows).split("\n")[2:])
        lines = [*after]  # without the tables that say what numbers and letters in the rows stand for
        if len(lines) != len(rows):
            continue  # no row for each record, so that no cell is cut
        for (one, other), pair in zip(PAIRS, batched(lines), strict=False):
            if pair[0] == pair[1]:
                found.append(f"{tool}: {'.'.join(map(str, way))}: {one!r} and {other!r}: {pair[0]!r}")
    assert_none(found)


def batched(lines: list[str]) -> list[tuple[str, str]]:
    """The lines in pairs."""
    return [*zip(lines[::2], lines[1::2], strict=False)]
