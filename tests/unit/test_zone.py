"""Times are read in the zone set by TZ."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from langchain_ashby.text.words import in_words, unknown_zone, zone

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


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
    assert in_words(NOON) == shown


@pytest.mark.parametrize("name", ["", "Nowhere/Atlantis", "../etc/passwd", ":/etc/localtime", "CET-1CEST"])
def test_an_unknown_zone_leaves_times_in_utc(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TZ", name)
    assert str(zone()) == "UTC"
    assert in_words(NOON) == "Wed 1 Jul 2026, 12:00 UTC"


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
