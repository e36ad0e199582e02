"""A card as Markdown, as chat interfaces show it."""

from __future__ import annotations

from collections.abc import Iterable

from langchain_ashby.agent.cards.card import Card, Change
from langchain_ashby.agent.cards.show.arguments import argument_lines, as_given, numbered, resolved
from langchain_ashby.agent.cards.show.sources import TITLE, sources_in_words
from langchain_ashby.text.markdown import code, code_block, plain, table
from langchain_ashby.text.safe import isolated


def markdown(card: Card) -> str:
    """A card as Markdown. Text in it can neither start nor end anything: no heading, link, list, code or HTML."""
    parts = [
        f"**{plain(card['line'])}**",
        f"Risk: **{card['risk']}**",
        *_section("Warnings", [f"⚠ {plain(warning)}" for warning in card["warnings"]]),
        *_section("Changes", map(_change, card["changes"])),
        *_records(card),
        *_section("What happens next", map(plain, card["consequences"])),
        *_section("Not checked", map(plain, card["unchecked"])),
        *_section(TITLE, map(plain, sources_in_words(card))),
        *([" · ".join(f"[{plain(link['title'])}]({link['url']})" for link in card["links"])] if card["links"] else []),
        *_section(f"Exact arguments of {code(card['tool'])}", argument_lines(as_given(card)), listed=True),
        *(part for title, body in resolved(card) for part in _section(plain(title), argument_lines(body), listed=True)),
    ]
    return "\n\n".join(parts)


def _records(card: Card) -> list[str]:
    """The records of a bulk write, a row for each."""
    heads, rows = numbered(card)
    return [table(heads, rows)] if heads else []


def _change(change: Change) -> str:
    before, after = change["before"], change["after"]
    field = f"**{isolated(plain(change['field']))}:**"
    if "\n" in (before or "") or "\n" in (after or ""):
        old = ["", "  before:", "", *code_block(before, "  ")] if before else []
        new = ["", *(["  after:", ""] if before else []), *code_block(after, "  ")] if after else ["", "  after: none"]
        return "\n".join([field, *old, *new])
    if before is None:
        return f"{field} {isolated(plain(after or 'none'))}"
    return f"{field} {isolated(plain(before))} → {isolated(plain(after or 'none'))}"


def _section(title: str, lines: Iterable[str], listed: bool = False) -> list[str]:
    lines = list(lines)
    if not lines:
        return []
    return [f"{title}:", "\n".join(lines if listed else [f"- {line}" for line in lines])]
