"""What a look beside a result brings back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_ashby.toolkit.beside.reads import Reads


@dataclass(frozen=True)
class Beside:
    """What further reads found out about a result.

    Attributes:
        results: The result, with the records that further reads found.
        adds: For each record of a listing, what its row shows besides; empty if nothing is added.
        facts: Lines of data that follow a written record.
        notes: Lines in the package's own words, which hold no text that people wrote.
    """

    results: Any
    adds: Sequence[Mapping[str, Any]] = ()
    facts: Sequence[str] = ()
    notes: Sequence[str] = ()

    def shown(self, results: Any) -> Any:
        """The result as the text shows it, from what of it may be told."""
        if not isinstance(results, list) or len(self.adds) != len(results):
            return results  # it cannot be told which is whose
        return [
            {**added, **record} if isinstance(record, Mapping) else record
            for record, added in zip(results, self.adds, strict=True)
        ]


Look = Callable[[Any, Any, Reads], Beside]
"""Finds out what belongs to the result of a request."""
