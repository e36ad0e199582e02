"""A finished step of the agent in one line: what it did, what came of it, how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import ToolMessage
from rich.table import Table
from rich.text import Text

from langchain_ashby.agent.messages.tool_messages import NOT_EXECUTED
from langchain_ashby.cli.terminal import DONE, FAILED, NEXT
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import canonical
from langchain_ashby.text.words import count, one_line


def title(tool: str) -> str:
    """A tool's title for people."""
    return OPERATIONS[tool].tool_title() if tool in OPERATIONS else one_line(tool, 60)


def line(what: str, result: ToolMessage, seconds: float | None) -> Table:
    """The line of a step that is done, failed, or was not executed."""
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
    """The size of what the model reads."""
    records = result.artifact.get("results") if isinstance(result.artifact, dict) else None
    if not isinstance(records, list):
        return "done"
    more = " and more" if result.artifact.get("next_cursor") else ""
    return f"{count(len(records), 'record')}{more}, {len(result.text.encode(errors='replace')) / 1000:.1f} kB"


class RecordNames:
    """Learns the names of records from tool results, so that a step shows a name instead of an id."""

    def __init__(self) -> None:
        self._by_id: dict[str, str] = {}

    def learn(self, record: Any) -> None:
        """Collects the names in a result, at any depth."""
        if isinstance(record, list):
            for entry in record:
                self.learn(entry)
        elif isinstance(record, Mapping):
            name = record.get("name") or record.get("title")
            candidate = record.get("candidate")
            if not name and isinstance(candidate, Mapping):
                name = candidate.get("name")
            if isinstance(record.get("id"), str) and isinstance(name, str):
                self._by_id[_key(record["id"])] = name
            for entry in record.values():
                if isinstance(entry, Mapping | list):
                    self.learn(entry)

    def summary(self, arguments: Mapping[str, Any]) -> str:
        """The arguments of a call that mean something to a person, in a few words."""
        parts = []
        for argument, value in arguments.items():
            if isinstance(value, str) and _key(value) in self._by_id:
                parts.append(self._by_id[_key(value)])
            elif isinstance(value, str | int) and not argument.endswith("_id") and argument not in _OPAQUE:
                parts.append(f"{argument.replace('_', ' ')}: {value}")
        return one_line(", ".join(parts), 60)


def _key(record_id: str) -> str:
    """An id in one spelling: listings have another one than single records."""
    try:
        return canonical(record_id)
    except ValueError:
        return record_id


_OPAQUE = ("cursor", "sync_token")
