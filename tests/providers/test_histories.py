"""Whatever a thread has come to hold, what is sent is a conversation that each provider accepts."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "agent"))  # the tests of the agent have the office

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.runnables import Runnable
from office import Office, made, read, thread, user, write
from talking import CLAUDE, FLASH, OK, RESPONSES, WIRES, Said, Wire, serving

from langchain_ashby.agent import Context, create_recruiting_agent
from langchain_ashby.agent.messages.accepted import acceptable, conversation
from langchain_ashby.agent.messages.origin import interface_of

IDS = st.sampled_from(["a", "b", "c", "functions.get:0", "x" * 90, ""])
NAMES = st.sampled_from(["get_candidate", "multi_tool_use.parallel", "", "y" * 100, "z<|channel|>"])
TEXTS = st.sampled_from(["Hello.", "", " \n", "Two\n\nlines "])
THINKING: list[dict[str, Any]] = [
    {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
    {"type": "thinking", "thinking": "Broken o"},
    {"type": "redacted_thinking", "data": ""},
    {"type": "reasoning", "id": "rs_1", "summary": []},
    {"type": "something_new", "data": "c2ln"},
]


@st.composite
def spoken(draw: st.DrawFn) -> AIMessage:
    calls = draw(st.lists(st.builds(lambda name, call_id: made(name, {"x": 1}, call_id), NAMES, IDS), max_size=3))
    garbled = [
        {"type": "invalid_tool_call", "name": draw(NAMES), "args": '{"x": ', "id": draw(IDS), "error": None}
        for _ in range(draw(st.integers(0, 1)))
    ]
    content: Any = draw(TEXTS)
    if draw(st.booleans()):
        copies = [{"type": "tool_use", "id": it["id"], "name": it["name"], "input": it["args"]} for it in calls]
        content = [
            {"type": "text", "text": content},
            *draw(st.lists(st.sampled_from(copies), max_size=2) if copies else st.just([])),
        ]
    if isinstance(content, list) and draw(st.booleans()):
        content = [draw(st.sampled_from(THINKING)), *content]
    return AIMessage(content, tool_calls=calls, invalid_tool_calls=garbled)


MESSAGES = st.one_of(
    st.builds(lambda text, name: HumanMessage(text, name=name), TEXTS, st.sampled_from([None, "Grace Hopper", "ada"])),
    st.builds(
        lambda text, role: ChatMessage(content=text, role=role), TEXTS, st.sampled_from(["user", "assistant", "critic"])
    ),
    st.builds(lambda text: FunctionMessage(content=text, name="get_candidate"), TEXTS),
    st.builds(lambda: HumanMessage([{"type": "text", "text": " "}])),
    st.builds(SystemMessage, st.sampled_from(["Be brief.", "Be kind.", " ", []])),
    st.builds(lambda text, call_id: ToolMessage(text, tool_call_id=call_id), TEXTS, IDS),
    spoken(),
    spoken(),
)


@pytest.mark.parametrize("wire", WIRES, ids=lambda it: it.name)
@given(history=st.lists(MESSAGES, max_size=8))
@settings(max_examples=40, deadline=None)
def test_no_history_is_refused(wire: Wire, history: list[AnyMessage]) -> None:
    server, _ = serving(wire)
    server.refused.clear()
    copies = [it.model_copy(deep=True) for it in history]
    agent = without_threads(wire)
    assert agent.invoke({"messages": copies or [HumanMessage("")]})["messages"][-1].text == OK.text
    assert server.refused == []


@cache
def without_threads(wire: Wire) -> Runnable[Any, Any]:
    """An agent that keeps nothing, so that one does for all histories."""
    return create_recruiting_agent(serving(wire)[1], Office(), checkpointer=None)


@pytest.mark.parametrize("wire", WIRES, ids=lambda it: it.name)
@pytest.mark.parametrize("kept", range(1, 6))
def test_a_thread_that_is_trimmed_anywhere_goes_on(wire: Wire, kept: int) -> None:
    server, model = serving(wire)
    server.refused.clear()
    reading = Said(
        "I look.", (("get_candidate", '{"candidate_id": "ada"}'), ("get_candidate", '{"candidate_id": "ben"}'))
    )
    server.steps = [reading]
    agent, config = create_recruiting_agent(model, Office()), thread()
    messages = agent.invoke(user(), config)["messages"]
    agent.update_state(config, {"messages": [RemoveMessage(str(it.id)) for it in messages[:-kept]]})
    assert agent.invoke(user("And now?"), config)["messages"][-1].text == OK.text
    assert server.refused == []


@pytest.mark.parametrize("wire", WIRES, ids=lambda it: it.name)
def test_a_thread_goes_on_without_what_the_user_said_before_a_call(wire: Wire) -> None:
    server, model = serving(wire)
    server.refused.clear()
    server.steps = [OK, Said("I look.", (("get_candidate", '{"candidate_id": "ada"}'),))]
    agent, config = create_recruiting_agent(model, Office()), thread()
    agent.invoke(user(), config)
    messages = agent.invoke(user("And Ada?"), config)["messages"]
    agent.update_state(config, {"messages": [RemoveMessage(str(messages[2].id))]})
    assert agent.invoke(user("And now?"), config)["messages"][-1].text == OK.text
    assert server.refused == []


def test_what_was_signed_or_is_whole_is_sent_as_it_is() -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    block = {"type": "tool_use", "id": "1", "name": "get_candidate", "input": {"candidate_id": "ada"}}
    message = AIMessage([thought, {"type": "text", "text": "So."}, block], tool_calls=[read("ada", "1")])
    assert acceptable(message) is message
    instructions = SystemMessage("You recruit.")
    whole: list[AnyMessage] = [HumanMessage("Go."), message, ToolMessage("Ada", tool_call_id="1", name="get_candidate")]
    assert all(a is b for a, b in zip(conversation(instructions, whole), [instructions, *whole], strict=True))


def test_reasoning_that_broke_off_before_its_signature_is_not_sent() -> None:
    """`output_version="v1"` keeps such blocks, and Anthropic refuses them."""
    half: dict[str, Any] = {"type": "reasoning", "reasoning": "Hm"}
    whole: dict[str, Any] = {**half, "extras": {"signature": "c2ln"}}
    said: dict[str, Any] = {"type": "text", "text": "So."}
    assert acceptable(AIMessage([whole, half, said])).content == [whole, said]


def test_reasoning_goes_with_the_items_that_it_led_to() -> None:
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": []}
    cut = {"type": "invalid_tool_call", "name": "move_candidate", "args": '{"x', "id": "1", "error": None}
    copy = {"type": "function_call", "id": "fc_1", "call_id": "1", "name": "move_candidate", "arguments": '{"x'}
    kept = acceptable(AIMessage([reasoning, copy], invalid_tool_calls=[cut]))
    assert (kept.content, kept.tool_calls, kept.invalid_tool_calls) == ("", [made("move_candidate", {}, "1")], [])


def test_instructions_stand_at_the_beginning_wherever_they_come() -> None:
    history: list[AnyMessage] = [HumanMessage("Go."), SystemMessage("Be brief."), AIMessage("I.")]
    said = conversation(SystemMessage("You recruit."), history)
    assert [(it.type, it.text) for it in said] == [
        ("system", "You recruit.\n\nBe brief."),
        ("human", "Go."),
        ("ai", "I."),
        ("human", "(Go on.)"),
    ]
    blocks = SystemMessage([{"type": "text", "text": "You recruit.", "cache_control": {"type": "ephemeral"}}])
    assert conversation(blocks, [SystemMessage("Be brief."), HumanMessage("Go.")])[0].content == [
        *blocks.content,
        {"type": "text", "text": "Be brief."},
    ]


def test_one_id_in_two_messages_is_two_ids_with_their_answers_and_the_same_in_every_turn() -> None:
    history: list[AnyMessage] = [HumanMessage("Go.")]
    for name in ("ada", "ben"):
        history += [AIMessage("", tool_calls=[write(name, call_id="call_0")]), ToolMessage(name, tool_call_id="call_0")]
    said = conversation(SystemMessage("You recruit."), history)
    first, answer, second, answer_too = said[2:6]
    assert isinstance(first, AIMessage) and isinstance(second, AIMessage)
    assert first.tool_calls[0]["id"] == answer.tool_call_id == "call_0"  # type: ignore[union-attr]
    assert second.tool_calls[0]["id"] == answer_too.tool_call_id != "call_0"  # type: ignore[union-attr]
    assert conversation(SystemMessage("You recruit."), history)[4] == second


def test_a_thread_of_one_provider_goes_on_with_every_other() -> None:
    """With the models that a run may choose, one message after the other is another's."""
    models = {wire.name: serving(wire)[1] for wire in WIRES}
    agent, config = create_recruiting_agent(models[CLAUDE.name], Office(), models=models), thread()
    for wire in (*WIRES, *WIRES):
        server, _ = serving(wire)
        server.refused.clear()
        server.steps = [Said("I look.", (("get_candidate", '{"candidate_id": "ada"}'),)), Said("Half a", end="length")]
        agent.invoke(user(), config, context=Context(model=wire.name))
        assert server.refused == []


FOREIGN: dict[str, tuple[dict[str, Any], list[Any]]] = {
    CLAUDE.name: (
        {"model_provider": "anthropic"},
        [
            {"type": "redacted_thinking", "data": "ZGF0YQ=="},
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
        ],
    ),
    FLASH.name: (
        {"model_provider": "google_genai"},
        [
            "Let me see. ",
            {"type": "executable_code", "executable_code": "print(1)", "language": "PYTHON"},
            {"type": "code_execution_result", "code_execution_result": "1", "outcome": 1},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        ],
    ),
    RESPONSES.name: (
        {"model_provider": "openai", "object": "response"},
        [
            {"type": "web_search_call", "id": "ws_1", "status": "completed"},
            {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "iVBORw0KGgo="},
            {"type": "compaction", "id": "cmp_1", "encrypted_content": "c2ln"},
        ],
    ),
}


@pytest.mark.parametrize("wire", WIRES, ids=lambda it: it.name)
@pytest.mark.parametrize("maker", FOREIGN)
def test_the_blocks_of_one_provider_are_not_sent_to_another(maker: str, wire: Wire) -> None:
    about, blocks = FOREIGN[maker]
    said = AIMessage([*blocks, {"type": "text", "text": "Found."}], response_metadata=about)
    nothing = AIMessage(blocks[-1:], response_metadata=about)
    server, model = serving(wire)
    interface = interface_of(model)
    [_, _, sent, _, empty, *_] = conversation(
        SystemMessage("You recruit."), [HumanMessage("Go."), said, HumanMessage("And?"), nothing], interface
    )
    if maker == wire.name:
        assert blocks[-1] in sent.content and blocks[-1] in empty.content
        return
    assert (str(sent.content).removeprefix("Let me see. "), empty.content) == ("Found.", "(nothing)")
    server.refused.clear()
    agent = create_recruiting_agent(model, Office(), checkpointer=None)
    history: list[AnyMessage] = [HumanMessage("Go."), said, HumanMessage("And?"), nothing, HumanMessage("Well?")]
    result = agent.invoke({"messages": history})["messages"]
    assert (result[-1].text, result[1].content, server.refused) == (OK.text, said.content, [])


def test_names_that_a_provider_refuses_are_not_sent() -> None:
    history: list[AnyMessage] = [HumanMessage("Go.", name="Grace Hopper"), AIMessage("Yes.", name="recruiter")]
    said = conversation(SystemMessage("You recruit."), history)
    assert [it.name for it in said[1:3]] == [None, "recruiter"]


def test_messages_of_the_old_kinds_become_those_of_today() -> None:
    history: list[AnyMessage] = [
        ChatMessage(content="Go.", role="user"),
        ChatMessage(content="Yes.", role="assistant"),
        FunctionMessage(content="Ada", name="get_candidate"),
        ChatMessage(content="Be brief.", role="developer"),
        SystemMessage([]),
        SystemMessage(" "),
    ]
    said = conversation(SystemMessage("You recruit."), history)
    assert [(it.type, it.text) for it in said] == [
        ("system", "You recruit.\n\nBe brief."),
        ("human", "Go."),
        ("ai", "Yes."),
        ("human", "(Go on.)"),
    ]


def test_plain_strings_in_a_list_are_sent_as_blocks() -> None:
    """Gemini's streams make such lists."""
    block = {"type": "text", "text": "Hello."}
    assert acceptable(AIMessage(["Hello."])).content == [block]
    assert conversation(SystemMessage("You recruit."), [HumanMessage(["Hello."])])[1].content == [block]


def test_reasoning_without_the_item_that_it_led_to_is_not_sent() -> None:
    reasoning: dict[str, Any] = {"type": "reasoning", "id": "rs_1", "summary": []}
    text: dict[str, Any] = {"type": "text", "text": "So.", "id": "msg_1"}
    whole = AIMessage([reasoning, text])
    assert acceptable(whole) is whole
    loose: list[Any] = [[reasoning], [text, reasoning], [reasoning, {"type": "text", "text": "So."}]]
    for content in loose:
        assert reasoning not in acceptable(AIMessage(content)).content


@pytest.mark.parametrize("content", ["", " \n", [], [{"type": "text", "text": " "}], ["", {"type": "thinking"}]])
def test_a_message_in_which_nothing_is_said_says_so(content: Any) -> None:
    assert acceptable(AIMessage(content)).text == "(nothing)"
    [_, sent, *_] = conversation(SystemMessage("You recruit."), [HumanMessage(content), AIMessage("Yes.")])
    assert sent.text == "(nothing)"
