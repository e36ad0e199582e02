"""The base of the questions that a mirror answers: pydantic classes whose fields are their arguments."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Annotated

from pydantic import Field

from langchain_ashby.endpoint import ToolArguments
from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror.questions.answer import Answer
from langchain_ashby.mirror.questions.asked import Asked

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


class Listing(Question):
    """A question that is answered with rows."""

    limit: Limit = 20
    cursor: str | None = None

    def begin(self) -> int:
        """The number of rows before those that are asked for.

        Raises:
            ArgumentError: if the cursor does not come from an answer.
        """
        if not self.cursor:
            return 0
        if found := re.fullmatch(r"row(\d{1,9})", self.cursor):
            return int(found[1])
        raise ArgumentError("cursor must come from an earlier answer; leave it out to start from the first row")

    def how_many(self, shown: int, total: int, noun: str) -> tuple[str, str]:
        """The line on how many there are, and the cursor of the next page, empty on the last one.

        Raises:
            ArgumentError: if the cursor is past the last row.
        """
        if self.begin() >= max(total, 1):
            raise ArgumentError(f"cursor is past the last of {total:,}; leave it out to start from the first row")
        end = self.begin() + shown
        plural = noun if total == 1 else f"{noun}s"
        if shown == total:
            return f"{total:,} {plural}", ""
        if end >= total:
            return f"{self.begin() + 1:,} to {end:,} of {total:,} {plural}, the last", ""
        cursor = f"row{end}"
        return (
            f"{self.begin() + 1:,} to {end:,} of {total:,} {plural}; more: cursor={cursor} with the same arguments",
            cursor,
        )
