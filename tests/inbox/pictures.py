"""Makes the pictures of the guide: `python tests/inbox/pictures.py [folder]`. Needs Playwright, Pillow and Debian's
Chromium."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from langchain_ashby import AshbyClient
from langchain_ashby.inbox import Reviewer, create_app
from langchain_ashby.inbox.demo import waiting_agent
from langchain_ashby.sandbox import AshbySandbox

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
MOST = 150_000
"""The most bytes of a picture: the repository keeps each of them."""

WIDE, NARROW = (1280, 800), (360, 740)


@contextmanager
def served() -> Iterator[str]:
    """The inbox of the demo, for somebody who may decide."""
    with AshbySandbox() as sandbox, socket.create_server(("127.0.0.1", 0)) as listening:
        agent = waiting_agent(AshbyClient(sandbox.api_key, sandbox.url), sandbox.state())
        app = create_app(agent, reviewers=lambda _: Reviewer("Grace Okafor"))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def main(folder: Path) -> None:
    """Makes all pictures."""
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = _page(browser, url, WIDE, "light")
        _open(page, "Move Ada")
        _keep(page, folder / "inbox.webp")
        page = _page(browser, url, WIDE, "dark")
        _open(page, "Archive 4")
        _keep(page, folder / "inbox-dark.webp")
        page = _page(browser, url, WIDE, "light")
        page.click("text=together >> nth=0")
        _settled(page)
        _keep(page, folder / "inbox-together.webp")
        page = _page(browser, url, NARROW, "light")
        _open(page, "Ben Whitfield")
        _keep(page, folder / "inbox-phone.webp")
        page = _page(browser, url, NARROW, "dark")
        _keep(page, folder / "inbox-phone-list.webp")
        browser.close()


def _page(browser: Browser, url: str, size: tuple[int, int], scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1 if size == WIDE else 1.5,
        has_touch=size == NARROW,
    )
    page = context.new_page()
    page.goto(url)
    _settled(page)
    return page


def _open(page: Page, line: str) -> None:
    page.click(f".row a:has-text('{line}')")
    _settled(page)


def _settled(page: Page) -> None:
    page.wait_for_timeout(1500)


def _keep(page: Page, path: Path) -> None:
    # Playwright's own style for the picture is inline, which the inbox forbids; it can do without.
    picture = Image.open(BytesIO(page.screenshot(caret="initial")))
    picture.save(path, quality=88, method=6)
    size = path.stat().st_size
    print(f"{path.name}: {size / 1000:.0f} kB")
    if size > MOST:
        raise SystemExit(f"{path.name} is too large for the repository")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parents[2] / "docs")
