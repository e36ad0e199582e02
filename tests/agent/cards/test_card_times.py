"""Times on cards: in the reader's zone and as they were written, and what may be wrong with them where people are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from desk import Desk, make, meeting
from situations import email, reason
from test_card_names import twin

from langchain_ashby.agent.cards import Card, ReadCache, card_of, markdown

NEW_YORK = "America/New_York"


def scheduled(desk: Desk, times: Sequence[str], zone: str | None = None) -> Card:
    """The card of a meeting with a candidate in this zone."""
    candidate = twin(desk, "candidate", desk.candidate(), timezone=zone)
    application = twin(desk, "application", desk.application(), candidateId=candidate)
    return desk.card(make("create_interview_schedule", application_id=application, interview_events=[meeting(*times)]))


JUNE = ("2027-06-07T09:00:00-05:00", "2027-06-07T10:00:00-05:00")


@pytest.mark.parametrize("zone", [None, NEW_YORK, "Nowhere/Atlantis", "../etc/passwd"])
def test_a_time_is_shown_in_the_readers_zone_and_as_it_was_written(desk: Desk, zone: str | None) -> None:
    card = scheduled(desk, JUNE, zone)
    said = "the organization's default interview, Mon 7 Jun 2027, 14:00 to 15:00 UTC (written 09:00 to 10:00 -05:00), "
    assert str(card["changes"][0]["after"]).startswith(said)
    assert "start time: `2027-06-07T09:00:00-05:00`" in markdown(card)


def test_summer_time_that_was_forgotten_is_told_where_the_zone_is_known(desk: Desk) -> None:
    warning = (
        "09:00 -05:00 on Mon 7 Jun 2027 may be a mistake: the candidate's zone, America/New_York, is at -04:00 then, "
        "so it is 10:00 there."
    )
    assert warning in scheduled(desk, JUNE, NEW_YORK)["warnings"]
    assert scheduled(desk, JUNE)["warnings"] == scheduled(desk, JUNE, "Europe/Berlin")["warnings"] == []
    right = [it.replace("-05:00", "-04:00") for it in JUNE]
    assert scheduled(desk, right, NEW_YORK)["warnings"] == []
    in_winter = [it.replace("2027-06-07", "2027-12-06") for it in JUNE]
    assert scheduled(desk, in_winter, NEW_YORK)["warnings"] == []


def test_summer_time_is_checked_in_the_readers_zone_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", NEW_YORK)
    card = scheduled(desk, JUNE)
    assert "Mon 7 Jun 2027, 10:00 to 11:00 EDT (written 09:00 to 10:00 -05:00)" in str(card["changes"][0]["after"])
    [warning] = card["warnings"]
    assert "your zone, America/New_York, is at -04:00" in warning
    right = [it.replace("-05:00", "-04:00") for it in JUNE]
    assert "Mon 7 Jun 2027, 09:00 to 10:00 EDT, with " in str(scheduled(desk, right)["changes"][0]["after"])
    monkeypatch.setenv("TZ", "America/Chicago")
    assert scheduled(desk, JUNE, NEW_YORK)["warnings"] == [], "there that is the time"


def test_the_time_of_an_email_is_checked_too(desk: Desk) -> None:
    candidate = twin(desk, "candidate", desk.candidate(), timezone=NEW_YORK)
    card = desk.card(
        make(
            "change_application_stage",
            application_id=twin(desk, "application", desk.application(), candidateId=candidate),
            interview_stage_id=desk.stage("Archived"),
            **reason(desk),
            **email(desk, send_at=JUNE[0]),
        )
    )
    assert any("Mon 7 Jun 2027, 14:00 UTC (written 09:00 -05:00)" in it for it in card["consequences"])
    assert any(it.startswith("09:00 -05:00 on Mon 7 Jun 2027 may be a mistake") for it in card["warnings"])


FRIDAY = ("2026-12-04T20:00:00-05:00", "2026-12-04T21:00:00-05:00")
SATURDAY = ("2026-12-05T15:00:00Z", "2026-12-05T16:00:00Z")


@pytest.mark.parametrize(
    ("times", "zone", "warned"),
    [
        (FRIDAY, NEW_YORK, None),
        (FRIDAY, None, None),
        (FRIDAY, "Asia/Tokyo", "Sat 5 Dec 2026 is a Saturday (in Asia/Tokyo)."),
        (SATURDAY, None, "Sat 5 Dec 2026 is a Saturday (in UTC)."),
        (SATURDAY, "Pacific/Kiritimati", "Sun 6 Dec 2026 is a Sunday (in Pacific/Kiritimati)."),
    ],
)
def test_a_day_off_is_one_where_the_people_are(
    desk: Desk, times: Sequence[str], zone: str | None, warned: str | None
) -> None:
    assert scheduled(desk, times, zone)["warnings"] == ([warned] if warned else [])


def test_a_date_that_a_write_sets_is_shown_as_it_was_written(desk: Desk) -> None:
    card = desk.card(make("update_candidate", candidate_id=desk.candidate(), created_at="2026-01-01T00:30:00+02:00"))
    [change] = card["changes"]
    assert change["after"] == "Wed 31 Dec 2025, 22:30 UTC (written Thu 1 Jan 2026, 00:30 +02:00)"
    assert change["before"] == "Tue 30 Jun 2026, 14:55 UTC"


def test_a_time_that_does_not_exist_where_the_candidate_is_leaves_a_plain_card(desk: Desk) -> None:
    card = scheduled(desk, ("9999-12-31T22:00:00Z", "9999-12-31T23:00:00Z"), "Asia/Tokyo")
    assert card["risk"] == "high" and any("The card could not be made" in it for it in card["unchecked"])


@pytest.mark.parametrize(("zone", "said"), [("America/Los_Angeles", False), ("UTC", True), ("Pacific/Auckland", True)])
def test_a_day_is_past_in_the_readers_zone(desk: Desk, monkeypatch: pytest.MonkeyPatch, zone: str, said: bool) -> None:
    monkeypatch.setenv("TZ", zone)
    request = make("create_opening", identifier="OP-300", target_hire_date="2026-11-29")
    card = card_of(request, ReadCache(desk.client, now=datetime(2026, 11, 30, 1, tzinfo=UTC)))
    assert ("The target hire date is in the past: Sun 29 Nov 2026." in card["warnings"]) is said
