"""Approved writes from one message to the same records run in the message's order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.types import Command
from office import made, request, results
from writing_room import DyingJournal, Killed, Room, opened

from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.endpoints import CreateOpening, SetOpeningState

pytestmark = pytest.mark.slow

APPROVE = {"type": "approve"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


class DyingAfterTheFirst(DyingJournal):
    """A journal whose process dies after recording the first of two outcomes."""

    def __init__(self) -> None:
        super().__init__("after outcome")


def opening(room: Room, state: str = "Draft") -> str:
    known = [it for it in room.sandbox.records("opening") if not it["isArchived"]]
    room.client.call(SetOpeningState.model_validate({"opening_id": known[0]["id"], "opening_state": state}))
    return str(known[0]["id"])


def close_and_archive(opening_id: str, state: str = "Open") -> list[Any]:
    return [
        made("ashby_set_opening_state", {"opening_id": opening_id, "opening_state": state}),
        made("ashby_set_opening_archived", {"opening_id": opening_id, "archive": True}),
    ]


def in_sandbox(room: Room, opening_id: str) -> tuple[str, bool]:
    [found] = [it for it in room.sandbox.records("opening") if it["id"] == opening_id]
    return found["openingState"], found["isArchived"]


def writes(room: Room) -> list[str]:
    """The writes to openings and jobs, in order of arrival."""
    known = ("opening.setOpeningState", "opening.setArchived", "job.update", "job.setStatus")
    return [it["endpoint"] for it in room.sandbox.requests() if it["endpoint"] in known]


def outcomes(room: Room) -> list[tuple[str, str]]:
    return sorted((it.tool.removeprefix("ashby_set_opening_"), it.outcome) for it in room.trail())


def test_the_second_of_two_writes_is_not_stale_because_of_the_first(room: Room) -> None:
    opening_id = opening(room)
    with room.agent(*close_and_archive(opening_id)) as graph:
        asked = request(room.start(graph))["action_requests"]
        result = room.resume(graph, APPROVE, APPROVE)
    assert [answer.status for answer in results(result)] == ["success", "success"]
    assert in_sandbox(room, opening_id) == ("Open", True)
    first, second = (action["card"] for action in asked)
    assert f"Runs after: {first['line']}." in second["consequences"]
    assert f"Runs after: {first['line']}" in asked[1]["description"].replace("\\", "")


def test_they_run_in_order_under_asyncio_too(room: Room) -> None:
    opening_id = opening(room)
    with room.agent(*close_and_archive(opening_id), checkpointer="memory", store="memory") as graph:

        async def run() -> Any:
            await graph.ainvoke({"messages": [("user", "Go.")]}, room.config)
            return await graph.ainvoke(Command(resume={"decisions": [APPROVE, APPROVE]}), room.config)

        result = asyncio.run(run())
    assert [answer.status for answer in results(result)] == ["success", "success"]
    assert in_sandbox(room, opening_id) == ("Open", True)
    assert writes(room)[-2:] == ["opening.setOpeningState", "opening.setArchived"]


def test_a_job_gets_its_interview_plan_before_it_is_opened(room: Room) -> None:
    state = room.sandbox.state()
    plan = next(it for it in state["interviewPlan"] if not it["isArchived"])["id"]
    job = next(it for it in state["job"] if it["status"] == "Draft")["id"]
    calls = [
        made("ashby_update_job", {"job_id": job, "default_interview_plan_id": plan}),
        made("ashby_set_job_status", {"job_id": job, "status": "Open"}),
    ]
    with room.agent(*calls) as graph:
        room.start(graph)
        result = room.resume(graph, APPROVE, APPROVE)
    assert [answer.status for answer in results(result)] == ["success", "success"], results(result)
    assert writes(room)[-2:] == ["job.update", "job.setStatus"]


def test_after_a_crash_between_the_two_the_second_still_runs(room: Room) -> None:
    opening_id = opening(room)
    with room.agent(*close_and_archive(opening_id), journal=DyingAfterTheFirst()) as graph:
        room.start(graph, durability="sync")
        with pytest.raises(Killed):
            room.resume(graph, APPROVE, APPROVE, durability="sync")
    assert in_sandbox(room, opening_id) == ("Open", False)
    with room.agent() as graph:
        result = graph.invoke(None, room.config, durability="sync")
    assert [answer.status for answer in results(result)] == ["success", "success"]
    assert in_sandbox(room, opening_id) == ("Open", True)
    assert outcomes(room) == [("archived", "applied"), ("state", "applied")]


def test_after_a_crash_the_second_is_stale_if_another_person_changed_the_record_meanwhile(room: Room) -> None:
    opening_id = opening(room)
    with room.agent(*close_and_archive(opening_id), journal=DyingAfterTheFirst()) as graph:
        room.start(graph, durability="sync")
        with pytest.raises(Killed):
            room.resume(graph, APPROVE, APPROVE, durability="sync")
    room.client.call(SetOpeningState(opening_id=opening_id, opening_state="Closed"))
    with room.agent() as graph:
        result = graph.invoke(None, room.config, durability="sync")
    assert [answer.status for answer in results(result)] == ["success", "error"]
    assert in_sandbox(room, opening_id) == ("Closed", False)


def test_the_second_is_stale_if_another_person_changed_the_record_before_the_decision(room: Room) -> None:
    opening_id = opening(room)
    with room.agent(*close_and_archive(opening_id, "Closed")) as graph:
        room.start(graph)
        room.client.call(SetOpeningState(opening_id=opening_id, opening_state="Open"))
        result = room.resume(graph, APPROVE, APPROVE)
    assert [answer.status for answer in results(result)] == ["error", "error"]
    assert outcomes(room) == [("archived", "stale"), ("state", "stale")]
    assert in_sandbox(room, opening_id) == ("Open", False)


def test_if_the_first_fails_the_second_is_judged_by_itself(room: Room) -> None:
    opening_id = opening(room)
    with room.agent(*close_and_archive(opening_id)) as graph:
        room.start(graph)
        room.sandbox.fault("opening.setOpeningState", status=403, body="{}")
        result = room.resume(graph, APPROVE, APPROVE)
    assert [answer.status for answer in results(result)] == ["error", "success"]
    assert in_sandbox(room, opening_id) == ("Draft", True)


def test_if_the_first_is_rejected_the_second_runs(room: Room) -> None:
    opening_id = opening(room)
    with room.agent(*close_and_archive(opening_id)) as graph:
        room.start(graph)
        result = room.resume(graph, {"type": "reject"}, APPROVE)
    assert [answer.status for answer in results(result)] == ["error", "success"]
    assert in_sandbox(room, opening_id) == ("Draft", True)


def test_the_second_waits_while_an_edit_of_the_first_is_looked_at(room: Room) -> None:
    opening_id, other = opening(room), room.sandbox.records("opening")[1]["id"]
    with room.agent(*close_and_archive(opening_id)) as graph:
        room.start(graph)
        args = {"opening_id": other, "opening_state": "Closed"}
        edit = {"type": "edit", "edited_action": {"name": "ashby_set_opening_state", "args": args}}
        again = request(room.resume(graph, edit, APPROVE))
        assert len(again["action_requests"]) == 1 and in_sandbox(room, opening_id) == ("Draft", False)
        result = room.resume(graph, {"type": "reject"})
    assert [answer.status for answer in results(result)] == ["error", "success"]
    assert in_sandbox(room, opening_id) == ("Draft", True)


def test_writes_on_different_records_do_not_wait_for_each_other(room: Room) -> None:
    state = room.sandbox.state()
    tag = state["candidateTag"][0]["id"]
    calls = [
        made("ashby_add_candidate_tag", {"candidate_id": it["id"], "tag_id": tag}) for it in state["candidate"][:2]
    ]
    with room.agent(*calls, journal=Journal()) as graph:
        asked = request(room.start(graph))["action_requests"]
    assert not any("Runs after" in line for action in asked for line in action["card"]["consequences"])


# Twins.


def twins(room: Room, number: int = 3) -> list[Any]:
    """The same opening so often, not always spelled in the same way."""
    job = next(it for it in room.sandbox.records("job") if it["status"] == "Open")["id"]
    spellings = [{"job_ids": [job]}, {"job_ids": job}, {"job_ids": [job], "identifier": None}]
    return [
        made("ashby_create_opening", {"description": "Three of these", **spellings[it % 3]}) for it in range(number)
    ]


def openings(room: Room) -> int:
    return sum(it["latestVersion"]["description"] == "Three of these" for it in room.sandbox.records("opening"))


def test_cards_of_the_same_change_warn_of_each_other_and_run_one_after_the_other(room: Room) -> None:
    other = made("ashby_create_opening", {"description": "Another"})
    with room.agent(*twins(room), other) as graph:
        asked = request(room.start(graph))["action_requests"]
        result = room.resume(graph, *[APPROVE] * 4)
    *cards, last = [it["card"] for it in asked]
    for card in cards:
        assert any("proposed 3 times in this message" in it for it in card["warnings"])
        assert card["risk"] != "low" and "proposed 3 times" in asked[0]["description"]
    assert not any("times in this message" in it for it in last["warnings"])
    assert any(it.startswith("Runs after: ") for it in cards[2]["consequences"])
    assert [answer.status for answer in results(result)] == ["success"] * 4
    assert openings(room) == 3


def test_a_twin_that_is_rejected_leaves_the_others(room: Room) -> None:
    with room.agent(*twins(room, 2)) as graph:
        room.start(graph)
        result = room.resume(graph, {"type": "reject"}, APPROVE)
    assert [answer.status for answer in results(result)] == ["error", "success"] and openings(room) == 1


def test_a_lookalike_that_somebody_else_makes_meanwhile_stops_all_twins(room: Room) -> None:
    with room.agent(*twins(room, 2)) as graph:
        room.start(graph)
        room.client.call(CreateOpening.model_validate(twins(room, 1)[0]["args"]))
        result = room.resume(graph, APPROVE, APPROVE)
    assert [answer.status for answer in results(result)] == ["error", "error"] and openings(room) == 1
