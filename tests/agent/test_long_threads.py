"""A turn in a long thread costs little more than in a short one."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from office import thread, user

import langchain_ashby
from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

PACKAGE = str(Path(langchain_ashby.__file__).parent)


@pytest.mark.parametrize("tool", ["ashby_list_jobs", "ashby_list_candidates"])
def test_no_turn_takes_the_results_of_earlier_ones_apart_again(tool: str) -> None:
    def called(turn: int) -> int:
        """Counts the calls of the package's functions on this thread: unlike the time, the same under any load."""
        calls = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += event == "call" and frame.f_code.co_filename.startswith(PACKAGE)

        sys.setprofile(count)
        try:
            graph.invoke(user(f"{turn}?"), config)
        finally:
            sys.setprofile(None)
        return calls

    with AshbySandbox(candidates=60) as ashby, AshbyClient(ashby.api_key, ashby.url) as client:
        turns: list[list[Any]] = [[say("", call(tool, limit=60)), "Listed."] for _ in range(6)]
        model = ScriptedChatModel(script=lines(*(line for turn in turns for line in turn)))
        graph, config = create_recruiting_agent(model, AshbyToolkit(client)), thread()
        counts = [called(turn) for turn in range(6)]
    assert median(later - earlier for earlier, later in pairwise(counts[1:])) < 600, counts
