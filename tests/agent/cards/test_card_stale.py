"""Descriptions of changes between the card and the write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk import EXAMPLES, SCORECARD, Desk, make, meeting

from langchain_ashby.agent.cards import Card, differences, is_current, targets
from langchain_ashby.agent.cards.card import same
from langchain_ashby.agent.execution.attempt import only_what_is_on
from langchain_ashby.errors import ArgumentError
from langchain_ashby.text.words import shown

Meanwhile = Callable[[Desk], Any]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_card_is_fresh_while_nothing_changes(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    assert card["facts"], "without facts nothing could ever be stale"
    assert differences(card, desk.card(request)) == []


@pytest.mark.parametrize("name", [it for it in EXAMPLES if it != "request_feedback"])  # no read shows a request
def test_a_write_that_was_made_meanwhile_makes_its_own_card_stale(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    desk.client.call(request)
    assert differences(card, desk.card(request))


CHANGES: list[tuple[str, Meanwhile, str]] = [
    (
        "change_application_stage",
        lambda desk: make(
            "change_application_stage", application_id=desk.application(), interview_stage_id=desk.stage("Offer")
        ),
        "Stage: Offer (order 6), was Onsite (order 5)",
    ),
    (
        "change_application_stage",
        lambda desk: make("update_candidate", candidate_id=desk.candidate(), email="ada@new.example.com"),
        "E-mail address: ada@new.example.com, was ada.lovelace@example.org",
    ),
    (
        "update_candidate",
        lambda desk: make("update_candidate", candidate_id=desk.candidate(), website_url="https://else.example.com"),
        "Website: https://else.example.com, was https://example-ada-lovelace.example.com/",
    ),
    (
        "update_application",
        lambda desk: make("change_application_source", application_id=desk.application(), source_id=None),
        "Source: none, was Employee Referral",
    ),
    (
        "create_candidate",
        lambda desk: make("create_candidate", name="M. Somerville", email="mary@example.com"),
        "Candidates with this e-mail address: one of ",
    ),
    (
        "create_application",
        lambda desk: make(
            "create_application", candidate_id=desk.candidate(), job_id=desk.job("Site Reliability Engineer")
        ),
        "Applications for this job: one of ",
    ),
    (
        "create_interview_schedule",
        lambda desk: make(
            "create_interview_schedule",
            application_id=desk.application(),
            interview_events=[meeting("2026-11-10T14:30:00Z", "2026-11-10T14:45:00Z")],
        ),
        "Other meetings at that time: Technical Phone Screen (shown as Technical conversation), Tue 10 Nov 2026, 14:30",
    ),
    (
        "upload_candidate_resume",
        lambda desk: desk.file("ada-lovelace-2026.pdf", b"%PDF-1.7 Something else."),
        "SHA-256: ",
    ),
    (
        "set_job_status",
        lambda desk: make("set_job_status", job_id=desk.job(), status="Closed"),
        "Status: Closed, was Open",
    ),
    (
        "set_opening_state",
        lambda desk: make("set_opening_state", opening_id=desk.opening("OP-202"), opening_state="Approved"),
        "State: Approved, was Open",
    ),
    (
        "create_offer",
        lambda desk: make("set_opening_archived", opening_id=desk.opening("OP-202"), archive=True),
        "Opening OP-202: archived, was open",
    ),
    (
        "create_offer",
        lambda desk: make(
            "change_application_stage", application_id=desk.application(), interview_stage_id=desk.stage("Offer")
        ),
        "Stage: Offer (order 6), was Onsite (order 5)",
    ),
]


@pytest.mark.parametrize(("name", "meanwhile", "said"), CHANGES, ids=lambda it: it if isinstance(it, str) else "")
def test_changes_are_described_in_words(desk: Desk, name: str, meanwhile: Meanwhile, said: str) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    change = meanwhile(desk)
    if not isinstance(change, str):
        desk.client.call(change)
    changed = differences(card, desk.card(request))
    assert any(it.startswith(said) for it in changed), changed


UNRELATED: list[tuple[str, Meanwhile]] = [
    ("change_application_stage", lambda desk: EXAMPLES["create_candidate_note"](desk)),
    ("create_candidate_note", lambda desk: make("create_candidate_note", candidate_id=desk.candidate(), note="Other.")),
    ("update_candidate", lambda desk: EXAMPLES["add_candidate_tag"](desk)),
    ("add_candidate_tag", lambda desk: EXAMPLES["update_candidate"](desk)),
    (
        "set_custom_field_value",
        lambda desk: make("update_candidate", candidate_id=desk.candidate(), website_url="https://ada.example.com"),
    ),
    ("update_opening", lambda desk: EXAMPLES["add_opening_job"](desk)),
    ("add_opening_job", lambda desk: EXAMPLES["update_opening"](desk)),
    ("create_application", lambda desk: EXAMPLES["update_application"](desk)),
    (
        "create_interview_schedule",
        lambda desk: make(
            "create_interview_schedule",
            application_id=desk.application(),
            interview_events=[meeting("2026-11-11T15:00:00Z", "2026-11-11T16:00:00Z")],
        ),
    ),
]


@pytest.mark.parametrize(("name", "meanwhile"), UNRELATED, ids=lambda it: it if isinstance(it, str) else "")
def test_unrelated_changes_do_not_make_a_card_stale(desk: Desk, name: str, meanwhile: Meanwhile) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    desk.client.call(meanwhile(desk))
    assert differences(card, desk.card(request)) == []


def test_a_scorecard_of_the_same_interviewer_makes_the_card_stale(desk: Desk) -> None:
    request = EXAMPLES["submit_application_feedback"](desk)
    card = desk.card(request)
    form = desk.id("feedbackFormDefinition", title="Interview Scorecard")
    common = {"application_id": desk.application(), "feedback_form_definition_id": form, "field_submissions": SCORECARD}
    desk.client.call(make("submit_application_feedback", **common, user_id=desk.user("Sofia")))
    assert differences(card, desk.card(request)) == []
    desk.client.call(make("submit_application_feedback", **common, user_id=desk.user("Yuki")))
    assert differences(card, desk.card(request))


def test_a_record_that_can_no_longer_be_read_counts_as_changed(desk: Desk) -> None:
    request = EXAMPLES["change_application_stage"](desk)
    card = desk.card(request)
    desk.sandbox.fault("application.info", status=403, body="{}", times=5)
    assert "Stage: can no longer be read" in differences(card, desk.card(request))


def test_a_fact_that_is_called_by_a_record_can_be_read_when_that_is_renamed(desk: Desk) -> None:
    card = desk.card(EXAMPLES["add_candidate_tag"](desk))
    [(key, tag)] = [(key, it) for key, it in card["refers"].items() if f"Tag {it['name']}" in card["facts"]]
    refers: dict[str, Any] = {**card["refers"], key: {**tag, "name": "Renamed"}}
    there = card["facts"][f"Tag {tag['name']}"]
    facts = {it: fact for it, fact in card["facts"].items() if it != f"Tag {tag['name']}"}
    fresh: Card = {**card, "refers": refers, "facts": {**facts, "Tag Renamed": there}}
    assert differences(card, fresh) == [f"The tag: Renamed, was {tag['name']}"]
    fresh = {**fresh, "facts": {**facts, "Tag Renamed": not there}}
    assert f"Tag Renamed: {shown(not there)}, was {shown(there)}" in differences(card, fresh)


def test_what_could_not_be_read_before_and_now_can_be_is_a_change(desk: Desk) -> None:
    request = EXAMPLES["change_application_source"](desk)
    desk.sandbox.fault("application.info", status=403, body="{}", times=5)
    card = desk.card(request)
    desk.sandbox.reset()
    told = differences(card, desk.card(request))
    assert "Source: Employee Referral (Referral), was not known" in told
    assert any(it.startswith("can now be checked: The application") for it in told)


def test_what_was_there_unseen_is_told_once_it_is_seen(desk: Desk) -> None:
    request = EXAMPLES["create_candidate_note"](desk)
    desk.client.call(request)
    desk.sandbox.fault("candidate.listNotes", status=403, body="{}")
    card = desk.card(request)
    assert "Notes with this text" not in card["facts"]
    told = differences(card, desk.card(request))
    assert "there is a new warning: The candidate already has a note with this text." in told


def test_cards_of_other_versions_are_not_compared(desk: Desk) -> None:
    card = desk.card(EXAMPLES["set_job_status"](desk))
    older: Card = {**card, "version": 0}
    assert (
        differences(older, card) == differences(card, older) == ["the card was made by another version of this package"]
    )
    assert not is_current(older) and not is_current({}) and not is_current(None) and is_current(card)


def test_a_record_is_the_same_under_another_name() -> None:
    assert same({"id": "1", "name": "Onsite"}, {"id": "1", "name": "On-site"})
    assert not same({"id": "1", "name": "Onsite"}, {"id": "2", "name": "Onsite"})
    assert same([{"id": "1", "name": "a"}], [{"id": "1", "name": "b"}])
    assert not same([], [{"id": "1", "name": "b"}])
    assert not same(1, True) and not same(None, False) and same(None, None)


def test_targets_are_the_records_that_the_arguments_point_at(desk: Desk) -> None:
    request = EXAMPLES["create_interview_schedule"](desk)
    interview = desk.id("interview", title="Final Interview")
    assert targets(request) == [desk.application(), "sofia@example.com", "liam@example.com", interview]
    assert targets(request) == desk.card(request)["targets"]
    later = make(
        "create_interview_schedule",
        application_id=desk.application(),
        interview_events=[
            {**request.model_dump(mode="json")["interview_events"][0], "end_time": "2026-11-10T20:00:00Z"}
        ],
    )
    assert targets(later) == targets(request)
    upload = EXAMPLES["upload_candidate_file"](desk)
    assert targets(upload) == [desk.candidate(), str(desk.files / "reference letter.txt")]
    assert desk.opening("OP-202") in targets(EXAMPLES["create_offer"](desk))


@pytest.mark.parametrize("name", ["upload_candidate_resume", "upload_candidate_file"])
def test_only_what_is_on_the_card_is_uploaded(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    path = Path(card["args"]["file_path"])
    shown = path.read_bytes()
    path.write_bytes(shown + b" And more.")
    with only_what_is_on(card), pytest.raises(ArgumentError, match="not the file that was approved") as caught:
        desk.client.call(request)
    assert caught.value.code == "file_changed" and not caught.value.outcome_unknown
    assert "file.createFileUploadHandle" not in desk.reads()
    path.write_bytes(shown)
    with only_what_is_on(card):
        desk.client.call(request)
    assert desk.reads()[-1] == request.path


@pytest.mark.parametrize("name", ["upload_candidate_resume", "upload_candidate_file"])
@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_file_that_could_not_be_read_for_the_card_is_not_uploaded(
    desk: Desk, name: str, content: bytes | None
) -> None:
    request = EXAMPLES[name](desk)
    path = Path(getattr(request, "file_path"))  # noqa: B009
    path.unlink() if content is None else path.write_bytes(content)
    card = desk.card(request)
    assert "SHA-256" not in card["facts"] and card["risk"] == "high"
    path.write_bytes(b"A file that nobody was shown.")
    with only_what_is_on(card), pytest.raises(ArgumentError, match="no one has seen which file it is") as caught:
        desk.client.call(request)
    assert caught.value.code == "file_not_shown" and "file.createFileUploadHandle" not in desk.reads()


def test_without_a_card_nothing_is_asked_of_files(desk: Desk) -> None:
    with only_what_is_on(None):
        desk.client.call(EXAMPLES["upload_candidate_file"](desk))
