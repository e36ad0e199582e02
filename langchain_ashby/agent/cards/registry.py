"""Which code builds the card of a write: its own, or else what follows from the declared effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.plain import derive
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.endpoint import Endpoint, Operation
from langchain_ashby.text.words import one_line

Build = Callable[[Any, ReadCache, CardBuilder], object]
B = TypeVar("B", bound=Build)

BUILDERS: dict[type[Operation[Any]], Build] = {}
"""The cards that have code of their own."""


def builds(operation: type[Operation[Any]]) -> Callable[[B], B]:
    """Registers a function as the code of a write's card."""

    def register(function: B) -> B:
        BUILDERS[operation] = function
        return function

    return register


def build(request: Operation[Any], reads: ReadCache) -> CardBuilder:
    """Builds a write's card. A reply that is not as expected leaves the card plain, and the card says so."""
    builder = CardBuilder(request, reads)
    function = BUILDERS.get(type(request), derive if request.effect else None)
    if function is None:
        builder.not_checked("There is no card for this write: only its arguments are known.")
        return builder
    try:
        function(request, reads, builder)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        # Ashby's replies change over time, and the year 9999 ends earlier in Tokyo. A person can still decide, and is
        # told what they do not see.
        builder = CardBuilder(request, reads)
        builder.not_checked(f"The card could not be made ({type(error).__name__}: {one_line(error)}).")
        builder.raise_risk("high")
        builder.sent = None if isinstance(request, Endpoint) else {}
    return builder
