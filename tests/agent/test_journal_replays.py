"""Runs killed at each stage of a write, lost replies, races: an approved write is made once and accounted for."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import (
    Office,
    agent,
    approve,
    assert_sendable,
    calling,
    read,
    request,
    results,
    thread,
    user,
    write,
)
from writing_room import QUICK, DyingJournal, Killed, Room, opened

from langchain_ashby.agent import Journal, QuestionClosedError, audit_trail, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines

pytestmark = pytest.mark.slow

STAGES = ["before claim", "after claim", "before outcome", "after outcome"]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def die_at(room: Room, stage: str, durability: str = "sync") -> None:
    with room.agent(journal=DyingJournal(stage)) as graph:
        room.start(graph, durability=durability)
        with pytest.raises(Killed):
            room.resume(graph, durability=durability)


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_that_died_is_taken_up_and_the_write_made_once(room: Room, stage: str) -> None:
    die_at(room, stage)
    with room.agent() as graph:
        result = graph.invoke(None, room.config)
    assert room.notes() == room.sent() == 1
    answer = room.answer(result)
    assert answer.status == "success"
    # Dying between the effect and its record loses the result, but not the fact that it happened.
    assert answer.text.startswith("Executed.") is (stage == "before outcome")
    assert [entry.outcome for entry in room.trail()] == ["applied"]
    assert result["messages"][-1].text == "Done."
    assert_sendable(result["messages"])


@pytest.mark.parametrize("stage", STAGES)
def test_a_new_message_after_a_run_that_died_gets_the_truth(room: Room, stage: str) -> None:
    die_at(room, stage)
    happened = stage in ("before outcome", "after outcome")
    with room.agent() as graph:
        result = graph.invoke(user("What happened?"), room.config)
    assert room.notes() == room.sent() == int(happened), "a write ran although the conversation had gone on"
    assert room.answer(result).text.startswith("Not executed.") is not happened
    assert [entry.outcome for entry in room.trail()] == ["applied" if happened else "superseded"]
    assert_sendable(result["messages"])


def lose_what_the_resumed_run_saved(room: Room, stage: str) -> None:
    """Rewinds the thread to its question but keeps the journal, as when a run with durability "exit" dies."""
    with room.agent() as graph:
        room.start(graph)
    shutil.copy(room.directory / "threads.db", room.directory / "waiting.db")
    with room.agent(journal=DyingJournal(stage)) as graph, pytest.raises(Killed):
        room.resume(graph)
    shutil.copy(room.directory / "waiting.db", room.directory / "threads.db")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_after_a_decision_was_lost_with_its_run_the_next_one_cannot_undo_or_repeat_the_write(
    room: Room, stage: str, decision: str
) -> None:
    lose_what_the_resumed_run_saved(room, stage)
    with room.agent() as graph:
        assert graph.get_state(room.config).next == ("review",)
        result = room.resume(graph, {"type": decision})
    answer = room.answer(result)
    made = decision == "approve" or stage in ("before outcome", "after outcome")
    assert room.notes() == room.sent() == int(made)
    assert (answer.status == "success") if made else ("A person rejected" in answer.text)
    assert [entry.outcome for entry in room.trail()] == ["applied" if made else "rejected"]
    assert result["messages"][-1].text == "Done."


@pytest.mark.parametrize("stage", STAGES)
def test_a_write_that_happened_is_not_asked_about_again_after_its_decision_was_lost(room: Room, stage: str) -> None:
    lose_what_the_resumed_run_saved(room, stage)
    with room.agent() as graph:
        result = graph.invoke(None, room.config)
    assert ("__interrupt__" in result) is (stage in ("before claim", "after claim"))
    assert room.notes() == (0 if "__interrupt__" in result else 1)


def test_many_writes_of_which_one_died_are_each_made_once(room: Room) -> None:
    texts = [f"{room.text} Part {letter}" for letter in "abc"]
    calls = [room.note(text) for text in texts]

    class DiesOnce(Journal):
        died = threading.Lock()

        def conclude(self, *args: Any) -> None:
            if self.died.acquire(blocking=False):
                raise Killed
            super().conclude(*args)

    with room.agent(*calls, journal=DiesOnce(**QUICK)) as graph:
        room.start(graph)
        with pytest.raises(Killed):
            room.resume(graph, *approve(3)["decisions"])
    with room.agent(*calls) as graph:
        result = graph.invoke(None, room.config)
    assert [room.notes(text) for text in texts] == [1, 1, 1]
    assert room.sent() == 3
    assert [answer.status for answer in results(result)] == ["success"] * 3
    assert_sendable(result["messages"])


def test_a_thread_that_is_taken_up_twice_answers_from_the_journal(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        before = graph.get_state(room.config)
        room.resume(graph)
        # Time travel: the question is open again, and is answered again.
        again = graph.invoke(Command(resume=approve()), before.config)
    assert room.sent() == 1
    assert room.answer(again).status == "success"


# Lost replies.


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500}, {"drop": "before"}, {"body": "<html>"}])
@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_lost_reply_is_settled_by_reading_at_once(room: Room, fault: Any, asynchronous: bool) -> None:
    config, model = room.config, ScriptedChatModel(script=lines(calling(room.note()), "Done."))
    from langchain_ashby import AshbyToolkit

    store = InMemoryStore()
    graph = create_recruiting_agent(model, AshbyToolkit(room.client), store=store, journal=Journal(**QUICK))
    graph.invoke(user(), config)
    room.sandbox.fault("candidate.createNote", **fault)
    resume: Command[Any] = Command(resume=approve())
    result = await graph.ainvoke(resume, config) if asynchronous else graph.invoke(resume, config)
    answer = room.answer(result)
    happened = fault == {"drop": "after"}
    assert room.notes() == int(happened)
    assert room.sent() == 1, "it was sent again although it may have happened"
    assert answer.text.startswith("Executed." if happened else "Outcome not known.")
    seen = "Ashby shows that the change was made;" if happened else "Ashby shows no such record now"
    assert seen in answer.text


def test_a_timeout_is_settled_when_the_effect_is_there(room: Room) -> None:
    room.client.timeout = (5.0, 0.5)
    with room.agent(journal=Journal()) as graph:
        room.start(graph)
        room.sandbox.fault("candidate.createNote", delay=1.0)
        result = room.resume(graph)
    # The abandoned request took effect later; the agent waited for it.
    assert room.notes() == room.sent() == 1
    assert room.answer(result).text.startswith("Executed. timeout")


def test_the_outcome_is_not_known_if_ashby_cannot_be_read(room: Room) -> None:
    class Blind(Journal):
        """Makes Ashby unreadable once the write has been sent."""

        def claim(self, *args: Any) -> Any:
            room.sandbox.fault("candidate.listNotes", status=500, times=50)
            return super().claim(*args)

    with room.agent(journal=Blind(**QUICK)) as graph:
        room.start(graph)
        room.sandbox.fault("candidate.createNote", drop="after")
        result = room.resume(graph)
    assert room.answer(result).text.startswith("Outcome not known. unreachable")
    assert [entry.outcome for entry in room.trail()] == ["unknown"]
    assert room.notes() == 1


def test_a_refusal_is_an_outcome_and_is_not_sent_again(room: Room) -> None:
    refusal = '{"success": false, "errorInfo": {"code": "candidate_not_found", "message": "Not found"}}'
    with room.agent(journal=DyingJournal("after outcome")) as graph:
        room.start(graph)
        room.sandbox.fault("candidate.createNote", body=refusal)
        with pytest.raises(Killed):
            room.resume(graph)
    with room.agent() as graph:
        result = graph.invoke(None, room.config)
    assert room.sent() == 1 and room.notes() == 0
    assert room.answer(result).text.startswith("candidate_not_found")
    assert [entry.outcome for entry in room.trail()] == ["refused"]


# Two workers, one thread.


def test_two_workers_who_resume_one_thread_write_once(room: Room) -> None:
    for number in range(5):
        room.config = {"configurable": {"thread_id": f"race-{number}"}}
        room.text = f"Race {number} of {room.number}."
        with room.agent() as graph:
            room.start(graph)
        start = threading.Barrier(2)
        answers: list[Any] = []

        def work(start: Any = start, answers: list[Any] = answers) -> None:
            with room.agent() as graph:
                start.wait()
                with suppress(QuestionClosedError):  # the other was quicker
                    answers.append(room.answer(room.resume(graph)))

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert room.notes() == room.sent() == 1
        assert answers and {answer.status for answer in answers} == {"success"}


async def test_a_run_that_is_cancelled_finishes_its_write_and_writes_it_down(room: Room) -> None:
    with room.agent(checkpointer=InMemorySaver()) as graph:
        room.start(graph)
        room.sandbox.fault("candidate.createNote", delay=0.6)
        run = asyncio.ensure_future(graph.ainvoke(Command(resume=approve()), room.config, durability="sync"))
        while not _has_claim(graph.store):
            await asyncio.sleep(0.01)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        result = await graph.ainvoke(None, room.config)
    assert room.notes() == room.sent() == 1
    assert room.answer(result).status == "success"


@pytest.mark.parametrize("moment", ["claimed", "sent"])
def test_a_write_that_outlives_its_event_loop_is_settled_by_who_comes_next(room: Room, moment: str) -> None:
    with room.agent(checkpointer=InMemorySaver(), store=InMemoryStore()) as graph:

        async def fail_while_it_writes() -> None:
            await graph.ainvoke(user(), room.config)
            room.sandbox.fault("candidate.createNote", delay=0.4)
            run = asyncio.ensure_future(graph.ainvoke(Command(resume=approve()), room.config))
            while not (room.sent() if moment == "sent" else _has_claim(graph.store)):
                await asyncio.sleep(0.01)
            raise RuntimeError(f"the application fails, and {run} is canceled with its loop")

        with pytest.raises(RuntimeError):
            asyncio.run(fail_while_it_writes())
        result = graph.invoke(None, room.config)
        entries = audit_trail(graph.store)
    assert room.notes() == room.sent() == 1
    assert room.answer(result).status == "success"
    assert [(it.decision, it.outcome) for it in entries] == [("approve", "applied")]


def test_a_replacement_message_is_not_answered_with_the_outcome_of_the_original(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        room.resume(graph)
        [waiting] = [it for it in graph.get_state_history(room.config) if it.next == ("review",)]
        message = waiting.values["messages"][-1]
        call = message.tool_calls[0]
        other = call | {"args": {**call["args"], "note": f"Not so: {room.text}"}}
        replaced = {"messages": [message.model_copy(update={"tool_calls": [other]})]}
        fork = graph.update_state(waiting.config, replaced, as_node="model")
        [action] = request(graph.invoke(None, fork))["action_requests"]
        assert action["args"] == other["args"]
        assert room.notes() == 1
        room.resume(graph)
    assert (room.notes(), room.notes(f"Not so: {room.text}")) == (2, 1)


def _has_claim(store: Any) -> bool:
    """True once the journal has a claim on the write, so that it is under way."""
    return len(store.search(("langchain_ashby", "journal"))) > 1


# Stores.


def test_without_a_store_the_agent_neither_asks_nor_writes(room: Room) -> None:
    with room.agent(store=None) as graph:
        result = room.start(graph)
    assert "__interrupt__" not in result
    assert "no store for its journal" in room.answer(result).text
    assert room.notes() == 0


def test_a_thread_that_is_resumed_without_a_store_writes_nothing(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
    with room.agent(store=None) as graph:
        result = room.resume(graph)
    assert "no store for its journal" in room.answer(result).text
    assert room.notes() == 0


def test_with_another_store_a_note_that_may_have_been_made_and_deleted_is_not_made(room: Room) -> None:
    with room.agent(store=InMemoryStore()) as graph:
        room.start(graph)
    with room.agent(store=InMemoryStore()) as graph:
        assert room.answer(room.resume(graph)).text.startswith("Outcome not known. The journal with the record")
    assert room.sent() == 0


def test_with_another_store_a_write_that_was_made_is_not_made_again(room: Room) -> None:
    with room.agent(store=InMemoryStore(), journal=DyingJournal("after outcome")) as graph:
        room.start(graph)
        with pytest.raises(Killed):
            room.resume(graph, durability="sync")
    with room.agent(store=InMemoryStore()) as graph:
        result = graph.invoke(None, room.config)
    assert room.notes() == room.sent() == 1
    assert room.answer(result).text.startswith("Executed. The journal with the record")


def test_in_another_graph_without_a_store_the_agent_keeps_its_own(tmp_path: Path) -> None:
    office, config, store = Office(), thread(), InMemoryStore()
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", agent(office, calling(write("ada")), "Done.", checkpointer=None, store=store))
    outer.add_edge(START, "recruiter")
    outer.add_edge("recruiter", END)
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        graph = outer.compile(checkpointer=saver)
        graph.invoke(user(), config)
        graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]
    assert store.search(("langchain_ashby", "journal"))


def test_a_store_that_is_brought_by_the_one_who_runs_the_graph_is_used() -> None:
    office, config, store = Office(), thread(), InMemoryStore()
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", agent(office, calling(write("ada")), "Done.", checkpointer=None, store=None))
    outer.add_edge(START, "recruiter")
    outer.add_edge("recruiter", END)
    graph = outer.compile(checkpointer=InMemorySaver(), store=store)
    request(graph.invoke(user(), config))
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]
    assert store.search(("langchain_ashby", "journal"))


# Other tools.


def test_a_write_of_another_tool_that_broke_off_is_not_run_again() -> None:
    def break_off(_: str) -> None:
        raise Killed

    office, config, store, saver = Office(on_write=break_off), thread(), InMemoryStore(), InMemorySaver()
    graph = agent(office, calling(write("ada")), "Done.", store=store, checkpointer=saver)
    graph.invoke(user(), config)
    with pytest.raises(Killed):
        graph.invoke(Command(resume=approve()), config)
    office.on_write = lambda _: None
    result = graph.invoke(None, config)
    assert office.writes == []
    assert results(result)[0].text.startswith("Outcome not known. The run was interrupted")


def test_reads_cost_nothing_in_the_store() -> None:
    store = InMemoryStore()
    agent(Office(), calling(read("ada"), read("ben")), "Done.", store=store).invoke(user(), thread())
    assert store.search(()) == []
