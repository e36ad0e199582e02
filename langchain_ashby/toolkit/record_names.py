"""What records are called, and what tells those with the same name apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from langchain_ashby.ids import Id, short
from langchain_ashby.text.letters import alike, without_accents
from langchain_ashby.text.words import named, one_line
from langchain_ashby.toolkit.listings import Record

MOST = 5
"""The most records that an error lists."""


def names_of(record: Record, keys: Iterable[str]) -> Iterator[str]:
    """All that a record is called."""
    for key in keys:
        parts = [_values(record, path.split(".")) for path in key.split()]
        if len(parts) == 1:
            yield from parts[0]
        elif all(parts):
            yield " ".join(part[0] for part in parts)


def _values(value: Any, path: Sequence[str]) -> list[str]:
    if isinstance(value, list):
        return [found for entry in value for found in _values(entry, path)]
    if path:
        return _values(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else []
    return [str(value)] if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else []


def out_of_use(record: Record) -> str | None:
    """How a record is put away; None if it is in use."""
    if record.get("isEnabled") is False:
        return "deactivated"
    return "archived" if record.get("isArchived") is True or record.get("status") == "Archived" else None


def similar(text: str, records: Sequence[Record], kind: Id) -> list[Record]:
    """Records with similar names, most similar first; all if there are few."""
    assert kind.names is not None
    names: dict[str, Record] = {}
    for it in records:
        if not out_of_use(it):
            names |= {without_accents(called): it for called in names_of(it, kind.names.keys)}
    wanted = without_accents(text)
    inside = sorted((it for it in names if wanted in it or it in wanted), key=len)
    near = [*inside, *get_close_matches(wanted, names, n=MOST, cutoff=0.5)] or (names if len(names) <= MOST else [])
    found = {names[it]["id"]: names[it] for it in near}
    return list(found.values())[:MOST]


def shown(record: Record, kind: Id, among: Sequence[Record] = ()) -> str:
    """A record by its own name, with what tells it apart and its id."""
    called, details = told_apart(record, kind, names_by_id(among, kind))
    return named(one_line(called, 80), *details, f"id {short(record['id'])}")


def names_by_id(records: Sequence[Record], kind: Id) -> dict[str, str]:
    """The names of records by their ids."""
    assert kind.names is not None
    return {it["id"]: next(names_of(it, kind.names.keys), "") for it in records}


def told_apart(record: Record, kind: Id, above: Mapping[str, str]) -> tuple[str, list[str]]:
    """The name of a record, and what tells it from others with its name, records `above` it by their names."""
    assert kind.names is not None
    called = next(names_of(record, kind.names.keys), "(no name)")
    details = [above.get(it) or it for key in kind.names.apart for it in _values(record, key.split("."))]
    more = [_detail(one_line(it, 60)) for it in dict.fromkeys(details) if it and it != called]
    state = out_of_use(record)
    return called, [*more, *([state] if state else [])]


def _detail(text: str) -> str:
    """A detail, quoted if it could pass for what this package itself puts there: an id, "deactivated" or "archived"."""
    said = named(text)
    is_own = said in ("deactivated", "archived") or re.match(r"id\b", alike(said))
    return f"“{said}”" if is_own else said
