"""Results that are too long for one answer, in parts that together hold every line of them.

A part ends between records where it can, or else between lines, or else inside a line: there, … marks both ends. A line
that begins a part is shown with the lines that it stands under, so that an answer is never without its scorecard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from langchain_ashby.text.safe import shortened, whole_until

LEAST = 400
"""The least room of a part, in characters."""

CUT = "…"

_LONGEST_REPEATED = 300


class Place(NamedTuple):
    """A place in a long result, as the cursor of the package's own that leads there.

    Attributes:
        part: The number of the part, from 1.
        digest: Tells if the text is still the one whose parts were read before.
        cursor: Ashby's cursor of the page.
    """

    part: int = 1
    digest: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, cursor: str | None) -> Place:
        """Reads a cursor, the package's or Ashby's."""
        found = _OWN.fullmatch(cursor or "")
        return cls(int(found[1]), found[2], found[3] or "") if found else cls(cursor=cursor or "")

    def __str__(self) -> str:
        return f"part{self.part}.{self.digest}{f'.{self.cursor}' if self.cursor else ''}"


_OWN = re.compile(r"part([1-9]\d{0,5})\.([0-9a-f]{6})(?:\.(.+))?", re.DOTALL)


def digest(blocks: Iterable[Sequence[str]]) -> str:
    """What tells one text from another."""
    return sha256("\n".join(line for block in blocks for line in block).encode()).hexdigest()[:6]


def divided(blocks: Sequence[Sequence[str]], room: int) -> list[list[str]]:
    """The lines in parts of at most `room` characters. A block, the lines of a record, stays whole if it can."""
    dividing = _Dividing(max(room, LEAST))
    for block in blocks:
        dividing.add(block)
    return dividing.parts


class _Dividing:
    def __init__(self, room: int) -> None:
        self.parts: list[list[str]] = [[]]
        self._room = self._left = room

    def add(self, block: Sequence[str]) -> None:
        size = sum(len(line) + 1 for line in block)
        if self._left < size <= self._room:
            self._begin([])
        above: list[str] = []
        for line in block:
            above = [it for it in above if _indent(it) < _indent(line)]
            self._add_line(line, above)
            above.append(line)

    def _add_line(self, line: str, above: Sequence[str]) -> None:
        while len(line) >= self._left:
            if self.parts[-1] and (len(line) < self._room * 3 // 4 or self._left < self._room // 4):
                self._begin(above)
                continue
            piece, line = _cut(line, self._left - 1)
            self._put(piece)
            self._begin(above)
        self._put(line)

    def _begin(self, above: Sequence[str]) -> None:
        """Begins a part, with the lines that its first one stands under as far as they take a quarter of it."""
        self.parts.append([])
        self._left = self._room
        for line in above:
            line = shortened(line, _LONGEST_REPEATED)
            if self._left - len(line) > self._room * 3 // 4:
                self._put(line)

    def _put(self, line: str) -> None:
        self.parts[-1].append(line)
        self._left -= len(line) + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _cut(line: str, most: int) -> tuple[str, str]:
    """A line in two, the first of at most `most` characters: `one …`, `… two`; in a word, `on…`, `…e`."""
    margin = " " * min(_indent(line), most // 4)
    space = line.rfind(" ", most * 3 // 4, most - 1)
    if space > 0:
        return f"{line[:space]} {CUT}", f"{margin}{CUT} {line[space + 1 :]}"
    end = whole_until(line, most - 1)
    return f"{line[:end]}{CUT}", f"{margin}{CUT}{line[end:]}"
