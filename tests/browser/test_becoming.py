"""What becomes of decisions about stale, expired and held changes and those for two people, and undoing writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from examples import EXAMPLES, WRITES, Company
from inbox_server import Office, until
from playwright.sync_api import Page, expect

from langchain_ashby import AshbyClient
from langchain_ashby.agent import ApprovalPolicy
from langchain_ashby.bulk import Bulk
from langchain_ashby.demo.scripted import call
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.inbox.notifications import Notifier
from langchain_ashby.inbox.notifications.message import Message

NOTE = "ashby_create_candidate_note"
SHOWN = """it => {
    const at = it.getBoundingClientRect();
    return it.contains(document.elementFromPoint(at.x + 2, at.y + 5));
}"""


def test_a_stale_card_says_what_changed(office: Office, open_page: Callable[..., Page]) -> None:
    [move] = office.ask(office.move("Ada Lovelace", "Offer"))
    page = open_page(office.of(move))
    office.changes_stage("Ada Lovelace", "Technical Phone Screen")
    page.click("#approve")
    toast = page.locator("#results .toast")
    expect(toast).to_contain_text("Out of date: Move Ada Lovelace")
    expect(toast).to_contain_text("Technical Phone Screen")
    assert office.outcomes() == [("stale", "approve", "Grace")]


def test_an_outcome_is_told_once_in_each_open_window(office: Office, open_page: Callable[..., Page]) -> None:
    [note] = office.ask(office.note(0))
    windows = [open_page(office.of(note)), open_page(office.address)]
    windows[0].click("#approve")
    for page in windows:
        expect(page.locator("#results .toast")).to_contain_text("Written:")
    for page in windows:
        with page.expect_response(lambda answer: "/strip?since=" in answer.url):
            page.reload()
        page.wait_for_timeout(100)
        expect(page.locator("#results .toast")).to_have_count(0)


def test_an_expired_change_is_asked_about_again_with_a_new_card(
    open_office: Callable[..., Office], open_page: Callable[..., Page]
) -> None:
    office = open_office(agent={"approval_ttl": timedelta(seconds=1)})
    [move] = office.ask(office.move("Ada Lovelace", "Offer"))
    page = open_page(office.of(move))
    page.wait_for_timeout(1100)
    page.reload()
    expect(page.locator(".banner").first).to_contain_text("This approval has expired")
    page.click("#approve")
    expect(page.locator("#results .toast")).to_contain_text("Expired: Move Ada Lovelace")
    assert page.locator("text=Review it again").evaluate(SHOWN)
    page.click("text=Review it again")
    expect(page.locator("#card-title")).to_contain_text("Move Ada Lovelace")
    assert office.outcomes() == [("expired", "approve", "Grace")]


def test_a_held_change_is_stopped_by_somebody_else(
    open_office: Callable[..., Office], open_page: Callable[..., Page]
) -> None:
    policy = ApprovalPolicy(hold={NOTE: timedelta(hours=1)})
    office = open_office(agent={"policy": policy})
    [note] = office.ask(office.note(0))
    open_page(office.of(note), expects=(404,)).click("#approve")
    until(lambda: any(it.held_until for it in office.waiting()))
    ben = open_page(office.address, name="Ben")
    expect(ben.locator(".row")).to_contain_text("Held")
    ben.keyboard.press("r")
    ben.fill("#reject-message", "The wrong person.")
    ben.click("#reject .danger")
    until(lambda: ("rejected", "reject", "Ben") in office.outcomes())
    assert office.notes() == []


def test_a_held_change_is_made_when_its_time_has_come(
    open_office: Callable[..., Office], open_page: Callable[..., Page]
) -> None:
    office = open_office(agent={"policy": ApprovalPolicy(hold={NOTE: timedelta(seconds=2)})})
    [note] = office.ask(office.note(0))
    page = open_page(office.of(note), expects=(404,))
    page.click("#approve")
    until(lambda: any(it.held_until for it in office.waiting()))
    assert office.notes() == []
    until(lambda: office.notes() == ["Call back on Monday."])
    expect(page.locator("#results .toast").last).to_contain_text("Written")


def test_a_second_reviewer_has_to_be_another_person(
    open_office: Callable[..., Office], open_page: Callable[..., Page]
) -> None:
    office = open_office(agent={"policy": ApprovalPolicy(second_reviewer=[NOTE])})
    [note] = office.ask(office.note(0))
    grace = open_page(office.of(note), expects=(404,))
    grace.click("#approve")
    until(lambda: any(it.approved_by for it in office.waiting()))
    grace.goto(office.address)
    expect(grace.locator(".row")).to_contain_text("Needs a second reviewer")
    assert grace.locator("#approve").count() == 0
    ben = open_page(office.address, name="Ben", expects=(404,))
    expect(ben.locator("#pane")).to_contain_text("Grace")
    ben.click("#approve")
    until(lambda: ("applied", "approve", "Ben") in office.outcomes())
    assert office.notes() == ["Call back on Monday."]


def test_a_write_of_each_reversible_kind_is_undone_by_its_button_with_a_card_of_its_own(
    office: Office, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    with AshbyClient(office.sandbox.api_key, office.sandbox.url) as client:
        company = Company(office.sandbox.state(), client, tmp_path)
        reversible = [tool for tool in WRITES if OPERATIONS[tool].irreversible is None]
        # `tests/agent/test_undo_of_every_tool.py` undoes the others: what the button does depends on the kind alone.
        kinds = {(type(OPERATIONS[it].effect), issubclass(OPERATIONS[it], Bulk)): it for it in reversible}
        assert len(kinds) == 5
        for tool in kinds.values():
            office.approve(*office.ask(call(tool, **EXAMPLES[tool](company))))
    written = office.outcomes()
    assert {it[0] for it in written} == {"applied"}
    page = open_page(f"{office.address}/outcomes", expects=(404,))
    while page.locator("ol.outcomes > li").count() < len(written):  # the trail is read again about every second
        page.wait_for_timeout(200)
        page.reload()
    offers = offered(page)
    assert len(offers) >= len(kinds)
    for offer in offers:
        page.goto(f"{office.address}/outcomes")
        button = page.locator(f"form[action='{offer}'] button")
        if not button.count():
            continue  # undone with the others of its list
        button.click()
        page.wait_for_url(f"{office.address}/approvals/*/*")
        for approval in office.waiting():
            page.goto(office.of(approval))
            page.click("#approve")
        until(lambda: not office.waiting())
    assert {it[0] for it in office.outcomes()} == {"applied"}

    def none_is_left() -> bool:
        page.goto(f"{office.address}/outcomes")
        return not {*offers} & {*offered(page)}

    until(none_is_left)


def offered(page: Page) -> list[str]:
    """Where the "Undo…" buttons of a list of outcomes lead, those of the newest first."""
    found = page.locator("ol.outcomes form").evaluate_all("all => all.map((it) => it.getAttribute('action'))")
    return [str(it) for it in found]


class Heard:
    """A channel that keeps what it is sent."""

    details = False
    to = ("",)

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def takes(self, address: str) -> bool:
        return True

    def send(self, message: Message, address: str, now: datetime) -> None:
        self.messages.append(message)


def test_the_link_in_a_notification_leads_to_the_card_and_later_to_what_was_decided(
    open_office: Callable[..., Office], open_page: Callable[..., Page]
) -> None:
    heard = Heard()
    notifier = Notifier({"heard": heard}, base_url="http://127.0.0.1", window=timedelta(0))
    office = open_office(notifier=notifier)
    office.ask(office.note(0))
    until(lambda: heard.messages)
    [item] = heard.messages[0].items
    address = office.address + urlsplit(item.url).path
    page = open_page(address, expects=(404,))
    expect(page.locator("#card-title")).to_contain_text("Add a note to")
    page.click("#approve")
    until(lambda: office.notes())
    answer = page.goto(address)
    assert answer is not None and answer.status == 404
    expect(page.locator("main")).to_contain_text("Grace approved this at")
