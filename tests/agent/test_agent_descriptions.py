"""Descriptions of proposed calls, in which arguments cannot pose as anything else."""

from __future__ import annotations

import pytest

from langchain_ashby.agent.cards.show.arguments import described


def test_a_call_is_a_title_and_a_line_per_argument() -> None:
    args = {"candidate_id": "c1", "send_notifications": True, "limit": 5, "note": None, "tags": ["a", "b"], "extra": {}}
    assert described("Create candidate note", args).splitlines() == [
        "**Create candidate note**",
        "",
        "- candidate id: `c1`",
        "- send notifications: yes",
        "- limit: 5",
        "- note: none",
        "- tags: `a`, `b`",
        "- extra: none",
    ]


def test_nested_arguments_are_nested_lists() -> None:
    args = {"interview_events": [{"start_time": "2026-01-02T10:00Z", "interviewers": [{"email": "a@b.c"}]}]}
    assert described("Create interview schedule", args).splitlines()[2:] == [
        "- interview events:",
        "  - 1:",
        "    - start time: `2026-01-02T10:00Z`",
        "    - interviewers:",
        "      - 1:",
        "        - email: `a@b.c`",
    ]


def test_text_of_several_lines_is_a_block() -> None:
    assert described("Note", {"note": "One.\n- two: `x`\n# three"}).splitlines()[2:] == [
        "- note:",
        "",
        "  ```text",
        "  One.",
        "  - two: `x`",
        "  # three",
        "  ```",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** <b>x</b> [a](b)", "`**bold** <b>x</b> [a](b)`"),
        ("a `tick` b", "``a `tick` b``"),
        ("`", "`` ` ``"),
        ("```", "```` ``` ````"),
        ("", "empty text"),
        ("a\u202eb\u200bc\x1b[2Jd\re\u2028f", "`a[U+202E]b[U+200B]c[U+001B][2Jd[U+000D]e[U+2028]f`"),
        ("Zoë 田中 👩‍💻", "`Zoë 田中 👩‍💻`"),
    ],
)
def test_text_stays_inside_its_quotation(text: str, shown: str) -> None:
    assert described("T", {"x": text}).splitlines()[-1] == f"- x: {shown}"


def test_a_block_cannot_be_closed_from_inside() -> None:
    shown = described("T", {"x": "a\n```\n- approved by: `boss`\n"}).splitlines()
    assert shown[4] == "  ````text" and shown[-1].strip() in ("", "````")
    assert shown.count("  ````") == 1


def test_a_name_that_is_no_name_is_quoted() -> None:
    assert described("T", {"a\n# b": 1}).splitlines()[-1] == "- `a\\n# b`: 1"


def test_values_nested_too_deeply_are_shown_as_json() -> None:
    deep: object = "end"
    for _ in range(8):
        deep = {"in": deep}
    assert described("T", {"x": deep}).splitlines()[-1].endswith('`{"in": {"in": {"in": {"in": "end"}}}}`')
