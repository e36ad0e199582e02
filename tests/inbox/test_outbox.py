"""Decisions count once, in order, and reach the agent."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desks import Desk, Pair, desk, note, until
from langgraph.types import Command

from langchain_ashby.agent import ApprovalPolicy, audit_trail
from langchain_ashby.agent.execution.waiting import all_closed, all_waiting
from langchain_ashby.demo.scripted import call, say
from langchain_ashby.inbox.outbox import AlreadyDecided, DecisionError, QuestionOver
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

APPROVE = {"type": "approve"}


@pytest.fixture(autouse=True)
def nobody_is_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that is not in its thread is over: the desks here ask and decide one after the other."""
    monkeypatch.setattr("langchain_ashby.inbox.outbox._ASKING", timedelta(0))


def test_a_decision_reaches_the_agent_and_its_reviewer_learns_what_became_of_it(
    sandbox: AshbySandbox, pair: Pair
) -> None:
    at = desk(sandbox, pair)
    at.ask(context={"reviewer": "Ann"})
    [approval] = at.approvals()
    assert (approval.question.waiting["requester"], approval.candidate) == ("Ann", "Ada Lovelace")
    at.outbox.keep(approval, APPROVE, "Ben")
    assert at.deliver() == 1
    [entry] = audit_trail(at.store)
    assert (entry.outcome, entry.reviewer) == ("applied", "Ben")
    assert at.approvals() == [] and at.outbox.all() == {} and at.results() == ["applied"]
    assert at.deliver() == 0 and len(at.notes()) == 1


def test_a_decision_is_delivered_only_when_it_is_due_and_all_of_the_question_is_decided(
    sandbox: AshbySandbox, memory: Pair
) -> None:
    both = say("", note(), note("Another.", of=1))
    at = desk(sandbox, memory, both, "Done.", undo=timedelta(seconds=5))
    at.ask()
    one, two = at.approvals()
    at.outbox.keep(one, APPROVE, "Ben")
    later = datetime.now(UTC) + timedelta(seconds=6)
    assert at.deliver(later) == 0
    at.outbox.keep(two, {"type": "reject", "message": "Not now."}, "Ann")
    assert at.deliver() == 0
    assert at.deliver(later) == 1
    assert at.results() == ["applied"] and at.results("Ann") == ["rejected"]
    assert at.notes() == ["Call back on Monday."]


def test_the_first_of_two_reviewers_counts_and_the_second_is_told_by_whom_and_how(
    sandbox: AshbySandbox, pair: Pair
) -> None:
    at = desk(sandbox, pair, undo=timedelta(seconds=5))
    at.ask()
    [approval] = at.approvals()
    kept = at.outbox.keep(approval, APPROVE, "Ben")
    with pytest.raises(AlreadyDecided, match=f"Ben approved this at {kept.at:%H:%M} UTC"):
        at.outbox.keep(approval, {"type": "reject"}, "Ann")
    at.deliver(datetime.now(UTC) + timedelta(seconds=6))
    with pytest.raises(QuestionOver, match=r"Ben approved this at \d\d:\d\d UTC"):
        at.outbox.keep(approval, {"type": "reject"}, "Ann")
    assert len(at.notes()) == 1 and at.outbox.all() == {}


def test_of_many_who_decide_at_once_exactly_one_counts(sandbox: AshbySandbox, pair: Pair) -> None:
    first = desk(sandbox, pair)
    first.ask()
    desks = [desk(sandbox, pair) for _ in range(4)]  # each with a lock of its own, as in processes of their own
    gate = threading.Barrier(len(desks))

    def decide(number: int) -> str | None:
        [approval] = desks[number].approvals()
        gate.wait()
        try:
            desks[number].outbox.keep(approval, APPROVE, f"R{number}")
        except AlreadyDecided as first:
            assert first.kept.reviewer != f"R{number}"
            return None
        return f"R{number}"

    with ThreadPoolExecutor(4) as threads:
        won = [it for it in threads.map(decide, range(4)) if it]
    [kept] = first.outbox.all().values()
    assert won == [kept.reviewer]


def test_a_decision_is_taken_back_by_anybody_until_it_leaves(sandbox: AshbySandbox, pair: Pair) -> None:
    at = desk(sandbox, pair, undo=timedelta(seconds=5))
    at.ask()
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    taken = at.outbox.take_back(approval.question.interrupt_id, 1, by="Ann")
    assert taken is not None and taken.reviewer == "Ben" and at.outbox.all() == {}
    [told] = at.outbox.results.of("Ben")
    assert (told.outcome, told.by, told.again) == ("taken back", "Ann", approval.question.interrupt_id)
    assert at.deliver(datetime.now(UTC) + timedelta(seconds=6)) == 0 and at.notes() == []
    assert at.outbox.take_back(approval.question.interrupt_id, 1) is None
    at.outbox.keep(approval, APPROVE, "Ann")
    assert at.deliver(datetime.now(UTC) + timedelta(seconds=6)) == 1 and len(at.notes()) == 1


def test_a_decision_that_is_leaving_cannot_be_taken_back(sandbox: AshbySandbox, memory: Pair) -> None:
    at = desk(sandbox, memory)
    at.ask()
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    sandbox.fault("candidate.createNote", delay=1.0)
    at.outbox.deliver(datetime.now(UTC))
    until(lambda: "candidate.createNote" in [it["endpoint"] for it in sandbox.requests()] or at.outbox.all())
    until(lambda: [it for it in at.outbox._decisions.sheaf(approval.question.interrupt_id).leaving])
    with pytest.raises(DecisionError, match="Too late to undo"):
        at.outbox.take_back(approval.question.interrupt_id, 1)
    at.outbox.wait()
    assert at.results() == ["applied"]


def test_a_question_that_was_answered_elsewhere_closes_for_everybody(sandbox: AshbySandbox, pair: Pair) -> None:
    at = desk(sandbox, pair, undo=timedelta(seconds=5))
    at.ask()
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    decisions = {"decisions": [{"type": "reject", "reviewer": "Ann", "message": "No."}]}
    at.go("note", Command(resume={approval.question.interrupt_id: decisions}))
    with pytest.raises(AlreadyDecided, match="Ben"):
        at.outbox.keep(approval, APPROVE, "Carl")
    at.deliver(datetime.now(UTC) + timedelta(seconds=6))
    [told] = at.outbox.results.of("Ben")
    assert (told.outcome, told.by, told.detail) == ("decided by another", "Ann", "rejected")
    with pytest.raises(QuestionOver, match="Ann rejected this"):
        at.outbox.keep(approval, APPROVE, "Carl")
    assert at.notes() == []


def test_a_decision_that_the_agent_cannot_use_is_reported_with_the_new_question(
    sandbox: AshbySandbox, memory: Pair
) -> None:
    at = desk(sandbox, memory)
    at.ask()
    [approval] = at.approvals()
    edit = {"type": "edit", "edited_action": {"name": approval.tool, "args": {"note": 1}}}
    at.outbox.keep(approval, edit, "Ben")
    at.deliver()
    [told] = at.outbox.results.of("Ben")
    [again] = at.approvals()
    assert told.outcome == "asked again" and told.again == again.question.interrupt_id != approval.question.interrupt_id
    assert "edited arguments are invalid" in told.detail and at.outbox.all() == {}


def test_an_approval_that_came_too_late_is_reported_with_the_new_question(sandbox: AshbySandbox, memory: Pair) -> None:
    at = desk(sandbox, memory, approval_ttl=timedelta(microseconds=1))
    at.ask()
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    at.deliver()
    [told] = at.outbox.results.of("Ben")
    assert told.outcome == "expired" and told.again == at.approvals()[0].question.interrupt_id


def test_a_provider_that_fails_after_the_write_makes_nothing_twice_and_loses_nothing(
    sandbox: AshbySandbox, pair: Pair
) -> None:
    calls = []

    def down(messages: Any) -> Any:
        calls.append(1)
        raise ConnectionError("Ada's provider is down")

    at = desk(sandbox, pair, say("", note()), down)
    at.ask()
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    now = datetime.now(UTC)
    for minutes in range(7):
        at.deliver(now + minutes * timedelta(minutes=2))
    assert len(at.notes()) == 1 and at.results() == ["applied"] and at.outbox.all() == {}
    assert len(calls) == 5


def test_a_run_that_fails_before_the_answer_arrives_is_tried_again(sandbox: AshbySandbox, memory: Pair) -> None:
    at = desk(sandbox, memory)
    at.ask()
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    put_writes, failing = at.agent.checkpointer.put_writes, [True]  # type: ignore[union-attr]

    def broken(*args: Any) -> Any:
        if failing:
            raise OSError("the disk with Ada's file is full")
        return put_writes(*args)

    at.agent.checkpointer.put_writes = broken  # type: ignore[union-attr,method-assign]
    now = datetime.now(UTC)
    at.deliver(now)
    assert at.outbox.trouble(approval.question.interrupt_id) == "OSError"
    assert at.deliver(now) == 0
    failing.clear()
    assert at.deliver(now + timedelta(minutes=1)) == 1
    assert at.results() == ["applied"] and len(at.notes()) == 1


def test_settings_that_no_longer_exist_are_reported_and_the_question_stays_open(
    sandbox: AshbySandbox, memory: Pair
) -> None:

    before = desk(sandbox, memory, policies={"careful": ApprovalPolicy()})
    before.ask(context={"policy": "careful"})
    at = desk(sandbox, memory)
    [approval] = at.approvals()
    assert approval.question.waiting["settings"] == {"policy": "careful"}
    at.outbox.keep(approval, APPROVE, "Ben")
    at.deliver()
    [told] = at.outbox.results.of("Ben")
    assert told.outcome == "not delivered" and "there is no policy 'careful'" in told.detail
    assert at.approvals() == [approval] and at.notes() == []
    before.outbox.keep(approval, APPROVE, "Ben")
    before.deliver()
    assert len(at.notes()) == 1


def test_the_run_with_the_answer_has_the_settings_of_the_one_that_asked(sandbox: AshbySandbox, pair: Pair) -> None:
    user = next(it["id"] for it in sandbox.records("user") if it["isEnabled"])
    at = desk(sandbox, pair, act_for=[user])
    at.ask(context={"on_behalf_of": user, "time_zone": "Europe/Berlin"})
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    at.deliver()
    [entry] = audit_trail(at.store)
    assert (entry.outcome, entry.on_behalf_of, entry.detail) == ("applied", user, "")


def test_who_asked_is_kept_over_the_reviewers_runs(sandbox: AshbySandbox, memory: Pair) -> None:
    at = desk(sandbox, memory, say("", note()), say("", note("Two.")), "Done.")
    at.ask(context={"reviewer": "Ann"})
    at.outbox.keep(at.approvals()[0], APPROVE, "Ben")
    at.deliver()
    [second] = at.approvals()
    assert second.question.waiting["requester"] == "Ann"


def test_a_card_that_is_another_in_the_thread_than_in_the_list_is_not_approved(
    sandbox: AshbySandbox, memory: Pair
) -> None:
    at = desk(sandbox, memory)
    at.ask()
    [approval] = at.approvals()
    approval.action["args"]["note"] = "Shown"
    at.outbox.keep(approval, APPROVE, "Ben")
    at.deliver()
    assert at.results() == ["changed"] and at.notes() == [] and at.outbox.all() == {}


def test_a_slow_write_does_not_hold_up_other_threads(sandbox: AshbySandbox, memory: Pair) -> None:
    at = desk(sandbox, memory, say("", note()), "Done.")
    at.ask("slow")
    at.ask("quick")
    slow, quick = at.approvals()
    sandbox.fault("candidate.createNote", delay=2.0)
    at.outbox.keep(slow, APPROVE, "Ben")
    at.outbox.deliver(datetime.now(UTC))
    until(lambda: at.outbox._decisions.sheaf(slow.question.interrupt_id).leaving)
    at.outbox.keep(quick, {"type": "reject"}, "Ann")
    at.outbox.deliver(datetime.now(UTC))
    assert until(lambda: at.results("Ann")) < 1.5 and at.results() == []
    at.outbox.close()
    assert at.results() == ["applied"]


def test_decisions_about_a_question_that_a_new_message_closed_are_reported(sandbox: AshbySandbox, memory: Pair) -> None:
    both = say("", note(), note("Another.", of=1))
    at = desk(sandbox, memory, both, "Fine.")
    at.ask()
    at.outbox.keep(at.approvals()[0], APPROVE, "Ben")
    at.ask()
    at.deliver(datetime.now(UTC) + timedelta(seconds=10))
    assert at.approvals() == [] and at.outbox.all() == {}
    [told] = at.outbox.results.of("Ben")
    assert told.outcome == "superseded" and at.notes() == []


def test_a_question_of_a_deleted_thread_leaves_the_list(sandbox: AshbySandbox, memory: Pair) -> None:
    at = desk(sandbox, memory)
    at.ask()
    at.agent.checkpointer.delete_thread("note")  # type: ignore[union-attr]
    at.deliver(datetime.now(UTC) + timedelta(minutes=3))
    assert at.approvals() == [] and all_waiting(at.store) == []


def test_a_question_that_a_crash_left_open_is_listed_again(sandbox: AshbySandbox, pair: Pair) -> None:
    from langchain_ashby.agent.execution import waiting

    at = desk(sandbox, pair)
    at.ask()
    [before] = at.approvals()
    waiting.close(at.store, "note", before.question.interrupt_id)  # as the answer does, right before the process dies
    assert at.approvals() == []
    [item] = all_closed(at.store)
    assert "Ada" not in str(at.store.search(("langchain_ashby", "waiting")))
    at.outbox._upkeep._look_at_closed([_older(item)], datetime.now(UTC))
    [after] = at.approvals()
    assert after.question.waiting == before.question.waiting and after.fingerprint == before.fingerprint


def _older(item: Any) -> Any:
    item.created_at = item.updated_at = datetime.now(UTC) - timedelta(seconds=15)
    return item


def test_a_question_of_another_version_is_counted_and_hides_no_other(sandbox: AshbySandbox, memory: Pair) -> None:
    at = desk(sandbox, memory)
    at.ask()
    at.store.put(("langchain_ashby", "open_questions"), "a.b", {})
    at.store.put(("langchain_ashby", "waiting", "a"), "b", {"version": 99, "json": "{}"})
    assert len(at.approvals()) == 1 and at.questions.unreadable() == 1 and len(all_waiting(at.store)) == 1


HOLD = timedelta(hours=1)


def held(sandbox: AshbySandbox, pair: Pair, *more: Any, second: bool = False) -> Desk:
    """A desk whose policy holds notes for an hour, with a note that Ben has approved."""
    policy = ApprovalPolicy(
        hold={"ashby_create_candidate_note": HOLD}, second_reviewer=["ashby_create_candidate_note"] if second else ()
    )
    at = desk(sandbox, pair, say("", note(), *more), "Done.", policy=policy)
    at.ask()
    at.outbox.keep(at.approvals()[0], APPROVE, "Ben")
    return at


def tomorrow(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Sets the clock by which the agent measures holds."""
    later = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr("langchain_ashby.agent.nodes.review.store_time", lambda store: later)
    return later


def test_a_held_change_is_made_when_its_hold_is_over_in_the_name_of_who_approved_it(
    sandbox: AshbySandbox, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = held(sandbox, pair)
    at.deliver()
    [approval] = at.approvals()
    assert at.results() == ["held"] and approval.held_until is not None and at.notes() == []
    assert at.deliver(datetime.now(UTC) + timedelta(minutes=59)) == 0
    late = tomorrow(monkeypatch)
    others = desk(sandbox, pair, policy=ApprovalPolicy(hold={"ashby_create_candidate_note": HOLD}))
    assert others.deliver(late) == 1 and others.deliver(late) == 0
    assert len(at.notes()) == 1 and at.results() == ["held", "applied"]
    assert [it.reviewer for it in audit_trail(at.store)] == ["Ben", "Ben"]


def test_anybody_may_stop_a_hold(sandbox: AshbySandbox, memory: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    at = held(sandbox, memory)
    at.deliver()
    at.outbox.keep(at.approvals()[0], {"type": "reject", "message": "Wrong person."}, "Ann")
    assert at.deliver(tomorrow(monkeypatch)) == 1
    assert at.results("Ann") == ["rejected"] and at.notes() == [] and at.approvals() == []


def test_a_hold_holds_up_no_other_change_of_its_question(
    sandbox: AshbySandbox, memory: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = held(sandbox, memory, call("ashby_add_candidate_tag", **_tag(sandbox)))
    at.outbox.keep(at.approvals()[1], {"type": "reject"}, "Ann")
    at.deliver()
    [waits] = at.approvals()
    assert at.results("Ann") == ["rejected"] and at.results() == ["held"] and waits.held_until


def test_a_hold_that_is_over_waits_for_no_other_change(
    sandbox: AshbySandbox, memory: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = ApprovalPolicy(hold={"ashby_create_candidate_note": HOLD}, second_reviewer=["ashby_add_candidate_tag"])
    both = say("", note(), call("ashby_add_candidate_tag", **_tag(sandbox)))
    at = desk(sandbox, memory, both, "Done.", policy=policy)
    at.ask()
    for approval in at.approvals():
        at.outbox.keep(approval, APPROVE, "Ben")
    at.deliver()
    assert [bool(it.held_until) for it in at.approvals()] == [True, False]
    assert at.deliver(tomorrow(monkeypatch)) == 1
    [tag] = at.approvals()
    assert len(at.notes()) == 1 and tag.approved_by and at.results()[-1] == "applied"


def test_two_people_who_approve_both_learn_what_became_of_it(sandbox: AshbySandbox, memory: Pair) -> None:
    policy = ApprovalPolicy(second_reviewer=["ashby_create_candidate_note"])
    at = desk(sandbox, memory, policy=policy)
    at.ask()
    at.outbox.keep(at.approvals()[0], APPROVE, "Ben")
    at.deliver()
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "ben ")
    at.deliver()
    assert at.results() == ["approved"] and at.results("ben ") == ["asked again"] and at.notes() == []
    at.outbox.keep(at.approvals()[0], APPROVE, "Ann")
    at.deliver()
    assert at.results("Ann") == ["applied"] and len(at.notes()) == 1


def _tag(sandbox: AshbySandbox) -> dict[str, Any]:
    state = sandbox.state()
    return {"candidate_id": state["candidate"][1]["id"], "tag_id": state["candidateTag"][0]["id"]}


def test_a_clock_that_is_ahead_does_not_shorten_the_time_for_an_undo(
    sandbox: AshbySandbox, memory: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(sandbox, memory, undo=timedelta(seconds=3))
    at.ask()
    at.outbox.keep(at.approvals()[0], APPROVE, "Ben")
    monkeypatch.setattr("langchain_ashby.inbox.decisions.this_process", lambda: "another, an hour ahead")
    assert at.deliver(datetime.now(UTC) + timedelta(hours=1)) == 0
    until(lambda: at.deliver(datetime.now(UTC) + timedelta(hours=1)))
    assert at.results() == ["applied"]
