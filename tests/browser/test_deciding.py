"""Each decision by mouse and by keyboard, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from inbox_server import Office, until
from playwright.sync_api import Page, expect

from langchain_ashby.demo.scripted import call

HOWS = ["mouse", "keyboard", "no scripts"]
SHOWN_FOR = 700
"""Milliseconds after which the keyboard may approve a change that is on the screen."""
WAIT = 20_000


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until something has the focus."""
    for _ in range(80):
        if page.locator(selector).evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {selector}")


def is_shown(page: Page, words: str) -> None:
    expect(page.locator("#card-title")).to_contain_text(words, timeout=WAIT)


def act(page: Page, how: str, mouse: str, *keys: str) -> None:
    """Clicks, or presses keys instead."""
    if how != "keyboard":
        return page.click(mouse)
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("how", HOWS)
def test_each_decision_reaches_the_agent_and_the_next_change_comes(
    office: Office, open_page: Callable[..., Page], how: str
) -> None:
    people = [it["name"] for it in office.sandbox.records("candidate")[:4]]
    for number in range(4):
        office.ask(office.note(number, f"Note {number}."))
    page = open_page(office.address, scripts=how != "no scripts")

    is_shown(page, people[0])
    page.wait_for_timeout(SHOWN_FOR)
    act(page, how, "#approve", "a")

    is_shown(page, people[1])
    act(page, how, "#reject summary", "r")
    page.fill("#reject-message", "She asked us\nnot to.")
    if how == "keyboard":
        tab_to(page, "#reject .danger")
    act(page, how, "#reject .danger", "Enter")

    is_shown(page, people[2])
    if how == "keyboard":
        tab_to(page, "#respond summary")
    act(page, how, "#respond summary", "Enter")
    page.fill("#respond-message", "Ask me again in spring.")
    act(page, how, "#respond .panel .button", "Control+Enter")

    is_shown(page, people[3])
    act(page, how, "#reject summary", "r")
    if how == "keyboard":
        tab_to(page, "#reject .quick button >> nth=0")
    act(page, how, "#reject .quick button >> nth=0", "Enter")

    # Without scripts the page stays as it came: the last decisions may have been under way or carried out by then.
    nothing = re.compile("Nothing is waiting" + "|All of these have been decided" * (how == "no scripts"))
    expect(page.locator("#pane-title")).to_have_text(nothing, timeout=WAIT)
    office.wait_for(4)
    assert office.notes() == ["Note 0."]
    assert sorted(office.outcomes()) == [
        ("applied", "approve", "Grace"),
        ("rejected", "reject", "Grace"),
        ("rejected", "reject", "Grace"),
        ("responded", "respond", "Grace"),
    ]

    def tells_all() -> bool:
        page.goto(f"{office.address}/outcomes")  # the trail is read again every second
        told = " ".join(page.inner_text("main").split())
        return all(it in told for it in ("She asked us ¶ not to.", "Ask me again in spring.", "Not now"))

    until(tells_all)


@pytest.mark.parametrize("how", HOWS)
def test_a_form_changes_a_time_in_ones_own_zone_a_person_and_a_text(
    office: Office, open_page: Callable[..., Page], how: str
) -> None:
    event = {
        "start_time": "2027-06-01T09:00:00+00:00",
        "end_time": "2027-06-01T10:00:00+00:00",
        "interviewers": [{"email": "grace@example.com", "feedback_required": True}],
    }
    application = office.application("Ingrid")
    [meeting] = office.ask(
        call("ashby_create_interview_schedule", application_id=application, interview_events=[event])
    )
    [note] = office.ask(office.note(0, "Short."))
    page = open_page(office.of(meeting), scripts=how != "no scripts", expects=(404,))
    act(page, how, "#edit", "e")
    zone, shown = ("UTC", "09:00") if how == "no scripts" else ("Europe/Berlin", "11:00")
    start = page.get_by_label(f"Start time ({zone})")
    expect(start).to_have_value(f"2027-06-01T{shown}")
    start.fill("2027-06-02T14:30")
    page.get_by_label(f"End time ({zone})").fill("2027-06-02T15:15")
    chosen = page.locator("select[name*=email]").first
    other = chosen.locator("option").filter(has_text="ravi@example.com").first.get_attribute("value")
    chosen.select_option(other)
    page.click("text=Show my changes")
    expect(page.locator(".edit-form .changes")).to_contain_text("14:30")
    page.click("text=Approve with these changes")

    page.goto(f"{office.of(note)}/edit")
    text = "First line\n\n  “Quoted” <b>& more</b>\n" + "A long text." * 800
    page.locator("textarea").first.fill(text)
    page.click("text=Approve with these changes")
    hours = 0 if how == "no scripts" else 2
    _approve_what_is_asked_again(office, open_page(office.address, scripts=False, expects=(404,)))
    [written] = office.sent("interviewSchedule.create")
    [sent] = written["interviewEvents"]
    assert sent["startTime"].startswith(f"2027-06-02T{14 - hours}:30")
    assert sent["endTime"].startswith(f"2027-06-02T{15 - hours}:15")
    assert [it["email"] for it in sent["interviewers"]] == ["ravi@example.com"]
    assert office.notes() == [text]


def _approve_what_is_asked_again(office: Office, page: Page) -> None:
    """Edits that concern other records than the card are asked about once more."""
    until(lambda: office.notes())
    until(lambda: office.sent("interviewSchedule.create") or office.waiting())
    for it in office.waiting():
        page.goto(office.of(it))
        page.click("#approve")
    until(lambda: office.sent("interviewSchedule.create"))


@pytest.mark.parametrize("how", HOWS)
def test_what_is_put_off_leaves_ones_own_list_and_can_be_brought_back(
    office: Office, open_page: Callable[..., Page], how: str
) -> None:
    office.ask(office.note(0))
    page = open_page(office.address, scripts=how != "no scripts")
    act(page, how, "#put-off summary", "p")
    act(page, how, "text=Tomorrow, 9:00", "Tab", "Enter")
    expect(page.locator("#pane-title")).to_have_text("Nothing is waiting")
    assert open_page(office.address, name="Ben").locator(".row").count() == 1
    page.click("text=You put off 1 change")
    expect(page.locator(".row")).to_contain_text("until")
    act(page, how, "#put-off summary", "p")
    page.click("button[value=back]")
    page.goto(office.address)
    expect(page.locator(".row")).to_have_count(1)


@pytest.mark.parametrize("how", HOWS)
def test_a_decision_can_be_undone_for_five_seconds(
    open_office: Callable[..., Office], open_page: Callable[..., Page], how: str
) -> None:
    office = open_office(undo=timedelta(seconds=5))
    people = [it["name"] for it in office.sandbox.records("candidate")[:2]]
    for number in range(2):
        office.ask(office.note(number, f"Note {number}."))
    page = open_page(office.address, scripts=how != "no scripts")
    page.wait_for_timeout(SHOWN_FOR)
    act(page, how, "#approve", "a")
    is_shown(page, people[1])
    expect(page.locator("#undo .toast")).to_contain_text("Approved:")
    act(page, how, "#undo .toast button", "u")
    is_shown(page, people[0])
    expect(page.locator("#undo .toast")).to_have_count(0)
    expect(page.locator("#count")).to_have_text("2")
    assert office.outcomes() == [] and office.notes() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_decision_that_waits_for_the_others_can_be_taken_back(
    office: Office, open_page: Callable[..., Page], scripts: bool
) -> None:
    first, second = office.ask(office.note(0, "First."), office.note(1, "Second."))
    page = open_page(office.of(first), scripts=scripts)
    page.click("#approve")
    page.goto(office.of(first))
    expect(page.locator(".banner.good")).to_contain_text("1 other change in this question must be decided")
    page.click(".banner.good button")
    expect(page.locator("#approve")).to_be_visible()
    for it in (first, second):
        page.goto(office.of(it))
        page.click("#approve")
    office.wait_for(2)
    assert sorted(office.notes()) == ["First.", "Second."]
