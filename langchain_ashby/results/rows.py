"""Listings, a row for each record, and the answers to writes: the same columns, a line for each."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_ashby.ids import with_short_ids
from langchain_ashby.results.columns import AFTER_WRITING, CELL, COLUMNS, Column, Part, Parts
from langchain_ashby.results.phrases import is_money, money, text
from langchain_ashby.results.weight import lightened, weight
from langchain_ashby.text.safe import bounded, shortened

LONG = 10
"""A listing of more rows than this is long: its ids are in the short spelling, and its rows share ROOM."""

ROOM = 165
"""What a row of a long listing may weigh on average, ids and full cells apart: some 27 tokens in any script.

Light cells stay as they are. The heaviest give way first, in all rows alike, so that a few heavy rows among light ones
are told in full.
"""

LEAST = 20
"""The weight that is left of a part, whatever the others weigh."""


def table(kind: type, found: Sequence[Any], longest: int) -> tuple[str, list[str]]:
    """The heading and the rows of a listing. A cell that is to be full has `longest` characters at most."""
    columns = COLUMNS[kind]
    long = len(found) > LONG
    rows = [[_parts(column, record, longest, long) for column in columns] for record in found]
    used = [
        place for place, column in enumerate(columns) if place == 0 or column.kept or any(row[place] for row in rows)
    ]
    sharing = [part for row in rows for column, cell in zip(columns, row, strict=True) if not _fixed(column)
               for part in cell]  # fmt: skip
    most = _share(sharing, ROOM * len(rows)) if long else sys.maxsize
    cells = [[_cell(row[place], most) for place in used] for row in rows]
    return _row([columns[place].heading for place in used]), [_row(row) for row in cells]


def _fixed(column: Column) -> bool:
    """Whether the column's cells are told in full."""
    return column.full or "_id" in column.heading


def _share(parts: Sequence[Part], room: int) -> int:
    """The most that a part may weigh so that all of them have room."""
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
    """`id first|second|third`: behind an id, which has no spaces, a space is as good a border as a bar, and cheaper."""
    return " ".join([cells[0].replace(" ", "_"), "|".join(cells[1:])])


def after_writing(kind: type, record: Any) -> list[str]:
    """The record that was written, a line for each column that has something to say."""
    told = [(column, _value(column, record)) for column in AFTER_WRITING.get(kind) or COLUMNS[kind]]
    return [f"{column.heading}: {value or '(none)'}" for column, value in told if value or column.kept]


def _parts(column: Column, record: Any, longest: int, long: bool) -> Parts:
    """A cell in parts that are no longer than they may be by themselves."""
    found = column.cell(record) if isinstance(record, Mapping) else record
    if isinstance(found, Parts):
        parts = found
    else:
        words = with_short_ids(_words(found)) if long and "_id" in column.heading else _words(found)
        parts = Parts([Part(words, whole=_fixed(column))])
    return Parts(
        part._replace(text=bounded(part.text, longest) if part.whole else shortened(part.text, CELL))
        for part in parts
        if part.text
    )


def _cell(parts: Parts, most: int) -> str:
    """A cell of its parts, each cut at a weight of `most` unless it is to be whole."""
    told = (f"{part.before}{part.text if part.whole else lightened(part.text, most)}" for part in parts)
    return "".join(told).replace("|", "¦")  # a bar inside would look like the next cell


def _value(column: Column, record: Any) -> str:
    value = column.cell(record) if isinstance(record, Mapping) else record
    return "".join(part.before + part.text for part in value) if isinstance(value, Parts) else _words(value)


def _words(value: Any) -> str:
    return money(value) if is_money(value) else text(value)
