"""Forms send edited arguments as text, and expect decisions to be marked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langgraph.types import Command
from office import Office, agent, approve, calling, made, request, results, thread, tool, user, write
from pydantic import BaseModel

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoints.candidates import CreateCandidateNote
from langchain_ashby.sandbox import AshbySandbox

CANDIDATE = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


class Everything(BaseModel):
    people: list[str]
    limits: dict[str, int] | None = None
    count: int = 0
    share: float = 0.5
    urgent: bool = False
    note: str = ""
    either: str | int = ""


def decided(args: dict[str, Any]) -> dict[str, Any]:
    """The arguments with which the tool ran after an edit to these."""
    ran: list[dict[str, Any]] = []

    def act(**given: Any) -> tuple[str, None]:
        ran.append(given)
        return "done", None

    office = Office(more=[tool("act", act, Everything, {"readOnlyHint": False})])
    graph, config = agent(office, calling(made("act", {"people": ["Ada"]})), "Done."), thread()
    graph.invoke(user(), config)
    edited = {"type": "edit", "edited_action": {"name": "act", "args": args}}
    result = graph.invoke(Command(resume={"decisions": [edited]}), config)
    while "__interrupt__" in result:
        assert "problem" not in request(result), request(result)["problem"]
        result = graph.invoke(Command(resume=approve()), config)
    return ran[-1]


def test_text_is_read_as_what_the_argument_takes() -> None:
    args = {"people": '["Ada", "Ben"]', "limits": '{"Ada": 2}', "count": "3", "share": "0.25", "urgent": "true"}
    assert (
        decided(args)
        == Everything(people=["Ada", "Ben"], limits={"Ada": 2}, count=3, share=0.25, urgent=True).model_dump()
    )


@pytest.mark.parametrize("count", ["9" * 23, "[" * 100_000], ids=["too large", "too deep"])
def test_text_whose_value_no_checkpoint_can_hold_leaves_the_question_open(count: str) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    args = {"candidate_id": "ada", "stage": "Hired", "times": count}
    edited = {"type": "edit", "edited_action": {"name": "move_candidate", "args": args}}
    assert "Nothing was executed" in request(graph.invoke(Command(resume={"decisions": [edited]}), config))["problem"]
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


def test_text_stays_text_where_the_argument_takes_text() -> None:
    args = {"people": ["Ada"], "note": '["Ada"]', "either": "7"}
    assert decided(args) == Everything(people=["Ada"], note='["Ada"]', either="7").model_dump()


@pytest.mark.parametrize("text", ["Ada", '{"a": 1}', "3", ""])
def test_text_that_is_something_else_is_refused(text: str) -> None:
    office = Office(more=[tool("act", lambda **_: ("done", None), Everything, {"readOnlyHint": False})])
    graph, config = agent(office, calling(made("act", {"people": ["Ada"]})), "Done."), thread()
    graph.invoke(user(), config)
    edited = {"type": "edit", "edited_action": {"name": "act", "args": {"people": text}}}
    result = graph.invoke(Command(resume={"decisions": [edited]}), config)
    assert "the edited arguments are invalid" in request(result)["problem"]


def test_an_interview_edited_as_text_is_scheduled() -> None:
    with AshbySandbox(candidates=10) as ashby, AshbyClient(ashby.api_key, ashby.url) as client:
        state = ashby.state()
        application = next(it for it in state["application"] if it["status"] == "Active")
        events = [
            {
                "start_time": "2027-01-05T10:00:00Z",
                "end_time": "2027-01-05T11:00:00Z",
                "interviewers": [{"email": state["user"][0]["email"]}],
            }
        ]
        call = made(
            "ashby_create_interview_schedule", {"application_id": application["id"], "interview_events": events}
        )
        model = ScriptedChatModel(script=lines(say("", call), "Done."))
        graph, config = create_recruiting_agent(model, AshbyToolkit(client)), thread()
        asked = request(graph.invoke(user(), config))["action_requests"][0]
        later = json.dumps(events).replace("T10:", "T14:").replace("T11:", "T15:")
        edited = {"name": asked["name"], "args": asked["args"] | {"interview_events": later}}
        answer: Command[Any] = Command(resume={"decisions": [{"type": "edit", "edited_action": edited}]})
        result = graph.invoke(answer, config)
        if "__interrupt__" in result:
            graph.invoke(Command(resume=approve()), config)
        sent = next(it for it in ashby.requests() if it["endpoint"] == "interviewSchedule.create")
        assert sent["body"]["interviewEvents"][0]["startTime"].startswith("2027-01-05T14:00")


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ('{"type": "text/html", "value": "<b>Yes</b>"}', {"type": "text/html", "value": "<b>Yes</b>"}),
        ('{"score": 3}', {"type": "text/plain", "value": '{"score": 3}'}),
        ("{curly} people", {"type": "text/plain", "value": "{curly} people"}),
    ],
)
def test_a_note_in_the_text_of_an_object_is_not_written_like_that(given: str, wire: dict[str, str]) -> None:
    assert CreateCandidateNote(candidate_id=CANDIDATE, note=given).wire()["note"] == wire


@pytest.mark.parametrize(
    ("decision", "marked"),
    [({"type": "reject", "message": "no"}, "reject"), ({"type": "respond", "message": "later"}, "respond")],
)
def test_an_answer_by_a_person_is_marked_as_langchains_are(decision: dict[str, str], marked: str) -> None:
    graph, config = agent(Office(), calling(write("ada")), "Done."), thread()
    graph.invoke(user(), config)
    [answer] = results(graph.invoke(Command(resume={"decisions": [decision]}), config))
    assert answer.additional_kwargs == {"lc_source": "hitl_interrupt_decision", "lc_data": {"decision": marked}}
    [kept] = results(graph.get_state(config).values)
    assert kept.additional_kwargs == answer.additional_kwargs


def test_a_write_that_was_made_is_not_marked() -> None:
    graph, config = agent(Office(), calling(write("ada")), "Done."), thread()
    graph.invoke(user(), config)
    [answer] = results(graph.invoke(Command(resume=approve()), config))
    assert answer.additional_kwargs == {}
