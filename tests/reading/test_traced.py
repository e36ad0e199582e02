"""Every line is the package's own or made of values of the JSON, each where it belongs, whatever people wrote."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from prepared import reader
from replies import MARK, Drawn, marks, rewritten, ways, whole
from shapes import record_shapes
from spelled import left_over, pattern, spelled
from telling import EACH_KIND, KINDS, LISTINGS, assert_none

from langchain_ashby.endpoints import OPERATIONS

pytestmark = pytest.mark.slow

FEW = settings(max_examples=3, phases=[Phase.generate])
MANY = settings(max_examples=settings().max_examples // 8, phases=[Phase.generate])

AWKWARD = [
    "A|B", "x; y", "a, b", "a / b", "# Done: 1", "#1", "x ¶ y", "one\ntwo", "1\r\n# 2", "3\u2028# 4", "5\x85# 6",
    "a\u202eb", "a\u200bb", "e\u0301a", "合格", "不合格", "א (b)", "(none) a", "null", "None", "n · m", "a…",
    "a “b”", 'a "b"', "a\\|b", "a¦b", "x: y", "x (y)", "x <y>", "a at b", "a to b", "- a", "* a", "  a  b ", "yes", "0",
    "👩🏽‍💻 a", "_a_", "a+1", "+3", "[U+41]", "a\tb", "ⅷ", "İ", "ß", "ﬁ",
]  # fmt: skip
"""Short texts that look like the package's own, or like two."""


@st.composite
def drawn_records(draw: Any, tool: str) -> list[Any]:
    """One record, or two for a listing, each with marks of its own."""
    maker = Drawn(draw)
    return [maker.made(record_shapes(OPERATIONS[tool].path)) for _ in range(2 if tool in LISTINGS else 1)]


def people_wrote(records: Any) -> list[str]:
    """The marks that are whole texts: part of an address only what an address may hold can stand."""
    texts = [value for _, value in ways(records) if isinstance(value, str)]
    return [it for it in marks(records) if not any(it in text and it != text for text in texts)]


def expected(plain: str, texts: dict[str, str]) -> re.Pattern[str]:
    """The plain text, with other texts in the place of marks."""
    parts = MARK.split(plain)
    between = [re.escape(it).replace("\\ ", " *") for it in parts]
    # How many more addresses there are: an empty one is none.
    between = [re.sub(r" \*\\\+\d+", r"(?: *\\+\\d+)?", it) for it in between]
    inside = [pattern(texts[it]) if it in texts else re.escape(it) for it in MARK.findall(plain)]
    return re.compile("".join(part for pair in zip(between, [*inside, ""], strict=True) for part in pair))


def first_difference(plain: str, awkward: str, texts: dict[str, str], cells: bool) -> str:
    """The first line that is not as expected, and the line that it should be like; empty if there is none."""
    for one, other in zip(plain.split("\n"), awkward.split("\n"), strict=False):
        if not stands(one, other, texts, cells):
            return f"{other!r} for {one!r} with { {it: texts[it] for it in MARK.findall(one) if it in texts} }"
    lines = awkward.count("\n"), plain.count("\n")
    return "" if lines[0] == lines[1] else f"{lines[0]} breaks, not {lines[1]}"


def stands(plain: str, awkward: str, texts: dict[str, str], cells: bool) -> bool:
    """True if a line differs from the plain one by nothing but the texts, and is the package's own if that one is."""
    if plain == awkward and not texts.keys() & set(MARK.findall(plain)):
        return True
    same = expected(plain, texts).fullmatch(awkward) and plain.startswith("#") == awkward.startswith("#")
    return bool(same) and (not cells or "|" not in plain or plain.count("|") == awkward.count("|"))


def check_places(tool: str, how: settings) -> None:
    @how
    @given(drawn_records(tool), st.randoms(use_true_random=True))
    def check(records: list[Any], random: Any) -> None:
        some = random.sample(AWKWARD, len(AWKWARD))
        texts = {it: f"{some[n % len(some)]}{n // len(some) or ''}" for n, it in enumerate(people_wrote(records))}
        plain, awkward = reader().text(tool, *records), reader().text(tool, *rewritten(records, texts))
        if "…" in plain or any("…" in line for line in unmarked(awkward, texts)):
            return  # what is cut has tests of its own
        wrong = first_difference(plain, awkward, texts, cells=tool in LISTINGS)
        assert not wrong, f"{tool}: {wrong}"

    check()


def unmarked(text: str, texts: dict[str, str]) -> list[str]:
    """The lines, without the texts that themselves hold the mark of a cut."""
    return [line.replace("a…", "a") for line in text.split("\n")] if "a…" in texts.values() else text.split("\n")


@pytest.mark.parametrize("tool", EACH_KIND)
def test_what_people_wrote_stands_where_it_belongs(tool: str) -> None:
    check_places(tool, FEW)


@pytest.mark.parametrize("tool", KINDS)
def test_what_many_people_wrote_stands_where_it_belongs(tool: str) -> None:
    check_places(tool, MANY)


def check_words(tool: str, how: settings) -> None:
    @how
    @given(drawn_records(tool))
    def check(records: list[Any]) -> None:
        assert_none(strange_words(tool, records))

    check()


def strange_words(tool: str, records: list[Any]) -> list[str]:
    """The words in a text that come from nowhere, and data in the package's own lines."""
    found = []
    text = reader().text(tool, *records)
    values = spelled([records, reader().beside(tool)])
    for line in text.split("\n"):
        if line.startswith("#"):
            found += [f"{tool}: the own line {line!r} holds {it}" for it in MARK.findall(line)]
        elif left := left_over(line, values):
            found.append(f"{tool}: {', '.join(left)} in {line!r}")
    return found


@pytest.mark.parametrize("tool", EACH_KIND)
def test_every_word_comes_from_the_record_or_is_the_packages_own(tool: str) -> None:
    check_words(tool, FEW)
    assert_none(strange_words(tool, [whole(OPERATIONS[tool])]))


@pytest.mark.parametrize("tool", KINDS)
def test_every_word_of_many_records_comes_from_them_or_is_the_packages_own(tool: str) -> None:
    check_words(tool, MANY)
