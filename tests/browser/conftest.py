"""The inbox in Debian's Chromium, driven by Playwright. Whatever a page complains about fails its test."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from starlette.types import ASGIApp

SWITCHES = (
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {"desk": 1280, "phone": 360}
SECONDS = 15
"""How long a page may take to show something."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium.

    Where there is none, its tests are skipped; in CI, with LANGCHAIN_ASHBY_REQUIRE_CHROMIUM=1, they fail.
    """
    found = shutil.which("chromium")
    if found is None:
        reason = "no Chromium is installed (Debian: apt-get install chromium; see .ci/chromium)"
        if os.environ.get("CI") == "true" and os.environ.get("LANGCHAIN_ASHBY_REQUIRE_CHROMIUM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serves an application on a port of its own, and yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="inbox")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each for a person of its own: `open_page(address, width="phone", dark=True)`."""
    complaints: list[str] = []
    with ExitStack() as stack:

        def opened(address: str, *, width: str = "desk", dark: bool = False, scripts: bool = True) -> Page:
            context: BrowserContext = chromium.new_context(
                viewport={"width": WIDTHS[width], "height": 800},
                color_scheme="dark" if dark else "light",
                java_script_enabled=scripts,
                timezone_id="Europe/Berlin",
            )
            stack.callback(context.close)
            context.set_default_timeout(SECONDS * 1000)
            page = context.new_page()
            page.on("console", lambda it: complaints.extend(_complaint(it)))
            page.on("pageerror", lambda it: complaints.append(str(it)))
            page.on("request", lambda it: complaints.extend(_leaves(it, address)))
            page.goto(address)
            return page

        yield opened
    assert not complaints


def _complaint(message: ConsoleMessage) -> Iterator[str]:
    if message.type in ("error", "warning"):
        yield f"{message.type}: {message.text} ({message.location})"


def _leaves(request: Request, address: str) -> Iterator[str]:
    home = "/".join(address.split("/")[:3])
    if not request.url.startswith((home, "data:", "blob:")):
        yield f"the page asked for {request.url}"
