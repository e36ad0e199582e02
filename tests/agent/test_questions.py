"""An answer is for one question: it names it, and if that question is not open, nothing runs and it is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import Office, agent, approve, calling, edit, request, thread, user, write

from langchain_ashby import AshbyError
from langchain_ashby.agent import PendingApprovals, QuestionClosedError, audit_trail


async def _invoke(graph: Any, told: Any, config: Any) -> Any:
    return graph.invoke(told, config)


async def _ainvoke(graph: Any, told: Any, config: Any) -> Any:
    return await graph.ainvoke(told, config)


async def _stream(graph: Any, told: Any, config: Any) -> Any:
    return list(graph.stream(told, config, stream_mode="updates"))


async def _astream(graph: Any, told: Any, config: Any) -> Any:
    return [it async for it in graph.astream(told, config, stream_mode=["updates", "messages"])]


async def _astream_events(graph: Any, told: Any, config: Any) -> Any:
    return [it async for it in graph.astream_events(told, config, version="v2")]


ways = pytest.mark.parametrize("way", [_invoke, _ainvoke, _stream, _astream, _astream_events])


def waiting(*more: Any) -> tuple[Office, Any, Any, Any]:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), *more, "Done.", "Fine.")
    [interrupt] = graph.invoke(user(), config)["__interrupt__"]
    return office, graph, config, interrupt


def test_a_request_has_the_id_of_its_interrupt_and_another_one_when_it_is_asked_again() -> None:
    _, graph, config, first = waiting()
    assert first.value["request_id"] == first.id
    [second] = graph.invoke(Command(resume={first.id: "?"}), config)["__interrupt__"]
    assert second.value["request_id"] == second.id != first.id
    assert graph.get_state(config).interrupts[0].value["request_id"] == second.id


@pytest.mark.parametrize("names", ["interrupt", "request", "both"])
def test_an_answer_that_names_the_open_question_counts(names: str) -> None:
    office, graph, config, interrupt = waiting()
    answer = approve() | ({} if names == "interrupt" else {"request_id": interrupt.value["request_id"]})
    graph.invoke(Command(resume=answer if names == "request" else {interrupt.id: answer}), config)
    assert office.writes == [("ada", "Offer")]


def test_the_card_of_a_stale_tab_approves_nothing_of_what_took_its_place() -> None:
    office, graph, config, first = waiting()
    moved = {"decisions": [edit(candidate_id="ben", stage="Offer")]}
    [second] = graph.invoke(Command(resume={first.id: "?"}), config)["__interrupt__"]
    for stale in (first.id, "0" * 32):
        again = request(graph.invoke(Command(resume=approve() | {"request_id": stale}), config))
        assert again["problem"].startswith("Nothing was executed: the answer is for another request.")
        with pytest.raises(QuestionClosedError, match="not for the question that is open"):
            graph.invoke(Command(resume={stale: approve()}), config)
    assert office.writes == [] and second.id != first.id
    [last] = graph.get_state(config).interrupts
    graph.invoke(Command(resume={last.id: moved}), config)
    assert office.writes == [("ben", "Offer")]


def test_decisions_with_another_questions_id_do_not_answer_the_open_one() -> None:
    office, graph, config, first = waiting()
    [second] = graph.invoke(Command(resume={first.id: "?"}), config)["__interrupt__"]
    for stale in (first.id, "0" * 32):
        again = request(graph.invoke(Command(resume=approve() | {stale: approve()}), config))
        assert again["problem"].startswith("Nothing was executed: the answer is for another request.")
    assert office.writes == [] and second.id != first.id


@pytest.mark.parametrize("odd", [7, "", [], {}, True, "0" * 32])
def test_a_request_id_that_is_not_this_ones_runs_nothing(odd: Any) -> None:
    office, graph, config, _ = waiting()
    assert (
        "another request" in request(graph.invoke(Command(resume=approve() | {"request_id": odd}), config))["problem"]
    )
    assert office.writes == []


@ways
async def test_an_answer_to_a_closed_question_starts_no_run(way: Callable[..., Any]) -> None:
    office, graph, config, first = waiting(calling(write("cy")))
    graph.invoke(Command(resume={first.id: approve()}), config)
    before = graph.get_state(config)
    for answer in ({first.id: approve()}, {"f" * 32: approve()}, {first.id: approve(), before.interrupts[0].id: 1}):
        with pytest.raises(QuestionClosedError):
            await way(graph, Command(resume=answer), config)
    assert graph.get_state(config) == before
    assert office.writes == [("ada", "Offer")]


@ways
@pytest.mark.parametrize("answer", [approve(), {"0" * 32: approve()}, "yes", {}])
async def test_a_decision_where_nothing_waits_starts_no_run_and_says_so(way: Callable[..., Any], answer: Any) -> None:
    office, graph, config, first = waiting()
    graph.invoke(Command(resume={first.id: approve()}), config)
    before = graph.get_state(config)
    for place in (config, thread()):
        with pytest.raises(QuestionClosedError, match="Nothing in this thread is waiting for a decision") as closed:
            await way(graph, Command(resume=answer), place)
        assert isinstance(closed.value, ValueError) and isinstance(closed.value, AshbyError) and closed.value.remedy
    assert graph.get_state(config) == before
    assert len(list(graph.checkpointer.list(place))) == 0
    assert [it.outcome for it in audit_trail(graph.store)] == ["applied"]
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize("bound", [True, False])
def test_a_thread_that_the_call_does_not_name_is_looked_at_too(bound: bool) -> None:
    office, graph, config, first = waiting()
    answer: Command[Any] = Command(resume={first.id: approve()})
    around = RunnableLambda(lambda it: graph.invoke(it))
    run = graph.with_config(config).invoke if bound else partial(around.invoke, config=config)
    run(answer)
    with pytest.raises(QuestionClosedError):
        run(answer)
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize("copied", [False, True])
def test_a_copy_of_the_graph_as_servers_make_it_looks_as_well(copied: bool) -> None:
    graph = agent(Office(), "Hello.", checkpointer=None, store=None)
    config = thread()
    served = graph.copy(update={"checkpointer": InMemorySaver(), "store": InMemoryStore()})
    served = served.with_config(tags=["server"]) if copied else served
    served.invoke(user(), config)
    with pytest.raises(QuestionClosedError):
        served.invoke(Command(resume=approve()), config)


def test_the_pending_approvals_make_the_command_that_answers_them() -> None:
    office, graph, config, interrupt = waiting()
    pending = PendingApprovals(graph.get_state(config))
    assert pending.resume([{"type": "approve"}]) == Command(
        resume={interrupt.id: {"request_id": interrupt.id, "decisions": [{"type": "approve"}]}}
    )
    assert PendingApprovals(interrupt.value).resume([{"type": "approve"}]) == pending.resume([{"type": "approve"}])
    for wrong in ([], [{"type": "approve"}] * 2):
        with pytest.raises(ValueError, match="1 change waits for a decision"):
            pending.resume(wrong)
    graph.invoke(pending.resume([{"type": "approve"}]), config)
    assert office.writes == [("ada", "Offer")]
    with pytest.raises(QuestionClosedError):
        graph.invoke(pending.resume([{"type": "approve"}]), config)


def test_pending_approvals_of_several_questions_answer_each_of_them() -> None:
    one, two, config = Office(), Office(), thread()
    outer = StateGraph(MessagesState)
    for name, office, who in (("one", one, "ada"), ("two", two, "ben")):
        outer.add_node(name, agent(office, calling(write(who)), "Done.", checkpointer=None, store=InMemoryStore()))
        outer.add_edge(START, name)
    graph = outer.compile(checkpointer=InMemorySaver())
    pending = PendingApprovals(graph.invoke(user(), config))
    assert len(pending) == 2
    answers = [{"type": "approve" if it["args"]["candidate_id"] == "ben" else "reject"} for it in pending]
    graph.invoke(pending.resume(answers), config)
    assert (one.writes, two.writes) == ([], [("ben", "Offer")])


def test_inside_another_graph_an_answer_to_another_question_runs_nothing_and_is_asked_again() -> None:
    office, config = Office(), thread()
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", agent(office, calling(write("ada")), "Done.", checkpointer=None, store=InMemoryStore()))
    outer.add_edge(START, "recruiter")
    graph = outer.compile(checkpointer=InMemorySaver())
    [interrupt] = graph.invoke(user(), config)["__interrupt__"]
    assert interrupt.value["request_id"] == interrupt.id
    request(graph.invoke(Command(resume={"0" * 32: approve()}), config))
    again = request(graph.invoke(Command(resume=approve() | {"request_id": "0" * 32}), config))
    assert "another request" in again["problem"] and again["request_id"] != interrupt.id
    assert office.writes == []
    graph.invoke(Command(resume={again["request_id"]: approve()}), config)
    assert office.writes == [("ada", "Offer")]


def test_requests_without_ids_cannot_be_answered_by_name() -> None:
    _, _, _, interrupt = waiting()
    value = {key: it for key, it in interrupt.value.items() if key != "request_id"}
    with pytest.raises(ValueError, match="Pass the interrupts themselves"):
        PendingApprovals(value).resume([{"type": "approve"}])
