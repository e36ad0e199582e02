"""The application's policy: approval is the default; each exception is declared, checked and audited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.types import Command
from office import Office, agent, approve, assert_sendable, calling, read, request, results, thread, user, write
from writing_room import DyingJournal, Killed, Room, opened

from langchain_ashby import AshbyClient
from langchain_ashby.agent import ApprovalPolicy, allow_if
from langchain_ashby.errors import ConfigurationError

NOTE = "ashby_create_candidate_note"
CARD: Any = {
    "version": 2, "tool": NOTE, "line": "", "changes": [], "consequences": [], "warnings": [], "unchecked": [],
    "risk": "low", "links": [], "targets": [], "facts": {}, "args": {},
}  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def test_without_a_policy_every_write_is_asked_about() -> None:
    assert ApprovalPolicy().ruling("anything", CARD) == "ask"
    assert ApprovalPolicy().ruling("anything", None) == "ask"


@pytest.mark.parametrize(
    ("rule", "ruling"),
    [
        ("allow", "allow"),
        ("never", "never"),
        (lambda card: "allow", "allow"),
        (lambda card: "never", "never"),
        (allow_if(lambda card: card["risk"] == "low"), "allow"),
        (allow_if(lambda card: card["risk"] == "high"), "ask"),
        (allow_if(lambda card: "yes"), "ask"),  # type: ignore[arg-type, return-value]
        (lambda card: True, "ask"),
        (lambda card: None, "ask"),
        (lambda card: ["allow"], "ask"),
        (lambda card: card["no such key"], "ask"),
        (lambda card: 1 / 0, "ask"),
        (lambda: "allow", "ask"),
    ],
)
def test_only_a_ruling_that_is_given_clearly_counts(rule: Any, ruling: str) -> None:
    assert ApprovalPolicy({NOTE: rule}).ruling(NOTE, CARD) == ruling
    assert ApprovalPolicy(default=rule).ruling(NOTE, CARD) == ruling


def test_an_unchecked_write_needs_approval_even_if_it_is_allowed() -> None:
    unchecked = CARD | {"unchecked": ["The candidate could not be read."]}
    assert ApprovalPolicy({NOTE: "allow"}).ruling(NOTE, unchecked) == "ask"
    assert ApprovalPolicy({NOTE: lambda card: "allow"}).ruling(NOTE, unchecked) == "ask"
    assert ApprovalPolicy({NOTE: "never"}).ruling(NOTE, unchecked) == "never"


def test_a_rule_about_cards_asks_if_there_is_no_card() -> None:
    assert ApprovalPolicy(default=lambda card: "allow").ruling("move_candidate", None) == "ask"
    assert ApprovalPolicy(default="allow").ruling("move_candidate", None) == "allow"


def test_a_rule_cannot_change_what_is_shown() -> None:
    def rule(card: Any) -> Any:
        card["line"] = "Nothing to see here"
        return "ask"

    card = dict(CARD)
    ApprovalPolicy(default=rule).ruling(NOTE, card)  # type: ignore[arg-type]
    assert card == CARD


@pytest.mark.parametrize("bad", ["alow", "", None, True, 1, ["allow"]])
def test_a_meaningless_rule_is_refused_when_it_is_declared(bad: Any) -> None:
    with pytest.raises(ConfigurationError, match="The rule for"):
        ApprovalPolicy({NOTE: bad})
    with pytest.raises(ConfigurationError, match="default"):
        ApprovalPolicy(default=bad)


def test_a_misspelt_ruling_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigurationError) as refused:
        ApprovalPolicy({NOTE: "alow"})  # type: ignore[dict-item]
    assert "Did you mean 'allow'?" in refused.value.remedy


def test_a_rule_for_a_tool_that_is_not_there_is_refused_when_the_agent_is_built() -> None:
    with pytest.raises(ConfigurationError, match="move_candidates, which is not a tool here") as refused:
        agent(Office(), policy=ApprovalPolicy({"move_candidates": "allow"}))
    assert refused.value.remedy == "Did you mean move_candidate?"
    with pytest.raises(ConfigurationError, match="get_candidate, which only reads"):
        agent(Office(), policy=ApprovalPolicy({"get_candidate": "never"}))


def test_allowed_writes_run_without_asking_and_forbidden_ones_never_run() -> None:
    office = Office()
    policy = ApprovalPolicy({"move_candidate": "allow"})
    result = agent(office, calling(write("ada"), read("ben")), "Done.", policy=policy).invoke(user(), thread())
    assert "__interrupt__" not in result and office.writes == [("ada", "Offer")]
    assert_sendable(result["messages"])
    office = Office()
    policy = ApprovalPolicy({"move_candidate": "never"})
    result = agent(office, calling(write("ada")), "I see.", policy=policy).invoke(user(), thread())
    [answer] = results(result)
    assert "__interrupt__" not in result and office.writes == []
    assert answer.text.startswith("Not executed. The application does not allow this change")


def test_allowed_writes_do_not_wait_for_those_that_need_approval(room: Room) -> None:
    policy = ApprovalPolicy({NOTE: allow_if(lambda card: "small" in card["args"]["note"])})
    with room.agent(room.note(f"{room.text} small"), room.note(f"{room.text} large"), policy=policy) as graph:
        asked = request(room.start(graph))
        assert [action["args"]["note"] for action in asked["action_requests"]] == [f"{room.text} large"]
        assert room.notes("small") == 1 and room.notes("large") == 0
        said = graph.get_state(room.config).values["messages"]
        assert said[-1].type == "tool", "the answer to what was allowed is in the state while the person is asked"
        result = room.resume(graph)
    assert room.notes("small") == room.notes("large") == 1
    assert [(it.policy, it.decision, it.outcome) for it in room.trail()] == [
        ("allow", "policy", "applied"),
        ("ask", "approve", "applied"),
    ]
    assert_sendable(result["messages"])


def test_forbidden_writes_are_in_the_trail(room: Room) -> None:
    with room.agent(policy=ApprovalPolicy(default="never")) as graph:
        room.start(graph)
    [entry] = room.trail()
    assert (entry.policy, entry.decision, entry.outcome, entry.card and entry.card["tool"]) == (
        "never",
        "policy",
        "policy",
        NOTE,
    )
    assert room.sent() == 0


@pytest.mark.parametrize("stage", ["before claim", "after claim", "before outcome", "after outcome"])
def test_allowed_writes_are_made_once_too(room: Room, stage: str) -> None:
    policy = ApprovalPolicy({NOTE: "allow"})
    with room.agent(journal=DyingJournal(stage), policy=policy) as graph, pytest.raises(Killed):
        room.start(graph, durability="sync")
    with room.agent(policy=policy) as graph:
        assert room.answer(graph.invoke(None, room.config)).status == "success"
    assert room.sent() == room.notes() == 1


@pytest.mark.parametrize("stage", ["before outcome", "after outcome"])
def test_what_was_made_is_told_even_if_the_state_has_lost_that_it_was_proposed(room: Room, stage: str) -> None:
    policy = ApprovalPolicy({NOTE: "allow"})
    with room.agent(journal=DyingJournal(stage), policy=policy) as graph, pytest.raises(Killed):
        room.start(graph, durability="sync")
    with room.agent(policy=policy) as graph:
        graph.update_state(room.config, {"proposals": [], "approvals": []}, as_node="model")
        answer = room.answer(graph.invoke(user("What happened?"), room.config))
    assert answer.status == "success" and room.sent() == 1


def test_an_edit_cannot_bypass_a_ban(room: Room) -> None:
    policy = ApprovalPolicy({NOTE: lambda card: "never" if card["args"].get("send_notifications") else "ask"})
    with room.agent(policy=policy) as graph:
        room.start(graph)
        args = {"candidate_id": room.candidate, "note": room.text, "send_notifications": True}
        result = room.resume(graph, {"type": "edit", "edited_action": {"name": NOTE, "args": args}})
    assert room.sent() == 0
    assert "does not allow this change" in room.answer(result).text


# Too many writes at once.


def test_more_writes_than_a_person_can_look_at_are_sent_back_to_be_split() -> None:
    office, config = Office(), thread()
    graph = agent(
        office, calling(*(write(f"c{number}") for number in range(26)), read("ben")), calling(write("ada")), "Done."
    )
    asked = request(graph.invoke(user(), config))
    assert [action["args"]["candidate_id"] for action in asked["action_requests"]] == ["ada"]
    result = graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")] and office.reads == ["ben"]
    said = [answer.text for answer in results(result)]
    assert sum(text.startswith("Not executed. 26 changes in one message are too many") for text in said) == 26
    assert_sendable(result["messages"])


def test_as_many_as_are_allowed_are_one_question() -> None:
    calls = [write(f"c{number}") for number in range(25)]
    assert len(request(agent(Office(), calling(*calls)).invoke(user(), thread()))["action_requests"]) == 25
    graph = agent(Office(), calling(*calls[:3]), "I see.", max_writes_per_turn=2)
    assert "__interrupt__" not in graph.invoke(user(), thread())


LIMITS = ["max_writes_per_turn", "max_model_calls_per_turn", "max_concurrency", "max_context_tokens"]


@pytest.mark.parametrize("number", [0, "3"])
@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_a_whole_number(limit: str, number: Any) -> None:
    with pytest.raises(ValueError, match=f"{limit} has to be a whole number of 1 or more; it is {number!r}"):
        agent(Office(), **{limit: number})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"policy": {"move_candidate": "allow"}}, "policy takes an ApprovalPolicy, not dict"),
        ({"policy": "allow"}, "policy takes an ApprovalPolicy, not str"),
        ({"policies": {"lax": "allow"}}, "policies['lax'] takes an ApprovalPolicy, not str"),
        ({"store": "agent.db"}, "store takes a LangGraph store, not str"),
        ({"models": {"small": None}}, "models['small'] takes a chat model or its name, not None"),
    ],
)
def test_a_setting_of_another_kind_is_refused_when_the_agent_is_built(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        agent(Office(), **options)
    assert str(refused.value).startswith(f"configuration: {said}. ")


@pytest.mark.parametrize("toolkit", [[], AshbyClient("k")])
def test_tools_or_a_client_alone_are_no_toolkit(toolkit: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"toolkit takes .* not {type(toolkit).__name__}. Give AshbyToolkit"):
        agent(toolkit)
