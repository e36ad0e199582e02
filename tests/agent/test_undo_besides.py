"""An undo beside what else an approval is about: where its values come from, second reviewers and holds."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from office import request
from undoing import APPROVE, Undoer, decide, the_call, thread
from undoing import company as company
from undoing import sandbox as sandbox

from langchain_ashby.agent import ApprovalPolicy, AuditEntry, AuditTrail, PendingApprovals, audit_trail, propose_undo

MOVE, UPDATE = "ashby_change_application_stage", "ashby_update_candidate"


def another_address(company: Undoer) -> tuple[Any, AuditEntry]:
    """Changes an address; returns the agent and the entry."""
    agent, trail = company.write(UPDATE, {"candidate_id": company.candidate(), "email": "ada.king@example.com"})
    return agent, the_call(trail)


def test_the_former_values_of_an_undo_are_not_said_to_be_in_nothing_that_was_read(company: Undoer) -> None:
    agent, entry = another_address(company)
    [asked] = PendingApprovals(propose_undo(agent, entry))
    shown = asked["card"]
    assert asked["args"]["email"].startswith("ada.lovelace@")
    assert "sources" not in shown
    assert not [it for it in shown["warnings"] if "said" in it]


def test_an_edited_undo_is_traced_as_any_edit_and_its_first_message_is_nobodys(company: Undoer) -> None:
    agent, entry = another_address(company)
    proposed = propose_undo(agent, entry)
    [asked] = PendingApprovals(proposed)
    formerly = asked["args"]["email"]
    assert formerly in agent.get_state(thread(proposed.thread_id)).values["messages"][0].text
    args = {**asked["args"], "website_url": "https://ada.invalid"}
    edit = {"type": "edit", "edited_action": {"name": UPDATE, "args": args}}
    result = decide(agent, PendingApprovals(proposed), proposed.thread_id, edit)
    [edited] = request(result)["action_requests"]
    found = {it["value"]: it["from"] for it in edited["card"]["sources"]}
    assert found == {formerly: "model", "https://ada.invalid": "reviewer"}
    assert any(formerly in it for it in edited["card"]["warnings"])


def test_an_undo_that_needs_a_second_reviewer_waits_for_one(company: Undoer) -> None:
    agent, trail = to_offer(company)
    strict = company.agent(policy=ApprovalPolicy(second_reviewer=[MOVE]), store=agent.store)
    proposed = propose_undo(strict, the_call(trail), reviewer="Grace")
    again = PendingApprovals(decided(strict, proposed, "Grace"))
    assert again[0]["needs"] == "second reviewer"
    assert request(decided(strict, proposed, "Grace"))["problem"], "nobody is the second after themselves"
    assert stage(company) == "Offer"
    decided(strict, proposed, "Ben")
    assert stage(company) == "Onsite"
    outcomes = [(it.outcome, it.reviewer) for it in audit_trail(strict.store, proposed.thread_id)]
    assert outcomes[0] == ("approved", "Grace") and outcomes[-1] == ("applied", "Ben")


def test_an_undo_that_is_held_is_made_after_its_time(company: Undoer) -> None:
    agent, trail = to_offer(company)
    held = company.agent(policy=ApprovalPolicy(hold={MOVE: timedelta(seconds=0.5)}), store=agent.store)
    proposed = propose_undo(held, the_call(trail))
    result = decided(held, proposed, "Ben")
    [asked] = request(result)["action_requests"]
    assert propose_undo(held, the_call(trail)).interrupts[0].value["action_requests"] == [asked], "it still waits"
    ends = datetime.fromisoformat(asked["held_until"])
    assert stage(company) == "Offer"
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
    decided(held, proposed, "Ben")
    assert stage(company) == "Onsite"


def to_offer(company: Undoer) -> tuple[Any, AuditTrail]:
    """Moves Ada to another stage."""
    return company.write(MOVE, {"application_id": company.application(), "interview_stage_id": company.stage("Offer")})


def decided(agent: Any, proposed: Any, who: str) -> Any:
    """Approves, in somebody's name, what an undo's thread asks now."""
    pending = PendingApprovals(agent.get_state(thread(proposed.thread_id)))
    answer = pending.resume([APPROVE] * len(pending))
    return agent.invoke(answer, thread(proposed.thread_id), context={"reviewer": who}, durability="sync")


def stage(company: Undoer) -> str:
    """The title of the stage that Ada's application is in."""
    now = {it["id"]: it["currentInterviewStageId"] for it in company.sandbox.records("application")}
    return str(company.one("interviewStage", id=now[company.application()])["title"])
