"""Answers that are not decisions never run an unapproved call, and leave the thread usable."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command
from office import Office, agent, approve, assert_sendable, calling, edit, read, request, results, thread, user, write

from langchain_ashby.agent import QuestionClosedError

pytestmark = pytest.mark.slow

PROPOSED = {"candidate_id": "ada", "stage": "Offer"}

MALFORMED: list[Any] = [
    "",
    "approve",
    0,
    1,
    True,
    False,
    [],
    ["approve"],
    [{"type": "approve"}],
    {},
    {"decision": "approve"},
    {"decisions": None},
    {"decisions": "approve"},
    {"decisions": {"type": "approve"}},
    {"decisions": []},
    {"decisions": [None]},
    {"decisions": [True]},
    {"decisions": [["approve"]]},
    {"decisions": ["approve"]},
    {"decisions": [{}]},
    {"decisions": [{"type": None}]},
    {"decisions": [{"type": ["approve"]}]},
    {"decisions": [{"type": {"approve": True}}]},
    {"decisions": [{"type": "Approve"}]},
    {"decisions": [{"type": "accept"}]},
    {"decisions": [{"type": "ignore"}]},
    {"decisions": [{"type": "approve"}, {"type": "approve"}]},
    {"decisions": [{"type": "approve"}] * 1000},
    {"decisions": [{"type": "approve", "tool_call_id": "another"}]},
    {"decisions": [{"type": "approve", "tool_call_id": 7}]},
    {"decisions": [{"type": "approve", "edited_action": {"name": "move_candidate", "args": {}}}]},
    {"decisions": [{"type": "approve", "args": {"candidate_id": "ben"}}]},
    {"decisions": [{"type": "approve", "message": "But not before Friday."}]},
    {"decisions": [{**edit(candidate_id="ben", stage="Offer"), "message": "No."}]},
    {"decisions": [{"type": "approve"}], "type": "reject"},
    {"decisions": [{"type": "edit", "edited_action": {"name": "move_candidate", "args": PROPOSED, "x": 1}}]},
    {"decisions": [{"type": "edit"}]},
    {"decisions": [{"type": "edit", "edited_action": None}]},
    {"decisions": [{"type": "edit", "edited_action": "move_candidate"}]},
    {"decisions": [{"type": "edit", "edited_action": {"name": "move_candidate"}}]},
    {"decisions": [{"type": "edit", "edited_action": {"args": PROPOSED}}]},
    {"decisions": [{"type": "edit", "edited_action": {"name": "move_candidate", "args": []}}]},
    {"decisions": [{"type": "edit", "edited_action": {"name": "move_candidate", "args": "{}"}}]},
    {"decisions": [{"type": "edit", "edited_action": {"name": "delete_candidate", "args": PROPOSED}}]},
    {"decisions": [{"type": "edit", "edited_action": {"name": "get_candidate", "args": {"candidate_id": "ada"}}}]},
    {"decisions": [{"type": "edit", "args": PROPOSED}]},
    {"decisions": [edit()]},
    {"decisions": [edit(candidate_id="ada")]},
    {"decisions": [edit(candidate_id="ada", stage="")]},
    {"decisions": [edit(candidate_id="ada", stage="Nowhere")]},
    {"decisions": [edit(candidate_id="ada", stage="Offer", times="often")]},
    {"decisions": [edit(candidate_id="ada", stage="Offer", invented=1)]},
    {"decisions": [edit(candidate_id=["ada"], stage={"title": "Offer"})]},
    {"decisions": [{"type": "reject", "message": 5}]},
    {"decisions": [{"type": "reject", "message": ["no"]}]},
    {"decisions": [{"type": "respond"}]},
    {"decisions": [{"type": "respond", "message": None}]},
    {"decisions": [{"type": "respond", "message": "  "}]},
    {"decisions": [{"type": "respond", "message": {"text": "no"}}]},
]


@pytest.mark.parametrize("answer", MALFORMED, ids=lambda answer: repr(answer)[:60])
def test_a_malformed_answer_runs_nothing_and_is_asked_again(answer: Any) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada"), read("ben")), "Done.")
    asked = request(graph.invoke(user(), config))
    again = request(graph.invoke(Command(resume=answer), config))
    assert office.writes == []
    assert again["action_requests"] == asked["action_requests"]
    # LangGraph reads an empty object as answering no question, so the agent never sees it.
    assert answer == {} or again["problem"].startswith("Nothing was executed")
    result = graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]
    assert office.reads == ["ben"]
    assert_sendable(result["messages"])


def test_a_thread_survives_any_number_of_malformed_answers() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    for answer in MALFORMED:
        graph.invoke(Command(resume=answer), config)
    result = graph.invoke(Command(resume={"decisions": [{"type": "reject"}]}), config)
    assert office.writes == []
    assert result["messages"][-1].content == "Done."
    assert "__interrupt__" not in result


def test_no_answer_at_all_leaves_the_question_open() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    with pytest.raises(Exception):  # noqa: B017 - LangGraph itself refuses it, with varying errors
        graph.invoke(Command(resume=None), config)
    request(graph.invoke(None, config))
    assert office.writes == []
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize("depth", [50, 1_000, 20_000])
def test_an_answer_nested_beyond_reason_runs_nothing(depth: int) -> None:
    deep: Any = "approve"
    for _ in range(depth):
        deep = [deep]
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    for answer in (deep, {"decisions": deep}, {"decisions": [edit(candidate_id="ada", stage=deep)]}):
        try:
            graph.invoke(Command(resume=answer), config)
        except (RecursionError, TypeError, ValueError):
            assert depth > 100, "the checkpointer may refuse to keep it, if it is beyond all reason"
    assert office.writes == []
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize(
    "odd",
    [
        {"decisions": [edit(candidate_id="ada", stage="\ud800")]},
        {"decisions": [edit(candidate_id="ada", stage=b"Offer")]},
        {"decisions": [edit(candidate_id="ada", stage="Offer", times=datetime(2026, 1, 1, tzinfo=UTC))]},
        {"decisions": [{"type": "edit", "edited_action": {"name": "move_candidate", "args": {1: 2, "a": 3}}}]},
        {"decisions": ({"type": "approve"},)},
        {"decisions": {"approve"}},
        datetime(2026, 1, 1, tzinfo=UTC),
        float("nan"),
        "\ud800",
        2**70,
        object(),
    ],
    ids=lambda odd: type(odd).__name__ if type(odd) is object else ascii(odd)[:60],
)
def test_an_answer_that_is_not_even_json_runs_nothing(odd: Any) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    # LangGraph refuses what a checkpointer cannot store before the agent sees it.
    with suppress(TypeError):
        request(graph.invoke(Command(resume=odd), config))
    assert office.writes == []
    graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else "approve"


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
@pytest.mark.parametrize("odd", [2**70, -(2**64), float("inf"), nested(60), nested(900)], ids=lambda it: str(it)[:9])
def test_an_answer_that_no_checkpoint_can_hold_is_asked_about_again_in_words(odd: Any, durability: Any) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    [question] = graph.invoke(user(), config, durability=durability)["__interrupt__"]
    edited = {"decisions": [edit(candidate_id="ada", stage="Offer", times=odd)]}
    approved = {"decisions": [{"type": "approve", "why": odd}]}
    for answer in (edited, approved, edited):
        named: Any = {question.id: answer} if question.value.get("problem") else answer
        asked = graph.invoke(Command(resume=named), config, durability=durability)
        assert "more than 64 bits, or lists and objects nested too deeply" in request(asked)["problem"]
        [question] = asked["__interrupt__"]
    assert office.writes == []
    graph.invoke(Command(resume=approve()), config, durability=durability)
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize("odd", [2**70, (2**70,), [float("nan")], nested(60)], ids=lambda it: str(it)[:9])
def test_in_a_larger_graph_an_edit_that_no_checkpoint_can_hold_writes_nothing(odd: Any) -> None:
    office, config = Office(), thread()
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", agent(office, calling(write("ada")), "Done.", checkpointer=None))
    outer.add_edge(START, "recruiter")
    graph = outer.compile(checkpointer=InMemorySaver())
    graph.invoke(user(), config)
    answer: Any = {"decisions": [edit(candidate_id="ada", stage="Offer", times=odd)]}
    with suppress(TypeError):  # of the checkpointer, which a larger graph asks to save the answer at once
        request(graph.invoke(Command(resume=answer), config, durability="async"))
    assert office.writes == []


def test_a_reason_with_broken_characters_is_passed_on() -> None:
    config = thread()
    graph = agent(Office(), calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume={"decisions": [{"type": "reject", "message": "no\x00\ud800"}]}), config)
    assert result["messages"][-1].content == "Done."


def test_one_bad_decision_holds_back_the_good_ones_beside_it() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada"), write("ben"), write("cy")), "Done.")
    graph.invoke(user(), config)
    answer = {"decisions": [{"type": "approve"}, {"type": "perhaps"}, edit(candidate_id="cy", stage="")]}
    problem = request(graph.invoke(Command(resume=answer), config))["problem"]
    assert office.writes == []
    assert problem.splitlines() == [
        "Nothing was executed.",
        'Decision 2 (Move candidate): "type" must be one of approve, edit, reject, respond.',
        "Decision 3 (Move candidate): the edited arguments are invalid. invalid_argument: 1 wrong",
    ]


def test_a_problem_counts_decisions_and_actions_in_plain_english() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    problem = request(graph.invoke(Command(resume={"decisions": []}), config))["problem"]
    assert problem.endswith("one decision per action, in order. It has 0 decisions for 1 action.")


def test_a_problem_is_said_once_and_forgotten() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), calling(write("ben")), "Done.")
    graph.invoke(user(), config)
    graph.invoke(Command(resume="?"), config)
    assert "problem" not in request(graph.invoke(Command(resume=approve()), config))


def test_an_answer_can_name_the_question_it_is_for() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    [interrupt] = graph.invoke(user(), config)["__interrupt__"]
    graph.invoke(Command(resume={interrupt.id: approve()}), config)
    assert office.writes == [("ada", "Offer")]


def test_a_decision_can_name_the_call_it_is_for() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada", call_id="w1")), "Done.")
    graph.invoke(user(), config)
    graph.invoke(Command(resume={"decisions": [{"type": "approve", "tool_call_id": "w1"}]}), config)
    assert office.writes == [("ada", "Offer")]


def test_an_unrequested_approval_approves_no_later_write() -> None:
    office, config = Office(), thread()
    graph = agent(office, "Hello.", calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    with pytest.raises(QuestionClosedError):
        graph.invoke(Command(resume=approve()), config)
    request(graph.invoke(user("Now."), config))
    assert office.writes == []


def test_an_approval_is_used_up_by_its_call() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), calling(write("ben")), "Done.")
    graph.invoke(user(), config)
    request(graph.invoke(Command(resume=approve()), config))
    assert office.writes == [("ada", "Offer")]


scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
words = st.sampled_from(["approve", "edit", "reject", "respond", "accept", "", "APPROVE", "move_candidate", "Offer"])
almost_action = st.fixed_dictionaries(
    {},
    optional={
        "name": words | anything,
        "args": st.dictionaries(st.sampled_from(["candidate_id", "stage", "times", "x"]), words | anything) | anything,
    },
)
almost_decision = st.fixed_dictionaries(
    {},
    optional={
        "type": words | anything,
        "message": words | anything,
        "edited_action": almost_action | anything,
        "tool_call_id": st.sampled_from(["call_0_0", "call_0_1"]) | anything,
    },
)
almost_answer = st.fixed_dictionaries(
    {}, optional={"decisions": st.lists(almost_decision | anything, max_size=4) | anything, "": anything}
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=st.lists(anything.filter(lambda it: it is not None) | almost_answer, min_size=1, max_size=3))
def test_no_answer_runs_a_write_without_its_own_approval(answers: list[Any]) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada"), write("ben")), "Done.")
    result = graph.invoke(user(), config)
    allowed: list[str] = []
    for answer in answers:
        if "__interrupt__" not in result:
            break
        result = graph.invoke(Command(resume=answer), config)
        if "__interrupt__" not in result:
            allowed = [decision["type"] for decision in answer["decisions"]]
            assert len(allowed) == 2
            assert set(allowed) <= {"approve", "edit", "reject", "respond"}
    for place, kind in enumerate(allowed):
        if kind == "approve":
            assert (["ada", "ben"][place], "Offer") in office.writes
    assert len(office.writes) == sum(kind in ("approve", "edit") for kind in allowed)
    if "__interrupt__" in result:
        assert office.writes == []
        result = graph.invoke(Command(resume=approve(2)), config)
        assert sorted(office.writes) == [("ada", "Offer"), ("ben", "Offer")]
    assert len(results(result)) == 2
    assert_sendable(result["messages"])
    assert graph.invoke(user("More."), config)["messages"][-1].type == "ai"
