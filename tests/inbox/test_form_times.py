"""Times in forms: on the reviewer's clock, whatever that does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from controls import controls, typed
from hypothesis import given, settings
from hypothesis import strategies as st

from langchain_ashby.endpoints.applications import UpdateApplication
from langchain_ashby.inbox.forms import Form, Read, form, read

UUID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


def at(moment: str, zone: str, **sent: str) -> Form:
    """The form with a time, after somebody typed into it."""
    args = {"application_id": UUID, "created_at": moment}
    shown = form(UpdateApplication, args, within=ZoneInfo(zone))
    over: dict[str, Any] = {
        f"created_at{name.removeprefix('time')}".replace("__", "~"): it for name, it in sent.items()
    }
    return form(UpdateApplication, args, within=ZoneInfo(zone), typed=typed(shown, over))


def said(moment: str, zone: str, **sent: str) -> Any:
    return _args(read(at(moment, zone, **sent)))["created_at"]


def _args(found: Read) -> dict[str, Any]:
    assert found.problems == {}
    assert found.args is not None
    return found.args


def problem(moment: str, zone: str, **sent: str) -> str:
    [[told]] = read(at(moment, zone, **sent)).problems.values()
    return told


def test_a_time_is_shown_on_the_reviewers_clock_and_sent_with_its_offset() -> None:
    moment = "2026-11-24T15:00:00Z"
    assert controls(at(moment, "America/New_York")).sent["created_at"] == ["2026-11-24T10:00"]
    assert said(moment, "America/New_York") == moment
    assert said(moment, "America/New_York", time="2026-11-24T11:30") == "2026-11-24T11:30:00-05:00"
    assert said(moment, "Europe/Berlin", time="2026-07-24 11:30:15") == "2026-07-24T11:30:15+02:00"


@pytest.mark.parametrize("zone", ZONES)
def test_every_moment_that_is_typed_anew_is_the_one_that_is_sent(zone: str) -> None:
    """Also in the hour that occurs twice: the form asks which one is meant."""
    hours = st.integers(0, 24 * 4 * 400).map(lambda it: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * it))

    @given(hours)
    @settings(max_examples=30)
    def check(moment: datetime) -> None:
        sent = controls(at(moment.isoformat(), zone)).sent
        names = {name: it for name, it in sent.items() if name.startswith("created_at")}
        other = {"application_id": UUID, "created_at": "2001-01-01T00:00:00Z"}
        base = controls(form(UpdateApplication, other, within=ZoneInfo(zone))).sent
        found = _args(read(form(UpdateApplication, other, within=ZoneInfo(zone), typed=base | names)))
        assert datetime.fromisoformat(found["created_at"]) == moment

    check()


def test_a_time_in_the_gap_of_a_night_in_spring_does_not_exist() -> None:
    told = problem("2026-03-01T12:00:00Z", "Europe/Berlin", time="2026-03-29T02:30")
    assert "02:30 on Sun 29 Mar 2026 does not exist in Europe/Berlin" in told
    assert "01:30 or 03:30" in told


def test_a_day_that_a_place_left_out_does_not_exist() -> None:
    assert "does not exist" in problem("2011-12-01T12:00:00Z", "Pacific/Apia", time="2011-12-30T12:00")


def test_a_time_that_comes_twice_is_asked_about() -> None:
    moment, autumn = "2026-10-01T12:00:00Z", "2026-10-25T02:30"
    assert "occurs twice" in problem(moment, "Europe/Berlin", time=autumn)
    assert controls(at(moment, "Europe/Berlin", time=autumn)).sent["created_at~offset"] == [""]
    early = said(moment, "Europe/Berlin", time=autumn, __offset="+02:00")
    late = said(moment, "Europe/Berlin", time=autumn, __offset="+01:00")
    assert (early, late) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    shown = controls(at(late, "Europe/Berlin")).sent
    assert shown["created_at~offset"] == ["+01:00"] and said(late, "Europe/Berlin") == late
    assert said(late, "Europe/Berlin", __offset="+02:00") == early


@pytest.mark.parametrize(
    "text", ["tomorrow", "2026-11-24", "24.11.2026 15:00", "2026-11-24T25:00", "2026-02-30T10:00", "٢٠٢٦-11-24T15:00"]
)
def test_what_is_no_time_is_said_and_stays_in_the_form(text: str) -> None:
    assert "such as 2026-11-24 15:00" in problem("2026-11-24T15:00:00Z", "UTC", time=text)
    assert controls(at("2026-11-24T15:00:00Z", "UTC", time=text)).sent["created_at"] == [text]


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999999-14:00",
        "1890-01-01T00:00:00+00:53:28",
        "2026-11-24T15:00:00.123456Z",
        "2026-11-24T15:00:30.500Z",
        "20261124T150000Z",
        "2016-12-31T23:59:60Z",
        1764000000,
        "not a time",
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati"])
def test_odd_times_stay_as_they_are(moment: Any, zone: str) -> None:
    it = next(it for it in at(moment, zone).fields if it.way == "created_at")
    assert it.is_as_shown and it.value == moment


@pytest.mark.slow
def test_every_zone_has_its_clock() -> None:
    for zone in sorted(available_timezones()):
        assert said("2026-11-24T15:00:00Z", zone, time="2026-11-24T15:00")


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-11-24T15:00:30.500Z", "2026-11-24T15:00:30.5"),
        ("2026-11-24T15:00:30.123456Z", "2026-11-24T15:00:30.123"),
        ("2026-11-24T15:00Z", "2026-11-24T15:00:00.000"),
    ],
)
def test_a_browser_may_spell_a_time_in_its_own_way(moment: str, sent: str) -> None:
    assert not read(at(moment, "UTC", time=sent)).changed
