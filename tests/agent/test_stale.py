"""Only what was approved runs: never a stale or expired change, one from another version, or an unseen edit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import Office, agent, approve, calling, edit, made, request, results, thread, user, write
from pydantic import Field, create_model
from writing_room import Room, opened

from langchain_ashby.agent import ApprovalPolicy, create_recruiting_agent
from langchain_ashby.agent.cards import CARD_VERSION
from langchain_ashby.agent.execution.verify import needs_another_look
from langchain_ashby.demo.scripted import ScriptedChatModel, lines
from langchain_ashby.endpoints import ChangeApplicationStage, CreateCandidateNote, UpdateCandidate
from langchain_ashby.ids import short


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def stages(room: Room) -> tuple[str, list[str]]:
    """An active application, and the stages it can be moved to."""
    state = room.sandbox.state()
    plan = {stage["id"]: stage["interviewPlanId"] for stage in state["interviewStage"]}
    application = next(it for it in state["application"] if it["status"] == "Active")
    now = application["currentInterviewStageId"]
    others = [
        it["id"]
        for it in state["interviewStage"]
        if it["interviewPlanId"] == plan[now] and it["type"] == "Active" and it["id"] != now
    ]
    return application["id"], others


def move(application_id: str, stage_id: str) -> Any:
    return made("ashby_change_application_stage", {"application_id": application_id, "interview_stage_id": stage_id})


def test_a_stage_that_changed_since_the_card_stops_the_move_and_the_model_is_told(room: Room) -> None:
    application, [first, second, *_] = stages(room)
    with room.agent(move(application, first)) as graph:
        room.start(graph)
        room.client.call(ChangeApplicationStage(application_id=application, interview_stage_id=second))
        before = room.sent("application.changeStage")
        result = room.resume(graph)
    answer = room.answer(result)
    assert room.sent("application.changeStage") == before
    assert answer.status == "error" and answer.text.startswith(
        "Not executed. Since it was proposed, things have changed"
    )
    assert ", was " in answer.text and "propose the call again only if it is still right" in answer.text
    assert [entry.outcome for entry in room.trail()] == ["stale"]


def test_a_new_warning_since_the_card_stops_the_write_and_the_model_is_told(room: Room) -> None:
    state = room.sandbox.state()
    application = next(it for it in state["application"] if it["status"] == "Active")
    stages = {it["id"]: it for it in state["interviewStage"]}
    plan = stages[application["currentInterviewStageId"]]["interviewPlanId"]
    archive = next(it for it in stages.values() if it["interviewPlanId"] == plan and it["type"] == "Archived")
    meeting = {"start_time": "2030-01-08T09:00:00Z", "end_time": "2030-01-08T10:00:00Z"}
    interviewers = [{"email": "sofia@example.com"}]
    call = made(
        "ashby_create_interview_schedule",
        {"application_id": application["id"], "interview_events": [{**meeting, "interviewers": interviewers}]},
    )
    with room.agent(call) as graph:
        room.start(graph)
        reason = state["archiveReason"][0]["id"]
        room.client.call(
            ChangeApplicationStage(
                application_id=application["id"], interview_stage_id=archive["id"], archive_reason_id=reason
            )
        )
        answer = room.answer(room.resume(graph))
    assert "there is a new warning: The application is archived." in answer.text
    assert room.sent("interviewSchedule.create") == 0
    assert [it.outcome for it in room.trail()] == ["stale"]


def test_irrelevant_records_may_change(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        room.client.call(UpdateCandidate(candidate_id=room.candidate, phone_number="+1 555 0100"))
        assert room.answer(room.resume(graph)).status == "success"


@pytest.mark.parametrize("unreadable", ["when it was proposed", "when it was to run"])
def test_a_write_that_could_be_checked_only_once_is_not_made(room: Room, unreadable: str) -> None:
    with room.agent() as graph:
        if unreadable == "when it was proposed":
            room.sandbox.fault("candidate.info", status=403, body="{}")
        room.start(graph)
        if unreadable == "when it was to run":
            room.sandbox.fault("candidate.info", status=403, body="{}")
        answer = room.answer(room.resume(graph))
    assert room.sent() == 0
    assert answer.text.startswith("Not executed.") and "be checked" in answer.text


def test_a_write_shown_as_unchecked_and_still_unchecked_may_be_made(room: Room) -> None:
    room.sandbox.fault("candidate.info", status=403, body="{}", times=20)
    with room.agent() as graph:
        asked = request(room.start(graph))
        assert asked["action_requests"][0]["card"]["unchecked"]
        assert room.answer(room.resume(graph)).status == "success"


def test_a_file_is_uploaded_only_as_it_was_when_it_was_shown(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "cv.pdf"
    room.client.upload_dirs = (tmp_path,)
    upload = made("ashby_upload_candidate_resume", {"candidate_id": room.candidate, "file_path": str(file)})
    file.write_bytes(b"as it was shown")
    with room.agent(upload) as graph:
        asked = request(room.start(graph))["action_requests"][0]["card"]
        file.write_bytes(b"as it was not!!")
        result = room.resume(graph)
    assert asked["facts"]
    assert room.sent("candidate.uploadResume") == room.sent("file.createFileUploadHandle") == 0
    assert room.answer(result).text.startswith("Not executed. Since it was proposed")


# Edits.


def edited(name: str, **args: Any) -> dict[str, Any]:
    return {"type": "edit", "edited_action": {"name": name, "args": args}}


def test_an_edit_that_points_at_another_record_gets_its_own_card_before_it_runs(room: Room) -> None:
    other = room.sandbox.records("candidate")[1]["id"]
    with room.agent() as graph:
        asked = request(room.start(graph))
        change = {**edited("ashby_create_candidate_note", candidate_id=other, note=room.text), "reviewer": "Ada"}
        again = request(room.resume(graph, change))
        assert room.sent() == 0
        first, second = (it["action_requests"][0] for it in (asked, again))
        assert second["args"]["candidate_id"] == other
        assert first["card"]["line"] != second["card"]["line"]
        assert "This is your edit" in second["description"]
        result = room.resume(graph, {"type": "approve"})
    answer = room.answer(result)
    assert room.sent() == 1
    assert answer.text.startswith("Executed as edited by a person.") and short(other) in answer.text
    entries = room.trail()
    assert [(it.decision, it.reviewer, it.outcome) for it in entries] == [
        ("edit", "Ada", "edited"),
        ("approve", None, "applied"),
    ]
    for entry in entries:
        assert entry.args["candidate_id"] == other
        assert entry.original == {"candidate_id": room.candidate, "note": room.text}
    assert [it.card and it.card["line"] for it in entries] == [first["card"]["line"], second["card"]["line"]]


def test_an_edit_gets_its_own_card_where_the_policy_lets_pass_only_what_is_saved(room: Room) -> None:
    other = room.sandbox.records("candidate")[1]["id"]
    with room.agent(policy=ApprovalPolicy({"ashby_create_candidate_note": "allow"})) as graph:
        room.start(graph, durability="exit")
        change = edited("ashby_create_candidate_note", candidate_id=other, note=room.text)
        assert request(room.resume(graph, change, durability="exit")) and room.sent() == 0


def test_an_edit_of_words_alone_runs_at_once_with_a_card_of_its_own(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        text = f"{room.text} Edited."
        result = room.resume(graph, edited("ashby_create_candidate_note", candidate_id=room.candidate, note=text))
    assert room.answer(result).text.startswith("Executed as edited by a person.")
    assert room.notes(text) == 1
    [entry] = room.trail()
    assert entry.decision == "edit" and entry.card and entry.card["args"]["note"] == text


def test_beside_an_edit_that_is_asked_again_the_others_run(room: Room) -> None:
    other, third = (room.sandbox.records("candidate")[number]["id"] for number in (1, 2))
    with room.agent(room.note(), room.note(f"{room.text} Two.")) as graph:
        room.start(graph)
        change = edited("ashby_create_candidate_note", candidate_id=other, note="Three.")
        again = request(room.resume(graph, {"type": "approve"}, change))
        assert room.notes() == 1 and len(again["action_requests"]) == 1
        # It can be edited again, or rejected.
        change = edited("ashby_create_candidate_note", candidate_id=third, note="Three.")
        assert request(room.resume(graph, change))["action_requests"][0]["args"]["candidate_id"] == third
        result = room.resume(graph, {"type": "reject"})
    assert room.notes("Three.") == 0
    assert [answer.status for answer in results(result)] == ["success", "error"]


def test_an_edit_of_another_tools_call_runs_without_a_card() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    graph.invoke(Command(resume={"decisions": [edit(candidate_id="ben", stage="Offer")]}), config)
    assert office.writes == [("ben", "Offer")]


CARD: Any = {
    "version": CARD_VERSION, "made": "2026-11-02T10:00:00+00:00", "tool": "t", "line": "", "changes": [],
    "consequences": ["a"], "warnings": ["w"], "unchecked": [], "risk": "medium", "links": [], "targets": ["1"],
    "facts": {"stage": "Onsite"}, "refers": {"1": {"what": "The stage", "name": "Onsite", "kind": "Active"}},
    "sent": None, "private": {}, "beside": {"consequences": [], "warnings": []}, "args": {},
    "before": {"revision": {}, "passed": {}, "creates": None},
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"targets": ["2"]},
        {"facts": {"stage": "Offer"}},
        {"facts": {}},
        {"refers": {"1": {"what": "The stage", "name": "Rejected", "kind": "Active"}}},
        {"warnings": ["w", "x"]},
        {"consequences": ["b"]},
        {"unchecked": ["u"]},
        {"risk": "high"},
    ],
    ids=str,
)
def test_whatever_a_person_has_not_seen_is_shown_before_an_edit_runs(change: Any) -> None:
    assert needs_another_look(CARD, CARD | change)


def test_changes_that_a_person_has_seen_or_that_shrink_the_write_are_not_shown_again() -> None:
    assert not needs_another_look(CARD, CARD | {"warnings": [], "risk": "low", "line": "other", "args": {"note": "x"}})
    assert not needs_another_look(None, None)
    assert needs_another_look(None, CARD) and needs_another_look(CARD, None)


# Expired approvals.


class Clock:
    """Backdates a checkpoint's contents."""

    @staticmethod
    def back(graph: Any, config: Any, by: timedelta) -> None:
        proposals = graph.get_state(config).values["proposals"]
        made = (datetime.now(UTC) - by).isoformat()
        graph.update_state(config, {"proposals": [it | {"made": made} for it in proposals]}, as_node="prepare")


def test_an_approval_that_comes_too_late_is_asked_for_again_with_a_fresh_card(room: Room) -> None:
    with room.agent(approval_ttl=timedelta(days=1)) as graph:
        room.start(graph)
        Clock.back(graph, room.config, timedelta(days=2))
        graph.invoke(None, room.config)
        again = request(room.resume(graph, {"type": "approve", "reviewer": "Kim"}))
        assert "too old" in again["problem"] and room.sent() == 0
        assert room.answer(room.resume(graph)).status == "success"
    assert room.sent() == 1
    assert [(entry.outcome, entry.reviewer) for entry in room.trail()] == [("expired", "Kim"), ("applied", None)]


def test_a_rejection_is_never_too_late(room: Room) -> None:
    with room.agent(approval_ttl=timedelta(days=1)) as graph:
        room.start(graph)
        Clock.back(graph, room.config, timedelta(days=2))
        graph.invoke(None, room.config)
        assert "A person rejected" in room.answer(room.resume(graph, {"type": "reject"})).text


def test_an_approved_write_that_is_taken_up_too_late_does_not_run(room: Room) -> None:
    from writing_room import DyingJournal, Killed

    with room.agent(journal=DyingJournal("before claim")) as graph:
        room.start(graph)
        with pytest.raises(Killed):
            room.resume(graph)
    with room.agent(approval_ttl=timedelta(microseconds=1)) as graph:
        answer = room.answer(graph.invoke(None, room.config))
    assert room.sent() == 0
    assert answer.text.startswith("Not executed. The approval has expired: its card was made at")
    assert [entry.outcome for entry in room.trail()] == ["expired"]


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(seconds=-1), 3])
def test_a_time_to_live_has_to_be_a_time(ttl: Any) -> None:
    with pytest.raises(ValueError, match="approval_ttl has to be a timedelta above zero"):
        agent(Office(), approval_ttl=ttl)


# Approvals from other versions of the package.


@pytest.mark.parametrize(
    "before",
    [
        lambda it: {key: it[key] for key in ("call", "title", "description")},
        lambda it: it | {"card": it["card"] | {"version": 0}},
        lambda it: it | {"card": None},
    ],
    ids=["without card", "with another card", "with no card"],
)
def test_a_proposal_of_another_version_is_reread_and_asked_again(room: Room, before: Any) -> None:
    with room.agent() as graph:
        room.start(graph)
        proposals = graph.get_state(room.config).values["proposals"]
        graph.update_state(room.config, {"proposals": list(map(before, proposals))}, as_node="prepare")
        again = request(graph.invoke(None, room.config))
        assert "another version" in again["problem"] and room.sent() == 0
        assert again["action_requests"][0]["card"]["version"] > 0
        assert room.answer(room.resume(graph)).status == "success"
    assert room.sent() == 1


@pytest.mark.parametrize(
    "decision", [{"type": "approve"}, {"type": "reject"}, {"type": "edit"}], ids=lambda it: it["type"]
)
def test_a_proposal_of_a_removed_tool_is_answered_and_the_conversation_continues(
    room: Room, decision: dict[str, Any]
) -> None:
    with room.agent() as graph:
        asked = request(room.start(graph))["action_requests"][0]
    if decision["type"] == "edit":
        args = {**asked["args"], "note": "Other words."}
        decision = {"type": "edit", "edited_action": {"name": asked["name"], "args": args}}
    with room.agent(toolkit={"exclude": ["ashby_create_candidate_note"]}) as graph:
        result = room.resume(graph, decision)
    assert room.answer(result).text.startswith("Not executed. The agent had this tool when the call was made")
    assert result["messages"][-1].text == "Done."
    assert room.sent() == 0
    assert [it.outcome for it in room.trail()] == ["withheld"]


def test_a_write_that_was_made_is_not_denied_when_its_tool_is_gone(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        asked = graph.get_state(room.config).config
        made_once = room.answer(room.resume(graph))
    room.config = asked  # the steps after the question are lost
    with room.agent(toolkit={"exclude": ["ashby_create_candidate_note"]}) as graph:
        told = room.answer(room.resume(graph))
    assert told.text == made_once.text and told.status == "success"
    assert room.sent() == 1


def test_a_write_whose_tool_was_removed_before_the_question_is_answered(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph, interrupt_before=["prepare"])
    with room.agent(toolkit={"exclude": ["ashby_create_candidate_note"]}) as graph:
        answer = room.answer(graph.invoke(None, room.config))
    assert answer.text.startswith("Not executed. The agent had this tool")
    assert room.sent() == 0


def test_an_approval_of_a_version_without_a_journal_is_not_run_and_not_known(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        old = {"call": graph.get_state(room.config).values["proposals"][0]["call"], "edited": False}
        values = {"proposals": [], "approvals": [old]}
        graph.update_state(room.config, values, as_node="review")
        answer = room.answer(graph.invoke(None, room.config))
    assert room.sent() == 0
    assert answer.text.startswith("Outcome not known. It was approved under another version")


def test_an_approval_with_a_card_of_another_version_is_not_run(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        [proposal] = graph.get_state(room.config).values["proposals"]
        proposal["card"]["version"] = 99
        decided = {"decision": "approve", "reviewer": None, "at": proposal["made"]}
        approval = {"call": proposal["call"], "edited": False, "proposal": proposal, "decided": decided}
        graph.update_state(room.config, {"proposals": [], "approvals": [approval]}, as_node="review")
        answer = room.answer(graph.invoke(None, room.config))
    assert room.sent() == 0
    assert answer.text.startswith("Not executed. It was approved under another version")


def test_a_state_with_cards_is_plain_json(room: Room) -> None:
    model = ScriptedChatModel(script=lines(calling(room.note()), "Done."))
    from langchain_ashby import AshbyToolkit

    graph = create_recruiting_agent(
        model, AshbyToolkit(room.client), checkpointer=InMemorySaver(), store=InMemoryStore()
    )
    graph.invoke(user(), room.config)
    values = dict(graph.get_state(room.config).values)
    values.pop("messages")
    assert json.loads(json.dumps(values)) == values
    graph.invoke(Command(resume=approve()), room.config)
    assert room.sent() == 1


def test_an_approval_whose_arguments_the_tool_no_longer_accepts_is_answered(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room.agent() as graph:
        room.start(graph)
    tightened = create_model(
        "Tightened",
        __base__=CreateCandidateNote,
        __doc__="A note that is shorter.",
        note=(Annotated[str, Field(max_length=3)], Field()),
    )
    with room.agent() as graph:
        tool = graph.nodes["writes"].bound.tools.tools_by_name["ashby_create_candidate_note"]
        monkeypatch.setattr(tool, "args_schema", tightened)
        answer = room.answer(room.resume(graph))
    assert answer.text.startswith("Not executed. The tool no longer accepts these arguments.")
    assert room.sent() == 0
    assert [entry.outcome for entry in room.trail()] == ["stale"]


def test_the_agent_logs_no_personal_data(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "langchain_ashby.agent")
    with room.agent(policy=ApprovalPolicy(default=lambda card: 1 / 0)) as graph:  # type: ignore[arg-type,return-value]
        room.start(graph)
        room.resume(graph)
    logged = [it.getMessage() for it in caplog.records if it.name.startswith("langchain_ashby.agent")]
    assert logged and not any(room.text in it or room.candidate in it for it in logged)
