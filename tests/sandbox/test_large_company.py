"""The company with thousands of candidates has what a real one has, in numbers that questions are asked about."""

from collections import Counter, defaultdict
from typing import Any

import pytest

from langchain_ashby.sandbox.company import company
from langchain_ashby.sandbox.company.make import NOW, time

pytestmark = pytest.mark.slow
Company = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def records() -> Company:
    found: Company = defaultdict(dict)
    for kind, record in company(8000):
        found[kind][record["id"]] = record
    return found


def standing(records: Company, application: dict[str, Any]) -> tuple[str, str]:
    job, stage = application["jobId"], application["currentInterviewStageId"]
    return records["job"][job]["title"], records["interviewStage"][stage]["title"]


def test_hundreds_wait_in_the_review_of_one_job_some_of_them_for_over_a_month(records: Company) -> None:
    everybody = records["application"].values()
    waiting = [it for it in everybody if standing(records, it) == ("Staff Engineer", "Application Review")]
    assert len(waiting) == 494
    assert 100 < sum(it["createdAt"] < "2026-10-03" for it in waiting) < 400


def test_people_are_in_every_stage_of_every_open_job_that_is_not_confidential(records: Company) -> None:
    held = Counter(standing(records, it) for it in records["application"].values())
    for job in records["job"].values():
        if job["status"] == "Open" and not job["confidential"]:
            plan = job["defaultInterviewPlanId"]
            titles = [it["title"] for it in records["interviewStage"].values() if it["interviewPlanId"] == plan]
            assert len(titles) == 9 and min(held[job["title"], title] for title in titles) >= 3


def test_stages_were_entered_at_all_times_and_left_at_different_paces(records: Company) -> None:
    moved = [it["applicationHistory"][-1]["enteredStageAt"] for it in records["application"].values()]
    months = Counter(moment[:7] for moment in moved)
    assert min(months[month] for month in ("2026-08", "2026-09", "2026-10")) > 100
    assert len(set(moved)) > 0.95 * len(moved)


def test_offers_stand_in_every_way(records: Company) -> None:
    offers = records["offer"].values()
    assert len({it["offerStatus"] for it in offers}) == 7
    assert len({it["acceptanceStatus"] for it in offers}) == 6
    approvals = {it["versions"][-1].get("approvalStatus") for it in offers}
    assert approvals == {None, "Approved", "WaitingOnApprovals", "Declined"}
    assert "WaitingOnOfferCreation" in {it["status"] for it in records["offerProcess"].values()}


def test_interviews_stand_in_every_way_and_feedback_is_missing(records: Company) -> None:
    schedules = records["interviewSchedule"].values()
    assert min(Counter(it["status"] for it in schedules).values()) > 10
    given = {(it["interviewEventId"], it["submittedByUserId"]) for it in records["feedback"].values()}
    missing = [
        schedule["status"]
        for schedule in schedules
        for event in schedule["interviewEvents"]
        for interviewer in event["interviewers"]
        if event["endTime"] < time(NOW) and (event["id"], interviewer["userId"]) not in given
    ]
    assert Counter(missing).keys() == {"WaitingOnFeedback", "Cancelled"}
    assert missing.count("WaitingOnFeedback") > 200


def test_people_were_hired_from_many_sources_each_with_an_offer_and_a_seat(records: Company) -> None:
    hired = [it for it in records["application"].values() if it["status"] == "Hired"]
    accepted = [it["applicationId"] for it in records["offer"].values() if it["acceptanceStatus"] == "Accepted"]
    assert sorted(it["id"] for it in hired) == sorted(accepted)
    assert len(
        {records["opening"][seat]["latestVersion"]["identifier"] for it in hired for seat in it["openingIds"]}
    ) == len(hired)
    assert len(hired) > 50 and len({it["sourceId"] for it in hired}) > 5
    assert len({it["jobId"] for it in hired}) == 6


def test_every_reason_that_a_person_may_give_has_been_given(records: Company) -> None:
    given = Counter(it["archiveReasonId"] for it in records["application"].values() if "archiveReasonId" in it)
    assert given.keys() == records["archiveReason"].keys() and min(given.values()) > 10
