"""Unexpected values, and ways to plant them in expected ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


def nested(depth: int, inside: Any = "x") -> Any:
    """A value nested in that many alternating lists and objects."""
    for level in range(depth):
        inside = [inside] if level % 2 else {"value": inside}
    return inside


NOBODY = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
KEYS = (
    "id", "name", "title", "text", "value", "type", "path", "field", "fields", "sections", "email", "isArchived",
    "isPrivate", "status", "currencyCode", "minValue", "score", "comments", "firstName", "latestVersion",
    "customFields", "candidate", "job", "interviewEvents", "interviewers", "startTime", "formDefinition",
    "submittedValues", "surveyType", "applicationIds", "orderInInterviewPlan", "locationSummary", "selectableValues",
    "$ref", "__proto__", "lc", "",
)  # fmt: skip
"""Keys with a meaning to this package or to others."""

leaves = st.one_of(
    st.sampled_from(
        [None, True, False, 0, 1, -1, "", "x", NOBODY, NOBODY.upper(), "2026-11-24", "2026-11-24T15:00:00Z"]
    ),
    st.sampled_from([2**31, 2**53 + 1, 2**63, 2**64, -(2**64), 10**400, -(10**400)]),
    st.sampled_from([0.1, -0.0, 1e308, -1e308, 5e-324, 1e22, float("inf"), float("-inf"), float("nan")]),
    st.sampled_from(
        ["\ud800", "a\udfffb", "\0", "a\0b", "\n# ok", "\r\n", "\u2028", "\u202eabc", "%s{}", "../x", "null"]
    ),
    st.sampled_from(["9999-99-99T99:99:99Z", "0000-00-00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]),
    st.sampled_from(["https://[", "http://a b", "https://x:99999/", "@", "a@b", "[U+0000]", "1" * 5000, "x" * 30_000]),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=20),
)
keys = st.sampled_from(KEYS) | st.text(st.characters(), max_size=8)
wild = st.one_of(
    leaves,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=6,
    ),
    st.sampled_from([nested(60), nested(300), [None] * 5000, {str(number): number for number in range(2000)}]),
)
"""All JSON values, and some that JSON cannot express: NaN, lone surrogates."""


@dataclass(frozen=True)
class Gone:
    """A marker for removing a value."""


@dataclass(frozen=True)
class Change:
    """A change somewhere inside a value. `way` is the path: at each object or list, a number chooses the entry."""

    way: tuple[int, ...]
    to: Any


_change = st.builds(Change, st.lists(st.integers(0, 40), max_size=8).map(tuple), wild | st.just(Gone()))
changes = st.lists(_change, max_size=4)
some_changes = st.lists(_change, min_size=1, max_size=4)


def changed(value: Any, by: Iterable[Change]) -> Any:
    """A copy of a value with the changes applied in order."""
    value = _copied(value)
    for change in by:
        value = _put(value, change.way, change.to if isinstance(change.to, Gone) else _copied(change.to))
    return None if isinstance(value, Gone) else value


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _put(value: Any, way: tuple[int, ...], to: Any) -> Any:
    if not way or not isinstance(value, dict | list) or not value:
        return to
    chosen: Any = list(value)[way[0] % len(value)] if isinstance(value, dict) else way[0] % len(value)
    inner = _put(value[chosen], way[1:], to)
    if isinstance(inner, Gone):
        del value[chosen]
    else:
        value[chosen] = inner
    return value
