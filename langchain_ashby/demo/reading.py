"""Reads the text of a tool's answer, as a model does."""

from __future__ import annotations

import re
from statistics import fmean

from langchain_core.messages import ToolMessage

Row = dict[str, str]

_CURSOR = re.compile(r"^# .*\bmore: cursor=(\S+)", re.MULTILINE)
_SCORE = re.compile(r": ([1-4]) of 4\b")
_INTERVIEWER = re.compile(r"^\s+- ([^<\n]+) <([^>\s]+)>, Interviewer \(user_id", re.MULTILINE)


def rows(answer: ToolMessage) -> list[Row]:
    """The rows of a listing by their headings; none if it failed."""
    lines = answer.text.split("\n")
    own = [line.startswith("#") for line in lines]
    if answer.status == "error" or own[:3] != [True, True, False]:
        return []
    end = own.index(True, 2)  # what follows the next own line belongs to another table
    headings = _cells(lines[1].removeprefix("# "))
    return [dict(zip(headings, _cells(line), strict=False)) for line in lines[2:end]]


def fact(answer: ToolMessage, name: str) -> str:
    """The first fact of this name in a single record; empty if there is none."""
    found = re.search(rf"^ *{re.escape(name)}: (.*)$", answer.text, re.MULTILINE)
    return found[1] if found else ""


def next_cursor(answer: ToolMessage) -> str | None:
    """The cursor of the next page, or None."""
    found = _CURSOR.search(answer.text)
    return found[1].rstrip(";") if found else None


def average_score(feedback: ToolMessage) -> float | None:
    """The average of all scores in the scorecards; None if there are none."""
    scores = [int(score) for score in _SCORE.findall(feedback.text)]
    return fmean(scores) if scores else None


def interviewers(application: ToolMessage) -> list[tuple[str, str]]:
    """The names and e-mail addresses of the interviewers on the hiring team."""
    return _INTERVIEWER.findall(application.text)


def _cells(line: str) -> list[str]:
    first, _, others = line.partition(" ")
    return [first, *others.split("|")]
