"""Each write's card, on real records; `make regenerate` rewrites the files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk import EXAMPLES, SCORECARD, Desk, make, meeting
from situations import booked, cancel_meeting, change_meeting, feedback, with_feedback
from snapshot import check, check_folder

from langchain_ashby.agent.cards import markdown
from langchain_ashby.agent.cards.registry import BUILDERS
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS

SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_each_write_has_a_card() -> None:
    writes = [
        operation
        for operation in OPERATIONS.values()
        if operation.access is Access.WRITE and not issubclass(operation, Bulk)
    ]
    without = [it.__name__ for it in writes if it not in BUILDERS and it.effect is None]
    assert not without, f"declare the effect of {', '.join(without)}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_card_says_what_a_recruiter_needs(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    shown = markdown(desk.card(request)) + "\n"
    # Ids of new records differ from run to run.
    shown = shown.replace(str(desk.files), "/files")
    check(SNAPSHOTS / f"{name}.md", shown)


def test_there_is_a_file_for_every_card_and_no_other() -> None:
    check_folder(SNAPSHOTS, (f"{name}.md" for name in EXAMPLES))


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_id_is_shown_but_among_the_exact_arguments(desk: Desk, name: str) -> None:
    card = desk.card(EXAMPLES[name](desk))
    words = [card["line"], *card["consequences"], *card["warnings"], *card["unchecked"]]
    words += [text for change in card["changes"] for text in change.values() if isinstance(text, str)]
    assert not [it for it in words if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", it)]
    assert "not known" not in " ".join(words)


def test_who_has_to_give_feedback_is_shown_where_that_is_all_that_changes(desk: Desk) -> None:
    asked = [{"email": "sofia@example.com", "feedback_required": True}]
    free = [{**asked[0], "feedback_required": False}]
    which = {"interview_id": desk.id("interview", title="System Design")}
    card = desk.card(
        change_meeting(desk, booked(desk, meeting(**which, interviewers=free)), **which, interviewers=asked)
    )
    [change] = card["changes"]
    assert change["after"] == f"{str(change['before'])[:-1]}, feedback required)"
    card = desk.card(
        change_meeting(desk, booked(desk, meeting(**which, interviewers=asked)), **which, interviewers=free)
    )
    [change] = card["changes"]
    assert change["before"] == f"{str(change['after'])[:-1]}, feedback required)"


def test_consequences_are_stated_once(desk: Desk) -> None:
    made = booked(desk, meeting(), meeting("2026-11-11T15:00:00Z", "2026-11-11T16:00:00Z"))
    both = [it["id"] for it in made["interviewEvents"]]
    card = desk.card(
        make("update_interview_schedule", interview_schedule_id=made["id"], interview_event_id_to_cancel=both)
    )
    assert card["consequences"] == [
        "Interviewers and the candidate may get e-mail; this is not documented.",
        "Ashby changes only schedules that were made with the same API key.",
    ]


def test_an_interview_canceled_to_be_rescheduled_is_not_called_lost(desk: Desk) -> None:
    made = booked(desk, meeting())
    card = desk.card(make("cancel_interview_schedule", interview_schedule_id=made["id"], allow_reschedule=True))
    assert card["line"].endswith(", to be scheduled again")
    assert "The schedule can be rescheduled." in card["consequences"]


def test_a_change_without_effect_has_no_consequences(desk: Desk) -> None:
    application = desk.one("application", id=desk.application())
    request = make("change_application_source", application_id=application["id"], source_id=application["sourceId"])
    card = desk.card(request)
    assert card["warnings"] == ["Already up to date; nothing would change."]
    assert card["consequences"] == []


def test_a_change_of_what_the_card_spells_itself_is_not_called_up_to_date(desk: Desk) -> None:
    links = [{"type": "GitHub", "url": "https://github.example/ada"}]
    card = desk.card(make("update_candidate", candidate_id=desk.candidate(), social_links=links))
    assert card["line"].startswith("Change the list of links of Ada Lovelace") and card["warnings"] == []
    again = desk.card(make("update_candidate", candidate_id=desk.candidate(), name="Ada Lovelace"))
    assert again["warnings"] == ["Already up to date; nothing would change."]


def test_a_value_that_is_not_taken_is_not_called_missing_as_well(desk: Desk) -> None:
    card = desk.card(feedback(desk, [{"path": "technical_depth", "value": 9}, *SCORECARD[:2]]))
    assert card["warnings"][0] == "Technical depth: takes a score from 1 to 4. Nothing will be sent."
    assert not any("missing" in it for it in card["warnings"])


def test_records_in_a_line_of_changes_are_called_as_elsewhere(desk: Desk) -> None:
    source = desk.id("source", title="Old Newsgroup Ad")
    card = desk.card(make("update_candidate", candidate_id=desk.candidate(), source_id=source))
    assert card["line"] == (
        "Change the source of Ada Lovelace (ada.lovelace@example.org) from Employee Referral (Referral) "
        "to Old Newsgroup Ad (Inbound, archived)"
    )


def test_warnings_do_not_repeat_what_the_changes_say_of_a_meeting(desk: Desk) -> None:
    card = desk.card(cancel_meeting(desk, with_feedback(desk)))
    assert str(card["changes"][0]["before"]).endswith(" with Sofia Marchetti (sofia@example.com)")
    assert card["warnings"] == [
        "Feedback was submitted on this meeting, so Ashby will refuse: "
        "Technical Phone Screen, Tue 10 Nov 2026, 15:00 to 16:00 UTC."
    ]
