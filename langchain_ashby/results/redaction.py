"""Removes private data from results unless the application allows it.

Private data is recognized by Ashby's keys, by the types of fields and by the shape of values. Private facts in free
text, such as a salary in a note, stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from langchain_ashby.forms import fields_by_path

CATEGORIES = {
    "client": "the IP address and browser that an application was sent from",
    "surveys": "answers to demographic surveys",
    "fields": "custom fields that are marked private",
    "compensation": "pay: of jobs, postings and offers, and in fields and answers of a money type",
}
"""The names that `AshbyToolkit(private=…)` takes, and their meanings."""

_KEYS = {
    "submitterClientIp": "client",
    "submitterUserAgent": "client",
    "compensation": "compensation",
    "compensationTierSummary": "compensation",
    "salary": "compensation",
}
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
        if value.get("currencyCode") and self._leaves_out("compensation"):
            return _GONE
        private = value.get("isPrivate") and "value" in value and self._leaves_out("fields")
        pruned = {}
        if not private:
            for key, entry in value.items():
                # Most entries are plain values under harmless keys: skipping them is what keeps this fast.
                plain = entry.__class__ in _PLAIN and key not in _KEYS
                pruned[key] = entry if plain else self._under(key, entry, value)
        if "value" in value and pruned.get("value", _GONE) is _GONE:
            # The answer to a write needs the custom field's id and title; its label would reveal the value.
            return {key: value[key] for key in ("id", "title", "isPrivate") if key in value}
        return {key: entry for key, entry in pruned.items() if entry is not _GONE}

    def _entry(self, entry: Any) -> Any:
        """An entry of a list; a custom field without its value is dropped entirely."""
        pruned = self.value(entry)
        without_value = isinstance(entry, dict) and "value" in entry and pruned is not _GONE and "value" not in pruned
        return _GONE if without_value else pruned

    def _under(self, key: str, value: Any, record: Mapping[str, Any]) -> Any:
        category = _KEYS.get(key)
        if category and value not in (None, "", [], {}) and self._leaves_out(category):
            return _GONE
        if key == "submittedValues" and isinstance(value, Mapping):
            fields = fields_by_path(record.get("formDefinition"))
            answers = {path: self._answer(path, answer, fields.get(path, {})) for path, answer in value.items()}
            return {path: answer for path, answer in answers.items() if answer is not _GONE}
        return self.value(value)

    def _answer(self, path: str, answer: Any, field: Mapping[str, Any]) -> Any:
        if _SURVEY_PATH.search(path) and self._leaves_out("surveys"):
            return _GONE
        if field.get("isPrivate") and self._leaves_out("fields"):
            return _GONE
        if field.get("type") in MONEY_TYPES and self._leaves_out("compensation"):
            return _GONE
        return self.value(answer)

    def _leaves_out(self, category: str) -> bool:
        if category in self._allowed:
            return False
        self.left_out[category] += 1
        return True
