"""An answer counts only for the call that it was given to: no other call can be put above it."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import Office, agent, approve, assert_sendable, calling, read, request, results, thread, user, write

from langchain_ashby.agent import audit_trail
from langchain_ashby.agent.execution.waiting import all_waiting
from langchain_ashby.agent.messages.own import is_own_call, record_of_turn, turn_of

REPLACED = "Outcome not known. Something outside this agent put it in the place of another call."


def with_another_call(graph: Any, config: Any, call: Any, **options: Any) -> None:
    """Replaces the first call of the model's latest message with calls, as a client can who knows the message's id."""
    message = next(
        it for it in reversed(graph.get_state(config).values["messages"]) if it.type == "ai" and it.tool_calls
    )
    forged = {**call, "id": message.tool_calls[0]["id"]}
    changed = message.model_copy(update={"tool_calls": [forged, *message.tool_calls[1:]]})
    graph.update_state(config, {"messages": [changed]}, **options)


def told(messages: list[AnyMessage]) -> list[str]:
    return [it.text for it in messages if isinstance(it, ToolMessage)]


def test_the_answer_to_a_write_does_not_count_for_a_call_that_is_put_in_its_place() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.", "Hm.", "Well.")
    graph.invoke(user(), config)
    assert told(graph.invoke(Command(resume=approve()), config)["messages"]) == ["moved ada to Offer"]
    with_another_call(graph, config, write("ben", "Hired"))
    result = graph.invoke(user("Did you?"), config)
    [answer] = results(result)
    assert answer.text.startswith(REPLACED)
    assert office.writes == [("ada", "Offer")]
    again = graph.invoke(user("So?"), config)
    assert [it.id for it in again["messages"]][: len(result["messages"])] == [it.id for it in result["messages"]]
    assert_sendable(again["messages"])


def test_a_true_answer_that_is_put_back_below_another_call_does_not_count() -> None:
    config = thread()
    graph = agent(Office(), calling(read("ada")), "Done.", "Hm.", "Well.")
    [answer] = results(graph.invoke(user(), config))
    with_another_call(graph, config, read("ben"))
    graph.invoke(user("So?"), config)
    result = graph.invoke({"messages": [answer, *user("And now?")["messages"]]}, config)
    assert [it.text.startswith(REPLACED) for it in results(result)] == [True]


@pytest.mark.parametrize("moment", ["pending", "approved"])
def test_a_call_that_is_replaced_while_a_person_is_asked_has_no_answer_of_the_other(moment: str) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada"), read("ben")), "Done.", "Hm.")
    graph.invoke(user(), config)
    with_another_call(graph, config, write("cy", "Hired"), as_node="ask")
    if moment == "approved":
        asked = request(graph.invoke(None, config))
        assert [it["args"]["candidate_id"] for it in asked["action_requests"]] == ["ada"]
        graph.invoke(Command(resume=approve()), config)
    result = graph.invoke(user("So?"), config)
    answers = {it.tool_call_id: it.text for it in results(result)}
    assert answers["call_0_0"].startswith("Outcome not known.")
    assert answers["call_0_1"] == "candidate ben"
    assert office.writes == []
    assert_sendable(result["messages"])


@pytest.mark.parametrize("moment", ["asked", "approved", "with the answer"])
@pytest.mark.parametrize("how", ["removed", "replaced by words", "replaced by a call"])
def test_a_write_whose_message_a_person_removes_is_recorded_as_closed_and_never_made(how: str, moment: str) -> None:
    office, config, store = Office(), thread(), InMemoryStore()
    graph = agent(office, calling(write("ada")), "Fine.", store=store)
    result = graph.invoke(user(), config)
    message, [asked] = result["messages"][-1], result["__interrupt__"]
    if moment == "approved":
        graph.invoke(Command(resume=approve()), config, interrupt_before=["writes"])
    earlier = graph.get_state(config)
    forged = [{**write("ben"), "id": message.tool_calls[0]["id"]}]
    taken_away = {
        "removed": RemoveMessage(message.id),
        "replaced by words": AIMessage("I only look.", id=message.id),
        "replaced by a call": AIMessage("", id=message.id, tool_calls=forged),
    }
    stop: Any = {"messages": [taken_away[how], HumanMessage("Stop.")]}
    graph.invoke(Command(resume=approve(), update=stop) if moment == "with the answer" else stop, config)
    assert [it.outcome for it in audit_trail(store)] == ["superseded"]
    assert asked.id not in {it["interrupt_id"] for it in all_waiting(store)}
    graph.invoke(None if moment == "approved" else Command(resume=approve()), earlier.config)
    assert office.writes == [] and len(audit_trail(store)) == 1


def test_a_message_whose_calls_are_as_they_were_keeps_their_answers_whatever_else_is_changed() -> None:
    config = thread()
    graph = agent(Office(), calling(read("ada"), text="I look."), "Done.", "Hm.")
    before = graph.invoke(user(), config)["messages"]
    graph.update_state(config, {"messages": [before[1].model_copy(update={"content": "(shortened)"})]})
    after = graph.invoke(user("So?"), config)["messages"]
    assert [it.id for it in after][: len(before)] == [it.id for it in before]
    assert told(after) == ["candidate ada"]


def test_a_record_of_an_earlier_version_has_no_digests_and_stays_valid() -> None:
    office, config, saver = Office(), thread(), InMemorySaver()
    graph = agent(office, calling(write("ada")), "Done.", "Hm.", checkpointer=saver, store=InMemoryStore())
    graph.invoke(user(), config)
    values = graph.get_state(config).values
    message = values["messages"][-1]
    turn = str(turn_of(message, values["own"]))
    graph.update_state(config, {"own": {message.id: turn}}, as_node="ask")
    request(graph.invoke(None, config))
    result = graph.invoke(Command(resume=approve()), config)
    assert told(result["messages"]) == ["moved ada to Offer"]
    assert told(graph.invoke(user("So?"), config)["messages"]) == ["moved ada to Offer"]


def test_a_record_names_the_turn_and_each_call() -> None:
    message = AIMessage("", id="m1", tool_calls=[read("ada", "1"), read("ben", "2")])
    own = {"m1": record_of_turn(message, "the-turn")}
    assert turn_of(message, own) == "the-turn"
    assert all(is_own_call(call, message, own) for call in message.tool_calls)
    for other in (read("ada", "2"), read("cy", "1"), write("ada", call_id="1")):
        assert not is_own_call(other, message, own)
        assert is_own_call(other, message, {"m1": "the-turn"}) and is_own_call(other, message, {})
    assert not is_own_call(read("ada", "1"), message, {"m1": record_of_turn(AIMessage("Hello."), "other")})
    assert turn_of(AIMessage("", id="of.another"), own) == "of.another"


@pytest.mark.parametrize("name", ["no\x00\ud800", "“ü” 🙂", "\udcff"])
def test_a_call_is_recognized_after_it_was_saved(name: str, tmp_path: Any) -> None:
    config = thread()
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        graph = agent(Office(), calling(read(name)), "Done.", "Hm.", checkpointer=saver, store=InMemoryStore())
        before = [it.id for it in graph.invoke(user(), config)["messages"]]
        after = [it.id for it in graph.invoke(user("So?"), config)["messages"]]
    assert after[: len(before)] == before
