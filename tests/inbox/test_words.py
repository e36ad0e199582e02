"""What the pages say, in the words of `langchain_ashby.inbox.words`."""

from __future__ import annotations

import re

import pytest

from langchain_ashby.inbox.words import line


@pytest.mark.parametrize(
    ("said", "told_apart"),
    [
        ("Move Ada (ada@example.org), Engineer (TW-101, Oslo)", [" (ada@example.org)", " (TW-101, Oslo)"]),
        ("Move Ada, Engineer (TW-102, “Remote (Europe)”), to Offer", [" (TW-102, “Remote (Europe)”)"]),
        ("Move Ada (a, to Offer", []),
        ("Note: ) and (", []),
    ],
)
def test_what_stands_in_parentheses_is_told_apart_as_a_whole(said: str, told_apart: list[str]) -> None:
    html = str(line(said))
    asides = re.findall(r'<span class="aside">(.*?)</span>', html)
    assert [re.sub(r"<[^>]*>", "", it) for it in asides] == told_apart
    assert re.sub(r"<[^>]*>", "", html) == said


def test_a_long_line_of_parentheses_is_read_at_once() -> None:
    for hostile in ("(" * 9_000, "(a" * 9_000, "((a)" * 9_000, "(" + "a()" * 9_000):
        assert line(hostile)
