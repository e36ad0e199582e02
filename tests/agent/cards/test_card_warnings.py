"""The warnings one by one, and the risk they add up to."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from desk import EXAMPLES, Desk, Request, make
from situations import email, reason, stage
from warned_hiring import HIRING
from warned_more import MORE
from warned_people import PEOPLE

CASES = [*PEOPLE, *HIRING, *MORE]


def warnings(desk: Desk, request: Request) -> str:
    return "\n".join(desk.card(request)["warnings"])


@pytest.mark.parametrize(("make_request", "said"), [it[1:] for it in CASES], ids=[it[0] for it in CASES])
def test_a_warning_is_given(desk: Desk, make_request: Callable[[Desk], Request], said: str) -> None:
    request = make_request(desk)
    card = desk.card(request)
    assert said in "\n".join([*card["warnings"], ""]), card["warnings"]
    assert card["line"] and "could not be made" not in str(card["unchecked"])


def test_each_warning_has_a_name_of_its_own() -> None:
    assert len({name for name, _, _ in CASES}) == len(CASES)


QUIET = [
    "create_candidate",
    "create_candidate_note",
    "add_candidate_tag",
    "create_application",
    "create_interview_schedule",
]


@pytest.mark.parametrize("name", QUIET)
def test_ordinary_writes_get_no_warning(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Oslo")  # where the company is, and an hour before the candidate
    card = desk.card(EXAMPLES[name](desk))
    assert card["warnings"] == [] and card["unchecked"] == []


# Risk levels.


@pytest.mark.parametrize(
    ("name", "risk"),
    [
        ("create_candidate_note", "low"),
        ("add_candidate_tag", "low"),
        ("create_candidate", "low"),
        ("update_candidate", "medium"),
        ("create_interview_schedule", "medium"),
        ("submit_application_feedback", "medium"),
        ("change_application_stage", "high"),
        ("create_offer", "high"),
        ("cancel_interview_schedule", "high"),
        ("set_opening_archived", "high"),
        ("set_job_status", "high"),
    ],
)
def test_the_risk_follows_from_the_write(desk: Desk, name: str, risk: str) -> None:
    assert desk.card(EXAMPLES[name](desk))["risk"] == risk


def test_a_warning_makes_a_harmless_write_less_harmless(desk: Desk) -> None:
    note = {"candidate_id": desk.candidate(), "note": "Hello."}
    assert desk.card(make("create_candidate_note", **note))["risk"] == "low"
    assert desk.card(make("create_candidate_note", **note, send_notifications=True))["risk"] == "medium"
    desk.client.call(make("create_candidate_note", **note))
    assert desk.card(make("create_candidate_note", **note))["risk"] == "medium"


def test_an_ordinary_move_weighs_less_than_archiving(desk: Desk) -> None:
    assert desk.card(stage(desk, "Offer"))["risk"] == "medium"
    assert desk.card(stage(desk, "Archived", **reason(desk)))["risk"] == "high"
    assert desk.card(stage(desk, "Hired"))["risk"] == "high"


def test_a_candidate_without_an_address_gets_no_e_mail(desk: Desk) -> None:
    made = desk.client.call(make("create_candidate", name="No Mail"))
    application = desk.client.call(make("create_application", candidate_id=made["id"], job_id=desk.job()))
    request = make(
        "change_application_stage",
        application_id=application["id"],
        interview_stage_id=desk.stage("Archived"),
        **reason(desk),
        **email(desk),
    )
    assert "The candidate has no e-mail address: Ashby will refuse." in warnings(desk, request)


def test_notifications_are_on_for_updates_and_off_for_notes(desk: Desk) -> None:
    def consequences(request: Request) -> str:
        return json.dumps(desk.card(request)["consequences"])

    update = {"candidate_id": desk.candidate(), "name": "Ada King"}
    assert "subscribed to the candidate are notified" in consequences(make("update_candidate", **update))
    assert "subscribed to the candidate are not notified" in consequences(
        make("update_candidate", **update, send_notifications=False)
    )
    note = {"candidate_id": desk.candidate(), "note": "Hello."}
    assert "are not notified" in consequences(make("create_candidate_note", **note))
    assert "are notified" in consequences(make("create_candidate_note", **note, send_notifications=True))
    assert "private fields" in consequences(make("create_candidate_note", **note, is_private=True))
