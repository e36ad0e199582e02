"""The base of the questions that a mirror answers: pydantic classes whose fields are their arguments."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from langchain_ashby.endpoint import ToolArguments
from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror.questions.answer import Answer
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.results.division import digest

Limit = Annotated[int, Field(ge=1, le=100)]

FEW = 5
"""A figure based on fewer than these is marked."""


class Question(ToolArguments):
    """A question. Its name gives the tool's name, its docstring the tool's description."""

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """Answers the question.

        Raises:
            ArgumentError: if an argument names nothing; it says which one, and what there is.
        """


class Page(NamedTuple):
    """The rows that an answer shows.

    Attributes:
        begin: The number of rows before them.
        end: The number of rows up to and including the last of them.
        notes: What the answer says about them: how many there are, and how to continue.
        more: The cursor of the next page; empty on the last one.
    """

    begin: int
    end: int
    notes: list[str]
    more: str


class Listing(Question):
    """A question that is answered with rows."""

    limit: Limit = 20
    cursor: str | None = None

    def upto(self) -> int:
        """The number of rows up to the end of the page that is asked for.

        Raises:
            ArgumentError: if the cursor does not come from an answer.
        """
        return self._before()[0] + self.limit

    def page(self, keys: Sequence[object], total: int, noun: str) -> Page:
        """Returns the page that is asked for; the first one if the rows before it have changed since they were read.

        Args:
            keys: What identifies each row, in order, of the rows `upto` the end of the page.
            total: The number of all rows.
            noun: What a row is.
        """
        begin, known = self._before()
        has_changed = begin > 0 and (begin >= total or _digest(keys[:begin]) != known)
        begin = 0 if has_changed else begin
        end = min(begin + self.limit, total)
        more = f"row{end}.{_digest(keys[:end])}" if end < total else ""
        line = f"{total:,} {noun if total == 1 else f'{noun}s'}"
        if more or begin:
            goes_on = f"; more: cursor={more} with the same arguments" if more else ", the last"
            line = f"{begin + 1:,} to {end:,} of {line}{goes_on}"
        return Page(begin, end, [line, *([_HAS_CHANGED] if has_changed else [])], more)

    def _before(self) -> tuple[int, str]:
        """The number of rows before those that are asked for, and the digest of their keys."""
        if not self.cursor:
            return 0, ""
        if found := re.fullmatch(r"row([1-9]\d{0,8})\.([0-9a-f]{6})", self.cursor):
            return int(found[1]), found[2]
        raise ArgumentError("cursor must come from an earlier answer; leave it out to start from the first row")


def _digest(keys: Sequence[object]) -> str:
    """A short fingerprint of a sequence of rows."""
    return digest([[str(key) for key in keys]])


_HAS_CHANGED = "The rows have changed since the previous page was read: these are the first ones again."
