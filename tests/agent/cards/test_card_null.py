"""Null where Ashby documents a value: the card says that it is not known, and is at its worst."""

from __future__ import annotations

from typing import Any

import pytest
from another_ashby import Seen
from desk import EXAMPLES, Desk, Request, make, meeting
from situations import booked, cancel_meeting, change_meeting, feedback, field

from langchain_ashby.agent.cards import Card


def answered(desk: Desk, request: Request, value: Any, *names: str) -> Card:
    """The card where Ashby answers every read with this value under these keys."""
    seen = Seen(desk, request)
    places = [(key, way) for key, way, _ in seen.ways() if way[-1] in names]
    assert {way[-1] for _, way in places} == {*names}
    return seen.altered_in(places, value)


def updated(desk: Desk, **more: Any) -> Request:
    return make("update_candidate", candidate_id=desk.candidate(), **more)


def change(card: Card) -> tuple[str | None, str | None]:
    return card["changes"][-1]["before"], card["changes"][-1]["after"]


def cancelled(desk: Desk) -> Request:
    return make("cancel_interview_schedule", interview_schedule_id=booked(desk, meeting())["id"])


def test_interviewers_that_are_null_are_not_nobody(desk: Desk) -> None:
    request = cancelled(desk)
    unknown, nobody = answered(desk, request, None, "interviewers"), answered(desk, request, [], "interviewers")
    assert str(change(unknown)[0]).endswith("with interviewers who are not known") and unknown["risk"] == "high"
    assert str(change(nobody)[0]).endswith("with nobody")


def test_a_scorecard_is_not_said_to_be_refused_where_the_interviewers_are_null(desk: Desk) -> None:
    schedule = desk.one("interviewSchedule", applicationId=desk.application())
    request = feedback(desk, [], interview_event_id=schedule["interviewEvents"][0]["id"])
    refused = "The interviewer did not take part in this meeting: Ashby will refuse."
    assert refused not in answered(desk, request, None, "interviewers")["warnings"]
    assert refused in answered(desk, request, [], "interviewers")["warnings"]


@pytest.mark.parametrize("name", ["jobIds", "latestVersion"])
def test_an_opening_is_not_said_to_have_one_job_where_its_jobs_are_null(desk: Desk, name: str) -> None:
    opening = next(it for it in desk.seed["opening"] if it["latestVersion"]["jobIds"])
    job = opening["latestVersion"]["jobIds"][0]
    card = answered(desk, make("remove_opening_job", opening_id=opening["id"], job_id=job), None, name)
    assert change(card)[0] == "not known" and str(change(card)[1]).startswith("the present ones without ")
    assert "It is the opening's only job." not in card["warnings"] and card["risk"] == "high"
    assert "Whether it is the opening's only job is not known." in card["warnings"]


def test_an_opening_is_not_said_to_have_no_identifier_where_that_is_null(desk: Desk) -> None:
    opening = next(it for it in desk.seed["opening"] if it["latestVersion"].get("identifier"))
    request = make("set_opening_state", opening_id=opening["id"], opening_state="Approved")
    for name in ("latestVersion", "identifier"):
        card = answered(desk, request, None, name)
        assert "an opening whose identifier could not be read" in card["line"] and card["risk"] == "high"
        assert "Whether the opening has an identifier and a job is not known." in card["warnings"]
    assert "an opening without an identifier" in answered(desk, request, "", "identifier")["line"]


def test_custom_fields_that_are_null_may_hold_a_value(desk: Desk) -> None:
    request = field(desk, "Languages", ["German"])
    unknown, none = answered(desk, request, None, "customFields"), answered(desk, request, [], "customFields")
    assert change(unknown) == ("not known", "German") and change(none) == (None, "German")
    assert unknown["risk"] == "high" and unknown["unchecked"] and not none["unchecked"]


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ({"phone_number": "+47 1"}, ["phoneNumbers", "primaryPhoneNumber"]),
        ({"email": "ada@example.net"}, ["emailAddresses", "primaryEmailAddress"]),
        ({"location": {"city": "Oslo"}}, ["location"]),
        ({"source_id": None}, ["source"]),
    ],
    ids=["phone", "email", "location", "source"],
)
def test_a_present_value_that_is_null_is_shown_as_not_known(desk: Desk, args: dict[str, Any], names: list[str]) -> None:
    args = {name: value or desk.seed["source"][-1]["id"] for name, value in args.items()}
    card = answered(desk, updated(desk, **args), None, *names)
    assert change(card)[0] == "not known" and card["risk"] == "high" and card["unchecked"]


def test_a_primary_value_may_exist_where_the_list_of_values_is_null(desk: Desk) -> None:
    somebody = desk.client.call(make("create_candidate", name="Mary Somerville"))["id"]
    request = make("update_candidate", candidate_id=somebody, phone_number="+47 1")
    assert change(answered(desk, request, None, "phoneNumbers"))[0] == "not known"
    assert change(desk.card(request))[0] is None


def test_a_resume_that_is_null_may_exist(desk: Desk) -> None:
    request = EXAMPLES["upload_candidate_resume"](desk)
    card = answered(desk, request, None, "resumeFileHandle")
    assert card["changes"][0]["before"] == "not known" and card["risk"] == "high"


def test_tags_that_are_null_are_kept_beside_the_new_one(desk: Desk) -> None:
    tag = desk.id("candidateTag", title="Silver medalist")
    card = answered(desk, make("add_candidate_tag", candidate_id=desk.candidate(), tag_id=tag), None, "tags")
    assert change(card) == ("not known", "the present ones and Silver medalist") and card["risk"] == "high"


def test_feedback_that_may_have_been_submitted_is_warned_of(desk: Desk) -> None:
    made = booked(desk, meeting())
    for request in (
        make("cancel_interview_schedule", interview_schedule_id=made["id"]),
        cancel_meeting(desk, made),
        cancel_meeting(desk, made, allow=True),
        change_meeting(desk, made, end="2026-11-10T17:00:00Z"),
    ):
        assert "feedback was submitted" not in str(desk.card(request)["warnings"])
        card = answered(desk, request, None, "hasSubmittedFeedback")
        assert card["risk"] == "high" and "Whether feedback was submitted on this meeting is not known" in str(card)


@pytest.mark.parametrize("tool", ["create_application", "transfer_application"])
def test_an_application_whose_status_is_null_is_not_called_over(desk: Desk, tool: str) -> None:
    request = EXAMPLES[tool](desk)
    given = request.model_dump()
    person = (
        given.get("candidate_id")
        or desk.client.call(make("get_application", application_id=given["application_id"]))["candidate"]["id"]
    )
    made = make("create_application", candidate_id=person, job_id=given["job_id"])
    desk.client.call(made)
    seen = Seen(desk, request)
    others = [
        (key, way) for key, way, _ in seen.ways()
        if way == ("status",) and key[0].path == "application.info"
        and seen.replies[key].get("id") != given.get("application_id")
    ]  # fmt: skip
    told = seen.altered_in(others, None)["warnings"]
    assert any("status is not known." in it or "with unknown status for the same job" in it for it in told)
