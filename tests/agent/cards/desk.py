"""A recruiter's desk: the sandbox, a client, records by name, and the example of each write as a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import examples
from examples import ADA, SCORECARD, STAFF, TERMS, WRITES, Company, meeting

from langchain_ashby.agent.cards import Card, ReadCache, card_of, seen_on, settled
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.records import KINDS

__all__ = ["ADA", "BULK", "EXAMPLES", "NOW", "SCORECARD", "STAFF", "TERMS", "Desk", "Request", "make", "meeting"]

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
"""The day on which the tests look at the sandbox's company."""

Request = Operation[Any]
Make = Callable[["Desk"], Request]


@dataclass
class Desk(Company):
    """A company that a test can look at and change, and the cards of writes to it."""

    sandbox: AshbySandbox

    def card(self, request: Request) -> Card:
        return card_of(request, ReadCache(self.client, now=NOW))

    def settled(
        self, request: Request, card: Card | None, *, attempts: int = 1, taken: Collection[str] = ()
    ) -> bool | None:
        """Tells if a write took effect that was tried right after the card was made."""
        reads = ReadCache(self.client)
        return settled(request, seen_on(card), reads, attempts=attempts, taken=taken).proven

    def put_back(self, before: Mapping[str, list[Any]]) -> None:
        """Puts every record back as a colleague would in Ashby: the times of change and the histories stay."""
        company = self.sandbox._engine.store
        with company.transaction():
            for name, records in self.sandbox.state().items():
                was = {it["id"]: it for it in before[name]}
                for record in records:
                    if (old := was.get(record["id"])) is None:
                        company.delete(KINDS[name], record["id"])
                    elif old != record:
                        kept = {key: record[key] for key in ("updatedAt", "applicationHistory") if key in record}
                        company.put(KINDS[name], {**old, **kept})

    def reads(self) -> list[str]:
        return [it["endpoint"] for it in self.sandbox.requests()]


def make(tool: str, **args: Any) -> Request:
    return OPERATIONS[f"ashby_{tool}"](**args)


def _example(tool: str, desk: Desk) -> Request:
    return make(tool, **examples.EXAMPLES[f"ashby_{tool}"](desk))


_ALL: dict[str, Make] = {tool: partial(_example, tool) for tool in (it.removeprefix("ashby_") for it in WRITES)}
BULK: dict[str, Make] = {it: make for it, make in _ALL.items() if issubclass(OPERATIONS[f"ashby_{it}"], Bulk)}
"""The example of each bulk write. Its card is made of those of single writes."""
EXAMPLES: dict[str, Make] = {it: make for it, make in _ALL.items() if it not in BULK}
"""The example of each other write, by the tool's name without its prefix."""
