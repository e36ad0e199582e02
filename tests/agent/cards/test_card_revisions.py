"""Cards of offers that are there, and of transfers: another version, and what no read shows, prove nothing."""

from __future__ import annotations

import pytest
from desk import EXAMPLES, Desk, Request, make
from test_card_second_look import answer

from langchain_ashby.agent.cards import differences
from langchain_ashby.agent.execution.attempt import only_what_is_on
from langchain_ashby.errors import AshbyError


def new_terms(desk: Desk) -> Request:
    """The example's new terms; the offer is the one whose approval the other example starts."""
    return EXAMPLES["update_offer"](desk)


def test_new_terms_make_the_card_of_an_approval_stale(desk: Desk) -> None:
    request = EXAMPLES["start_offer_approval"](desk)
    card = desk.card(request)
    desk.client.call(new_terms(desk))
    told = differences(card, desk.card(request))
    assert any("Base salary" in it for it in told) and any("offer.startApprovalProcess" in it for it in told)


def test_a_version_that_is_not_on_the_card_is_not_sent_to_approvers(desk: Desk) -> None:
    request = EXAMPLES["start_offer_approval"](desk)
    card = desk.card(request)
    desk.client.call(new_terms(desk))
    with only_what_is_on(card), pytest.raises(AshbyError):
        desk.client.call(request)
    assert "offer.startApprovalProcess" not in desk.reads()


def test_the_approval_of_another_version_does_not_prove_that_this_one_was_started(desk: Desk) -> None:
    request = EXAMPLES["start_offer_approval"](desk)
    card = desk.card(request)
    desk.client.call(new_terms(desk))
    desk.client.call(request)
    assert desk.settled(request, card) is None


def test_new_terms_of_somebody_else_do_not_prove_that_these_were_made(desk: Desk) -> None:
    request = new_terms(desk)
    card = desk.card(request)
    given = request.model_dump(mode="json", exclude_unset=True)
    other = [{"path": "Base salary", "value": {"value": 1, "currency_code": "EUR"}}, *given["field_submissions"][1:]]
    desk.client.call(make("update_offer", **{**given, "field_submissions": other}))
    assert desk.settled(request, card) is None


def test_two_terms_of_one_title_are_told_apart(desk: Desk) -> None:
    offer = desk.client.call(make("get_offer", offer_id=new_terms(desk).model_dump()["offer_id"]))
    entries = [it["field"] for section in offer["formDefinition"]["sections"] for it in section["fields"]]
    [options, notes] = [it for it in entries if it["title"] in ("Equity (options)", "Notes")]
    options["title"] = "Notes"
    answer(desk, "offer.info", offer, times=1)
    terms = [{"path": options["path"], "value": 7000}, {"path": notes["path"], "value": "None."}]
    request = make("update_offer", offer_id=offer["id"], field_submissions=terms)
    card = desk.card(request)
    assert [(it["field"], it["before"], it["after"]) for it in card["changes"]] == [
        (f"Notes [{options['path']}]", "6,000", "7,000"),
        (f"Notes [{notes['path']}]", "Half of the week for writing code.", "None."),
    ]
    [present] = [it for it in offer["latestVersion"]["customFields"] if it["id"] == options["path"]]
    present["value"] = 9
    answer(desk, "offer.info", offer)
    assert any(options["path"] in it and "9" in it for it in differences(card, desk.card(request)))


def test_a_transfer_that_starts_activities_is_never_known_to_be_done_whole(desk: Desk) -> None:
    given = EXAMPLES["transfer_application"](desk).model_dump(mode="json", exclude_unset=True)
    request = make("transfer_application", **{**given, "start_automatic_activities": True})
    card = desk.card(request)
    assert card["risk"] == "high" and desk.settled(request, card) is False
    desk.client.call(request)
    assert desk.settled(request, card) is None


def test_a_role_of_a_team_that_cannot_be_read_is_not_taken_for_none(desk: Desk) -> None:
    request = EXAMPLES["add_application_hiring_team_member"](desk)
    application = desk.client.call(make("get_application", application_id=desk.application()))
    application["hiringTeam"] = None
    answer(desk, "application.info", application)
    card = desk.card(request)
    assert "Whether the user has this role already could not be read." in card["unchecked"]
    assert card["changes"][0]["before"] == "not known"
