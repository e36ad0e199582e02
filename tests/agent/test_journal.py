"""The journal itself: claims, outcomes, and which process may continue."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langgraph.store.base import BaseStore, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from office import Office, agent, approve, calling, user
from office import write as call

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent import audit_trail
from langchain_ashby.agent.approval.gate import by_name
from langchain_ashby.agent.execution import process
from langchain_ashby.agent.execution.audit_log import audit_op, audit_record
from langchain_ashby.agent.execution.executor import WriteExecutor
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.journal_record import Claim, from_record, journal_key, to_record
from langchain_ashby.agent.execution.process import has_ended, this_process
from langchain_ashby.agent.execution.store import StoreError, list_items
from langchain_ashby.agent.execution.store import load as taken
from langchain_ashby.agent.execution.store import put_op as put
from langchain_ashby.agent.execution.verify import EffectChecker
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult
from langchain_ashby.agent.state import Approval, Decided, Proposal
from langchain_ashby.demo.scripted import ScriptedChatModel, lines
from langchain_ashby.errors import ConfigurationError

CALL: Any = call("ada", call_id="call_0")
KEY = journal_key("thread", "message", 0, CALL)
NOW = datetime.now(UTC).isoformat()
APPROVAL = Approval(
    call=CALL,
    edited=False,
    proposal=Proposal(
        call=CALL,
        title="Move",
        description="",
        card=None,
        original=None,
        made=NOW,
        journal="",
        journal_key=KEY,
        place=0,
        after={},
        policy="ask",
        on_behalf_of=None,
        account=None,
    ),
    decided=Decided(decision="approve", reviewer=None, at=NOW),
)
DONE = WriteResult("applied", ToolMessage("moved", tool_call_id="call_0", name="move_candidate"))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseStore]:
    if request.param == "memory":
        yield InMemoryStore()
        return
    with SqliteStore.from_conn_string(str(tmp_path / "journal.db")) as store:
        yield store


def executor(journal: Journal | None = None, **settings: timedelta) -> WriteExecutor:
    quick = {"patience": timedelta(milliseconds=200), "grace": timedelta(0)}
    return WriteExecutor(
        journal or Journal(**(quick | settings)), EffectChecker(by_name(Office().get_tools()), None), None
    )


def write(store: BaseStore, key: str = KEY, journal: str | None = None) -> PendingWrite:
    kept = {"journal": journal or Journal().name(store), "journal_key": key}
    proposal = Proposal(**{**APPROVAL["proposal"], **kept})  # type: ignore[typeddict-item]
    return PendingWrite(store, "thread", Approval(**{**APPROVAL, "proposal": proposal}))


def test_the_first_process_may_continue_and_its_outcome_answers_all_others(store: BaseStore) -> None:
    first = executor()
    claim = first.begin(write(store))
    assert isinstance(claim, Claim)
    first.end(write(store), claim, DONE)
    again = executor().begin(write(store))
    assert isinstance(again, ToolMessage) and again.content == "moved" and again.tool_call_id == "call_0"


def test_while_one_process_is_writing_no_other_continues(store: BaseStore) -> None:
    assert isinstance(executor().begin(write(store)), Claim)
    other = executor().begin(write(store))
    assert isinstance(other, ToolMessage) and other.text.startswith("Outcome not known. Another worker")
    assert Journal().read(store, KEY).concluded is None, "the one who is at it writes the outcome down"


def test_who_waits_gets_the_answer_of_the_one_who_was_at_it(store: BaseStore) -> None:
    first, waiting = executor(), executor(patience=timedelta(seconds=20))
    claim = first.begin(write(store))
    assert isinstance(claim, Claim)
    got: list[Any] = []
    thread = threading.Thread(target=lambda: got.append(waiting.begin(write(store))))
    thread.start()
    first.end(write(store), claim, DONE)
    thread.join()
    assert [answer.content for answer in got] == ["moved"]


def test_a_process_that_finishes_just_after_the_page_was_read_does_not_count_as_dead(store: BaseStore) -> None:
    first, about = executor(), write(store)
    claim = first.begin(about)
    assert isinstance(claim, Claim)

    class Slow(Journal):
        def is_abandoned(self, store: BaseStore, claim: Claim) -> bool:
            first.end(about, claim, DONE)
            return super().is_abandoned(store, claim)

    answer = executor(Slow(grace=timedelta(0))).begin(about)
    assert isinstance(answer, ToolMessage) and answer.content == "moved"


def test_a_withdrawn_claim_counts_until_it_is_deleted() -> None:
    journal, seen = Journal(), []

    class Watching(InMemoryStore):
        def batch(self, ops: Any) -> Any:
            seen.append(journal.is_over(claim))
            return super().batch(ops)

    claim = journal.claim(InMemoryStore(), KEY, APPROVAL)
    journal.delete(Watching(), KEY, [claim])
    assert seen == [False] and journal.is_over(claim)


def test_a_claim_that_was_left_and_cannot_be_settled_is_not_tried_again(store: BaseStore) -> None:
    first = executor()
    claim = first.begin(write(store))
    assert isinstance(claim, Claim)
    first.journal.release(claim)
    for _ in range(2):
        answer = executor().begin(write(store))
        assert isinstance(answer, ToolMessage) and answer.text.startswith("Outcome not known. The run was interrupted")


def test_a_claim_made_only_to_answer_blocks_no_one(store: BaseStore) -> None:
    journal = Journal()
    journal.release(journal.claim(store, KEY, None))
    assert isinstance(executor().begin(write(store)), Claim)
    assert len(Journal().read(store, KEY).claims) == 1


def test_a_call_that_another_journal_keeps_is_not_run_if_it_may_have_run_before(store: BaseStore) -> None:
    answer = executor().begin(write(store, journal="of a store that is lost"))
    assert isinstance(answer, ToolMessage)
    assert answer.text.startswith("Outcome not known. The journal with the record")


def test_an_undecided_call_is_not_run(store: BaseStore) -> None:
    about = write(store)
    undecided = Approval(call=CALL, edited=False, proposal=about.proposal, decided=None)
    answer = executor().begin(PendingWrite(store, "thread", undecided))
    assert isinstance(answer, ToolMessage) and answer.text.startswith("Not executed. No approval is on record")


def test_a_rejection_that_comes_first_holds_against_an_approval(store: BaseStore) -> None:
    rejected = WriteResult("rejected", ToolMessage("no", tool_call_id="call_0"))
    executor().close(write(store), rejected)
    answer = executor().begin(write(store))
    assert isinstance(answer, ToolMessage) and answer.content == "no"


def test_a_rejection_that_comes_after_the_write_is_answered_with_the_truth(store: BaseStore) -> None:
    first = executor()
    claim = first.begin(write(store))
    assert isinstance(claim, Claim)
    first.end(write(store), claim, DONE)
    assert (
        executor().close(write(store), WriteResult("rejected", ToolMessage("no", tool_call_id="call_0"))).content
        == "moved"
    )


@pytest.mark.parametrize("racers", [2, 5])
def test_of_many_simultaneous_processes_exactly_one_continues_and_all_learn_the_outcome(
    store: BaseStore, racers: int
) -> None:
    for number in range(20):
        key = journal_key("thread", "message", number, CALL)
        start = threading.Barrier(racers)
        ran: list[int] = []
        answers: list[Any] = []

        def race(key: str = key, start: Any = start, ran: list[int] = ran, answers: list[Any] = answers) -> None:
            mine, about = executor(patience=timedelta(seconds=60)), write(store, key)
            start.wait()
            got = mine.begin(about)
            if isinstance(got, Claim):
                ran.append(1)
                got = mine.end(about, got, DONE)
            answers.append(got.content)

        threads = [threading.Thread(target=race) for _ in range(racers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ran) == 1
        assert answers == ["moved"] * racers


def test_two_who_see_each_other_both_stand_back_and_then_take_turns(store: BaseStore) -> None:
    meet = threading.Barrier(2, timeout=60)

    class Meeting(Journal):
        """Until it has backed off once, waits for its rival before and after claiming, and before withdrawing."""

        stood_back = False

        def claim(self, *args: Any) -> Claim:
            if self.stood_back:
                return super().claim(*args)
            meet.wait()
            claim = super().claim(*args)
            meet.wait()
            return claim

        def delete(self, *args: Any) -> None:
            if not self.stood_back:
                self.stood_back = True
                seen.append(len(self.read(store, KEY).claims))
                meet.wait()
            super().delete(*args)

    seen: list[int] = []
    got: list[Any] = []

    def race() -> None:
        mine = executor(Meeting(patience=timedelta(seconds=60)))
        claim = mine.begin(write(store))
        got.append(isinstance(claim, Claim))
        if isinstance(claim, Claim):
            mine.end(write(store), claim, DONE)

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, True]
    assert seen == [2, 2]


def test_the_claim_of_a_process_that_runs_is_not_left_and_that_of_a_dead_one_is(store: BaseStore) -> None:
    journal = Journal()
    # The module by itself, without the agent: importing that takes a second.
    program = "import runpy, sys; print(runpy.run_path(sys.argv[1])['this_process'](), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, process.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdin
        now = datetime.now(UTC)
        theirs = Claim("c", now, now, other.stdout.readline().strip(), APPROVAL)
        assert has_ended(theirs.process) is False
        assert not journal.is_abandoned(store, theirs)
        other.kill()
        other.wait()
    assert has_ended(theirs.process) is True
    assert journal.is_abandoned(store, theirs)


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(0), timedelta(hours=1)])
def test_the_lease_of_a_process_elsewhere_goes_by_the_clock_of_the_store(store: BaseStore, ahead: timedelta) -> None:
    journal = Journal(lease=timedelta(minutes=1))
    assert has_ended("0" * 32) is None
    their_time, ours = datetime.now(UTC) + ahead, datetime.now(UTC)
    assert not journal.is_abandoned(store, Claim("c", their_time, ours, "0" * 32, APPROVAL))
    assert journal.is_abandoned(store, Claim("c", their_time, ours - timedelta(minutes=2), "0" * 32, APPROVAL))
    assert not list_items(store, ("langchain_ashby", "clock"))


def test_a_lease_that_is_shorter_than_a_call_is_refused_when_the_agent_is_built() -> None:
    with (
        AshbyClient("key", "http://127.0.0.1:1", budget=600) as client,
        pytest.raises(ConfigurationError, match="lease"),
    ):
        create_recruiting_agent(ScriptedChatModel(script=lines("Done.")), AshbyToolkit(client))


def test_a_store_that_lags_behind_is_not_written_by() -> None:
    class Lagging(InMemoryStore):
        """Reads from a replica that is behind."""

        def batch(self, ops: Any) -> Any:
            asked = list(ops)
            return [[] if isinstance(op, SearchOp) else it for op, it in zip(asked, super().batch(asked), strict=True)]

    with pytest.raises(StoreError, match="reads its own writes"):
        executor().begin(write(Lagging()))


def test_an_approved_write_makes_a_fixed_number_of_store_requests() -> None:
    """`docs/cost.md` has the time; without this test, an extra request per read would show only there."""
    asked: list[bool] = []

    class Counting(InMemoryStore):
        def batch(self, ops: Any) -> Any:
            listed = list(ops)
            asked.append(any(isinstance(it, PutOp) for it in listed))
            return super().batch(listed)

    graph = agent(Office(), calling(call("ada")), "Done.", store=Counting())
    graph.invoke(user(), {"configurable": {"thread_id": "an earlier one"}})  # which names the journal
    asked.clear()
    config: Any = {"configurable": {"thread_id": "thread"}}
    graph.invoke(user(), config)
    assert asked == [False, True]
    graph.invoke(Command(resume=approve()), config)
    assert (len(asked), sum(asked)) == (8, 4), "with a request to Ashby, one more to note it and one to look again"


def test_each_decision_about_a_proposal_is_an_entry_of_its_own() -> None:
    store = InMemoryStore()
    for second in range(2):
        decided = Decided(decision="approve", reviewer=None, at=f"2026-11-02T10:00:0{second}+00:00")
        late = write(store).approval
        audited = PendingWrite(store, "thread", Approval(**{**late, "decided": decided}))
        store.batch([audit_op(*audit_record(audited, WriteResult("expired", DONE.answer)))])
    assert len(audit_trail(store)) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_is_another_one() -> None:
    mine, (reading, writing) = this_process(), os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, this_process().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100).decode() not in ("", mine)
    assert has_ended(mine) is False


def test_values_that_stores_refuse_are_kept_exactly(store: BaseStore) -> None:
    odd = {"text": "no\x00\ud800 \u202e", "number": 2**70, "list": [None, 1.5, {"a": True}]}
    store.batch([put(("a", "b"), "key", odd)])
    [item] = list_items(store, ("a", "b"))
    assert taken(item) == odd


def test_a_record_of_another_version_is_not_guessed_at(store: BaseStore) -> None:
    namespace = ("langchain_ashby", "journal", *KEY.split("/"))
    store.batch([PutOp(namespace, "claim", {"version": 2, "json": "{}"}, index=False, ttl=None)])
    with pytest.raises(ValueError, match="cannot read a record"):
        executor().begin(write(store))


def test_a_store_that_was_emptied_gets_a_journal_anew() -> None:
    journal, store = Journal(), InMemoryStore()
    name = journal.name(store)
    store.delete(("langchain_ashby", "journal", "names"), name)
    assert not journal.read_named(store, KEY, name)[1]
    renamed = journal.name(store)
    assert renamed != name and journal.read_named(store, KEY, renamed)[1]


def test_a_store_has_a_journal_of_its_own_and_all_names_that_it_was_given_count(store: BaseStore) -> None:
    journal, name = Journal(), Journal().name(store)
    assert journal.name(store) == name and journal.read_named(store, KEY, name)[1]
    assert not journal.read_named(store, KEY, None)[1] and not journal.read_named(InMemoryStore(), KEY, name)[1]
    # Two workers made one each at the same time.
    store.batch([put(("langchain_ashby", "journal", "names"), "another", {"at": NOW})])
    assert all(journal.read_named(store, KEY, it)[1] for it in (name, "another"))


def test_an_answer_is_given_again_as_it_was() -> None:
    answer = ToolMessage([{"type": "text", "text": "x"}], artifact={"results": {"id": 1}}, tool_call_id="call_0")
    again = from_record(CALL, to_record(answer))
    assert (again.content, again.artifact, again.status) == (answer.content, answer.artifact, "success")
    assert to_record(ToolMessage("x", artifact=object(), tool_call_id="call_0"))["artifact"] is None


def test_pages_are_told_apart_by_everything_that_names_a_call() -> None:
    others = [CALL | {"id": "d"}, CALL | {"name": "get_candidate"}, CALL | {"args": {"candidate_id": "ben"}}]
    names = [("t", "m", 0, CALL), ("u", "m", 0, CALL), ("t", "n", 0, CALL), ("t", "m", 1, CALL)]
    names += [("t", "m", 0, call) for call in others]
    assert len({journal_key(*name) for name in names}) == len(names)
    unnamed = CALL | {"id": None}
    assert journal_key(None, None, 0, unnamed) == journal_key(None, None, 0, unnamed)


def test_a_file_that_another_process_sweeps_first_does_not_cost_a_process_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(process, "_directory", lambda: tmp_path)
    (tmp_path / "kept").touch()
    gone = tmp_path / "gone"
    monkeypatch.setattr(type(tmp_path), "iterdir", lambda self: iter([gone, tmp_path / "kept"]))
    process._sweep()
    assert (tmp_path / "kept").exists()
