"""The report on an approved write without a recorded outcome: made, not made, or not known; never a guess."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from examples import EXAMPLES, Company
from langchain_core.messages import ToolCall
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import approve, made, results, user
from writing_room import QUICK, DyingJournal, Killed, Room, opened

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent import ApprovalPolicy, Journal, audit_trail
from langchain_ashby.agent.execution import journal
from langchain_ashby.agent.execution.journal_record import Request
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoints import ChangeApplicationStage

pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def opening(room: Room, number: int = 0) -> ToolCall:
    job = next(it["id"] for it in room.sandbox.records("job") if it["status"] == "Open")
    return made("ashby_create_opening", {"job_ids": [job], "description": "Three of these"}, f"call_{number}")


def openings(room: Room) -> int:
    return sum(it["latestVersion"].get("description") == "Three of these" for it in room.sandbox.records("opening"))


def rejection(room: Room) -> ToolCall:
    state = room.sandbox.state()
    application = next(it for it in state["application"] if it["status"] == "Active")
    stage = next(it for it in state["interviewStage"] if it["id"] == application["currentInterviewStageId"])
    archived = next(
        it
        for it in state["interviewStage"]
        if it["interviewPlanId"] == stage["interviewPlanId"] and it["type"] == "Archived"
    )
    args = {
        "application_id": application["id"],
        "interview_stage_id": archived["id"],
        "archive_reason_id": state["archiveReason"][0]["id"],
        "archive_email": {"communication_template_id": state["communicationTemplate"][0]["id"]},
    }
    return made("ashby_change_application_stage", args)


def move_back(room: Room, call: ToolCall) -> None:
    """Does what a colleague does in Ashby."""
    application = next(it for it in room.sandbox.records("application") if it["id"] == call["args"]["application_id"])
    stage = application["applicationHistory"][-2]["stageId"]
    room.client.call(ChangeApplicationStage(application_id=application["id"], interview_stage_id=stage))


class Desk:
    """An agent whose threads and journal outlive its processes in memory, run with `invoke` or `ainvoke`."""

    def __init__(self, room: Room, asynchronous: bool) -> None:
        self.room = room
        self.asynchronous = asynchronous
        self.saver, self.store = InMemorySaver(), InMemoryStore()

    def run(self, given: Any, call: ToolCall, journal: Journal | None = None) -> str:
        toolkit = AshbyToolkit(self.room.client)
        graph = create_recruiting_agent(
            ScriptedChatModel(script=lines(say("", call), "Done.")),
            toolkit,
            checkpointer=self.saver,
            store=self.store,
            journal=journal or Journal(**QUICK),
        )
        config = self.room.config
        if self.asynchronous:
            result = asyncio.run(graph.ainvoke(given, config, durability="sync"))
        else:
            result = graph.invoke(given, config, durability="sync")
        return "" if "__interrupt__" in result else self.room.answer(result).text

    def die(self, call: ToolCall, journal: Journal) -> None:
        """Proposes the call, approves it, and dies on the way."""
        self.run(user(), call)
        with pytest.raises(Killed):
            self.run(Command(resume=approve()), call, journal)

    def outcomes(self) -> list[str]:
        return [entry.outcome for entry in audit_trail(self.store)]


@pytest.fixture(params=["invoke", "ainvoke"])
def desk(room: Room, request: pytest.FixtureRequest) -> Desk:
    return Desk(room, asynchronous=request.param == "ainvoke")


def test_a_rejection_that_ashby_confirmed_and_a_colleague_undid_is_reported_made_and_not_resent(desk: Desk) -> None:
    """Its further reads come before its outcome is recorded; Ashby's confirmation is recorded before them."""
    call = rejection(desk.room)
    desk.die(call, DyingJournal("before outcome"))
    move_back(desk.room, call)
    assert desk.run(None, call).startswith("Executed. The run was interrupted")
    assert desk.room.sent("application.changeStage") == 2, "the agent's, and the colleague's"
    assert desk.outcomes() == ["applied"]


def test_what_died_before_it_was_sent_is_proven_not_made_and_made_once(desk: Desk) -> None:
    call = rejection(desk.room)
    desk.die(call, DyingJournal("after claim"))
    assert desk.run(None, call).startswith("# Done")
    assert desk.room.sent("application.changeStage") == 1
    assert desk.outcomes() == ["applied"]


class DiesBefore(Journal):
    """A journal whose process dies right before a request leaves."""

    def __init__(self, path: str) -> None:
        super().__init__(**QUICK)
        self._path = path

    def note(self, store: Any, key: str, request: Request, *with_it: Any) -> None:
        if request.path == self._path and not request.answered:
            raise Killed
        super().note(store, key, request, *with_it)


def offer(room: Room) -> ToolCall:
    company = Company(room.sandbox.state(), room.client, room.directory)
    return made("ashby_create_offer", EXAMPLES["ashby_create_offer"](company))


STEPS = ["offerProcess.start", "offer.start", "offer.create"]


@pytest.mark.parametrize("step", STEPS[1:])
def test_an_offer_that_was_broken_off_between_its_steps_is_told_as_begun_and_not_begun_again(
    desk: Desk, step: str
) -> None:
    call = offer(desk.room)
    desk.die(call, DiesBefore(step))
    text = desk.run(None, call)
    assert text.startswith("Executed in part. The run was interrupted")
    assert "call again with offer_process_id" in text
    assert [desk.room.sent(it) for it in STEPS] == [int(STEPS.index(it) < STEPS.index(step)) for it in STEPS]
    assert desk.outcomes() == ["partly applied"]


@pytest.mark.parametrize("step", STEPS)
def test_an_offer_of_which_the_reply_to_a_step_was_lost_is_never_told_as_not_made(desk: Desk, step: str) -> None:
    call = offer(desk.room)
    desk.room.sandbox.fault(step, drop="after")
    desk.run(user(), call)
    text = desk.run(Command(resume=approve()), call)
    assert text.startswith("Executed. " if step == "offer.create" else "Outcome not known.")
    assert not ("Do not make it again" in text and "call again" in text)
    assert [desk.room.sent(it) for it in STEPS] == [int(STEPS.index(it) <= STEPS.index(step)) for it in STEPS]


def test_an_offer_that_may_have_been_made_is_called_again_only_if_it_was_not(desk: Desk) -> None:
    call = offer(desk.room)
    desk.room.sandbox.fault("offer.create", drop="before")
    desk.run(user(), call)
    text = desk.run(Command(resume=approve()), call)
    assert text.startswith("Outcome not known.")
    assert "Only if the last step was not made: To continue, call again with offer_process_id" in text
    assert text.count("call again") == 1


def test_of_a_rejection_whose_reply_was_lost_it_is_said_that_its_email_cannot_be_read(desk: Desk) -> None:
    call = rejection(desk.room)
    desk.room.sandbox.fault("application.changeStage", drop="after")
    desk.run(user(), call)
    text = desk.run(Command(resume=approve()), call)
    assert text.startswith("Outcome not known.") and "whether its e-mail was sent cannot be read" in text
    assert desk.outcomes() == ["unknown"]


def test_an_offer_whose_last_step_ashby_refuses_is_made_in_part(desk: Desk) -> None:
    call = offer(desk.room)
    desk.room.sandbox.fault("offer.create", body='{"success": false, "errors": ["no_such_opening"]}')
    desk.run(user(), call)
    text = desk.run(Command(resume=approve()), call)
    assert text.startswith("Executed in part.") and "offer_process_id" in text
    assert desk.outcomes() == ["partly applied"]


@pytest.mark.parametrize("lost", [1, 2, 3])
@pytest.mark.parametrize("fault", [{"drop": "before"}, {"drop": "after"}, {"status": 502}])
def test_of_identical_siblings_no_more_are_told_as_made_than_there_are(
    room: Room, lost: int, fault: dict[str, Any]
) -> None:
    calls = [opening(room, number) for number in range(3)]
    with room.agent(*calls) as graph:
        room.start(graph)
        for _ in range(lost):
            room.sandbox.fault("opening.create", **fault)
        result = room.resume(graph, *approve(3)["decisions"])
    told = [answer.text.startswith(("# Done", "Executed.")) for answer in results(result)]
    denied = [answer.text.startswith("Not executed.") for answer in results(result)]
    assert sum(told) <= openings(room)
    assert sum(denied) <= 3 - openings(room)
    assert [it.outcome for it in room.trail()].count("applied") == sum(told)


def test_a_record_of_another_thread_proves_nothing_for_this_one(room: Room) -> None:
    other = Room(room.sandbox, room.client, room.directory)
    call, theirs = opening(room), opening(room)
    with room.agent(call) as mine, other.agent(theirs) as thirds:
        room.start(mine)
        other.start(thirds)
        room.sandbox.fault("opening.create", drop="before")
        room.sandbox.fault("opening.create", drop="after")
        first, second = room.resume(mine), other.resume(thirds)
    assert openings(room) == 1
    assert room.answer(first).text.startswith("Outcome not known.")
    assert other.answer(second).text.startswith("Outcome not known.")


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("policy", ["ask", "allow"])
def test_a_note_whose_reply_was_lost_is_told_as_made_whatever_the_clocks_say(
    room: Room, hours: int, policy: Any
) -> None:
    room.sandbox._engine.clock._ahead += 3600 * hours
    with room.agent(policy=ApprovalPolicy(default=policy)) as graph:
        room.sandbox.fault("candidate.createNote", drop="after")
        result = room.start(graph, durability="sync")
        if "__interrupt__" in result:
            result = room.resume(graph)
    assert room.answer(result).text.startswith("Executed.")
    assert room.notes() == room.sent() == 1


def test_a_write_that_another_worker_took_over_is_not_sent_when_the_first_one_wakes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "has_ended", lambda name: None)  # as if each worker were another computer's
    names = {"sleeper": "a" * 32, "other": "b" * 32}
    who = ContextVar("who", default="other")
    monkeypatch.setattr(journal, "this_process", lambda: names[who.get()])
    woken, asleep = threading.Event(), threading.Event()

    class Sleeper(Journal):
        def holds(self, *arguments: Any) -> bool:
            asleep.set()
            assert woken.wait(20)
            return super().holds(*arguments)

    quick = {**QUICK, "lease": timedelta(seconds=2)}
    store = InMemoryStore()
    answers = {}
    with AshbyClient(room.client._api_key, room.client.base_url, budget=1.5, timeout=1) as client:
        saver = InMemorySaver()

        def agent(kind: type[Journal]) -> Any:
            model = ScriptedChatModel(script=lines(say("", room.note()), "Done."))
            options: Any = {"store": store, "journal": kind(**quick), "checkpointer": saver}
            return create_recruiting_agent(model, AshbyToolkit(client), **options)

        sleeper, other = agent(Sleeper), agent(Journal)
        sleeper.invoke(user(), room.config)

        def run(name: str, graph: Any, given: Any) -> None:
            who.set(name)
            answers[name] = room.answer(graph.invoke(given, room.config)).text

        first = threading.Thread(target=run, args=("sleeper", sleeper, Command(resume=approve())))
        first.start()
        assert asleep.wait(20)
        run("other", other, None)
        woken.set()
        first.join(30)
    assert room.notes() == room.sent() == 0
    assert answers["other"].startswith("Outcome not known.") and answers["sleeper"] == answers["other"]


class Meeting(Journal):
    """A journal that claims a write only when a second one has got as far, or has not for a while."""

    both = threading.Barrier(2)

    def claim(self, *args: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            self.both.wait(0.3)
        return super().claim(*args)


def new_to_all(room: Room) -> ToolCall:
    return made("ashby_create_opening", {"identifier": "OP-2", "description": "Three of these"})


@pytest.mark.parametrize("change", [Room.note, new_to_all])
def test_of_two_threads_that_make_the_same_change_at_once_only_one_does(
    room: Room, change: Callable[[Room], ToolCall]
) -> None:
    configs: list[Any] = [{"configurable": {"thread_id": it}} for it in ("one", "another")]
    options: Any = {"checkpointer": InMemorySaver(), "store": InMemoryStore()}
    with room.agent(change(room), journal=Meeting(**QUICK), **options) as graph:
        for config in configs:
            graph.invoke(user(), config)
        with ThreadPoolExecutor(2) as threads:
            told = [
                room.answer(it).text for it in threads.map(partial(graph.invoke, Command(resume=approve())), configs)
            ]
    assert room.notes() + openings(room) == 1
    assert sorted(it.startswith("Not executed. Since it was proposed") for it in told) == [False, True]


def test_a_record_that_another_thread_is_known_to_have_made_is_not_counted_for_this_one(room: Room) -> None:
    other = Room(room.sandbox, room.client, room.directory)
    call = opening(room)
    with room.agent(call, journal=DyingJournal("before outcome")) as mine:
        room.start(mine)
        room.sandbox.fault("opening.create", drop="before")
        with pytest.raises(Killed):
            room.resume(mine, durability="sync")
    with other.agent(opening(room)) as theirs:
        other.start(theirs)
        assert other.answer(other.resume(theirs)).text.startswith("# Done")
    with room.agent(call) as mine:
        text = room.answer(mine.invoke(None, room.config)).text
    assert openings(room) == 1 and text.startswith("Outcome not known.")
