"""Each card says what Ashby documents about the write, and claims nothing that it does not."""

from __future__ import annotations

import pytest
from desk import EXAMPLES, Desk
from documented import CLAIMS, Documented
from documented_hiring import HIRING
from documented_more import MORE
from documented_people import PEOPLE

from langchain_ashby.agent.cards import Card


def said(card: Card) -> str:
    changes = [f"{it['field']} {it['after']}" for it in card["changes"]]
    return "\n".join([card["line"], *changes, *card["consequences"], *card["warnings"], *card["unchecked"]])


DOCUMENTED = PEOPLE | HIRING | MORE
CASES = [pytest.param(it, id=f"{tool}: {it.what}") for tool, effects in DOCUMENTED.items() for it in effects]


def test_every_write_has_its_documented_effects_listed() -> None:
    assert DOCUMENTED.keys() == EXAMPLES.keys()


@pytest.mark.parametrize("documented", CASES)
def test_a_card_says_what_is_documented_and_claims_nothing_else(desk: Desk, documented: Documented) -> None:
    words = said(desk.card(documented.call(desk)))
    assert [it for it in documented.says if it not in words] == [], words
    assert [it for it in [*documented.never, *CLAIMS] if it in words] == [], words
