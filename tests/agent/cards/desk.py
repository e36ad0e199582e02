"""A recruiter's desk: the sandbox, a client, records by name, and the example of each write as a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import examples
from examples import ADA, SCORECARD, STAFF, TERMS, WRITES, Company, meeting

from langchain_ashby.agent.cards import Card, ReadCache, card_of, settled
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox

__all__ = ["ADA", "EXAMPLES", "NOW", "SCORECARD", "STAFF", "TERMS", "Desk", "Request", "make", "meeting"]

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

    def settled(self, request: Request, card: Card | None, since: datetime | None = None) -> bool | None:
        return settled(request, card, ReadCache(self.client), since or datetime.now(UTC))

    def reads(self) -> list[str]:
        return [it["endpoint"] for it in self.sandbox.requests()]


def make(tool: str, **args: Any) -> Request:
    return OPERATIONS[f"ashby_{tool}"](**args)


def _example(tool: str, desk: Desk) -> Request:
    return make(tool, **examples.EXAMPLES[f"ashby_{tool}"](desk))


EXAMPLES: dict[str, Make] = {tool: partial(_example, tool) for tool in (it.removeprefix("ashby_") for it in WRITES)}
"""The example of each write, by the tool's name without its prefix."""
