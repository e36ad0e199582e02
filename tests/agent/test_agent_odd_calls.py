"""Invalid calls by models. Each gets an answer that helps the model do better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from fuzz.values import nested
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.types import Command
from office import Office, agent, approve, assert_sendable, calling, made, read, request, results, thread, user, write

from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.messages.history import open_calls, with_every_call_answered
from langchain_ashby.demo.scripted import ScriptedChatModel


def raw(office: Office, *spoken: AIMessage) -> Any:
    """An agent whose model sends these messages unchanged, ids included."""

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        return spoken[sum(isinstance(message, AIMessage) for message in messages)].model_copy(deep=True)

    return create_recruiting_agent(ScriptedChatModel(script=script), office)


def garbled(call_id: str | None, args: str = '{"candidate_id": ') -> dict[str, Any]:
    return {"type": "invalid_tool_call", "name": "move_candidate", "args": args, "id": call_id, "error": "cut off"}


def test_an_unknown_tool_is_answered_with_the_names_near_to_it() -> None:
    result = agent(Office(), calling(made("moove_candidate", {})), "Oh.").invoke(user(), thread())
    [answer] = results(result)
    assert answer.status == "error"
    assert answer.text.startswith("Not executed. There is no tool 'moove_candidate'. Did you mean move_candidate")
    assert result["messages"][-1].content == "Oh."
    assert_sendable(result["messages"])


def test_an_unknown_tool_with_an_unfamiliar_name_is_answered() -> None:
    [answer] = results(agent(Office(), calling(made("xyzzy", {})), "Oh.").invoke(user(), thread()))
    assert answer.text.endswith("Use only the tools you were given.")


def test_arguments_that_are_not_json_are_answered() -> None:
    message = AIMessage("", invalid_tool_calls=[garbled("g1")])
    result = raw(Office(), message, AIMessage("Oh.")).invoke(user(), thread())
    [answer] = results(result)
    assert answer.tool_call_id == "g1" and answer.status == "error"
    assert "move_candidate are not a JSON object" in answer.content
    assert_sendable(result["messages"])


@pytest.mark.parametrize(
    "odd", [10**400, 2**64, -(2**63) - 1, float("nan"), float("inf"), nested(60), nested(150), "\ud800", {"\ud800": 1}]
)
@pytest.mark.parametrize("content", ["", [{"type": "tool_use", "id": "o1", "name": "move_candidate", "input": {}}]])
def test_arguments_that_no_checkpoint_can_hold_are_answered_and_the_run_continues(odd: Any, content: Any) -> None:
    office = Office()
    args = {"candidate_id": "ada", "stage": "Offer", "times": odd}
    blocks = [block | {"input": args} for block in content]
    calls = [made("move_candidate", args, "o1"), made("get_candidate", {"candidate_id": "ben"}, "r1")]
    graph = raw(office, AIMessage(blocks or "", tool_calls=calls), AIMessage("Oh."))
    result = graph.invoke(user(), thread())
    [answer] = [it for it in results(result) if it.tool_call_id == "o1"]
    assert answer.status == "error" and answer.text.startswith("Not executed. The arguments contain a number that is")
    assert (office.writes, office.reads) == ([], ["ben"])
    assert result["messages"][-1].content == "Oh."
    assert_sendable(result["messages"])


def test_arguments_that_do_not_fit_go_back_to_the_model_and_not_to_a_person() -> None:
    office = Office()
    graph = agent(office, calling(write("ada", ""), made("move_candidate", {}), write("ada", "Nowhere")), "Oh.")
    result = graph.invoke(user(), thread())
    assert "__interrupt__" not in result
    assert [answer.status for answer in results(result)] == ["error"] * 3
    assert all(answer.text.startswith("Not executed. invalid_argument") for answer in results(result))
    assert office.writes == []
    assert_sendable(result["messages"])


def test_invalid_arguments_do_not_hold_up_valid_calls() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada", ""), write("ben"), read("cy"), made("get_candidate", {})), "Done.")
    assert [action["args"]["candidate_id"] for action in request(graph.invoke(user(), config))["action_requests"]] == [
        "ben"
    ]
    result = graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ben", "Offer")]
    assert office.reads == ["cy"]
    assert len(results(result)) == 4
    assert_sendable(result["messages"])


def test_all_kinds_of_calls_in_one_message_are_each_answered_once() -> None:
    office, config = Office(), thread()
    message = AIMessage(
        "",
        tool_calls=[
            read("r", "1"),
            write("w", call_id="2"),
            made("nope", {}, "3"),
            write("dup", call_id="4"),
            read("dup", "4"),
            write("none", call_id=None),
        ],
        invalid_tool_calls=[garbled("5")],
    )
    graph = raw(office, message, AIMessage("Done."))
    assert [action["args"]["candidate_id"] for action in request(graph.invoke(user(), config))["action_requests"]] == [
        "w",
        "none",
    ]
    result = graph.invoke(Command(resume=approve(2)), config)
    assert office.reads == ["r"]
    assert sorted(office.writes) == [("none", "Offer"), ("w", "Offer")]
    assert len(results(result)) == 7
    assert_sendable(result["messages"])


@pytest.mark.parametrize("count", [2, 3])
def test_calls_that_share_an_id_do_not_run(count: int) -> None:
    office = Office()
    message = AIMessage("", tool_calls=[write(f"c{number}", call_id="same") for number in range(count)])
    result = raw(office, message, AIMessage("Oh.")).invoke(user(), thread())
    assert "__interrupt__" not in result
    assert office.writes == []
    assert len(results(result)) == count
    assert all("same id" in answer.content and answer.status == "error" for answer in results(result))
    assert_sendable(result["messages"])


def test_a_read_that_shares_its_id_with_a_write_does_not_run_either() -> None:
    office = Office()
    message = AIMessage("", tool_calls=[read("ada", "same"), write("ada", call_id="same")])
    raw(office, message, AIMessage("Oh.")).invoke(user(), thread())
    assert office.reads == [] and office.writes == []


def test_a_malformed_call_that_shares_its_id_is_told_apart() -> None:
    message = AIMessage("", tool_calls=[write("ada", call_id="same")], invalid_tool_calls=[garbled("same")])
    result = raw(Office(), message, AIMessage("Oh.")).invoke(user(), thread())
    assert len(results(result)) == 2
    assert_sendable(result["messages"])


@pytest.mark.parametrize("missing", [None, ""])
def test_a_call_without_an_id_gets_one(missing: str | None) -> None:
    office, config = Office(), thread()
    message = AIMessage("", tool_calls=[write("a", call_id=missing), write("b", call_id=missing), read("c", missing)])
    graph = raw(office, message, AIMessage("Done."))
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume=approve(2)), config)
    assert sorted(office.writes) == [("a", "Offer"), ("b", "Offer")]
    assert office.reads == ["c"]
    assert_sendable(result["messages"])


def test_new_ids_do_not_contradict_the_content() -> None:
    block = {"type": "tool_use", "id": "same", "name": "move_candidate", "input": {}}
    message = AIMessage(
        [{"type": "text", "text": "So."}, block, block],
        tool_calls=[write("a", call_id="same"), write("b", call_id="same")],
    )
    result = raw(Office(), message, AIMessage("Oh.")).invoke(user(), thread())
    assert result["messages"][1].content == [{"type": "text", "text": "So."}]


def test_a_model_that_restarts_its_call_ids_in_each_message_is_understood() -> None:
    office, config = Office(), thread()
    graph = raw(
        office,
        calling(write("a", call_id="call_0")),
        calling(write("b", call_id="call_0"), read("r", "call_1")),
        calling(write("c", call_id="call_0")),
        AIMessage("Done."),
    )
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve()), config)
    graph.invoke(Command(resume={"decisions": [{"type": "reject"}]}), config)
    result = graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("a", "Offer"), ("c", "Offer")]
    assert result["messages"][-1].content == "Done."
    assert_sendable(result["messages"])


def test_open_calls_are_those_at_the_end_without_an_answer() -> None:
    ai = calling(read("a", "1"), read("b", "2"))
    assert [call["id"] for call in open_calls([ai])] == ["1", "2"]
    assert [call["id"] for call in open_calls([ai, ToolMessage("", tool_call_id="1")])] == ["2"]
    assert open_calls([ai, HumanMessage("")]) == []
    assert open_calls([]) == []


def test_every_call_gets_its_answer_right_behind_its_message() -> None:
    messages = [
        calling(read("a", "1"), read("b", "2")),
        ToolMessage("", tool_call_id="2"),
        HumanMessage(""),
        calling(read("c", "1")),
        AIMessage(""),
        calling(read("d", None), read("e", "3")),
    ]
    complete = with_every_call_answered(messages, lambda call: ToolMessage("new", tool_call_id=call["id"]))  # type: ignore[arg-type]
    assert [(m.type, getattr(m, "tool_call_id", None)) for m in complete] == [
        ("ai", None),
        ("tool", "2"),
        ("tool", "1"),
        ("human", None),
        ("ai", None),
        ("tool", "1"),
        ("ai", None),
        ("ai", None),
        ("tool", "3"),
    ]
