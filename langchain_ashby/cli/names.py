"""Whose id is it? Names by ids, from the records that were read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_ashby.text.words import one_line


class Names:
    """Learns names from what tools read, so that a step can be told by a name instead of an id."""

    def __init__(self) -> None:
        self._by_id: dict[str, str] = {}

    def learn(self, record: Any) -> None:
        """Take the names out of a result, however deep they are in it."""
        if isinstance(record, list):
            for entry in record:
                self.learn(entry)
        elif isinstance(record, Mapping):
            name = record.get("name") or record.get("title")
            candidate = record.get("candidate")
            if not name and isinstance(candidate, Mapping):
                name = candidate.get("name")
            if isinstance(record.get("id"), str) and isinstance(name, str):
                self._by_id[record["id"]] = name
            for entry in record.values():
                if isinstance(entry, Mapping | list):
                    self.learn(entry)

    def told(self, arguments: Mapping[str, Any]) -> str:
        """The arguments of a call that say something to a person, in a few words."""
        said = []
        for argument, value in arguments.items():
            if isinstance(value, str) and value in self._by_id:
                said.append(self._by_id[value])
            elif isinstance(value, str | int) and not argument.endswith("_id") and argument not in _OPAQUE:
                said.append(f"{argument.replace('_', ' ')}: {value}")
        return one_line(", ".join(said), 60)


_OPAQUE = ("cursor", "sync_token")
