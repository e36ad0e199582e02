"""Listings that have no pages by their documentation, should Ashby say that there is more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from recorder import Answer, Recorder, Sent, failure, success

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.client import MORE_PAGES
from langchain_ashby.endpoint import Access, Operation, Paged
from langchain_ashby.endpoints import OPERATIONS

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
ARGUMENTS: dict[str, dict[str, Any]] = {
    "ashby_list_interview_stages": {"interview_plan_id": ID},
    "ashby_search_candidates": {"email": "ada@example.org"},
    "ashby_search_jobs": {"title": "Engineer"},
    "ashby_search_openings": {"identifier": "R1"},
    "ashby_search_projects": {"title": "Sourcing"},
}
LISTINGS = {
    name: operation
    for name, operation in OPERATIONS.items()
    if operation.access is Access.READ and name.startswith(("ashby_list", "ashby_search"))
    if not issubclass(operation, Paged)
}
INCOMPLETE = "; Ashby has more than these, but gives no way to get them; narrow the request if you can"

each_listing = pytest.mark.parametrize("operation", LISTINGS.values(), ids=LISTINGS)


def read(client: AshbyClient, operation: type[Operation[Any]]) -> ToolMessage:
    name = operation.tool_name()
    [tool] = AshbyToolkit(client, include=[name]).get_tools()
    answer = tool.invoke({"type": "tool_call", "id": "1", "name": name, "args": ARGUMENTS.get(name, {})})
    assert isinstance(answer, ToolMessage)
    return answer


def record(number: int) -> dict[str, Any]:
    return {"id": ID.replace("1f0c8a52", f"{number:08x}"), "title": str(number)}


def three_pages(sent: Sent) -> Answer:
    number = int(sent.body.get("cursor", "1"))
    more = {"moreDataAvailable": True, "nextCursor": str(number + 1)} if number < 3 else {"moreDataAvailable": False}
    return success([record(number)], **more)


def test_seven_come_by_default_and_more_on_request() -> None:
    assert sum(not it.on_request for it in LISTINGS.values()) == 7 < len(LISTINGS)


@each_listing
def test_is_read_to_its_end_where_a_cursor_comes(
    operation: type[Operation[Any]], client: AshbyClient, recorder: Recorder
) -> None:
    recorder.answers[operation.path] = [three_pages]
    answer = read(client, operation)
    assert [it["title"] for it in answer.artifact["results"]] == ["1", "2", "3"]
    assert answer.text.splitlines()[-1] == "# 3 records"
    assert "more" not in answer.artifact
    assert [json.loads(it.content).get("cursor") for it in recorder.requests] == [None, "2", "3"]


@each_listing
@pytest.mark.parametrize(
    "then",
    [
        pytest.param(None, id="no cursor comes"),
        pytest.param(failure("invalid_input", "cursor is not a parameter"), id="the cursor is refused"),
        pytest.param(success([record(1)], moreDataAvailable=True, nextCursor="2"), id="the cursor is ignored"),
        pytest.param(success({}, moreDataAvailable=True, nextCursor="3"), id="no list comes"),
    ],
)
def test_says_that_there_is_more_where_it_cannot_be_read(
    then: Answer | None, operation: type[Operation[Any]], client: AshbyClient, recorder: Recorder
) -> None:
    cursor = {"nextCursor": "2"} if then else {}
    first = success([record(1)], moreDataAvailable=True, **cursor)
    recorder.answers[operation.path] = [first, then] if then else [first]
    answer = read(client, operation)
    assert answer.status == "success"
    assert [it["title"] for it in answer.artifact["results"]] == ["1"]
    assert answer.text.splitlines()[-1] == f"# 1 record{INCOMPLETE}"
    assert answer.artifact["more"] is True
    assert len(recorder.requests) == 1 + bool(then)


@pytest.mark.parametrize(("cursors", "pages"), [(2, 3), (1_000, 1 + MORE_PAGES)], ids=["in circles", "for ever"])
def test_is_not_read_for_ever(cursors: int, pages: int, client: AshbyClient, recorder: Recorder) -> None:
    def next_page(_: Sent) -> Answer:
        number = len(recorder.requests)
        return success([record(number)], moreDataAvailable=True, nextCursor=str(number % cursors))

    recorder.answers["source.list"] = [next_page]
    answer = read(client, OPERATIONS["ashby_list_sources"])
    assert len(answer.artifact["results"]) == len(recorder.requests) == pages
    assert answer.text.endswith(INCOMPLETE)


@each_listing
def test_a_last_page_is_complete_whatever_cursor_comes_with_it(
    operation: type[Operation[Any]], client: AshbyClient, recorder: Recorder
) -> None:
    recorder.answers[operation.path] = [success([record(1)], moreDataAvailable=False, nextCursor="2")]
    assert read(client, operation).text.endswith("# 1 record")
    assert len(recorder.requests) == 1


@pytest.mark.parametrize("results", [{}, None, []])
def test_a_success_with_nothing_in_it_says_so(results: Any, client: AshbyClient, recorder: Recorder) -> None:
    recorder.answers["job.info"] = [success(results)]
    [tool] = AshbyToolkit(client, include=["ashby_get_job"]).get_tools()
    expected = "# 0 records" if results == [] else "# Ashby reported success, but returned an empty record."
    assert tool.invoke({"job_id": ID}) == expected
