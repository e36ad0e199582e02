"""A sample of the hostile answers. `python -m benchmarks.hostile --examples 10000` runs them at length.

Of four seeds this is the one whose answers found the most faults that were planted in the agent.
"""

from __future__ import annotations

from crash.hostile import Room, try_out
from langchain_ashby import AshbyClient
from langchain_ashby.sandbox import AshbySandbox


def test_whatever_is_answered_in_whatever_order_only_approved_notes_are_made() -> None:
    with AshbySandbox(candidates=1) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=10) as client:
        counts = try_out(Room(sandbox, client), 50, 2)
    assert counts["sequences"] >= 40
    # An agent that never writes would pass, too.
    assert counts["notes made"] > 0
