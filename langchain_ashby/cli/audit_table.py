"""The audit trail as a table in the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from langchain_ashby.agent.execution.audit import AuditEntry
from langchain_ashby.agent.execution.audit_log import decision_in_words
from langchain_ashby.text.words import one_line, tool_title, zone


def table(entries: Iterable[AuditEntry]) -> Table:
    """A row per entry. Any text may come from outsiders, so control characters are spelled out."""
    shown = Table("when", "outcome", "what", "decision", "thread", box=None, pad_edge=False)
    for entry in entries:
        decision = decision_in_words(entry) if entry.decision else ""
        shown.add_row(
            f"{entry.at.astimezone(zone()):%Y-%m-%d %H:%M:%S %Z}",
            Text(entry.outcome, style=_STYLES.get(entry.outcome, "")),
            *(Text(one_line(text)) for text in (_what(entry), decision, entry.thread_id or "")),
        )
    return shown


_STYLES = {
    "applied": "green",
    "unknown": "red",
    "refused": "yellow",
    "stale": "yellow",
    "expired": "yellow",
    "withheld": "yellow",
}


def _what(entry: AuditEntry) -> str:
    line = (entry.card or {}).get("line")
    return str(line) if line else tool_title(entry.tool, None)
