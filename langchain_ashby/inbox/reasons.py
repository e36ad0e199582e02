"""Explains the outcome of a change to people: why it happened, and what to do next.

The audit trail keeps what the agent was told. That is written for a model: it has codes, the names of tools and
arguments, ids, and advice that only a model can follow. All of that is left out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from langchain_ashby import errors
from langchain_ashby.agent.messages.tool_messages import (
    ANSWERED,
    EDITED,
    EXECUTED,
    EXECUTED_AS_EDITED,
    EXECUTED_IN_PART,
    NO_REASON,
    NOT_EXECUTED,
    OUTCOME_UNKNOWN,
    REJECTED,
    THEIR_REASON,
)
from langchain_ashby.errors import AshbyError
from langchain_ashby.ids import certain
from langchain_ashby.results import NOTICE, OWN
from langchain_ashby.text.words import moment


class Reason(NamedTuple):
    """The reason for an outcome, and what a person can do next; either may be empty."""

    why: str
    next: str


def reason(outcome: str, told: str) -> Reason:
    """Rewords for people what the agent was told about an outcome.

    Args:
        outcome: The outcome of a change, or of a decision.
        told: What the agent was told.
    """
    said = without_fixed_words(told)
    for verbatim in (f"{REJECTED} {THEIR_REASON} ", f"{REJECTED} {NO_REASON}", f"{ANSWERED} "):
        if said.startswith(verbatim):  # a person's own words are kept as they are
            return Reason(said.removeprefix(verbatim), _NEXT.get(outcome, ""))
    code, said = _coded(said)
    lines = filter(None, map(_line, _for_people(said)))
    return Reason("\n".join(lines), _next(outcome, code))


def without_fixed_words(told: str) -> str:
    """Strips the fixed opening words and the arguments of an edit from what the agent was told."""
    if told.startswith(EXECUTED_AS_EDITED):
        told = told.partition("\n\n")[2]
    told = told.partition(f"\n\n{EDITED}")[0]
    told = told.removeprefix(f"{EXECUTED_IN_PART} {OWN}").removeprefix(OWN)
    for words in (NOT_EXECUTED, EXECUTED_IN_PART, EXECUTED, OUTCOME_UNKNOWN):
        if told.startswith(words):
            return told.removeprefix(words).strip()
    return told


def _coded(said: str) -> tuple[str, str]:
    """Splits the text of an error into its leading code and the rest."""
    found = _CODE.match(said)
    return (found[1], said[found.end() :]) if found else ("", said)


def _for_people(said: str) -> Iterator[str]:
    """Drops lines that only explain the format of a result or of a model's arguments."""
    for line in said.split("\n"):
        if line.endswith("The form's fields:"):
            yield line.removesuffix("The form's fields:")
            return
        if line.removeprefix(OWN) != NOTICE:
            yield line


def _line(line: str) -> str:
    """Strips advice to a model, ids and program names from a line."""
    said = line.removeprefix(OWN).strip()
    if not said.startswith("- "):  # data is left as it is
        said = " ".join(it for it in _SENTENCE.split(said) if not _ADVICE.search(it))
        said = _NAME.sub(_in_words, said)
    for pattern, words in _INSTEAD:
        said = pattern.sub(words, said)
    return said.strip()


def _in_words(name: re.Match[str]) -> str:
    """Returns the name that forms use for an argument."""
    return _ARGUMENTS.get(name[0]) or re.sub("_ids?$", "", name[0]).replace("_", " ")


def _without_ids(found: re.Match[str]) -> str:
    return "" if certain(found[1]) else found[0]


def _next(outcome: str, code: str) -> str:
    if outcome not in ("refused", "not applied"):
        return _NEXT.get(outcome, "")
    kind = _CLASSES.get(code)
    return next((_BY_ERROR[it] for it in kind.__mro__ if it in _BY_ERROR), "") if kind else _NEXT[outcome]


_AGAIN = "If you still want it, ask the agent to propose it again."
_CORRECT = "If you still want it, ask the agent to propose it again with this corrected."
_LATER = "Nothing is wrong with the change itself: ask the agent to propose it again in a few minutes."
_SETUP = "Nothing is wrong with the change itself: tell whoever runs the agent that it cannot reach Ashby."
_KEY = "Ask whoever manages the agent's Ashby API key to grant this permission, then ask for the change again."
_RUNNER = "If it should be allowed, ask whoever runs the agent."

_NEXT: Mapping[str, str] = {
    "not applied": _AGAIN,
    "partly applied": "Check the record in Ashby. Then ask the agent to do the rest, or do it there.",
    "refused": _CORRECT,
    "unknown": "Check the record in Ashby. Ask the agent to propose the change again only if it is not there.",
    "stale": "If you still want it, ask the agent to propose it again: the new card will show the current state.",
    "expired": _AGAIN,
    "withheld": f"{_AGAIN} {_RUNNER}",
    "rejected": "The agent has been told.",
    "responded": "The agent has been told.",
    "superseded": _AGAIN,
    "policy": _RUNNER,
    "approved": "",
    "held": "Until then, anyone who can decide on it can stop it.",
    "edited": "",
    "not delivered": _AGAIN,
}
"""What to do next, by outcome. A test checks that no outcome is missing."""

_BY_ERROR: Mapping[type, str] = {
    AshbyError: _SETUP,
    errors.ArgumentError: _CORRECT,
    errors.Refused: _CORRECT,
    errors.PermissionDeniedError: _KEY,
    errors.RateLimitError: _LATER,
    errors.ServerError: _LATER,
    errors.UnreadableReplyError: _LATER,
    errors.HTMLReplyError: _SETUP,
    errors.ReplyTooLargeError: _SETUP,
    errors.UnreachableError: _LATER,
    errors.ProxyError: _SETUP,
}


def _classes(kind: type[AshbyError]) -> Iterator[type[AshbyError]]:
    yield kind
    for it in kind.__subclasses__():
        yield from _classes(it)


_CLASSES = {
    it.default_code: it for it in _classes(AshbyError) if it.__module__ == errors.__name__ and it is not AshbyError
}
_CLASSES["missing_endpoint_permission"] = errors.PermissionDeniedError

_CODE = re.compile(r"([a-z][a-z0-9_]*): ")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"#])")
_NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_ARGUMENTS = {"field_submissions": "answers", "field_value": "value", "interview_events": "meetings"}

_ADVICE = re.compile(
    r"ashby_\w+|AshbyClient|[A-Z]+_[A-Z_]+|on_behalf_of|\(path "
    r"|^(?:Propose|Call again|Make each|Do not |Tell the user|Read the record|Look (?:it )?up|Look at the fields|"
    r"Check (?:how|that|the network|any)|Drop |Give |Grant |Use (?:only the tools|https)|List |Ask for less|"
    r"Only if the last step|See |Leave |Trying again|Try |If the change is wanted here|Ashby may be slow|"
    r"A person has to look|The change (?:was not (?:made|sent)|may have been made)\.|The same call|"
    r"It is not known whether the change|The settings of this run)"
)
"""Sentences meant for a model or for whoever runs the agent, or that only repeat the outcome."""

_INSTEAD: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\(?\bid ([0-9A-Za-z_-]{22}|[0-9a-f-]{36})\b\)?"), ""),
    (re.compile(r"\b([0-9A-Za-z_-]{22}|[0-9a-f-]{36})(?![0-9A-Za-z_-]) ?"), _without_ids),
    (re.compile(r"\bat (\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))"), lambda found: f"on {moment(found[1])}"),
    (re.compile(r", so its ids may mean nothing in this one\b"), ""),
    (re.compile(r"\bthis (?:approved )?call\b"), "this change"),
    (re.compile(r"\bthe call\b"), "the change"),
    (re.compile(r"\bexecuted\b"), "made"),
    (re.compile(r"\bThe tool no longer accepts these arguments\."), "Its values are no longer accepted."),
    (re.compile(r"; its result is not available\b"), ""),
)
