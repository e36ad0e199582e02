"""What may be sent while an approved write runs: the bodies that its card shows, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.errors import ArgumentError
from langchain_ashby.scoped import scoped

Bodies = Mapping[str, Any]
"""The body of each method that may be called; None for one whose body nobody could know beforehand."""

_approved: ContextVar[Bodies | None] = ContextVar("approved", default=None)


def only_bodies(bodies: Bodies) -> scoped[Bodies]:
    """Within the block, a write is sent only if its method is named and its body is the one given for it.

    What the labels, fields and forms of an account mean is looked up again when a write runs. This makes sure that the
    result is what a person saw.
    """
    return scoped(_approved, bodies)


def check_approved(request: Endpoint[Any]) -> None:
    """Checks that a request may be sent within the block.

    Raises:
        ArgumentError: if it is a write whose body was not shown, or differs from what was.
    """
    bodies = _approved.get()
    if bodies is None or request.access is Access.READ:
        return
    if request.path not in bodies:
        raise _refusal("what would be sent could not be shown when it was approved")
    shown = bodies[request.path]
    if shown is not None and _spelled(shown) != _spelled(request.wire()):
        raise _refusal("what would be sent is not what was shown when it was approved")


def _spelled(body: Any) -> str:
    return json.dumps(body, sort_keys=True)  # as JSON: to Python 1 and True are equal


def _refusal(why: str) -> ArgumentError:
    return ArgumentError(
        why[:1].upper() + why[1:],
        code="not_as_approved",
        remedy="Look at the fields and forms as they are now, and propose the call again.",
    )
