"""A card as Markdown, as chat interfaces show it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from langchain_ashby.agent.cards.card import Card, Change
from langchain_ashby.text.markdown import block, fields, quoted


def markdown(card: Card) -> str:
    """A card as Markdown. Text in it can neither start nor end anything: no heading, link, list, code or HTML."""
    parts = [
        f"**{text(card['line'])}**",
        f"Risk: **{card['risk']}**",
        *_section("Warnings", [f"⚠ {text(warning)}" for warning in card["warnings"]]),
        *_section("Changes", map(_change, card["changes"])),
        *_section("What happens next", map(text, card["consequences"])),
        *_section("Not checked", map(text, card["unchecked"])),
        *([" · ".join(f"[{text(link['title'])}]({link['url']})" for link in card["links"])] if card["links"] else []),
        *_section(f"Exact arguments of {quoted(card['tool'])}", fields(card["args"]), listed=True),
    ]
    return "\n\n".join(parts)


def text(words: str) -> str:
    """Words as Markdown that shows them as they are. Web addresses become code, or viewers would make links of them."""
    return _START.sub(
        r"\1\\\2", " ".join(quoted(it) if _ADDRESS.search(it) else _escaped(it) for it in words.split(" "))
    )


_ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)
_START = re.compile(r"^(\d*)([-+=.)])")
"""What would begin a list or a heading at the start of a line."""


def _escaped(word: str) -> str:
    return re.sub(r"([\\`*_\[\]<>&#|~!$^])", r"\\\1", word)


def _change(change: Change) -> str:
    before, after = change["before"], change["after"]
    field = f"**{text(change['field'])}:**"
    if "\n" in (before or "") or "\n" in (after or ""):
        old = ["", "  before:", "", *block(before, "  ")] if before else []
        new = ["", *(["  after:", ""] if before else []), *block(after, "  ")] if after else ["", "  after: none"]
        return "\n".join([field, *old, *new])
    if before is None:
        return f"{field} {text(after or 'none')}"
    return f"{field} {text(before)} → {text(after or 'none')}"


def _section(title: str, lines: Iterable[str], listed: bool = False) -> list[str]:
    lines = list(lines)
    if not lines:
        return []
    return [f"{title}:", "\n".join(lines if listed else [f"- {line}" for line in lines])]
