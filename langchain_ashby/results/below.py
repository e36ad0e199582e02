"""What a row cannot hold: the lines below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from langchain_ashby import records
from langchain_ashby.results.approvals import steps
from langchain_ashby.results.meetings import meetings
from langchain_ashby.results.phrases import Json
from langchain_ashby.results.scorecards import scorecard


class Below(NamedTuple):
    """What a record has below its row: what it is, and the function that makes its lines."""

    what: str
    lines: Callable[[Json], Sequence[str]]


def _submission(receipt: Json) -> Json:
    found = receipt.get("submittedFormInstance")
    return found if isinstance(found, dict) else {}


BELOW: Mapping[type, Below] = {
    records.Approval: Below("steps (user_id)", steps),
    records.Feedback: Below("answers", scorecard),
    records.FeedbackReceipt: Below("answers", lambda receipt: scorecard(_submission(receipt))),
    records.InterviewSchedule: Below("meetings (interview_event_id)", meetings),
}
"""The kinds of record that a row cannot hold."""
