"""What people may see and decide, and by which name they are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from people import browser_of

from langchain_ashby.inbox import Reviewer, Routing, TrustedHeader
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.questions import Approval, Question, Questions


def approval(tool: str) -> Approval:
    waiting: Any = {"interrupt_id": "a" * 32, "request": {"action_requests": []}}
    return Approval(Question(waiting), 1, {"name": tool, "args": {}})


OFFER, NOTE = approval("ashby_create_offer"), approval("ashby_create_candidate_note")
ROUTED = Routing(decides={"ashby_create_offer": ["compensation", "ben@example.com"]})


@pytest.mark.parametrize(
    ("name", "roles", "sees", "offer", "note"),
    [
        ("vera", {"viewer"}, True, False, False),
        ("rita", {"reviewer"}, True, False, True),
        ("cora", {"reviewer", "compensation"}, True, True, True),
        ("only", {"viewer", "compensation"}, True, True, False),
        ("ben@example.com", {"reviewer"}, True, True, True),
        ("adam", {"admin"}, True, True, True),
        ("nobody", set(), False, False, False),
        ("paid", {"compensation"}, False, False, False),
    ],
)
def test_roles_and_the_routing_say_who_decides(name: str, roles: set[str], sees: bool, offer: bool, note: bool) -> None:
    person = Reviewer(name, frozenset(roles), routing=ROUTED)
    assert person.may_see(OFFER) is person.may_see(NOTE) is sees
    assert (person.may_decide(OFFER), person.may_decide(NOTE)) == (offer, note)


def test_a_rule_for_a_tool_holds_for_its_bulk_write_which_may_have_its_own() -> None:
    rules = {"ashby_change_application_stage": ["hr"]}
    archiving = approval("ashby_archive_applications")
    for person, may in ((Reviewer("Rita"), False), (Reviewer("Hal", frozenset({"reviewer", "hr"})), True)):
        assert replace(person, routing=Routing(decides=rules)).may_decide(archiving) is may
        own = Routing(decides=rules | {archiving.tool: ["Rita"]})
        assert replace(person, routing=own).may_decide(archiving) is not may


@pytest.mark.parametrize("wrong", [{"ashby_make_offer": ["hr"]}, {"ashby_create_offer": "hr"}])
def test_a_rule_that_would_route_to_others_than_it_says_is_an_error(wrong: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Routing(decides=wrong)


def test_a_function_may_route_and_its_failure_is_a_no(caplog: pytest.LogCaptureFixture) -> None:
    def fails(*_: object) -> bool:
        raise KeyError("Ada Lovelace")

    def says(answer: Any) -> Any:
        return lambda *_: answer

    def person(**rules: Any) -> Reviewer:
        return Reviewer("Grace", frozenset({"admin"}), routing=Routing(**rules))

    assert person(decides=says(True), sees=says(True)).may_decide(NOTE)
    for no in (says(False), says(None), says("yes"), says(1), fails):
        assert not person(decides=no).may_decide(NOTE)
        assert person(decides=no).may_see(NOTE)
        assert not person(sees=no).may_see(NOTE)
        assert not person(sees=no).may_decide(NOTE)
    assert "KeyError" in caplog.text and "Ada" not in caplog.text


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("  Grace\n Hopper\t", "Grace Hopper"),
        ("\uff27\uff52\uff41\uff43\uff45", "Grace"),
        ("Gra\u200bce", "Gra[U+200B]ce"),
        ("\u202eecarG", "[U+202E]ecarG"),
        ("Gra[U+200B]ce", "Gra[U+005B]U+200B]ce"),
        ("Zoe\u0308", "Zoë"),
        ("فاطمة", "فاطمة"),
        ("G" * 500, "G" * 199 + "…"),
    ],
)
def test_a_name_is_written_as_it_is_seen(given: str, known: str) -> None:
    assert Reviewer(given).name == known


@pytest.mark.parametrize("given", ["Gra\u00adce", "Gra[U+200B]ce"])
def test_whoever_has_an_odd_name_decides_under_it(agent: Agent, given: str) -> None:
    [change] = Questions(agent.store).approvals()  # type: ignore[arg-type]
    form = {"decision": "reject", "fingerprint": change.fingerprint}
    with browser_of(agent, given) as browser:
        assert browser.post(f"{change.address}/decision", data=form, follow_redirects=False).status_code == 303
        [kept] = browser.app.state.inbox.outbox.all().values()  # type: ignore[attr-defined]
        assert kept.reviewer == Reviewer(given).name
        assert agent.store.search(("langchain_ashby", "sessions")) == []  # type: ignore[union-attr]


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_nobody_is_without_a_name(nothing: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        Reviewer(nothing)


@pytest.mark.parametrize("proxies", [[], "10.0.0.1", ["proxy.internal"], ["10.0.0.1/8"]])
def test_a_header_needs_proxies_by_address(proxies: Any) -> None:
    with pytest.raises(ValueError):
        TrustedHeader("X-Forwarded-User", proxies)
