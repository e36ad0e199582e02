"""Listings, a row for each record, and the answers to writes: the same columns, a line for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_ashby.ids import with_short_ids
from langchain_ashby.render.columns import AFTER_WRITING, CELL, COLUMNS, Column
from langchain_ashby.render.phrases import is_money, money, text
from langchain_ashby.render.text import bounded, shortened

FULL_IDS = 10
"""Listings of more rows than this have ids in the short spelling."""


def table(kind: type, found: Sequence[Any], longest: int) -> tuple[str, list[str]]:
    """The heading and the rows of a listing. A cell that is to be full has `longest` characters at most."""
    columns = COLUMNS[kind]
    short = len(found) > FULL_IDS
    rows = [[_cell(column, record, longest, short) for column in columns] for record in found]
    used = [
        place for place, column in enumerate(columns) if place == 0 or column.kept or any(row[place] for row in rows)
    ]
    return _row([columns[place].heading for place in used]), [_row([row[place] for place in used]) for row in rows]


def _row(cells: Sequence[str]) -> str:
    """`id first|second|third`: behind an id, which has no spaces, a space is as good a border as a bar, and cheaper."""
    return " ".join([cells[0].replace(" ", "_"), "|".join(cells[1:])])


def after_writing(kind: type, record: Any) -> list[str]:
    """The record that was written, a line for each column that has something to say."""
    cells = [(column.heading, _value(column, record)) for column in AFTER_WRITING.get(kind) or COLUMNS[kind]]
    return [f"{heading}: {cell}" for heading, cell in cells if cell]


def _cell(column: Column, record: Any, longest: int, short: bool) -> str:
    cell = _value(column, record)
    if short and "_id" in column.heading:
        cell = with_short_ids(cell)
    cell = bounded(cell, longest) if column.full else shortened(cell, CELL)
    return cell.replace("|", "¦")  # a bar inside would look like the next cell


def _value(column: Column, record: Any) -> str:
    value = column.cell(record) if isinstance(record, Mapping) else record
    return money(value) if is_money(value) else text(value)
