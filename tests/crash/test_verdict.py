"""The judge of the crash trials reports every violation, and no false ones."""

from __future__ import annotations

from typing import Any

import pytest

from crash.children import Ended
from crash.proposals import Write
from crash.verdict import FAILURES, Row, judged

ARGS = {"candidate_id": "c", "note": "Met. shown"}
APPROVED = Write("note", "approve", "call_0_0", ARGS, "shown")
REJECTED = Write("note", "reject", "call_0_0", ARGS, "shown")
EDITED = Write("note", "edit", "call_0_0", ARGS, "shown", {"candidate_id": "c", "note": "Met. edited"}, "edited")
DONE = ["success", "made"]
DENIED = ["error", "Not executed. The record changed."]
UNKNOWN = ["error", "Outcome not known. Look."]


def verdict(
    write: Write,
    *notes: str,
    answer: list[str] | None,
    asked: bool = False,
    withdrawn: bool = False,
    finished: bool = True,
    may_be_unknown: bool = False,
) -> Row:
    log = [{"endpoint": "candidate.createNote", "ok": True, "body": {"note": note}} for note in notes]
    recovery: dict[str, Any] = {
        "finished": finished,
        "answers": {"call_0_0": answer} if answer else {},
        "asked": ["call_0_0"] if asked else [],
        "pending": [],
        "withdrawn": ["call_0_0"] if withdrawn else [],
    }
    return judged(
        0,
        "an agent",
        "somewhere",
        [write],
        log,
        {"note": [{"content": note} for note in notes]},
        Ended({"result": recovery}),
        told=[],
        kills=0,
        earlier=[],
        may_be_unknown=may_be_unknown,
    )


def failures(row: Row) -> list[str]:
    return [name for name in FAILURES if getattr(row, name)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (verdict(APPROVED, "Met. shown", answer=DONE), []),
        (verdict(EDITED, "Met. edited", answer=DONE), []),
        (verdict(REJECTED, answer=DENIED), []),
        (verdict(APPROVED, answer=DENIED), []),
        (verdict(APPROVED, "Met. shown", "Met. shown", answer=DONE), ["twice"]),
        (verdict(APPROVED, answer=None), ["lost"]),
        (verdict(APPROVED, answer=DONE), ["misreported"]),
        (verdict(APPROVED, "Met. shown", answer=DENIED), ["misreported"]),
        (verdict(APPROVED, "Met. shown", answer=None), ["misreported"]),
        (verdict(APPROVED, "Met. shown", answer=UNKNOWN), ["unknown"]),
        (verdict(APPROVED, "Met. shown", answer=UNKNOWN, may_be_unknown=True), []),
        (verdict(APPROVED, "Met. shown", answer=DONE, asked=True), ["asked_again"]),
        (verdict(REJECTED, "Met. shown", answer=DENIED), ["unapproved"]),
        (verdict(EDITED, "Met. shown", answer=DONE), ["unapproved", "misreported"]),
        (verdict(APPROVED, answer=DENIED, withdrawn=True), []),
        (verdict(APPROVED, "Met. shown", answer=DONE, withdrawn=True), ["unapproved"]),
        (verdict(APPROVED, "Met. shown", answer=DONE, finished=False), ["stuck"]),
    ],
)
def test_the_judge_sees_violations(row: Row, expected: list[str]) -> None:
    assert failures(row) == expected
    assert row.failed == bool(expected)


def test_an_approved_write_that_was_not_done_but_owned_up_to_is_counted_apart() -> None:
    assert verdict(APPROVED, answer=DENIED).not_done == 1


def test_a_log_that_disagrees_with_the_records_is_an_error_of_the_harness() -> None:
    with pytest.raises(AssertionError, match="logged 1 effects"):
        judged(
            0,
            "an agent",
            "somewhere",
            [APPROVED],
            [{"endpoint": "candidate.createNote", "ok": True, "body": {"note": "Met. shown"}}],
            {"note": []},
            Ended(),
            told=[],
            kills=0,
            earlier=[],
            may_be_unknown=False,
        )
