"""What the application requires beyond one approval of a write: a second reviewer, or a hold."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any

from langchain_ashby.agent.cards import Card
from langchain_ashby.agent.state import Requirements
from langchain_ashby.errors import ConfigurationError

_log = logging.getLogger(__name__)

Condition = Callable[[Card], bool]
"""A function that returns True or False for a card."""

SecondReviewer = Condition | Collection[str | Condition]
"""Which writes need a second reviewer: a condition, or names of tools and conditions."""

Holding = Callable[[Card], timedelta | None]
"""A function that says how long the write of a card is held; None or zero if it is not."""

Hold = Holding | Mapping[str, timedelta | Holding]
"""How long writes are held: a function of the card; or for each tool a time or such a function."""

NOTHING = Requirements(second_reviewer=False, hold=0.0)
"""What is required of a write for which one approval is enough."""

IF_NOT_KNOWN = timedelta(days=1)
"""How long a write is held if the function for it fails, or returns no timedelta."""

LONGEST = timedelta(days=365)
"""The longest hold."""


class RequirementRules:
    """The application's rules about second reviewers and holds.

    Args:
        second_reviewer: Which writes need a second reviewer.
        hold: How long writes are held.

    Raises:
        ConfigurationError: if one of them has the wrong type, or a hold is not above zero or is longer than a year.
    """

    def __init__(self, second_reviewer: SecondReviewer = (), hold: Hold | None = None) -> None:
        # A single string would be read as a list of letters.
        listed = isinstance(second_reviewer, Collection) and not isinstance(second_reviewer, str)
        entries: list[Any] = [*second_reviewer] if listed else [second_reviewer]  # type: ignore[misc]
        if isinstance(second_reviewer, str) or not all(isinstance(it, str) or callable(it) for it in entries):
            raise ConfigurationError(
                f"second_reviewer is {second_reviewer!r}",
                remedy="Give a list of tool names and functions of the card, or one such function.",
            )
        self._named = frozenset(it for it in entries if isinstance(it, str))
        self._conditions: list[Condition] = [it for it in entries if callable(it)]
        self._holds: Mapping[str, Any] = dict(hold) if isinstance(hold, Mapping) else {}
        self._holding: Holding | None = None
        if callable(hold):
            self._holding = hold
        elif hold is not None and not isinstance(hold, Mapping):
            raise ConfigurationError(
                f"hold is {hold!r}",
                remedy='Give a timedelta for each tool, as {"ashby_create_offer": timedelta(hours=1)}, or a function.',
            )
        for tool, it in self._holds.items():
            if not callable(it) and not (isinstance(it, timedelta) and timedelta(0) < it <= LONGEST):
                raise ConfigurationError(
                    f"The hold for {tool} is {it!r}",
                    remedy="Give a timedelta above zero and of at most a year, or a function of the card.",
                )

    @property
    def names(self) -> Collection[str]:
        """The tools that the rules name."""
        return {*self._named, *self._holds}

    def of(self, tool: str, card: Card | None, parts: Sequence[Card] = ()) -> Requirements:
        """Returns what is required of a write; of a bulk write, what any of its single writes requires.

        Args:
            tool: Its tool.
            card: Its card; None for a tool that has no cards.
            parts: The cards of its single writes, if it is a bulk write.
        """
        if not (self._named or self._conditions or self._holds or self._holding):
            return NOTHING  # no such rules; this is asked several times for each write
        every: list[tuple[str, Card | None]] = [(tool, card), *((it["tool"], it) for it in parts)]
        return Requirements(
            second_reviewer=any(self._needs_second(*it) for it in every),
            hold=max(self._hold(*it) for it in every).total_seconds(),
        )

    def _needs_second(self, tool: str, card: Card | None) -> bool:
        return tool in self._named or any(_holds(it, tool, card) for it in self._conditions)

    def _hold(self, tool: str, card: Card | None) -> timedelta:
        rule = self._holds.get(tool, self._holding)
        if rule is None or isinstance(rule, timedelta):
            return rule or timedelta(0)
        found = _of_card(rule, tool, card, "hold")
        if found is None:
            return timedelta(0)
        if not isinstance(found, timedelta) or found < timedelta(0):
            _log.warning("The hold for %s is not a timedelta; it is held for %s", tool, IF_NOT_KNOWN)
            return IF_NOT_KNOWN
        return min(found, LONGEST)


def strictest_of(requirements: Iterable[Requirements]) -> Requirements:
    """Returns all that any of them requires."""
    every = [NOTHING, *requirements]
    return Requirements(
        second_reviewer=any(it["second_reviewer"] for it in every), hold=max(it["hold"] for it in every)
    )


def _holds(condition: Condition, tool: str, card: Card | None) -> bool:
    """True unless the condition is clearly False for the card."""
    return _of_card(condition, tool, card, "condition for a second reviewer") is not False


def _of_card(rule: Callable[[Card], Any], tool: str, card: Card | None, what: str) -> Any:
    """What a rule returns for a card; something that is not an answer if there is no card, or if it fails."""
    if card is None:
        return NotImplemented
    try:
        return rule(deepcopy(card))  # a rule that modifies the card must not change what is shown
    except Exception as error:
        # Only its type: its message may quote the card, and personal data does not belong in a log.
        _log.warning(
            "The policy's %s failed for %s (%s); the strictest answer is assumed", what, tool, type(error).__name__
        )
        return NotImplemented
