"""Plans the trials. A seed gives the same trials each time, for every agent."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from crash.killing_sandbox import Moment
from crash.trials import FAULTS, Death, Setting, Shape, Trial

ONE = [
    Shape(("note",), ("approve",)),
    Shape(("move",), ("approve",)),
    Shape(("candidate",), ("approve",)),
    Shape(("interview",), ("approve",)),
    Shape(("note",), ("edit",)),
]
MANY = [
    Shape(("note", "move", "note", "candidate"), ("approve", "approve", "reject", "approve")),
    Shape(("note", "interview", "note", "note"), ("edit", "approve", "approve", "reject")),
    Shape(("move", "candidate", "interview"), ("approve", "reject", "approve")),
]
REJECTED = Shape(("note",), ("reject",))

HOWS = [
    *["answer point"] * 8,
    *["answer instant"] * 4,
    "answer cancel",
    "answer error",
    "answer error",
    "ask error",
    "sandbox ON_ARRIVAL",
    "sandbox AFTER_EFFECT",
    "sandbox AFTER_EFFECT",
    "sandbox ON_ARRIVAL_THEN_NOTHING",
    "sandbox ON_ARRIVAL_THEN_LATE",
    "ask point",
    "ask point",
    "ask instant",
    "fault",
    "rejected",
]
"""What happens in each of 24 trials."""

_GOLDEN = 0.6180339887498949


def settings(stores: Sequence[str], durabilities: Sequence[str], entries: Sequence[str]) -> list[Setting]:
    """Every combination."""
    return [Setting(store, durability, entry) for store in stores for durability in durabilities for entry in entries]


def schedule(trials: int, seed: int, of: Sequence[Setting]) -> Iterator[Trial]:
    """The trials in order. Points are chosen at evenly spread fractions, not at random ones."""
    order = random.Random(seed)
    hows: list[str] = []
    for number in range(trials):
        if not hows:
            hows = order.sample(HOWS, len(HOWS))
        how = hows.pop()
        rng = random.Random(f"{seed}:{number}")
        fraction = (number + 1) * _GOLDEN % 1
        shape = rng.choice(ONE) if rng.random() < 0.5 else rng.choice(MANY)
        yield Trial(
            number=number,
            seed=f"{seed}:{number}",
            setting=of[number % len(of)],
            shape=REJECTED if how == "rejected" else shape,
            deaths=_deaths(how, fraction, shape, rng),
            fault=list(FAULTS)[rng.randrange(len(FAULTS))] if how == "fault" else None,
            recovery=rng.choice(["answer", "answer", "answer", "go on", "go on", "go on", "message", "reject"]),
        )


def _deaths(how: str, fraction: float, shape: Shape, rng: random.Random) -> tuple[Death, ...]:
    """The first death, and in one trial out of four a second one during the recovery."""
    first, _, what = how.partition(" ")
    if first == "fault":
        return ()
    if first == "sandbox":
        death = Death("answer", "sandbox", moment=Moment[what], number=rng.randint(1, shape.approved))
    elif first == "rejected":
        death = Death("answer", "point", fraction)
    else:
        death = Death(first, what, fraction)
    if rng.random() < 0.25:
        return death, Death("recover", rng.choice(["point", "instant"]), rng.random())
    return (death,)
