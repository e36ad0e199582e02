"""A card belongs to the Ashby account whose records it shows. Another account with the same store does not run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from writing_room import DyingJournal, Killed, Room, opened

from langchain_ashby import AshbyClient
from langchain_ashby.agent.execution.waiting import all_waiting
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

APPROVE = {"type": "approve"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


@contextmanager
def elsewhere(room: Room, how: str) -> Iterator[None]:
    """The room's files with another account: the sandbox of another company, or another key of the same one."""
    before = room.sandbox, room.client
    with AshbySandbox(candidates=12) as other:
        sandbox = other if how == "another address" else room.sandbox
        key = other.api_key if how == "another address" else room.sandbox.add_key()
        with AshbyClient(key, sandbox.url, timeout=5) as client:
            room.sandbox, room.client = sandbox, client
            try:
                yield
            finally:
                room.sandbox, room.client = before


@pytest.mark.parametrize("how", ["another address", "another key"])
@pytest.mark.parametrize("decision", [APPROVE, {"type": "edit"}], ids=lambda it: it["type"])
def test_a_card_of_another_account_is_withheld_and_who_approved_it_is_on_record(
    room: Room, how: str, decision: dict[str, Any]
) -> None:
    with room.agent() as graph:
        asked = room.start(graph)["__interrupt__"][0].value["action_requests"][0]
    if decision["type"] == "edit":
        args = {**asked["args"], "note": f"{room.text} Edited."}
        decision = {"type": "edit", "edited_action": {"name": asked["name"], "args": args}}
    with elsewhere(room, how), room.agent() as graph:
        answer = room.answer(room.resume(graph, {**decision, "reviewer": "Grace"}))
        assert room.sent() == 0
        assert all_waiting(graph.store) == []
    assert answer.text.startswith("Not executed. It was proposed under another Ashby account")
    assert "propose it again" in answer.text
    [entry] = room.trail()
    assert (entry.outcome, entry.decision, entry.reviewer) == ("withheld", decision["type"], "Grace")


def test_a_rejection_counts_in_another_account_too(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
    with elsewhere(room, "another key"), room.agent() as graph:
        rejection = {"type": "reject", "message": "Not now.", "reviewer": "Grace"}
        answer = room.answer(room.resume(graph, rejection))
        assert room.sent() == 0
    assert answer.text == "Not executed. A person rejected this call. Their reason: Not now."
    [entry] = room.trail()
    assert (entry.outcome, entry.decision, entry.reviewer) == ("rejected", "reject", "Grace")


def test_an_approval_that_was_not_taken_up_is_withheld_in_another_account(room: Room) -> None:
    with room.agent(journal=DyingJournal("before claim")) as graph:
        room.start(graph, durability="sync")
        with pytest.raises(Killed):
            room.resume(graph, durability="sync")
    with elsewhere(room, "another address"), room.agent() as graph:
        answer = room.answer(graph.invoke(None, room.config))
        assert room.sent() == 0
    assert answer.text.startswith("Not executed. It was proposed under another Ashby account")


@pytest.mark.parametrize(
    "again", [lambda graph, room: graph.invoke(None, room.config), lambda graph, room: room.start(graph)]
)
def test_what_became_of_a_write_in_another_account_is_not_known(
    room: Room, again: Callable[[Any, Room], dict[str, Any]]
) -> None:
    with room.agent(journal=DyingJournal("before outcome")) as graph:
        room.start(graph, durability="sync")
        with pytest.raises(Killed):
            room.resume(graph, durability="sync")
    assert room.sent() == 1
    with elsewhere(room, "another address"), room.agent() as graph:
        answer = room.answer(again(graph, room))
        assert room.sent() == 0
    assert answer.text.startswith("Outcome not known.")


def test_in_its_own_account_a_new_client_goes_on(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
    with AshbyClient(room.sandbox.api_key, f"{room.sandbox.url}/") as client:
        room.client = client
        with room.agent() as graph:
            assert room.answer(room.resume(graph)).status == "success"


def test_a_fingerprint_tells_addresses_and_keys_apart_and_contains_neither() -> None:
    accounts = {
        (key, url): AshbyClient(key, url).account
        for key in ("one", "two")
        for url in ("https://a.example", "https://b.example")
    }
    assert len(set(accounts.values())) == 4
    for (key, url), account in accounts.items():
        assert AshbyClient(key, url).account == account and len(account) == 16
        assert key not in account and url not in account
