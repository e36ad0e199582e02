"""Bulk writes in the agent: one decision, and a journalled write for each record."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command
from office import made, user
from writing_room import QUICK, Killed, Room, opened

from langchain_ashby.agent import ApprovalPolicy, Journal, PendingApprovals, allow_if
from langchain_ashby.endpoints.applications import ChangeApplicationStage, CreateApplication, GetApplication
from langchain_ashby.endpoints.interviews import ListInterviewStages
from langchain_ashby.ids import short

pytestmark = pytest.mark.slow

ALL: Any = {"toolkit": {"toolsets": "all"}}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def active(room: Room, most: int = 5) -> list[str]:
    return [str(it["id"]) for it in room.sandbox.records("application") if it["status"] == "Active"][:most]


def reason(room: Room) -> str:
    return str(next(it["id"] for it in room.sandbox.records("archiveReason") if not it["isArchived"]))


def archiving(room: Room, ids: list[str], **more: Any) -> Any:
    return made("ashby_archive_applications", {"application_ids": ids, "archive_reason_id": reason(room), **more})


def taking_off(call: Any, *ids: str) -> dict[str, Any]:
    left = [it for it in call["args"]["application_ids"] if it not in ids]
    return {"type": "edit", "edited_action": {"name": call["name"], "args": {**call["args"], "application_ids": left}}}


def archived(room: Room, ids: list[str]) -> list[str]:
    status = {it["id"]: it["status"] for it in room.sandbox.records("application")}
    return [it for it in ids if status[it] == "Archived"]


def card(result: dict[str, Any]) -> Any:
    [action] = PendingApprovals(result)
    return action["card"]


def move(room: Room, application_id: str) -> None:
    """A colleague moves an application."""
    now = room.client.call(GetApplication(application_id=application_id))["currentInterviewStage"]
    stages = room.client.call(ListInterviewStages(interview_plan_id=now["interviewPlanId"]))
    other = next(it["id"] for it in stages if it["type"] == "Active" and it["id"] != now["id"])
    room.client.call(ChangeApplicationStage(application_id=application_id, interview_stage_id=other))


def test_one_card_shows_everyone_and_one_decision_archives_them_all(room: Room) -> None:
    ids = active(room)
    with room.agent(archiving(room, ids), **ALL) as graph:
        result = room.start(graph)
        shown = card(result)
        answer = room.answer(room.resume(graph))
    assert shown["line"].startswith("Archive 5 applications; reason: ")
    assert shown["risk"] == "high"
    assert shown["table"]["heads"][:3] == ["name", "job", "days in stage"]
    assert len(shown["table"]["rows"]) == 5
    assert archived(room, ids) == ids
    assert answer.status == "success"
    assert answer.text == "# Done: Archive applications: 5 of 5 archived."
    assert room.sent("application.changeStage") == 5


def test_each_application_has_an_entry_in_the_audit_trail_that_names_the_bulk_tool(room: Room) -> None:
    ids = active(room, 3)
    with room.agent(archiving(room, ids), **ALL) as graph:
        room.start(graph)
        room.resume(graph)
    *singles, whole = room.trail()
    assert [it.args["application_id"] for it in singles] == ids or {it.args["application_id"] for it in singles} == {
        *ids
    }
    assert {it.part_of for it in singles} == {"ashby_archive_applications"}
    assert {(it.tool, it.outcome, it.decision) for it in singles} == {
        ("ashby_change_application_stage", "applied", "approve")
    }
    assert all(it.request_ids for it in singles)
    assert (whole.tool, whole.outcome, whole.part_of) == ("ashby_archive_applications", "applied", None)
    assert {it.call_id for it in singles} == {whole.call_id}
    assert whole.card is not None
    assert len(whole.card["table"]["rows"]) == 3


def test_a_reviewer_takes_people_off_and_approves_the_rest_without_a_second_card(room: Room) -> None:
    ids = active(room)
    call = archiving(room, ids)
    with room.agent(call, **ALL) as graph:
        room.start(graph)
        result = room.resume(graph, taking_off(call, ids[0], ids[3]))
        answer = room.answer(result)
    assert archived(room, ids) == [ids[1], ids[2], ids[4]]
    assert "3 of 5 archived" in answer.text
    assert "Taken off by the person who approved the others: 2" in answer.text
    assert short(ids[0]) in answer.text
    assert short(ids[1]) not in answer.text
    assert Counter(it.outcome for it in room.trail()) == {"applied": 4, "rejected": 2}


def test_an_edit_that_changes_more_than_the_list_gets_a_card_of_its_own(room: Room) -> None:
    ids = active(room, 3)
    call = archiving(room, ids)
    reasons = [it["id"] for it in room.sandbox.records("archiveReason") if not it["isArchived"]]
    edit = {
        "type": "edit",
        "edited_action": {"name": call["name"], "args": {**call["args"], "archive_reason_id": reasons[1]}},
    }
    with room.agent(call, **ALL) as graph:
        room.start(graph)
        again = room.resume(graph, edit)
        assert room.sent("application.changeStage") == 0
        assert "This is your edit" in PendingApprovals(again)[0]["description"]
        answer = room.answer(room.resume(graph))
    assert archived(room, ids) == ids
    assert "A person edited this call" in answer.text
    assert short(reasons[1]) in answer.text


def test_an_edit_that_adds_someone_gets_a_card_of_its_own(room: Room) -> None:
    first, second, *_ = active(room)
    call = archiving(room, [first])
    edit = {
        "type": "edit",
        "edited_action": {"name": call["name"], "args": {**call["args"], "application_ids": [first, second]}},
    }
    with room.agent(call, **ALL) as graph:
        room.start(graph)
        again = room.resume(graph, edit)
        assert len(card(again)["table"]["rows"]) == 2
        room.resume(graph)
    assert archived(room, [first, second]) == [first, second]


def test_whoever_an_edit_of_more_than_the_list_leaves_out_is_named_to_the_model(room: Room) -> None:
    ids = active(room, 4)
    call = archiving(room, ids[:3])
    reasons = [it["id"] for it in room.sandbox.records("archiveReason") if not it["isArchived"]]
    args = {**call["args"], "application_ids": [short(ids[0]), ids[1], ids[3]], "archive_reason_id": reasons[1]}
    with room.agent(call, **ALL) as graph:
        room.start(graph)
        room.resume(graph, {"type": "edit", "edited_action": {"name": call["name"], "args": args}})
        answer = room.answer(room.resume(graph))
    assert archived(room, ids) == [ids[0], ids[1], ids[3]]
    assert "3 of 3 archived" in answer.text
    assert f"without {short(ids[2])}; with 1 more record." in answer.text
    assert short(ids[0]) not in answer.text


def test_another_spelling_of_an_id_is_no_edit_that_the_model_hears_of(room: Room) -> None:
    ids = active(room, 3)
    call = archiving(room, ids)
    args = {**call["args"], "application_ids": [short(ids[1]), ids[0], ids[1]]}
    with room.agent(call, **ALL) as graph:
        room.start(graph)
        answer = room.answer(
            room.resume(graph, {"type": "edit", "edited_action": {"name": call["name"], "args": args}})
        )
    assert archived(room, ids) == ids[:2]
    assert "2 of 3 archived" in answer.text
    assert "edited" not in answer.text


def test_what_changed_since_the_card_is_not_written_and_the_others_are(room: Room) -> None:
    ids = active(room)
    with room.agent(archiving(room, ids), **ALL) as graph:
        room.start(graph)
        move(room, ids[2])
        answer = room.answer(room.resume(graph))
    assert archived(room, ids) == [it for it in ids if it != ids[2]]
    assert answer.status == "error"
    assert answer.text.startswith("Executed in part. Archive applications: 4 of 5 archived.")
    assert "what the card showed has changed or can no longer be read: 1" in answer.text
    assert short(ids[2]) in answer.text
    assert "Stage: " in answer.text


def test_a_rejection_archives_nobody(room: Room) -> None:
    ids = active(room, 3)
    with room.agent(archiving(room, ids), **ALL) as graph:
        room.start(graph)
        answer = room.answer(room.resume(graph, {"type": "reject", "message": "Not before Friday."}))
    assert archived(room, ids) == []
    assert answer.text == "Not executed. A person rejected this call. Their reason: Not before Friday."
    assert {it.outcome for it in room.trail()} == {"rejected"}


def test_people_who_cannot_be_archived_are_left_out_and_named(room: Room) -> None:
    ids = active(room, 2)
    [gone] = [it["id"] for it in room.sandbox.records("application") if it["status"] == "Archived"][:1]
    nobody = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
    with room.agent(archiving(room, [gone, *ids, nobody]), **ALL) as graph:
        shown = card(room.start(graph))
        answer = room.answer(room.resume(graph))
    assert shown["line"].startswith("Archive 2 applications")
    assert any("archived already" in it for it in shown["consequences"])
    assert archived(room, ids) == ids
    assert "2 of 4 archived" in answer.text
    assert short(nobody) in answer.text
    assert "Left out: 2" in answer.text


def test_a_plan_in_an_unknown_form_leaves_its_people_out_and_does_not_end_the_run(room: Room) -> None:
    room.sandbox.fault("interviewStage.list", body='{"success": true, "results": [{"type": "Archived"}]}', times=99)
    with room.agent(archiving(room, active(room, 2)), **ALL) as graph:
        answer = room.answer(room.start(graph))
    assert answer.text.startswith("Not executed. Archive applications: 0 of 2 archived.")
    assert "has an unknown form" in answer.text


def test_nobody_is_asked_if_there_is_nothing_to_do(room: Room) -> None:
    [gone] = [it["id"] for it in room.sandbox.records("application") if it["status"] == "Archived"][:1]
    with room.agent(archiving(room, [gone]), **ALL) as graph:
        result = room.start(graph)
    assert "__interrupt__" not in result
    assert room.answer(result).text.startswith("Not executed.")


def test_two_applications_of_one_candidate_are_archived_in_one_call(room: Room) -> None:
    state = room.sandbox.state()
    owners = Counter(it["candidateId"] for it in state["application"] if it["status"] == "Active")
    owner = next((key for key, number in owners.items() if number > 1), None)
    if owner is None:
        taken = {it["jobId"] for it in state["application"] if it["candidateId"] == room.candidate}
        jobs = [it["id"] for it in state["job"] if it["status"] == "Open" and it["id"] not in taken]
        for job in jobs[:2]:
            room.client.call(CreateApplication(candidate_id=room.candidate, job_id=job))
        owner = room.candidate
    ids = [
        it["id"]
        for it in room.sandbox.records("application")
        if it["candidateId"] == owner and it["status"] in ("Active", "Lead")
    ]
    assert len(ids) > 1
    with room.agent(archiving(room, ids), **ALL) as graph:
        room.start(graph)
        [proposal] = graph.get_state(room.config).values["proposals"]
        assert [len(it["after"]) for it in proposal["parts"]] == [*range(len(ids))], "one runs after the other"
        answer = room.answer(room.resume(graph))
    assert archived(room, ids) == ids, answer.text


class Dies(Journal):
    """A journal whose process dies when the outcome of a certain number of writes is to be recorded."""

    def __init__(self, after: int, *, recorded: bool) -> None:
        super().__init__(**QUICK)
        self._left, self._recorded, self._lock = after, recorded, threading.Lock()

    def conclude(self, *args: Any) -> None:
        with self._lock:
            self._left -= 1
            dies = self._left < 0
        if not dies or self._recorded:
            super().conclude(*args)
        if dies:
            raise Killed


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("after", [0, 2, 4, 5])
def test_killed_in_the_middle_it_goes_on_where_it_was(room: Room, after: int, recorded: bool) -> None:
    ids = active(room)
    call = archiving(room, ids)
    with room.agent(call, **ALL, journal=Dies(after, recorded=recorded)) as graph:
        room.start(graph, durability="sync")
        with pytest.raises(Killed):
            room.resume(graph, durability="sync")
    with room.agent(call, **ALL) as graph:
        result = graph.invoke(None, room.config, durability="sync")
    answer = next(it for it in result["messages"] if isinstance(it, ToolMessage))
    assert archived(room, ids) == ids
    assert room.sent("application.changeStage") == len(ids), "none twice"
    assert answer.text == "# Done: Archive applications: 5 of 5 archived."


def test_what_was_made_before_the_process_died_stays_made_when_a_person_then_rejects(room: Room) -> None:
    ids = active(room, 10)
    call = archiving(room, ids)
    with room.agent(call, **ALL) as graph:
        room.start(graph)
    # The checkpoints of the run that dies are lost: the question is open again.
    lost = shutil.copy(room.directory / "threads.db", room.directory / "lost.db")
    with (
        SqliteSaver.from_conn_string(str(lost)) as saver,
        room.agent(call, **ALL, checkpointer=saver, journal=Dies(2, recorded=True)) as graph,
        pytest.raises(Killed),
    ):
        room.resume(graph)
    done = len(archived(room, ids))
    assert 0 < done < 10
    with room.agent(call, **ALL) as graph:
        answer = room.answer(room.resume(graph, {"type": "reject"}))
    assert len(archived(room, ids)) == room.sent("application.changeStage") == done
    assert f"{done} of 10 archived" in answer.text


@pytest.mark.parametrize("recorded", [True, False])
def test_whoever_is_not_on_the_card_that_follows_a_crash_is_accounted_for(room: Room, recorded: bool) -> None:
    ids = active(room, 10)
    call = archiving(room, ids)
    reasons = [it["id"] for it in room.sandbox.records("archiveReason") if not it["isArchived"]]
    with room.agent(call, **ALL) as graph:
        room.start(graph)
    # The checkpoints of the run that dies are lost: the question is open again.
    lost = shutil.copy(room.directory / "threads.db", room.directory / "lost.db")
    dying = Dies(0, recorded=recorded)
    with (
        SqliteSaver.from_conn_string(str(lost)) as saver,
        room.agent(call, **ALL, checkpointer=saver, journal=dying) as graph,
        pytest.raises(Killed),
    ):
        room.resume(graph)
    dropped = next(it for it in ids if it not in archived(room, ids))
    left = [it for it in ids if it != dropped]
    args = {**call["args"], "application_ids": left, "archive_reason_id": reasons[1]}
    edit = {"type": "edit", "edited_action": {"name": call["name"], "args": args}}
    with room.agent(call, **ALL) as graph:
        room.resume(graph, edit)
        answer = room.answer(room.resume(graph))
    assert archived(room, ids) == left
    assert room.sent("application.changeStage") == len(left), "none twice"
    assert "9 of 10 archived" in answer.text
    assert "not known" not in answer.text
    entries = {it.args["application_id"]: it.outcome for it in room.trail() if it.part_of}
    assert entries == {it: "withheld" if it == dropped else "applied" for it in ids}
    assert room.trail()[-1].tool == "ashby_archive_applications"
    assert room.trail()[-1].outcome == "partly applied"


def test_a_new_message_after_a_crash_finds_what_was_made(room: Room) -> None:
    ids = active(room)
    call = archiving(room, ids)
    with room.agent(call, **ALL, journal=Dies(2, recorded=True)) as graph:
        room.start(graph)
        with pytest.raises(Killed):
            room.resume(graph, durability="sync")
    done = len(archived(room, ids))
    with room.agent(call, **ALL) as graph:
        result = graph.invoke(user("What happened?"), room.config)
    answer = next(it for it in result["messages"] if isinstance(it, ToolMessage))
    assert f"{done} of 5 archived" in answer.text
    assert len(archived(room, ids)) == done == room.sent("application.changeStage")


def test_a_lost_reply_is_settled_and_stops_what_was_not_begun(room: Room) -> None:
    ids = active(room, 10)
    with room.agent(archiving(room, ids), **ALL) as graph:
        room.start(graph)
        room.sandbox.fault("application.changeStage", drop="after")
        answer = room.answer(room.resume(graph))
    done = archived(room, ids)
    assert len(done) == room.sent("application.changeStage") < len(ids)
    assert f"{len(done)} of 10 archived" in answer.text
    assert "- Another write failed first: unreachable" in answer.text
    assert not any(short(it) in answer.text for it in done)


def test_without_a_connection_it_stops_and_nothing_is_made(room: Room) -> None:
    ids = active(room, 10)
    with room.agent(archiving(room, ids), **ALL) as graph:
        room.start(graph)
        before = len(room.sandbox.requests())
        room.sandbox.fault("*", drop="before", times=10_000)
        answer = room.answer(room.resume(graph))
        tried = len(room.sandbox.requests()) - before
    assert archived(room, ids) == []
    assert answer.text.startswith("Not executed. Archive applications: 0 of 10 archived.")
    assert tried <= 4 * 5 * 4, "of four people, five reads each, tried four times"


def test_without_the_permission_to_write_it_stops(room: Room) -> None:
    ids = active(room, 10)
    with room.agent(archiving(room, ids), **ALL) as graph:
        room.start(graph)
        room.sandbox.fault("application.changeStage", status=403, body="{}", times=100)
        answer = room.answer(room.resume(graph))
    assert archived(room, ids) == []
    assert room.sent("application.changeStage") <= 4
    assert answer.text.startswith("Not executed.")


def test_under_asyncio_it_does_the_same(room: Room) -> None:
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.store.memory import InMemoryStore

    ids = active(room)

    async def run(graph: Any) -> Any:
        await graph.ainvoke(user(), room.config)
        return await graph.ainvoke(Command(resume={"decisions": [{"type": "approve"}]}), room.config)

    memory: Any = {"checkpointer": InMemorySaver(), "store": InMemoryStore()}
    with room.agent(archiving(room, ids), **ALL, **memory) as graph:
        result = asyncio.run(run(graph))
    assert archived(room, ids) == ids
    assert room.answer(result).text == "# Done: Archive applications: 5 of 5 archived."


class TestPolicy:
    def rulings(self, room: Room, policy: ApprovalPolicy) -> dict[str, Any]:
        with room.agent(archiving(room, active(room, 2)), **ALL, policy=policy) as graph:
            return room.start(graph)

    def test_allowing_the_single_write_does_not_allow_a_hundred(self, room: Room) -> None:
        assert "__interrupt__" in self.rulings(room, ApprovalPolicy({"ashby_change_application_stage": "allow"}))

    def test_a_default_does_not_allow_it(self, room: Room) -> None:
        assert "__interrupt__" in self.rulings(room, ApprovalPolicy(default="allow"))

    def test_its_own_rule_allows_it(self, room: Room) -> None:
        result = self.rulings(room, ApprovalPolicy({"ashby_archive_applications": "allow"}))
        assert "2 of 2 archived" in room.answer(result).text
        assert {it.decision for it in room.trail()} == {"policy"}

    def test_its_own_rule_sees_the_card(self, room: Room) -> None:
        few = allow_if(lambda card: len(card["table"]["rows"]) < 3)
        result = self.rulings(room, ApprovalPolicy({"ashby_archive_applications": few}))
        assert "2 of 2 archived" in room.answer(result).text

    def test_what_may_never_be_done_to_one_may_not_be_done_to_many(self, room: Room) -> None:
        rules: Any = {"ashby_change_application_stage": "never", "ashby_archive_applications": "allow"}
        result = self.rulings(room, ApprovalPolicy(rules))
        assert room.answer(result).text.startswith("Not executed. The application does not allow this change")
        assert room.sent("application.changeStage") == 0


def test_other_writes_of_the_message_on_the_same_people_run_in_its_order(room: Room) -> None:
    ids = active(room, 3)
    source = room.sandbox.records("source")[0]["id"]
    single = made("ashby_change_application_source", {"application_id": ids[1], "source_id": source})
    with room.agent(archiving(room, ids), single, **ALL) as graph:
        room.start(graph)
        result = room.resume(graph, {"type": "approve"}, {"type": "approve"})
    answers = [it for it in result["messages"] if isinstance(it, ToolMessage)]
    assert [it.status for it in answers] == ["success", "success"], [it.text for it in answers]
    assert archived(room, ids) == ids


def test_a_tag_is_put_on_many_candidates(room: Room) -> None:
    state = room.sandbox.state()
    ids = [it["id"] for it in state["candidate"]][:4]
    tag = next(it["id"] for it in state["candidateTag"] if not it["isArchived"])
    with room.agent(made("ashby_add_tag_to_candidates", {"candidate_ids": ids, "tag_id": tag}), **ALL) as graph:
        shown = card(room.start(graph))
        answer = room.answer(room.resume(graph))
    assert shown["line"].startswith("Tag 4 candidates with ")
    assert shown["risk"] == "medium"
    assert answer.text == "# Done: Add tag to candidates: 4 of 4 tagged."
    assert all(tag in it["tagIds"] for it in room.sandbox.records("candidate") if it["id"] in ids)


def test_a_note_is_left_with_many_candidates_once_each(room: Room) -> None:
    ids = [it["id"] for it in room.sandbox.records("candidate")][:4]
    args = {"candidate_ids": [*ids, short(ids[0])], "note": room.text}
    call = made("ashby_add_note_to_candidates", args)
    with room.agent(call, **ALL, journal=Dies(2, recorded=False)) as graph:
        room.start(graph, durability="sync")
        with pytest.raises(Killed):
            room.resume(graph, durability="sync")
    with room.agent(call, **ALL) as graph:
        graph.invoke(None, room.config, durability="sync")
    assert room.notes() == 4


def test_a_custom_field_is_set_on_many_and_the_card_shows_what_was_there(room: Room) -> None:
    state = room.sandbox.state()
    ids = [it["id"] for it in state["candidate"]][:3]
    field = next(it["id"] for it in state["customField"] if it["title"] == "Languages")
    args = {"object_type": "Candidate", "object_ids": ids, "custom_field_id": field, "field_value": ["English"]}
    with room.agent(made("ashby_set_custom_field_value_on_many", args), **ALL) as graph:
        shown = card(room.start(graph))
        answer = room.answer(room.resume(graph))
    assert shown["line"].startswith("Set the custom field Languages"), shown["line"]
    assert "3 candidates to English" in shown["line"]
    assert answer.text == "# Done: Set custom field value on many: 3 of 3 changed."
    assert room.sent("customField.setValue") == 3


def test_names_stand_for_ids_and_the_writes_are_made_with_ids(room: Room) -> None:
    ids = active(room, 3)
    name = next(it["text"] for it in room.sandbox.records("archiveReason") if it["id"] == reason(room))
    call = made("ashby_archive_applications", {"application_ids": ids, "archive_reason_id": name.upper()})
    fewer = {"application_ids": ids[1:], "archive_reason_id": name.upper()}
    with room.agent(call, **ALL) as graph:
        shown = card(room.start(graph))
        edit = {"type": "edit", "edited_action": {"name": call["name"], "args": fewer}}
        answer = room.answer(room.resume(graph, edit))
    assert name in shown["line"]
    assert archived(room, ids) == ids[1:], answer.text
    assert {it.args["archive_reason_id"] for it in room.trail() if it.part_of} == {reason(room)}


def test_cards_warn_if_one_person_would_get_the_same_note_from_several_calls(room: Room) -> None:
    first, second, third = (it["id"] for it in room.sandbox.records("candidate")[:3])
    note = {"note": room.text}
    calls = [
        made("ashby_add_note_to_candidates", {"candidate_ids": [first, second], **note}, "a"),
        made("ashby_add_note_to_candidates", {"candidate_ids": [second, third], **note}, "b"),
        made("ashby_create_candidate_note", {"candidate_id": short(second), **note}, "c"),
    ]
    with room.agent(*calls, **ALL) as graph:
        asked = PendingApprovals(room.start(graph))
    same = "The same change is proposed 3 times in this message: each one that is approved is made."
    assert [it["card"]["warnings"] for it in asked] == [[f"No. 2: {same}"], [f"No. 1: {same}"], [same]]


def test_a_rule_for_the_single_write_holds_although_only_the_bulk_tool_is_there(room: Room) -> None:
    alone: Any = {"include": ["ashby_archive_applications"]}
    never = ApprovalPolicy({"ashby_change_application_stage": "never"})
    with room.agent(archiving(room, active(room, 2)), toolkit=alone, policy=never) as graph:
        answer = room.answer(room.start(graph))
    assert "The application does not allow this change" in answer.text
    assert room.sent("application.changeStage") == 0


def test_even_if_the_proposal_is_lost_the_journal_tells_what_was_made(room: Room) -> None:
    ids = active(room)
    call = archiving(room, ids)
    with room.agent(call, **ALL, journal=Dies(2, recorded=True)) as graph:
        room.start(graph, durability="sync")
        with pytest.raises(Killed):
            room.resume(graph, durability="sync")
    done = len(archived(room, ids))
    with room.agent(call, **ALL) as graph:
        before = next(it.config for it in graph.get_state_history(room.config) if "prepare" in it.next)
        result = graph.invoke(user("What happened?"), before)
    answer = next(it for it in result["messages"] if isinstance(it, ToolMessage))
    assert f"{done} of 5 archived" in answer.text
    assert len(archived(room, ids)) == done == room.sent("application.changeStage")
