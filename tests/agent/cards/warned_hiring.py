"""Warnings about jobs, offers, interviews, custom fields and openings."""

from __future__ import annotations

from desk import TERMS, make, meeting
from situations import (
    NOBODY,
    SRE,
    Warned,
    booked,
    cancel_meeting,
    change_meeting,
    field,
    held,
    in_archive,
    job,
    offer,
    schedule,
    title_of,
    with_feedback,
)

HIRING: list[Warned] = [
    # Jobs
    (
        "same title",
        lambda desk: job(desk, title="staff engineer"),
        "A job with this title exists: Staff Engineer (TW-101); it is open.",
    ),
    (
        "same draft",
        lambda desk: job(desk, title="Fleet Software Intern"),
        "A job with this title exists: Fleet Software Intern (TW-107); it is a draft.",
    ),
    ("no plan", lambda desk: job(desk, title="New"), "the job cannot be opened without one"),
    (
        "archived place",
        lambda desk: job(desk, title="New", location_id=desk.id("location", name="Rotterdam")),
        "The location Rotterdam is archived.",
    ),
    (
        "archived department",
        lambda desk: job(desk, title="New", department_id=desk.id("department", name="Hardware Lab")),
        "The department Hardware Lab is archived.",
    ),
    (
        "taken requisition",
        lambda desk: make("update_job", job_id=desk.job(), custom_requisition_id="TW-102"),
        "Another job has this requisition id: Site Reliability Engineer (TW-102).",
    ),
    (
        "cannot open",
        lambda desk: make("set_job_status", job_id=desk.job("Fleet Software Intern"), status="Open"),
        "The job has no default interview plan: Ashby will refuse to open it.",
    ),
    (
        "way not allowed",
        lambda desk: make("set_job_status", job_id=desk.job("Technical Writer"), status="Open"),
        "A job that is archived can only become a draft: Ashby will refuse.",
    ),
    (
        "open already",
        lambda desk: make("set_job_status", job_id=desk.job(), status="Open"),
        "Already up to date; nothing would change.",
    ),
    (
        "people in it",
        lambda desk: make("set_job_status", job_id=desk.job(), status="Closed"),
        "The job has 11 active applications.",
    ),
    # Offers
    ("not at offer", lambda desk: offer(desk), "The application is not at an offer stage: it is in Onsite."),
    (
        "offer under way",
        lambda desk: offer(desk, name="Aminata Diallo", title=title_of(desk, "Aminata Diallo")),
        "The offer for this application is under way: waiting on offer approval, its latest terms from ",
    ),
    (
        "accepted already",
        lambda desk: offer(desk, name="Ethan Brooks"),
        "The candidate is already hired.\n",
    ),
    ("archived application", lambda desk: offer(desk, name=in_archive(desk)[0]), "The application is archived"),
    (
        "term missing",
        lambda desk: offer(desk, terms=TERMS[1:]),
        "Required and missing: Base salary. Nothing will be sent.",
    ),
    (
        "unknown option",
        lambda desk: offer(desk, terms=[*TERMS[:2], {"path": "Employment type", "value": "Freelance"}]),
        "Employment type: takes one of: Full-time, Part-time, Fixed term.",
    ),
    (
        "filled opening",
        lambda desk: offer(desk, opening="OP-203"),
        "The opening OP-203 is filled: Ashby will refuse, unless this application filled it.",
    ),
    (
        "archived opening",
        lambda desk: offer(desk, opening="OP-212"),
        "The opening OP-212 is archived: Ashby may refuse.",
    ),
    (
        "other job's opening",
        lambda desk: offer(desk, opening="OP-204"),
        "The opening OP-204 does not belong to this job.",
    ),
    (
        "start in the past",
        lambda desk: offer(desk, terms=[TERMS[0], {"path": "Start date", "value": "2026-10-01"}, *TERMS[2:]]),
        "The start date is in the past: Thu 1 Oct 2026.",
    ),
    # Interviews
    (
        "past",
        lambda desk: schedule(desk, meeting("2026-10-30T15:00:00Z", "2026-10-30T16:00:00Z")),
        "The meeting on Fri 30 Oct 2026, 15:00 to 16:00 UTC is in the past.",
    ),
    (
        "weekend",
        lambda desk: schedule(desk, meeting("2026-11-14T15:00:00Z", "2026-11-14T16:00:00Z")),
        "Sat 14 Nov 2026 is a Saturday (in Europe/London).",
    ),
    (
        "long",
        lambda desk: schedule(desk, meeting("2026-11-10T08:00:00Z", "2026-11-10T17:00:00Z")),
        "The meeting on Tue 10 Nov 2026 is longer than 8 hours.",
    ),
    (
        "overlap",
        lambda desk: (booked(desk, meeting()), schedule(desk, meeting()))[1],
        "has another meeting at this time:",
    ),
    (
        "twice",
        lambda desk: (booked(desk, meeting()), schedule(desk, meeting()))[1],
        "The same interviews are already scheduled",
    ),
    (
        "overlap of its own",
        lambda desk: schedule(desk, meeting(), meeting(end="2026-11-10T15:30:00Z")),
        "Two of the new meetings are at the same time",
    ),
    (
        "unknown interviewer",
        lambda desk: schedule(desk, meeting(interviewers=[{"email": "ghost@example.com"}])),
        "No user of Ashby has the address ghost@example.com: Ashby will refuse.",
    ),
    (
        "deactivated interviewer",
        lambda desk: schedule(desk, meeting(interviewers=[{"email": "api-key@ashby.example"}])),
        "API Key is deactivated in Ashby.",
    ),
    (
        "archived interview",
        lambda desk: schedule(desk, meeting(interview_id=desk.id("interview", title="Whiteboard Coding"))),
        "The interview Whiteboard Coding is archived.",
    ),
    (
        "other job's interview",
        lambda desk: schedule(desk, meeting(interview_id=desk.id("interview", title="Product Demo"))),
        "The interview Product Demo belongs to another job: “Account Executive, Ports” (TW-105, Hamburg).",
    ),
    (
        "archived application's interview",
        lambda desk: schedule(desk, meeting(), name=in_archive(desk)[0]),
        "The application is archived.",
    ),
    (
        "last meeting",
        lambda desk: cancel_meeting(desk, booked(desk, meeting())),
        "No meeting is left. It is not documented what then happens to the schedule.",
    ),
    (
        "feedback deleted",
        lambda desk: cancel_meeting(desk, with_feedback(desk), True),
        "Feedback that was submitted on this",
    ),
    ("feedback in the way", lambda desk: cancel_meeting(desk, with_feedback(desk)), "so Ashby will refuse"),
    (
        "no such meeting in it",
        lambda desk: cancel_meeting(desk, {**booked(desk, meeting()), "interviewEvents": [{"id": NOBODY}]}),
        f"The schedule has no meeting {NOBODY}: it may already be canceled.",
    ),
    (
        "canceled already",
        lambda desk: make(
            "cancel_interview_schedule", interview_schedule_id=desk.id("interviewSchedule", status="Cancelled")
        ),
        "The schedule is already canceled.",
    ),
    (
        "held already",
        lambda desk: make("cancel_interview_schedule", interview_schedule_id=held(desk)["schedule"]),
        "Feedback was submitted on this meeting, and it may be deleted: ",
    ),
    (
        "one of them held already",
        lambda desk: make(
            "update_interview_schedule",
            interview_schedule_id=held(desk)["schedule"],
            interview_event_id_to_cancel=[held(desk)["id"]],
        ),
        "A meeting has already taken place, or is under way: ",
    ),
    (
        "interview for a confidential job",
        lambda desk: schedule(desk, meeting(), name="Robert Ashdown", title="VP Finance"),
        "The job is confidential.",
    ),
    (
        "changed interview for a confidential job",
        lambda desk: change_meeting(
            desk, desk.client.call(schedule(desk, meeting(), name="Robert Ashdown", title="VP Finance"))
        ),
        "The job is confidential.",
    ),
    (
        "meeting that is so already",
        lambda desk: change_meeting(
            desk,
            booked(desk, meeting(interview_id=desk.id("interview", title="System Design"))),
            interview_id=desk.id("interview", title="System Design"),
        ),
        "The meeting is already like this; nothing would change: ",
    ),
    # Custom fields
    (
        "wrong field value",
        lambda desk: field(desk, "Notice period (weeks)", "soon"),
        "takes a number. Nothing will be sent.",
    ),
    ("unknown field option", lambda desk: field(desk, "Languages", ["Klingon"]), "takes one of: "),
    ("other record's field", lambda desk: field(desk, "Cost centre", "1"), "belongs to Job, not Candidate"),
    (
        "archived field",
        lambda desk: field(desk, "Rating (old scale)", None, "Application", desk.application()),
        "The custom field Rating (old scale) is archived.",
    ),
    # Openings
    (
        "same identifier",
        lambda desk: make("create_opening", identifier="op-202", job_ids=[desk.job()]),
        "An opening op-202 exists: it is open.",
    ),
    (
        "nothing to fill it through",
        lambda desk: make("create_opening", identifier="OP-300", opening_state="Open"),
        "An opening may need an identifier and a job to be open: Ashby may refuse.",
    ),
    (
        "late date",
        lambda desk: make("create_opening", identifier="OP-300", target_hire_date="2026-10-01"),
        "The target hire date is in the past: Thu 1 Oct 2026.",
    ),
    (
        "archived job of an opening",
        lambda desk: make("create_opening", identifier="OP-300", job_ids=[desk.job("Technical Writer")]),
        "The job Technical Writer is archived.",
    ),
    (
        "taken identifier",
        lambda desk: make("update_opening", opening_id=desk.opening("OP-202"), identifier="OP-201"),
        "Another opening has this identifier: it is open.",
    ),
    (
        "job is there",
        lambda desk: make("add_opening_job", opening_id=desk.opening("OP-202"), job_id=desk.job()),
        "Already up to date; nothing would change.",
    ),
    (
        "other jobs",
        lambda desk: make("add_opening_job", opening_id=desk.opening("OP-202"), job_id=desk.job(SRE)),
        "The opening has another job: Staff Engineer (TW-101, Oslo).",
    ),
    (
        "only job",
        lambda desk: make("remove_opening_job", opening_id=desk.opening("OP-202"), job_id=desk.job()),
        "It is the opening's only job.",
    ),
    (
        "job is not there",
        lambda desk: make("remove_opening_job", opening_id=desk.opening("OP-202"), job_id=desk.job(SRE)),
        "Already up to date; nothing would change.",
    ),
    (
        "filled",
        lambda desk: make("set_opening_state", opening_id=desk.opening("OP-203"), opening_state="Open"),
        "The opening is filled: somebody was hired for it.",
    ),
    (
        "state is so",
        lambda desk: make("set_opening_state", opening_id=desk.opening("OP-202"), opening_state="Open"),
        "Already up to date; nothing would change.",
    ),
    (
        "reason without closing",
        lambda desk: make(
            "set_opening_state",
            opening_id=desk.opening("OP-202"),
            opening_state="Draft",
            close_reason_id=desk.id("closeReason", reasonText="Hired"),
        ),
        "A close reason is for closing only: Ashby may refuse.",
    ),
    (
        "archived already",
        lambda desk: make("set_opening_archived", opening_id=desk.opening("OP-212"), archive=True),
        "Already up to date; nothing would change.",
    ),
    (
        "archive what is open",
        lambda desk: make("set_opening_archived", opening_id=desk.opening("OP-202"), archive=True),
        "The opening is open.",
    ),
]
