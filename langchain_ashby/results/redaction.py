"""Removes private data from results unless the application allows it.

Private data is recognized by Ashby's keys, by the types of fields and by the shape of values. Private facts in free
text, such as a salary in a note, stay. What is empty hides nothing, so it stays and is not counted.

For an answer in a form, or the value that a write returns, `{"leftOut": category}` is put in: without it, the answer
would read as not given and the value as cleared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from langchain_ashby.forms import fields_by_path
from langchain_ashby.results.phrases import LEFT_OUT, is_money
from langchain_ashby.text.words import empty

CATEGORIES = {
    "client": "the IP address and browser that an application was sent from",
    "surveys": "answers to demographic surveys",
    "fields": "custom fields that are marked private",
    "compensation": "pay: of jobs, postings and offers, and in fields and answers of a money type",
}
"""The names that `AshbyToolkit(private=…)` takes, and their meanings."""

_KEYS = {"submitterClientIp": "client", "submitterUserAgent": "client"}
_PAY_KEY = re.compile("compensation|salary", re.IGNORECASE)
_SURVEY_PATH = re.compile("eeoc|demographic|diversity", re.IGNORECASE)
MONEY_TYPES = ("CompensationRange", "Currency")

_PLAIN = frozenset({str, int, float, bool, type(None)})

_GONE = object()


def without_private(result: Any, allowed: Collection[str] = ()) -> tuple[Any, dict[str, int]]:
    """Returns a result without private data, and how many values of each category were removed.

    Args:
        result: Ashby's JSON, which is not modified.
        allowed: The categories that may stay.
    """
    pruning = _Pruning(allowed)
    pruned = pruning.value(result)
    return None if pruned is _GONE else pruned, dict(pruning.left_out)


def left_out_note(left_out: Mapping[str, int]) -> str:
    """`Left out as private: compensation (2), fields (1); …`; empty if all values stayed."""
    if not left_out:
        return ""
    named = ", ".join(f"{category} ({left_out[category]})" for category in CATEGORIES if category in left_out)
    return f"Left out as private: {named}; AshbyToolkit(private=…) allows it."


class _Pruning:
    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)
        self.left_out: Counter[str] = Counter()

    def value(self, value: Any) -> Any:
        """The value without private data; `_GONE` if it is private itself."""
        if isinstance(value, list):
            return [kept for entry in value if (kept := self._entry(entry)) is not _GONE]
        if not isinstance(value, dict):
            return value
        if value.get("surveyType") and "submittedValues" in value and self._leaves_out("surveys"):
            return _GONE
        if is_money(value) and _tells(value) and self._leaves_out("compensation"):
            return _GONE
        if _is_private(value) and not empty(value.get("value")) and self._leaves_out("fields"):
            return _without_value(value, "fields")
        pruned = {}
        for key, entry in value.items():
            # Most entries are plain values under harmless keys: skipping them is what keeps this fast.
            plain = entry.__class__ in _PLAIN and _category(key) is None
            pruned[key] = entry if plain else self._under(key, entry, value)
        if "value" in pruned and _is_less(pruned["value"], value["value"]):
            return _without_value(value, "compensation")
        return {key: entry for key, entry in pruned.items() if entry is not _GONE}

    def _entry(self, entry: Any) -> Any:
        """An entry of a list; a custom field without its value is dropped entirely."""
        pruned = self.value(entry)
        is_without = isinstance(pruned, dict) and isinstance(entry, dict) and "value" in entry
        return _GONE if is_without and pruned["value"] != entry["value"] and _is_left_out(pruned["value"]) else pruned

    def _under(self, key: str, value: Any, record: Mapping[str, Any]) -> Any:
        category = _category(key)
        if category and _tells(value) and self._leaves_out(category):
            return _GONE
        if key == "submittedValues" and isinstance(value, Mapping):
            fields = fields_by_path(record.get("formDefinition"))
            return {path: self._answer(path, answer, fields.get(path, {})) for path, answer in value.items()}
        return self.value(value)

    def _answer(self, path: str, answer: Any, field: Mapping[str, Any]) -> Any:
        if empty(answer):
            return answer
        if _SURVEY_PATH.search(path) and self._leaves_out("surveys"):
            return {LEFT_OUT: "surveys"}
        if _is_private(field) and self._leaves_out("fields"):
            return {LEFT_OUT: "fields"}
        if field.get("type") in MONEY_TYPES and _tells(answer) and self._leaves_out("compensation"):
            return {LEFT_OUT: "compensation"}
        pruned = self.value(answer)
        return {LEFT_OUT: "compensation"} if _is_less(pruned, answer) else pruned

    def _leaves_out(self, category: str) -> bool:
        if category in self._allowed:
            return False
        self.left_out[category] += 1
        return True


@lru_cache(maxsize=2_000)
def _category(key: str) -> str | None:
    """What a value is by its key."""
    return _KEYS.get(key) or ("compensation" if _PAY_KEY.search(key) else None)


def _is_private(field: Mapping[str, Any]) -> bool:
    """True for a field that Ashby marks private, and for one of which it is not known."""
    return field.get("isPrivate", False) is not False


def _is_less(pruned: Any, value: Any) -> bool:
    """True if a value is gone, or entries of it: what is left would read as all that there is."""
    if pruned is _GONE or (empty(pruned) and not empty(value)):
        return True
    return isinstance(value, list) and len(pruned) < len(value)


def _without_value(entry: Mapping[str, Any], category: str) -> dict[str, Any]:
    """A custom field without its value, nor its label, which would reveal it."""
    return {key: entry[key] for key in ("id", "title", "isPrivate") if key in entry} | {"value": {LEFT_OUT: category}}


def _is_left_out(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {LEFT_OUT}


def _tells(value: Any) -> bool:
    """True for numbers and text, and for what holds any; of a plain amount, only its numbers tell."""
    if isinstance(value, Mapping):
        plain = is_money(value) and "compensationType" not in value
        keys = ("value", "minValue", "maxValue") if plain else value
        return any(_tells(value.get(key)) for key in keys)
    if isinstance(value, list):
        return any(map(_tells, value))
    return not isinstance(value, bool) and not empty(value)
