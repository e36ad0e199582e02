"""Names become ids before a person is asked; what is approved are ids, and exactly those are sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.messages import ToolCall
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import approve, made, request, results, user
from writing_room import DyingJournal, Killed, Room, opened

from langchain_ashby import AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.approval.policy import ApprovalPolicy
from langchain_ashby.agent.cards import html, markdown
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoints import UpdateJob


@pytest.fixture(scope="module")
def opened_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with opened(tmp_path_factory.mktemp("room")) as it:
        yield it


@pytest.fixture
def room(opened_room: Room) -> Room:
    opened_room.sandbox.reset()
    return Room(opened_room.sandbox, opened_room.client, opened_room.directory)


TAGGED: dict[str, Any] = {"candidate_id": "ada lovelace", "tag_id": "fast  TRACK"}


def tagging(**args: Any) -> ToolCall:
    return made("ashby_add_candidate_tag", TAGGED | args)


def tag(room: Room, title: str = "Fast track") -> str:
    return next(str(it["id"]) for it in room.sandbox.records("candidateTag") if it["title"] == title)


def ids(room: Room, title: str = "Fast track") -> dict[str, str]:
    return {"candidate_id": room.candidate, "tag_id": tag(room, title)}


def bodies(room: Room, endpoint: str = "candidate.addTag") -> list[Any]:
    return [it["body"] for it in room.sandbox.requests() if it["endpoint"] == endpoint]


def edit(**args: Any) -> dict[str, Any]:
    return {"type": "edit", "edited_action": {"name": "ashby_add_candidate_tag", "args": args}}


def test_a_person_is_asked_about_ids_and_sees_the_names_that_they_were(room: Room) -> None:
    with room.agent(tagging()) as graph:
        [action] = request(room.start(graph))["action_requests"]
        assert action["args"] == action["card"]["args"] == ids(room)
        assert action["card"]["line"] == "Tag Ada Lovelace (ada.lovelace@example.org) with Fast track"
        assert action["card"]["named"] == TAGGED
        assert f"“fast TRACK” → {tag(room)}" in markdown(action["card"]).replace("`", "")
        assert f"“fast TRACK” → {tag(room)}" in str(html(action["card"]))
        answer = room.answer(room.resume(graph))
    assert answer.status == "success"
    assert bodies(room) == [{"candidateId": room.candidate, "tagId": tag(room)}]
    [entry] = room.trail()
    assert (entry.args, entry.original, entry.outcome) == (ids(room), None, "applied")


def test_the_conversation_keeps_the_models_own_words(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        messages = room.resume(graph)["messages"]
    assert messages[1].tool_calls[0]["args"] == TAGGED


def test_a_name_of_no_record_or_of_several_is_answered_and_nobody_is_asked(room: Room) -> None:
    moved = made("ashby_update_job", {"job_id": "Staff Engineer", "department_id": "Operations"})
    with room.agent(tagging(tag_id="fast trak"), moved) as graph:
        result = room.start(graph)
    assert "__interrupt__" not in result
    said = sorted(it.text for it in results(result))
    assert "department_id: 2 departments are called “Operations”: " in said[0]
    assert "tag_id: no tag is called “fast trak”. Similar: Fast track (id " in said[1]
    assert all(it.startswith("Not executed.") for it in said)
    assert bodies(room) == bodies(room, "job.update") == []


def test_what_was_approved_is_sent_even_if_the_name_is_another_records_by_then(room: Room) -> None:
    jobs = {it["title"]: it["id"] for it in room.sandbox.records("job")}
    first, second = jobs["Staff Engineer"], jobs["VP Finance"]
    change = made("ashby_add_opening_job", {"opening_id": "OP-203", "job_id": "Staff Engineer"})
    with room.agent(change) as graph:
        [action] = request(room.start(graph))["action_requests"]
        assert action["args"]["job_id"] == first
        room.client.call(UpdateJob(job_id=first, title="Something else"))
        room.client.call(UpdateJob(job_id=second, title="Staff Engineer"))
        room.resume(graph)
    assert [it["jobId"] for it in bodies(room, "opening.addJob")] in ([], [first])


def test_nothing_is_looked_up_by_name_once_a_person_was_asked(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        before = len(room.sandbox.requests())
        room.resume(graph)
    assert "candidate.search" not in [it["endpoint"] for it in room.sandbox.requests()[before:]]


def test_an_edit_may_hold_names_and_runs_with_ids(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        result = room.resume(graph, edit(candidate_id="Ada Lovelace", tag_id="needs VISA"))
        [action] = request(result)["action_requests"]
        assert action["args"] == ids(room, "Needs visa")
        answer = room.answer(room.resume(graph))
    assert "edited" in answer.text
    assert [it["tagId"] for it in bodies(room)] == [tag(room, "Needs visa")]
    [*_, entry] = room.trail()
    assert (entry.args, entry.original) == (ids(room, "Needs visa"), ids(room))


def test_an_edit_to_other_names_of_the_same_records_is_an_approval(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        room.resume(graph, edit(candidate_id="Ada Lovelace", tag_id="fast track"))
    [entry] = room.trail()
    assert (entry.decision, entry.original) == ("approve", None)
    assert len(bodies(room)) == 1


def test_an_edit_with_a_name_of_no_record_is_asked_about_again(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        result = room.resume(graph, edit(candidate_id="Ada Lovelace", tag_id="Nowhere"))
        assert "tag_id: no tag is called “Nowhere”." in request(result)["problem"]
        assert bodies(room) == []
        room.resume(graph)
    assert len(bodies(room)) == 1


def test_the_same_change_by_name_and_by_id_is_proposed_twice_and_that_is_said(room: Room) -> None:
    with room.agent(tagging(), made("ashby_add_candidate_tag", ids(room))) as graph:
        actions = request(room.start(graph))["action_requests"]
    assert all("proposed 2 times" in str(it["card"]["warnings"]) for it in actions)


def test_a_policy_decides_about_ids(room: Room) -> None:
    seen: list[Any] = []

    def rule(card: Any) -> Any:
        seen.append(card["args"])
        return "allow"

    with room.agent(tagging(), policy=ApprovalPolicy(default=rule)) as graph:
        answer = room.answer(room.start(graph))
    assert answer.status == "success"
    assert seen and all(it == ids(room) for it in seen)  # on the card, and right before the write


@pytest.mark.parametrize("point", ["after claim", "before outcome", "after outcome"])
def test_a_run_that_dies_does_not_make_a_change_by_name_twice(room: Room, point: str) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
    with room.agent(tagging(), journal=DyingJournal(point)) as graph, pytest.raises(Killed):
        room.resume(graph)
    with room.agent(tagging()) as graph:
        result = graph.invoke(None, room.config)
        if "__interrupt__" in result:
            room.resume(graph)
    assert len(bodies(room)) == 1


def test_a_new_message_closes_a_proposal_by_name(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        answer, *_ = results(graph.invoke(user("Never mind."), room.config))
    assert answer.text.startswith("Not executed. The conversation moved on")
    assert bodies(room) == []


def test_an_approval_that_holds_a_name_is_not_made(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        [proposal] = graph.get_state(room.config).values["proposals"]
        decided = {"decision": "approve", "reviewer": None, "at": proposal["made"]}
        call = {**proposal["call"], "args": TAGGED}
        approval = {"call": call, "edited": False, "proposal": proposal, "decided": decided}
        graph.update_state(room.config, {"proposals": [], "approvals": [approval]}, as_node="review")
        answer = room.answer(graph.invoke(None, room.config))
    assert "They hold names where ids are needed." in answer.text
    assert bodies(room) == []


@pytest.mark.parametrize("point", ["before outcome", "after outcome"])
def test_what_was_made_by_name_is_told_even_if_the_state_has_lost_that_it_was_proposed(room: Room, point: str) -> None:
    note = made("ashby_create_candidate_note", {"candidate_id": "Ada Lovelace", "note": room.text})
    policy = ApprovalPolicy(default="allow")
    with room.agent(note, journal=DyingJournal(point), policy=policy) as graph, pytest.raises(Killed):
        room.start(graph, durability="sync")
    with room.agent(note, policy=policy) as graph:
        graph.update_state(room.config, {"proposals": [], "approvals": []}, as_node="model")
        answer = room.answer(graph.invoke(user("What happened?"), room.config))
    assert answer.status == "success"
    assert room.sent() == 1


def test_a_call_that_takes_the_place_of_an_edited_one_has_a_question_of_its_own(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        room.resume(graph, edit(candidate_id="Ada Lovelace", tag_id="Needs visa"))
        [proposal] = graph.get_state(room.config).values["proposals"]
        assert (proposal["written"], proposal["original"]) == (TAGGED, ids(room))
        result = room.resume(graph, edit(candidate_id="Ada Lovelace", tag_id="Speaker"))
        assert request(result)["action_requests"][0]["args"] == ids(room, "Needs visa")
        result = room.resume(graph, edit(candidate_id="Ada Lovelace", tag_id="Former employee"))
        assert request(result)["action_requests"][0]["args"] == ids(room, "Former employee")
        room.resume(graph)
    assert [it["tagId"] for it in bodies(room)] == [tag(room, "Former employee")]


def test_names_are_found_for_the_agent_under_asyncio(room: Room) -> None:
    model = ScriptedChatModel(script=lines(say("", tagging()), "Done."))
    graph: Any = create_recruiting_agent(
        model, AshbyToolkit(room.client), checkpointer=InMemorySaver(), store=InMemoryStore()
    )

    async def run() -> Any:
        asked = await graph.ainvoke(user(), room.config)
        assert request(asked)["action_requests"][0]["args"] == ids(room)
        return await graph.ainvoke(Command(resume=approve()), room.config)

    [answer] = results(asyncio.run(run()))
    assert answer.status == "success"
    assert len(bodies(room)) == 1


def test_a_proposal_by_name_is_plain_json(room: Room) -> None:
    with room.agent(tagging()) as graph:
        room.start(graph)
        values = {key: it for key, it in graph.get_state(room.config).values.items() if key != "messages"}
    assert json.loads(json.dumps(values)) == values
