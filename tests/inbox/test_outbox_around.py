"""Decisions reach agents that are part of a larger graph, and runs that broke off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desks import Desk, Pair, desk, note
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import Context, create_recruiting_agent
from langchain_ashby.agent.execution.waiting import keep
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.inbox.outbox import Outbox
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

APPROVE = {"type": "approve"}


def around(sandbox: AshbySandbox, pair: Pair, *names: str) -> Desk:
    """A graph with an agent in each of its nodes, all of which begin at once, and an inbox for it."""
    toolkit = AshbyToolkit(AshbyClient(sandbox.api_key, sandbox.url))
    graph: Any = StateGraph(MessagesState, context_schema=Context)
    for number, name in enumerate(names):
        script = lines(say("", note(f"From {name}.", of=number)), "Done.")
        graph.add_node(
            name, create_recruiting_agent(ScriptedChatModel(script=script), toolkit, checkpointer=None, store=pair[1])
        )
        graph.add_edge(START, name)
    whole = graph.compile(checkpointer=pair[0], store=pair[1])
    questions = Questions(pair[1])
    return Desk(sandbox, whole, pair[1], questions, Outbox(whole, pair[1], undo=timedelta(0), questions=questions))


def test_a_decision_reaches_an_agent_within_a_larger_graph(sandbox: AshbySandbox, pair: Pair) -> None:
    at = around(sandbox, pair, "recruiter")
    at.ask(context={"time_zone": "Europe/Berlin"})
    [approval] = at.approvals()
    at.outbox.keep(approval, APPROVE, "Ben")
    at.deliver()
    assert at.results() == ["applied"] and at.notes() == ["From recruiter."] and at.approvals() == []


def test_two_agents_of_one_thread_both_get_their_decisions(sandbox: AshbySandbox, memory: Pair) -> None:
    at = around(sandbox, memory, "one", "two")
    at.ask()
    first, second = at.approvals()
    at.outbox.keep(first, APPROVE, "Ben")
    at.outbox.keep(second, APPROVE, "Ann")
    assert at.deliver() == 1  # a thread goes on with one answer at a time
    assert at.deliver() == 1
    assert sorted(at.notes()) == ["From one.", "From two."] and at.results() == at.results("Ann") == ["applied"]


def broken_off(at: Desk, when: str) -> None:
    """Lets the agent have the decision, and breaks its run off while it saves the step `when`."""
    saver: Any = at.agent.checkpointer
    put = saver.put

    def dying(config: Any, checkpoint: Any, metadata: Any, versions: Any) -> Any:
        if any(name.startswith(f"branch:to:{when}") or name == when for name in versions):
            raise KeyboardInterrupt
        return put(config, checkpoint, metadata, versions)

    saver.put = dying
    [approval] = at.approvals()
    decisions = {"decisions": [{"type": "approve", "reviewer": "Ben"}]}
    with pytest.raises(KeyboardInterrupt):
        at.go("note", Command(resume={approval.question.interrupt_id: decisions}), durability="sync")
    saver.put = put


def test_a_question_that_lost_a_race_in_its_thread_leaves_the_list_in_seconds(
    sandbox: AshbySandbox, memory: Pair
) -> None:
    at, now = desk(sandbox, memory), datetime.now(UTC)
    at.ask()
    [real] = at.approvals()
    lost: Any = {**real.question.waiting, "interrupt_id": "0" * 32}  # two processes asked, and one was overwritten
    keep(at.store, lost)
    at.deliver(now)
    assert len(at.approvals()) == 2
    at.deliver(now + timedelta(seconds=6))
    assert [it.question.interrupt_id for it in at.approvals()] == [real.question.interrupt_id]


def test_a_clock_set_back_by_an_hour_delays_nothing(sandbox: AshbySandbox, memory: Pair) -> None:
    at, now = desk(sandbox, memory), datetime.now(UTC)
    at.deliver(now)
    back = now - timedelta(hours=1)
    at.ask()
    at.ask("gone")
    at.agent.checkpointer.delete_thread("gone")  # type: ignore[union-attr]
    at.outbox.keep(at.approvals()[0], APPROVE, "Ben")
    at.deliver(back)
    at.deliver(back + timedelta(seconds=6))
    assert at.results() == ["applied"] and at.approvals() == []


@pytest.mark.parametrize("when", ["approvals", "messages"])
def test_a_run_that_broke_off_with_the_decision_goes_on(sandbox: AshbySandbox, memory: Pair, when: str) -> None:
    at = desk(sandbox, memory)
    at.ask()
    [approval] = at.approvals()
    at.outbox._decisions.keep(approval, APPROVE, "Ben")
    broken_off(at, when)
    at.deliver()
    assert at.results() == ["applied"] and len(at.notes()) == 1 and at.outbox.all() == {}
    assert at.agent.get_state({"configurable": {"thread_id": "note"}}).next == ()


def test_a_run_that_broke_off_with_the_decision_of_somebody_else_is_left_to_them(
    sandbox: AshbySandbox, memory: Pair
) -> None:
    at = desk(sandbox, memory)
    at.ask()
    [approval] = at.approvals()
    at.outbox._decisions.keep(approval, APPROVE, "Ann")
    broken_off(at, "messages")
    at.deliver()
    [told] = at.outbox.results.of("Ann")
    assert (told.outcome, told.by) == ("decided by another", "Ben")
    assert at.agent.get_state({"configurable": {"thread_id": "note"}}).tasks  # the run is theirs to go on with


def test_without_a_model_decisions_are_carried_out_and_the_agent_goes_no_further(
    sandbox: AshbySandbox, pair: Pair
) -> None:
    made = desk(sandbox, pair, say("", note()), lambda messages: pytest.fail("the model was asked"))
    made.ask()
    outbox = Outbox(made.agent, made.store, undo=timedelta(0), stop_before_model=True)
    [approval] = made.approvals()
    outbox.keep(approval, APPROVE, "Ben")
    outbox.deliver(datetime.now(UTC))
    outbox.wait()
    assert made.results() == ["applied"] and len(made.notes()) == 1 and outbox.all() == {}
