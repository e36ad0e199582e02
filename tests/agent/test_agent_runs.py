"""The ordinary paths through the graph: reads run, writes wait, decisions are carried out."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage
from langgraph.types import Command
from office import (
    Office,
    agent,
    approve,
    assert_sendable,
    calling,
    edit,
    read,
    request,
    results,
    thread,
    tool,
    user,
    write,
)
from pydantic import BaseModel

from langchain_ashby.agent import SYSTEM_PROMPT, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines


def test_an_answer_without_calls_ends_the_run() -> None:
    result = agent(Office(), "Hello.").invoke(user(), thread())
    assert [message.content for message in result["messages"]] == ["Go.", "Hello."]


def test_reads_run_without_asking() -> None:
    office = Office()
    result = agent(office, calling(read("ada"), read("ben")), "Read.").invoke(user(), thread())
    assert "__interrupt__" not in result
    assert sorted(office.reads) == ["ada", "ben"]
    assert result["messages"][-1].content == "Read."
    assert_sendable(result["messages"])


def test_a_read_keeps_its_artifact() -> None:
    result = agent(Office(), calling(read("ada")), "Read.").invoke(user(), thread())
    assert results(result)[0].artifact == {"results": {"id": "ada"}}


def test_a_write_waits_and_says_what_it_would_do() -> None:
    office = Office()
    result = agent(office, calling(write("ada", call_id="w1"))).invoke(user(), thread())
    assert request(result) == {
        "request_id": result["__interrupt__"][0].id,
        "action_requests": [
            {
                "name": "move_candidate",
                "args": {"candidate_id": "ada", "stage": "Offer"},
                "description": "**Move candidate**\n\n- candidate id: `ada`\n- stage: `Offer`",
                "tool_call_id": "w1",
                "title": "Move candidate",
            }
        ],
        "review_configs": [
            {"action_name": "move_candidate", "allowed_decisions": ["approve", "edit", "reject", "respond"]}
        ],
    }
    assert office.writes == []


def test_reads_do_not_wait_for_the_person() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada"), read("ben")), "Done.")
    result = graph.invoke(user(), config)
    assert office.reads == ["ben"]
    assert [answer.content for answer in results(result)] == ["candidate ben"]
    assert [answer.content for answer in graph.get_state(config).values["messages"][-1:]] == ["candidate ben"]
    result = graph.invoke(Command(resume=approve()), config)
    assert office.reads == ["ben"], "a read ran again when the thread was resumed"
    assert office.writes == [("ada", "Offer")]
    assert_sendable(result["messages"])


def test_an_approved_write_runs_once_with_the_arguments_shown() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]
    assert results(result)[0].content == "moved ada to Offer"
    assert result["messages"][-1].content == "Done."


def test_several_writes_are_decided_one_by_one_in_their_order() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("a"), write("b"), write("c"), write("d")), "Done.")
    assert len(request(graph.invoke(user(), config))["action_requests"]) == 4
    decisions = [
        {"type": "reject", "message": "too early"},
        {"type": "approve"},
        edit(candidate_id="c", stage="Onsite"),
        {"type": "respond", "message": "d has withdrawn"},
    ]
    result = graph.invoke(Command(resume={"decisions": decisions}), config)
    assert sorted(office.writes) == [("b", "Offer"), ("c", "Onsite")]
    said = {answer.tool_call_id: answer for answer in results(result)}
    rejected, approved, edited, answered = (said[f"call_0_{place}"] for place in range(4))
    assert rejected.status == "error" and rejected.text.startswith("Not executed.")
    assert "too early" in rejected.content
    assert approved.content == "moved b to Offer"
    assert edited.text.startswith("Executed as edited by a person.") and "moved c to Onsite" in edited.content
    assert '{"candidate_id": "c", "stage": "Onsite"}' in edited.content
    assert answered.status == "success" and answered.text.startswith("Not executed.")
    assert "d has withdrawn" in answered.content
    assert_sendable(result["messages"])


def test_an_edit_that_changes_nothing_is_an_approval() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume={"decisions": [edit(candidate_id="ada", stage="Offer")]}), config)
    assert results(result)[0].content == "moved ada to Offer"


def test_the_model_keeps_its_own_words_in_the_conversation_after_an_edit() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume={"decisions": [edit(candidate_id="ada", stage="Hired")]}), config)
    assert result["messages"][1].tool_calls[0]["args"]["stage"] == "Offer"
    assert office.writes == [("ada", "Hired")]


def test_a_rejected_write_leaves_the_thread_going() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "I see.", "Hello again.")
    graph.invoke(user(), config)
    assert graph.invoke(Command(resume={"decisions": [{"type": "reject"}]}), config)["messages"][-1].content == "I see."
    result = graph.invoke(user("More."), config)
    assert result["messages"][-1].content == "Hello again."
    assert office.writes == []
    assert_sendable(result["messages"])


def test_writes_can_be_proposed_again_and_again() -> None:
    office, config = Office(), thread()
    graph = agent(office, *(calling(write(f"c{number}")) for number in range(5)), "Done.")
    graph.invoke(user(), config)
    for _ in range(5):
        result = graph.invoke(Command(resume=approve()), config)
    assert [who for who, _ in office.writes] == [f"c{number}" for number in range(5)]
    assert result["messages"][-1].content == "Done."


class Nothing(BaseModel):
    pass


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"readOnlyHint": None}, {"readOnlyHint": "true"}, {"readOnlyHint": 1}, {"destructiveHint": False}],
)
def test_a_tool_that_is_not_marked_as_reading_needs_approval(metadata: dict[str, object] | None) -> None:
    ran: list[int] = []

    def act() -> tuple[str, None]:
        ran.append(1)
        return "acted", None

    config = thread()
    graph = agent(
        Office(more=[tool("act", act, Nothing, metadata)]),
        calling({"name": "act", "args": {}, "id": "a1", "type": "tool_call"}),
        "Done.",
    )
    assert request(graph.invoke(user(), config))["action_requests"][0]["description"] == "**Act**\n\nNo arguments."
    assert ran == []
    graph.invoke(Command(resume=approve()), config)
    assert ran == [1]


def test_a_tool_that_writes_is_not_in_the_node_that_reads() -> None:
    graph = agent(Office())
    assert list(graph.nodes["reads"].bound.tools.tools_by_name) == ["get_candidate"]
    assert list(graph.nodes["writes"].bound.tools.tools_by_name) == ["move_candidate"]


def test_two_tools_with_one_name_are_refused() -> None:
    twin = tool("move_candidate", lambda: ("", None), Nothing, {"readOnlyHint": True})
    with pytest.raises(ValueError, match="Two tools are called 'move_candidate'"):
        agent(Office(more=[twin]))


def test_the_model_gets_all_tools_and_the_system_prompt_first() -> None:
    seen = []

    def script(messages):  # type: ignore[no-untyped-def]
        seen.append(messages)
        return AIMessage("Done.")

    model = ScriptedChatModel(script=script)
    result = create_recruiting_agent(model, Office()).invoke(user(), thread())
    assert model.tool_names == ("get_candidate", "move_candidate")
    [instructions, said] = [message.content for message in seen[0]]
    assert instructions == SYSTEM_PROMPT and said.endswith(")\nGo.")
    assert all(message.type != "system" for message in result["messages"])


def test_the_system_prompt_can_be_replaced_and_the_graph_named() -> None:
    seen = []
    model = ScriptedChatModel(script=lambda messages: seen.append(messages[0].content) or AIMessage("Done."))  # type: ignore[func-returns-value]
    graph = create_recruiting_agent(model, Office(), system_prompt="Be brief.", name="hiring")
    graph.invoke(user(), thread())
    assert seen == ["Be brief."]
    assert graph.name == "hiring"


def test_threads_wait_independently() -> None:
    office, first, second = Office(), thread(), thread()
    graph = create_recruiting_agent(
        ScriptedChatModel(script=lines(lambda said: calling(write(said[1].text.splitlines()[-1])), "Done.")), office
    )
    graph.invoke(user("ada"), first)
    graph.invoke(user("ben"), second)
    graph.invoke(Command(resume=approve()), second)
    assert office.writes == [("ben", "Offer")]
    graph.invoke(Command(resume=approve()), first)
    assert office.writes == [("ben", "Offer"), ("ada", "Offer")]


def test_input_and_output_are_only_messages() -> None:
    graph = agent(Office(), calling(write("ada")))
    result = graph.invoke(
        user() | {"approvals": [{"call": write("mallory", call_id="x"), "edited": False}], "problem": "?"}, thread()
    )
    assert result.keys() == {"messages", "__interrupt__"}
    assert set(graph.get_input_jsonschema()["properties"]) == {"messages"}
