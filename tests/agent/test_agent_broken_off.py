"""Threads that take an unexpected turn: a new message instead of a decision, or an aborted run."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langgraph.types import Command
from office import Office, agent, approve, assert_sendable, calling, read, request, results, thread, user, write

from langchain_ashby.agent import QuestionClosedError, create_recruiting_agent
from langchain_ashby.agent.messages.history import arranged
from langchain_ashby.demo.scripted import ScriptedChatModel, lines


def kinds(result: dict[str, Any]) -> list[str]:
    return [message.type for message in result["messages"]]


def test_a_new_message_while_an_approval_waits_leaves_the_write_undone() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(read("ben"), write("ada"), write("cy")), "As you like.", "Hello.")
    graph.invoke(user(), config)
    result = graph.invoke(user("Never mind."), config)
    assert "__interrupt__" not in result
    assert kinds(result) == ["human", "ai", "tool", "tool", "tool", "human", "ai"]
    assert [answer.text.split(".")[0] for answer in results(result)] == [
        "candidate ben",
        "Not executed",
        "Not executed",
    ]
    assert result["messages"][-2].content == "Never mind."
    assert office.writes == []
    assert_sendable(result["messages"])
    with pytest.raises(QuestionClosedError):
        graph.invoke(Command(resume=approve(2)), config)
    assert office.writes == [], "an approval that came too late was carried out"
    assert_sendable(graph.invoke(user("Still there?"), config)["messages"])


def test_a_new_message_after_a_malformed_answer_starts_afresh() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), calling(write("ben")), "Done.")
    graph.invoke(user(), config)
    graph.invoke(Command(resume="?"), config)
    asked = request(graph.invoke(user("Take ben."), config))
    assert [action["args"]["candidate_id"] for action in asked["action_requests"]] == ["ben"]
    assert "problem" not in asked
    assert_sendable(graph.invoke(Command(resume=approve()), config)["messages"])
    assert office.writes == [("ben", "Offer")]


def test_the_model_sees_a_conversation_that_a_provider_would_accept() -> None:
    seen = []
    inner = lines(calling(write("ada"), read("ben")), "Fine.")

    def script(messages: Any) -> AIMessage:
        seen.append(messages)
        return inner(messages)

    config = thread()
    graph = create_recruiting_agent(ScriptedChatModel(script=script), Office())
    graph.invoke(user(), config)
    graph.invoke({"messages": [HumanMessage("One."), HumanMessage("Two.")]}, config)
    assert_sendable(seen[-1])


def test_only_new_messages_are_streamed_when_the_list_is_rewritten() -> None:
    config = thread()
    graph = agent(Office(), "Hello.", calling(write("ada")), "Fine.")
    graph.invoke(user("Hi."), config)
    graph.invoke(user(), config)
    streamed = list(graph.stream(user("Never mind."), config, stream_mode="messages"))
    texts = [message.text for message, _ in streamed if message.type in ("ai", "AIMessageChunk") and message.text]
    assert texts == ["Fine."]
    assert any(isinstance(message, AIMessageChunk) for message, _ in streamed)


def test_a_bug_is_raised_and_not_reported_to_the_model() -> None:
    office, config = Office(on_read=lambda candidate_id: dict[str, None]()[candidate_id]), thread()
    graph = agent(office, calling(read("ada")), "Fine.")
    with pytest.raises(KeyError):
        graph.invoke(user(), config)
    result = graph.invoke(user("What happened?"), config)
    assert results(result)[0].text.startswith("Not executed.")
    assert_sendable(result["messages"])


def test_after_an_aborted_run_each_approved_write_is_answered_with_what_is_known_about_it() -> None:
    def break_off(candidate_id: str) -> None:
        if candidate_id == "ben":
            raise KeyError("a fault")

    office, config = Office(on_write=break_off), thread()
    graph = agent(office, calling(write("ada"), write("ben"), write("cy")), "Hm.")
    graph.invoke(user(), config)
    decisions = [{"type": "approve"}, {"type": "approve"}, {"type": "reject", "message": "no"}]
    with pytest.raises(KeyError):
        graph.invoke(Command(resume={"decisions": decisions}), config)
    result = graph.invoke(user("What happened?"), config)
    said = {answer.tool_call_id: answer.text for answer in results(result)}
    assert said["call_0_1"].startswith("Outcome not known.")
    assert said["call_0_2"].startswith("Not executed. A person rejected")
    # The write took effect. Its answer was lost with the step, but the journal has it.
    assert office.writes == [("ada", "Offer")]
    assert said["call_0_0"] == "moved ada to Offer"
    assert_sendable(result["messages"])


def test_an_approval_in_an_earlier_message_does_not_apply_to_a_later_call_with_the_same_id() -> None:
    office, config = Office(on_read=lambda candidate_id: dict[str, None]()[candidate_id]), thread()
    graph = agent(office, calling(write("ada", call_id="call_0")), calling(read("ada", "call_0")), "Hm.")
    graph.invoke(user(), config)
    with pytest.raises(KeyError):
        graph.invoke(Command(resume=approve()), config)
    result = graph.invoke(user("What happened?"), config)
    assert [answer.text.split(".")[0] for answer in results(result)] == ["moved ada to Offer", "Not executed"]


def test_a_failed_read_beside_a_proposal_does_not_lose_the_question_on_retry() -> None:
    broken = [True]

    def sometimes(candidate_id: str) -> None:
        if broken.pop() if broken else False:
            raise RuntimeError("a fault")

    office, config = Office(on_read=sometimes), thread()
    graph = agent(office, calling(read("ben"), write("ada")), "Done.")
    with pytest.raises(RuntimeError):
        graph.invoke(user(), config)
    request(graph.invoke(None, config))
    assert office.reads == ["ben"]
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


def test_a_history_with_open_calls_is_repaired_and_none_of_them_runs() -> None:
    office = Office()
    history = [HumanMessage("Go."), calling(write("ada", call_id="x1"), read("ben", "x2"))]
    model = ScriptedChatModel(script=lambda messages: AIMessage("Fine."))
    result = create_recruiting_agent(model, office).invoke({"messages": history}, thread())  # type: ignore[call-overload]
    assert kinds(result) == ["human", "ai", "tool", "tool", "ai"]
    assert office.writes == [] and office.reads == []
    assert_sendable(result["messages"])


def test_a_message_sent_with_the_decision_does_not_separate_a_call_from_its_answer() -> None:
    seen = []
    inner = lines(calling(write("ada")), "Fine.")

    def script(messages: Any) -> AIMessage:
        seen.append(messages)
        return inner(messages)

    office, config = Office(), thread()
    graph = create_recruiting_agent(ScriptedChatModel(script=script), office)
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve(), update=user("Quickly.")), config)
    assert office.writes == [("ada", "Offer")]
    assert [message.type for message in seen[-1]] == ["system", "human", "ai", "tool", "human"]
    assert_sendable(seen[-1])


def test_a_misplaced_answer_is_moved_after_its_call() -> None:
    ai, late = calling(read("a", "1"), read("b", "2")), ToolMessage("late", tool_call_id="1")
    second, orphan = ToolMessage("second", tool_call_id="2"), ToolMessage("orphan", tool_call_id="9")
    human = HumanMessage("")
    assert arranged([ai, second, human, late, orphan]) == [ai, late, second, human]
    assert arranged([ai, ToolMessage("old", tool_call_id="1"), late]) == [ai, late]
    assert arranged([human, ai]) == [human, ai]


def test_a_conversation_without_open_calls_is_left_as_it_is() -> None:
    config = thread()
    graph = agent(Office(), calling(read("ada")), "One.", "Two.")
    before = [message.id for message in graph.invoke(user(), config)["messages"]]
    after = [message.id for message in graph.invoke(user(), config)["messages"]]
    assert after[: len(before)] == before
