"""Pieces of Markdown in which text from outside cannot start or end anything."""

from __future__ import annotations

import re
from collections.abc import Iterable

from langchain_ashby.text.safe import visible


def plain(words: str) -> str:
    """Words that Markdown shows as they are. Web addresses become code, or viewers would turn them into links."""
    text = visible(words)
    shown = "".join(map(_piece, re.split("([ …])", text))) if _ADDRESS.search(text) else _escaped(text)
    return _START.sub(r"\1\\\2", shown)


def _piece(word: str) -> str:
    if not (_ADDRESS.search(word) and (found := _AROUND.fullmatch(word))):
        return _escaped(word)
    before, address, after = found.groups()
    return f"{_escaped(before)}{code(address)}{_escaped(after)}"


_AROUND = re.compile(r"([“(]*)(.*?)([”),.;:]*)", re.DOTALL)
"""An address, and the punctuation of the sentence that it stands in."""

_ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)
_START = re.compile(r"^(\d*)([-+=.)])")
"""Begins a list or a heading at the start of a line."""


def _escaped(word: str) -> str:
    return _SIGNS.sub(r"\\\1", word)


_SIGNS = re.compile(r"([\\`*_\[\]<>&#|~!$^])")


def code(text: str) -> str:
    """Text as a code span that it cannot end."""
    text = visible(text).replace("\n", "\\n")
    fence = "`" * (_longest_run_of_backticks(text) + 1)
    # A space keeps backticks at the ends apart from the fence; Markdown takes it away again.
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def code_block(text: str, margin: str = "") -> list[str]:
    """Text as a code block that it cannot end."""
    fence = "`" * max(3, _longest_run_of_backticks(text) + 1)
    return [margin + line for line in [f"{fence}text", *visible(text).split("\n"), fence]]


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of plain words, a line per row. Nothing in a cell can end it."""
    heads = list(heads)
    lines = [_table_row(map(_cell, heads)), _table_row(["---"] * len(heads))]
    return "\n".join([*lines, *(_table_row(map(_cell, row)) for row in rows)])


def _table_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(words: str) -> str:
    # Even inside a code span, a bar ends a cell unless it is escaped.
    return re.sub(r"(?<!\\)\|", r"\|", plain(words.replace("\n", " ")))


def _longest_run_of_backticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
