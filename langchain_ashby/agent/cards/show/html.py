"""A card as HTML, as a notebook shows it."""

from __future__ import annotations

import json
from typing import Any

from langchain_ashby.agent.cards.card import Card, Change
from langchain_ashby.agent.cards.show.arguments import as_given, numbered, resolved
from langchain_ashby.agent.cards.show.sources import TITLE, sources_in_words
from langchain_ashby.text.html import Markup, apart, block, bold, bullets, code, details, joined, link, paragraph, table
from langchain_ashby.text.safe import as_typed

_BORDERS = {"low": "1px solid", "medium": "3px solid", "high": "5px double"}
"""Risks differ by form: not everyone sees colors, and a notebook may be dark or light."""

_BOX = "border-radius:4px;padding:.8em 1em;max-width:46em;box-sizing:border-box;line-height:1.4;font-family:sans-serif"


def html(card: Card) -> str:
    """A card as self-contained HTML: styles are inline, all text is escaped, and nothing is loaded."""
    inside = joined(
        paragraph(bold(card["line"])),
        paragraph("Risk: ", bold(card["risk"])),
        bullets("Warnings", [f"⚠ {warning}" for warning in card["warnings"]]),
        _changes(card["changes"]),
        _records(card),
        bullets("What happens next", card["consequences"]),
        bullets("Not checked", card["unchecked"]),
        bullets(TITLE, sources_in_words(card)),
        *(paragraph(link(it["title"], it["url"])) for it in card["links"]),
        details(
            joined("Exact arguments of ", code(card["tool"])),
            _json(as_given(card)),
        ),
        *(details(title, _json(body)) for title, body in resolved(card)),
    )
    return f'<section style="border:{_BORDERS[card["risk"]]};{_BOX}">{inside}</section>'


def _json(value: dict[str, Any]) -> Markup:
    return block(as_typed(json.dumps(value, indent=2, ensure_ascii=False)))


def _changes(changes: list[Change]) -> Markup:
    """The changes; without a column for the old values if there are none."""
    if not changes:
        return Markup()
    has_before = any(change["before"] is not None for change in changes)
    columns = ("before", "after") if has_before else ("after",)
    rows = [[apart(change["field"]), *(_value(change[it]) for it in columns)] for change in changes]  # type: ignore[literal-required]
    return table(("", *columns) if has_before else (), rows, headed=True)


def _records(card: Card) -> Markup:
    """The records of a bulk write, a row for each."""
    heads, rows = numbered(card)
    return table(heads, [[apart(cell) for cell in row] for row in rows]) if heads else Markup()


def _value(words: str | None) -> str:
    return Markup('<i style="opacity:.7">none</i>') if words is None else apart(words)
