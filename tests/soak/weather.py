"""Faults at random: whatever the matrix knows, one after the other, with whichever call comes next."""

from __future__ import annotations

import base64
import random
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

from faults.troubles import TROUBLES, Trouble

from soak.served import Served

PAUSE = 0.2
"""Seconds between two faults, on the average."""
TIMEOUT = 2.0
"""Seconds that the client of the soak waits for each piece of a reply."""
BUDGET = 6.0
"""Seconds that a call of the soak may take."""
_LATE = TIMEOUT + 0.5
_LARGE = ("50 MB", "a gzip bomb")


class Weather:
    """Sends faults from a thread of its own.

    Args:
        sandbox: What is to fail.
        endpoints: The methods that have faults of their own; all the others share those for any.
        elsewhere: The port that redirects point to.
        seed: Of the random choices.
    """

    def __init__(self, sandbox: Served, endpoints: Sequence[str], elsewhere: int, seed: str) -> None:
        self._sandbox = sandbox
        self._endpoints = endpoints
        self._elsewhere = elsewhere
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._blow, daemon=True)
        self.sent: Counter[str] = Counter()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let it be fine."""
        self._over.set()
        self._thread.join()

    def _blow(self) -> None:
        known = [trouble for trouble in TROUBLES if _is_bearable(trouble)]
        weights = [0.1 if trouble.name in _LARGE else 1.0 for trouble in known]
        while not self._over.wait(self._random.expovariate(1 / PAUSE)):
            [trouble] = self._random.choices(known, weights)
            endpoint = "*" if self._random.random() < 0.85 else self._random.choice(self._endpoints)
            self._sandbox.fault(endpoint, **_as_json(trouble.how, self._elsewhere))
            self.sent[trouble.name] += 1


def _is_bearable(trouble: Trouble) -> bool:
    """Whether it befalls one call only: a long pause is for everybody."""
    return trouble.peer == "sandbox" and float(trouble.how.get("headers", {}).get("Retry-After", 0)) < 1


def _as_json(how: Any, elsewhere: int) -> dict[str, Any]:
    what = {name: value for name, value in how.items() if name != "times"}
    if "delay" in what:
        what["delay"] = _LATE  # the client has given up by then, and the agent is looking
    if "headers" in what:
        what["headers"] = {name: value.format(port=elsewhere) for name, value in what["headers"].items()}
    if isinstance(what.get("body"), bytes):
        what["body_base64"] = base64.b64encode(what.pop("body")).decode()
    return what
