"""The application's policy: which writes need approval, which run without it, which never run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, Literal, cast, get_args

from langchain_core.tools import BaseTool

from langchain_ashby.agent.approval.requirements import Hold, RequirementRules, SecondReviewer
from langchain_ashby.agent.cards import Card, Source
from langchain_ashby.agent.state import Requirements
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.toolkit import AshbyTool

_log = logging.getLogger(__name__)

Ruling = Literal["ask", "allow", "never"]
"""`ask`: a person is asked; `allow`: it runs without asking; `never`: it never runs."""

Rule = Ruling | Callable[[Card], Ruling]
"""A ruling, or a function that gives one for a card."""


class ApprovalPolicy:
    """The application's rules for writes. Reads are never asked about and have no rules.

    Args:
        rules: A rule for each tool that differs from the default, by the tool's name.
        default: The rule for every other write.
        ask_after_untrusted: True to ask about every write once text by outsiders has been read in the thread, whatever
            the rules allow. Inside another graph, the agent cannot know what was read before, so there it always asks.
        second_reviewer: The writes that two people have to approve: tool names and functions of the card that return
            True, or one such function. Anything but False, or a function that fails, counts as True.
        hold: How long a write waits once it is approved, during which anyone may stop it: a timedelta for each tool, or
            a function of the card that returns one, or None; a day if the function fails or returns anything else.

    `ApprovalPolicy({"ashby_create_candidate_note": allow_if(lambda card: card["risk"] == "low"),
    "ashby_cancel_interview_schedule": "never"})` asks about everything except low-risk
    notes, and refuses to cancel interviews.

    A function gets the card of the write and is called once per card. A person is asked if it fails or returns anything
    but a ruling; and for a tool without cards where the rule is a function. Even where the rule allows the write, a
    person is asked if anything on the card could not be checked, a value of the call is only in text by outsiders, or
    the write needs a second reviewer or a hold.

    A bulk write is allowed only by a rule of its own, and never runs if the rule for its single write says so of any.
    It needs a second reviewer or a hold if its single write does, for any of its records.

    Raises:
        ConfigurationError: if a rule is neither a ruling nor a function, or a hold is not a timedelta.
    """

    def __init__(
        self,
        rules: Mapping[str, Rule] | None = None,
        *,
        default: Rule = "ask",
        ask_after_untrusted: bool = False,
        second_reviewer: SecondReviewer = (),
        hold: Hold | None = None,
    ) -> None:
        self.rules = dict(rules or {})
        self.default = default
        self.ask_after_untrusted = ask_after_untrusted
        self._requirements = RequirementRules(second_reviewer, hold)
        for name, rule in [*self.rules.items(), ("default", default)]:
            if not callable(rule) and rule not in get_args(Ruling):
                near = get_close_matches(str(rule), get_args(Ruling), n=1, cutoff=0.3)
                raise ConfigurationError(
                    f"The rule for {name} is {rule!r}",
                    remedy=f"{f'Did you mean {near[0]!r}? ' if near else ''}It takes "
                    '"ask", "allow", "never" or a function of the card that gives one of them.',
                )

    def check(self, tools: Iterable[BaseTool]) -> None:
        """Checks that each rule is for a tool that writes, or for the single write of a bulk tool.

        Raises:
            ConfigurationError: if a rule is for a tool that is not there, or that only reads.
        """
        writes: dict[str, bool] = {}
        for tool in tools:
            writes[tool.name] = (tool.metadata or {}).get("readOnlyHint") is not True
            if isinstance(tool, AshbyTool) and (single := tool.for_each()):
                writes[single.name] = True  # what may not be done to one may not be done to many
        for name in {**self.rules, **dict.fromkeys(self._requirements.names)}:
            if name not in writes:
                near = get_close_matches(name, [it for it, writing in writes.items() if writing], n=3)
                advice = f"Did you mean {' or '.join(near)}?" if near else "Name a tool of the toolkit that writes."
                raise ConfigurationError(f"The policy has a rule for {name}, which is not a tool here", remedy=advice)
            if not writes[name]:
                raise ConfigurationError(
                    f"The policy has a rule for {name}, which only reads",
                    remedy="Reads are never asked about: drop it.",
                )

    def requires(self, tool: str, card: Card | None, parts: Sequence[Card] = ()) -> Requirements:
        """Returns what a write needs beyond one approval. The arguments are those of `ruling`."""
        return self._requirements.of(tool, card, parts)

    def ruling(
        self,
        tool: str,
        card: Card | None,
        parts: Sequence[Card] = (),
        *,
        sources: Sequence[Source] = (),
        untrusted: bool = False,
    ) -> Ruling:
        """Returns the ruling for a write.

        Args:
            tool: Its tool.
            card: Its card; None for a tool that has no cards.
            parts: The cards of its single writes, if it is a bulk write. What may not be done to one of them may not be
                done to all; but that one may be changed without asking does not mean that a hundred may.
            sources: Where the values of the call come from, if its card does not say it.
            untrusted: True if text by outsiders was read in the thread.
        """
        if any(self.ruling(it["tool"], it) == "never" for it in parts):
            return "never"
        rule = self.rules.get(tool, self.default)
        ruling = _asked(rule, card) if callable(rule) else rule
        if ruling != "allow":
            return ruling
        if (parts and tool not in self.rules) or (untrusted and self.ask_after_untrusted):
            return "ask"
        from_outside = any(it["from"] == "outsiders" for it in [*sources, *(card.get("sources", ()) if card else ())])
        return "ask" if from_outside or (card is not None and card["unchecked"]) else "allow"


def strictest(rulings: Iterable[Ruling]) -> Ruling:
    """Returns the most restrictive of the rulings."""
    return max(rulings, key=("allow", "ask", "never").index)


def allow_if(condition: Callable[[Card], bool]) -> Callable[[Card], Ruling]:
    """Makes a rule that allows a write if the condition is exactly True for its card, and asks otherwise."""

    def rule(card: Card) -> Ruling:
        return "allow" if condition(card) is True else "ask"

    return rule


def _asked(rule: Callable[[Card], Any], card: Card | None) -> Ruling:
    if card is None:
        return "ask"
    try:
        ruling = rule(deepcopy(card))  # a rule that modifies the card must not change what is shown
    except Exception as error:
        # Only its type: its message may quote the card, and personal data does not belong in a log.
        _log.warning(
            "The approval policy's rule for %s failed (%s): a person is asked", card["tool"], type(error).__name__
        )
        return "ask"
    if not isinstance(ruling, str) or ruling not in get_args(Ruling):
        _log.warning(
            "The approval policy's rule for %s gave no ruling but a %s: a person is asked",
            card["tool"],
            type(ruling).__name__,
        )
        return "ask"
    return cast(Ruling, ruling)
