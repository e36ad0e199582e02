"""The outcomes of a proposed write."""

from __future__ import annotations

from typing import Literal

Outcome = Literal[
    "applied",
    "not applied",
    "partly applied",
    "refused",
    "unknown",
    "stale",
    "expired",
    "withheld",
    "rejected",
    "responded",
    "superseded",
    "policy",
    "edited",
    "approved",
    "held",
]
"""The outcome of a proposed write.

`applied`: it is in Ashby. `not applied`: it was sent or tried, and is known not to be there.
`partly applied`: some of its steps were made, and the last is known not to be. `refused`: Ashby refused
it. `unknown`: it may or may not be there. All others were never sent: `stale`, `expired` and `withheld` had been
approved, the last in a run that acts for somebody else or may do less; `rejected` and `responded` are a person's
decisions, `superseded` was overtaken by a new message, `policy` is forbidden by the application, `edited` was changed
so much by a person that its own card was asked about: what became of that is another entry. So it is after `approved`,
where a second reviewer has yet to approve, and after `held`, where the write waits for a time before it may be made.
"""
