"""The judge of the crash trials reports every violation, and no false ones."""

from __future__ import annotations

from typing import Any

import pytest

from crash.children import Ended
from crash.killing_sandbox import OTHER
from crash.proposals import Write
from crash.verdict import FAILURES, Circumstances, Row, judged

ARGS = {"candidate_id": "c", "note": "Met. shown"}
APPROVED = Write("note", "approve", "call_0_0", ARGS, "shown")
REJECTED = Write("note", "reject", "call_0_0", ARGS, "shown")
EDITED = Write("note", "edit", "call_0_0", ARGS, "shown", {"candidate_id": "c", "note": "Met. edited"}, "edited")
MOVED = Write("move", "approve", "call_0_0", {"application_id": "a", "interview_stage_id": "s"}, "a")
ARCHIVED = Write(
    "archive", "approve", "call_0_0", {**MOVED.args, "archive_email": {"communication_template_id": "t"}}, "a"
)
TWINS = [Write("note", "approve", f"call_0_{place}", ARGS, "shown") for place in range(3)]
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
    key: str = "key-1",
    heard: list[str] | None = None,
    **circumstances: Any,
) -> Row:
    log = [{"endpoint": "candidate.createNote", "ok": True, "key": key, "body": {"note": note}} for note in notes]
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
        circumstances=Circumstances(**circumstances),
        heard=[{"call_0_0": heard}] if heard else [],
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
        (verdict(APPROVED, answer=DONE), ["told_made"]),
        (verdict(APPROVED, "Met. shown", answer=DENIED), ["told_not_made"]),
        (verdict(APPROVED, "Met. shown", answer=None), ["told_not_made"]),
        (verdict(APPROVED, "Met. shown", answer=DONE, heard=DENIED), ["told_not_made"]),
        (verdict(APPROVED, answer=DENIED, heard=DONE), ["told_made"]),
        (verdict(APPROVED, "Met. shown", answer=DONE, heard=UNKNOWN), []),
        (verdict(APPROVED, "Met. shown", answer=UNKNOWN), ["needlessly_unknown"]),
        (verdict(APPROVED, "Met. shown", answer=UNKNOWN, late=True), []),
        (verdict(APPROVED, "Met. shown", answer=UNKNOWN, held_up=True), []),
        (verdict(APPROVED, "Met. shown", answer=UNKNOWN, other_account=True), []),
        (verdict(APPROVED, answer=UNKNOWN), []),
        (verdict(MOVED, answer=UNKNOWN), ["needlessly_unknown"]),
        (verdict(ARCHIVED, answer=UNKNOWN), []),
        (verdict(APPROVED, "Met. shown", answer=DONE, withheld=frozenset(["call_0_0"])), ["unapproved"]),
        (verdict(APPROVED, "Met. shown", answer=DONE, key=OTHER, one_account=True), ["unapproved"]),
        (verdict(APPROVED, "Met. shown", answer=DONE, key=OTHER), []),
        (verdict(APPROVED, "Met. shown", answer=DONE, asked=True), ["asked_again"]),
        (verdict(REJECTED, "Met. shown", answer=DENIED), ["unapproved"]),
        (verdict(EDITED, "Met. shown", answer=DONE), ["unapproved", "told_made"]),
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


@pytest.mark.parametrize(
    ("notes", "answers", "expected"),
    [
        (3, [DONE, DONE, DONE], []),
        (2, [DONE, DONE, DENIED], []),
        (2, [DONE, DONE, DONE], ["told_made"]),
        (2, [DONE, DENIED, DENIED], ["told_not_made"]),
        (2, [DONE, DONE, None], ["lost"]),
        (2, [DONE, UNKNOWN, UNKNOWN], []),
        (3, [DONE, DONE, UNKNOWN], ["needlessly_unknown"]),
        (4, [DONE, DONE, DONE], ["twice"]),
    ],
)
def test_of_identical_writes_no_more_may_be_told_as_made_or_not_made_than_are_so(
    notes: int, answers: list[list[str] | None], expected: list[str]
) -> None:
    row = judged(
        0,
        "an agent",
        "somewhere",
        TWINS,
        [{"endpoint": "candidate.createNote", "ok": True, "key": "key-1", "body": {"note": "Met. shown"}}] * notes,
        {"note": [{"content": "Met. shown"}] * notes},
        Ended({"result": ended({f"call_0_{place}": it for place, it in enumerate(answers) if it})}),
        told=[],
        kills=0,
        earlier=[],
        circumstances=Circumstances(),
    )
    assert failures(row) == expected


def ended(answers: dict[str, list[str]]) -> dict[str, Any]:
    return {"finished": True, "answers": answers, "asked": [], "pending": [], "withdrawn": []}


def test_doubt_that_a_colleague_causes_is_counted_apart_with_its_reason() -> None:
    row = verdict(MOVED, answer=UNKNOWN, put_back=frozenset(["call_0_0"]))
    assert not row.failed and row.why_unknown == {"a colleague has put it back": 1}


def test_a_log_that_disagrees_with_the_records_is_an_error_of_the_harness() -> None:
    with pytest.raises(AssertionError, match="logged 1 effects"):
        judged(
            0,
            "an agent",
            "somewhere",
            [APPROVED],
            [{"endpoint": "candidate.createNote", "ok": True, "key": "key-1", "body": {"note": "Met. shown"}}],
            {"note": []},
            Ended(),
            told=[],
            kills=0,
            earlier=[],
            circumstances=Circumstances(),
        )
