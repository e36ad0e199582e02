"""Tells if a record shows the values that a write sends: only such a record proves that the write was made."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from unicodedata import normalize

from langchain_ashby.agent.cards.card import same
from langchain_ashby.text.words import at, empty, time_fact

_NO_PLACES: Mapping[str, str] = {}
_ADDRESS = re.compile(r"\s*[^@\s]+@[^@\s]+\s*")
_DATED = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


def shows(
    record: Any, body: Mapping[str, Any], places: Mapping[str, str] = _NO_PLACES, *, but: Collection[str] = ()
) -> bool:
    """True if a record has every value of a request's body. A value that it does not show counts as another one.

    Args:
        record: The record.
        body: The body, as it goes to Ashby.
        places: Where the record keeps values, by their keys in the body. By default `k` is kept as `k`, and `fooId` as
            `fooId` or as the id of `foo`.
        but: The keys that are not compared.
    """
    return all(
        equal(value, value_at(record, places[key]) if key in places else _by_default(record, key))
        for key, value in body.items()
        if key not in but
    )


def equal(sent: Any, there: Any) -> bool:
    """True if a value in Ashby is the one that was sent, regardless of the order of lists and the spelling of times.

    A value with other letters or spaces is a different one: it proves nothing, and an undo restores it. Records are
    compared by id, and e-mail addresses regardless of case.
    """
    return (empty(sent) and empty(there)) or same(_comparable(sent), _comparable(there))


def value_at(record: Any, path: str) -> Any:
    """The value at a path such as `primaryEmailAddress.value` or `socialLinks[type=GitHub].url`; None without one."""
    value = record
    for step in path.split("."):
        key, _, having = step.rstrip("]").partition("[")
        value = at(value, key)
        if having:
            by, _, wanted = having.partition("=")
            value = next((it for it in value or [] if at(it, by) == wanted), None)
    return value


def _by_default(record: Any, key: str) -> Any:
    there = at(record, key)
    return at(record, key.removesuffix("Id"), "id") if there is None and key.endswith("Id") else there


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("id"):
            return _comparable(value["id"])
        return {key: _comparable(it) for key, it in value.items() if it is not None}
    if isinstance(value, list):
        return sorted(map(_comparable, value), key=str)
    if isinstance(value, str):
        if _ADDRESS.fullmatch(value):
            return value.strip().casefold()
        # As Ashby may keep it: with composed letters and without space around it.
        return (_DATED.fullmatch(value) and time_fact(value)) or normalize("NFC", value.strip().replace("\r\n", "\n"))
    return value
