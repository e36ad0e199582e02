"""A sandbox in its own process, which ends with its parent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from langchain_ashby.sandbox import AshbySandbox

KEEP_ALIVE = 1.0
"""Seconds after which the sandbox closes an idle connection."""


class Served:
    """The sandbox's control surface."""

    def __init__(self, url: str, api_key: str) -> None:
        self.url = url
        self.api_key = api_key
        self._http = requests.Session()
        self._http.trust_env = False

    def fault(self, endpoint: str, **what: Any) -> None:
        """Makes the next call of an endpoint fail."""
        self._ask("POST", "faults", {"endpoint": endpoint, **what})

    def requests(self, after: int) -> list[dict[str, Any]]:
        """The calls so far, without the first ones."""
        logged: list[dict[str, Any]] = self._ask("GET", f"requests?after={after}")
        return logged

    def state(self) -> dict[str, list[Any]]:
        """Every record by kind."""
        records: dict[str, list[Any]] = self._ask("GET", "state")
        return records

    def _ask(self, verb: str, what: str, body: Any = None) -> Any:
        for _ in range(3):
            try:
                reply = self._http.request(verb, f"{self.url}/_sandbox/{what}", json=body, timeout=30)
            except requests.ConnectionError:
                continue  # the sandbox closes idle connections, including this one
            reply.raise_for_status()
            return reply.json()
        raise RuntimeError("the sandbox does not answer")


@contextmanager
def served() -> Iterator[Served]:
    """Starts a sandbox and stops it afterwards."""
    with subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the sandbox did not start")
        yield Served(*json.loads(line))
        process.stdin.close()


if __name__ == "__main__":
    with AshbySandbox(keep_alive=KEEP_ALIVE) as sandbox:
        print(json.dumps([sandbox.url, sandbox.api_key]), flush=True)
        sys.stdin.read()
