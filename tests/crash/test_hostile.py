"""A sample of the hostile answers. `python -m benchmarks.hostile --examples 10000` runs them at length."""

from __future__ import annotations

import pytest

from crash.hostile import Room, try_out
from langchain_ashby import AshbyClient
from langchain_ashby.sandbox import AshbySandbox


@pytest.mark.parametrize("number", range(2))
def test_whatever_is_answered_in_whatever_order_only_approved_notes_are_made(number: int) -> None:
    with AshbySandbox(candidates=1) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=10) as client:
        counts = try_out(Room(sandbox, client), 50, number)
    assert counts["sequences"] >= 40
    # An agent that never writes would pass, too.
    assert counts["notes made"] > 0
