"""What a colleague makes or sets meanwhile does not pass for the agent's own write, however much it looks like it."""

from __future__ import annotations

from typing import Any

import pytest
from desk import EXAMPLES, SCORECARD, TERMS, Desk, make, meeting

from langchain_ashby.agent.cards import ReadCache, seen_on, settled
from langchain_ashby.agent.cards.as_sent import equal, shows
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS


def changed(request: Operation[Any], **others: Any) -> Operation[Any]:
    """The request with other arguments; those that are None are left out."""
    args = {name: getattr(request, name) for name in request.model_fields_set} | others
    return OPERATIONS[request.tool_name()](**{name: value for name, value in args.items() if value is not None})


OTHERS: dict[str, dict[str, Any]] = {
    "another name": {"tool": "create_candidate", "name": "Mallory Smith"},
    "another phone number": {"tool": "create_candidate", "phone_number": "+44 1"},
    "another profile": {"tool": "create_candidate", "linked_in_url": "https://www.linkedin.com/in/mallory"},
    "another place": {"tool": "create_candidate", "location": {"city": "Leith", "country": "United Kingdom"}},
    "nobody's credit": {"tool": "create_candidate", "credited_to_user_id": None},
    "no source": {"tool": "create_application", "source_id": None},
    "other working hours": {"tool": "create_job", "employment_type": "FullTime"},
    "another description": {"tool": "create_opening", "description": "Something else"},
    "another state": {"tool": "create_opening", "opening_state": "Draft"},
    "a scorecard": {
        "tool": "submit_application_feedback",
        "field_submissions": [{"path": "overall_recommendation", "value": "No"}, *SCORECARD[1:]],
    },
    "an offer": {"tool": "create_offer", "field_submissions": [*TERMS[:3], {**TERMS[3], "value": 60}, *TERMS[4:]]},
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_colleagues_record_with_another_value_does_not_prove_that_the_write_was_made(desk: Desk, other: str) -> None:
    others = dict(OTHERS[other])
    request = EXAMPLES[others.pop("tool")](desk)
    card = desk.card(request)
    desk.client.call(changed(request, **others))
    assert desk.settled(request, card) is None


NOTES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "what looks like a tag": ({"note": "Do <not> hire her"}, {"note": "Do hire her"}),
    "an amount between angles": ({"note": "<90k and >70k is fine"}, {"note": "70k is fine"}),
    "another link": (
        {"note": {"type": "text/html", "value": '<a href="https://example.com/offer">this</a>'}},
        {"note": {"type": "text/html", "value": '<a href="https://example.com/rejection">this</a>'}},
    ),
    "a public one": ({"note": "Pregnant", "is_private": True}, {"note": "Pregnant"}),
    "a private one": ({"note": "Call her"}, {"note": "Call her", "is_private": True}),
}


@pytest.mark.parametrize("kind", NOTES)
def test_a_colleagues_note_of_other_words_or_for_other_readers_proves_nothing(desk: Desk, kind: str) -> None:
    mine, theirs = (make("create_candidate_note", candidate_id=desk.candidate(), **it) for it in NOTES[kind])
    card = desk.card(mine)
    desk.client.call(theirs)
    assert desk.settled(mine, card) is None
    if kind != "a public one":  # of private notes it must be known that the key may see them
        desk.client.call(mine)
        assert desk.settled(mine, card) is True


def test_the_card_still_warns_of_a_note_that_looks_like_the_new_one(desk: Desk) -> None:
    desk.client.call(make("create_candidate_note", candidate_id=desk.candidate(), note="Do hire her"))
    card = desk.card(make("create_candidate_note", candidate_id=desk.candidate(), note="Do <not> hire her"))
    assert "The candidate already has a note with this text." in card["warnings"]
    assert [len(it) for title, it in card["facts"].items() if title == "Notes with this text"] == [1]


LATER = {"start_time": "2030-01-09T10:00:00Z", "end_time": "2030-01-09T11:00:00Z"}


@pytest.mark.parametrize(
    "own",
    [{"interviewers": [{"email": "sofia@example.com", "feedback_required": True}]}, {"extra_data": {"room": "A"}}],
)
@pytest.mark.parametrize("what", ["made", "moved", "added"])
def test_a_colleagues_meeting_without_its_room_or_duties_does_not_pass_for_the_agents(
    desk: Desk, what: str, own: dict[str, Any]
) -> None:
    common = {"interviewers": [{"email": "sofia@example.com", "feedback_required": False}], **LATER}
    if what == "made":
        mine, theirs = (
            make("create_interview_schedule", application_id=desk.application(), interview_events=[it])
            for it in ({**common, **own}, common)
        )
    else:
        schedule = desk.own_schedule()
        which = {"interview_event_id": schedule["interviewEvents"][0]["id"]} if what == "moved" else {}
        mine, theirs = (
            make("update_interview_schedule", interview_schedule_id=schedule["id"], interview_event=[{**it, **which}])
            for it in ({**common, **own}, common)
        )
    card = desk.card(mine)
    desk.client.call(theirs)
    assert desk.settled(mine, card) is None
    desk.client.call(mine)
    assert desk.settled(mine, card) is True


@pytest.mark.parametrize("theirs", [[0], [0, 0], [1]])
def test_meetings_are_added_only_if_each_of_them_is_there(desk: Desk, theirs: list[int]) -> None:
    schedule = desk.own_schedule()["id"]
    events = [meeting("2030-01-10T10:00:00Z", "2030-01-10T11:00:00Z"), meeting(LATER["start_time"], LATER["end_time"])]
    mine = make("update_interview_schedule", interview_schedule_id=schedule, interview_event=events)
    card = desk.card(mine)
    for it in theirs:
        desk.client.call(
            make("update_interview_schedule", interview_schedule_id=schedule, interview_event=[events[it]])
        )
    assert desk.settled(mine, card) is None
    desk.client.call(mine)
    assert desk.settled(mine, card) is True
    assert desk.settled(mine, card, attempts=2) is None


def test_a_rejection_without_its_email_does_not_prove_that_one_was_sent(desk: Desk) -> None:
    request = EXAMPLES["change_application_stage"](desk)
    card = desk.card(request)
    desk.client.call(changed(request, archive_email=None))
    evidence = settled(request, seen_on(card), ReadCache(desk.client))
    assert (evidence.proven, evidence.unseen) == (None, "whether its e-mail was sent")
    without = changed(request, archive_email=None)
    assert settled(without, seen_on(card), ReadCache(desk.client)).proven is True


@pytest.mark.parametrize(
    ("sent", "there", "result"),
    [
        ("Ada  King", "Ada King", False),
        ("Ada King", "AdaKing", False),
        (1, True, False),
        (0, None, False),
        ("", None, True),
        ("2027-01-15", "2027-01-15T00:00:00.000Z", True),
        ("2027-01-15T10:00:00+01:00", "2027-01-15T09:00:00.000Z", True),
        (["b", "a"], ["a", "b"], True),
        ("Ada", "ADA", False),
        ("QA  Engineer", "QA Engineer", False),
        (" Zo\u00eb\r\nLee", "Zoe\u0308\nLee ", True),
        ("Ada@example.org", "ada@Example.org", True),
        (["a"], ["a", "a"], False),
        ({"value": 1}, {"value": 1, "more": 2}, False),
        ({"id": "x", "name": "one"}, {"id": "x", "name": "two"}, True),
    ],
)
def test_values_are_the_same_whatever_their_spelling(sent: Any, there: Any, result: bool) -> None:
    assert equal(sent, there) is result


def test_a_value_that_a_record_does_not_show_counts_as_another() -> None:
    record = {"jobId": "j", "source": {"id": "s"}, "links": [{"type": "Web", "url": "u"}]}
    assert shows(record, {"jobId": "j", "sourceId": "s", "website": "u"}, {"website": "links[type=Web].url"})
    assert not shows(record, {"jobId": "j", "creditedToUserId": "u"})
    assert shows(record, {"jobId": "j", "creditedToUserId": "u"}, but=["creditedToUserId"])
