"""What other people and other processes do, seen while it happens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from inbox_server import Office
from playwright.sync_api import Page, expect


def test_of_two_reviewers_the_first_counts_and_the_second_reads_who_and_how(
    office: Office, open_page: Callable[..., Page]
) -> None:
    ben, ann = (
        open_page("about:blank", home=office.address, name=name, expects=(404, 409), ignores=("/events",))
        for name in ("Ben", "Ann")
    )
    for it in (ben, ann):  # what others do is not told in time
        it.route("**/events", lambda route: route.abort())
    for round_, how in enumerate(("approved", "rejected")):
        first, second = (ben, ann) if round_ else (ann, ben)
        names = ("Ben", "Ann") if round_ else ("Ann", "Ben")
        before = len(office.outcomes())
        [approval, _] = office.ask(office.note(round_, f"Round {round_}."), office.note(20 + round_))
        address = office.of(approval)
        for it in (first, second):
            it.goto(address, wait_until="domcontentloaded")
        if how == "approved":
            first.click("#approve")
        else:
            first.click("#reject summary")
            first.click("#reject .danger")
        expect(first).not_to_have_url(address)
        second.click("#approve")
        expect(second.locator(".banner.bad")).to_contain_text(f"{names[0]} {how} this at")
        [other] = [it for it in office.waiting() if it.number == 2]
        first.goto(office.of(other))
        first.click("#approve")
        office.wait_for(before + 2)
        assert names[1] not in {it[2] for it in office.outcomes()[before:]}


def test_a_question_shows_within_two_seconds_with_the_count_in_the_title(
    office: Office, open_page: Callable[..., Page]
) -> None:
    page = open_page(office.address)
    expect(page.locator("#pane-title")).to_have_text("Nothing is waiting")
    page.wait_for_timeout(500)
    office.ask(office.note(0))
    began = time.monotonic()
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#card-title")).to_contain_text("Add a note to")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    # An idle machine takes half a second; the tests' is seldom idle.
    assert time.monotonic() - began < 4
    assert "%3E1%3C%2Ftext%3E" in str(page.get_attribute("#favicon", "href"))
    office.ask(office.note(1), office.note(2))
    expect(page).to_have_title(re.compile(r"^\(3\) "))
    expect(page.locator("#count")).to_have_text("3")


def test_pages_ask_where_events_do_not_come_through(office: Office, open_page: Callable[..., Page]) -> None:
    page = open_page("about:blank", home=office.address, ignores=("/events",))
    page.route("**/events", lambda route: route.abort())
    with page.expect_request(lambda it: "/events/poll" in it.url):
        page.goto(office.address)
    office.ask(office.note(0))
    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_title(re.compile(r"^\(1\) "))


def test_a_page_listens_again_after_an_outage(office: Office, open_page: Callable[..., Page]) -> None:
    page = open_page("about:blank", home=office.address, ignores=("/events",))
    answers = [503]
    page.route("**/events", lambda route: route.fulfill(status=answers.pop()) if answers else route.continue_())
    page.goto(office.address)
    with page.expect_request(lambda it: it.url.endswith("/events") and not answers):  # browsers do not retry this
        pass


def test_the_focus_stays_while_others_decide(office: Office, open_page: Callable[..., Page]) -> None:
    people = [it["name"] for it in office.sandbox.records("candidate")[:3]]
    first, _, _ = (office.ask(office.note(number))[0] for number in range(3))
    page = open_page(office.address)
    page.keyboard.press("j")
    expect(page.locator("#card-title")).to_contain_text(people[1])
    page.keyboard.press("r")
    page.keyboard.type("Because of the sal")
    ben = open_page(office.of(first), name="Ben", expects=(404,))
    ben.click("#approve")
    expect(page.locator(".row")).to_have_count(2)
    page.keyboard.type("ary.")
    expect(page.locator("#reject-message")).to_be_focused()
    expect(page.locator("#reject-message")).to_have_value("Because of the salary.")
