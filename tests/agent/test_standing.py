"""What one more approval is worth: pure functions, with a clock that may be set at will."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_ashby.agent.approval.requirements import NOTHING, strictest_of
from langchain_ashby.agent.approval.standing import (
    Counted,
    Uncounted,
    hold_ends,
    in_words,
    of_action,
    on_record,
    shortfall,
    weighed,
)
from langchain_ashby.agent.state import Approval, Decided, Proposal
from langchain_ashby.inbox import Reviewer
from langchain_ashby.text.letters import of_one_person
from langchain_ashby.text.words import lasting

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def proposal(second: bool = False, hold: float = 0.0) -> Proposal:
    made = {"made": NOON.isoformat(), "requires": {"second_reviewer": second, "hold": hold}}
    return cast(Proposal, made)


def approval(of: Proposal, who: str | None, at: datetime = NOON, decision: str = "approve") -> Approval:
    made = {"proposal": of, "decided": Decided(decision=decision, reviewer=who, at=at.isoformat())}
    return cast(Approval, made)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def held(of: Proposal, who: str | None, seconds: float) -> Proposal:
    counted = weighed(approval(of, who, at(seconds)), lambda: at(seconds))
    assert isinstance(counted, Counted) and counted.outcome == "held"
    return counted.proposal


def test_one_approval_is_enough_where_nothing_else_is_required() -> None:
    one = approval(proposal(), None)
    assert weighed(one, lambda: pytest.fail("no clock is needed")) is one
    assert shortfall(one, NOTHING) is None and of_action(proposal()) == {} and in_words({}) == []


def test_a_hold_ends_when_the_clock_reaches_its_end_and_not_a_moment_before() -> None:
    waiting = held(proposal(hold=60), "Ben", 10)
    assert hold_ends(waiting) == at(70)
    with pytest.raises(Uncounted, match=r"held until Sun 29 Nov 2026, 12:01:10 UTC"):
        weighed(approval(waiting, "Ben"), lambda: at(69.999))
    released = weighed(approval(waiting, "Grace"), lambda: at(70))
    assert not isinstance(released, Counted) and shortfall(released, waiting["requires"]) is None
    decided, approved, started = on_record(released)
    assert decided and started and (decided["reviewer"], started["reviewer"]) == ("Ben", "Grace")
    assert (approved, started["at"]) == ([decided], at(70).isoformat())


def test_a_clock_that_is_set_back_lengthens_a_hold_and_never_shortens_it() -> None:
    assert hold_ends(held({**proposal(hold=60), "made": at(500).isoformat()}, "Ben", 10)) == at(560)
    second = weighed(approval(proposal(True, 60), "Ben", at(100)), lambda: at(100))
    assert isinstance(second, Counted) and second.outcome == "approved"
    assert hold_ends(held(second.proposal, "Grace", 20)) == at(160)
    with pytest.raises(Uncounted):
        weighed(approval(held(proposal(hold=60), "Ben", 10), "Ben"), lambda: at(-3600))


def test_a_hold_begins_at_a_full_second() -> None:
    assert hold_ends(held(proposal(hold=60), "Ben", 10.25)) == at(71)


def test_what_another_run_requires_besides_counts_for_what_was_approved_before() -> None:
    waiting = held(proposal(hold=60), "Ben", 0)
    stricter: Any = {**waiting, "requires": {"second_reviewer": True, "hold": 90.0}}
    assert of_action(stricter)["needs"] == "second reviewer"
    with pytest.raises(Uncounted, match="already"):
        weighed(approval(stricter, "BEN"), lambda: at(1000))
    assert hold_ends(held(stricter, "Grace", 1000)) == at(1090)
    released = weighed(approval(waiting, "Grace"), lambda: at(60))  # who ends a hold has not approved before it began
    assert not isinstance(released, Counted)
    assert "second reviewer" in str(shortfall(released, stricter["requires"]))
    assert "held for 1 minute and 30 seconds" in str(shortfall(released, {"second_reviewer": False, "hold": 90.0}))


@pytest.mark.parametrize("decision", ["approve", "edit", "policy"])
def test_an_approval_that_was_never_weighed_falls_short(decision: str) -> None:
    for second, hold in ((True, 0.0), (False, 60.0), (True, 60.0)):
        of = proposal(second, hold)
        assert shortfall(approval(of, "Ben", decision=decision), of["requires"])
        assert shortfall({**approval(of, "Ben"), "decided": None}, of["requires"])


def test_the_strictest_of_several_requirements_is_all_of_them() -> None:
    two: Any = {"second_reviewer": True, "hold": 1.0}, {"second_reviewer": False, "hold": 2.0}
    assert strictest_of(two) == {"second_reviewer": True, "hold": 2.0}
    assert strictest_of([]) == NOTHING


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3600, "1 hour"),
        (90061, "1 day, 1 hour, 1 minute and 1 second"),
        (5400, "1 hour and 30 minutes"),
        (0.2, "less than a second"),
    ],
)
def test_a_length_of_time_in_words(seconds: float, words: str) -> None:
    assert lasting(seconds) == words


@pytest.mark.parametrize(
    "disguised",
    [
        "Gr\u0430c\u0435",
        "\uff27\uff32\uff21\uff23\uff25",
        "\u050crace",
        "\u13c0rac\u0435",
        "\u0262\u0280\u1d00\u1d04\u1d07",
    ],
)
def test_a_name_in_lookalike_letters_is_the_same_person(disguised: str) -> None:
    assert of_one_person(disguised) == of_one_person("Grace")


@pytest.mark.parametrize(
    ("name", "disguised"),
    [
        ("Ian Ford", "lan Ford"),
        ("Ian Ford", "|an F0rd"),
        ("ian@example.com", "lan@example.com"),
        ("Allan", "AIlan"),
        ("Bill", "B1lI"),
        ("Olga", "0lga"),
        ("Ian", "\u04c0an"),
        ("lan", "\u0406an"),
        ("Nina", "\u039dina"),
        ("HANS@example.com", "\u0397\u0391\u039dS@example.com"),
        ("Bernd Wolf", "Bemd VVolf"),
        ("Pat O'Neil", "Pat O\u2019Neil"),
        ("Pat O'Neil", "Pat O\u00b4Neil"),
        ("Anne-Marie", "Anne\u2011Marie"),
        ("Ben", "\u042cen"),
        ("Ben", "\u0184en"),
        ("Ben", "\u13cfen"),
        ("Ben", "\ua4d0en"),
        ("Cleo", "\u03f9leo"),
        ("Jo", "\u03f3o"),
    ],
)
def test_a_name_in_latin_letters_that_pass_for_others_is_the_same_person(name: str, disguised: str) -> None:
    assert of_one_person(disguised) == of_one_person(name)


def test_a_greek_name_is_the_same_person_in_small_letters() -> None:
    assert of_one_person("\u039d\u0391\u039d\u0391 Smith") == of_one_person("\u03bd\u03b1\u03bd\u03b1 SMITH")


def test_names_that_differ_in_letters_are_two_people_in_any_script() -> None:
    names = ["Ben", "राम", "रमा", "王伟", "王偉", "Ben K", "ben.k@example.com", "benk@example.com"]
    assert len({of_one_person(it) for it in names}) == len(names)
    assert of_one_person("\u200b\u00ad \u2060\ufe0f\u3164") == ""


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u00ad", "\u2066", "\ufe0f", "\u3164", *("\u200b" * it for it in range(20, 60))]
)
def test_a_name_with_characters_that_nobody_sees_is_the_same_person_in_the_inbox(hidden: str) -> None:
    assert of_one_person(Reviewer(f"Grace{hidden}").name) == of_one_person("Grace")
    assert of_one_person(Reviewer("Grace[U+200B]").name) != of_one_person("Grace")


NAMES = st.sampled_from(["Ben", "BEN ", "b\u200ben", "Grace", "gráce", None, "", "\u200b"])


@given(
    second=st.booleans(),
    hold=st.sampled_from([0.0, 5.0, 60.0]),
    steps=st.lists(st.tuples(NAMES, st.floats(-100, 200), st.floats(-100, 200)), max_size=8),
)
def test_nothing_runs_with_too_few_people_or_before_its_time(
    second: bool, hold: float, steps: list[tuple[str | None, float, float]]
) -> None:
    of, clocks, people = proposal(second, hold), [], set()
    for who, decided_at, clock in steps:
        before = of
        try:
            found = weighed(approval(of, who, at(decided_at)), lambda clock=clock: at(clock))  # type: ignore[misc]
        except Uncounted:
            continue
        if isinstance(found, Counted):
            of = found.proposal
            people.add(of_one_person(who or ""))
            if "held_since" in of and "held_since" not in before:
                clocks.append(max(clock, decided_at))
            continue
        people.add(of_one_person(who or ""))
        assert shortfall(found, of["requires"]) is None
        assert not second or len(people - {""}) >= 2
        assert not hold or clock >= clocks[-1] + hold
        return
