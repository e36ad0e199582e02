"""What Ashby documents about writes on jobs, offers, interviews, custom fields and openings."""

from __future__ import annotations

from typing import Any

from desk import EXAMPLES, TERMS, Desk, Request, make, meeting
from documented import NONE, Documented
from situations import SRE, booked, cancel_meeting, change_meeting, field, held, job, offer, with_feedback


def opening(desk: Desk, tool: str = "create_opening", **more: Any) -> Request:
    which = {} if tool == "create_opening" else {"opening_id": desk.opening("OP-202")}
    return make(tool, **which, **more)


def backfill(desk: Desk, **present: Any) -> Request:
    """Changes the description of an opening that replaces somebody, on a contract, or has these `present` values."""
    desk.client.call(
        opening(desk, "update_opening", **({"is_backfill": True, "employment_type": "Contract"} | present))
    )
    return opening(desk, "update_opening", description="A seat")


def asked_for_feedback(desk: Desk) -> Request:
    """A meeting of which nobody says whether feedback is required, of an interview that requires it."""
    interview = next(it for it in desk.seed["interview"] if it["isFeedbackRequired"] and not it["isArchived"])
    return make(
        "create_interview_schedule",
        application_id=desk.application(),
        interview_events=[meeting(interview_id=interview["id"])],
    )


def canceled(desk: Desk, **more: Any) -> Request:
    return make("cancel_interview_schedule", interview_schedule_id=booked(desk, meeting())["id"], **more)


HIRING: dict[str, list[Documented]] = {
    "create_job": [
        Documented("a job starts as a draft", EXAMPLES["create_job"], ["Status draft"]),
        Documented(
            "it opens with a default plan only",
            lambda it: job(it, title="New"),
            ["the job cannot be opened without one"],
        ),
        Documented(
            "a template has to be active",
            lambda it: job(it, title="New", job_template_id=it.job()),
            ["whether it is active, as Ashby requires"],
        ),
    ],
    "update_job": [
        Documented(
            "what becomes of postings is open",
            EXAMPLES["update_job"],
            ["It is not documented whether its postings change too."],
            NONE,
        )
    ],
    "set_job_status": [
        Documented(
            "an open job can only be closed",
            lambda it: make("set_job_status", job_id=it.job(), status="Archived"),
            ["can only become closed: Ashby will refuse"],
        ),
        Documented(
            "an archived one only a draft again",
            lambda it: make("set_job_status", job_id=it.job(), status="Archived"),
            ["An archived job can only become a draft again."],
        ),
        Documented(
            "none opens without a default plan",
            lambda it: make("set_job_status", job_id=it.job("Fleet Software Intern"), status="Open"),
            [
                "no default interview plan: Ashby will refuse",
                "It is not documented whether its postings are published.",
            ],
        ),
        Documented(
            "what becomes of applications is open",
            EXAMPLES["set_job_status"],
            ["It is not documented what happens to its applications and postings."],
        ),
    ],
    "create_offer": [
        Documented(
            "an opening takes one offer",
            EXAMPLES["create_offer"],
            ["Whether another offer uses the opening: Ashby refuses one that is in use."],
        ),
        Documented(
            "a filled one takes none of another application",
            lambda it: offer(it, opening="OP-203"),
            ["is filled: Ashby will refuse, unless this application filled it"],
        ),
        Documented(
            "an offer process under way gets a new version",
            lambda it: make("create_offer", offer_process_id=it.id("offerProcess"), field_submissions=TERMS),
            ["makes a new version of it"],
        ),
        Documented(
            "what else it starts is open",
            EXAMPLES["create_offer"],
            ["It is not documented whether the offer's approval starts or the candidate hears of it."],
        ),
    ],
    "create_interview_schedule": [
        Documented(
            "without an interview it is the default one",
            lambda it: make("create_interview_schedule", application_id=it.application(), interview_events=[meeting()]),
            ["the organization's default interview"],
        ),
        Documented(
            "the interview says whether feedback is required",
            asked_for_feedback,
            ["Sofia Marchetti (sofia@example.com, feedback required)"],
        ),
        Documented(
            "other data is there for every API user",
            lambda it: make(
                "create_interview_schedule",
                application_id=it.application(),
                interview_events=[meeting(extra_data={"room": "A"})],
            ),
            ["Every API user who can see the schedule can read its extra data."],
        ),
        Documented(
            "invitations are not documented",
            EXAMPLES["create_interview_schedule"],
            ["may get e-mail; this is not documented."],
        ),
    ],
    "update_interview_schedule": [
        Documented(
            "without an interview it becomes the default one",
            lambda it: change_meeting(it, booked(it, meeting(interview_id=it.id("interview", title="System Design")))),
            [
                "gets the organization's default interview, and the scorecard that goes with it, instead of System",
                "the organization's default interview, Tue 10 Nov",
            ],
            ["nothing would change"],
        ),
        Documented(
            "feedback keeps a meeting from being canceled",
            lambda it: cancel_meeting(it, with_feedback(it)),
            ["so Ashby will refuse"],
        ),
        Documented(
            "unless its deletion is allowed",
            lambda it: cancel_meeting(it, with_feedback(it), True),
            ["Feedback that was submitted on this meeting is deleted"],
            ["canceled meeting"],
        ),
        Documented(
            "only its own key's schedules",
            EXAMPLES["update_interview_schedule"],
            ["only schedules that were made with the same API key"],
        ),
        Documented(
            "a schedule without meetings is not documented",
            lambda it: cancel_meeting(it, booked(it, meeting())),
            ["It is not documented what then happens to the schedule."],
        ),
    ],
    "cancel_interview_schedule": [
        Documented("it cannot be rescheduled by default", canceled, ["The schedule can't be rescheduled."]),
        Documented(
            "unless that is allowed",
            lambda it: canceled(it, allow_reschedule=True),
            ["The schedule can be rescheduled."],
            ["can't be rescheduled"],
        ),
        Documented(
            "with a meeting its feedback is deleted",
            lambda it: make("cancel_interview_schedule", interview_schedule_id=held(it)["schedule"]),
            ["it may be deleted"],
        ),
    ],
    "set_custom_field_value": [
        Documented("several options are replaced as a whole", EXAMPLES["set_custom_field_value"], ["German, English"]),
        Documented("null clears", lambda it: field(it, "Languages", None), ["Clear the languages"]),
    ],
    "set_custom_field_values": [
        Documented("all values of a record go at once", EXAMPLES["set_custom_field_values"], ["German, English", "Ada"])
    ],
    "create_opening": [
        Documented(
            "an opening is a draft, full time and no backfill by default",
            lambda it: opening(it, identifier="OP-300"),
            ["State draft", "Employment type full time (the default)", "left no (the default)"],
            ["checks more"],
        ),
        Documented(
            "beyond a draft Ashby checks more", EXAMPLES["create_opening"], ["Ashby checks more than for a draft"]
        ),
    ],
    "update_opening": [
        Documented(
            "two values have a default in an update, too",
            backfill,
            [
                "Replaces somebody who left: not given, so it may become “no”",
                "Employment type: not given, so it may become “full time”",
            ],
        ),
        Documented(
            "which changes nothing where they have it already",
            lambda it: backfill(it, is_backfill=False, employment_type="FullTime"),
            NONE,
            ["may become"],
        ),
    ],
    "add_opening_job": [Documented("adds a job", EXAMPLES["add_opening_job"], [SRE])],
    "remove_opening_job": [
        Documented("removes a job", EXAMPLES["remove_opening_job"], ["It is the opening's only job."])
    ],
    "set_opening_state": [
        Documented(
            "a reason is for closing",
            lambda it: opening(
                it, "set_opening_state", opening_state="Draft", close_reason_id=it.id("closeReason", reasonText="Hired")
            ),
            ["A close reason is for closing only"],
        ),
        Documented(
            "no offer is made for what is closed",
            EXAMPLES["set_opening_state"],
            ["Ashby refuses offers for an opening that is closed."],
        ),
        Documented(
            "of other states nothing is said",
            lambda it: opening(it, "set_opening_state", opening_state="Draft"),
            NONE,
            ["offers"],
        ),
    ],
    "set_opening_archived": [
        Documented(
            "archived is a flag that can be taken back",
            EXAMPLES["set_opening_archived"],
            ["It can be restored from the archive."],
            NONE,
        )
    ],
    "add_opening_location": [Documented("adds a location", EXAMPLES["add_opening_location"], ["London"])],
    "remove_opening_location": [Documented("removes a location", EXAMPLES["remove_opening_location"], ["Oslo"])],
}
"""By the name of the tool."""
