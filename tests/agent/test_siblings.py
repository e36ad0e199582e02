"""Approved writes of one message on the same records: what the first changes is no surprise to the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from office import made, results
from test_second_look import move, one, rejection, scorecard, set_field
from writing_room import Room, opened

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
