"""What the earlier writes of a message changed: a difference that they explain does not stop a later one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_ashby.agent.cards.card import same
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.organization import SetCustomFieldValue, SetCustomFieldValues
from langchain_ashby.text.words import at, folded, shown

OF_FIELDS = (SetCustomFieldValue, SetCustomFieldValues)
"""The writes whose facts are named after custom fields, which may have the names of other facts."""


@dataclass(frozen=True)
class Left:
    """An earlier write that took effect.

    Attributes:
        request: The write.
        facts: The facts that it set or implied, by title, as it left them.
        before: The facts as they were right before it, as far as they are known.
    """

    request: Operation[Any]
    facts: Mapping[str, Any]
    before: Mapping[str, Any]


def is_left(left: Sequence[Left], title: str, value: Any, *, of_field: bool) -> bool:
    """True if a write left a fact at this value.

    Args:
        left: The earlier writes.
        title: The title of the fact.
        value: Its value by now.
        of_field: True if it is a fact about custom fields.
    """
    for it in left:
        if isinstance(it.request, OF_FIELDS) is of_field and title in it.facts and same(it.facts[title], value):
            return True
        if at(value, "id") and any(same(fact, value) for fact in it.facts.values()):
            return True
        if not of_field and _is_state_left(it, value):
            return True
    return False


def is_name_left(left: Sequence[Left], value: Any) -> bool:
    """True if a write left a record with this name."""
    return any(
        bool(value == (at(fact, "name") or fact))
        for it in left
        for title, fact in it.facts.items()
        if (title in ("Name", "Title", "Identifier") and not isinstance(it.request, OF_FIELDS))
        or bool(at(fact, "name"))
    )


def is_explained(left: Sequence[Left], approved: Any, fresh: Any) -> bool:
    """True if the words of a card differ only where the writes replaced an old value by a new one."""
    replaced = [
        (_bare(old), _bare(new))
        for it in left
        for title, fact in it.facts.items()
        if (old := shown(it.before.get(title))) and (new := shown(fact))
    ]
    # A new value may hold the old one, and the old one may also be that of something else.
    return _with(replaced, approved) in (_with([], fresh), _with(replaced, fresh))


def _with(replaced: Sequence[tuple[str, str]], words: Any) -> Any:
    """The words, with lists sorted and old values replaced by new ones."""
    if isinstance(words, Mapping):
        return {key: _with(replaced, it) for key, it in words.items()}
    if isinstance(words, list):
        return sorted((_with(replaced, it) for it in words), key=str)
    if not isinstance(words, str):
        return words
    said = _bare(words)
    for old, new in replaced:
        said = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new.replace("\\", r"\\"), said)
    return said


def _bare(words: str) -> str:
    """The words without quotation marks: whether a name has them depends on how it reads."""
    return words.replace("“", "").replace("”", "")


def _is_state_left(it: Left, value: Any) -> bool:
    """True for a state that a write left, which cards show under other titles, too, such as that of an opening."""
    if isinstance(it.request, OF_FIELDS) or not isinstance(value, str) or not value.isalpha():
        return False
    states = (fact for title, fact in it.facts.items() if title in ("State", "Status"))
    return any(isinstance(fact, str) and folded(fact) == folded(value) for fact in states)
