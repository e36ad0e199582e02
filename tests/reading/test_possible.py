"""The records of these tests are possible: Ashby's own schemas allow them."""

from __future__ import annotations

from typing import Any

import pytest
from ashby import load_contract
from hypothesis import given, settings
from hypothesis import strategies as st
from prepared import ALL, reader
from recorder import Recorder, success
from replies import records, whole
from shapes import is_listing
from telling import EACH_KIND, LISTINGS, SINGLE, TOOLS

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS

pytestmark = pytest.mark.slow


def reply(tool: str, record: Any) -> dict[str, Any]:
    results = [record] if is_listing(OPERATIONS[tool].path) else record
    return {"success": True, "moreDataAvailable": False, "results": results}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_record_with_everything_in_it_is_possible(tool: str) -> None:
    load_contract().check_response(OPERATIONS[tool].path, reply(tool, whole(OPERATIONS[tool])))


@pytest.mark.parametrize("tool", EACH_KIND)
def test_random_records_are_possible_but_for_nulls_and_new_words(tool: str) -> None:
    @settings(max_examples=2)
    @given(records(OPERATIONS[tool]))
    def check(record: dict[str, Any]) -> None:
        validator = load_contract().response_validator(OPERATIONS[tool].path)
        wrong = [it.message for error in validator.iter_errors(reply(tool, record)) for it in innermost(error)]
        assert not [it for it in wrong if "None" not in it and "SomethingNew" not in it], wrong

    check()


def innermost(error: Any) -> list[Any]:
    """The errors that an error is about."""
    return [it for inner in error.context for it in innermost(inner)] or [error]


@pytest.mark.parametrize("tool", SINGLE + LISTINGS)
def test_a_record_reads_the_same_over_a_socket(tool: str, recorder: Recorder, client: AshbyClient) -> None:
    method, record = reader().method(tool), whole(OPERATIONS[tool])
    recorder.answers[method] = [success([record] if is_listing(method) else record, moreDataAvailable=False)]
    [made] = AshbyToolkit(client, include=[tool], private=ALL).get_tools()
    assert made.invoke(reader().args(tool)) == reader().text(tool, record)


def test_random_records_are_awkward() -> None:
    seen: set[str] = set()

    @settings(max_examples=60)
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        record = data.draw(records(OPERATIONS["ashby_get_application"]))
        seen.update(repr(it) for it in _all(record))

    collect()
    assert {"None", "[]", "0", "True", "False", "'SomethingNew'", "1000000000"} <= seen
    assert any(it.startswith("-") for it in seen) and any(it.endswith(".5") for it in seen)


def _all(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(it for each in inner for it in _all(each))]
