"""The scripted model says its next line, and finds its place from the conversation alone."""

from __future__ import annotations

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from office import read, write

from langchain_ashby.demo.scripted import THE_END, ScriptedChatModel, call, lines, say, story


def test_it_is_honest_about_being_scripted() -> None:
    assert ScriptedChatModel(script=lines())._llm_type == "scripted"
    assert ScriptedChatModel(script=lines()).invoke("Hello").content == THE_END
    assert "not a language model" in THE_END


def test_lines_come_in_order() -> None:
    script = lines("One.", lambda messages: AIMessage(f"You said {messages[-1].text}"))
    assert script([]).content == "One."
    assert script([AIMessage("One."), HumanMessage("Two?")]).content == "You said Two?"


def test_calls_get_the_same_ids_each_time_and_keep_those_they_have() -> None:
    script = lines(say("", read("a"), write("b", call_id="mine")))
    assert [made["id"] for made in script([]).tool_calls] == ["call_0_0", "mine"]
    assert script([]).tool_calls == script([]).tool_calls


def test_a_call_can_have_an_argument_called_name() -> None:
    assert call("search", name="Ada")["args"] == {"name": "Ada"}


def _tale():  # type: ignore[no-untyped-def]
    first, second = yield say("", call("one"), call("two"))
    yield say(f"{first.text} and {second.text}", call("three"))
    return "The end of the tale."


def test_a_story_gets_the_answers_in_the_order_of_its_calls() -> None:
    script = story(_tale)
    opening = script([])
    said = [opening, ToolMessage("2", tool_call_id="call_0_1"), ToolMessage("1", tool_call_id="call_0_0")]
    second = script(said)
    assert second.content == "1 and 2" and second.tool_calls[0]["id"] == "call_1_0"
    said += [second, ToolMessage("3", tool_call_id="call_1_0")]
    assert script(said).content == "The end of the tale."
    assert script([*said, script(said), HumanMessage("More?")]).content == THE_END


def test_a_streamed_message_is_the_same_message() -> None:
    message = say("Two  words,\nthen calls.", read("a", "1"), write("b", call_id="2"))
    model = ScriptedChatModel(script=lines(message))
    chunks = list(model.stream("Go."))
    assert len(chunks) > 3
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    assert whole.text == message.text
    assert whole.tool_calls == message.tool_calls
