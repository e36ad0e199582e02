"""Interview schedules and feedback."""

from typing import Any

import pytest
from caller import Caller
from small_company import ident

CARA = ident("Cara Ruiz for engineer")
BEN = {"email": "ben@acme.example", "feedbackRequired": True}
EVENT = {"startTime": "2027-01-01T10:00:00Z", "endTime": "2027-01-01T11:00:00Z", "interviewers": [BEN]}
SCORE = [{"path": "rating", "value": {"score": 3}}]


def schedule(call: Caller, *events: dict[str, Any]) -> Any:
    return call("interviewSchedule.create", applicationId=CARA, interviewEvents=list(events) or [EVENT])


def give_feedback(call: Caller, event_id: str, user: str = "ben") -> Any:
    return call("applicationFeedback.submit", **feedback(SCORE, interviewEventId=event_id, userId=ident(user)))


def feedback(submissions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    form = {"formDefinitionId": ident("scorecard"), "feedbackForm": {"fieldSubmissions": submissions}}
    return {"applicationId": CARA} | form | more


def test_a_schedule_is_for_the_current_stage_and_the_default_interview(call: Caller) -> None:
    created = schedule(call)
    assert (created["status"], created["interviewStageId"]) == ("Scheduled", ident("plan Active"))
    (event,) = created["interviewEvents"]
    assert event["interview"]["title"] == "Chat"
    assert event["interviewers"][0]["email"] == "ben@acme.example"
    assert event["interviewers"][0]["isFeedbackRequired"] is True
    assert call("interviewSchedule.list", applicationId=CARA) == [created]
    assert call("interviewSchedule.list", interviewStageId=ident("plan Offer")) == []
    (listed,) = call("interviewEvent.list", interviewScheduleId=created["id"], expand=["interview"])
    assert listed == event
    assert "interview" not in call("interviewEvent.list", interviewScheduleId=created["id"])[0]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"interviewers": [{"email": "gone@acme.example"}]}, "gone@acme.example"),
        ({"interviewers": [{"email": "nobody@acme.example"}]}, "nobody@acme.example"),
        ({"interviewers": []}, "interviewers"),
        ({"interviewers": [BEN, BEN]}, "twice"),
        ({"endTime": "2027-01-01T10:00:00Z"}, "endTime"),
        ({"startTime": "2027-01-01T10:00:00"}, "time zone"),
        ({"startTime": "tomorrow"}, "startTime"),
        ({"interviewId": ident("none")}, "interviewId"),
        ({"extraData": {"k" * 101: "v"}}, "extraData"),
        ({"extraData": {"k": "v" * 513}}, "extraData"),
        ({"extraData": {str(number): "v" * 500 for number in range(3)}}, "1 kB"),
        ({"extraData": {"k": 1}}, "extraData"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(call: Caller, change: dict[str, Any], named: str) -> None:
    refusal = call.refused("interviewSchedule.create", applicationId=CARA, interviewEvents=[EVENT | change])
    assert refusal.startswith("invalid_input interviewEvents[0]")
    assert named in refusal


def test_an_update_adds_changes_and_cancels_events(call: Caller) -> None:
    created = schedule(call)
    body = {"interviewScheduleId": created["id"]}
    first = created["interviewEvents"][0]["id"]
    added = call("interviewSchedule.update", **body, interviewEvent=[EVENT | {"extraData": {"a": "b"}}])
    second = added["interviewEvents"][1]["id"]
    moved = EVENT | {"interviewEventId": first, "endTime": "2027-01-01T12:00:00+01:00", "startTime": EVENT["startTime"]}
    moved["endTime"] = "2027-01-01T13:00:00+01:00"
    changed = call("interviewSchedule.update", **body, interviewEvent=moved)
    assert changed["interviewEvents"][0]["endTime"] == "2027-01-01T12:00:00.000Z"
    left = call("interviewSchedule.update", **body, interviewEventIdToCancel=first)
    assert [event["id"] for event in left["interviewEvents"]] == [second]
    assert call("interviewSchedule.update", **body, interviewEventIdToCancel=[second])["status"] == "Cancelled"


def test_an_event_that_names_no_interview_gets_the_default_one_in_an_update_too(call: Caller) -> None:
    created = schedule(call, EVENT | {"interviewId": ident("exam")})
    (event,) = created["interviewEvents"]
    assert event["interview"]["title"] == "Exam"
    body = {"interviewScheduleId": created["id"], "interviewEvent": EVENT | {"interviewEventId": event["id"]}}
    (changed,) = call("interviewSchedule.update", **body)["interviewEvents"]
    assert changed["interview"]["title"] == "Chat"


def test_whether_feedback_is_required_follows_the_interview_where_it_is_not_said(call: Caller) -> None:
    (event,) = schedule(call, EVENT | {"interviewers": [{"email": "ben@acme.example"}]})["interviewEvents"]
    default = next(it for it in call.sandbox.records("interview") if it.get("isDefault"))
    assert event["interviewers"][0]["isFeedbackRequired"] is default["isFeedbackRequired"] is True


def test_an_update_does_one_thing_to_events_that_exist(call: Caller) -> None:
    created = schedule(call)
    body = {"interviewScheduleId": created["id"]}
    event_id = created["interviewEvents"][0]["id"]
    both = {"interviewEvent": EVENT, "interviewEventIdToCancel": event_id}
    for wrong in ({}, both, {"interviewEventIdToCancel": ident("none")}, {"interviewEventIdToCancel": []}):  # type: ignore[var-annotated]
        assert call.refused("interviewSchedule.update", **body, **wrong).startswith("invalid_input interviewEvent")


def test_only_the_key_that_made_a_schedule_may_change_it(call: Caller) -> None:
    created = schedule(call)
    other = Caller(call.sandbox, call.sandbox.add_key())
    body = {"interviewScheduleId": created["id"]}
    assert "API key" in other.refused("interviewSchedule.update", **body, interviewEvent=EVENT)
    assert "API key" in other.refused("interviewSchedule.cancel", id=created["id"])
    assert "createdByKeyId" not in created


def test_a_schedule_is_cancelled_once_or_freed_for_another_time(call: Caller) -> None:
    first, second = schedule(call), schedule(call)
    assert call("interviewSchedule.cancel", id=first["id"])["status"] == "Cancelled"
    assert "is canceled" in call.refused("interviewSchedule.cancel", id=first["id"])
    freed = call("interviewSchedule.cancel", id=second["id"], allowReschedule=True)
    assert (freed["status"], freed["interviewEvents"]) == ("NeedsScheduling", [])
    again = call("interviewSchedule.update", interviewScheduleId=second["id"], interviewEvent=EVENT)
    assert again["status"] == "Scheduled"


def test_an_event_with_feedback_is_cancelled_only_along_with_it(call: Caller) -> None:
    created = schedule(call, EVENT, EVENT)
    event_id = created["interviewEvents"][0]["id"]
    give_feedback(call, event_id)
    body = {"interviewScheduleId": created["id"], "interviewEventIdToCancel": event_id}
    assert "allowFeedbackDeletion" in call.refused("interviewSchedule.update", **body)
    assert len(call("applicationFeedback.list", applicationId=CARA)) == 1
    call("interviewSchedule.update", **body, allowFeedbackDeletion=True)
    assert call("applicationFeedback.list", applicationId=CARA) == []


def test_a_schedule_is_complete_when_all_required_feedback_is_given(call: Caller) -> None:
    anna = {"email": "anna@acme.example", "feedbackRequired": True}
    created = schedule(call, EVENT | {"interviewers": [BEN, anna]})
    event_id = created["interviewEvents"][0]["id"]
    give_feedback(call, event_id)
    (waiting,) = call("interviewSchedule.list", applicationId=CARA)
    assert (waiting["status"], waiting["interviewEvents"][0]["hasSubmittedFeedback"]) == ("Scheduled", True)
    give_feedback(call, event_id, "anna")
    assert call("interviewSchedule.list", applicationId=CARA)[0]["status"] == "Complete"
    given = call("applicationFeedback.list", applicationId=CARA)
    assert [(item["submittedByUser"]["firstName"], item["interviewEventId"]) for item in given] == [
        ("Ben", event_id),
        ("Anna", event_id),
    ]


def test_feedback_without_an_event_is_the_api_keys_or_a_users(call: Caller) -> None:
    submitted = call("applicationFeedback.submit", **feedback(SCORE))["submittedFormInstance"]
    assert submitted["submittedValues"] == {"rating": {"score": 3}}
    call("applicationFeedback.submit", **feedback(SCORE, userId=ident("anna")))
    names = [item["submittedByUser"]["firstName"] for item in call("applicationFeedback.list")]
    assert names == ["API", "Anna"]


def test_feedback_on_an_event_is_an_interviewers(call: Caller) -> None:
    event_id = schedule(call)["interviewEvents"][0]["id"]
    no_user = feedback(SCORE, interviewEventId=event_id)
    assert "userId: is required" in call.refused("applicationFeedback.submit", **no_user)
    stranger = no_user | {"userId": ident("anna")}
    assert "not an interviewer" in call.refused("applicationFeedback.submit", **stranger)
    elsewhere = feedback(SCORE, interviewEventId=ident("none"), userId=ident("ben"))
    assert "no such interview event" in call.refused("applicationFeedback.submit", **elsewhere)


@pytest.mark.parametrize(
    ("submissions", "named"),
    [
        ([], "'rating' (Rating) is required"),
        ([*SCORE, {"path": "bogus", "value": 1}], "no field 'bogus'"),
        (SCORE * 2, "given twice"),
        ([{"path": "rating", "value": {"score": 5}}], "at most 4"),
        ([{"path": "rating", "value": 3}], "must be an object"),
        ([{"path": "rating", "value": {"score": "3"}}], "must be an integer"),
        ([{"path": "rating", "value": None}], "must be an object"),
        ([*SCORE, {"path": "notes", "value": "text"}], "notes"),
        ([*SCORE, {"path": "notes", "value": {"type": "HTML", "value": "x"}}], "PlainText"),
        ([*SCORE, {"path": "verdict", "value": "Yes"}], "yes, no"),
        ([{"path": "rating"}], "value: is required"),
    ],
)
def test_a_feedback_form_is_filled_in_by_its_fields_types(
    call: Caller, submissions: list[dict[str, Any]], named: str
) -> None:
    refusal = call.refused("applicationFeedback.submit", **feedback(submissions))
    assert refusal.startswith("invalid_input feedbackForm")
    assert named in refusal
    assert call("applicationFeedback.list") == []


def test_a_field_that_is_not_required_may_be_null(call: Caller) -> None:
    submitted = call("applicationFeedback.submit", **feedback([*SCORE, {"path": "verdict", "value": None}]))
    assert "verdict" not in submitted["submittedFormInstance"]["submittedValues"]
    nested = feedback(SCORE) | {"formDefinitionId": ident("none")}
    assert "formDefinitionId" in call.refused("applicationFeedback.submit", **nested)
