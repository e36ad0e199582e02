"""A write as shown to a person, in plain JSON for checkpoints and the audit trail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Literal, TypeGuard

# On Python 3.11 pydantic makes no JSON schema of typing's own TypedDict, and a LangGraph server asks for one.
from typing_extensions import TypedDict

from langchain_ashby.endpoint import Arguments, Operation
from langchain_ashby.ids import ids_of

CARD_VERSION = 2
"""Goes up when a key changes its meaning. A card of another version is rebuilt, never misread."""

Risk = Literal["low", "medium", "high"]


class Change(TypedDict):
    """A field before and after, in words; None where there was or will be nothing."""

    field: str
    before: str | None
    after: str | None


class Link(TypedDict):
    """A page of Ashby."""

    title: str
    url: str


class Before(TypedDict):
    """What else was seen of the record, so that a later read can tell whether it was changed.

    Attributes:
        revision: Times of the last change of the record and its parts, by id; empty if Ashby does not show them.
        passed: The ids of the entries in a field's history, if Ashby keeps one.
        creates: A key shared by all attempts to create the same thing; None if the write creates nothing.
    """

    revision: dict[str, str]
    passed: dict[str, list[str]]
    creates: str | None


class Reference(TypedDict):
    """A record that the call refers to: its role in the call, its name, and its kind where that matters."""

    what: str
    name: str | None
    kind: str | None


class Sent(TypedDict):
    """The body to be sent to a method of Ashby.

    If not `exact`, parts of it are known only after earlier steps of the write.
    """

    body: dict[str, Any]
    exact: bool


class Beside(TypedDict):
    """Lines on the card that come from the conversation: the other calls of its message, and what was said."""

    consequences: list[str]
    warnings: list[str]


Source = TypedDict(
    "Source",
    {
        "argument": str,
        "what": str,
        "value": str,
        "from": Literal["user", "reviewer", "ashby", "outsiders", "model"],
        "where": str,
    },
)
"""The origin of a value of the call.

`argument` is its path, such as `note` or `field_submissions.0.value`; `what` is its type: an `e-mail address`,
a `web address`, a `phone number`, a `number`, a `date`, a `text`, or a `passage` of a longer one; `value` is it,
shortened. `from` says who said it: the `user` in the thread; a `reviewer`, with an edit or an answer; `ashby`, in its
records; only `outsiders`, in text that anyone may have written; or only the `model`. `where` says in which
record or text, in words; it is empty if there is nothing to say.
"""


class CardTable(TypedDict):
    """A table with a row for each record of a bulk write, numbered from 1.

    Attributes:
        heads: The heads of its columns.
        rows: The cells of each row.
        records: The id of the record of each row.
    """

    heads: list[str]
    rows: list[list[str]]
    records: list[str]


class _NotAlways(TypedDict, total=False):
    """What a card has only in an agent, if names were given for ids, or for a bulk write."""

    named: dict[str, str]
    sources: list[Source]
    table: CardTable


class Card(_NotAlways):
    """A write in words.

    `line` says what will happen, `changes` which fields it changes, `unchecked` what could not be found out. `targets`
    are the ids that the call refers to: arguments with other targets need another card. `args` are the exact
    arguments; `named` says for which of them a name was given, by the way to each, such as `location_ids.0`, and
    `sources` where their values come from.

    The rest is what the card is based on, and is checked again before the write runs; see `differences`. `made` is the
    moment to which "past" refers. `facts` are values that were read, by a title in words. `refers` are the records
    that the call refers to, by id. `sent` are the bodies for Ashby, by method, if they do not follow from the arguments
    alone; None if they do. `private` maps the titles of values that a model may not see to their category of privacy.
    `beside` are the lines that come from the conversation. `before` helps to tell later whether the write
    took effect.

    A bulk write has a `table`. Its facts and references are on the cards of its single writes, of which this is made.
    """

    version: int
    made: str
    tool: str
    line: str
    changes: list[Change]
    consequences: list[str]
    warnings: list[str]
    unchecked: list[str]
    risk: Risk
    links: list[Link]
    targets: list[str]
    facts: dict[str, Any]
    before: Before
    refers: dict[str, Reference]
    sent: dict[str, Sent] | None
    private: dict[str, str]
    beside: Beside
    args: dict[str, Any]


def is_current(card: Mapping[str, Any] | None) -> TypeGuard[Card]:
    """True if this version of the package understands the card."""
    if not isinstance(card, Mapping) or card.get("version") != CARD_VERSION:
        return False
    return Card.__required_keys__ <= card.keys()


def same(one: Any, other: Any) -> bool:
    """True if two facts are equal. Records are compared by id, not by name."""
    if isinstance(one, dict) and isinstance(other, dict) and one.get("id") and other.get("id"):
        return bool(one["id"] == other["id"])
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    # To Python 1 and True are equal.
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def targets(request: Operation[Any]) -> list[str]:
    """Everything the arguments refer to: ids, interviewers' e-mail addresses, files. Reads nothing."""
    return list(dict.fromkeys(_pointers(request)))


def arguments(request: Operation[Any]) -> dict[str, Any]:
    """The arguments that were given, as JSON."""
    return {
        name: _json(getattr(request, name)) for name in type(request).model_fields if name in request.model_fields_set
    }


def _json(value: Any) -> Any:
    if isinstance(value, Arguments):
        return {
            name: _json(getattr(value, name)) for name in type(value).model_fields if name in value.model_fields_set
        }
    if isinstance(value, list):
        return [_json(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


_OUTSIDE_ASHBY = re.compile(r"email|file_path|.*_(handle|requisition_id)")
"""Arguments that point at a person, a file or a number of another system."""

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An id as Ashby writes it."""

_UUID = re.compile(ID.pattern, re.IGNORECASE)


@cache
def _point(arguments: type[Arguments]) -> frozenset[str]:
    """The names of the arguments that take ids, or point outside Ashby."""
    fields = arguments.model_fields.items()
    return frozenset(name for name, field in fields if ids_of(field) or _OUTSIDE_ASHBY.fullmatch(name))


def _pointers(arguments: Arguments) -> Iterator[str]:
    pointing = _point(type(arguments))
    for name in type(arguments).model_fields:
        value = getattr(arguments, name)
        if name in pointing:
            yield from _texts(value)
        else:
            yield from _inner_pointers(value)


def _inner_pointers(value: Any) -> Iterator[str]:
    if isinstance(value, Arguments):
        yield from _pointers(value)
    elif isinstance(value, list | dict):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _inner_pointers(entry)
    elif is_uuid(value):
        yield value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, str):
        yield value


def is_uuid(value: Any) -> TypeGuard[str]:
    """True for an id as Ashby writes it."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None
