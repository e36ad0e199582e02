"""The agent with the real tools over HTTP, against the sandbox: which requests reach Ashby."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.types import Command
from office import approve, assert_sendable, made, request, results, thread, user
from test_agent_hostile_answers import MALFORMED, almost_answer, anything

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.approval.gate import needs_approval
from langchain_ashby.demo.afternoon import recruiters_afternoon
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoint import Access, Page
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS
from langchain_ashby.results import render
from langchain_ashby.sandbox import AshbySandbox


@dataclass
class Ashby:
    """The sandbox, a toolkit on it, and a candidate to act on."""

    sandbox: AshbySandbox
    toolkit: AshbyToolkit

    def __post_init__(self) -> None:
        self.candidate = self.sandbox.records("candidate")[0]["id"]
        self.endpoints = {(tool.metadata or {})["ashby"]["endpoint"]: tool for tool in self.toolkit.get_tools()}

    def agent(self, *spoken: Any) -> Any:
        return create_recruiting_agent(ScriptedChatModel(script=lines(*spoken)), self.toolkit)

    def note(self, text: str = "Met today.") -> Any:
        return made("ashby_create_candidate_note", {"candidate_id": self.candidate, "note": text})

    def written(self) -> list[str]:
        """The write endpoints called so far."""
        called = [entry["endpoint"] for entry in self.sandbox.requests()]
        return [it for it in called if it in self.endpoints and needs_approval(self.endpoints[it])]


@pytest.fixture
def ashby() -> Iterator[Ashby]:
    with AshbySandbox() as sandbox, AshbyClient(api_key=sandbox.api_key, base_url=sandbox.url, timeout=5) as client:
        yield Ashby(sandbox, AshbyToolkit(client))


@pytest.fixture(scope="module")
def quiet_ashby() -> Iterator[Ashby]:
    """An office shared by tests that do not write, or that count from their own start."""
    with AshbySandbox() as sandbox, AshbyClient(api_key=sandbox.api_key, base_url=sandbox.url, timeout=5) as client:
        yield Ashby(sandbox, AshbyToolkit(client))


def test_an_approved_write_reaches_ashby_once(ashby: Ashby) -> None:
    config = thread()
    graph = ashby.agent(say("", ashby.note()), "Done.")
    graph.invoke(user(), config)
    assert ashby.written() == []
    result = graph.invoke(Command(resume=approve()), config)
    assert ashby.written() == ["candidate.createNote"]
    assert results(result)[0].status == "success"
    assert "untrusted" in results(result)[0].text


@pytest.mark.parametrize(
    "answer", [{"decisions": [{"type": "reject"}]}, {"decisions": [{"type": "respond", "message": "Later."}]}]
)
def test_a_write_that_is_not_approved_never_reaches_ashby(ashby: Ashby, answer: Any) -> None:
    config, before = thread(), ashby.sandbox.state()
    graph = ashby.agent(say("", ashby.note()), "I see.")
    graph.invoke(user(), config)
    graph.invoke(Command(resume=answer), config)
    assert ashby.written() == []
    assert ashby.sandbox.state() == before


def test_malformed_answers_leave_no_write_request(ashby: Ashby) -> None:
    config = thread()
    graph = ashby.agent(say("", ashby.note()), "Done.")
    graph.invoke(user(), config)
    for answer in MALFORMED:
        request(graph.invoke(Command(resume=answer), config))
    assert ashby.written() == []
    graph.invoke(Command(resume=approve()), config)
    assert ashby.written() == ["candidate.createNote"]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(answer=anything.filter(lambda it: it is not None) | almost_answer)
def test_whatever_is_answered_ashby_sees_no_write_without_approval(quiet_ashby: Ashby, answer: Any) -> None:
    config = thread()
    before = len(quiet_ashby.written())
    graph = quiet_ashby.agent(say("", quiet_ashby.note(), quiet_ashby.note("Another.")), "Done.")
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume=answer), config)
    kinds = [] if "__interrupt__" in result else [decision["type"] for decision in answer["decisions"]]
    # Every edit here gets the tool's name or arguments wrong, so only an approval can have run.
    assert len(quiet_ashby.written()) - before == kinds.count("approve")


def test_an_edit_is_what_reaches_ashby(ashby: Ashby) -> None:
    config = thread()
    graph = ashby.agent(say("", ashby.note("Met today.")), "Done.")
    graph.invoke(user(), config)
    args = {"candidate_id": ashby.candidate, "note": "Met on Monday."}
    edit = {"type": "edit", "edited_action": {"name": "ashby_create_candidate_note", "args": args}}
    result = graph.invoke(Command(resume={"decisions": [edit]}), config)
    [sent] = [it for it in ashby.sandbox.requests() if it["endpoint"] == "candidate.createNote"]
    assert "Met on Monday." in json.dumps(sent["body"]["note"])
    assert results(result)[0].text.startswith("Executed as edited by a person.")


def test_an_edit_that_breaks_a_rule_of_the_tool_is_asked_again(ashby: Ashby) -> None:
    config = thread()
    graph = ashby.agent(say("", ashby.note()), "Done.")
    graph.invoke(user(), config)
    for args in ({"candidate_id": ashby.candidate}, {"candidate_id": "x", "note": "n", "invented": 1}):
        edit = {"type": "edit", "edited_action": {"name": "ashby_create_candidate_note", "args": args}}
        assert "invalid_argument" in request(graph.invoke(Command(resume={"decisions": [edit]}), config))["problem"]
    assert ashby.written() == []


def test_wrong_arguments_reach_neither_ashby_nor_a_person(ashby: Ashby) -> None:
    wrong = made("ashby_create_candidate_note", {"candidate_id": ashby.candidate, "text": "x"})
    also = made("ashby_get_candidate", {})
    result = ashby.agent(say("", wrong, also), "I see.").invoke(user(), thread())
    assert "__interrupt__" not in result
    assert [answer.status for answer in results(result)] == ["error", "error"]
    assert all("invalid_argument" in answer.text for answer in results(result))
    assert [it["endpoint"] for it in ashby.sandbox.requests()] == ["apiKey.info"]


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
@pytest.mark.parametrize("large", [1e20, -1e22], ids=str)
def test_a_whole_number_that_no_checkpoint_holds_is_neither_asked_about_nor_written(
    ashby: Ashby, many: bool, large: float
) -> None:
    fields = ashby.sandbox.records("customField")
    field = next(it["id"] for it in fields if (it["objectType"], it["fieldType"]) == ("Candidate", "Number"))
    tool = f"ashby_set_custom_field_value{'_on_many' * many}"
    whom = {"object_ids": [ashby.candidate]} if many else {"object_id": ashby.candidate}

    def args(value: float) -> dict[str, Any]:
        return {"object_type": "Candidate", **whom, "custom_field_id": field, "field_value": value}

    config, toolkit = thread(), AshbyToolkit(ashby.toolkit.client, toolsets="all")
    model = ScriptedChatModel(script=lines(say("", made(tool, args(large))), say("", made(tool, args(5))), "Done."))
    graph = create_recruiting_agent(model, toolkit)
    asked = graph.invoke(user(), config)
    assert [it["args"] for it in request(asked)["action_requests"]] == [args(5)]
    says = "field_value: takes no number of more than 64 bits"
    assert says in results(asked)[0].text
    edit = {"type": "edit", "edited_action": {"name": tool, "args": args(large)}}
    asked = graph.invoke(Command(resume={"decisions": [edit]}), config)
    assert says in request(asked)["problem"]
    graph.invoke(Command(resume=approve()), config)
    sent = [it["body"] for it in ashby.sandbox.requests() if it["endpoint"] == "customField.setValue"]
    assert [it["fieldValue"] for it in sent] == [5]


def test_what_ashby_refuses_is_read_by_the_model(ashby: Ashby) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    result = ashby.agent(say("", made("ashby_get_candidate", {"candidate_id": nobody})), "I see.").invoke(
        user(), thread()
    )
    [answer] = results(result)
    assert answer.status == "error" and "candidate_not_found" in answer.text


def test_reads_run_while_a_write_waits(ashby: Ashby) -> None:
    read = made("ashby_get_candidate", {"candidate_id": ashby.candidate})
    result = ashby.agent(say("", ashby.note(), read)).invoke(user(), thread())
    request(result)
    assert ashby.written() == []
    assert results(result)[0].artifact["results"]["id"] == ashby.candidate


def test_a_write_whose_reply_was_lost_is_found_in_ashby_and_not_sent_again(ashby: Ashby) -> None:
    config, before = thread(), len(ashby.sandbox.records("note"))
    graph = ashby.agent(say("", ashby.note()), "I see.")
    graph.invoke(user(), config)
    ashby.sandbox.fault("candidate.createNote", drop="after")
    result = graph.invoke(Command(resume=approve()), config)
    [answer] = results(result)
    assert answer.text.startswith("Executed. unreachable: The connection broke") and answer.status == "success"
    assert ashby.written() == ["candidate.createNote"]
    assert len(ashby.sandbox.records("note")) == before + 1
    assert_sendable(result["messages"])


def test_a_read_that_fails_for_good_is_answered(ashby: Ashby) -> None:
    ashby.sandbox.fault("candidate.info", times=20, body="<html>login</html>", content_type="text/html")
    read = made("ashby_get_candidate", {"candidate_id": ashby.candidate})
    result = ashby.agent(say("", read), "I see.").invoke(user(), thread())
    [answer] = results(result)
    assert answer.status == "error" and answer.text.startswith("Nothing could be read. html_reply")
    assert result["messages"][-1].text == "I see."


async def test_the_real_tools_run_async(ashby: Ashby) -> None:
    config = thread()
    read = made("ashby_get_candidate", {"candidate_id": ashby.candidate})
    graph = ashby.agent(say("", read, read | {"id": "again"}, ashby.note()), "Done.")
    request(await graph.ainvoke(user(), config))
    await graph.ainvoke(Command(resume=approve()), config)
    assert ashby.written() == ["candidate.createNote"]


def test_exactly_the_writes_wait_for_a_person(quiet_ashby: Ashby) -> None:
    tools = quiet_ashby.toolkit.get_tools()
    writes = {name for name, operation in BY_DEFAULT.items() if operation.access is Access.WRITE}
    assert {tool.name for tool in tools if needs_approval(tool)} == writes
    assert {tool.name for tool in tools if needs_approval(tool)} == set(quiet_ashby.toolkit.interrupt_on())


# The whole afternoon of the demo.


def afternoon(ashby: Ashby) -> tuple[Any, Any, Any]:
    config = thread()
    graph = create_recruiting_agent(ScriptedChatModel(script=recruiters_afternoon), ashby.toolkit)
    return graph, config, graph.invoke(user("Who is ready for an offer?"), config)


def test_the_afternoon_says_first_that_it_is_scripted(ashby: Ashby) -> None:
    _, _, result = afternoon(ashby)
    assert result["messages"][1].text.startswith("I'm a scripted model")


def test_the_afternoon_proposes_a_move_a_note_and_an_interview(ashby: Ashby) -> None:
    _, _, result = afternoon(ashby)
    assert [action["name"] for action in request(result)["action_requests"]] == [
        "ashby_change_application_stage",
        "ashby_create_candidate_note",
        "ashby_create_interview_schedule",
    ]
    assert ashby.written() == []
    assert all(answer.status == "success" for answer in results(result))


def test_the_afternoon_does_what_is_approved_and_says_so(ashby: Ashby) -> None:
    graph, config, _ = afternoon(ashby)
    result = graph.invoke(Command(resume=approve(3)), config)
    assert sorted(ashby.written()) == ["application.changeStage", "candidate.createNote", "interviewSchedule.create"]
    summary = result["messages"][-1].text
    assert summary.count("- Done:") == 3, summary
    assert "move Ada Lovelace from Onsite to Offer" in summary
    moved = next(it for it in ashby.sandbox.requests() if it["endpoint"] == "application.changeStage")["body"]
    application = next(it for it in ashby.sandbox.records("application") if it["id"] == moved["applicationId"])
    assert moved["interviewStageId"] in json.dumps(application)
    assert_sendable(result["messages"])


def test_the_afternoon_tells_the_truth_about_what_was_not_done(ashby: Ashby) -> None:
    graph, config, asked = afternoon(ashby)
    note = request(asked)["action_requests"][1]
    decisions = [
        {"type": "reject", "message": "wait for the debrief"},
        {"type": "edit", "edited_action": {"name": note["name"], "args": note["args"] | {"note": "Strong."}}},
        {"type": "respond", "message": "Kwame is away"},
    ]
    result = graph.invoke(Command(resume={"decisions": decisions}), config)
    assert ashby.written() == ["candidate.createNote"]
    move, noted, interview = result["messages"][-1].text.splitlines()[1:]
    assert move.startswith("- Not done: move Ada Lovelace") and "wait for the debrief" in move
    assert noted.startswith("- Done with your edits: add a note to Ada Lovelace")
    assert interview.startswith("- Not done: schedule Kwame Mensah's Final Interview") and "Kwame is away" in interview


def test_the_afternoon_tells_what_is_not_certain_and_what_was_refused(ashby: Ashby) -> None:
    graph, config, _ = afternoon(ashby)
    ashby.sandbox.fault("application.changeStage", drop="after")
    refusal = {"success": False, "errorInfo": {"code": "candidate_not_found", "message": "Not found"}}
    ashby.sandbox.fault("candidate.createNote", body=json.dumps(refusal))
    summary = graph.invoke(Command(resume=approve(3)), config)["messages"][-1].text.splitlines()[1:]
    assert summary[0].startswith("- Done: move Ada Lovelace"), "the reply was lost, but Ashby shows the move"
    assert summary[1].startswith("- Refused by Ashby: add a note to Ada Lovelace. candidate_not_found")
    assert summary[2].startswith("- Done: schedule Kwame Mensah's Final Interview")


def test_the_afternoon_copes_with_a_new_message_instead_of_a_decision(ashby: Ashby) -> None:
    graph, config, _ = afternoon(ashby)
    result = graph.invoke(user("Stop."), config)
    assert result["messages"][-1].text.count("- Not done:") == 3
    assert graph.invoke(user("Go on."), config)["messages"][-1].text.startswith("My script ends here")
    assert ashby.written() == []


def answered(said: list[Any], *found: Any) -> list[Any]:
    """The conversation so far, plus the script's next message and answers with these records."""
    message = recruiters_afternoon(said)
    answers = [
        ToolMessage(render(OPERATIONS[call["name"]].record(), records), tool_call_id=str(call["id"]))
        for call, records in zip(message.tool_calls, found, strict=True)
    ]
    return [*said, message, *answers]


JOB = {"id": "j", "title": "Staff Engineer", "status": "Open", "defaultInterviewPlanId": "p"}
STAGES = [{"id": "s1", "title": "Onsite"}, {"id": "s2", "title": "Offer"}]


def application(number: int) -> dict[str, Any]:
    return {
        "id": f"a{number}",
        "candidate": {"id": f"c{number}", "name": f"Candidate {number}"},
        "currentInterviewStage": {"title": "Onsite"},
    }


def feedback(*scores: int) -> list[dict[str, Any]]:
    return [{"submittedValues": {"skill": {"score": score}, "why": "…"}} for score in scores]


@pytest.mark.parametrize("found", [None, [], [JOB | {"status": "Closed"}], "broken"])
def test_the_afternoon_stops_without_a_job(found: Any) -> None:
    last = recruiters_afternoon(answered([HumanMessage("Go.")], found))
    assert last.tool_calls == [] and last.text.startswith("I'll stop here: there is no open job")


def test_the_afternoon_stops_without_candidates_or_scores() -> None:
    begun = answered([HumanMessage("Go.")], [JOB])
    assert "no one in the stage" in recruiters_afternoon(answered(begun, STAGES, [])).text
    listed = answered(begun, STAGES, [application(1)])
    assert "no one in Onsite has a score" in recruiters_afternoon(answered(listed, feedback())).text


def test_the_afternoon_reads_every_page_and_takes_the_best_scores() -> None:
    said = answered([HumanMessage("Go.")], [JOB])
    said = answered(said, STAGES, Page([application(1)], next_cursor="more", sync_token=None))
    assert recruiters_afternoon(said).tool_calls[0]["args"]["cursor"] == "more"
    said = answered(said, [application(2)])
    said = answered(said, feedback(2, 3), feedback(4, 3))
    said = answered(said, application(1), [])
    proposed: AIMessage = recruiters_afternoon(said)
    assert [call["args"].get("application_id", call["args"].get("candidate_id")) for call in proposed.tool_calls] == [
        "a2",
        "c2",
    ], "without an interviewer there is no interview to propose"
