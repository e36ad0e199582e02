"""Rows of records that Ashby could send and hardly does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Text

from langchain_ashby.mirror import rows, tables
from langchain_ashby.mirror.lists import mirrored_lists
from langchain_ashby.mirror.values import day, has_id, moment, text, whole

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = sorted(
    {
        *("name", "title", "tags", "customFields", "location", "hiringTeam", "interviewEvents", "latestVersion"),
        *("candidate", "currentInterviewStage", "source", "createdAt", "updatedAt", "status", "isArchived", "jobIds"),
        *("primaryEmailAddress", "submittedValues", "formDefinition", "interviewPlanIds", "submittedByUser"),
    }
)


@settings(max_examples=10)
@given(st.dictionaries(st.sampled_from(KEYS), json))
def test_whatever_a_record_has_its_rows_fit_their_tables(found: dict[str, Any]) -> None:
    for each in mirrored_lists(answers=True):
        seen = set()
        for table, row in each.rows({**found, "id": "one"}):
            assert set(row) == {column.name for column in table.columns}
            for column in table.columns:
                value = row[column.name]
                kind = bool if isinstance(column.type, Boolean) else str if isinstance(column.type, Text) else int
                assert value is None or type(value) is kind, (table.name, column.name)
                assert not isinstance(value, str) or ("\0" not in value and value.encode() is not None)
            key = (table.name, *(row[column.name] for column in table.primary_key))
            assert key not in seen, "the table could not take it"
            seen.add(key)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (moment, "2026-11-29T10:00:00.250Z", 1795946400250),
        (moment, "2026-11-29T11:00:00.250+01:00", 1795946400250),
        (moment, "2026-11-29T10:00:00.250", 1795946400250),
        (moment, "tomorrow", None),
        (moment, 1795946400250, None),
        (text, "a\0b\ud800", "ab?"),
        (text, 5, None),
        (day, "2026-11-29T10:00:00Z", "2026-11-29"),
        (whole, 2**40, None),
        (whole, True, None),
        (has_id, {"id": "a\0"}, False),
        (has_id, {"id": ""}, False),
        (has_id, "a", False),
        (has_id, {"id": "a"}, True),
    ],
)
def test_values_are_read_as_the_columns_take_them(read: Callable[[Any], Any], value: Any, expected: Any) -> None:
    assert read(value) == expected


@pytest.mark.parametrize("private", [True, None, "yes"])
def test_a_field_is_private_unless_ashby_says_that_it_is_not(private: Any) -> None:
    field = {"id": "f", "title": "T", "isPrivate": private, "value": "secret"}
    assert "secret" not in str(list(rows.candidate({"id": "c", "customFields": [field]})))
    assert not list(rows.custom_field({"id": "f", "title": "T", "isPrivate": private}))


def test_pay_is_left_out_of_fields_whatever_they_are_called() -> None:
    pay = {"id": "f", "title": "Wish", "isPrivate": False, "value": {"value": 90000, "currencyCode": "EUR"}}
    size = {
        "id": "g",
        "title": "Team",
        "isPrivate": False,
        "value": {"type": "number-range", "minValue": 2, "maxValue": 7},
    }
    found = [
        row
        for table, row in rows.candidate({"id": "c", "customFields": [pay, size]})
        if table is tables.candidate_fields
    ]
    assert found == [{"candidate_id": "c", "custom_field_id": "g", "value": "2 to 7"}]
