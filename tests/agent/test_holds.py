"""Holds: an approved write waits for its time, during which anybody may stop it, and is never made before."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import Any

import pytest
from langgraph.types import Command
from office import (
    Office,
    agent,
    approve,
    assert_sendable,
    at_another_time,
    calling,
    made,
    request,
    results,
    thread,
    user,
    write,
)
from writing_room import Room, decide
from writing_room import room as room

from langchain_ashby.agent import ApprovalPolicy, PendingApprovals, archives, emails_candidate, hires, hold_if
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.candidates import UpdateCandidate
from langchain_ashby.endpoints.interviews import ListInterviewStages
from langchain_ashby.endpoints.jobs import SetJobStatus

pytestmark = pytest.mark.slow

NOTE = "ashby_create_candidate_note"
SHORT = ApprovalPolicy(hold={NOTE: timedelta(seconds=1)})
LONG = ApprovalPolicy(hold={NOTE: timedelta(hours=1)})


def wait_for_it(result: dict[str, Any]) -> datetime:
    """Waits until the hold of the only change asked about has ended."""
    [action] = request(result)["action_requests"]
    ends = datetime.fromisoformat(action["held_until"])
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
    return ends


def note_on(room: Room, number: int, words: str) -> Any:
    candidate = room.sandbox.records("candidate")[number]["id"]
    return made(NOTE, {"candidate_id": candidate, "note": f"{room.text} {words}"})


def names(entries: Any) -> list[str | None]:
    return [it["reviewer"] for it in entries]


def test_an_approved_write_is_held_until_its_time_and_then_made_in_the_name_of_who_approved_it(room: Room) -> None:
    with room.agent(policy=SHORT) as graph:
        first = request(room.start(graph))["action_requests"][0]
        assert first["hold"] == 1.0 and "Once approved, it is held for 1 second" in first["description"]
        before = datetime.now(UTC)
        result = decide(room, graph, "Ben")
        action = request(result)["action_requests"][0]
        assert names(action["approved_by"]) == ["Ben"] and "needs" not in action and "hold" not in action
        assert datetime.fromisoformat(action["held_until"]) >= before + timedelta(seconds=1)
        assert action["description"].startswith("*Approved by Ben; held until ")
        early = request(decide(room, graph, "Grace"))
        assert early["problem"].startswith("Nothing was executed.") and "it is held until" in early["problem"]
        assert early["action_requests"] == [action] and room.sent() == 0
        ends = wait_for_it(result)
        result = decide(room, graph, "Grace")
    assert room.sent() == room.notes() == 1
    note, applied = room.trail()
    assert (note.outcome, note.reviewer) == ("held", "Ben") and "held until" in note.detail
    assert (applied.outcome, applied.decision, applied.reviewer) == ("applied", "approve", "Ben")
    assert names(applied.approved_by) == ["Ben"] and names([applied.started_by]) == ["Grace"]
    assert applied.started_by and datetime.fromisoformat(applied.started_by["at"]) >= ends
    assert applied.decided_at and datetime.fromisoformat(applied.decided_at) < ends
    assert_sendable(result["messages"])


@pytest.mark.parametrize("who", ["Ben", "Grace", None])
def test_anybody_may_stop_a_write_that_is_held(room: Room, who: str | None) -> None:
    with room.agent(policy=LONG) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        result = decide(room, graph, who, {"type": "reject", "message": "Not her."})
    assert "__interrupt__" not in result and "Their reason: Not her." in room.answer(result).text
    held, stopped = room.trail()
    assert (held.outcome, stopped.outcome, stopped.reviewer, names(stopped.approved_by)) == (
        "held",
        "rejected",
        who,
        ["Ben"],
    )
    assert room.sent() == 0


def test_a_hold_begins_with_the_second_approval_and_names_everybody(room: Room) -> None:
    policy = ApprovalPolicy(second_reviewer=[NOTE], hold={NOTE: timedelta(seconds=1)})
    with room.agent(policy=policy) as graph:
        room.start(graph)
        first = request(decide(room, graph, "Ben"))["action_requests"][0]
        assert first["needs"] == "second reviewer" and first["hold"] == 1.0 and "held_until" not in first
        result = decide(room, graph, "Grace")
        assert names(request(result)["action_requests"][0]["approved_by"]) == ["Ben", "Grace"] and room.sent() == 0
        wait_for_it(result)
        decide(room, graph, None)
    assert room.sent() == 1
    assert [it.outcome for it in room.trail()] == ["approved", "held", "applied"]
    last = room.trail()[-1]
    assert (last.reviewer, names(last.approved_by), names([last.started_by])) == ("Grace", ["Ben", "Grace"], [None])


def test_the_facts_are_looked_at_again_after_the_hold(room: Room) -> None:
    with room.agent(policy=SHORT) as graph:
        room.start(graph)
        result = decide(room, graph, "Ben")
        room.client.call(UpdateCandidate(candidate_id=room.candidate, name="Somebody Else"))
        wait_for_it(result)
        result = decide(room, graph, "Ben")
    assert "Since it was proposed, things have changed" in room.answer(result).text
    assert room.sent() == 0 and room.trail()[-1].outcome == "stale"


def test_an_edit_of_a_held_write_begins_a_new_hold(room: Room) -> None:
    with room.agent(policy=LONG) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        args = {"candidate_id": room.candidate, "note": f"{room.text} Shorter."}
        edit = {"type": "edit", "edited_action": {"name": NOTE, "args": args}}
        action = request(decide(room, graph, "Grace", edit))["action_requests"][0]
    assert names(action["approved_by"]) == ["Grace"] and names(action["void"]) == ["Ben"] and action["held_until"]
    assert room.sent() == 0
    assert [(it.outcome, it.decision) for it in room.trail()] == [("held", "approve"), ("held", "edit")]


def test_a_new_message_cancels_a_held_write_and_says_so(room: Room) -> None:
    with room.agent(policy=LONG) as graph:
        room.start(graph)
        decide(room, graph, "Ben")
        result = graph.invoke(user("Never mind."), room.config)
    [answer] = results(result)
    assert "The conversation moved on" in answer.text and answer.text.endswith(
        "It had been approved by Ben, but it was held."
    )
    assert room.sent() == 0
    assert (room.trail()[-1].outcome, names(room.trail()[-1].approved_by)) == ("superseded", ["Ben"])


def test_those_that_are_not_held_run_at_once(room: Room) -> None:
    policy = ApprovalPolicy(hold=lambda card: timedelta(hours=1) if "held" in card["args"]["note"] else None)
    with room.agent(note_on(room, 0, "held"), note_on(room, 1, "at once"), policy=policy) as graph:
        room.start(graph)
        [action] = request(decide(room, graph, "Ben", {"type": "approve"}, {"type": "approve"}))["action_requests"]
        assert action["args"]["note"].endswith("held")
        assert room.sent() == 1 and room.notes(f"{room.text} at once") == 1
        result = decide(room, graph, "Ben", {"type": "reject"})
    assert_sendable(result["messages"])
    assert sorted(it.status for it in results(result)) == ["error", "success"]


def test_one_that_is_held_can_be_left_while_another_is_decided(room: Room) -> None:
    policy = ApprovalPolicy(hold={NOTE: timedelta(hours=1)})
    with room.agent(note_on(room, 0, "one"), note_on(room, 1, "two"), policy=policy) as graph:
        room.start(graph)
        both = request(decide(room, graph, "Ben", {"type": "approve"}, {"type": "approve"}))
        assert both["review_configs"][0]["allowed_decisions"][-1] == "wait"
        [left] = request(decide(room, graph, "Ben", {"type": "wait"}, {"type": "reject"}))["action_requests"]
        assert left == both["action_requests"][0]
        again = request(decide(room, graph, "Ben", {"type": "wait"}))
        assert "problem" not in again and again["action_requests"] == [left]
    assert room.sent() == 0


def test_a_later_write_about_the_same_records_waits_for_one_that_is_held(room: Room) -> None:
    policy = ApprovalPolicy(hold=lambda card: timedelta(seconds=1) if "held" in card["args"]["note"] else None)
    with room.agent(room.note(f"{room.text} held"), room.note(f"{room.text} later"), policy=policy) as graph:
        asked = request(room.start(graph))["action_requests"]
        assert any("Runs after" in it for it in asked[1]["card"]["consequences"])
        result = decide(room, graph, "Ben", {"type": "approve"}, {"type": "approve"})
        assert len(request(result)["action_requests"]) == 1 and room.sent() == 0
        wait_for_it(result)
        result = decide(room, graph, "Ben")
    assert room.sent() == 2
    assert [it.args["note"][-5:] for it in room.trail() if it.outcome == "applied"] == [" held", "later"]
    assert_sendable(result["messages"])


def test_what_an_earlier_write_of_the_message_did_does_not_make_a_held_one_stale(room: Room) -> None:
    renamed = made("ashby_update_candidate", {"candidate_id": room.candidate, "name": "Ada King"})
    with room.agent(renamed, room.note(), policy=SHORT) as graph:
        room.start(graph)
        result = decide(room, graph, "Ben", {"type": "approve"}, {"type": "approve"})
        assert room.sent("candidate.update") == 1 and room.sent() == 0
        wait_for_it(result)
        decide(room, graph, "Ben")
    assert room.sent() == 1


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("held", [False, True])
def test_what_others_do_beside_an_earlier_write_of_the_message_makes_a_later_one_stale(
    room: Room, held: bool, closed: bool
) -> None:
    state = room.sandbox.state()
    job = next(it["id"] for it in state["job"] if it["status"] == "Open")
    field = next(it["id"] for it in state["customField"] if it["objectType"] == "Job" and it["fieldType"] == "String")
    target = {"object_type": "Job", "object_id": job, "custom_field_id": field}
    calls = [
        made("ashby_set_custom_field_value", {**target, "field_value": "Closed"}),
        made("ashby_update_job", {"job_id": job, "title": "Principal Engineer"}),
    ]
    policy = ApprovalPolicy(hold={"ashby_update_job": timedelta(seconds=1)} if held else {})
    with room.agent(*calls, policy=policy) as graph:
        room.start(graph)
        if closed and not held:  # while the first is being made
            room.sandbox.fault("customField.setValue", delay=1)
            Timer(0.3, room.client.call, [SetJobStatus(job_id=job, status="Closed")]).start()
        result = room.resume(graph, {"type": "approve"}, {"type": "approve"})
        if held:
            if closed:
                room.client.call(SetJobStatus(job_id=job, status="Closed"))
            wait_for_it(result)
            result = room.resume(graph, {"type": "approve"})
    told = [it.text for it in results(result)]
    assert any("no longer a consequence: The job is open" in it for it in told) == closed, told
    title = next(it["title"] for it in room.sandbox.records("job") if it["id"] == job)
    assert (title == "Principal Engineer") == (not closed)


def test_a_bulk_write_is_held_if_its_single_write_is(room: Room) -> None:
    ids = [it["id"] for it in room.sandbox.records("candidate")][:3]
    tag = room.sandbox.records("candidateTag")[0]["id"]
    call = made("ashby_add_tag_to_candidates", {"candidate_ids": ids, "tag_id": tag})
    policy = ApprovalPolicy(hold={"ashby_add_candidate_tag": timedelta(seconds=1)})
    with room.agent(call, policy=policy, toolkit={"toolsets": "all"}) as graph:
        room.start(graph)
        result = decide(room, graph, "Ben")
        assert room.sent("candidate.addTag") == 0
        wait_for_it(result)
        decide(room, graph, "Grace")
    assert room.sent("candidate.addTag") == 3
    applied = [it for it in room.trail() if it.outcome == "applied"]
    assert len(applied) == 4 and {(it.reviewer, *names([it.started_by])) for it in applied} == {("Ben", "Grace")}


def test_a_rejection_e_mail_can_be_held_by_a_ready_made_rule(room: Room) -> None:
    state = room.sandbox.state()
    application = next(it for it in state["application"] if it["status"] == "Active")
    read = room.client.call(GetApplication(application_id=application["id"]))
    plan = read["currentInterviewStage"]["interviewPlanId"]
    stages = room.client.call(ListInterviewStages(interview_plan_id=plan))
    archived = next(it["id"] for it in stages if it["type"] == "Archived")
    reason = next(it["id"] for it in state["archiveReason"] if not it["isArchived"])
    hired = next(it["id"] for it in stages if it["type"] == "Hired")
    template = room.sandbox.records("communicationTemplate")[0]["id"]
    to = {"application_id": application["id"], "interview_stage_id": archived, "archive_reason_id": reason}
    quiet = made("ashby_change_application_stage", to)
    loud = made("ashby_change_application_stage", {**to, "archive_email": {"communication_template_id": template}})
    hiring = made("ashby_change_application_stage", {"application_id": application["id"], "interview_stage_id": hired})
    cards = []
    for call, held in ((quiet, False), (loud, True), (hiring, False)):
        room.config["configurable"]["thread_id"] += "."
        with room.agent(call, policy=ApprovalPolicy(hold=hold_if(emails_candidate, timedelta(hours=1)))) as graph:
            [action] = request(room.start(graph))["action_requests"]
        assert ("hold" in action) is held
        cards.append(action["card"])
    assert [archives(it) for it in cards] == [True, True, False]
    assert [hires(it) for it in cards] == [False, False, True]


def test_the_longer_hold_counts_whichever_run_it_is_of() -> None:
    office, config = Office(), thread()
    policies = {"slow": ApprovalPolicy(hold={"move_candidate": timedelta(hours=1)})}
    quick = ApprovalPolicy(hold={"move_candidate": timedelta(milliseconds=1)})
    graph = agent(office, calling(write("ada")), "Done.", policy=quick, policies=policies)
    graph.invoke(user(), config)
    held = graph.invoke(Command(resume=approve()), config)
    wait_for_it(held)
    told = {"policy": "slow"}
    again = request(graph.invoke(Command(resume=approve()), config, context=told))
    assert "it is held until" in again["problem"] and office.writes == []
    asked = (held, {"__interrupt__": graph.get_state(config).interrupts})
    began, ends = (request(it)["action_requests"][0]["held_until"] for it in asked)
    assert datetime.fromisoformat(ends) - datetime.fromisoformat(began) > timedelta(minutes=59)
    assert "it is held until" in request(graph.invoke(Command(resume=approve()), config))["problem"]
    assert office.writes == []


def test_a_hold_may_be_longer_than_the_ttl_which_counts_anew_from_its_end() -> None:
    office, config = Office(), thread()
    policy = ApprovalPolicy(hold={"move_candidate": timedelta(seconds=1)})
    graph = agent(office, calling(write("ada")), "Done.", policy=policy, approval_ttl=timedelta(hours=1))
    with at_another_time(-timedelta(hours=2)):
        graph.invoke(user(), config)
        held = graph.invoke(Command(resume=approve()), config)
    wait_for_it(held)
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


def test_a_held_write_that_nobody_had_made_expires() -> None:
    office, config = Office(), thread()
    policy = ApprovalPolicy(hold={"move_candidate": timedelta(milliseconds=1)})
    graph = agent(office, calling(write("ada")), "Done.", policy=policy, approval_ttl=timedelta(hours=1))
    graph.invoke(user(), config)
    wait_for_it(graph.invoke(Command(resume=approve()), config, context={"reviewer": "Ben"}))
    with at_another_time(timedelta(hours=2)):
        late = request(graph.invoke(Command(resume=approve()), config))
    action = late["action_requests"][0]
    assert "too old" in late["problem"] and names(action["void"]) == ["Ben"] and "held_until" not in action
    assert office.writes == []


def test_an_allowed_write_is_held_too() -> None:
    office, config = Office(), thread()
    policy = ApprovalPolicy(default="allow", hold={"move_candidate": timedelta(hours=1)})
    graph = agent(office, calling(write("ada")), "Done.", policy=policy)
    request(graph.invoke(user(), config))
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == []


def test_pending_approvals_say_until_when(room: Room) -> None:
    with room.agent(policy=LONG) as graph:
        room.start(graph)
        pending = PendingApprovals(decide(room, graph, "Ben"))
    for shown in (str(pending), repr(pending), pending._repr_html_()):
        assert "Approved by Ben; held until" in shown
