"""Cards in the terminal, laid out for 80 columns or more. Words and signs say what matters, never a color alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from langchain_ashby.agent.approval.standing import in_words
from langchain_ashby.agent.cards import Card, is_current
from langchain_ashby.agent.cards.show.arguments import as_given, numbered, resolved
from langchain_ashby.agent.cards.show.sources import TITLE, sources_in_words
from langchain_ashby.text.safe import as_typed, isolated, visible

_RISKS = {
    "low": ("·", "low risk", box.ROUNDED, "none"),
    "medium": ("▲", "medium risk", box.ROUNDED, "bold"),
    "high": ("■", "HIGH RISK", box.HEAVY, "bold"),
}


Action = dict[str, Any]


def shown(action: Action) -> RenderableType:
    """A proposed change as its reviewer sees it: the card, or the description if it has none."""
    card = action.get("card")
    if not is_current(card):
        return Markdown(action["description"])
    return Group(*(Text(it, "bold") for it in in_words(action)), panel(card))


class Fitted:
    """The top of a proposed change, cut to so many lines; says how to see the rest.

    Args:
        action: The action request.
        lines: The most lines to take.
    """

    def __init__(self, action: Action, lines: int) -> None:
        self._action = action
        self._most = max(lines, _FEWEST_LINES)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(shown(self._action), options.reset_height(), pad=False)
        hidden = len(lines) - self._most + 1 if len(lines) > self._most else 0
        for line in lines[: self._most - 1] if hidden else lines:
            yield from line
            yield Segment.line()
        if hidden:
            yield Text(f"… {hidden} more lines: v shows the whole card", "bold")


_FEWEST_LINES = 6


def panel(card: Card) -> RenderableType:
    """A card as a panel, most decisive part first, exact arguments last."""
    sign, risk, border, style = _RISKS[card["risk"]]
    parts: list[RenderableType] = [Text(card["line"], style="bold")]
    parts += _list("Warnings", card["warnings"], "!", "bold")
    parts += _changes(card)
    parts += _records(card)
    parts += _list("What happens next", card["consequences"], "•", "")
    parts += _list("Not checked", card["unchecked"], "?", "")
    parts += _list(TITLE, sources_in_words(card), "•", "dim")
    for link in card["links"]:
        parts += [Text(""), Text.assemble(f"{link['title']}: ", (link["url"], "underline"))]
    for heading, exact in [(f"Exact arguments of {card['tool']}", as_given(card)), *resolved(card)]:
        arguments = Padding(Hanging(argument_lines(exact), "dim"), (0, 0, 0, 2))
        parts += [Text(""), Text(heading, style="dim"), arguments]
    title = Text(f"{sign} {risk}", style=style)
    return Panel(Group(*parts), box=border, title=title, title_align="left", padding=(0, 2), width=None)


def _list(title: str, texts: Iterable[str], sign: str, style: str) -> list[RenderableType]:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for text in texts:
        grid.add_row(Text(sign, style=style), Text(text, style=style))
    return [Text(""), Text(title, style="underline"), grid] if grid.row_count else []


def _changes(card: Card) -> list[RenderableType]:
    changes = card["changes"]
    if not changes:
        return []
    has_before = any(change["before"] is not None for change in changes)
    table = Table(box=box.SIMPLE_HEAD, show_header=has_before, pad_edge=False, show_edge=False, padding=(0, 1))
    table.add_column("", style="bold", overflow="fold", max_width=24)
    if has_before:
        table.add_column("before", overflow="fold")
    table.add_column("after" if has_before else "", overflow="fold")
    for change in changes:
        cells = [_cell(change["before"])] if has_before else []
        table.add_row(_cell(change["field"]), *cells, _cell(change["after"]))
    return [Text(""), table]


def _records(card: Card) -> list[RenderableType]:
    """The records of a bulk write, a row for each."""
    heads, rows = numbered(card)
    return [Text(""), table_of(heads, rows)] if heads else []


def table_of(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A table with a head; long cells are wrapped."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    for head in heads:
        table.add_column(_cell(head), overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    return table


def _cell(words: str | None) -> Text:
    return Text(isolated(words or "none"))


class Hanging:
    """Lines of text with a hanging indent, so that a wrapped part cannot pass for a line of its own."""

    def __init__(self, lines: Iterable[str], style: str = "") -> None:
        self._lines = list(lines)
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            margin = len(line) - len(line.lstrip(" "))
            text = Text(line[margin:], self._style)
            first, *others = text.wrap(console, max(10, options.max_width - margin - 4), overflow="fold") or [Text("")]
            yield Text.assemble(" " * margin, first, no_wrap=True)
            for more in others:
                yield Text.assemble(" " * (margin + 4), more, no_wrap=True)


def argument_lines(value: Any, margin: str = "") -> list[str]:
    """The exact arguments, a line each, nested ones indented."""
    entries = value.items() if isinstance(value, dict) else ((str(number), it) for number, it in enumerate(value, 1))
    lines = []
    for name, entry in entries:
        label = f"{margin}{visible(str(name))}:"
        if isinstance(entry, dict | list) and entry:
            lines += [label, *argument_lines(entry, margin + "  ")]
        elif isinstance(entry, str) and "\n" in entry:
            lines += [label, *(f"{margin}  | {line}" for line in visible(as_typed(entry)).split("\n"))]
        else:
            lines.append(
                f"{label} {visible(as_typed(entry)) if isinstance(entry, str) and entry else json.dumps(entry)}"
            )
    return lines
