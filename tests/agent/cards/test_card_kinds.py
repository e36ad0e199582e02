"""Values of another kind than Ashby's: the card takes them for unread, never for "no" or "none"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from another_ashby import Seen, Way
from desk import EXAMPLES, Desk, make, meeting
from test_card_second_look import answer
from test_card_unread import assert_no_more_at_ease

from langchain_ashby.agent.cards.complete import KINDS, Kind, checked

pytestmark = pytest.mark.slow

OTHERS: list[Any] = [{}, [], "", 0, 1, "true", "x", 1e12, [None]]
EACH = 5
"""A place is given one value in five, and the next place the next ones: a kind holds the same in all places."""


def kinds_of(method: str) -> dict[Way, Kind]:
    """The keys that cards rest on in the records of a method, by the way there: 0 is the entry of a list."""
    kinds = KINDS.get(method) or KINDS.get(method.partition(".")[0], {})
    ways = {way.replace("?", "").replace("[]", ".0"): kind for way, kind in kinds.items()}
    return {tuple(0 if it == "0" else it for it in way.split(".")): kind for way, kind in ways.items()}


def rested_on(seen: Seen) -> Iterator[tuple[Any, Way, list[Any]]]:
    """What the table covers in the replies, the first of each, and the values of no kind that Ashby sends there."""
    known = set()
    for key, way, present in seen.ways():
        kinds, in_record = kinds_of(key[0].path), way[isinstance(way[0], int) :]
        below = {it: kind for it, kind in kinds.items() if in_record and it[: len(in_record)] == in_record}
        if below and present and (key[0].path, in_record) not in known:
            known.add((key[0].path, in_record))
            kind = below.get(in_record)
            fits = kind.holds if kind else lambda it, present=present: isinstance(present, list) and it == []
            yield key, way, [it for it in OTHERS if not fits(it)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_value_of_another_kind_is_unread_and_makes_no_card_more_harmless(desk: Desk, name: str) -> None:
    seen, replaced = Seen(desk, EXAMPLES[name](desk)), 0
    for number, (key, way, values) in enumerate(rested_on(seen)):
        for value in values[number % EACH :: EACH]:  # the other values at the other places
            replaced += 1
            card = seen.altered(key, way, value)
            assert seen.is_incomplete, (way, value)
            if card != seen.card:
                assert set(card["unchecked"]) - set(seen.card["unchecked"]) and card["risk"] == "high", (way, value)
            assert_no_more_at_ease(seen, card, (way, value))
    assert replaced


def test_applications_that_are_no_list_are_not_taken_for_none(desk: Desk) -> None:
    candidate = desk.client.call(make("get_candidate", candidate_id=desk.candidate()))
    request = make("create_application", candidate_id=candidate["id"], job_id=desk.job())
    assert any("application for the same job" in it for it in desk.card(request)["warnings"])
    answer(desk, "candidate.info", {**candidate, "applicationIds": {}})
    card = desk.card(request)
    assert card["risk"] == "high"
    assert "The candidate could not be read in full: applicationIds is not a list." in card["unchecked"]


@pytest.mark.parametrize("time", ["2030-01-08 at 10:00", 1893492000000], ids=["words", "milliseconds"])
def test_a_meeting_whose_time_cannot_be_read_is_not_left_unsaid(desk: Desk, time: Any) -> None:
    application = desk.application()
    desk.client.call(make("create_interview_schedule", application_id=application, interview_events=[meeting()]))
    schedules = desk.client.call(make("list_interview_schedules", application_id=application)).results
    request = EXAMPLES["change_application_stage"](desk)
    for schedule in schedules:
        for event in schedule["interviewEvents"]:
            event["startTime"] = time
    answer(desk, "interviewSchedule.list", schedules)
    told = desk.card(request)["unchecked"]
    assert "The interviews could not be read in full: interviewEvents.startTime is not a time." in told


@pytest.mark.parametrize("value", ["true", 1, None], ids=repr)
def test_a_job_that_may_be_confidential_is_said_not_to_be_known(desk: Desk, value: Any) -> None:
    job = desk.client.call(make("get_job", job_id=desk.job()))
    answer(desk, "job.info", {**job, "confidential": value})
    card = desk.card(EXAMPLES["set_job_status"](desk))
    assert card["risk"] == "high" and any("confidential" in it for it in card["unchecked"])


def test_a_present_value_that_cannot_be_read_is_not_shown_as_none(desk: Desk) -> None:
    job = desk.client.call(make("get_job", job_id=desk.job()))
    answer(desk, "job.info", {**job, "title": {"text": "Engineer"}})
    card = desk.card(make("update_job", job_id=job["id"], title="Engineer"))
    assert card["changes"] == [{"field": "Title", "before": "not known", "after": "Engineer"}]
    assert "Title" not in card["facts"]


def test_what_is_unread_is_said_in_one_order_whichever_comes_first_in_a_reply() -> None:
    links = [{"type": "x"}, {"url": "u"}]
    said = [checked("candidate.info", {"socialLinks": it}).gaps for it in (links, links[::-1])]
    assert said[0] == said[1]
    assert [it for it in said[0] if "socialLinks" in it] == [
        "Ashby did not send socialLinks.type",
        "Ashby did not send socialLinks.url",
    ]
