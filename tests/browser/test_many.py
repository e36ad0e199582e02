"""Many changes: sixteen of them by keyboard, and those that are alike together."""

from __future__ import annotations

import time
from collections.abc import Callable

from inbox_server import Office, until
from playwright.sync_api import Page, expect

from langchain_ashby.demo.scripted import call

TWO_MINUTES = 120
DECIDED = """async () => {
    const address = () => document.querySelector("#card")?.dataset.address, first = address();
    for (let isSeen = false; first; await new Promise(resolve => setTimeout(resolve, 100))) {
        if (address() !== first) return [first, isSeen];
        const end = document.querySelector("#card-end")?.getBoundingClientRect();
        isSeen ||= end && end.top > 0 && end.bottom <= innerHeight - 64;
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
    }
}"""
"""Presses `a` until the change on the screen is decided: its address, and whether its end was in view before."""
HASTY = """() => {
    const first = document.querySelector("#card").dataset.address;
    const waiting = setInterval(() => {
        const card = document.querySelector("#card");
        if (!card || card.dataset.address === first || !document.querySelector("#approve")) return;
        clearInterval(waiting);
        const since = performance.now();
        setTimeout(() => {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
            document.body.dataset.pressed = performance.now() - since;
        }, 250);
    }, 10);
}"""
"""Presses `a` 250 ms after the next change came, and notes how late a busy machine made it."""


def propose_sixteen(office: Office) -> None:
    """Notes of all lengths, tags and moves, in questions of four."""
    state = office.sandbox.state()
    tag = state["candidateTag"][0]["id"]
    candidates = [it["id"] for it in state["candidate"][:16]]
    changes = [
        call(
            "ashby_create_candidate_note",
            candidate_id=candidates[it],
            note=f"Note {it}. " + "Lines.\n" * 2 * it,
        )
        if it % 2
        else call("ashby_add_candidate_tag", candidate_id=candidates[it], tag_id=tag)
        if it < 10
        else call("ashby_create_opening", identifier=f"OP-{it}")
        for it in range(16)
    ]
    for first in range(0, 16, 4):
        office.ask(*changes[first : first + 4])


def test_sixteen_changes_are_decided_by_keyboard_with_each_card_seen(
    office: Office, open_page: Callable[..., Page]
) -> None:
    propose_sixteen(office)
    expected = {it.address for it in office.waiting()}
    assert len(expected) == 16
    page = open_page(office.address)
    lists: list[str] = []
    page.on("request", lambda it: lists.extend([it.url] * ("?page=" in it.url)))
    seen: dict[str, bool] = {}
    began = time.monotonic()
    while decided := page.evaluate(DECIDED):  # nothing happens before the end has been in view for a moment
        address, is_seen = decided
        seen[address] = is_seen
        assert time.monotonic() - began < TWO_MINUTES, page.inner_text("#said")
    assert len(lists) < len(seen)  # after a decision of one's own the list is right already
    assert [it for it, is_seen in seen.items() if not is_seen] == []
    assert {*seen} == expected
    until(lambda: len(office.outcomes()) == 16, 60)
    assert {(decision, who) for _, decision, who in office.outcomes()} == {("approve", "Grace")}
    assert sorted({it.split(". ")[0] for it in office.notes()}) == sorted(f"Note {it}" for it in range(1, 16, 2))
    print(f"{time.monotonic() - began:.0f} s")


def test_a_held_down_or_hasty_key_approves_no_second_change(office: Office, open_page: Callable[..., Page]) -> None:
    for number in range(3):
        office.ask(office.note(number))
    page = open_page(office.address)
    page.wait_for_timeout(700)
    page.evaluate(HASTY)
    for _ in range(12):
        page.keyboard.down("a")
    page.keyboard.up("a")
    expect(page.locator("body[data-pressed]")).to_be_visible()
    page.wait_for_timeout(700)
    assert len(office.notes()) <= 1 or float(page.evaluate("document.body.dataset.pressed")) > 500


def test_a_long_change_is_scrolled_to_its_end_and_unfolded_before_a_key_approves_it(
    office: Office, open_page: Callable[..., Page]
) -> None:
    office.ask(office.note(0, "A line of a long note.\n" * 200))
    page = open_page(office.address)
    page.wait_for_timeout(700)
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Opened the rest of a long text")
    assert page.locator("#card .fold").first.get_attribute("open") is not None
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("There is more of this change")
    assert office.notes() == []
    for _ in range(40):
        page.keyboard.press("a")
        page.wait_for_timeout(50)
        if not page.locator("#approve").count():
            break
    until(lambda: len(office.notes()) == 1)


def test_like_changes_are_decided_together_without_those_taken_out_by_a_key(
    office: Office, open_page: Callable[..., Page]
) -> None:
    for number in range(6):
        office.ask(office.note(number, f"Note {number}."))
    page = open_page(office.address)
    page.click("text=Review 6 together")
    cards = page.locator(".card.small")
    expect(cards).to_have_count(6)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(cards.nth(2)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("x")
    expect(page.locator("#chosen")).to_have_text("5 of 6 selected")
    page.wait_for_timeout(700)
    for _ in range(20):
        page.keyboard.press("a")
        page.wait_for_timeout(50)
        if not page.locator("#batch").count():
            break
    until(lambda: len(office.notes()) == 5)
    assert sorted(office.notes()) == [f"Note {it}." for it in (0, 1, 3, 4, 5)]


def test_good_news_does_not_pile_up(office: Office, open_page: Callable[..., Page]) -> None:
    for number in range(6):
        office.ask(office.note(number))
    page = open_page(office.address)
    for left in range(5, -1, -1):
        assert page.evaluate(DECIDED)
        expect(page.locator("#count")).to_have_attribute("data-count", str(left))
    until(lambda: len(office.notes()) == 6)
    expect(page.locator("#results .toast")).to_have_count(3)
    page.wait_for_timeout(500)
    expect(page.locator("#results .toast")).to_have_count(3)
