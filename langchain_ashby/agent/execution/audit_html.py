"""The audit trail as HTML, as a notebook shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from langchain_ashby.agent.cards import html, is_current
from langchain_ashby.agent.execution.audit_log import AuditRecord, decision_in_words
from langchain_ashby.text.html import Markup, Words, block, bold, box, code, details, paragraph, table
from langchain_ashby.text.words import tool_title


def trail_html(entries: Sequence[AuditRecord]) -> str:
    """A table with a row per entry: what was proposed, who decided, the outcome."""
    if not entries:
        return box(paragraph("The audit trail has no entries."))
    number = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    heads = ["when (UTC)", "proposed", "decision", "outcome", "answer"]
    rows = [[_moment(it.at), proposed(it), decision_in_words(it), bold(it.outcome), it.detail] for it in entries]
    return box(paragraph(bold("Audit trail"), f": {number}"), table(heads, rows))


def entry_html(entry: AuditRecord) -> str:
    """An entry in full, with the card that was shown."""
    rows: list[tuple[str, Words]] = [
        ("outcome", bold(entry.outcome)),
        ("recorded (UTC)", _moment(entry.at)),
        ("decision", decision_in_words(entry)),
        ("decided", entry.decided_at or "not decided"),
        ("policy", entry.policy or "not known"),
        ("answer to the model", entry.detail or "the result of the write"),
        ("tool", code(entry.tool)),
        ("thread", entry.thread_id or "no id"),
        ("call", entry.call_id),
        *([("part of", code(entry.part_of))] if entry.part_of else []),
        ("requests at Ashby", ", ".join(entry.request_ids) or "none"),
    ]
    parts = [paragraph(bold(proposed(entry))), table([], rows), _json("Arguments", entry.args)]
    if entry.edits:
        changed = [[it["field"], it["before"] or "none", it["after"] or "none"] for it in entry.edits]
        parts.append(paragraph(bold("Edits before the decision")))
        parts.append(table(["field", "proposed", "decided"], changed))
    if entry.original is not None:
        parts.append(_json("The model's own arguments, before the edit", entry.original))
    if is_current(entry.card):
        parts.append(details("The card as it was shown", Markup(html(entry.card))))
    return box(*parts)


def proposed(entry: AuditRecord) -> str:
    """The proposed write in a line."""
    return entry.card["line"] if is_current(entry.card) else tool_title(entry.tool, None)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _json(title: str, value: object) -> Markup:
    return details(title, block(json.dumps(value, indent=2, ensure_ascii=False)))
