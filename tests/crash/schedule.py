"""Plans the trials. A seed gives the same trials each time, for every agent."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from crash.killing_sandbox import Moment
from crash.mishaps import HELD_UP, KINDS, NONE, PUT_BACK, RECONFIGURED, TWIN, Mishap, drawn
from crash.plans import FAULTS, Death, Setting, Shape, Trial

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
ALIKE = [
    Shape(("note", "note", "note"), ("approve", "approve", "approve"), alike=True),
    Shape(("opening", "opening", "opening"), ("approve", "approve", "approve"), alike=True),
    Shape(("opening", "note", "opening", "note"), ("approve", "reject", "approve", "approve"), alike=True),
    Shape(("interview", "interview"), ("approve", "approve"), alike=True),
]
"""Identical siblings."""
CONFIGURED = [
    Shape(("move",), ("approve",)),
    Shape(("archive",), ("approve",)),
    Shape(("field",), ("approve",)),
    Shape(("archive", "note", "field"), ("approve", "approve", "approve")),
]
"""Writes that point at what administrators configure."""
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
"""What happens in each of that many trials."""

_GOLDEN = 0.6180339887498949


def settings(stores: Sequence[str], durabilities: Sequence[str], entries: Sequence[str]) -> list[Setting]:
    """Every combination."""
    return [Setting(store, durability, entry) for store in stores for durability in durabilities for entry in entries]


def schedule(trials: int, seed: int, of: Sequence[Setting], *, plain: bool = False) -> Iterator[Trial]:
    """The trials in order. Points are chosen at evenly spread fractions, not at random ones.

    If `plain`, nothing happens but deaths and faults.
    """
    order = random.Random(seed)
    hows: list[str] = []
    kinds: list[str] = []
    chance = random.Random(f"{seed} mishaps")
    for number in range(trials):
        if not hows:
            hows = order.sample(HOWS, len(HOWS))
        if not kinds:
            kinds = chance.sample(KINDS, len(KINDS))
        how = hows.pop()
        mishap = NONE if plain else drawn(kinds.pop(), chance)
        rng = random.Random(f"{seed}:{number}")
        fraction = (number + 1) * _GOLDEN % 1
        shape = rng.choice(_shapes(mishap, rng.random(), plain))
        if mishap.kind and how == "rejected":
            how = "answer point"  # what happens to a write that is not made proves nothing
        if mishap.kind == HELD_UP:
            how = "stop"
        elif mishap.kind == PUT_BACK and rng.random() < 0.6:
            how = "sandbox AFTER_EFFECT"
        elif mishap.kind == TWIN:
            how = rng.choice([how, "sandbox AFTER_EFFECT", *["sandbox ON_ARRIVAL_THEN_LATE"] * 3])
        elif shape.alike and rng.random() < 0.6:
            how = rng.choice(["sandbox ON_ARRIVAL_THEN_NOTHING", "fault"])
        yield Trial(
            number=number,
            seed=f"{seed}:{number}",
            setting=of[number % len(of)],
            shape=REJECTED if how == "rejected" else shape,
            deaths=_deaths(how, fraction, shape, rng),
            fault=list(FAULTS)[rng.randrange(len(FAULTS))] if how == "fault" else None,
            # A person who rejects in one place while the approval is under way in another gets one of the two.
            recovery=rng.choice([*["answer"] * 3, *["go on"] * 3, "message", "message" if how == "stop" else "reject"]),
            mishap=mishap,
        )


def _shapes(mishap: Mishap, share: float, plain: bool) -> list[Shape]:
    """The shapes to choose from: half of them a single write, and one out of five identical siblings."""
    if mishap.kind == RECONFIGURED:
        return CONFIGURED
    if mishap.kind == TWIN:
        return [it for it in ONE if {*it.kinds} <= {"note", "interview"}]
    if share < 0.5:
        return ONE if plain or share < 0.35 else CONFIGURED
    return MANY if plain or share < 0.8 else ALIKE


def _deaths(how: str, fraction: float, shape: Shape, rng: random.Random) -> tuple[Death, ...]:
    """The first death, and in one trial out of four a second one during the recovery."""
    first, _, what = how.partition(" ")
    if first == "fault":
        return ()
    if first == "stop":
        at = rng.choice(["before the request", "journal: an entry", "journal: an entry", ""])
        return (Death("answer", "stop", at=at, number=rng.randint(1, 6 if at else 20)),)
    if first == "sandbox":
        death = Death("answer", "sandbox", moment=Moment[what], number=rng.randint(1, shape.approved))
    elif first == "rejected":
        death = Death("answer", "point", fraction)
    else:
        death = Death(first, what, fraction)
    if rng.random() < 0.25:
        return death, Death("recover", rng.choice(["point", "instant"]), rng.random())
    return (death,)
