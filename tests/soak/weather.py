"""Random faults from the matrix, hitting whichever call comes next."""

from __future__ import annotations

import base64
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from faults.troubles import TROUBLES, Trouble

from soak.served import Served

SHARE = 0.05
"""The share of calls that fail. Faults are sent in step with calls, because unused ones would pile up."""
TIMEOUT = 2.0
"""The client's timeout in seconds for each piece of a reply."""
BUDGET = 6.0
"""A call's budget in seconds."""
_LATE = TIMEOUT + 0.5
_LARGE = ("50 MB", "a gzip bomb")


class Weather:
    """Sends faults.

    Args:
        sandbox: The sandbox that should fail.
        endpoints: The methods that get their own faults; all others share the wildcard's.
        elsewhere: The port that redirects point to.
        seed: The seed of the random choices.
    """

    def __init__(self, sandbox: Served, endpoints: Sequence[str], elsewhere: int, seed: str) -> None:
        self._sandbox = sandbox
        self._endpoints = endpoints
        self._elsewhere = elsewhere
        self._random = random.Random(seed)
        self._known = [trouble for trouble in TROUBLES if _is_bearable(trouble)]
        self._weights = [0.1 if trouble.name in _LARGE else 1.0 for trouble in self._known]
        self.sent: Counter[str] = Counter()

    def after(self, calls: Sequence[dict[str, Any]]) -> None:
        """Makes a share of the next calls fail, in proportion to these."""
        for call in calls:
            if self._random.random() < SHARE:
                endpoint = call["endpoint"] if call["endpoint"] in self._endpoints else "*"
                [trouble] = self._random.choices(self._known, self._weights)
                self._sandbox.fault(endpoint, **_as_json(trouble.how, self._elsewhere))
                self.sent[trouble.name] += 1


def _is_bearable(trouble: Trouble) -> bool:
    """True if it affects one call only; a long pause affects all, and so does what is wrong on the way."""
    pause = float(trouble.how.get("headers", {}).get("Retry-After", 0))
    return trouble.peer == "sandbox" and bool(trouble.how) and pause < 1


def _as_json(how: Any, elsewhere: int) -> dict[str, Any]:
    what = {name: value for name, value in how.items() if name != "times"}
    if "delay" in what:
        what["delay"] = _LATE  # by then the client has given up and the agent is checking
    if "headers" in what:
        what["headers"] = {name: value.format(port=elsewhere) for name, value in what["headers"].items()}
    if isinstance(what.get("body"), bytes):
        what["body_base64"] = base64.b64encode(what.pop("body")).decode()
    return what
