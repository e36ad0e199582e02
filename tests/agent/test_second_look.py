"""What a call means in Ashby may change while its card waits. Only what was approved is sent."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from office import made, request
from writing_room import Room, opened

from langchain_ashby.agent import ApprovalPolicy, allow_if
from langchain_ashby.endpoints import UpdateCandidate
from langchain_ashby.sandbox import records


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def change(room: Room, kind: Any, record_id: str, how: Callable[[dict[str, Any]], Any]) -> None:
    """Changes a record in the sandbox as an administrator would in Ashby's settings."""
    store = room.sandbox._engine.store
    with store.transaction():
        record: Any = copy.deepcopy(store.get(kind, record_id))
        how(record)
        store.put(kind, record)


def one(room: Room, kind: str, **having: Any) -> dict[str, Any]:
    return next(it for it in room.sandbox.records(kind) if all(it.get(key) == value for key, value in having.items()))


def form(room: Room) -> dict[str, Any]:
    return one(room, "feedbackFormDefinition", title="Interview Scorecard")


def fields(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    sections = record["formDefinition"]["sections"]
    return {it["field"]["path"]: it["field"] for section in sections for it in section["fields"]}


def scorecard(room: Room) -> Any:
    entries = [("Overall recommendation", "Strong Yes"), ("What did you see?", "Good"), ("Technical depth", 4),
               ("Problem solving", 1), ("Communication", 4)]  # fmt: skip
    return made(
        "ashby_submit_application_feedback",
        {
            "application_id": one(room, "application", status="Active")["id"],
            "feedback_form_definition_id": form(room)["id"],
            "field_submissions": [{"path": path, "value": value} for path, value in entries],
        },
    )


def swap_labels(room: Room) -> None:
    def swap(record: dict[str, Any]) -> None:
        by_path = fields(record)
        solving, talking = by_path["problem_solving"], by_path["communication"]
        solving["title"], talking["title"] = talking["title"], solving["title"]
        for option in by_path["overall_recommendation"]["selectableValues"]:
            option["label"] = {"Strong No": "Strong Yes", "Strong Yes": "Strong No"}.get(
                option["label"], option["label"]
            )

    change(room, records.FeedbackFormDefinition, form(room)["id"], swap)


def stage(room: Room, kind: str) -> dict[str, Any]:
    now = one(room, "interviewStage", id=one(room, "application", status="Active")["currentInterviewStageId"])
    stages = room.sandbox.records("interviewStage")
    return next(
        it
        for it in stages
        if it["interviewPlanId"] == now["interviewPlanId"] and it["type"] == kind and it["id"] != now["id"]
    )


def move(room: Room, kind: str, **more: Any) -> Any:
    application = one(room, "application", status="Active")["id"]
    args = {"application_id": application, "interview_stage_id": stage(room, kind)["id"], **more}
    return made("ashby_change_application_stage", args)


def template(room: Room) -> dict[str, Any]:
    return one(room, "communicationTemplate", title="Rejection after review")


def rejection(room: Room) -> Any:
    reason = room.sandbox.records("archiveReason")[0]["id"]
    email = {"communication_template_id": template(room)["id"]}
    return move(room, "Archived", archive_reason_id=reason, archive_email=email)


def authorization(room: Room) -> dict[str, Any]:
    return one(room, "customField", title="Work authorization")


def set_field(room: Room, value: str) -> Any:
    args = {"object_type": "Candidate", "object_id": room.candidate, "custom_field_id": authorization(room)["id"]}
    return made("ashby_set_custom_field_value", args | {"field_value": value})


def swap_options(room: Room) -> None:
    def swap(record: dict[str, Any]) -> None:
        options = {it["value"]: it for it in record["selectableValues"]}
        citizen, sponsor = options["citizen"], options["sponsor"]
        citizen["label"], sponsor["label"] = sponsor["label"], citizen["label"]

    change(room, records.CustomField, authorization(room)["id"], swap)


def rename(kind: Any, of: Callable[[Room], dict[str, Any]], **new: Any) -> Callable[[Room], None]:
    return lambda room: change(room, kind, of(room)["id"], lambda record: record.update(new))


CASES: dict[str, tuple[Callable[[Room], Any], Callable[[Room], None], str]] = {
    "labels of a form": (scorecard, swap_labels, "applicationFeedback.submit"),
    "labels of options, by value": (lambda room: set_field(room, "sponsor"), swap_options, "customField.setValue"),
    "labels of options, by label": (
        lambda room: set_field(room, "Needs sponsorship"), swap_options, "customField.setValue",
    ),
    "name of a stage": (
        lambda room: move(room, "Active"),
        rename(records.InterviewStage, lambda room: stage(room, "Active"), title="Declined by letter"),
        "application.changeStage",
    ),
    "e-mail template": (
        rejection, rename(records.CommunicationTemplate, template, title="Why we really said no"),
        "application.changeStage",
    ),
    "archive reason": (
        rejection,
        rename(records.ArchiveReason, lambda room: room.sandbox.records("archiveReason")[0], text="Fraud"),
        "application.changeStage",
    ),
    "who the candidate is": (
        lambda room: room.note(),
        rename(records.Candidate, lambda room: {"id": room.candidate}, name="Quite Somebody Else"),
        "candidate.createNote",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_means_something_else_by_now_is_not_sent(room: Room, case: str) -> None:
    call, meanwhile, endpoint = CASES[case]
    with room.agent(call(room)) as graph:
        request(room.start(graph))
        meanwhile(room)
        answer = room.answer(room.resume(graph))
    assert answer.text.startswith("Not executed. Since it was proposed, things have changed")
    assert not [it for it in room.sandbox.requests() if it["endpoint"] == endpoint]
    assert [entry.outcome for entry in room.trail()] == ["stale"]


def test_a_card_that_said_that_nothing_would_be_sent_is_no_approval_of_something(room: Room) -> None:
    def relax(record: dict[str, Any]) -> None:
        for section in record["formDefinition"]["sections"]:
            for entry in section["fields"]:
                entry["isRequired"] = False

    call = scorecard(room)
    call["args"]["field_submissions"] = call["args"]["field_submissions"][:1]
    with room.agent(call) as graph:
        [action] = request(room.start(graph))["action_requests"]
        assert "Nothing will be sent" in action["description"]
        change(room, records.FeedbackFormDefinition, form(room)["id"], relax)
        answer = room.answer(room.resume(graph))
    assert "a warning is gone: Required and missing" in answer.text
    assert room.sent("applicationFeedback.submit") == 0


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "policy allow"])
@pytest.mark.parametrize("tool", ["resume", "file"])
def test_a_file_that_nobody_has_seen_is_not_uploaded(room: Room, tmp_path: Path, tool: str, asked: bool) -> None:
    room.client.upload_dirs = (tmp_path,)
    name = f"ashby_upload_candidate_{tool}"
    policy = ApprovalPolicy({} if asked else {name: allow_if(lambda card: True)})
    with room.agent(made(name, {"candidate_id": room.candidate, "file_path": "cv.pdf"}), policy=policy) as graph:
        request(room.start(graph))
        (tmp_path / "cv.pdf").write_bytes(b"TOP SECRET")
        answer = room.answer(room.resume(graph))
    assert answer.status == "error" and room.sent("file.createFileUploadHandle") == 0


def test_what_an_earlier_write_of_the_message_changes_is_no_surprise_in_the_words_of_a_later_one(room: Room) -> None:
    rename_it = made("ashby_update_candidate", {"candidate_id": room.candidate, "name": "Ada King"})
    with room.agent(rename_it, room.note()) as graph:
        room.start(graph)
        result = room.resume(graph, {"type": "approve"}, {"type": "approve"})
    assert [it.status for it in result["messages"] if it.type == "tool"] == ["success", "success"]
    assert room.notes() == 1


def test_an_edit_of_words_is_asked_again_if_the_call_means_something_else_by_now(room: Room) -> None:
    with room.agent(scorecard(room)) as graph:
        [action] = request(room.start(graph))["action_requests"]
        swap_labels(room)
        args = copy.deepcopy(action["args"])
        args["field_submissions"][1]["value"] = "Very good"
        edit = {"type": "edit", "edited_action": {"name": action["name"], "args": args}}
        again = request(room.resume(graph, edit))
    assert "This is your edit" in again["action_requests"][0]["description"]
    assert room.sent("applicationFeedback.submit") == 0


def test_a_change_of_the_name_by_somebody_else_stops_a_write(room: Room) -> None:
    with room.agent(room.note(), room.note("Another.")) as graph:
        room.start(graph)
        room.client.call(UpdateCandidate(candidate_id=room.candidate, name="Kwame Mensah"))
        result = room.resume(graph, {"type": "approve"}, {"type": "approve"})
    assert [it.status for it in result["messages"] if it.type == "tool"] == ["error", "error"]
