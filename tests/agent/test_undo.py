"""Undoing a write: proposed without the model, once, with a card of its own, decided about as any other write."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from examples import EXAMPLES
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.store.sqlite.aio import AsyncSqliteStore
from office import made
from undoing import APPROVE, REJECT, Undoer, approved, decide, the_call, thread
from undoing import company as company
from undoing import sandbox as sandbox

from langchain_ashby.agent import (
    ApprovalPolicy,
    AuditEntry,
    CannotUndoError,
    Context,
    PendingApprovals,
    QuestionClosedError,
    aaudit_trail,
    apropose_undo,
    audit_trail,
    propose_undo,
    undo_of,
)
from langchain_ashby.agent.run.context import SettingsError
from langchain_ashby.endpoints.applications import ChangeApplicationStage
from langchain_ashby.endpoints.candidates import UpdateCandidate

pytestmark = pytest.mark.slow

MOVE = "ashby_change_application_stage"


def to(company: Undoer, title: str) -> dict[str, Any]:
    return {"application_id": company.application(), "interview_stage_id": company.stage(title)}


def stage(company: Undoer) -> str:
    """The title of the stage that Ada's application is in."""
    now = {it["id"]: it["currentInterviewStageId"] for it in company.sandbox.records("application")}
    return str(company.one("interviewStage", id=now[company.application()])["title"])


def moves(company: Undoer) -> int:
    return sum(it["endpoint"] == "application.changeStage" for it in company.sandbox.requests())


def card(asked: Any) -> Any:
    [action] = PendingApprovals(asked)
    return action["card"]


def with_other(entry: AuditEntry, **fields: Any) -> AuditEntry:
    return AuditEntry(**{**{name: getattr(entry, name) for name in entry.__dataclass_fields__}, **fields})


def test_the_opposite_waits_in_a_thread_of_its_own_and_no_model_is_asked(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    proposed = propose_undo(agent, entry, reviewer="Grace")
    assert stage(company) == "Offer"
    asked, call = agent.get_state(thread(proposed.thread_id)).values["messages"]
    assert isinstance(asked, HumanMessage)
    assert asked.text.startswith("Undo: Move Ada Lovelace")
    assert isinstance(call, AIMessage)
    assert [(it["name"], it["args"]) for it in call.tool_calls] == [(MOVE, to(company, "Onsite"))]
    shown = card(proposed)
    assert shown["consequences"][0].startswith("Undoes the change of ")
    assert shown["consequences"][0].endswith(f"{entry.card['line']}.")  # type: ignore[index]  # it has one
    assert not [it for it in shown["warnings"] if "since" in it]
    [done] = approved(agent, proposed)  # a model that is asked again fails: it has said all that it has to say
    assert (done.outcome, done.thread_id) == ("applied", proposed.thread_id)
    assert stage(company) == "Onsite"
    state = agent.get_state(thread(proposed.thread_id))
    assert state.next == ()
    assert isinstance(state.values["messages"][-1], ToolMessage)


def test_what_it_undoes_stands_before_all_else_that_happens(company: Undoer) -> None:
    agent, trail = company.write("ashby_update_job", EXAMPLES["ashby_update_job"](company))
    first, *others = card(propose_undo(agent, the_call(trail)))["consequences"]
    assert first.startswith("Undoes the change of ")
    assert "The job is open. It is not documented whether its postings change too." in others


def test_asking_twice_asks_once(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    first, second, third = (propose_undo(agent, it) for it in (entry, entry.write, entry))
    assert first == second == third
    assert len(agent.get_state(thread(first.thread_id)).values["messages"]) == 2
    approved(agent, first)
    assert moves(company) == 2
    with pytest.raises(QuestionClosedError):
        approved(agent, second)
    with pytest.raises(CannotUndoError, match="already been undone"):
        propose_undo(agent, entry)
    assert moves(company) == 2


def test_after_a_rejection_it_is_proposed_anew(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    first = propose_undo(agent, entry)
    assert [it.outcome for it in approved(agent, first, REJECT)] == ["rejected"]
    second = propose_undo(agent, entry)
    assert second.thread_id == first.thread_id
    assert second.interrupts[0].id != first.interrupts[0].id
    assert [it.outcome for it in approved(agent, second)] == ["rejected", "applied"]
    assert stage(company) == "Onsite"


def test_an_undo_is_undone(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    [undo] = approved(agent, propose_undo(agent, entry))
    again = propose_undo(agent, undo)
    assert card(again)["consequences"][0].startswith("Undoes the change of ")
    [redo] = approved(agent, again)
    assert stage(company) == "Offer"
    approved(agent, propose_undo(agent, redo))
    assert stage(company) == "Onsite"


def test_a_later_change_by_somebody_else_is_warned_of(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    company.write(MOVE, to(company, "Application Review"))
    shown = card(propose_undo(agent, entry))
    assert shown["warnings"][0].startswith(
        "Changed since, and undoing would overwrite that: Stage, now Application Review"
    )
    assert shown["risk"] != "low"


def test_other_letters_and_spaces_are_a_change_that_is_restored_and_warned_of(company: Undoer) -> None:
    candidate = company.one("candidate", name="Ada Lovelace")
    phone = candidate["phoneNumbers"][0]["value"]
    values = {"name": "ada  LOVELACE", "phone_number": "+44 7700 900999"}
    agent, [entry] = company.write("ashby_update_candidate", {"candidate_id": candidate["id"], **values})
    company.client.call(UpdateCandidate(candidate_id=candidate["id"], name="Ada LOVELACE"))
    shown = card(proposed := propose_undo(agent, entry))
    assert shown["args"] == {"candidate_id": candidate["id"], "name": "Ada Lovelace", "phone_number": phone}
    assert [it for it in shown["warnings"] if it.startswith("Changed since")] == [
        "Changed since, and undoing would overwrite that: Name, now Ada LOVELACE."
    ]
    approved(agent, proposed)
    assert company.one("candidate", id=candidate["id"])["name"] == "Ada Lovelace"


def test_a_list_that_was_changed_back_by_hand_is_warned_of(company: Undoer) -> None:
    agent, trail = company.write("ashby_add_candidate_tag", EXAMPLES["ashby_add_candidate_tag"](company))
    company.write("ashby_remove_candidate_tag", the_call(trail).args)
    shown = card(propose_undo(agent, the_call(trail)))
    assert [it for it in shown["warnings"] if it.startswith("Changed since") and it.endswith("now no.")]


def test_a_change_after_the_card_was_made_stops_it(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    proposed = propose_undo(agent, entry)
    company.write(MOVE, to(company, "Application Review"))
    assert [it.outcome for it in approved(agent, proposed)] == ["stale"]
    assert stage(company) == "Application Review"
    again = propose_undo(agent, entry)
    assert "Changed since" in card(again)["warnings"][0]
    assert [it.outcome for it in approved(agent, again)] == ["stale", "applied"]


def test_after_two_changes_of_one_message_each_is_undone_to_what_it_found(company: Undoer) -> None:
    calls = [made(MOVE, to(company, title)) for title in ("Offer", "Application Review")]
    agent = company.agent(*calls)
    decide(agent, PendingApprovals(agent.invoke({"messages": [("user", "Go.")]}, thread("it"))), "it")
    first, second = audit_trail(agent.store)
    assert stage(company) == "Application Review"
    approved(agent, propose_undo(agent, second))
    assert stage(company) == "Offer"
    approved(agent, propose_undo(agent, first))
    assert stage(company) == "Onsite"
    assert undo_of(with_other(second, before=None)).why_not


def test_in_a_bulk_undo_each_change_since_names_its_people(company: Undoer) -> None:
    field = company.id("customField", title="Preferred name")
    people = [str(it["id"]) for it in company.seed["candidate"][:3]]
    about = {"object_type": "Candidate", "custom_field_id": field}
    company.write("ashby_set_custom_field_value_on_many", {**about, "object_ids": people, "field_value": "Al"})
    agent, trail = company.write(
        "ashby_set_custom_field_value_on_many", {**about, "object_ids": people, "field_value": "Cy"}
    )
    company.write("ashby_set_custom_field_value", {**about, "object_id": people[1], "field_value": "Di"})
    proposed = propose_undo(agent, the_call(trail))
    [warning] = [it for it in card(proposed)["warnings"] if "since" in it]
    assert warning == "No. 2: Changed since, and undoing would overwrite that: Preferred name, now Di."
    outcomes = {(it.part_of, it.outcome) for it in approved(agent, proposed)}
    assert outcomes == {(None, "applied"), ("ashby_set_custom_field_value_on_many", "applied")}


def test_what_was_rejected_of_many_is_proposed_anew_and_the_rest_is_not(company: Undoer) -> None:
    people = [company.candidate(), company.candidate("Kwame Mensah")]
    args = {"candidate_ids": people, "project_id": company.id("project", title="Harbour Robotics launch")}
    agent, trail = company.write("ashby_add_candidates_to_project", args)
    first = propose_undo(agent, the_call(trail))
    pending = PendingApprovals(first)
    agent.invoke(pending.resume([APPROVE, REJECT]), thread(first.thread_id))
    again = PendingApprovals(propose_undo(agent, the_call(trail)))
    assert [it["args"]["candidate_id"] for it in again] == people[1:]


def test_an_edited_undo_no_longer_says_that_it_is_one(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    proposed = propose_undo(agent, entry)
    edit = {"type": "edit", "edited_action": {"name": MOVE, "args": to(company, "Application Review")}}
    result = decide(agent, PendingApprovals(proposed), proposed.thread_id, edit)
    assert not [it for it in card(result)["consequences"] if it.startswith("Undoes")]
    approved(agent, propose_undo(agent, entry))  # the question that is open now is that of the edit
    assert stage(company) == "Application Review"
    approved(agent, propose_undo(agent, entry))  # the write has not been undone: something else was done instead
    assert stage(company) == "Onsite"


def test_the_policy_rules_undos_too(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    kept = {"store": agent.store, "checkpointer": InMemorySaver()}
    forbids = company.agent(policy=ApprovalPolicy({MOVE: "never"}), **kept)
    proposed = propose_undo(forbids, entry)
    assert proposed.interrupts == ()
    assert proposed.answers[0].startswith("Not executed. The application does not allow this change")
    assert stage(company) == "Offer"
    allows = company.agent(policy=ApprovalPolicy({MOVE: "allow"}), **kept)
    assert propose_undo(allows, entry).interrupts == ()
    assert stage(company) == "Onsite"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": "another"}, "another Ashby account"),
        ({"account": None}, "recorded by an earlier version"),
        ({"on_behalf_of": "5dcd3f67-170a-5df4-ba07-11068c7d7c74"}, "on behalf of the user 5dcd3f67"),
        ({"card": None}, "not made by an Ashby tool"),
        ({"outcome": "unknown"}, "not known whether it was made"),
        ({"write": ""}, "not read from an audit trail"),
    ],
)
def test_it_is_refused_in_words_and_leaves_no_thread(company: Undoer, changed: dict[str, Any], said: str) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    with pytest.raises(CannotUndoError, match=said):
        propose_undo(agent, with_other(entry, **changed))
    assert agent.get_state(thread(f"undo-{entry.write}")).values == {}
    assert moves(company) == 1


def test_it_is_refused_if_the_agent_lacks_the_tool(company: Undoer) -> None:
    agent, trail = company.write("ashby_add_candidate_tag", EXAMPLES["ashby_add_candidate_tag"](company))
    lesser = company.agent(tools=None, store=agent.store, checkpointer=InMemorySaver())
    with pytest.raises(CannotUndoError, match="This takes ashby_remove_candidate_tag, a tool that the agent does not"):
        propose_undo(lesser, the_call(trail))


def test_it_acts_for_the_user_for_whom_the_write_was_made(company: Undoer) -> None:
    user = company.user("Sofia")
    settings = Context(on_behalf_of=user)
    agent = company.agent(made(MOVE, to(company, "Offer")))
    result = agent.invoke({"messages": [("user", "Go.")]}, thread("it"), context=settings)
    agent.invoke(PendingApprovals(result).resume([APPROVE]), thread("it"), context=settings)
    [entry] = audit_trail(agent.store)
    with pytest.raises(CannotUndoError, match="on behalf of the user"):
        propose_undo(agent, entry)
    proposed = propose_undo(agent, entry, context=settings)
    assert approved(agent, proposed)[0].outcome == "withheld"  # the decision came in a run for nobody
    again = propose_undo(agent, entry, context={"on_behalf_of": user})
    agent.invoke(PendingApprovals(again).resume([APPROVE]), thread(again.thread_id), context=settings)
    assert audit_trail(agent.store, again.thread_id)[-1].outcome == "applied"
    assert [it["on_behalf_of"] for it in company.sandbox.requests() if "changeStage" in it["endpoint"]] == [user] * 2


def test_settings_that_are_not_allowed_leave_no_thread(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    with pytest.raises(SettingsError):
        propose_undo(agent, entry, context={"policy": "none of these"})
    assert agent.get_state(thread(f"undo-{entry.write}")).values == {}


def test_a_conversation_that_goes_on_in_its_thread_is_left_alone(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    first = propose_undo(agent, entry)
    talks = company.agent(
        made(MOVE, to(company, "Application Review")),
        said=["the undo"],
        store=agent.store,
        checkpointer=agent.checkpointer,
    )
    result = talks.invoke({"messages": [("user", "Rather move her to the review.")]}, thread(first.thread_id))
    assert audit_trail(agent.store, first.thread_id)[0].outcome == "superseded"
    with pytest.raises(CannotUndoError, match="Another conversation is open in the thread"):
        propose_undo(agent, entry)
    decide(talks, PendingApprovals(result), first.thread_id)
    assert talks.get_state(thread(first.thread_id)).values["messages"][-1].text == "Done."  # its model spoke
    assert len(PendingApprovals(propose_undo(agent, entry))) == 1


async def test_it_is_proposed_under_asyncio(company: Undoer, tmp_path: Path) -> None:
    async with (
        AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver,
        AsyncSqliteStore.from_conn_string(str(tmp_path / "store.db")) as store,
    ):
        await store.setup()
        agent = company.agent(
            made(MOVE, to(company, "Offer")),
            checkpointer=saver,
            store=store,
        )
        result = await agent.ainvoke({"messages": [("user", "Go.")]}, thread("it"))
        await agent.ainvoke(PendingApprovals(result).resume([APPROVE]), thread("it"))
        [entry] = await aaudit_trail(store, "it")
        first, second = await apropose_undo(agent, entry), await apropose_undo(agent, entry.write)
        assert first == second
        await agent.ainvoke(PendingApprovals(first).resume([APPROVE]), thread(first.thread_id))
        assert [it.outcome for it in await aaudit_trail(store, first.thread_id)] == ["applied"]
    assert stage(company) == "Onsite"


def test_it_is_proposed_on_postgresql(company: Undoer, postgres: str) -> None:
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.store.postgres import PostgresStore

    with PostgresSaver.from_conn_string(postgres) as saver, PostgresStore.from_conn_string(postgres) as store:
        saver.setup()
        store.setup()
        agent, trail = company.write(MOVE, to(company, "Offer"), checkpointer=saver, store=store)
        entry = the_call(trail)
        assert propose_undo(agent, entry) == propose_undo(agent, entry)
        assert [it.outcome for it in approved(agent, propose_undo(agent, entry))] == ["applied"]
    assert stage(company) == "Onsite"


async def test_it_is_proposed_on_postgresql_under_asyncio(company: Undoer, postgres: str) -> None:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.store.postgres.aio import AsyncPostgresStore

    async with (
        AsyncPostgresSaver.from_conn_string(postgres) as saver,
        AsyncPostgresStore.from_conn_string(postgres) as store,
    ):
        await saver.setup()
        await store.setup()
        agent = company.agent(made(MOVE, to(company, "Offer")), checkpointer=saver, store=store)
        result = await agent.ainvoke({"messages": [("user", "Go.")]}, thread("async"))
        await agent.ainvoke(PendingApprovals(result).resume([APPROVE]), thread("async"))
        [entry] = await aaudit_trail(store, "async")
        proposed = await apropose_undo(agent, entry)
        assert proposed == await apropose_undo(agent, entry)
        await agent.ainvoke(PendingApprovals(proposed).resume([APPROVE]), thread(proposed.thread_id))
        with pytest.raises(CannotUndoError, match="already been undone"):
            await apropose_undo(agent, entry)
    assert stage(company) == "Onsite"


def test_whoever_asks_while_it_is_being_made_gets_what_became_of_it(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    proposed = propose_undo(agent, entry)
    company.sandbox.fault("application.changeStage", delay=2.0)
    making = threading.Thread(target=approved, args=(agent, proposed))
    making.start()
    time.sleep(0.5)
    again = propose_undo(agent, entry)
    making.join()
    assert again.interrupts == ()
    assert [it.outcome for it in audit_trail(agent.store, proposed.thread_id)] == ["applied"]
    assert moves(company) == 2


def test_a_proposal_that_another_one_has_overtaken_is_not_made_twice(company: Undoer) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    other = company.agent(store=agent.store, checkpointer=InMemorySaver())  # it sees nothing of the first one's threads
    first, second = propose_undo(agent, entry), propose_undo(other, entry)
    approved(agent, first)
    decide(other, PendingApprovals(second), second.thread_id)
    assert [it.outcome for it in audit_trail(agent.store, first.thread_id)] == ["applied"]
    assert moves(company) == 2


@pytest.mark.parametrize("changed", [{"account": "another"}, {"on_behalf_of": "5dcd3f67-170a-5df4-ba07-11068c7d7c74"}])
def test_a_proposal_that_broke_off_goes_on_only_where_it_was_made(company: Undoer, changed: dict[str, str]) -> None:
    agent, [entry] = company.write(MOVE, to(company, "Offer"))
    values = agent.get_state(thread(propose_undo(agent, entry).thread_id)).values
    [(key, undoing)] = values["undoes"].items()
    begun = {"messages": values["messages"], "own": values["own"], "undoes": {key: {**undoing, **changed}}}
    agent.update_state(thread("begun"), begun, as_node="model")
    agent.invoke(None, thread("begun"))
    assert [it.outcome for it in audit_trail(agent.store, "begun")] == ["withheld"]
    assert moves(company) == 1


def test_of_two_who_propose_it_at_once_both_lead_to_one_write(company: Undoer) -> None:
    for _ in range(5):
        agent, [entry] = company.write(MOVE, to(company, "Offer"), store=InMemoryStore(), checkpointer=InMemorySaver())
        before, start = moves(company), threading.Barrier(2)

        def propose(agent: Any = agent, entry: AuditEntry = entry, start: threading.Barrier = start) -> None:
            start.wait()
            propose_undo(agent, entry)

        both = [threading.Thread(target=propose) for _ in range(2)]
        for it in both:
            it.start()
        for it in both:
            it.join()
        proposed = propose_undo(agent, entry)
        assert [it.outcome for it in approved(agent, proposed)] == ["applied"]
        assert moves(company) == before + 1
        company.write(MOVE, to(company, "Onsite"))


@contextmanager
def opened(folder: Path) -> Iterator[tuple[SqliteSaver, SqliteStore]]:
    """The threads and the store in a folder."""
    with (
        SqliteSaver.from_conn_string(str(folder / "threads.db")) as saver,
        SqliteStore.from_conn_string(str(folder / "store.db")) as store,
    ):
        yield saver, store


class Died(BaseException):
    """Stands for the death of the process."""


class Mortal:
    """Lets a process die when it stores something for the `last`-th time, before or after that."""

    def __init__(self, last: int, *, after: bool) -> None:
        self.left, self.after = last, after

    def guarded(self, thing: Any, *methods: str) -> Any:
        for name in methods:
            setattr(thing, name, self._guarded(getattr(thing, name)))
        return thing

    def _guarded(self, method: Any) -> Any:
        def put(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left <= 0 and not self.after:
                raise Died  # and whatever follows in this process fails, too
            made = method(*args, **kwargs)
            if self.left <= 0:
                raise Died
            return made

        return put


@pytest.mark.parametrize("after", [False, True], ids=["before it is stored", "after it is stored"])
def test_a_process_that_dies_anywhere_writes_nothing_unapproved_and_nothing_twice(
    company: Undoer, tmp_path: Path, after: bool
) -> None:
    """It dies at each of its writes to the checkpointer and the store, and another one goes on.

    Right after a write is nearly right before the next one: every third of those will do.
    """

    def agent(saver: Any, store: Any) -> Any:
        return company.agent(checkpointer=saver, store=store)

    was = tmp_path / "was"
    was.mkdir()
    with opened(was) as (saver, store):
        _, [entry] = company.write(MOVE, to(company, "Offer"), checkpointer=saver, store=store)
    for number in range(1, 200, 3 if after else 1):
        company.sandbox.reset()
        company.client.call(ChangeApplicationStage(**to(company, "Offer")))
        folder = shutil.copytree(was, tmp_path / str(number))
        mortal, is_approved, died = Mortal(number, after=after), False, False
        with opened(folder) as (saver, store):
            mortal.guarded(saver, "put", "put_writes")
            mortal.guarded(store, "batch")
            try:
                proposed = propose_undo(agent(saver, store), entry)
                is_approved = True
                approved(agent(saver, store), proposed)
            except Died:
                died = True
        if not is_approved:
            assert moves(company) == 1, number
        with opened(folder) as (saver, store):
            graph = agent(saver, store)
            try:
                proposed = propose_undo(graph, entry)
                if proposed.interrupts:
                    approved(graph, proposed)
            except CannotUndoError as over:
                assert "already been undone" in str(over), number
        assert (moves(company), stage(company)) == (2, "Onsite"), number
        if not died:
            assert number > 10
            return
    raise AssertionError("it never came through")
