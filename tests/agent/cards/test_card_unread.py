"""What could not be read is shown at its worst: no card is more at ease because it knows less."""

from __future__ import annotations

import re
from typing import Any

import pytest
from another_ashby import GONE, Seen
from desk import EXAMPLES, Desk, make
from situations import email, reason
from test_card_says_all import words_of
from test_card_second_look import answer

from langchain_ashby.errors import ServerError

pytestmark = pytest.mark.slow

RISKS = ("low", "medium", "high")
CLAIMS = re.compile(r"will refuse|will be sent|nothing would change|is not known in Ashby|gets no|already")


def claims(card: Any) -> set[str]:
    """What a card says for certain that would make a person more at ease."""
    return {it for it in [*card["warnings"], *card["consequences"]] if CLAIMS.search(it)}


def assert_no_more_at_ease(seen: Seen, card: Any, why: Any) -> None:
    assert RISKS.index(card["risk"]) >= RISKS.index(seen.card["risk"]), why
    assert claims(card) <= claims(seen.card), why


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_read_that_fails_makes_no_card_more_harmless(desk: Desk, name: str) -> None:
    seen = Seen(desk, EXAMPLES[name](desk))
    assert seen.replies
    for key in seen.replies:
        card = seen.with_reply(key, ServerError("The server failed"))
        assert card["risk"] == "high" and len(card["unchecked"]) > len(seen.card["unchecked"]), key
        assert_no_more_at_ease(seen, card, key)


@pytest.mark.parametrize(("shift", "name"), [*enumerate(EXAMPLES)])
def test_a_key_that_is_missing_or_null_makes_no_card_more_harmless(desk: Desk, shift: int, name: str) -> None:
    """Each key in turn is missing or null: of those that several writes read, each is both."""
    seen, incomplete = Seen(desk, EXAMPLES[name](desk)), set()
    for number, (key, way, _) in enumerate(seen.ways()):
        if isinstance(way[-1], str):
            value = (GONE, None)[(number + shift) % 2]
            card = seen.altered(key, way, value)
            assert not re.search(r"\bNone\b|\bA none\b|is none\b", words_of(card)), (way, words_of(card))
            assert RISKS.index(card["risk"]) >= RISKS.index(seen.card["risk"]), way
            if seen.is_incomplete:
                incomplete.add(value)
                assert card["risk"] == "high" and card["unchecked"], way
                assert claims(card) <= claims(seen.card), way
    assert incomplete == {GONE, None}


UNREADABLE_STAGE = [{}, {"type": "Limbo"}, {"type": None}]


@pytest.mark.parametrize("stage", [None, *UNREADABLE_STAGE], ids=str)
def test_a_stage_of_no_known_kind_is_shown_as_one_that_archives_and_hires(desk: Desk, stage: Any) -> None:
    request = make(
        "change_application_stage",
        application_id=desk.application(),
        interview_stage_id=desk.stage("Archived"),
        **reason(desk),
        **email(desk),
    )
    whole = desk.client.call(make("get_interview_stage", interview_stage_id=desk.stage("Archived")))
    if stage is None:
        desk.sandbox.fault("interviewStage.info", status=403, body="{}")
    else:
        kept = {key: value for key, value in whole.items() if key != "type"}
        answer(desk, "interviewStage.info", {**kept, **stage})
    card = desk.card(request)
    assert card["risk"] == "high" and not any("will refuse" in it for it in card["warnings"])
    told = " ".join([*card["consequences"], *card["warnings"]])
    for words in ("may be archived", "may get the e-mail “Rejection after review” at ada", "may count as hired"):
        assert words in told
    assert {"field": "Status", "before": "Active", "after": "not known"} in card["changes"]
    assert any(it.startswith("The stage could not be read") for it in card["unchecked"])


@pytest.mark.parametrize("reply", [None, [], "nothing"], ids=str)
def test_a_reply_without_a_record_is_no_record_that_lacks_everything(desk: Desk, reply: Any) -> None:
    answer(desk, "candidate.info", reply)
    card = desk.card(EXAMPLES["create_candidate_note"](desk))
    assert "The candidate could not be read: Ashby's reply has no record." in card["unchecked"]
    answer(desk, "candidate.listNotes", [reply])
    card = desk.card(EXAMPLES["create_candidate_note"](desk))
    assert any(it.startswith("The notes on the candidate could not be read") for it in card["unchecked"])
