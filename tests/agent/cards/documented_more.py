"""What Ashby documents about the writes of applications, offers and postings that come on request."""

from __future__ import annotations

from typing import Any

from desk import EXAMPLES, TERMS, Desk, Request, make, meeting
from documented import NONE, Documented
from situations import booked
from test_card_second_look import answer


def transferred(desk: Desk, **more: Any) -> Request:
    """The example's transfer with other arguments, those of the stage left to their default."""
    given = EXAMPLES["transfer_application"](desk).model_dump(mode="json", exclude_unset=True)
    return make("transfer_application", **{**given, "start_automatic_activities": None, **more})


def transferred_with_a_meeting(desk: Desk) -> Request:
    booked(desk, meeting())
    return transferred(desk)


def revised(desk: Desk, **present: Any) -> Request:
    """New terms for an offer of which Ashby says this."""
    request = EXAMPLES["update_offer"](desk)
    offer = desk.client.call(make("get_offer", offer_id=request.model_dump()["offer_id"]))
    answer(desk, "offer.info", {**offer, **present, "latestVersion": {**offer["latestVersion"], **present}})
    return request


def asked_of(desk: Desk, **more: Any) -> Request:
    given = EXAMPLES["request_feedback"](desk).model_dump(mode="json", exclude_unset=True)
    return make("request_feedback", **{**given, **more})


def posted(desk: Desk, **more: Any) -> Request:
    return make("update_job_posting", job_posting_id=desk.id("jobPosting", title="Staff Engineer"), **more)


MORE: dict[str, list[Documented]] = {
    "transfer_application": [
        Documented(
            "it takes a job, a plan and a stage",
            transferred,
            ["to Senior Product Designer", "Interview plan Business & Design", "Stage Application Review"],
        ),
        Documented(
            "automatic activities of the stage start by default",
            transferred,
            ["The automatic activities of the stage start. No read shows which they are."],
        ),
        Documented(
            "unless they are not wanted",
            EXAMPLES["transfer_application"],
            ["The automatic activities of the stage are not started."],
            ["activities of the stage start."],
        ),
        Documented(
            "of interviews nothing is said",
            transferred_with_a_meeting,
            ["An interview is still scheduled", "not documented what happens to its interviews, feedback and offers"],
        ),
    ],
    "add_application_hiring_team_member": [
        Documented(
            "a user gets a role on this application's team",
            EXAMPLES["add_application_hiring_team_member"],
            ["to the hiring team of Ada Lovelace", "as Coordinator", "not documented whether Ashby notifies the user"],
        )
    ],
    "remove_application_hiring_team_member": [
        Documented(
            "a role is taken from a user",
            EXAMPLES["remove_application_hiring_team_member"],
            ["Remove Yuki Tanaka (yuki@example.com), Hiring Manager"],
        )
    ],
    "request_feedback": [
        Documented(
            "no meeting is needed, and how the user is told is not said",
            EXAMPLES["request_feedback"],
            ["It is not documented how Ashby tells the user."],
        ),
        Documented(
            "the interview has to be set up for it",
            lambda it: asked_of(it, interview_id=it.one("interview", isFeedbackRequested=False)["id"]),
            ["not set up to request feedback: Ashby will refuse"],
        ),
    ],
    "update_job_posting": [
        Documented(
            "some tags are kept, others not",
            lambda it: posted(it, description="<p>Hi</p><table></table><b>there</b>"),
            ["Ashby leaves out tags: p and table."],
        ),
        Documented(
            "of tags that are kept nothing is said", EXAMPLES["update_job_posting"], NONE, ["Ashby leaves out tags"]
        ),
        Documented(
            "the brand's opening and closing are not changed",
            EXAMPLES["update_job_posting"],
            ["not the opening and closing of the brand"],
        ),
        Documented(
            "they can be left out",
            lambda it: posted(it, suppress_description_opening=True),
            ["Suppress description opening yes"],
        ),
        Documented(
            "when the job board shows it is open",
            EXAMPLES["update_job_posting"],
            ["It is not documented when the job board shows the change."],
        ),
    ],
    "update_offer": [
        Documented(
            "it makes a version and starts approvals again",
            EXAMPLES["update_offer"],
            ["makes a new version of the offer, and every approval that it needs starts again"],
        ),
        Documented(
            "an approval of the present terms does not hold",
            lambda it: revised(it, approvalStatus="Approved"),
            ["The present terms are approved; the approval does not hold for the new ones."],
        ),
        Documented(
            "approvers may have the present ones",
            lambda it: revised(it, approvalStatus="WaitingOnApprovals"),
            ["The present terms are with their approvers."],
        ),
        Documented(
            "of what is left out nothing is said",
            lambda it: make(
                "update_offer",
                offer_id=EXAMPLES["update_offer"](it).model_dump()["offer_id"],
                field_submissions=TERMS[:3],
            ),
            ["Not given: ", "Equity (options)", "It is not documented whether their present values are kept."],
        ),
    ],
    "start_offer_approval": [
        Documented(
            "the latest version goes to the approvers",
            EXAMPLES["start_offer_approval"],
            ["Ashby sends the offer to its approvers.", "Note to the approvers As agreed on Monday."],
        ),
        Documented(
            "only of an offer that waits for it",
            lambda it: make("start_offer_approval", offer_id=it.id("offer", acceptanceStatus="Accepted")),
            ["The offer is not waiting for its approval to start (candidate accepted): Ashby will refuse."],
        ),
    ],
}
"""By the name of the tool."""
