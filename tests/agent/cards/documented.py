"""What Ashby documents about its writes, in our words, and what each card has to say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from desk import Desk, Request

NONE: list[str] = []


class Documented(NamedTuple):
    """What is documented, a call that shows it, what its card says, and what it must not say."""

    what: str
    call: Callable[[Desk], Request]
    says: list[str]
    never: list[str] = NONE


CLAIMS = [
    "gets no e-mail", "no longer considered", "No one is notified", "no one can apply", "stops accepting", "can apply",
    "takes no new", "Everyone who can see", "you can in Ashby", "whole schedule", "can't be restored", "can be filled",
    "both are kept", "Reports by", "does not cancel it", "does not send it", "goes into Ashby's approval",
    "Offers can", "an offer can be made", "no e-mail is sent",
]  # fmt: skip
"""What no description of Ashby's says, and so no card."""
