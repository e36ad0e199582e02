"""Pieces of HTML for notebooks.

They set no colors, so they are readable in light and dark themes, and use elements and words for what matters, as some
viewers strip styles. They load and run no code, and escape everything that is not `Markup`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from langchain_ashby.text.safe import is_right_to_left, visible


class Markup(str):
    """HTML that is safe to show. The functions here make it and escape everything else."""

    def __html__(self) -> str:
        """Tells template engines that it is escaped."""
        return self


Words = Markup | str

_BOX = "max-width:60em;line-height:1.4;overflow-x:auto"
_TABLE = "border-collapse:collapse;margin:.2em 0 .6em;white-space:pre-wrap;overflow-wrap:break-word"
_CELL = "text-align:left;vertical-align:top;padding:.15em .9em .15em 0"
_PRE = "font-family:monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4em 0 0"


def safe(words: Words) -> Markup:
    """Escaped text, with invisible characters written out."""
    return words if isinstance(words, Markup) else Markup(escape(visible(words)))


def joined(*pieces: Words) -> Markup:
    """Concatenates pieces."""
    return Markup("".join(map(safe, pieces)))


def bold(words: Words) -> Markup:
    """Bold words."""
    return Markup(f"<b>{safe(words)}</b>")


def apart(words: Words) -> Words:
    """The words; those that run from right to left are kept apart from what stands around them."""
    return Markup(f"<bdi>{safe(words)}</bdi>") if is_right_to_left(words) else words


def code(words: Words) -> Markup:
    """A name from the program."""
    return Markup(f"<code>{safe(words)}</code>")


def paragraph(*pieces: Words) -> Markup:
    """A paragraph with little space below it."""
    return Markup(f'<p style="margin:.6em 0 .4em">{joined(*pieces)}</p>')


def table(heads: Sequence[Words], rows: Iterable[Sequence[Words]], *, headed: bool | None = None) -> Markup:
    """A table; without heads, or if `headed`, the first cell of each row is its head."""
    headed = not heads if headed is None else headed
    head = "".join(f'<th style="{_CELL}">{safe(it)}</th>' for it in heads)
    body = "".join(f"<tr>{_row(row, headed)}</tr>" for row in rows)
    return Markup(
        f'<table style="{_TABLE}">{f"<thead><tr>{head}</tr></thead>" if heads else ""}<tbody>{body}</tbody></table>'
    )


def _row(cells: Sequence[Words], headed: bool) -> str:
    names = ["th" if headed and not place else "td" for place in range(len(cells))]
    return "".join(f'<{name} style="{_CELL}">{safe(cell)}</{name}>' for name, cell in zip(names, cells, strict=True))


def bullets(title: Words, texts: Sequence[Words]) -> Markup:
    """A titled list; empty without texts."""
    items = "".join(f"<li>{safe(text)}</li>" for text in texts)
    style = "margin:.1em 0 .6em;padding-left:1.4em"
    return Markup(f'<p style="margin:0">{safe(title)}</p><ul style="{style}">{items}</ul>' if items else "")


def link(title: Words, url: str) -> Markup:
    """A link that opens in a new tab."""
    return Markup(f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{safe(title)}</a>')


def details(summary: Words, inside: Words, *, is_open: bool = False) -> Markup:
    """A section that opens on demand."""
    return Markup(f"<details{' open' if is_open else ''}><summary>{safe(summary)}</summary>{safe(inside)}</details>")


def block(text: str) -> Markup:
    """Preformatted text, such as JSON."""
    return Markup(f'<pre style="{_PRE}">{safe(text)}</pre>')


def box(*pieces: Words) -> Markup:
    """A box around pieces."""
    return Markup(f'<div style="{_BOX}">{joined(*pieces)}</div>')
