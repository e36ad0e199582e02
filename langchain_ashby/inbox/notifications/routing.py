"""Decides who is notified of what."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from langchain_ashby.agent.cards.card import Risk
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.inbox.notifications.message import Channel
from langchain_ashby.inbox.notifications.notices import Notice
from langchain_ashby.text.letters import without_accents
from langchain_ashby.text.words import folded

_log = logging.getLogger(__name__)

Recipients = Iterable[str]
"""Each is the name of a channel, `slack`, or with an address, `mail:ada@example.com`."""

Route = Mapping[str, Recipients] | Callable[[Notice], Recipients]


@dataclass(frozen=True)
class To:
    """A recipient: a channel, and the address there; empty for a channel that leads to one place."""

    channel: str
    address: str


class Routing:
    """Finds the recipients of a notice.

    Raises:
        ConfigurationError: if a rule matches nothing, or names an unknown channel or address.
    """

    def __init__(self, channels: Mapping[str, Channel], recipients: Route | None, requesters: Route | None) -> None:
        self._channels = channels
        for name, it in channels.items():
            if not hasattr(it, "send"):
                raise ConfigurationError(f"The channel {name!r} is of the type {type(it).__name__}", remedy=_CHANNELS)
            if not name or ":" in name or not name.isprintable():
                raise ConfigurationError(f"{name!r} cannot name a channel", remedy="Leave out the colon.")
        self._recipients = self._checked("recipients", recipients, _known_rule)
        self._requesters = self._checked("requesters", requesters, lambda key: True)

    def of(self, notice: Notice) -> tuple[To, ...]:
        """The recipients of a notice. Whoever approved a change first is not asked to be its second reviewer."""
        found: Recipients | None = None
        if notice.is_outcome:
            found = self._ask(self._requesters, notice, lambda rules: _of_requester(rules, notice))
        if found is None:
            found = self._ask(self._recipients, notice, lambda rules: _matching(rules, notice))
        everyone = [To(name, address) for name, channel in self._channels.items() for address in channel.to]
        told = everyone if found is None else [it for name in found for it in self._read(name) or ()]
        first = folded(notice.reviewer or "") if notice.kind == "second" else ""
        return tuple(dict.fromkeys(it for it in told if not first or folded(it.address) != first))

    def _ask(
        self, route: Route | None, notice: Notice, look_up: Callable[[Mapping[str, Recipients]], Recipients | None]
    ) -> Recipients | None:
        """What a route returns; None if that is nothing usable: then the default recipients are told."""
        if route is None or isinstance(route, Mapping):
            return look_up(route or {})
        try:
            given: Any = route(notice)
            named = None if given is None or isinstance(given, str) else [*given]
        except Exception as error:
            # Only its type: its message may quote the notice, and personal data does not belong in a log.
            _log.warning("The function that names recipients failed (%s)", type(error).__name__)
            return None
        if named is None or not all(isinstance(it, str) and self._read(it) is not None for it in named):
            if given is not None:
                _log.warning("The function that names recipients returned something other than recipients")
            return None
        return named

    def _read(self, name: str) -> tuple[To, ...] | None:
        """A recipient by its name; None if there is no such channel or address."""
        channel, colon, address = name.partition(":")
        found = self._channels.get(channel)
        if found is None or (colon and not (address and found.takes(address))):
            return None
        return (To(channel, address),) if colon else tuple(To(channel, it) for it in found.to)

    def _checked(self, what: str, route: Route | None, knows: Callable[[str], bool]) -> Route | None:
        if not isinstance(route, Mapping):
            return route
        rules = {}
        for key, names in route.items():
            if not knows(key):
                raise ConfigurationError(f"{what} has a rule for {key!r}, which matches nothing", remedy=_RULES)
            if isinstance(names, str):
                raise ConfigurationError(f"{what} must have a list of recipients for {key!r}")
            rules[key] = [*names]
            for name in rules[key]:
                if self._read(name) is None:
                    channel = name.partition(":")[0]
                    raise ConfigurationError(
                        f"{what} names a recipient for {key!r} that its channel cannot reach"
                        if channel in self._channels
                        else f"{what} names the channel {channel!r}, which does not exist",
                        remedy=f"The channels are {', '.join(self._channels)}; an address goes after a colon.",
                    )
        return rules


def _known_rule(key: str) -> bool:
    kind, colon, rest = key.partition(":")
    if kind == "risk" and colon:
        return rest.strip() in get_args(Risk)
    if key.startswith("ashby_"):
        return key in OPERATIONS
    return bool(key == ELSE or (rest.strip() and kind == "job") or (not colon and key.isidentifier()))


def _matching(rules: Mapping[str, Recipients], notice: Notice) -> Recipients | None:
    """All recipients whose rule is for this notice; without any, those for all else."""
    jobs = {without_accents(it) for it in notice.jobs}
    found = [names for key, names in rules.items() if _applies(key, notice, jobs)]
    return [name for names in found for name in names] if found else rules.get(ELSE)


def _applies(key: str, notice: Notice, jobs: set[str]) -> bool:
    kind, colon, rest = key.partition(":")
    if not colon:
        return key == notice.tool
    return without_accents(rest) in jobs if kind == "job" else rest.strip() == notice.risk


def _of_requester(rules: Mapping[str, Recipients], notice: Notice) -> Recipients | None:
    asked = folded(notice.requester or "")
    named = next((names for key, names in rules.items() if key != ELSE and folded(key) == asked), None)
    return rules.get(ELSE) if named is None else named


ELSE = "*"
_CHANNELS = "Give a Webhook, Slack, Email or another Channel."
_RULES = "Use tool names, job:Title, risk:high, or * for everything else."
