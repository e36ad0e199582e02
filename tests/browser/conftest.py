"""The inbox in Debian's Chromium, driven by Playwright. Whatever a page complains about fails its test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from inbox_server import WIDTHS, Office
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

SWITCHES = (
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 20
"""How long a page may take to show something."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, closed with the module: while it runs, no test in this process can have an event loop.

    Where there is none, its tests are skipped; in CI, with LANGCHAIN_ASHBY_REQUIRE_CHROMIUM=1, they fail.
    """
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")  # the former takes half of the time
    if found is None:
        reason = "no Chromium is installed (Debian: apt-get install chromium; see .ci/chromium)"
        if os.environ.get("CI") == "true" and os.environ.get("LANGCHAIN_ASHBY_REQUIRE_CHROMIUM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def open_office() -> Iterator[Callable[..., Office]]:
    """Opens offices, with the settings of `Office.open`."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(Office.open(**settings))


@pytest.fixture
def office(open_office: Callable[..., Office]) -> Office:
    """An inbox in which decisions leave at once."""
    return open_office()


@pytest.fixture
def open_page(chromium: Browser, open_office: object) -> Iterator[Callable[..., Page]]:
    """Opens pages, each for a person of its own: `open_page(address, name="Ben", width="phone", dark=True)`.

    The statuses in `expects` are those that the server is to answer with, and `ignores` the endings of paths that
    need not answer: Chromium's console tells of both. `home` is the inbox, where it is not the address.
    """
    complaints: list[str] = []
    with ExitStack() as stack:

        def opened(
            address: str,
            *,
            name: str = "Grace",
            width: str = "desk",
            dark: bool = False,
            scripts: bool = True,
            expects: tuple[int, ...] = (),
            ignores: tuple[str, ...] = (),
            home: str = "",
        ) -> Page:
            context: BrowserContext = chromium.new_context(
                viewport={"width": WIDTHS[width], "height": 800},
                color_scheme="dark" if dark else "light",
                java_script_enabled=scripts,
                timezone_id="Europe/Berlin",
                extra_http_headers={"x-reviewer": name},
            )
            stack.callback(context.close)
            context.set_default_timeout(SECONDS * 1000)
            page = context.new_page()
            page.on("console", lambda it: complaints.extend(_complaint(it, expects, ignores)))
            page.on("pageerror", lambda it: complaints.append(str(it)))
            page.on("dialog", lambda it: complaints.append(f"a dialog opened: {it.message}"))
            context.on("request", lambda it: complaints.extend(_leaves(it, home or address)))
            page.goto(address)
            return page

        yield opened
    assert not complaints, "\n".join(complaints)


def _complaint(message: ConsoleMessage, expects: tuple[int, ...], ignores: tuple[str, ...]) -> Iterator[str]:
    # Chromium and htmx each report a status.
    says = [f"{words} {it} " for it in expects for words in ("with a status of", "Status Error Code")]
    is_expected = any(it in message.text for it in says)
    is_expected = is_expected or urlsplit(message.location["url"]).path.endswith(ignores or ("\0",))
    if message.type in ("error", "warning") and not is_expected:
        yield f"{message.type}: {message.text} ({message.location['url']})"


def _leaves(request: Request, address: str) -> Iterator[str]:
    if not request.url.startswith("data:") and urlsplit(request.url)[:2] != urlsplit(address)[:2]:
        yield f"the page asked for {request.url}"
