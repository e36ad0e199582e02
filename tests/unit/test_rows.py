"""What the rows of listings say in few tokens: dates, states, and that there is more than they show."""

from typing import Any

import pytest

from langchain_ashby import records
from langchain_ashby.ids import short
from langchain_ashby.results import render

ID = "929ec103-b766-5a16-8927-b510963c1445"


def cells(kind: type, found: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The cells of each row by their headings, as far as those have no notes."""
    _, heading, *lines = render(kind, [{"id": ID, **it} for it in found]).split("\n")
    headings = [
        it.partition(" (")[0].removesuffix(" UTC") for it in heading.partition(" ")[2].split(" ", 1)[1].split("|")
    ]
    rows = [line.partition(" ")[2].split("|") for line in lines[: len(found)]]
    return [dict(zip(headings, [*row, *[""] * len(headings)], strict=False)) for row in rows]


def cell(kind: type, record: dict[str, Any], column: str) -> str:
    return cells(kind, [record])[0].get(column, "")


def application(**more: Any) -> dict[str, Any]:
    times = {"createdAt": "2026-08-05T10:00:00Z", "updatedAt": "2026-10-26T10:00:00Z"}
    return {"status": "Active", "currentInterviewStage": {"title": "Onsite", "type": "Active"}, **times, **more}


ARCHIVED = {"status": "Archived", "currentInterviewStage": {"title": "Archived", "type": "Archived"}}


class TestApplications:
    @pytest.mark.parametrize(
        ("more", "created", "updated", "ended"),
        [
            ({}, "20260805", "20261026", ""),
            ({"updatedAt": "2026-08-05T23:00:00Z"}, "20260805", "", ""),
            ({"archivedAt": "2026-10-26T12:00:00Z"}, "20260805", "", "20261026"),
            ({"archivedAt": "2026-10-25T12:00:00Z"}, "20260805", "20261026", "20261025"),
            ({"updatedAt": None}, "20260805", "unknown", ""),
            ({"hiredAt": "2026-09-01T12:00:00Z"}, "20260805", "20261026", "20260901"),
            ({"hiredAt": "not read"}, "20260805", "20261026", "not read"),
        ],
    )
    def test_have_their_days(self, more: dict[str, Any], created: str, updated: str, ended: str) -> None:
        [row] = cells(records.Application, [application(**more)])
        assert [row.get(it, "") for it in ("created", "updated", "ended")] == [created, updated, ended]

    @pytest.mark.parametrize(
        ("stage", "status", "said"),
        [
            ("Onsite", "Active", ""),
            ("Archived", "Archived", ""),
            ("Archived", "Active", "Active"),
            ("Reached Out", "Lead", "Lead"),
            ("Onsite", "Archived", "Archived"),
            ("Onsite", None, "unknown"),
            ("Onsite", "unknown", '"unknown"'),
        ],
    )
    def test_have_a_status_where_their_stage_does_not_say_it(self, stage: str, status: str | None, said: str) -> None:
        record = application(status=status, currentInterviewStage={"title": stage})
        assert cell(records.Application, record, "status") == said

    def test_of_a_long_listing_say_once_what_they_would_repeat(self) -> None:
        spam = {"text": "Spam", "reasonType": "Other"}
        first = application(**ARCHIVED, archiveReason=spam, source={"title": "Careers page"})
        other = {"source": {"title": "A"}, "archiveReason": {"text": "Late"}, "updatedAt": None}
        last = first | other | {"createdAt": "2025-12-31T10:00:00Z"}
        lines = render(records.Application, [{"id": ID, **it} for it in [*[first] * 11, last]]).split("\n")
        assert lines[1:] == [
            "# application_id status (blank: as stage, else Active)|archive reason|source"
            "|created (UTC, 805: 20260805)|updated (blank: not since)",
            *[f"{short(ID)} |A|B|805|1026"] * 11,
            f'{short(ID)} |Late|"A"|20251231|unknown',
            "# stage, of all",
            "Archived",
            "# letter stands for",
            "A Spam (other)",
            "B Careers page",
            "# 12 records",
        ]

    def test_of_a_long_listing_leave_out_the_stage_that_most_are_in(self) -> None:
        there, elsewhere = ({"currentInterviewStage": {"title": it}} for it in ("Application Review", "Onsite"))
        rows = [{"id": ID, **application(**it)} for it in [there, *[there, elsewhere] * 5, there]]
        text = render(records.Application, rows)
        assert "# application_id stage|status" in text
        assert "\n# stage, where blank\nApplication Review\n" in text
        assert [line.split("|")[0] for line in text.split("\n")[2:14]] == [
            f"{short(ID)} {'Onsite' if it['currentInterviewStage'] is elsewhere['currentInterviewStage'] else ''}"
            for it in rows
        ]
        nowhere = [*rows, {"id": ID, **application(currentInterviewStage=None)}]
        assert f"\n{short(ID)} unknown|" in render(records.Application, nowhere)

    def test_have_as_many_letters_as_it_takes(self) -> None:
        titles = [f"Source {number} with a long name" for number in range(60)] * 3
        found = [{"id": ID, "status": "Lead", "source": {"title": title}} for title in titles]
        text = render(records.Application, found)
        told = [line for line in text.split("\n") if line.partition(" ")[2].startswith("Source ")]
        assert [told[it].partition(" with")[0] for it in (0, 25, 26, 59)] == [
            "A Source 0",
            "Z Source 25",
            "AA Source 26",
            "BH Source 59",
        ]


class TestMoreThanIsShown:
    @pytest.mark.parametrize("kind", [records.Job, records.Application])
    def test_openings_are_shown_where_they_were_asked_for(self, kind: type) -> None:
        opening = {"id": ID, "latestVersion": {"identifier": "OP-1"}, "openingState": "Open"}
        found: list[dict[str, Any]] = [{"openings": [opening]}, {"openings": []}, {}]
        assert [it["openings"] for it in cells(kind, found)] == ["OP-1 (Open)", "(none)", ""]
        assert "openings" not in cells(kind, [{}])[0]

    def test_a_posting_says_how_many_places_it_has(self) -> None:
        places = {"locationIds": {"primaryLocationId": ID, "secondaryLocationIds": [ID, ID]}}
        assert cell(records.JobPosting, {"locationName": "Oslo", **places}, "location") == "Oslo +2"
        assert cell(records.JobPosting, {"locationName": "Oslo +2"}, "location") == '"Oslo +2"'

    def test_a_candidate_says_how_many_addresses_there_are(self) -> None:
        addresses = [{"value": "ada@example.org"}, {"value": "ada@example.com"}]
        candidate = {"primaryEmailAddress": addresses[0], "emailAddresses": addresses}
        heading = "email position at company, city, country"
        assert cell(records.Candidate, candidate, heading) == "ada@example.org +1"
        candidate = {"emailAddresses": addresses[:1], "position": "+1 Cook"}
        assert cell(records.Candidate, candidate, heading) == 'ada@example.org "+1 Cook"'

    def test_a_job_says_how_many_plans_it_has_and_how_people_work(self) -> None:
        job = {"defaultInterviewPlanId": ID, "interviewPlanIds": [ID, "x"], "location": {"name": "Oslo"}}
        assert cell(records.Job, job, "interview_plan_id") == f"{short(ID)} +1"
        job["location"] = {"name": "Oslo", "workplaceType": "Hybrid"}
        assert cell(records.Job, job, "location") == "Oslo (Hybrid)"

    @pytest.mark.parametrize(("is_listed", "said"), [(True, "listed"), (False, "unlisted"), (None, "unknown")])
    def test_a_posting_says_whether_it_is_listed(self, is_listed: bool | None, said: str) -> None:
        assert cell(records.JobPosting, {"isListed": is_listed}, "listed") == said
