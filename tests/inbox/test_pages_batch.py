"""Changes are decided together only where each card is on the page and none has to be weighed alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from full_inbox import make_agent, office, propose
from markup import Page
from people import Browser, browser_of

from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.questions import Approval, Question, Questions
from langchain_ashby.inbox.together import alone, likeness
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    with AshbySandbox() as sandbox:
        turns = office(sandbox)
        made = make_agent(sandbox, turns)
        propose(made, turns)
        yield made


@pytest.fixture
def browser(agent: Agent) -> Iterator[Browser]:
    with browser_of(agent, "Grace", undo=timedelta(hours=1)) as it:
        yield it
        outbox = it.app.state.inbox.outbox  # type: ignore[attr-defined]
        for interrupt_id, number in outbox.all():
            outbox.take_back(interrupt_id, number)


@pytest.fixture
def tags(agent: Agent) -> list[Approval]:
    """The changes that tag somebody with maritime experience. One of them has a warning."""
    assert agent.store is not None
    return [it for it in Questions(agent.store).approvals() if "Maritime" in it.line]


def kept(browser: Browser) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = browser.app.state.inbox.outbox.all()  # type: ignore[attr-defined]
    return found


def chosen(*changes: Approval) -> list[str]:
    return [f"{it.question.interrupt_id}.{it.number}.{it.fingerprint}" for it in changes]


def address(change: Approval) -> str:
    return f"/batch?like={likeness(change)}"


def test_the_list_offers_what_can_be_decided_together(browser: Browser, tags: list[Approval]) -> None:
    assert f'href="{address(tags[0])}"' in browser.get("/").text
    assert "Review 3 together" in browser.get("/?q=maritime").text


def test_each_card_is_on_the_page_in_full(browser: Browser, tags: list[Approval]) -> None:
    html = browser.get(address(tags[0])).text
    page = Page(html)
    assert page.is_balanced
    together = [it for it in tags if alone(it, NOW) is None]
    assert re.findall(r'name="change" value="([^"]+)" checked', html) == chosen(*together)
    assert len(together) == 3
    for it in together:
        assert it.card is not None
        for change in it.card["changes"]:
            assert str(change["after"]) in page.text


def test_what_has_a_warning_is_listed_apart_with_the_reason(browser: Browser, tags: list[Approval]) -> None:
    html = browser.get(address(tags[0])).text
    apart = html[html.index("Decide these one by one") :]
    assert "Tag Ethan Brooks" in Page(apart).text and "It has warnings." in apart
    assert "Ethan Brooks" not in html[: html.index("Decide these one by one")]


def test_those_that_are_left_in_are_decided_and_the_others_wait(browser: Browser, tags: list[Approval]) -> None:
    first, second, third = (it for it in tags if alone(it, NOW) is None)
    form = {"change": chosen(first, third), "decision": "approve"}
    answer = browser.post(address(first), data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {it[0] for it in kept(browser)} == {first.question.interrupt_id, third.question.interrupt_id}
    assert second.address in browser.get("/").text


def test_a_rejection_of_many_has_one_reason(browser: Browser, tags: list[Approval]) -> None:
    changes = [it for it in tags if alone(it, NOW) is None]
    form = {"change": chosen(*changes), "decision": "reject", "message": "Not\r\nyet"}
    browser.post(address(changes[0]), data=form)
    assert [it.decision for it in kept(browser).values()] == [{"type": "reject", "message": "Not\nyet"}] * 3


@pytest.mark.parametrize("line", ["Tag Ethan", "Archive 6", "Move Kwame", "Add a note to Ada"])
def test_what_has_to_be_decided_alone_is_refused_if_it_is_posted(
    browser: Browser, agent: Agent, tags: list[Approval], line: str
) -> None:
    assert agent.store is not None
    [other] = [it for it in Questions(agent.store).approvals() if it.line.startswith(line)]
    for at in (address(tags[0]), address(other)):
        form = {"change": chosen(tags[0], other), "decision": "approve"}
        answer = browser.post(at, data=form)
        assert (answer.status_code, "Nothing was decided" in answer.text) == (409, True)
    assert kept(browser) == {}


@pytest.mark.parametrize("change", [lambda it: f"{it[:-1]}x", lambda it: it.replace(".1.", ".2."), lambda it: "x"])
def test_a_card_that_is_not_the_one_shown_is_refused(
    browser: Browser, tags: list[Approval], change: Callable[[str], str]
) -> None:
    [right] = chosen(tags[0])
    form = {"change": [right, f"{change(right)}"], "decision": "approve"}
    assert browser.post(address(tags[0]), data=form).status_code == 409
    assert kept(browser) == {}


def test_nothing_chosen_or_no_decision_is_said(browser: Browser, tags: list[Approval]) -> None:
    for form in ({"decision": "approve"}, {"change": chosen(tags[0])}, {"change": chosen(tags[0]), "decision": "edit"}):
        assert browser.post(address(tags[0]), data=form).status_code == 422
    assert kept(browser) == {}


def test_a_viewer_can_decide_nothing_together(agent: Agent, tags: list[Approval]) -> None:
    with browser_of(agent, "Vera", "viewer") as viewer:
        form = {"change": chosen(tags[0]), "decision": "approve"}
        assert viewer.post(address(tags[0]), data=form).status_code == 409
        assert kept(viewer) == {}


@pytest.mark.parametrize(
    ("card", "action", "request_", "expires", "why"),
    [
        ({"risk": "high"}, {}, {}, None, "Its risk is high."),
        ({"warnings": ["Look."]}, {}, {}, None, "It has warnings."),
        ({"unchecked": ["The job."]}, {}, {}, None, "Something could not be checked."),
        (
            {"changes": [{"field": "Tags", "before": "not known", "after": "X"}]},
            {},
            {},
            None,
            "Something could not be checked.",
        ),
        (
            {"changes": [{"field": "Note", "before": None, "after": "x" * 4000}]},
            {},
            {},
            None,
            "A text is too long for its card.",
        ),
        ({"table": {"heads": [], "rows": [], "records": []}}, {}, {}, None, "It changes many records."),
        ({"sources": [{"from": "outsiders"}]}, {}, {}, None, "A value is only in text by outsiders."),
        ({"version": 1}, {}, {}, None, "It has no card."),
        ({}, {"needs": "second reviewer"}, {}, None, "It needs more than one approval."),
        ({}, {"approved_by": [{"reviewer": "Ben"}]}, {}, None, "It needs more than one approval."),
        ({}, {}, {"problem": "Too late."}, None, "It is being asked again."),
        ({}, {}, {}, "2020-01-01T00:00:00+00:00", "It has expired."),
        ({"risk": "medium"}, {}, {}, "2100-01-01T00:00:00+00:00", None),
    ],
)
def test_what_has_to_be_decided_alone(
    tags: list[Approval],
    card: dict[str, Any],
    action: dict[str, Any],
    request_: dict[str, Any],
    expires: str | None,
    why: str | None,
) -> None:
    waiting: Any = {**tags[0].question.waiting, "expires": expires}
    own = {**tags[0].action, **action, "card": {**(tags[0].card or {}), **card}}
    waiting["request"] = {**waiting["request"], **request_, "action_requests": [own]}
    [change] = Question(waiting).approvals
    assert alone(change, NOW) == why
