"""An answer as text: a table of data, then notes of our own on how many rows there are and how complete they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from langchain_ashby.ids import short
from langchain_ashby.results import NOTICE, OWN, data_line
from langchain_ashby.results.phrases import UNKNOWN, listed
from langchain_ashby.results.weight import Limit, cut_apart
from langchain_ashby.text.words import offset, one_line

CELL = Limit(48, 96)
"""The most that a cell holds: characters, and weight. Single records show all of it."""

LONGEST = 6_000
"""The most characters of a cell that begins and ends like another."""


class Several(tuple[str, ...]):
    """A cell with a list of names. Each is shortened by itself, so that all remain visible."""

    def __str__(self) -> str:
        """Returns the names as a list."""
        return listed(self)


class Whole(Several):
    """A cell with several names, none of them shortened."""


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Attributes:
        title: Its heading; ids are headed by the argument that takes them.
        is_id: True if it holds ids of Ashby, shown in the short spelling.
        is_sent: True if Ashby sends it for every record, so that null means not known, rather than none.
    """

    title: str
    is_id: bool = False
    is_sent: bool = False


@dataclass
class Answer:
    """An answer.

    Attributes:
        columns: The headings; an empty column is left out, unless it is the first.
        rows: The values under them: ids, texts, numbers, times; None is blank.
        notes: Lines after the table, in the package's own words only.
        more: The cursor of the next rows; empty if there are none.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    notes: list[str] = field(default_factory=list)
    more: str = ""

    def text(self, zone: tzinfo) -> str:
        """What a model reads. Days are days of the zone."""
        used = [
            place
            for place, column in enumerate(self.columns)
            if place == 0 or column.is_sent or any(row[place] not in (None, "", ()) for row in self.rows)
        ]
        lines = []
        if self.rows:
            lines = [f"{OWN}{NOTICE}", f"{OWN}{self._row([self.columns[place].title for place in used])}"]
        columns = [_cells(self.columns[place], [row[place] for row in self.rows], zone) for place in used]
        lines += [data_line(self._row(row)) for row in zip(*columns, strict=True)]
        return "\n".join([*lines, *(f"{OWN}{note}" for note in self.notes)])

    def _row(self, cells: Sequence[str]) -> str:
        """A row as in every listing: a space after the id that it begins with, bars after all else."""
        first, *others = cells
        return f"{first} {'|'.join(others)}" if self.columns[0].is_id else "|".join(cells)

    def data(self) -> list[dict[str, Any]]:
        """The rows as JSON, with Ashby's ids and times in ISO 8601, for programs."""
        return [
            {column.title: _json(value) for column, value in zip(self.columns, row, strict=True)} for row in self.rows
        ]


def _cells(column: Column, values: Sequence[Any], zone: tzinfo) -> list[str]:
    """Shortens the cells of a column so that no two different texts read the same."""
    texts = {one_line(it, None) for value in values if not isinstance(value, Whole) for it in _texts(value)}
    cut = cut_apart(dict.fromkeys(sorted(texts), CELL), LONGEST)
    return [_cell(column, value, zone, cut) for value in values]


def _texts(value: Any) -> Sequence[str]:
    return value if isinstance(value, Several) else [value] if isinstance(value, str) else []


def _cell(column: Column, value: Any, zone: tzinfo, cut: Mapping[str, str]) -> str:
    if value is None or value == ():
        return UNKNOWN if column.is_sent else ""
    if column.is_sent and value == UNKNOWN:
        return f'"{UNKNOWN}"'
    if column.is_id:
        return ", ".join(map(shown_id, value)) if isinstance(value, list) else shown_id(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y%m%d}"
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    said = [one_line(it, None) for it in _texts(value)]
    shown = listed(said if isinstance(value, Whole) else [cut[it] for it in said]) if said else str(value)
    return shown.replace("¦", "[U+00A6]").replace("|", "¦")


def to_the_minute(moment: datetime, zone: tzinfo) -> str:
    """Formats a time in the zone, `2026-11-30 09:00`; in the hour that repeats in autumn, with the offset."""
    time = moment.astimezone(zone)
    comes_twice = time.replace(fold=0).utcoffset() != time.replace(fold=1).utcoffset()
    return f"{time:%Y-%m-%d %H:%M}{f' {offset(time)}' if comes_twice else ''}"


def shown_id(value: str) -> str:
    """An id in the short spelling."""
    try:
        return short(value)
    except ValueError:
        return one_line(value, 60)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Several) else value
