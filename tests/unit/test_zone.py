"""Times are read in the zone set by TZ."""

from __future__ import annotations

from datetime import datetime

import pytest

from langchain_ashby.text.words import in_words, moment, span, unknown_zone, zone

NOON = "2026-07-01T12:00:00Z"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Europe/Berlin", "Wed 1 Jul 2026, 14:00 CEST"),
        ("America/New_York", "Wed 1 Jul 2026, 08:00 EDT"),
        ("Asia/Tokyo", "Wed 1 Jul 2026, 21:00 JST"),
        ("UTC", "Wed 1 Jul 2026, 12:00 UTC"),
        (":Europe/Berlin", "Wed 1 Jul 2026, 14:00 CEST"),
    ],
)
def test_a_time_carries_the_zone_that_was_chosen(monkeypatch: pytest.MonkeyPatch, name: str, shown: str) -> None:
    monkeypatch.setenv("TZ", name)
    assert moment(NOON) == shown


@pytest.mark.parametrize("name", ["", "Nowhere/Atlantis", "../etc/passwd", ":/etc/localtime", "CET-1CEST"])
def test_an_unknown_zone_leaves_times_in_utc(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TZ", name)
    assert str(zone()) == "UTC"
    assert moment(NOON) == "Wed 1 Jul 2026, 12:00 UTC"


@pytest.mark.parametrize(
    ("name", "unknown"),
    [("CET-1CEST", "CET-1CEST"), ("Europe/berlim", "Europe/berlim"), (":/etc/localtime", "/etc/localtime")]
    + [(name, None) for name in ("", ":", "UTC", "Etc/UTC", "Europe/Berlin", ":Europe/Berlin", "GMT")],
)
def test_what_is_not_the_name_of_a_zone_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, unknown: str | None
) -> None:
    monkeypatch.setenv("TZ", name)
    assert unknown_zone() == unknown


def test_without_the_setting_times_are_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    assert str(zone()) == "UTC"


NOON_IN_BERLIN = datetime.fromisoformat("2026-07-01T12:00:00+02:00")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("UTC", "Wed 1 Jul 2026, 10:00 UTC (written 12:00 +02:00)"),
        ("Europe/Berlin", "Wed 1 Jul 2026, 12:00 CEST"),
        ("Africa/Johannesburg", "Wed 1 Jul 2026, 12:00 SAST"),
        ("Pacific/Auckland", "Wed 1 Jul 2026, 22:00 NZST (written 12:00 +02:00)"),
        ("Pacific/Pago_Pago", "Tue 30 Jun 2026, 23:00 SST (written Wed 1 Jul 2026, 12:00 +02:00)"),
    ],
)
def test_a_time_of_a_call_is_shown_as_written_where_that_is_another_spelling(
    monkeypatch: pytest.MonkeyPatch, name: str, shown: str
) -> None:
    monkeypatch.setenv("TZ", name)
    assert in_words(NOON_IN_BERLIN) == shown


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("12:00:00Z", "13:00:00Z", "Wed 1 Jul 2026, 12:00 to 13:00 UTC"),
        ("12:00:00+02:00", "13:00:00+02:00", "Wed 1 Jul 2026, 10:00 to 11:00 UTC (written 12:00 to 13:00 +02:00)"),
        (
            "12:00:00+02:00",
            "13:00:00+01:00",
            "Wed 1 Jul 2026, 10:00 to 12:00 UTC (written 12:00 +02:00 to 13:00 +01:00)",
        ),
        (
            "00:00:00+02:00",
            "01:00:00+02:00",
            "Tue 30 Jun 2026, 22:00 to 23:00 UTC (written Wed 1 Jul 2026, 00:00 to 01:00 +02:00)",
        ),
    ],
)
def test_a_span_of_a_call_is_shown_as_written(start: str, end: str, shown: str) -> None:
    first, last = (datetime.fromisoformat(f"2026-07-01T{it}") for it in (start, end))
    assert span(first, last, stated=True) == shown
