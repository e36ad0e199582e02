"""Ctrl-C raises between any two lines. Wherever it breaks off a write, the next run makes it, once and on record."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from writing_room import Room, opened

from langchain_ashby.agent.execution import executor
from langchain_ashby.agent.nodes import write


@contextmanager
def interrupted_at(line: int) -> Iterator[None]:
    """Raises KeyboardInterrupt once, before this line, counted from the claim, of those that lead to the request."""
    left = [line]
    claimed: list[bool] = []

    def in_function(frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line" and frame.f_locals.get("claim") and not claimed:
            claimed.append(True)
        if event == "line" and claimed and left:
            left[0] -= 1
            if left[0] < 0:
                left.clear()
                raise KeyboardInterrupt
        return in_function

    def in_thread(frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        watched = code.co_filename in (write.__file__, executor.__file__)
        return (
            in_function if watched and code.co_name in ("_claimed", "_right_to", "begin", "_run", "attempt") else None
        )

    before = sys.gettrace()
    threading.settrace(in_thread)
    sys.settrace(in_thread)
    try:
        yield
    finally:
        sys.settrace(before)
        threading.settrace(before)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


@pytest.mark.parametrize("line", [0, 4, 8, 12, 16])
def test_a_claim_is_released_wherever_ctrl_c_comes_before_the_request(room: Room, line: int) -> None:
    with room.agent(room.note()) as graph:
        room.start(graph, durability="sync")
        with interrupted_at(line), pytest.raises(KeyboardInterrupt):
            room.resume(graph, durability="sync")
        assert room.sent() == 0
        result = graph.invoke(None, room.config, durability="sync")
    assert room.answer(result).status == "success"
    assert room.sent() == 1
    assert [it.outcome for it in room.trail()] == ["applied"]
