"""The order of the writes of one message where they share a record that their arguments do not show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from examples import EXAMPLES, Company
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import approve, made, results, thread, user
from writing_room import QUICK, Killed

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent import ApprovalPolicy, Journal
from langchain_ashby.agent.execution import executor
from langchain_ashby.agent.execution.siblings import Left, is_explained, is_left
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import short
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow


class Desk(Company):
    """A company, and an agent that proposes the same calls each time it is made."""

    def __init__(self, sandbox: AshbySandbox, client: AshbyClient, files: Path) -> None:
        super().__init__(sandbox.state(), client, files)
        self.sandbox = sandbox
        self.saver, self.store, self.config = InMemorySaver(), InMemoryStore(), thread()

    def agent(self, *calls: tuple[str, dict[str, Any]], **options: Any) -> Any:
        proposed = [made(f"ashby_{name}", args, f"call_{number}") for number, (name, args) in enumerate(calls)]
        return create_recruiting_agent(
            ScriptedChatModel(script=lines(say("", *proposed), "Done.", "Done.")),
            AshbyToolkit(self.client),
            checkpointer=self.saver,
            store=self.store,
            **{"journal": Journal(**QUICK), **options},
        )

    def sent(self, *paths: str) -> list[str]:
        return [it["endpoint"] for it in self.sandbox.requests() if it["endpoint"] in paths]

    def run(self, *calls: tuple[str, dict[str, Any]], **options: Any) -> list[str]:
        graph = self.agent(*calls, **options)
        graph.invoke(user(), self.config)
        result = graph.invoke(Command(resume=approve(len(calls))), self.config)
        return [answer.text for answer in results(result)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with AshbySandbox() as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=10) as client:
        yield Desk(sandbox, client, tmp_path)


SOMEBODY = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


def _operation(tool: str, **args: Any) -> Any:
    return OPERATIONS[f"ashby_{tool}"](**args)


def test_a_change_of_what_another_write_names_inside_its_form_is_no_surprise(desk: Desk) -> None:
    offer = EXAMPLES["ashby_create_offer"](desk)
    opening = next(it["value"] for it in offer["field_submissions"] if it["path"] == "Opening")
    desk.client.call(_operation("set_opening_state", opening_id=opening, opening_state="Draft"))
    texts = desk.run(("set_opening_state", {"opening_id": opening, "opening_state": "Open"}), ("create_offer", offer))
    assert [text.startswith("# Done") for text in texts] == [True, True], texts


def test_an_address_is_corrected_before_the_rejection_goes_to_it(desk: Desk) -> None:
    rejection = EXAMPLES["ashby_change_application_stage"](desk)
    assert "archive_email" in rejection
    new = {"candidate_id": desk.candidate(), "email": "ada.corrected@example.com"}
    texts = desk.run(("update_candidate", new), ("change_application_stage", rejection))
    assert [text.startswith("# Done") for text in texts] == [True, True], texts
    assert desk.sent("candidate.update", "application.changeStage") == ["candidate.update", "application.changeStage"]


def test_an_edit_that_newly_meets_another_write_keeps_the_order(desk: Desk) -> None:
    one, two = (it["id"] for it in desk.seed["opening"][:2])
    calls = (
        ("set_opening_state", {"opening_id": one, "opening_state": "Draft"}),
        ("set_opening_archived", {"opening_id": two, "archive": True}),
    )
    graph = desk.agent(*calls)
    graph.invoke(user(), desk.config)
    edited = {"name": "ashby_set_opening_state", "args": {"opening_id": two, "opening_state": "Draft"}}
    decisions = [{"type": "edit", "edited_action": edited}, {"type": "approve"}]
    asked = graph.invoke(Command(resume={"decisions": decisions}), desk.config)
    assert "__interrupt__" in asked and not desk.sent("opening.setArchived")
    graph.invoke(Command(resume=approve()), desk.config)
    assert desk.sent("opening.setOpeningState", "opening.setArchived") == [
        "opening.setOpeningState",
        "opening.setArchived",
    ]


def test_a_warning_that_came_before_the_decision_is_a_surprise_though_a_sibling_ran_unasked(desk: Desk) -> None:
    opening = desk.seed["opening"][0]["id"]
    policy = ApprovalPolicy({"ashby_set_opening_archived": "allow"})
    graph = desk.agent(
        ("set_opening_archived", {"opening_id": opening, "archive": True}),
        ("set_opening_state", {"opening_id": opening, "opening_state": "Draft"}),
        policy=policy,
    )
    graph.invoke(user(), desk.config, durability="sync")
    result = graph.invoke(Command(resume=approve()), desk.config, durability="sync")
    archived, moved = (answer.text for answer in results(result))
    assert archived.startswith("# Done") and "there is a new warning: The opening is archived" in moved


def test_a_warning_that_came_while_the_run_was_broken_off_is_a_surprise(desk: Desk) -> None:
    class DiesAfterTheFirst(Journal):
        concluded = 0

        def conclude(self, *arguments: Any) -> None:
            super().conclude(*arguments)
            self.concluded += 1
            if self.concluded == 1:
                raise Killed

    new = {"candidate_id": desk.candidate(), "email": "taken@example.com"}
    tag = {**EXAMPLES["ashby_add_candidate_tag"](desk), "candidate_id": desk.candidate()}
    calls = (("add_candidate_tag", tag), ("update_candidate", new))
    graph = desk.agent(*calls, journal=DiesAfterTheFirst(**QUICK))
    graph.invoke(user(), desk.config, durability="sync")
    with pytest.raises(Killed):
        graph.invoke(Command(resume=approve(2)), desk.config, durability="sync")
    desk.client.call(_operation("create_candidate", name="Somebody Else", email="taken@example.com"))
    # Another process takes over.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executor, "this_process", lambda: "another")
        result = desk.agent(*calls).invoke(None, desk.config)
    assert "Another candidate has the e-mail address" in results(result)[1].text
    assert not desk.sent("candidate.update")


@pytest.mark.parametrize("policy", [None, ApprovalPolicy({"ashby_create_candidate_note": "allow"})])
def test_a_warning_that_came_while_a_person_thought_about_a_card_is_a_surprise(
    desk: Desk, policy: ApprovalPolicy | None
) -> None:
    rejection = EXAMPLES["ashby_change_application_stage"](desk)
    note = {"candidate_id": desk.candidate(), "note": "Met today."}
    graph = desk.agent(("create_candidate_note", note), ("change_application_stage", rejection), policy=policy)
    asked = graph.invoke(user(), desk.config, durability="sync")
    count = len(asked["__interrupt__"][0].value["action_requests"])
    times = {"start_time": "2040-01-09T10:00:00Z", "end_time": "2040-01-09T11:00:00Z"}
    meeting = {**times, "interviewers": [{"email": "sofia@example.com"}]}
    schedule = {"application_id": rejection["application_id"], "interview_events": [meeting]}
    desk.client.call(_operation("create_interview_schedule", **schedule))
    result = graph.invoke(Command(resume=approve(count)), desk.config, durability="sync")
    assert any("An interview is still scheduled" in answer.text for answer in results(result))
    assert not desk.sent("application.changeStage")


def test_the_same_note_in_two_spellings_is_the_same_change(desk: Desk) -> None:
    note = {"candidate_id": desk.candidate(), "note": "Met today."}
    other = {"candidate_id": short(desk.candidate()), "note": {"type": "text/plain", "value": "Met  today."}}
    graph = desk.agent(("create_candidate_note", note), ("create_candidate_note", other))
    asked = graph.invoke(user(), desk.config)["__interrupt__"][0].value["action_requests"]
    assert all("is proposed 2 times" in " ".join(it["card"]["warnings"]) for it in asked)


def test_a_text_that_reads_like_what_a_sibling_left_elsewhere_is_a_surprise() -> None:
    state = _operation("set_opening_state", opening_id=SOMEBODY, opening_state="Open")
    text = _operation("update_opening", opening_id=SOMEBODY, description="Open")
    field = _operation(
        "set_custom_field_value", object_type="Job", object_id=SOMEBODY, custom_field_id=SOMEBODY, field_value="Open"
    )
    opened = [Left(state, {"State": "Open", "Website": "Ada Byron"}, {})]
    assert is_left(opened, "Opening OP-202", "open", of_field=False)
    assert is_left(opened, "Website", "Ada Byron", of_field=False)
    assert not is_left(opened, "Name", "Ada Byron", of_field=False)
    assert not is_left([Left(text, {"Description": "Open"}, {})], "State", "Open", of_field=False)
    assert not is_left([Left(field, {"State": "Open"}, {})], "State", "Open", of_field=False)
    assert is_left([Left(field, {"State": "Open"}, {})], "State", "Open", of_field=True)
    assert not is_left(opened, "State", "Open", of_field=True)


def test_words_differ_by_what_a_sibling_changed_or_are_a_surprise() -> None:
    renamed = _operation("update_job", job_id=SOMEBODY, title="Lead (1.5)")
    left = [Left(renamed, {"Title": "Lead (1.5)"}, {"Title": "Engineer"})]
    assert is_explained(left, "Close the job Engineer (Oslo)", "Close the job “Lead (1.5)” (Oslo)")
    assert is_explained(left, ["A.", "Engineer is open."], ["Lead (1.5) is open.", "A."])
    assert not is_explained(left, ["Engineer is open."], ["Lead (1.5) is closed."])
    assert not is_explained(left, ["Engineers meet."], ["Lead (1.5)s meet."])
    assert not is_explained(left, [], ["Lead (1.5) is open."])
    assert not is_explained([Left(renamed, {"Title": "Lead"}, {})], "Engineer", "Lead")
    longer = [Left(renamed, {"Title": "Lead Engineer"}, {"Title": "Engineer"})]
    assert is_explained(longer, "Close the job Engineer", "Close the job Lead Engineer")
