"""Approvals of offers, transfers, hiring teams, requests for feedback and edited postings."""

import pytest
from caller import Caller
from small_company import ident
from test_sandbox_applications import CARA, make_offer, stage

from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.records import ApplicationHiringTeamRole

TERMS = [{"path": "startDate", "value": "2027-02-01"}, {"path": "salary", "value": {"value": 1, "currencyCode": "EUR"}}]


def test_an_approval_starts_once_and_for_the_newest_terms(call: Caller) -> None:
    offer = make_offer(call)
    first = offer["latestVersion"]["id"]
    offer = call("offer.update", offerId=offer["id"], offerForm={"fieldSubmissions": TERMS})
    latest = offer["latestVersion"]["id"]
    assert latest != first and offer["offerStatus"] == "WaitingOnApprovalStart"
    assert "not the latest version" in call.refused("offer.startApprovalProcess", offerVersionId=first)
    started = call("offer.startApprovalProcess", offerVersionId=latest, note="Please.")
    assert started["offerStatus"] == "WaitingOnOfferApproval"
    assert started["latestVersion"]["approvalStatus"] == "WaitingOnApprovals"
    assert "does not wait" in call.refused("offer.startApprovalProcess", offerVersionId=latest)
    [approval] = call("approval.list", entityType="offer", entityId=latest)
    assert "note" not in approval and "applicationId" not in approval


def test_new_terms_of_an_offer_that_was_sent_to_approvers_go_to_them_too(call: Caller) -> None:
    offer = make_offer(call)
    call("offer.startApprovalProcess", offerVersionId=offer["latestVersion"]["id"])
    changed = call("offer.update", offerId=offer["id"], offerForm={"fieldSubmissions": TERMS})
    assert changed["offerStatus"] == "WaitingOnOfferApproval" and len(changed["versions"]) == 2
    assert len(call("approval.list")) == 2


def test_a_transfer_takes_the_application_to_the_job_and_keeps_its_history(call: Caller) -> None:
    before = call("application.info", applicationId=CARA)
    to = {"interviewPlanId": ident("plan"), "interviewStageId": stage("Lead")}
    moved = call("application.transfer", applicationId=CARA, jobId=ident("closed"), **to)
    assert moved["job"]["id"] == ident("closed") and moved["status"] == "Lead"
    history = call("application.listHistory", applicationId=CARA)
    assert len(history) == len(before["applicationHistory"]) + 1


@pytest.mark.parametrize(
    ("plan", "stage_type", "said"),
    [
        ("other plan", "Active", "is no plan of the job"),
        ("plan", "Archived", "cannot be transferred to a stage of type Archived"),
        ("plan", "Hired", "cannot be transferred to a stage of type Hired"),
    ],
)
def test_a_transfer_needs_a_stage_of_a_plan_of_the_job(call: Caller, plan: str, stage_type: str, said: str) -> None:
    to = {"interviewPlanId": ident(plan), "interviewStageId": ident(f"{plan} {stage_type}")}
    assert said in call.refused("application.transfer", applicationId=CARA, jobId=ident("closed"), **to)


def test_a_hiring_team_gains_and_loses_one_role_at_a_time(call: Caller, sandbox: AshbySandbox) -> None:
    store = sandbox._engine.store
    with store.transaction():
        for title in ("Recruiter", "Interviewer"):
            store.add(ApplicationHiringTeamRole, {"id": ident(title), "title": title})
    ben = {"applicationId": CARA, "teamMemberId": ident("ben")}
    for title in ("Recruiter", "Interviewer", "Interviewer"):
        assert call("application.addHiringTeamMember", **ben, roleId=ident(title))["role"] == title
    call("application.removeHiringTeamMember", **ben, roleId=ident("Recruiter"))
    team = call("application.info", applicationId=CARA)["hiringTeam"]
    assert [(it["firstName"], it["role"]) for it in team] == [("Anna", "Hiring Manager"), ("Ben", "Interviewer")]
    assert "does not have this role" in call.refused(
        "application.removeHiringTeamMember", **ben, roleId=ident("Recruiter")
    )


def test_who_was_asked_for_feedback_gives_it_without_a_meeting(call: Caller) -> None:
    asked = {"applicationId": CARA, "interviewId": ident("chat"), "interviewerUserId": ident("ben")}
    event = call("applicationFeedbackRequest.create", **asked)["interviewEventId"]
    assert call("applicationFeedbackRequest.create", **asked)["interviewEventId"] != event
    form = {"fieldSubmissions": [{"path": "rating", "value": {"score": 3}}]}
    feedback = {"applicationId": CARA, "formDefinitionId": ident("scorecard"), "feedbackForm": form}
    assert "is not who was asked" in call.refused(
        "applicationFeedback.submit", **feedback, interviewEventId=event, userId=ident("anna")
    )
    call("applicationFeedback.submit", **feedback, interviewEventId=event, userId=ident("ben"))
    [given] = call("applicationFeedback.list", applicationId=CARA)
    assert given["interviewEventId"] == event and given["interviewId"] == ident("chat")


def test_a_postings_text_keeps_the_tags_that_ashby_keeps(call: Caller) -> None:
    html = '<h1>Work</h1><table>Ships</table><p onclick="x">Ports &amp; <b>tides</b></p><script>no</script>'
    changed = call(
        "jobPosting.update",
        jobPostingId=ident("unpublished"),
        description={"type": "text/html", "content": html},
        suppressDescriptionOpening=True,
    )
    assert changed["descriptionHtml"] == "<h1>Work</h1>ShipsPorts &amp; <b>tides</b>"
    assert changed["descriptionPlain"] == "Work\nShipsPorts & tides"
    assert changed["title"] == "unpublished"
