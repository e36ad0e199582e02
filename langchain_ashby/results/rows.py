"""Listings with a row per record, and written records with a line per column."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_ashby.ids import with_short_ids
from langchain_ashby.results.below import BELOW
from langchain_ashby.results.columns import AFTER_WRITING, CELL, COLUMNS, Column, Part, Parts
from langchain_ashby.results.phrases import is_money, money, text
from langchain_ashby.results.weight import lightened, weight
from langchain_ashby.text.safe import shortened

LONG = 10
"""A listing with more rows than this is long: its ids are in the short spelling, and its rows share ROOM."""

ROOM = 165
"""The average weight of a row in a long listing, without ids and full cells: about 27 tokens in any script.

The heaviest cells are cut first, in all rows alike, so a few heavy rows among light ones are shown in full.
"""

LEAST = 20
"""The weight that a part keeps, whatever the others weigh."""


def table(kind: type, found: Sequence[Any]) -> tuple[str, list[list[str]]]:
    """The heading and the rows of a listing, each with the lines below it."""
    columns = COLUMNS[kind]
    long = len(found) > LONG
    rows = [[_parts(column, record, long) for column in columns] for record in found]
    used = [
        place for place, column in enumerate(columns) if place == 0 or column.kept or any(row[place] for row in rows)
    ]
    sharing = [part for row in rows for column, cell in zip(columns, row, strict=True) if not _fixed(column)
               for part in cell]  # fmt: skip
    most = _share(sharing, ROOM * len(rows)) if long else sys.maxsize
    cells = [[_cell(row[place], most) for place in used] for row in rows]
    heading = _row([columns[place].title for place in used])
    below = f"; below: {BELOW[kind].what}" if kind in BELOW else ""
    blocks = [[_row(row), *_below(kind, record, long)] for row, record in zip(cells, found, strict=True)]
    return heading + below, blocks


def _below(kind: type, record: Any, long: bool = False) -> list[str]:
    """The lines below the row of a record."""
    if kind not in BELOW or not isinstance(record, Mapping):
        return []
    what, lines = BELOW[kind]
    return [f"  {with_short_ids(line) if long and '_id' in what else line}" for line in lines(record)]


def _fixed(column: Column) -> bool:
    """True if the column's cells are shown in full."""
    return column.full or "_id" in column.heading


def _share(parts: Sequence[Part], room: int) -> int:
    """The largest weight of a part at which all parts fit."""
    for part in parts:
        if part.whole:  # an e-mail address has hardly a word in it, and costs twice as much as words
            room -= weight(part.text) * (2 if "@" in part.text else 1)
    weights = sorted(weight(part.text) for part in parts if not part.whole)
    for place, heaviest in enumerate(weights):
        share = room // (len(weights) - place)
        if heaviest > share:
            return max(share, LEAST)
        room -= heaviest
    return sys.maxsize


def _row(cells: Sequence[str]) -> str:
    """`id first|second|third`: ids have no spaces, so a space after one separates as well as a bar, for less."""
    return " ".join([cells[0].replace(" ", "_"), "|".join(cells[1:])])


def after_writing(kind: type, record: Any) -> list[str]:
    """The record after a write, a line for each column that is not blank."""
    told = [(column, _value(column, record)) for column in AFTER_WRITING.get(kind) or COLUMNS[kind]]
    lines = [f"{column.title}: {value or '(none)'}" for column, value in told if value or column.kept]
    below = _below(kind, record)
    return [*lines, f"{BELOW[kind].what}:", *below] if below else lines


def _parts(column: Column, record: Any, long: bool) -> Parts:
    """A cell in parts, each within its own limit."""
    found = column.cell(record) if isinstance(record, Mapping) else record
    if isinstance(found, Parts):
        parts = found
    else:
        words = with_short_ids(_words(found)) if long and "_id" in column.heading else _words(found)
        parts = Parts([Part(words, whole=_fixed(column))])
    return Parts(part if part.whole else part._replace(text=shortened(part.text, CELL)) for part in parts if part.text)


def _cell(parts: Parts, most: int) -> str:
    """A cell from its parts, each cut at a weight of `most` unless it is whole."""
    told = (f"{part.before}{part.text if part.whole else lightened(part.text, most)}" for part in parts)
    return "".join(told).replace("|", "¦")  # a bar inside would look like the next cell


def _value(column: Column, record: Any) -> str:
    value = column.cell(record) if isinstance(record, Mapping) else record
    return "".join(part.before + part.text for part in value) if isinstance(value, Parts) else _words(value)


def _words(value: Any) -> str:
    return money(value) if is_money(value) else text(value)
