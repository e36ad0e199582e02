"""A second reviewer: what the application says needs two people runs only after both approved exactly it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command
from office import (
    Office,
    agent,
    approve,
    assert_sendable,
    at_another_time,
    calling,
    edit,
    made,
    request,
    results,
    thread,
    user,
    write,
)
from writing_room import DyingJournal, Killed, Room, decide
from writing_room import room as room

from langchain_ashby.agent import ApprovalPolicy, PendingApprovals, allow_if, audit_trail, more_than
from langchain_ashby.endpoints.candidates import UpdateCandidate

pytestmark = pytest.mark.slow

NOTE = "ashby_create_candidate_note"
TWO = ApprovalPolicy(second_reviewer=[NOTE])


def editing(room: Room, text: str) -> dict[str, Any]:
    args = {"candidate_id": room.candidate, "note": text}
    return {"type": "edit", "edited_action": {"name": NOTE, "args": args}}


def note_on(room: Room, number: int, words: str) -> Any:
    """A note on a candidate of its own, so that it need not wait for the others."""
    candidate = room.sandbox.records("candidate")[number]["id"]
    return made(NOTE, {"candidate_id": candidate, "note": f"{room.text} {words}"})


def names(entries: Any) -> list[str]:
    return [it["reviewer"] for it in entries]


def test_a_write_runs_only_after_a_second_person_approved_it_and_the_trail_names_both(room: Room) -> None:
    with room.agent(policy=TWO) as graph:
        first = request(room.start(graph))["action_requests"][0]
        assert first["needs"] == "second reviewer" and "approved_by" not in first
        assert first["description"].startswith("*Two people have to approve it.*")
        second = request(decide(room, graph, "Ben"))
        assert room.sent() == 0 and "problem" not in second
        action = second["action_requests"][0]
        assert names(action["approved_by"]) == ["Ben"] and action["needs"] == "second reviewer"
        assert action["description"].startswith("*Approved by Ben; a second reviewer has to approve.*")
        assert action["card"] == first["card"]
        result = decide(room, graph, "Grace")
    assert room.sent() == room.notes() == 1 and room.answer(result).status == "success"
    one, two = room.trail()
    assert (one.outcome, one.decision, one.reviewer, names(one.approved_by)) == ("approved", "approve", "Ben", ["Ben"])
    assert "a second reviewer has to approve" in one.detail
    assert (two.outcome, two.decision, two.reviewer) == ("applied", "approve", "Grace")
    assert names(two.approved_by) == ["Ben", "Grace"] and two.started_by is None
    assert_sendable(result["messages"])


@pytest.mark.parametrize(
    "spelled",
    ["Béla Ode", "béla  ODE", "Be\u0301la Ode", "Bela\u200b Ode", "\uff22\uff25\uff2c\uff21 ODE", "B\u00adelaOde"],
)
def test_two_spellings_of_one_name_are_one_person(spelled: str) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.", policy=ApprovalPolicy(second_reviewer=["move_candidate"]))
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve()), config, context={"reviewer": "Bela Ode"})
    again = request(graph.invoke(Command(resume=approve()), config, context={"reviewer": spelled}))
    assert office.writes == []
    assert again["problem"].startswith("Nothing was executed.") and "has already approved it" in again["problem"]
    assert names(again["action_requests"][0]["approved_by"]) == ["Bela Ode"]
    graph.invoke(Command(resume=approve()), config, context={"reviewer": "Bela Odell"})
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("Bemd", "Bernd has already approved it, and Bemd counts as the same person, because the two names look alike"),
        ("Bernd", "Bernd has already approved it"),
        ("bernd ", "bernd has already approved it"),
    ],
)
def test_who_counts_as_the_first_reviewer_is_told_whose_name_theirs_looks_like(second: str, said: str) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.", policy=ApprovalPolicy(second_reviewer=["move_candidate"]))
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve()), config, context={"reviewer": "Bernd"})
    again = request(graph.invoke(Command(resume=approve()), config, context={"reviewer": second}))
    assert f" {said}; a second reviewer has to approve." in again["problem"]
    assert office.writes == []


@pytest.mark.parametrize("nobody", [None, "", "\u200b", " \u2063\ufe0f"])
def test_nobody_in_particular_is_neither_the_first_nor_the_second_reviewer(nobody: str | None) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.", policy=ApprovalPolicy(second_reviewer=["move_candidate"]))
    graph.invoke(user(), config)
    unnamed = {"decisions": [{"type": "approve", "reviewer": nobody}]}
    first = request(graph.invoke(Command(resume=unnamed), config))
    assert "must be named as the reviewer" in first["problem"] and "approved_by" not in first["action_requests"][0]
    changed = {"decisions": [{**edit(candidate_id="ada", stage="Hired"), "reviewer": nobody}]}
    assert "must be named" in request(graph.invoke(Command(resume=changed), config))["problem"]
    graph.invoke(Command(resume={"decisions": [{"type": "approve", "reviewer": "Ben"}]}), config)
    second = request(graph.invoke(Command(resume=unnamed), config))
    assert "must be named" in second["problem"] and office.writes == []


@pytest.mark.parametrize("against", [{"type": "reject", "message": "No."}, {"type": "respond", "message": "Wait."}])
@pytest.mark.parametrize("who", ["Ben", "Grace", None])
def test_anybody_may_still_stop_what_one_person_approved(room: Room, against: Any, who: str | None) -> None:
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        result = decide(room, graph, who, against)
    assert "__interrupt__" not in result and room.sent() == 0
    last = room.trail()[-1]
    assert last.outcome in ("rejected", "responded") and last.reviewer == who and names(last.approved_by) == ["Ben"]


def test_an_edit_by_the_second_reviewer_is_the_first_approval_of_the_new_call(room: Room) -> None:
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        action = request(decide(room, graph, "Grace", editing(room, f"{room.text} Shorter.")))["action_requests"][0]
        assert room.sent() == 0
        assert names(action["approved_by"]) == ["Grace"] and names(action["void"]) == ["Ben"]
        assert "The approval by Ben no longer counts" in action["description"]
        assert "has already approved it" in request(decide(room, graph, "Grace"))["problem"]
        decide(room, graph, "Ben")
    assert room.notes("Shorter.") == 1
    assert [(it.outcome, it.decision, it.reviewer) for it in room.trail()] == [
        ("approved", "approve", "Ben"),
        ("approved", "edit", "Grace"),
        ("applied", "approve", "Ben"),
    ]
    assert names(room.trail()[-1].approved_by) == ["Grace", "Ben"]
    assert room.trail()[-1].original == {"candidate_id": room.candidate, "note": room.text}


def test_an_edit_that_gets_a_card_of_its_own_has_no_approval_yet(room: Room) -> None:
    other = room.sandbox.records("candidate")[1]["id"]
    elsewhere = {"type": "edit", "edited_action": {"name": NOTE, "args": {"candidate_id": other, "note": room.text}}}
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        action = request(decide(room, graph, "Grace", elsewhere))["action_requests"][0]
        assert "approved_by" not in action and names(action["void"]) == ["Ben"]
        decide(room, graph, "Grace")
        assert room.sent() == 0
        decide(room, graph, "Ben")
    assert room.sent() == 1 and room.sandbox.requests()[-1]


@pytest.mark.parametrize("who", ["Ben", None])
def test_an_edit_into_what_needs_two_is_the_first_approval_of_somebody_named(room: Room, who: str | None) -> None:
    policy = ApprovalPolicy(second_reviewer=lambda card: "large" in card["args"]["note"])
    with room.agent(policy=policy) as graph:
        assert "needs" not in request(room.start(graph))["action_requests"][0]
        action = request(decide(room, graph, who, editing(room, f"{room.text} large")))["action_requests"][0]
        assert room.sent() == 0 and action["needs"] == "second reviewer"
        assert names(action.get("approved_by", [])) == ([who] if who else [])


def test_each_of_two_people_who_answer_one_question_at_once_is_in_the_trail_once_even_if_repeated(room: Room) -> None:
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        before = graph.get_state(room.config).config
        for who in ("Ben", "Grace", "Ben"):  # a step that a dying process took is taken again
            told = {"configurable": {**before["configurable"], "reviewer": who}}
            asked = request(graph.invoke(Command(resume=approve()), told))
            assert names(asked["action_requests"][0]["approved_by"]) == [who]
    assert room.sent() == 0
    assert sorted((it.outcome, it.reviewer) for it in room.trail()) == [("approved", "Ben"), ("approved", "Grace")]


def test_an_edit_does_not_get_rid_of_a_second_reviewer() -> None:
    office, config = Office(), thread()
    policies = {"strict": ApprovalPolicy(second_reviewer=["move_candidate"])}
    graph = agent(office, calling(write("ada")), "Done.", policies=policies)
    graph.invoke(user(), config, context={"policy": "strict"})
    for stage in ("Onsite", "Hired"):
        changed = {"decisions": [edit(candidate_id="ada", stage=stage)]}
        graph.invoke(Command(resume=changed), config, context={"reviewer": "Ben"})
    assert "already" in request(graph.invoke(Command(resume=approve()), config, context={"reviewer": "Ben"}))["problem"]
    assert office.writes == []


def test_a_new_card_voids_the_first_approval(room: Room) -> None:
    with room.agent(policy=TWO, approval_ttl=timedelta(hours=1)) as graph:
        room.start(graph)
        assert "approved_by" in request(decide(room, graph, "Ben"))["action_requests"][0]
        with at_another_time(timedelta(hours=2)):
            late = request(decide(room, graph, "Grace"))
        action = late["action_requests"][0]
        assert "too old" in late["problem"] and "approved_by" not in action and names(action["void"]) == ["Ben"]
        decide(room, graph, "Grace")
        assert room.sent() == 0
        decide(room, graph, "Ben")
    assert room.sent() == 1


def test_what_changed_between_the_two_approvals_stops_the_write(room: Room) -> None:
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        room.client.call(UpdateCandidate(candidate_id=room.candidate, name="Somebody Else"))
        result = decide(room, graph, "Grace")
    assert room.sent() == 0 and "Since it was proposed, things have changed" in room.answer(result).text
    assert (room.trail()[-1].outcome, names(room.trail()[-1].approved_by)) == ("stale", ["Ben", "Grace"])


def test_the_stricter_policy_counts_whichever_run_it_is_of() -> None:
    for asked_with, decided_with in ((None, "strict"), ("strict", None)):
        office, config = Office(), thread()
        policies = {"strict": ApprovalPolicy(second_reviewer=["move_candidate"])}
        graph = agent(office, calling(write("ada")), "Done.", policies=policies)
        graph.invoke(user(), config, context={"policy": asked_with})
        told = {"reviewer": "Ben", "policy": decided_with}
        again = request(graph.invoke(Command(resume=approve()), config, context=told))
        assert office.writes == [] and names(again["action_requests"][0]["approved_by"]) == ["Ben"]
        graph.invoke(Command(resume=approve()), config, context={"reviewer": "Grace", "policy": decided_with})
        assert office.writes == [("ada", "Offer")]


def test_what_was_shown_as_needing_two_does_need_two_whoever_asked_that_last() -> None:
    office, config = Office(), thread()
    policies = {"strict": ApprovalPolicy(second_reviewer=["move_candidate"])}
    graph = agent(office, calling(write("ada")), "Done.", policies=policies)
    graph.invoke(user(), config)
    shown = request(graph.invoke(Command(resume="?"), config, context={"policy": "strict"}))
    assert shown["action_requests"][0]["needs"] == "second reviewer"
    graph.invoke(Command(resume=approve()), config, context={"reviewer": "Ben"})
    assert office.writes == []


def test_a_policy_that_allows_a_write_does_not_skip_the_second_reviewer() -> None:
    for policy in (
        ApprovalPolicy(default="allow", second_reviewer=["move_candidate"]),
        ApprovalPolicy({"move_candidate": "allow"}, second_reviewer=lambda card: True),
    ):
        office, config = Office(), thread()
        graph = agent(office, calling(write("ada")), "Done.", policy=policy)
        request(graph.invoke(user(), config))
        graph.invoke(Command(resume=approve()), config, context={"reviewer": "Ben"})
        assert office.writes == []


def test_what_a_lax_run_was_allowed_is_withheld_in_a_run_that_needs_two(room: Room) -> None:
    lax, strict = ApprovalPolicy(default="allow"), ApprovalPolicy(second_reviewer=[NOTE])
    for policy, before in ((lax, ()), (ApprovalPolicy(), (None,))):
        options: dict[str, Any] = {"policy": policy, "policies": {"strict": strict}}
        room.config["configurable"]["thread_id"] += "."
        with room.agent(journal=DyingJournal("before claim"), **options) as graph, pytest.raises(Killed):
            room.start(graph, durability="sync")
            for who in before:
                decide(room, graph, who)
        with room.agent(**options) as graph:
            result = graph.invoke(None, room.config, context={"policy": "strict"})
        assert room.sent() == 0
        assert re.search("asks a person|One approval is not enough", room.answer(result).text)


def test_a_bulk_write_that_was_approved_once_is_withheld_in_a_run_that_needs_two(room: Room) -> None:
    ids = [it["id"] for it in room.sandbox.records("candidate")][:2]
    tag = room.sandbox.records("candidateTag")[0]["id"]
    call = made("ashby_add_tag_to_candidates", {"candidate_ids": ids, "tag_id": tag})
    strict = ApprovalPolicy(second_reviewer=["ashby_add_candidate_tag"])
    options: dict[str, Any] = {"policies": {"strict": strict}, "toolkit": {"toolsets": "all"}}
    with room.agent(call, journal=DyingJournal("before claim"), **options) as graph, pytest.raises(Killed):
        room.start(graph, durability="sync")
        decide(room, graph, "Ben")
    options["toolkit"] = {"toolsets": "all"}
    with room.agent(call, **options) as graph:
        result = graph.invoke(None, room.config, context={"policy": "strict"})
    assert room.sent("candidate.addTag") == 0 and "One approval is not enough" in room.answer(result).text


def test_those_that_are_enough_run_and_the_others_are_asked_about_again(room: Room) -> None:
    policy = ApprovalPolicy(second_reviewer=lambda card: "large" in card["args"]["note"])
    calls = [note_on(room, number, it) for number, it in enumerate(("large", "small", "large too"))]
    with room.agent(*calls, policy=policy) as graph:
        room.start(graph)
        again = request(decide(room, graph, "Ben", *[{"type": "approve"}] * 3))
        assert room.notes(f"{room.text} small") == 1 and room.notes(f"{room.text} large") == 0
        assert [it["args"]["note"].endswith("too") for it in again["action_requests"]] == [False, True]
        left = request(decide(room, graph, "Grace", {"type": "approve"}, {"type": "wait"}))
        assert room.sent() == 2 and "problem" not in left
        assert names(left["action_requests"][0]["approved_by"]) == ["Ben"]
        result = decide(room, graph, "Grace")
    assert room.notes(f"{room.text} large too") == 1 and room.sent() == 3
    assert_sendable(result["messages"])


def test_an_approval_that_does_not_count_does_not_keep_the_others_from_being_carried_out(room: Room) -> None:
    with room.agent(note_on(room, 0, "one"), note_on(room, 1, "two"), policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben", {"type": "approve"}, {"type": "approve"})
        left = request(decide(room, graph, "Ben", {"type": "approve"}, {"type": "reject"}))
        assert "Some approvals do not count" in left["problem"] and "Ben has already approved it" in left["problem"]
        [action] = left["action_requests"]
        assert action["args"]["note"].endswith("one") and room.sent() == 0
        decide(room, graph, "Grace")
    assert (room.notes(f"{room.text} one"), room.notes(f"{room.text} two")) == (1, 0)


def test_an_edit_beside_one_that_waits_loses_neither(room: Room) -> None:
    with room.agent(note_on(room, 0, "one"), room.note(f"{room.text} two"), policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben", {"type": "approve"}, {"type": "approve"})
        both = request(decide(room, graph, "Grace", {"type": "wait"}, editing(room, f"{room.text} three")))
        assert [names(it["approved_by"]) for it in both["action_requests"]] == [["Ben"], ["Grace"]]
        result = decide(room, graph, "Carol", {"type": "approve"}, {"type": "approve"})
    assert [room.notes(f"{room.text} {it}") for it in ("one", "two", "three")] == [1, 0, 1]
    assert_sendable(result["messages"])


def test_nobody_can_wait_with_what_nobody_approved() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    again = request(graph.invoke(Command(resume={"decisions": [{"type": "wait"}]}), config))
    assert "must be one of approve, edit, reject, respond." in again["problem"]
    assert again["review_configs"][0]["allowed_decisions"] == ["approve", "edit", "reject", "respond"]


def test_a_later_write_waits_for_an_earlier_one_that_needs_two(room: Room) -> None:
    first, second = room.note(f"{room.text} large"), room.note(f"{room.text} small")
    policy = ApprovalPolicy(second_reviewer=lambda card: "large" in card["args"]["note"])
    with room.agent(first, second, policy=policy) as graph:
        asked = request(room.start(graph))["action_requests"]
        in_order = any("Runs after" in it for it in asked[1]["card"]["consequences"])
        decide(room, graph, "Ben", {"type": "approve"}, {"type": "approve"})
        assert room.notes("small") == (0 if in_order else 1)
        decide(room, graph, "Grace")
    assert room.notes("large") == room.notes("small") == 1


def test_a_new_message_cancels_what_one_person_approved_and_says_so(room: Room) -> None:
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        result = graph.invoke(user("Never mind."), room.config)
    [answer] = results(result)
    assert "The conversation moved on" in answer.text
    assert answer.text.endswith("It had been approved by Ben, but not by a second reviewer.")
    assert room.sent() == 0 and room.trail()[-1].outcome == "superseded"


def test_a_bulk_write_needs_a_second_reviewer_if_it_is_of_more_than_ten_or_its_single_write_does(room: Room) -> None:
    ids = [it["id"] for it in room.sandbox.records("candidate")][:3]
    tag = room.sandbox.records("candidateTag")[0]["id"]
    call = made("ashby_add_tag_to_candidates", {"candidate_ids": ids, "tag_id": tag})
    for policy, needs in (
        (ApprovalPolicy(second_reviewer=[more_than(2)]), True),
        (ApprovalPolicy(second_reviewer=more_than(3)), False),
        (ApprovalPolicy(second_reviewer=["ashby_add_candidate_tag"]), True),
        (ApprovalPolicy(second_reviewer=lambda card: card["args"].get("candidate_id") == ids[2]), True),
    ):
        room.config["configurable"]["thread_id"] += "."
        with room.agent(call, policy=policy, toolkit={"toolsets": "all"}) as graph:
            action = request(room.start(graph))["action_requests"][0]
            assert ("needs" in action) is needs
            decide(room, graph, "Ben", {"type": "approve"} if needs else {"type": "reject"})
            if needs:
                assert room.sent("candidate.addTag") == 0
                fewer = {"type": "edit", "edited_action": {**call, "args": {**call["args"], "candidate_ids": ids[1:]}}}
                again = request(decide(room, graph, "Grace", fewer))["action_requests"][0]
                assert names(again["approved_by"]) == ["Grace"] and room.sent("candidate.addTag") == 0
                decide(room, graph, "Grace", {"type": "reject"})
    with room.agent(call, policy=ApprovalPolicy(second_reviewer=[more_than(2)]), toolkit={"toolsets": "all"}) as graph:
        room.config["configurable"]["thread_id"] += "."
        room.start(graph)
        decide(room, graph, "Ben")
        decide(room, graph, "Grace")
    assert room.sent("candidate.addTag") == 3
    assert {(*names(it.approved_by),) for it in room.trail() if it.outcome == "applied"} == {("Ben", "Grace")}


def test_what_the_answer_of_another_version_approved_counts_for_nothing(room: Room) -> None:
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        [proposal] = graph.get_state(room.config).values["proposals"]
        graph.update_state(
            room.config, {"proposals": [{**proposal, "card": {**proposal["card"], "version": 1}}]}, as_node="ask"
        )
        asked = request(graph.invoke(None, room.config))["action_requests"][0]
        assert names(asked["void"]) == ["Ben"] and "approved_by" not in asked


def test_the_second_reviewer_is_asked_inside_another_graph_too() -> None:
    office, config = Office(), thread()
    policy = ApprovalPolicy(second_reviewer=["move_candidate"])
    inner = agent(office, calling(write("ada")), "Done.", policy=policy, checkpointer=None)
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", inner)
    outer.add_edge(START, "recruiter")
    graph = outer.compile(checkpointer=InMemorySaver())
    config["configurable"]["reviewer"] = "Ben"
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == []
    config["configurable"]["reviewer"] = "Grace"
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


async def test_the_second_reviewer_is_asked_under_asyncio_too() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.", policy=ApprovalPolicy(second_reviewer=["move_candidate"]))
    await graph.ainvoke(user(), config)
    await graph.ainvoke(Command(resume=approve()), config, context={"reviewer": "Ben"})
    assert office.writes == []
    await graph.ainvoke(Command(resume=approve()), config, context={"reviewer": "Grace"})
    assert office.writes == [("ada", "Offer")]
    assert [it.outcome for it in audit_trail(graph.store)] == ["approved", "applied"]


def test_pending_approvals_say_who_approved_and_what_is_missing(room: Room) -> None:
    with room.agent(policy=TWO) as graph:
        room.start(graph)
        pending = PendingApprovals(decide(room, graph, "Ben <b>Ode</b>"))
    said = "a second reviewer has to approve"
    assert said in str(pending) and said in repr(pending) and said in pending._repr_html_()
    assert "<b>Ode" not in pending._repr_html_() and json.dumps(list(pending))


def test_actions_of_other_agents_with_such_keys_are_shown_as_they_are() -> None:
    odd = {"approved_by": 7, "void": [1], "needs": True, "hold": "on", "held_until": {}}
    other = {"action_requests": [{"name": "send", "args": {}, **odd}], "review_configs": []}
    assert "has to approve" not in str(PendingApprovals(other)) + PendingApprovals(other)._repr_html_()


def test_a_second_reviewer_beside_a_rule(room: Room) -> None:
    policy = ApprovalPolicy({NOTE: allow_if(lambda card: card["risk"] == "low")}, second_reviewer=[NOTE])
    with room.agent(policy=policy) as graph:
        request(room.start(graph))
    assert room.sent() == 0
