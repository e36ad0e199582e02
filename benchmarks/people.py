"""Candidates unlike the sandbox's, as Ashby lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import UUID

from .crowds import Crowd

SYLLABLES = ("ka", "ri", "mo", "shi", "an", "el", "na", "to", "yu", "ra", "ve", "lin")
"""Syllables for the e-mail addresses of people whose names are not in Latin script."""


COUNTRY = "United States"
"""The country of everyone: its name costs as much as most."""


def candidates(crowds: Mapping[Crowd, int], number: int, rng: Random) -> list[dict[str, Any]]:
    """Candidates from crowds, in proportion to their shares, as Ashby lists them."""
    people = [crowd for crowd, share in crowds.items() for _ in range(share)]
    return [_candidate(crowd, rng) for crowd in rng.sample(people * -(-number // len(people)), number)]


def _candidate(crowd: Crowd, rng: Random) -> dict[str, Any]:
    first, last = rng.choice(crowd.first), rng.choice(crowd.last)
    plain = re.sub("[^a-z]", "", f"{first}{last}".lower())[:28]
    local = plain if len(plain) > 7 else "".join(rng.choices(SYLLABLES, k=5))
    number = rng.choice(("", "", str(rng.randint(1, 99))))
    return {
        "id": str(UUID(int=rng.getrandbits(128), version=4)),
        "name": f"{first} {last}",
        "primaryEmailAddress": {"value": f"{local}{number}@{rng.choice(crowd.mail)}"},
        "position": rng.choice(crowd.position),
        "company": rng.choice(crowd.company),
        "location": {
            "locationComponents": [
                {"type": "City", "name": rng.choice(crowd.city)},
                {"type": "Country", "name": COUNTRY},
            ]
        },
        "tags": [{"title": title} for title in rng.sample(crowd.tags, min(rng.choice((0, 0, 1, 2)), len(crowd.tags)))],
        "source": {"title": rng.choice(crowd.sources)},
        "applicationIds": ["…"] * rng.choice((0, 1, 1, 1, 2)),
        "createdAt": f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}T10:00:00.000Z",
    }
