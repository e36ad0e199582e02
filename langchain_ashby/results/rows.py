"""Listings with a row per record, and written records with a line per column."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from langchain_ashby.ids import id_of
from langchain_ashby.results.below import BELOW
from langchain_ashby.results.cells import Column, Day, Legend, Part, Parts, Values
from langchain_ashby.results.columns import AFTER_WRITING, COLUMNS, LEGENDS
from langchain_ashby.results.phrases import NONE, UNKNOWN, is_money, listed, money, text
from langchain_ashby.results.weight import Limit, cut_apart, weight
from langchain_ashby.text.words import at

LONG = 10
"""A listing with more rows than this is long: its cells are cut, and share ROOM."""

CELL = 40
"""The longest part of a cell in characters, where it is cut."""

LONGEST = 6_000
"""The most characters of a cell that is cut, where another begins and ends like it."""

ROOM = 165
"""The average weight of a row in a long listing, without ids and full cells: about 27 tokens in any script.

The heaviest cells are cut first, in all rows alike, so a few heavy rows among light ones are shown in full.
"""

LEAST = 20
"""The weight that a part keeps, whatever the others weigh."""

LETTER, LINE = 6, 18
"""The cost of a letter in place of a cell, and of the line that explains it, apart from the text."""

_LIKE_LETTERS = re.compile("[A-Z]{1,2}")

DAY = 8
"""The digits of a day with its year."""

BEGINNING = 4
"""The fewest characters of an id that stand for it beside a title."""


class Table(NamedTuple):
    """A heading, and for each record its row and the lines below it."""

    heading: str
    rows: list[list[str]]


def tables(kind: type, found: Sequence[Any]) -> list[Table]:
    """The rows of a listing, and tables of what they name by a title, a number or a letter."""
    long = len(found) > LONG
    identity = id_of(kind)
    cut = long and identity is not None and identity.read_by.startswith("ashby_get_")
    legend = LEGENDS.get(kind)
    rows, named = (found, []) if legend is None else _numbered(legend, found) if long else _told_apart(legend, found)
    (heading, cells), *letters = _table(COLUMNS[kind], rows, long, cut)
    below = f"; below: {BELOW[kind].what}" if kind in BELOW else ""
    blocks = [[*row, *_below(kind, record)] for row, record in zip(cells, found, strict=True)]
    listing = Table(heading + below, blocks)
    if legend is None or not named:
        return [listing, *letters]
    columns = [Column(legend.key, lambda it: it.get(_NUMBER)), *legend.columns] if long else legend.columns
    return [listing, *_table(columns, named, long, cut), *letters]


def _table(columns: Sequence[Column], found: Sequence[Any], long: bool, cut: bool) -> list[Table]:
    """The heading and the rows of records, `long` ones briefly; they are only cut if a tool reads each in full.

    Tables of what letters in the rows stand for follow.
    """
    columns = [column for column in columns if not (column.spare if long else column.brief)]
    cells = [[_parts(column, record) for record in found] for column in columns]
    cells = [
        _without_notes(of_column) if long and column.notes_spare else of_column
        for column, of_column in zip(columns, cells, strict=True)
    ]
    sharing = [part for column, of_column in zip(columns, cells, strict=True) if not _fixed(column)
               for cell in of_column for part in cell]  # fmt: skip
    most = Limit(CELL, _share(sharing, ROOM * len(found))) if cut else None
    once: list[Table] = []
    for place, column in enumerate(columns):
        if long and column.once and (usual := _usual(cells[place])):
            is_all = all(cell == usual for cell in cells[place])
            once.append(Table(f"{column.title}, {'of all' if is_all else 'where blank'}", [[_joined(usual)]]))
            cells[place] = [Parts() if cell == usual else cell for cell in cells[place]]
    used = [place for place, column in enumerate(columns) if place == 0 or column.kept or any(cells[place])]
    titles = {place: columns[place].title for place in used}
    letters = _lettered(cells, [place for place in used if long and columns[place].lettered])
    if long:
        _shorten_days(columns, cells, titles)
    shown = zip(*(_cut(cells[place], most) for place in used), strict=True)
    table = Table(_row([*titles.values()]), [[_row(row)] for row in shown])
    return [table, *once, *([Table("letter stands for", [[row] for row in letters])] if letters else [])]


def _usual(cells: Sequence[Parts]) -> Parts:
    """Returns a column's most frequent text if saying it once is cheaper; empty if not, or if a cell is blank."""
    [(usual, number)] = Counter(cells).most_common(1)
    return usual if all(cells) and _pays(_joined(usual), number, 0) else Parts()


def _lettered(cells: list[list[Parts]], places: Sequence[int]) -> list[str]:
    """Replaces repeated cells with letters; returns what they stand for: `A Declined our offer`.

    Cells for which a letter would cost more stay; cells that look like a letter are put in quotation marks.
    """
    numbers, told = count(), []
    for place in places:
        often = Counter(filter(None, cells[place]))
        letters = {cell: _letter(next(numbers)) for cell, number in often.items() if _pays(_joined(cell), number)}
        cells[place] = [_whole(letters.get(cell) or _unlike_letters(_joined(cell))) for cell in cells[place]]
        told += [f"{letter} {_without_bars(_joined(cell))}" for cell, letter in letters.items()]
    return told


def _pays(said: str, number: int, mark: int = LETTER) -> bool:
    """True if a mark in that many cells, plus a line that explains it, costs less than repeating the text."""
    return number * (weight(said) - mark) > weight(said) + LINE


def _unlike_letters(said: str) -> str:
    return json.dumps(said) if _LIKE_LETTERS.fullmatch(said) else said


def _whole(said: str) -> Parts:
    """A cell that is never shortened."""
    return Parts([Part(said, whole=True, full=True)] if said else [])


def _letter(number: int) -> str:
    """`A` for 0, `B` for 1, and so on; `AA` for 26."""
    return (_letter(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def _shorten_days(columns: Sequence[Column], cells: list[list[Parts]], titles: dict[int, str]) -> None:
    """Leaves out of the days of a listing the year that most have; the first of their headings says how."""
    days = [place for place in titles if isinstance(columns[place].cell, Day)]
    told = [part.text for place in days for cell in cells[place] for part in cell if _is_day(part.text)]
    if not told:
        return
    [(year, _)] = Counter(day[:4] for day in told).most_common(1)
    for place in days:
        titles[place] = columns[place].heading
        cells[place] = [
            Parts(it._replace(text=it.text[4:].lstrip("0")) if _is_day(it.text) and it.text[:4] == year else it
                  for it in cell) for cell in cells[place]
        ]  # fmt: skip
    example = next(day for day in told if day[:4] == year)
    titles[days[0]] = f"{columns[days[0]].heading} (UTC, {example[4:].lstrip('0')}: {example})"


def _is_day(said: str) -> bool:
    """True for a day with its year, in digits."""
    return len(said) == DAY and said.isdecimal()


def _below(kind: type, record: Any) -> list[str]:
    """The lines below the row of a record."""
    if kind not in BELOW or not isinstance(record, Mapping):
        return []
    return [f"  {line}" for line in BELOW[kind].lines(record)]


def _without_notes(column: Sequence[Parts]) -> list[Parts]:
    """The cells of a column without the notes on their names, except for namesakes."""
    namesakes = Counter(cell[0].text for cell in set(filter(None, column)))
    return [Parts(cell[:1]) if cell and namesakes[cell[0].text] == 1 else cell for cell in column]


def _joined(parts: Parts) -> str:
    return "".join(part.before + part.text for part in parts)


_NUMBER = "number"
"""The key of a thing's number in a legend."""


def _numbered(legend: Legend, found: Sequence[Any]) -> tuple[list[Any], list[dict[str, Any]]]:
    """Replaces titles, which long listings would repeat, with numbers; also returns what the numbers stand for."""
    things: dict[str, dict[str, Any]] = {}
    rows = []
    for record in found:
        thing = at(record, legend.key)
        if thing and isinstance(thing, Mapping):
            key = f"{text(thing.get('id'))} {text(thing.get('title'))}"
            known = things.setdefault(key, {**thing, _NUMBER: len(things) + 1})
            record = {**record, legend.key: {**thing, "title": known[_NUMBER]}}
        rows.append(record)
    titles = Counter(text(it.get("title")) for it in things.values())
    return rows, [_facts(legend, it, titles[text(it.get("title"))]) for it in things.values()]


def _facts(legend: Legend, thing: Mapping[str, Any], of_its_title: int) -> dict[str, Any]:
    """What a legend tells of a thing: its further facts only where its title is not its own."""
    return {**thing, **({} if of_its_title > 1 else dict.fromkeys(legend.if_alike))}


def _told_apart(legend: Legend, found: Sequence[Any]) -> tuple[list[Any], list[dict[str, Any]]]:
    """The records, with as much of an id behind a title as tells it from the same title of another; and what they name.

    What they name has its further facts only where its title is not its own.
    """
    named = [thing if isinstance(thing := at(record, legend.key), Mapping) else {} for record in found]
    keys = [(text(it.get("id")), text(it.get("title"))) for it in named]
    things = {key: thing for key, thing in zip(keys, named, strict=True) if key[0]}
    titles = Counter(title for _, title in things)
    titled = {key: key[1] for key in things}  # without a title, it stays unknown
    length = BEGINNING
    while len(set(titled.values())) < len(titled) and length <= max(len(name) for name, _ in things):
        titled = {key: f"{key[1] or UNKNOWN} ({key[0][:length]}…)" if titles[key[1]] > 1 else key[1] for key in things}
        length += 1
    rows = [
        {**record, legend.key: {**thing, "title": titled[key] or None}} if key in things else record
        for record, thing, key in zip(found, named, keys, strict=True)
    ]
    return rows, [_facts(legend, thing, titles[key[1]]) for key, thing in things.items()]


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
    """`id first|second|third`: ids have no spaces, so a space after one separates as well as a bar, for less.

    Blank cells at the end are left out.
    """
    return " ".join([cells[0].replace(" ", "_"), "|".join(cells[1:]).rstrip("|")]).rstrip(" ")


def after_writing(kind: type, record: Any) -> list[str]:
    """The record after a write, a line for each column that is not blank."""
    told = [(column, _value(column, record)) for column in AFTER_WRITING.get(kind) or COLUMNS[kind]]
    lines = [f"{column.title}: {value or NONE}" for column, value in told if value or column.kept]
    below = _below(kind, record)
    return [*lines, f"{BELOW[kind].what}:", *below] if below else lines


def _parts(column: Column, record: Any) -> Parts:
    """A cell in parts."""
    found = column.cell(record) if isinstance(record, Mapping) else record
    if isinstance(found, Values):
        found = Parts([Part(listed(found), whole=True, full=True)])
    if not isinstance(found, Parts):
        words = _words(found)
        found = Parts([Part(words, whole=True, full=True) if _fixed(column) else Part(words)])
    return Parts(part for part in found if part.text)


def _cut(column: Sequence[Parts], most: Limit | None) -> list[str]:
    """The cells of a column, each part cut at the most characters and, unless it is whole, at the most weight."""
    if most is None:
        return [_without_bars(_joined(cell)) for cell in column]
    limits = {
        part.text: most._replace(weight=sys.maxsize) if part.whole else most
        for cell in column
        for part in cell
        if not part.full
    }
    shown = cut_apart(limits, LONGEST)
    cut = (Parts(part if part.full else part._replace(text=shown[part.text]) for part in cell) for cell in column)
    return [_without_bars(_joined(cell)) for cell in cut]


def _without_bars(cell: str) -> str:
    """A cell without bars, which would look like the next cell; nor is a broken bar of its own taken for one."""
    return cell.replace("¦", "[U+00A6]").replace("|", "¦")


def _value(column: Column, record: Any) -> str:
    value = column.cell(record) if isinstance(record, Mapping) else record
    if isinstance(value, Parts):
        return _joined(Parts(part for part in value if part.text))
    return listed(value) if isinstance(value, Values) else _words(value)


def _words(value: Any) -> str:
    return money(value) if is_money(value) else text(value)
