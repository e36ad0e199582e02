"""Who wrote what in a result: takes the text that a model read apart again, into pieces of which that is known.

Ashby's own words and the organization's, such as stages, titles and amounts, are records. So are names and addresses,
but whoever applies writes their own name, so it is a record only as a whole: "Ada. Mail me at x@y.z" is not one. All
else was written by outsiders, or may have been: notes, feedback, answers in forms, résumés, and whatever is not
declared here. The package's own lines say nothing of anybody, unless they quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from langchain_ashby.results import NOTICE, OWN
from langchain_ashby.results.cells import contact_and_work
from langchain_ashby.results.columns import COLUMNS

Author = Literal["ashby", "named", "outsiders"]
"""`ashby`: a record; `named`: one as a whole, and in part an outsider's text; `outsiders`: anybody's text."""

NAMES = frozenset({"name", "candidate"})
"""What the people that a result is about are called: they write it themselves."""

RECORDS = frozenset({
    "acceptance", "acceptance status", "approval", "approval status", "archive reason", "archived at", "author",
    "by", "careers page", "closed", "closed at", "completed", "completed at", "created", "created at",
    "credited to", "credited to user", "current interview stage", "decided", "decided at", "department",
    "department name", "email", "email addresses", "emails", "employment", "employment type", "end time", "ended",
    "entered", "first name", "for", "global role", "hiring team", "identifier", "interview events", "interviewers",
    "job", "kind", "last name", "latest terms", "latest version", "left", "listed", "location name", "meeting",
    "meetings", "name and e-mail", "offer", "offer status", "opened", "opened at", "opening state", "openings",
    "options", "order", "order in interview plan", "pay", "phone", "phone numbers", "primary email address",
    "primary phone number", "published", "published date", "reason", "reason type", "requisition", "role",
    "salary", "score", "selectable values", "source", "source type", "stage", "stages so far", "stands for", "start",
    "start date", "start time", "state", "status", "submitted", "submitted at", "tags", "target hire",
    "target hire date", "target start", "target start date", "team", "team name", "title", "type", "updated",
    "updated at", "visible", "workplace", "workplace type",
})  # fmt: skip
"""The headings of columns and lines, without notes and zones, over what only Ashby and the organization write."""

WHOLLY_RECORDS = frozenset({"sections", "meetings", "stages so far"})
"""The lines below which everything is a record, whatever it is called: what a form asks, say."""

_MIXED = next(it.heading for columns in COLUMNS.values() for it in columns if it.cell is contact_and_work)
"""The heading of cells that begin with an address, which is a record, and go on with what a person wrote."""


class Piece(NamedTuple):
    """A piece of a result: its text, the heading over it, who wrote it, and whose record it is in, if that is said."""

    text: str
    field: str
    author: Author
    whose: str


def pieces(result: str, *, bars_only: bool = False) -> Iterator[Piece]:
    """Takes a result of the package's own tools apart.

    Args:
        result: The text, as `lay_out` made it.
        bars_only: True if rows that do not begin with an id have a bar after their first cell, as the pipeline's have.
    """
    heads: list[str] = []
    way: list[tuple[int, str]] = []
    named = _NAMED.search(result)
    below, whose = "", named[1] if named else ""
    for line in result.split("\n"):
        if line.startswith(OWN[0]):
            if '"' in line or "“" in line:
                yield Piece(line.removeprefix(OWN), "a remark", "outsiders", "")
            elif NOTICE in line:
                heads, way = [], []
            else:
                heads, below, way = *_heads(line.removeprefix(OWN), bars_only), []
        elif heads and not line.startswith("  "):
            found = [*_row(line, heads, bars_only)]
            whose = next((it.text for it in found if it.field in NAMES), "")
            yield from (it._replace(whose=whose) for it in found)
            way = [(-1, below)] if below else []
        elif line.strip():
            key, said = _key(line)
            indent = len(line) - len(line.lstrip(" "))
            way = [it for it in way if it[0] < indent]
            if key is not None:
                way.append((indent, key))
            if not heads and key in NAMES and not indent and whose:
                yield Piece(whose, key, "named", whose)
                said = said.removeprefix(whose).strip()
            if said:
                yield Piece(said, way[0][1] if way else "text", _author([it for _, it in way], said), whose)


@lru_cache(maxsize=1_000)
def has_records_only(result: str, *, bars_only: bool = False) -> bool:
    """True if outsiders wrote nothing in a result, not even a name. Cached: each step asks it of all results."""
    return all(it.author == "ashby" or not it.text.strip() for it in pieces(result, bars_only=bars_only))


def _heads(line: str, bars_only: bool) -> tuple[list[str], str]:
    """The headings in an own line, and what is below each row."""
    table, _, below = line.partition("; below: ")
    return [_plain(it) for it in _cells(table, bars_only)], _plain(below)


def _cells(line: str, bars_only: bool) -> list[str]:
    first, _, others = line.partition("|") if bars_only else line.partition(" ")
    if bars_only and " " in first and re.match(r"[a-z_]+_ids?(?= )|[\w-]{22}(?= )", first):
        first, _, second = first.partition(" ")
        return [first, second, *others.split("|")]
    return [first, *others.split("|")] if others else [first]


def _row(line: str, heads: list[str], bars_only: bool) -> Iterator[Piece]:
    cells = _cells(line, bars_only)
    if len(cells) > len(heads):  # not a row after all
        yield Piece(line, "text", "outsiders", "")
        return
    for head, cell in zip(heads, cells, strict=False):
        if head == _plain(_MIXED):
            address, _, cell = cell.partition(" ")
            yield Piece(address, "email", "ashby", "")
        if cell:
            yield Piece(cell, head, _author([head], cell), "")


_NAMED = re.compile(rf"^(?:{'|'.join(sorted(NAMES))}): ([^(<\n]*[^(<\n ])", re.MULTILINE)
"""The line of a single record that names the person it is about."""

_KEY = re.compile(r" *(?:- )?([^:]{1,80}):(?: (.*)|$)")


def _key(line: str) -> tuple[str | None, str]:
    """The name of a line, None if it has none, and what it says."""
    found = _KEY.fullmatch(line)
    return (_plain(found[1]), found[2] or "") if found else (None, line.strip().removeprefix("- "))


def _author(way: list[str], said: str) -> Author:
    """Who wrote what stands under these names, one inside the other."""
    if way and way[0] in WHOLLY_RECORDS:
        return "ashby"
    if not way or ": " in said or not all(_is_record(it) for it in way[:-1]):
        return "outsiders"
    return "named" if way[-1] in NAMES else "ashby" if _is_record(way[-1]) else "outsiders"


def _is_record(name: str) -> bool:
    return name in RECORDS or re.fullmatch(r"([\w ]+ )?ids?", name) is not None


@lru_cache(maxsize=1_000)
def _plain(heading: str) -> str:
    """A heading without notes, zones and marks: `created` for `created_UTC (blank: not since)`."""
    return re.sub(r" UTC\b|\(.*", "", heading.replace("_", " ")).strip().lower()
