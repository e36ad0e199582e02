"""A card as HTML, as a notebook shows it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

from langchain_ashby.agent.cards.card import Card, Change
from langchain_ashby.text.safe import visible

_BORDERS = {"low": "1px solid", "medium": "3px solid", "high": "5px double"}
"""Told apart by form: not everybody sees colors, and a notebook may be dark or light."""


def html(card: Card) -> str:
    """A card as HTML that stands by itself: styles are inline, everything is escaped, nothing is loaded."""
    arguments = visible(json.dumps(card["args"], indent=2, ensure_ascii=False))
    parts = [
        f'<p style="margin:0 0 .3em"><b>{escape(card["line"])}</b></p>',
        f'<p style="margin:0 0 .6em">Risk: <b>{escape(card["risk"])}</b></p>',
        _list("Warnings", (f"⚠ {warning}" for warning in card["warnings"])),
        _table(card["changes"]),
        _list("What happens next", card["consequences"]),
        _list("Not checked", card["unchecked"]),
        "".join(f'<p style="margin:0 0 .3em">{_link(link["title"], link["url"])}</p>' for link in card["links"]),
        f"<details><summary>Exact arguments of <code>{escape(card['tool'])}</code></summary>"
        f'<pre style="{_PRE}">{escape(arguments)}</pre></details>',
    ]
    style = f"border:{_BORDERS[card['risk']]};{_BOX}"
    return f'<section style="{style}">{"".join(parts)}</section>'


_BOX = "border-radius:4px;padding:.8em 1em;max-width:46em;box-sizing:border-box;line-height:1.4;font-family:sans-serif"
_CELL = "text-align:left;vertical-align:top;padding:.15em .9em .15em 0;white-space:pre-wrap"
_PRE = "font-family:monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4em 0 0"


def _table(changes: list[Change]) -> str:
    """The changes; without a column for what was before if nothing was."""
    if not changes:
        return ""
    has_before = any(change["before"] is not None for change in changes)
    heads = "".join(f'<th style="{_CELL}">{title}</th>' for title in ("", "before", "after"))
    rows = "".join(
        f'<tr><th style="{_CELL};max-width:14em">{escape(change["field"])}</th>'
        f"{_cell(change['before']) if has_before else ''}{_cell(change['after'])}</tr>"
        for change in changes
    )
    head = f"<thead><tr>{heads}</tr></thead>" if has_before else ""
    return f'<table style="border-collapse:collapse;margin:0 0 .6em">{head}<tbody>{rows}</tbody></table>'


def _cell(words: str | None) -> str:
    shown = '<i style="opacity:.7">none</i>' if words is None else escape(words)
    return f'<td style="{_CELL};overflow-wrap:anywhere">{shown}</td>'


def _list(title: str, texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return (
        f'<p style="margin:0">{title}</p><ul style="margin:.1em 0 .6em;padding-left:1.4em">{items}</ul>'
        if items
        else ""
    )


def _link(title: str, url: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(title)}</a>'
