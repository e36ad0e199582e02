"""The differences between two states of the sandbox, with names instead of ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

State = dict[str, list[dict[str, Any]]]

_LEFT_OUT = {"id", "createdAt", "updatedAt", "createdByKey"}


def changes(before: State, after: State) -> list[str]:
    """A line for each added, changed or removed record, and one for each of its fields that differs."""
    names = _names(before) | _names(after)
    lines = []
    for kind in after:
        old = {record["id"]: record for record in before.get(kind, [])}
        new = {record["id"]: record for record in after[kind]}
        for identity, record in new.items():
            if identity not in old:
                lines += [f"+ {kind} {_name(record, names)}", *_fields({}, record, names)]
            elif record != old[identity] and (fields := list(_fields(old[identity], record, names))):
                lines += [f"~ {kind} {_name(record, names)}", *fields]
        lines += [f"- {kind} {_name(old[identity], names)}" for identity in old if identity not in new]
    return lines


def _names(state: State) -> dict[str, str]:
    """A name for each record, by id. An application is named for its candidate and job."""
    names = {}
    for records in state.values():
        for record in records:
            own = record.get("name") or record.get("title") or record.get("text")
            person = " ".join(filter(None, (record.get("firstName"), record.get("lastName"))))
            if own or person:
                names[record["id"]] = str(own or person)
    for record in state.get("application", []):
        names[record["id"]] = f"{names.get(record['candidateId'])}, {names.get(record['jobId'])}"
    return names


def _name(record: dict[str, Any], names: dict[str, str]) -> str:
    """The name of the record, or of the record it belongs to."""
    owners = (record.get(key) for key in ("id", "candidateId", "applicationId"))
    return next((names[owner] for owner in owners if owner in names), "")


def _fields(old: dict[str, Any], new: dict[str, Any], names: dict[str, str]) -> Iterator[str]:
    for key in dict.fromkeys([*old, *new]):
        if key in _LEFT_OUT or old.get(key) == new.get(key):
            continue
        was, now = (_shown(record.get(key), names) for record in (old, new))
        if was != now:
            yield f"    {key.removesuffix('Id')}: {now if not was else f'{was} → {now or chr(8212)}'}"


def _shown(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "1 entry" if len(value) == 1 else f"{len(value)} entries"
    if isinstance(value, list):
        return ", ".join(_shown(v, names) for v in value)
    return "" if value in (None, {}) else json.dumps(value, ensure_ascii=False)
