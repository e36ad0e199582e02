"""Unreadable records: the card is still built, and says what could not be checked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from desk import ADA, EXAMPLES, NOW, Desk, make, meeting

from langchain_ashby import AshbyClient
from langchain_ashby.agent.cards import ReadCache, card_of, html, markdown, seen_on, settled
from langchain_ashby.cli.card import panel

pytestmark = pytest.mark.slow

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_card_is_built_even_if_all_reads_fail(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    desk.sandbox.fault("*", times=60, status=403, body="{}")
    card = desk.card(request)
    assert card["line"] and card["risk"] != "low"
    assert card["unchecked"] and all(it.endswith(".") for it in card["unchecked"])
    assert not any("could not be made" in it for it in card["unchecked"])
    assert (card["targets"] or name == "create_candidate_tag") and card["args"]
    assert markdown(card) and html(card) and panel(card)
    json.dumps(card)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_card_is_made_when_ashby_cannot_be_reached(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    with AshbyClient("key", "http://127.0.0.1:9", timeout=2, upload_dirs=[desk.files]) as nobody:
        card = card_of(request, ReadCache(nobody, now=NOW))
    assert any("No connection could be made" in it for it in card["unchecked"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_single_read_may_fail(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    before = len(desk.reads())
    whole = desk.card(request)
    for endpoint in dict.fromkeys(desk.reads()[before:]):
        desk.sandbox.reset()
        request = EXAMPLES[name](desk)
        desk.sandbox.fault(endpoint, times=9, status=404, body="{}")
        card = desk.card(request)
        assert len(card["unchecked"]) > len(whole["unchecked"]), endpoint
        assert "could not be made" not in " ".join(card["unchecked"]), endpoint


@pytest.fixture
def reader(desk: Desk) -> Iterator[AshbyClient]:
    """A client whose key has few read permissions."""
    key = desk.sandbox.add_key(permissions=["candidatesRead"], confidential=False, private=False)
    with AshbyClient(key, desk.sandbox.url, timeout=60) as client:
        yield client


def test_records_hidden_from_the_key_are_named(desk: Desk, reader: AshbyClient) -> None:
    card = card_of(EXAMPLES["change_application_stage"](desk), ReadCache(reader, now=NOW))
    who = "Ada Lovelace (ada.lovelace@example.org), Staff Engineer (considered since 30 Jun 2026)"
    assert card["line"] == f"Move {who}, from Onsite to not known; reason: not known"
    text = " ".join(card["unchecked"])
    for what in ("The stage could not be read", "The archive reason could not be read", "The job could not be read"):
        assert what in text
    assert card["changes"][0] == {"field": "Stage", "before": "Onsite (order 5)", "after": "not known"}


def test_a_record_that_does_not_exist_is_said_not_to_be_readable(desk: Desk) -> None:
    request = make("create_candidate_note", candidate_id=NOBODY, note="Hello.")
    card = desk.card(request)
    assert card["line"] == "Add a note to a candidate who could not be read"
    assert any(it.startswith("The candidate could not be read: ") for it in card["unchecked"])
    assert settled(request, seen_on(card), ReadCache(desk.client)).proven is None


def test_a_confidential_job_that_the_key_may_not_see_is_not_checked(desk: Desk, reader: AshbyClient) -> None:
    request = make("create_application", candidate_id=desk.candidate(), job_id=desk.job("VP Finance"))
    card = card_of(request, ReadCache(reader, now=NOW))
    person = f"{ADA} (ada.lovelace@example.org)"
    assert card["line"] == f"Consider {person} for a job that could not be read, starting in the first Lead stage"
    assert any(it.startswith("The job could not be read") for it in card["unchecked"])


def test_an_unset_private_field_may_have_a_value_that_cannot_be_seen(desk: Desk) -> None:
    field = desk.id("customField", title="Salary expectation")
    somebody = desk.client.call(make("create_candidate", name="Mary Somerville"))
    request = make(
        "set_custom_field_value",
        object_type="Candidate",
        object_id=somebody["id"],
        custom_field_id=field,
        field_value=None,
    )
    card = desk.card(request)
    assert "The field is private: it may have a value that the key cannot see." in card["unchecked"]
    assert card["changes"] == [{"field": "Salary expectation", "before": "not known", "after": None}]
    key = desk.sandbox.add_key(private=False)
    with AshbyClient(key, desk.sandbox.url, timeout=60) as client:
        card = card_of(request, ReadCache(client, now=NOW))
    assert any("is not known, or the key may not see it. Nothing will be sent." in it for it in card["warnings"])
    assert settled(request, seen_on(card), ReadCache(desk.client)).proven is None


def test_a_schedule_that_is_not_found_leaves_its_meetings(desk: Desk) -> None:
    made = desk.client.call(
        make("create_interview_schedule", application_id=desk.application(), interview_events=[meeting()])
    )
    desk.sandbox.fault("interviewSchedule.list", body=json.dumps({"success": True, "results": []}))
    card = desk.card(make("cancel_interview_schedule", interview_schedule_id=made["id"]))
    assert card["line"] == "Cancel the interviews of a candidate who could not be read"
    assert (
        card["changes"][1]["before"]
        == "Technical Phone Screen (shown as Technical conversation), Tue 10 Nov 2026, 15:00 to 16:00 UTC, "
        "with Sofia Marchetti (sofia@example.com)"
    )
    assert any("was not found among those looked through" in it for it in card["unchecked"])


def test_an_offer_is_shown_as_it_was_named_where_there_is_no_earlier_form(desk: Desk) -> None:
    desk.sandbox.fault("offer.list", times=2, body=json.dumps({"success": True, "results": []}))
    card = desk.card(EXAMPLES["create_offer"](desk))
    assert {"field": "Base salary", "before": None, "after": "132,000 EUR"} in card["changes"]
    assert any("as the call names them" in it for it in card["unchecked"])


def test_too_many_applications_are_not_all_looked_at(desk: Desk) -> None:
    person = desk.client.call(make("create_candidate", name="Very Busy"))["id"]
    for _ in range(12):
        desk.client.call(make("create_application", candidate_id=person, job_id=desk.job()))
    request = make("create_application", candidate_id=person, job_id=desk.job("Senior Product Designer"))
    card = desk.card(request)
    assert "Only 10 of the candidate's 12 other applications were checked." in card["unchecked"]
    assert settled(request, seen_on(card), ReadCache(desk.client)).proven is None
