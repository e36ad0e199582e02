"""Finds what would undo a write, from its audit entry: the calls, or why there are none. Reads nothing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from langchain_ashby.agent.cards import is_current
from langchain_ashby.agent.execution.audit_log import AuditRecord
from langchain_ashby.agent.undo import rules  # noqa: F401  # registers how writes are undone
from langchain_ashby.agent.undo.opposite import (
    RULES,
    ChangedNothing,
    NotUndoable,
    Opposite,
    Written,
    by_effect,
    checked,
    reverse_of,
)
from langchain_ashby.bulk import Bulk
from langchain_ashby.effect import Adds, Removes, Sets
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.words import at


@dataclass(frozen=True)
class Undo:
    """What it takes to undo a write. True in a boolean context if the write can be undone.

    Attributes:
        calls: The calls that reverse it, each of which needs its own approval.
        why_not: Why there are none, in a sentence or more; None if there are.
    """

    calls: tuple[Opposite, ...] = ()
    why_not: str | None = None

    def __bool__(self) -> bool:
        return bool(self.calls)


def undo_of(entry: AuditRecord, trail: Iterable[AuditRecord] = (), *, tools: Container[str] | None = None) -> Undo:
    """Finds what would undo a write, from the audit trail alone.

    Args:
        entry: The entry.
        trail: The entries of its thread, which a bulk write needs: its single writes are undone, each to its own former
            value.
        tools: The names of the available tools; all of this package's if left out.
    """
    try:
        calls = tuple(_of_entry(entry, trail))
    except NotUndoable as reason:
        return Undo(why_not=str(reason))
    if tools is not None and (missing := next((it.tool for it in calls if it.tool not in tools), None)):
        return Undo(why_not=f"This takes {missing}, a tool that the agent does not have. Add it to the toolkit.")
    return Undo(calls)


def is_declared(operation: type[Operation[Any]]) -> bool:
    """True if a write declares its opposite, or why there is none."""
    if issubclass(operation, Bulk):
        return is_declared(operation.of)
    if operation.irreversible is not None or operation in RULES or isinstance(operation.effect, Sets):
        return True
    return isinstance(operation.effect, Adds | Removes) and reverse_of(operation) is not None


def described(operation: type[Operation[Any]]) -> str:
    """How a write is undone, in words; or that it cannot be, with the reason."""
    single = operation.of if issubclass(operation, Bulk) else operation
    if single.irreversible is not None:
        return f"Cannot be undone. {single.irreversible}"
    if single is not operation:
        return f"For each record, as for `{single.tool_name()}`."
    if (rule := RULES.get(operation)) and rule.__doc__:
        return rule.__doc__
    other = reverse_of(operation)
    return f"`{other.tool_name()}`." if other else "Sets the former values."


def _of_entry(entry: AuditRecord, trail: Iterable[AuditRecord]) -> Iterable[Opposite]:
    operation, card = OPERATIONS.get(entry.tool), entry.card
    if operation is None or operation.access is Access.READ or card is None:
        raise NotUndoable("It was not made by an Ashby tool, so its opposite is not known.")
    if issubclass(operation, Bulk):
        return _of_many(operation, entry, trail)
    if entry.outcome != "applied":
        raise NotUndoable(_OUTCOMES.get(entry.outcome, "It was not made."))
    if operation.irreversible is not None:
        raise NotUndoable(operation.irreversible)
    if not is_current(card):
        raise NotUndoable("It was recorded by another version of this package.")
    try:
        request = operation.model_validate(entry.args)
    except ValidationError:
        raise NotUndoable("It was recorded by another version of this package.") from None
    if entry.before is None:
        raise NotUndoable(
            "An earlier change in the same message touched this too, and what it left there is not on record."
        )
    written = Written(request, card, {**card["facts"], **entry.before})
    rule = RULES.get(operation)
    return rule(request, written) if rule else by_effect(written)


_OUTCOMES = {
    "unknown": "It is not known whether it was made. Check in Ashby first.",
    "partly applied": "Only some of its steps were made.",
}


def _of_many(operation: type[Bulk[Any]], entry: AuditRecord, trail: Iterable[AuditRecord]) -> list[Opposite]:
    """The opposites of the single writes that were made; those that are alike as one bulk write, where a tool does it.

    Raises:
        NotUndoable: if none of them has one.
    """
    if operation.of.irreversible is not None:
        raise NotUndoable(operation.of.irreversible)
    tried = [
        it
        for it in trail
        if it.part_of == entry.tool and (it.thread_id, it.call_id) == (entry.thread_id, entry.call_id)
    ]
    if not tried and entry.outcome in ("applied", *_OUTCOMES):
        raise NotUndoable(
            "Undoing a bulk write needs the entries of its single writes. Pass those of its thread as trail."
        )
    parts = [it for it in tried if it.outcome == "applied"]
    if not parts:
        raise NotUndoable("None of its single writes is known to have been made. Each has its own entry.")
    order = {record: place for place, record in enumerate(at(entry.card, "table", "records") or [])}
    parts.sort(key=lambda it: order.get(it.args.get(operation.one()), len(order)))
    calls, others = list[Opposite](), list[str]()
    for part in parts:
        try:
            calls += _of_entry(part, ())
        except ChangedNothing:
            continue
        except NotUndoable as reason:
            others.append(f"{_line(part)}: {reason}")
    if not calls and others:
        raise NotUndoable(" ".join(others))
    if not calls:
        raise ChangedNothing
    first, *rest = _together(calls, _line(entry))
    return [replace(first, remains=(*first.remains, *others)), *rest]


def _line(entry: AuditRecord) -> str:
    return str((entry.card or {}).get("line", ""))


def _together(calls: Sequence[Opposite], line: str) -> list[Opposite]:
    """The calls, with one bulk write for those that are alike but for their records."""
    alike: dict[str, list[Opposite]] = {}
    for call in calls:
        bulk = _bulk_of(call)
        args = {key: value for key, value in call.args.items() if bulk is None or key != bulk.one()}
        alike.setdefault(repr((call.tool, sorted(args.items()), call.remains)), []).append(call)
    return [it for group in alike.values() for it in _as_one(group, line)]


def _as_one(alike: Sequence[Opposite], line: str) -> Sequence[Opposite]:
    bulk = _bulk_of(alike[0])
    if bulk is None or len(alike) == 1:
        return alike
    ids = [call.args[bulk.one()] for call in alike]
    args = {key: value for key, value in alike[0].args.items() if key != bulk.one()}
    left = {record: call.left[""] for record, call in zip(ids, alike, strict=True)}
    return [checked(Opposite(bulk.tool_name(), {**args, bulk.each: ids}, line, left, alike[0].remains))]


def _bulk_of(call: Opposite) -> type[Bulk[Any]] | None:
    """The bulk write that makes such calls."""
    for it in OPERATIONS.values():
        if issubclass(it, Bulk) and it.of.tool_name() == call.tool:
            taken = {name: field for name, field in it.model_fields.items() if name != it.each}
            given = call.args.keys() - {it.one()}
            if {name for name, field in taken.items() if field.is_required()} <= given <= taken.keys():
                return it
    return None
