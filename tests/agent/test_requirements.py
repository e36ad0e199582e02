"""What a policy says of second reviewers and holds: pure functions of a card, which at their worst ask for more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from office import Office, agent

from langchain_ashby.agent import ApprovalPolicy, hold_if
from langchain_ashby.errors import ConfigurationError

NOTE = "ashby_create_candidate_note"
CARD: Any = {"tool": NOTE, "args": {}}


@pytest.mark.parametrize("rule", [lambda card: None, lambda card: "no", lambda card: 1 / 0, lambda: False, lambda c: 0])
def test_a_condition_that_fails_or_gives_nonsense_counts_as_a_second_reviewer(rule: Any) -> None:
    assert ApprovalPolicy(second_reviewer=rule).requires(NOTE, CARD)["second_reviewer"] is True
    assert ApprovalPolicy(second_reviewer=[rule]).requires("a tool without cards", None)["second_reviewer"] is True


def test_a_condition_that_is_clearly_false_needs_no_second_reviewer() -> None:
    policy = ApprovalPolicy(second_reviewer=[lambda card: False, "ashby_create_offer"])
    assert policy.requires(NOTE, CARD) == {"second_reviewer": False, "hold": 0.0}
    assert policy.requires("ashby_create_offer", CARD)["second_reviewer"] is True


@pytest.mark.parametrize("bad", ["ashby_create_offer", [1], None, 7, [None]])
def test_a_second_reviewer_that_means_nothing_is_refused_when_it_is_declared(bad: Any) -> None:
    with pytest.raises(ConfigurationError, match="second_reviewer is"):
        ApprovalPolicy(second_reviewer=bad)


def test_a_second_reviewer_for_a_tool_that_is_not_there_is_refused_when_the_agent_is_built() -> None:
    with pytest.raises(ConfigurationError, match="move_candidates, which is not a tool here"):
        agent(Office(), policy=ApprovalPolicy(second_reviewer=["move_candidates"]))
    with pytest.raises(ConfigurationError, match="get_candidate, which only reads"):
        agent(Office(), policy=ApprovalPolicy(hold={"get_candidate": timedelta(hours=1)}))


@pytest.mark.parametrize("rule", [lambda card: 3600, lambda card: "1h", lambda card: timedelta(-1), lambda card: 1 / 0])
def test_a_function_that_gives_no_length_of_time_holds_for_a_day(rule: Any) -> None:
    for hold in (rule, {NOTE: rule}):
        assert ApprovalPolicy(hold=hold).requires(NOTE, CARD)["hold"] == 86400
    assert ApprovalPolicy(hold=rule).requires("a tool without cards", None)["hold"] == 86400


def test_a_function_may_say_that_a_write_is_not_held() -> None:
    for rule in (lambda card: None, lambda card: timedelta(0)):
        assert ApprovalPolicy(hold=rule).requires(NOTE, CARD)["hold"] == 0
    assert ApprovalPolicy(hold={NOTE: timedelta(hours=1)}).requires("another", CARD)["hold"] == 0
    assert ApprovalPolicy(hold=lambda card: timedelta.max).requires(NOTE, CARD)["hold"] == 365 * 86400


def test_a_ready_made_rule_holds_if_its_condition_fails() -> None:
    hour = timedelta(hours=1)
    conditions: list[Any] = [lambda card: 1 / 0, lambda card: None, lambda card: True]
    for condition in conditions:
        assert hold_if(condition, hour)(CARD) == hour
    assert hold_if(lambda card: False, hour)(CARD) is None


@pytest.mark.parametrize(
    "bad", [timedelta(hours=1), 3600, {NOTE: 3600}, {NOTE: timedelta(0)}, {NOTE: timedelta.max}, {NOTE: None}]
)
def test_a_hold_that_means_nothing_is_refused_when_it_is_declared(bad: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"hold (is|for)"):
        ApprovalPolicy(hold=bad)
