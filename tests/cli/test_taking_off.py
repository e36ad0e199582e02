"""Taking people off a bulk write at the terminal, by the numbers on its card."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from langchain_ashby.agent.cards import ReadCache, card_of
from langchain_ashby.cli.taking_off import _numbers, is_bulk, with_some_taken_off
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoints.bulk import AddTagToCandidates
from langchain_ashby.ids import short
from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture
def action(sandbox: AshbySandbox) -> dict[str, Any]:
    state = sandbox.state()
    request = AddTagToCandidates(
        candidate_ids=[it["id"] for it in state["candidate"]][:5], tag_id=state["candidateTag"][0]["id"]
    )
    with AshbyClient(sandbox.api_key, sandbox.url) as client:
        card = card_of(request, ReadCache(client))
    args = {"candidate_ids": [short(it) for it in request.candidate_ids], "tag_id": request.tag_id}
    return {"name": "ashby_add_tag_to_candidates", "args": args, "card": card}


def taken_off(action: dict[str, Any], monkeypatch: pytest.MonkeyPatch, typed: str) -> tuple[list[int] | None, str]:
    """The places of those who are left, from 0, and what was printed."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = io.StringIO()
    left = with_some_taken_off(Console(file=out), action, action["args"])
    ids = action["args"]["candidate_ids"]
    return (None if left is None else [ids.index(it) for it in left["candidate_ids"]]), out.getvalue()


def test_numbers_and_spans_are_taken_off(action: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_bulk(action)
    assert taken_off(action, monkeypatch, "2, 4-5\n")[0] == [0, 2]


def test_an_empty_line_leads_to_the_arguments(action: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken_off(action, monkeypatch, "\n")[0] is None


@pytest.mark.parametrize("typed", ["6", "0", "Ada", "1-99"])
def test_what_is_no_number_on_the_card_is_asked_again(
    action: dict[str, Any], monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    left, said = taken_off(action, monkeypatch, f"{typed}\n1\n")
    assert left == [1, 2, 3, 4]
    assert "Give numbers from 1 to 5" in said


def test_to_take_everyone_off_is_to_reject(action: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    left, said = taken_off(action, monkeypatch, "1-5\n\n")
    assert left is None
    assert "reject the change instead" in said


def test_numbers_are_read_whatever_separates_them() -> None:
    assert _numbers("3, 7-9 12") == [3, 7, 8, 9, 12]
    assert _numbers("3; 4") == []
