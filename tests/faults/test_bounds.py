"""Bounds the time and memory that any reply can cost."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from langchain_ashby import AshbyClient, errors
from langchain_ashby.endpoints import ListCandidates
from langchain_ashby.sandbox import AshbySandbox

LIMIT = 2_000_000
PADDED = b'{"success": true, "results": [' + b" " * 25_000_000 + b"]}"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(candidates=3) as running:
        yield running


@contextmanager
def at_most(megabytes: float) -> Iterator[None]:
    """Asserts that the block's peak memory stays within the limit."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("gzip, gzip", lambda it: gzip.compress(gzip.compress(it)))],
)
def test_a_bomb_is_given_up_at_the_limit(sandbox: AshbySandbox, coding: str, packed: Callable[..., Any]) -> None:
    bomb = packed(PADDED)
    sandbox.fault("candidate.list", body=bomb, headers={"Content-Encoding": coding}, times=2)
    with AshbyClient(sandbox.api_key, sandbox.url, reply_limit=LIMIT) as client, at_most(4 * LIMIT / 1e6):
        with pytest.raises(errors.AshbyError) as too_large:
            client.call(ListCandidates())
        assert too_large.value.code == "reply_too_large"
        assert "reply_limit" in too_large.value.remedy
    sandbox.reset()


def test_fifty_megabytes_are_given_up_at_the_limit_and_the_next_call_works(sandbox: AshbySandbox) -> None:
    sandbox.fault("candidate.list", size=50_000_000)
    with AshbyClient(sandbox.api_key, sandbox.url, reply_limit=LIMIT) as client, at_most(4 * LIMIT / 1e6):
        with pytest.raises(errors.AshbyError) as too_large:
            client.call(ListCandidates())
        assert too_large.value.code == "reply_too_large"
        assert len(client.call(ListCandidates()).results) == 3


def test_a_reply_just_below_the_limit_is_taken(sandbox: AshbySandbox) -> None:
    sandbox.fault("candidate.list", size=LIMIT)
    with AshbyClient(sandbox.api_key, sandbox.url, reply_limit=LIMIT) as client:
        assert len(client.call(ListCandidates()).results) == 3
