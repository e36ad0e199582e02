"""Approved writes of one message on the same records: what the first changes is no surprise to the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from office import made, results
from test_second_look import move, one, rejection, scorecard, set_field
from writing_room import Room, decide, opened

from langchain_ashby.agent import ApprovalPolicy
from langchain_ashby.endpoints.applications import ChangeApplicationStage, CreateApplication
from langchain_ashby.endpoints.candidates import UpdateCandidate

pytestmark = pytest.mark.slow

APPROVE = {"type": "approve"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def tag(room: Room, number: int) -> Any:
    held = {it for candidate in room.sandbox.records("candidate") for it in candidate["tagIds"]}
    tags = [it["id"] for it in room.sandbox.records("candidateTag") if not it["isArchived"]]
    free = [it for it in tags if it not in held] + tags
    return made("ashby_add_candidate_tag", {"candidate_id": room.candidate, "tag_id": free[number]})


def link(room: Room, number: int) -> Any:
    opening = room.sandbox.records("opening")[0]
    jobs = [it["id"] for it in room.sandbox.records("job") if it["id"] not in opening["latestVersion"]["jobIds"]]
    return made("ashby_add_opening_job", {"opening_id": opening["id"], "job_id": jobs[number]})


def meeting(room: Room, hour: int) -> Any:
    event = {
        "start_time": f"2030-01-08T{hour:02}:00:00Z",
        "end_time": f"2030-01-08T{hour + 1:02}:00:00Z",
        "interviewers": [{"email": "sofia@example.com"}],
    }
    application = one(room, "application", status="Active")["id"]
    return made("ashby_create_interview_schedule", {"application_id": application, "interview_events": [event]})


def owner(room: Room) -> str:
    return str(one(room, "application", status="Active")["candidateId"])


def update(room: Room, **fields: Any) -> Any:
    return made("ashby_update_candidate", {"candidate_id": owner(room), **fields})


def note(room: Room, text: str = "Hello.") -> Any:
    return made("ashby_create_candidate_note", {"candidate_id": owner(room), "note": text})


def title_and_application(room: Room) -> list[Any]:
    state = room.sandbox.state()
    known = {(it["jobId"], it["candidateId"]) for it in state["application"]}
    open_jobs = [it["id"] for it in state["job"] if it["status"] == "Open"]
    pairs = ((job, it["id"]) for job in open_jobs for it in state["candidate"])
    job, candidate = next(pair for pair in pairs if pair not in known)
    return [
        made("ashby_update_job", {"job_id": job, "title": "Principal"}),
        made("ashby_create_application", {"candidate_id": candidate, "job_id": job}),
    ]


PAIRS: dict[str, Callable[[Room], list[Any]]] = {
    "two tags": lambda room: [tag(room, 0), tag(room, 1)],
    "two jobs of an opening": lambda room: [link(room, 0), link(room, 1)],
    "two meetings": lambda room: [meeting(room, 9), meeting(room, 13)],
    "a new name and a note": lambda room: [update(room, name="Ada King"), note(room)],
    "a new name and a meeting": lambda room: [update(room, name="Ada King"), meeting(room, 9)],
    "a new address and a rejection": lambda room: [update(room, email="ada@new.example.com"), rejection(room)],
    "a new stage and a note": lambda room: [move(room, "Active"), note(room)],
    "a new stage and a meeting": lambda room: [move(room, "Active"), meeting(room, 9)],
    "two notes": lambda room: [note(room, "One."), note(room, "Two.")],
    "a field, twice": lambda room: [set_field(room, "sponsor"), set_field(room, "citizen")],
    "a job's title and an application": title_and_application,
    "a new name and a scorecard": lambda room: [update(room, name="Ada King"), scorecard(room)],
}


@pytest.mark.parametrize("pair", PAIRS)
def test_what_the_first_changes_does_not_make_the_second_stale(room: Room, pair: str) -> None:
    with room.agent(*PAIRS[pair](room)) as graph:
        room.start(graph)
        answers = results(room.resume(graph, APPROVE, APPROVE))
    assert [it.status for it in answers] == ["success", "success"], answers[-1].text


def sources(room: Room) -> tuple[list[Any], Any]:
    application = one(room, "application", status="Active")
    first, second = (it["id"] for it in room.sandbox.records("source")[3:5])
    return [
        made("ashby_change_application_source", {"application_id": application["id"], "source_id": first}),
        update(room, source_id=second),
    ], UpdateCandidate(candidate_id=application["candidateId"], source_id=first)


def stages(room: Room) -> tuple[list[Any], Any]:
    application = one(room, "application", status="Active")
    plan, candidate = application["interviewPlanId"], application["candidateId"]
    entry, there, further = [
        it["id"]
        for it in room.sandbox.records("interviewStage")
        if it["interviewPlanId"] == plan
        and it["type"] in ("PreInterviewScreen", "Active")
        and it["id"] != application["currentInterviewStageId"]
    ][:3]
    known = {it["jobId"] for it in room.sandbox.records("application") if it["candidateId"] == candidate}
    open_jobs = [it for it in room.sandbox.records("job") if it["status"] == "Open" and it["id"] not in known]
    job = next(it for it in open_jobs if it["defaultInterviewPlanId"] == plan)
    other = CreateApplication(candidate_id=candidate, job_id=job["id"], interview_stage_id=entry)
    other_id = room.client.call(other)["id"]
    return [
        made("ashby_change_application_stage", {"application_id": it, "interview_stage_id": stage})
        for it, stage in ((application["id"], there), (other_id, further))
    ], ChangeApplicationStage(application_id=other_id, interview_stage_id=there)


@pytest.mark.parametrize("both", [sources, stages])
def test_the_value_that_the_first_left_on_one_record_is_a_surprise_on_another(room: Room, both: Any) -> None:
    """A colleague sets there what the first write set here, while the second one waits for its second reviewer."""
    calls, colleague = both(room)
    policy = ApprovalPolicy(second_reviewer=lambda card: card["args"] == calls[1]["args"])
    with room.agent(*calls, policy=policy) as graph:
        room.start(graph)
        decide(room, graph, "Ben", APPROVE, APPROVE)
        room.client.call(colleague)
        sent = len(room.sandbox.requests())
        made_one, stale = results(decide(room, graph, "Grace", APPROVE))
    assert made_one.status == "success"
    assert stale.text.startswith("Not executed. Since it was proposed, things have changed:")
    assert not [it for it in room.sandbox.requests()[sent:] if not it["endpoint"].endswith((".info", ".list"))]
