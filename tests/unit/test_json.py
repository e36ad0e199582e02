"""Ashby's JSON, made safe for every checkpoint, store and text."""

import json
import sqlite3
from typing import Any

import pytest
from fuzz.values import nested, wild
from hypothesis import given
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from langchain_ashby.text.json import DEEPEST, TOO_DEEP, json_safe, sendable, whole_characters


@pytest.mark.parametrize(
    "value",
    [None, "x", 1, 2**63 - 1, -(2**63) + 1, 0.5, [], {"a": [{"b": None}]}, [True], nested(DEEPEST), "é🙂"],
)
def test_safe_values_stay_the_same_object(value: Any) -> None:
    assert json_safe(value) is value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2**63, str(2**63)),
        (-(10**400), str(-(10**400))),
        (float("nan"), "nan"),
        ([{"a": float("-inf")}], [{"a": "-inf"}]),
    ],
)
def test_a_number_that_cannot_be_kept_becomes_text(value: Any, shown: Any) -> None:
    assert json_safe(value) == shown


def test_values_nested_too_deeply_are_left_out_and_the_omission_is_stated() -> None:
    for depth in (DEEPEST + 1, 500, 5000):
        shown: Any = json_safe([nested(depth), 1])
        levels = 0
        assert shown[1] == 1
        while shown != TOO_DEEP:
            [shown] = shown.values() if isinstance(shown, dict) else shown[:1]
            levels += 1
        assert levels == DEEPEST


def test_half_a_character_becomes_a_sign_for_it_and_whole_ones_stay() -> None:
    read = json.loads(r'{"\ud83d\ude42 \ud83d": ["\ude42", "ab\u0000"]}')
    assert whole_characters(read) == {"🙂 �": ["�", "ab\0"]}


def test_what_is_sendable_stays_the_same_object_and_only_that() -> None:
    whole = {"🙂 é": ["a", 1, 0.5, None]}
    assert sendable(whole) is whole
    odd: list[Any] = ["a\ud800", {"\ud800": 1}, [2**63], float("nan"), nested(5000)]
    assert not any(sendable(it) is it for it in odd)


@given(wild)
def test_whatever_it_was_it_can_be_kept(value: Any) -> None:
    kept = whole_characters(json_safe(value))
    JsonPlusSerializer().dumps_typed(kept)
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
    [(back,)] = sqlite3.connect(":memory:").execute("SELECT ?", (text,)).fetchall()
    assert json.loads(back) == kept
    assert json_safe(kept) is kept
