"""A step of the agent in a line: what was done, what came of it, how long it took."""

from __future__ import annotations

from langchain_core.messages import ToolMessage
from rich.table import Table
from rich.text import Text

from langchain_ashby.agent.messages.tool_messages import NOT_EXECUTED
from langchain_ashby.cli.terminal import DONE, FAILED, NEXT
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.words import count, one_line


def title(tool: str) -> str:
    """A tool in words."""
    return OPERATIONS[tool].tool_title() if tool in OPERATIONS else one_line(tool, 60)


def line(what: str, result: ToolMessage, seconds: float | None) -> Table:
    """A step that is over: done, or failed and why, or not executed because somebody decided so."""
    if result.status == "error" or result.text.startswith(NOT_EXECUTED):
        why = one_line(result.text.split("\n")[0])
        return _beside(NEXT if why.startswith(NOT_EXECUTED) else FAILED, Text(f"{what}: {why}"))
    figures = ", ".join([_size(result), *([_duration(seconds)] if seconds is not None else [])])
    return _beside(DONE, Text.assemble(f"{what}  ", (figures, "dim")))


def _beside(sign: Text, words: Text) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row("", sign, words)
    return grid


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _size(result: ToolMessage) -> str:
    """How much there is for the model to read."""
    records = result.artifact.get("results") if isinstance(result.artifact, dict) else None
    if not isinstance(records, list):
        return "done"
    more = " and more" if result.artifact.get("next_cursor") else ""
    return f"{count(len(records), 'record')}{more}, {len(result.text.encode(errors='replace')) / 1000:.1f} kB"
