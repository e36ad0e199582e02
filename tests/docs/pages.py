"""The project's Markdown pages, and the code in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGES = sorted(
    page.relative_to(PROJECT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "notebooks/*.md", ".github/**/*.md")
    for page in PROJECT.glob(pattern)
)
"""Every page, by its path in the project."""

_BLOCK = re.compile(
    r"^(?:<!-- (?P<remark>compiled only: .+?) -->\n)?"
    r"```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A block of code on a page.

    Attributes:
        language: The word after the three backticks.
        title: The file that it belongs to, if any.
        code: Its contents.
        line: Its first line.
        remark: The reason for only compiling it, if any.
    """

    language: str
    title: str | None
    code: str
    line: int
    remark: str | None


def read(page: str) -> str:
    """The text of a page."""
    return (PROJECT / page).read_text("utf-8")


def blocks(page: str, language: str) -> Iterator[Block]:
    """The blocks of one language on a page, in order."""
    text = read(page)
    for found in _BLOCK.finditer(text):
        if found["language"] == language:
            line = text.count("\n", 0, found.start("code"))
            yield Block(language, found["title"], found["code"], line + 1, found["remark"])


def with_code(language: str) -> list[str]:
    """The pages that have code of a language."""
    return [page for page in PAGES if any(blocks(page, language))]
