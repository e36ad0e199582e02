"""Jobs, postings, openings, and custom fields."""

from typing import Any

import pytest
from caller import Caller
from small_company import ident

ENGINEER = ident("engineer")
DRAFT = {"title": "New", "teamId": ident("platform team"), "locationId": ident("rome")}


def titles(found: list[dict[str, Any]]) -> list[str]:
    return [record["title"] for record in found]


def test_drafts_are_listed_only_when_asked_for(call: Caller) -> None:
    assert titles(call("job.list")) == ["engineer", "secret", "closed"]
    assert titles(call("job.list", status=["Draft"])) == ["draft"]
    assert titles(call("job.list", closedAfter=1)) == ["closed"]
    assert titles(call("job.list", openedBefore=1)) == []


def test_a_job_shows_its_published_postings_and_the_drafts_on_request(call: Caller) -> None:
    job = call("job.info", id=ENGINEER, expand=["location", "openings"])
    assert job["jobPostingIds"] == [ident("listed"), ident("unlisted")]
    assert job["location"]["name"] == "Rome"
    assert len(job["openings"]) == 3
    assert len(call("job.info", id=ENGINEER, includeUnpublishedJobPostingsIds=True)["jobPostingIds"]) == 3
    assert call.refused("job.info", id=ident("none")).startswith("job_not_found")


def test_a_job_is_searched_by_letters_of_its_title_or_by_its_requisition(call: Caller) -> None:
    assert titles(call("job.search", title="ENGIN")) == ["engineer"]
    call("job.update", jobId=ENGINEER, customRequisitionId="REQ-7")
    assert titles(call("job.search", requisitionId="REQ-7")) == ["engineer"]
    assert call("job.search", requisitionId="REQ-7", title="closed") == []
    assert call.refused("job.search").startswith("invalid_input")


def test_a_job_is_created_as_a_draft_and_opens_with_a_plan(call: Caller) -> None:
    job = call("job.create", **DRAFT)
    assert (job["status"], job["employmentType"]) == ("Draft", "FullTime")
    assert "interview plan" in call.refused("job.setStatus", jobId=job["id"], status="Open")
    call("job.update", jobId=job["id"], defaultInterviewPlanId=ident("plan"))
    opened = call("job.setStatus", jobId=job["id"], status="Open")
    assert opened["status"] == "Open"
    assert opened["openedAt"]
    assert call("jobInterviewPlan.info", jobId=job["id"])["interviewPlanId"] == ident("plan")
    for key in ("teamId", "locationId", "defaultInterviewPlanId", "brandId", "jobTemplateId"):
        assert call.refused("job.create", **(DRAFT | {key: ident("none")})).startswith(f"invalid_input {key}")


def test_an_update_of_a_job_must_name_something(call: Caller) -> None:
    assert "at least one field" in call.refused("job.update", jobId=ENGINEER)


@pytest.mark.parametrize(
    ("job", "allowed"),
    [("engineer", {"Closed"}), ("closed", {"Draft", "Archived"}), ("draft", {"Archived"})],
)
def test_a_status_follows_only_certain_others(call: Caller, job: str, allowed: set[str]) -> None:
    for status in ("Draft", "Open", "Closed", "Archived"):
        envelope = call.post("job.setStatus", {"jobId": ident(job), "status": status}).json()
        assert envelope["success"] == (status in allowed)
        call.sandbox.reset()


def test_closing_a_job_says_when(call: Caller) -> None:
    assert call("job.setStatus", jobId=ENGINEER, status="Closed")["closedAt"]


def test_postings_are_filtered_and_drafts_hidden(call: Caller) -> None:
    assert titles(call("jobPosting.list")) == ["listed", "unlisted"]
    assert titles(call("jobPosting.list", listedOnly=True)) == ["listed"]
    assert len(call("jobPosting.list", includeUnpublishedJobPostings=True)) == 3
    assert len(call("jobPosting.list", location="Rome", department="Engineering", limit=1)) == 2
    assert call("jobPosting.list", location="rome") == []
    assert call("jobPosting.list", department="Sales") == []
    assert "jobBoardId" in call.refused("jobPosting.list", jobBoardId=ident("none"))


def test_a_posting_shows_what_a_job_board_shows(call: Caller) -> None:
    posting = call("jobPosting.info", jobPostingId=ident("listed"), expand=["job"])
    assert (posting["departmentName"], posting["teamName"]) == ("Engineering", "Platform")
    assert posting["linkedData"]["employmentType"] == "FULL_TIME"
    assert posting["job"]["id"] == ENGINEER
    draft = {"jobPostingId": ident("unpublished")}
    assert call.refused("jobPosting.info", **draft).startswith("job_posting_not_found")
    assert call("jobPosting.info", **draft, includeUnpublishedJobPostings=True)


def test_an_opening_beyond_a_draft_needs_an_identifier_and_a_job(call: Caller) -> None:
    assert call("opening.create")["openingState"] == "Draft"
    assert "openingState" in call.refused("opening.create", openingState="Open")
    assert "openingState" in call.refused("opening.create", openingState="Filled")
    seat = {"identifier": "S-9", "jobIds": [ENGINEER], "targetHireDate": "2027-01-31"}
    opened = call("opening.create", **seat, openingState="Open")
    assert opened["openedAt"]
    assert opened["latestVersion"]["targetHireDate"] == "2027-01-31"
    assert [found["id"] for found in call("opening.search", identifier="s-9")] == [opened["id"]]
    assert "jobIds" in call.refused("opening.create", jobIds=[ident("none")])
    assert "targetHireDate" in call.refused("opening.create", targetHireDate="2027-02-30")


def test_an_update_of_an_opening_starts_a_version(call: Caller) -> None:
    before = call("opening.info", openingId=ident("SEAT-1"))["latestVersion"]
    after = call("opening.update", openingId=ident("SEAT-1"), description="", isBackfill=True)["latestVersion"]
    assert after["id"] != before["id"]
    assert (after["identifier"], after["isBackfill"]) == ("SEAT-1", True)
    later = call("opening.update", openingId=ident("SEAT-1"), description="A seat")["latestVersion"]
    assert (later["isBackfill"], later["employmentType"]) == (False, "FullTime")
    assert len(call("opening.list")) == 3


def test_jobs_are_added_to_an_opening_and_removed_once(call: Caller) -> None:
    seat = {"openingId": ident("SEAT-1"), "jobId": ident("closed")}
    for _ in range(2):
        assert call("opening.addJob", **seat)["latestVersion"]["jobIds"] == [ENGINEER, ident("closed")]
    for _ in range(2):
        assert call("opening.removeJob", **seat)["latestVersion"]["jobIds"] == [ENGINEER]
    assert "jobId" in call.refused("opening.addJob", **(seat | {"jobId": ident("none")}))


def test_only_closing_an_opening_may_give_a_reason(call: Caller) -> None:
    seat = {"openingId": ident("SEAT-1")}
    reason = {"closeReasonId": ident("budget")}
    assert "closeReasonId" in call.refused("opening.setOpeningState", **seat, openingState="Approved", **reason)
    closed = call("opening.setOpeningState", **seat, openingState="Closed", **reason)
    assert closed["closeReasonId"] == ident("budget")
    assert closed["closedAt"]
    reopened = call("opening.setOpeningState", **seat, openingState="Open")
    assert not {"closeReasonId", "closedAt"} & reopened.keys()


def test_an_opening_is_archived_and_taken_back(call: Caller) -> None:
    assert call("opening.setArchived", openingId=ident("SEAT-1"), archive=True)["archivedAt"]
    assert "archivedAt" not in call("opening.setArchived", openingId=ident("SEAT-1"), archive="false")
    assert "archive: is required" in call.refused("opening.setArchived", openingId=ident("SEAT-1"))


def set_field(field: str, value: Any, owner: str = "Cara Ruiz", object_type: str = "Candidate") -> dict[str, Any]:
    return {"objectType": object_type, "objectId": ident(owner), "fieldId": ident(field), "fieldValue": value}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (set_field("note field", "x"), "x"),
        (set_field("size", "l"), "l"),
        (set_field("sizes", ["l"]), ["l"]),
        (set_field("salary wish", {"value": 1.5, "currencyCode": "EUR"}), {"value": 1.5, "currencyCode": "EUR"}),
        (set_field("count", 7.5, "engineer", "Job"), 7.5),
        (set_field("seat", False, "SEAT-1", "Opening"), False),
    ],
)
def test_a_custom_field_takes_a_value_of_its_type(call: Caller, body: dict[str, Any], value: Any) -> None:
    assert call("customField.setValue", **body)["value"] == value
    cleared = call("customField.setValue", **(body | {"fieldValue": None}))
    assert cleared["value"] is None
    assert "x" not in call("candidate.info", id=ident("Cara Ruiz"))["customFields"]


@pytest.mark.parametrize(
    "body",
    [
        set_field("note field", 5),
        set_field("size", "Large"),
        set_field("size", "s"),
        set_field("sizes", "l"),
        set_field("sizes", ["l", "s"]),
        set_field("salary wish", 100),
        set_field("salary wish", {"value": "100", "currencyCode": "EUR"}),
        set_field("count", "7", "engineer", "Job"),
        set_field("seat", "true", "SEAT-1", "Opening"),
    ],
)
def test_a_custom_field_takes_no_other_value(call: Caller, body: dict[str, Any]) -> None:
    assert call.refused("customField.setValue", **body).startswith("invalid_input fieldValue")


def test_a_custom_field_belongs_to_one_type_of_object(call: Caller) -> None:
    assert "a field of Job" in call.refused("customField.setValue", **set_field("count", 7))
    assert "archived" in call.refused("customField.setValue", **set_field("old field", "x"))
    missing = set_field("note field", "x", owner="nobody")
    assert call.refused("customField.setValue", **missing).startswith("candidate_not_found")


def test_several_values_are_set_together_or_not_at_all(call: Caller) -> None:
    owner = {"objectType": "Candidate", "objectId": ident("Cara Ruiz")}
    good = {"fieldId": ident("note field"), "fieldValue": "x"}
    bad = {"fieldId": ident("size"), "fieldValue": "huge"}
    assert "values[1].fieldValue" in call.refused("customField.setValues", **owner, values=[good, bad])
    assert call("candidate.info", id=ident("Cara Ruiz"))["customFields"] == []
    size = {"fieldId": ident("size"), "fieldValue": "l"}
    assert len(call("customField.setValues", **owner, values=[good, size])) == 2
    fields = call("candidate.info", id=ident("Cara Ruiz"))["customFields"]
    assert [(field["title"], field.get("valueLabel")) for field in fields] == [("note field", None), ("size", "Large")]
