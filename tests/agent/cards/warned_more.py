"""Warnings about transfers, hiring teams, requests for feedback and offers that are there."""

from __future__ import annotations

from typing import Any

from desk import ADA, EXAMPLES, STAFF, Desk, Request, make
from documented_more import asked_of, revised, transferred
from situations import SRE, Warned


def team(desk: Desk, tool: str, first_name: str, role: str) -> Request:
    return make(f"{tool}_application_hiring_team_member", **desk.membership(first_name, role))


def also_at(desk: Desk) -> Request:
    """Transfers Ada to a job for which she has another application."""
    job = desk.job(SRE)
    desk.client.call(make("create_application", candidate_id=desk.candidate(ADA), job_id=job))
    return transferred(desk, job_id=job)


def into(desk: Desk, **more: Any) -> Request:
    """Within the job and its plan."""
    plan = desk.id("interviewPlan", title="Engineering")
    return transferred(
        desk, **{"job_id": desk.job(STAFF), "interview_plan_id": plan, "interview_stage_id": desk.stage("Offer")} | more
    )


MORE: list[Warned] = [
    ("transfer to its own job", into, "The application is already for that job."),
    (
        "transfer into another plan",
        lambda desk: transferred(desk, interview_plan_id=desk.id("interviewPlan", title="Engineering")),
        "The interview plan is not one of the job's: Ashby may refuse.",
    ),
    (
        "transfer into a stage of another plan",
        lambda desk: transferred(desk, interview_stage_id=desk.stage("Offer")),
        "The stage belongs to another interview plan: Ashby may refuse.",
    ),
    (
        "transfer into the archive",
        lambda desk: into(desk, interview_stage_id=desk.stage("Archived")),
        "The stage is for archived applications. What a transfer into it does is not documented.",
    ),
    ("transfer beside another", also_at, "The candidate has another application for that job already: it is "),
    (
        "transfer to a job that is not open",
        lambda desk: transferred(desk, job_id=desk.job("Product Manager, Port Operations")),
        "The job is not open: it is closed.",
    ),
    (
        "the last with a role",
        EXAMPLES["remove_application_hiring_team_member"],
        "Nobody else has this role on the hiring team.",
    ),
    (
        "a role that is there",
        lambda desk: team(desk, "add", "Yuki", "Hiring Manager"),
        "Already up to date; nothing would change.",
    ),
    (
        "a member who has left",
        lambda desk: team(desk, "add", "Jonas", "Interviewer"),
        "The user, Jonas Weber, is deactivated in Ashby.",
    ),
    (
        "asked who has left",
        lambda desk: asked_of(desk, interviewer_user_id=desk.user("Jonas")),
        "is deactivated in Ashby.",
    ),
    (
        "asked for another job",
        lambda desk: asked_of(desk, interview_id=desk.id("interview", title="Product Demo")),
        "The interview belongs to another job: Ashby may refuse.",
    ),
    (
        "new terms after a yes",
        lambda desk: revised(desk, acceptanceStatus="Accepted", offerStatus="CandidateAccepted"),
        "The offer is accepted, its latest terms from",
    ),
    (
        "new terms after the candidate accepted earlier ones",
        lambda desk: revised(
            desk, acceptanceStatus="Accepted", offerStatus="CandidateAccepted", decidedAt="2026-01-01T09:00:00Z"
        ),
        "the decision is older than these terms.",
    ),
    (
        "new terms after a refusal that only one status shows",
        lambda desk: revised(desk, acceptanceStatus="Declined", offerStatus="WaitingOnCandidateResponse"),
        "The offer may be over (acceptance status “declined”, offer status “waiting on candidate response”)",
    ),
    (
        "new terms while one status says that the candidate is deciding",
        lambda desk: revised(desk, acceptanceStatus="WaitingOnResponse", offerStatus="WaitingOnOfferApproval"),
        "The candidate may have the present terms already.",
    ),
    (
        "new terms while the candidate thinks",
        lambda desk: revised(desk, acceptanceStatus="WaitingOnResponse", offerStatus="WaitingOnCandidateResponse"),
        "The candidate may have the present terms already.",
    ),
    (
        "new terms of what is over",
        lambda desk: revised(desk, acceptanceStatus="Cancelled", offerStatus="OfferCancelled"),
        "The offer is over (offer cancelled): Ashby may refuse.",
    ),
]
