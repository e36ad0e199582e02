"""Bulk tools without an agent: one write after the other, and a text that says what became of each.

Every request is checked against Ashby's contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ashby import load_contract
from langchain_core.messages import ToolMessage

from langchain_ashby import AshbyClient, AshbyToolkit, errors
from langchain_ashby.bulk import Brake, Bulk
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import short
from langchain_ashby.sandbox import AshbySandbox

NOBODY = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


class Desk:
    def __init__(self, sandbox: AshbySandbox, client: AshbyClient) -> None:
        self.sandbox = sandbox
        self.client = client
        self.state = sandbox.state()
        self.reason = next(it["id"] for it in self.state["archiveReason"] if not it["isArchived"])

    def active(self, most: int) -> list[str]:
        return [str(it["id"]) for it in self.state["application"] if it["status"] == "Active"][:most]

    def archived(self, ids: list[str]) -> list[str]:
        status = {it["id"]: it["status"] for it in self.sandbox.records("application")}
        return [it for it in ids if status.get(it) == "Archived"]

    def sent(self, endpoint: str) -> list[Any]:
        return [it["body"] for it in self.sandbox.requests() if it["endpoint"] == endpoint]

    def call(self, name: str, /, on_error: Any = "tell", **args: Any) -> ToolMessage:
        [tool] = AshbyToolkit(self.client, include=[name], on_error=on_error).get_tools()
        message = tool.invoke({"type": "tool_call", "id": "1", "name": name, "args": args})
        assert isinstance(message, ToolMessage)
        return message

    def archive(self, ids: list[str], **more: Any) -> ToolMessage:
        return self.call("ashby_archive_applications", application_ids=ids, archive_reason_id=self.reason, **more)


@pytest.fixture
def desk() -> Iterator[Desk]:
    contract = load_contract()
    with AshbySandbox(candidates=12) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        yield Desk(sandbox, client)
        for it in sandbox.requests():
            contract.check_request(it["endpoint"], it["body"])


def test_each_application_moves_to_the_archived_stage_of_its_own_plan(desk: Desk) -> None:
    ids = desk.active(5)
    answer = desk.archive(ids)
    assert answer.text == "# Done: Archive applications: 5 of 5 archived."
    assert desk.archived(ids) == ids
    assert {it["archiveReasonId"] for it in desk.sent("application.changeStage")} == {desk.reason}
    plans = {it["interviewPlanId"] for it in desk.sent("interviewStage.list")}
    assert len(desk.sent("interviewStage.list")) == len(plans), "the stages of a plan are read once"


def test_ids_may_be_short_and_one_that_is_named_twice_counts_once(desk: Desk) -> None:
    [first] = desk.active(1)
    assert desk.archive([first, short(first)]).text == "# Done: Archive applications: 1 of 1 archived."
    assert len(desk.sent("application.changeStage")) == 1


def test_what_concerns_one_person_does_not_stop_the_others(desk: Desk) -> None:
    ids = desk.active(3)
    answer = desk.archive([NOBODY, *ids])
    assert desk.archived(ids) == ids
    assert answer.text.startswith("Executed in part. Archive applications: 3 of 4 archived.")
    assert short(NOBODY) in answer.text
    assert not any(short(it) in answer.text for it in ids)


def test_one_refusal_is_told_as_any_other_and_the_others_are_made(desk: Desk) -> None:
    ids = desk.active(3)
    refusal = '{"success": false, "errors": ["locked"], "errorInfo": {"code": "locked", "message": "It is locked."}}'
    desk.sandbox.fault("application.changeStage", status=200, body=refusal)
    answer = desk.archive(ids)
    assert desk.archived(ids) == ids[1:]
    assert f"It is locked: {short(ids[0])}" in answer.text


@pytest.mark.parametrize("results", ['"x"', "null", '{"currentInterviewStage": {"interviewPlanId": 5}}'])
def test_a_record_in_an_unknown_form_does_not_hide_what_became_of_the_others(desk: Desk, results: str) -> None:
    ids = desk.active(2)
    gone = next(str(it["id"]) for it in desk.state["application"] if it["status"] == "Archived")
    desk.sandbox.fault("application.info", body=f'{{"success": true, "results": {results}}}')
    answer = desk.archive([*ids, gone])
    assert [it["outcome"] for it in answer.artifact["results"]] == ["not made", "made", "not made"]
    assert "has an unknown form, so nothing was sent for it" in answer.text
    assert desk.archived(ids) == ids[1:]


def test_without_the_permission_it_stops_at_once(desk: Desk) -> None:
    ids = desk.active(3)
    desk.sandbox.fault("application.changeStage", status=403, body="{}", times=9)
    answer = desk.archive(ids)
    assert answer.status == "error"
    assert len(desk.sent("application.changeStage")) == 1
    assert desk.archived(ids) == []


def test_a_wrong_key_stops_it_at_the_first_request(desk: Desk) -> None:
    with AshbyClient("wrong", desk.sandbox.url) as client:
        answer = Desk(desk.sandbox, client).archive(desk.active(3))
    assert answer.status == "error"
    assert len(desk.sent("application.info")) == 1


def test_what_would_go_wrong_with_all_is_raised_where_errors_are_raised(desk: Desk) -> None:
    desk.sandbox.fault("application.info", drop="before", times=9)
    args = {"application_ids": desk.active(3), "archive_reason_id": desk.reason}
    with pytest.raises(errors.UnreachableError):
        desk.call("ashby_archive_applications", on_error="raise", **args)


def test_a_lost_reply_is_not_known_and_the_rest_is_not_attempted(desk: Desk) -> None:
    ids = desk.active(4)
    desk.sandbox.fault("application.changeStage", status=200, body="", effect=True, drop="after")
    answer = desk.archive(ids)
    assert len(desk.sent("application.changeStage")) == 1
    assert answer.text.startswith("Outcome not known. Archive applications: 0 of 4 archived, 1 not known.")
    own, rest = answer.text.split("# Not attempted: 3\n")
    assert "It is not known whether the change was made" in own
    assert "not known whether" not in rest and rest.startswith("- unreachable: ")
    assert [it["outcome"] for it in answer.artifact["results"]] == ["not known", *["not attempted"] * 3]


def test_two_failures_in_a_row_stop_it_but_one_does_not(desk: Desk) -> None:
    ids = desk.active(5)
    desk.sandbox.fault("application.changeStage", status=500, body="{}")
    once = desk.archive(ids[:2])
    assert [it["outcome"] for it in once.artifact["results"]] == ["not known", "made"]
    desk.sandbox.fault("application.changeStage", status=500, body="{}", times=2)
    twice = desk.archive(ids[2:])
    assert [it["outcome"] for it in twice.artifact["results"]] == ["not known", "not known", "not attempted"]


@pytest.mark.parametrize(("number", "accepted"), [(100, True), (101, False), (0, False)])
def test_it_takes_1_to_100_records(desk: Desk, number: int, accepted: bool) -> None:
    ids = [f"1f0c8a52-5b1e-4c3e-9d52-{it:012x}" for it in range(number)]
    answer = desk.archive(ids)
    assert answer.text.startswith("invalid_argument") is not accepted


def test_the_bulk_tools_come_on_request_only(desk: Desk) -> None:
    names = {name for name, it in OPERATIONS.items() if issubclass(it, Bulk)}
    assert not names & {it.name for it in AshbyToolkit(desk.client).get_tools()}
    assert names <= {it.name for it in AshbyToolkit(desk.client, toolsets="all").get_tools()}
    assert names == {it.name for it in AshbyToolkit(desk.client, toolsets=["bulk"]).get_tools()}
    assert names == {*AshbyToolkit(desk.client, toolsets=["bulk"]).interrupt_on()}


def test_a_denied_read_that_only_explains_stops_nothing() -> None:
    brake = Brake(["application.changeStage"])
    brake.passed([errors.PermissionDeniedError("No.", endpoint="offer.list")])
    assert brake.reason is None
    brake.passed([errors.PermissionDeniedError("No.", endpoint="application.changeStage")])
    assert brake.reason is not None
