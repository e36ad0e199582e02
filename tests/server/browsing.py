"""Does over HTTP what a browser does in the inbox."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx


def browser() -> httpx.Client:
    """Makes a browser without a session."""
    return httpx.Client(headers={"accept": "text/html"}, follow_redirects=True, timeout=30)


def waiting(there: httpx.Client, inbox: str, count: int) -> list[str]:
    """Returns the addresses of the waiting changes once there are that many, within two seconds."""

    def found() -> list[str]:
        paths = re.findall(r'href="(/inbox/approvals/[^"/?]+/\d+)"', there.get(f"{inbox}/").text)
        return list(dict.fromkeys(_origin(inbox) + it for it in paths))

    assert until(lambda: len(found()) == count, within=2)
    return found()


def approve(there: httpx.Client, address: str, origin: str | None = None) -> int:
    """Sends the form of a change, and returns the status."""
    card = there.get(address).text
    fields = {it: re.findall(rf'name="{it}" value="(\w+)"', card)[0] for it in ("csrf", "fingerprint")}
    data, headers = fields | {"decision": "approve"}, {"origin": origin or _origin(address)}
    return there.post(f"{address}/decision", data=data, headers=headers).status_code


def until(found: Callable[[], Any], *, within: float) -> Any:
    """Waits for something to be found, and returns it."""
    limit = time.monotonic() + within
    while not (it := found()):
        assert time.monotonic() < limit
        time.sleep(0.2)
    return it


def _origin(address: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(address))
