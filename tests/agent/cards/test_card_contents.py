"""What the card of each of the 25 writes says, on real records. `UPDATE_SNAPSHOTS=1` writes the files anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from desk import EXAMPLES, Desk

from langchain_ashby.agent.cards import markdown
from langchain_ashby.agent.cards.registry import DRAWN_BY
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS

SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_each_write_has_a_card_and_an_example() -> None:
    writes = [operation for operation in OPERATIONS.values() if operation.access is Access.WRITE]
    assert set(DRAWN_BY) == set(writes)
    assert [f"ashby_{name}" for name in EXAMPLES] == [operation.tool_name() for operation in writes]
    assert len(writes) == 25


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_card_says_what_a_recruiter_needs(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    shown = markdown(desk.card(request)) + "\n"
    # Ids that the sandbox made a moment ago differ from run to run.
    shown = shown.replace(str(desk.files), "/files")
    path = SNAPSHOTS / f"{name}.md"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_id_is_shown_but_among_the_exact_arguments(desk: Desk, name: str) -> None:
    card = desk.card(EXAMPLES[name](desk))
    words = [card["line"], *card["consequences"], *card["warnings"], *card["unchecked"]]
    words += [text for change in card["changes"] for text in change.values() if isinstance(text, str)]
    assert not [it for it in words if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", it)]
    assert "not known" not in " ".join(words)
