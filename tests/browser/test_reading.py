"""Everybody can read and use the pages: axe-core, narrow screens, light and dark, and whatever strangers wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from inbox_server import WIDTHS, Office, named, newest_outcome, served
from markup import HOSTILE
from playwright.sync_api import Page, expect

from langchain_ashby import AshbyClient
from langchain_ashby.demo.scripted import call
from langchain_ashby.inbox import LocalToken, create_app
from langchain_ashby.inbox.demo import waiting_agent
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.sandbox import AshbySandbox

INJECTIONS = Path(__file__).parent.parent / "hostile" / "injections.jsonl"
LOOKS = [("desk", False), ("desk", True), ("phone", False), ("phone", True)]


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[str, list[str]]]:
    """The inbox of the demo, with its pages."""
    with AshbySandbox() as sandbox:
        agent = waiting_agent(AshbyClient(sandbox.api_key, sandbox.url), sandbox.state())
        assert agent.store is not None
        by_tool = {it.tool: it for it in Questions(agent.store).approvals()}
        cards = [it.address for it in by_tool.values()]
        with served(create_app(agent, reviewers=named)) as home:
            yield (
                home,
                ["/", *cards, *(f"{it}/edit" for it in cards), f"{cards[0]}/evidence", "/?risk=high", "/outcomes"],
            )


AXE = Axe().axe_script
COLORS = {"runOnly": ["color-contrast"]}
ALL_BUT_COLORS = {"rules": {"color-contrast": {"enabled": False}}}  # they take half of the time


def findings(page: Page, name: str, rules: dict[str, Any] | None = None, within: str = "html") -> list[str]:
    """What axe finds that is serious or critical."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"], **(rules or {})}
    found = page.evaluate("at => axe.run(...at).then(it => it.violations)", [within, options])
    return [
        f"{name}: {it['id']}: {it['help']}: {[node['html'][:200] for node in it['nodes']][:3]}"
        for it in found
        if it["impact"] in ("serious", "critical")
    ]


def faults(page: Page, name: str) -> list[str]:
    """What is wrong with how a page stands on the screen."""
    wide, width, height, seen = page.evaluate(
        "[document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight, innerHeight]"
    )
    too_wide = [f"{name}: {wide} px on {width} px"] if wide > width else []
    # On wide screens the parts of the page scroll, and not the page with them.
    return too_wide + ([f"{name}: {height} px high"] if width >= 1024 and height > seen else [])


def put_on(page: Page, width: str, dark: bool) -> None:
    """Gives a page another look."""
    page.set_viewport_size({"width": WIDTHS[width], "height": 800})
    # What is still moving in is too pale to read for a moment.
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")


def test_no_page_has_a_serious_finding_or_scrolls_sideways(
    demo: tuple[str, list[str]], open_page: Callable[..., Page]
) -> None:
    home, pages = demo
    page = open_page(home)
    page.add_init_script(AXE)
    batch = str(page.locator(".together a").first.get_attribute("href"))
    card, *cards = (it for it in pages if it.rpartition("/")[2].isdigit())
    found: list[str] = []

    def look(name: str, within: str = "html") -> None:
        for width in WIDTHS:
            put_on(page, width, dark=False)
            found.extend(findings(page, f"{name}, {width}", within=within) + faults(page, name))
            if width == "desk" or within == "html":  # what is in dark on a phone alone stands around the parts
                put_on(page, width, dark=True)
                found.extend(findings(page, f"{name}, {width}, dark", COLORS, within))

    # The colors are all on some pages. The others differ in their fields, which are the same on a phone, and beside
    # each card is the same list.
    for path in [*pages, batch]:
        put_on(page, "desk", dark=False)
        page.goto(home + path.removeprefix(home), wait_until="load")
        if path in ("/", card, batch, "/outcomes"):
            look(path)
        elif path in cards[:2]:
            look(path, "#pane")
        else:
            found += findings(page, path, ALL_BUT_COLORS, "#pane" if path in cards else "html") + faults(page, path)
            put_on(page, "phone", dark=False)
            found += faults(page, path)
    page.goto(home)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    look("keys", "#keys")
    page.keyboard.press("Escape")
    page.goto(home + card)
    for panel in ("#reject", "#respond", "#put-off"):
        page.click(f"{panel} summary")
        look(panel, panel)
        page.keyboard.press("Escape")
    assert not found, "\n".join(found)


def test_the_pages_before_and_after_have_no_finding_either(office: Office, open_page: Callable[..., Page]) -> None:
    with served(create_app(office.agent, reviewers=LocalToken("Grace"))) as home:
        page = open_page(f"{home}/sign-in", expects=(401, 404))
        lost = open_page(f"{office.address}/approvals/{'0' * 32}/1", expects=(404,))
        for width, dark in LOOKS:
            for name, it in {"sign-in": page, "404": lost}.items():
                put_on(it, width, dark)
                assert not findings(it, name) + faults(it, name)
        page.close()  # before its server ends


def test_an_outcome_and_what_is_told_have_no_finding(office: Office, open_page: Callable[..., Page]) -> None:
    found: list[str] = []
    [move] = office.ask(office.move("Ada Lovelace", "Offer"))
    page = open_page(office.of(move), expects=(404,))
    page.click("#reject summary")
    page.click("#reject .danger")
    expect(page.locator("#results .toast")).to_contain_text("Rejected")
    expect(page.locator("#results .toast")).to_be_visible()
    for width, dark in (("desk", False), ("phone", True)):  # it says the same in all looks, and goes by itself
        put_on(page, width, dark)
        found += findings(page, "told") + faults(page, "told")
    newest_outcome(page, office, 1)
    for width, dark in LOOKS:
        put_on(page, width, dark)
        found += findings(page, "outcome") + faults(page, "outcome")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_way_out_is_in_view(open_office: Callable[..., Office], open_page: Callable[..., Page], width: str) -> None:
    door = LocalToken("Grace Brewster Murray Hopper")
    office = open_office(reviewers=door)
    office.ask(office.note(0))
    page = open_page(door.address_of(office.address), width=width)
    expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)
    assert faults(page, width) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_what_came_of_a_form_is_in_view_on_a_phone(
    office: Office, open_page: Callable[..., Page], scripts: bool
) -> None:
    [note] = office.ask(office.note(0))
    page = open_page(f"{office.of(note)}/edit", width="phone", scripts=scripts, expects=(422,))
    page.set_viewport_size({"width": 360, "height": 500})
    page.click("text=Approve with these changes")
    expect(page.locator(".edit-form .banner.bad")).to_be_in_viewport()
    page.locator("textarea").first.fill("Call back on Tuesday.")
    page.click("text=Show my changes")
    expect(page.locator(".edit-form .changes caption")).to_be_in_viewport()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_focus_is_seen_and_never_lost(office: Office, open_page: Callable[..., Page], width: str) -> None:
    for number in range(4):
        office.ask(office.note(number))
    page = open_page(office.address, width=width)
    if width == "phone":
        page.click(".row a >> nth=0")
        expect(page.locator("#card-title")).to_be_focused()
        page.wait_for_timeout(200)  # htmx makes the new page's links its own
    for keys in (["j"], ["k"], ["r", "Escape"], ["r", "Tab", "Enter"]):
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(400)
            expect(page.locator("body :focus"), str((keys, key))).to_have_count(1)  # a busy machine may take longer
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const it = document.activeElement, s = getComputedStyle(it), box = it.getBoundingClientRect();"
            " return [it.outerHTML.slice(0, 120), s.outlineStyle, parseFloat(s.outlineWidth), box.width * box.height,"
            " it === document.body]; })()"
        )
        html, line, thick, area, is_none = style
        assert is_none or (line != "none" and thick >= 1 and area > 0), html


def test_a_key_opens_a_change_in_place_also_from_a_list_that_has_just_come(
    office: Office, open_page: Callable[..., Page]
) -> None:
    for number in range(2):
        office.ask(office.note(number))
    page = open_page(office.address)
    expect(page.locator("#card-title")).to_contain_text("Ada")
    page.evaluate(
        "document.addEventListener('htmx:afterSwap', (event) => { if (event.target.id === 'rows')"
        " event.target.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true})); });"
        " window.isSamePage = true; htmx.trigger('#rows', 'fresh')"
    )
    expect(page.locator("#card-title")).to_contain_text("Kwame")
    expect(page.locator("#card-title")).to_be_focused()
    assert page.evaluate("window.isSamePage")


def test_what_strangers_wrote_does_nothing_and_breaks_nothing(office: Office, open_page: Callable[..., Page]) -> None:
    texts = [*HOSTILE, *(json.loads(it)["text"] for it in INJECTIONS.read_text().splitlines())]
    assert len(texts) > 111
    long_line = "x" * 10_000
    changes = [
        call("ashby_create_candidate", name="\u202eeliforp\u202c <b>" + "W" * 80, email="x@example.com"),
        call("ashby_create_opening", identifier="OP-" + "9" * 60, description=long_line),
        *(office.note(0, "\n".join(texts[first : first + 40])) for first in range(0, len(texts), 40)),
        office.note(1, long_line),
    ]
    asked = [
        it for change in changes for it in office.ask(change, asked=" ".join(texts[:30]), said=" ".join(texts[:30]))
    ]
    assert len(asked) == len(changes)
    page = open_page(office.address)
    for path in ["/", *(path for it in asked for path in (it.address, f"{it.address}/edit"))]:
        page.goto(office.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")
        for width in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": 800})
            assert faults(page, path) == []
        assert page.locator("img, iframe, object, embed, style, base").count() == 0
        assert page.locator("script").count() == 2
        assert page.locator("main script, main [onclick], main [onerror], main [style]").count() == 0
        for link in page.locator("main a").evaluate_all("all => all.map(it => it.href)"):
            assert str(link).startswith((office.address, "https://ashby.example/")), link
