"""Each write with other values, one argument at a time: two calls that send different bodies have different cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desk import SCORECARD, TERMS, Desk, meeting

Values = dict[str, list[Any]]


def ids(desk: Desk, kind: str, number: int = 2, **having: Any) -> list[str]:
    known = (it for it in desk.seed[kind] if all(it.get(key) == value for key, value in having.items()))
    return [str(it["id"]) for it in known][:number]


def _candidate(desk: Desk) -> Values:
    return {
        "email": ["a@example.org", "b@example.org"],
        "phone_number": ["+1", "+2", ""],
        "linked_in_url": ["https://l.example/a", "https://l.example/b"],
        "github_url": ["https://g.example/a", "https://g.example/b"],
        "source_id": ids(desk, "source"),
        "credited_to_user_id": ids(desk, "user", isEnabled=True),
        "location": [{it: "Rome"} for it in ("city", "region", "country")] + [{"city": "Rome", "country": "Italy"}],
        "created_at": ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"],
    }


def _meetings(**more: Any) -> list[Any]:
    other = [{"email": "liam@example.com"}]
    asked = [{"email": "sofia@example.com", "feedback_required": True}]
    return [
        [meeting(**more, extra_data={"zoom": "https://zoom.example/1"})],
        [meeting(**more, extra_data={"zoom": "https://zoom.example/2"})],
        [meeting(**more, extra_data={"room": "https://zoom.example/2"})],
        [meeting(**more, interviewers=asked)],
        [meeting(**more, interviewers=other)],
        [meeting(end="2026-11-10T17:00:00Z", **more)],
    ]


def _history(desk: Desk) -> list[Any]:
    def visit(stage: str, at: str = "2026-01-01T10:00:00Z") -> dict[str, Any]:
        return {"interview_stage_id": desk.stage(stage), "stage_number": 0, "entered_stage_at": at}

    return [[visit("Onsite")], [visit("Offer")], [visit("Offer", "2026-01-02T10:00:00Z")]]


def _members(desk: Desk) -> Values:
    return {
        "team_member_id": ids(desk, "user", 3, isEnabled=True),
        "role_id": ids(desk, "applicationHiringTeamRole", 3),
    }


OTHERS: dict[str, Callable[[Desk], Values]] = {
    "create_candidate": lambda desk: {
        **_candidate(desk),
        "website": ["https://w.example/a", "https://w.example/b"],
        "alternate_email_addresses": [["c@example.org"], ["d@example.org"]],
    },
    "update_candidate": lambda desk: {
        **_candidate(desk),
        "name": ["Ada B.", "Ada C."],
        "website_url": ["https://w.example/a", "https://w.example/b"],
        "alternate_email": ["c@example.org", "d@example.org"],
        "social_links": [
            [{"type": "GitHub", "url": "https://g.example"}],
            [{"type": "Website", "url": "https://g.example"}],
        ],
        "send_notifications": [True],
    },
    "create_candidate_note": lambda desk: {
        "note": [
            "Hi",
            {"type": "text/html", "value": "Hi"},
            {"type": "text/html", "value": "<b>Hi</b>"},
            {"type": "text/plain", "value": "<b>Hi</b>"},
            "A harmless note. " * 300 + "Hire him.",
            "A harmless note. " * 300 + "Do not hire him.",
        ],
        "send_notifications": [True],
        "is_private": [True],
        "created_at": ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"],
    },
    "add_candidate_tag": lambda desk: {"tag_id": ids(desk, "candidateTag", 3)},
    "upload_candidate_resume": lambda desk: {"file_path": [desk.file("b.pdf", b"bb"), desk.file("c.pdf", b"ccc")]},
    "upload_candidate_file": lambda desk: {"file_path": [desk.file("b.pdf", b"bb"), desk.file("c.pdf", b"ccc")]},
    "remove_candidate_tag": lambda desk: {"tag_id": ids(desk, "candidateTag", 3)},
    "create_candidate_tag": lambda desk: {"title": ["Sails", "Rows", "Fast track"]},
    "add_candidate_project": lambda desk: {"project_id": ids(desk, "project", 3)},
    "remove_candidate_project": lambda desk: {"project_id": ids(desk, "project", 3)},
    "create_application": lambda desk: {
        "interview_plan_id": ids(desk, "interviewPlan"),
        "interview_stage_id": ["FirstPreInterviewScreen", desk.stage("Onsite"), desk.stage("Offer")],
        "source_id": ids(desk, "source"),
        "credited_to_user_id": ids(desk, "user", isEnabled=True),
        "created_at": ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"],
        "application_history": _history(desk),
    },
    "update_application": lambda desk: {
        "source_id": ids(desk, "source"),
        "credited_to_user_id": ids(desk, "user", isEnabled=True),
        "created_at": ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"],
        "send_notifications": [False],
    },
    "change_application_stage": lambda desk: {
        "interview_stage_id": [desk.stage("Offer"), desk.stage("Hired")],
        "archive_reason_id": ids(desk, "archiveReason"),
        "archive_email": [
            {"communication_template_id": it, **more}
            for it in ids(desk, "communicationTemplate", isArchiveEmail=True)
            for more in ({}, {"send_at": "2026-11-03T10:00:00Z"}, {"send_at": "2026-11-03T11:00:00Z"})
        ],
    },
    "change_application_source": lambda desk: {"source_id": ids(desk, "source")},
    "submit_application_feedback": lambda desk: {
        "user_id": ids(desk, "user", 3, isEnabled=True),
        "field_submissions": [
            [*SCORECARD, {"path": "Communication", "value": 1}],
            [*SCORECARD, {"path": "Communication", "value": {"score": 1, "comments": "Meh."}}],
            [*SCORECARD[:-1], {"path": "work_with", "value": False}],
        ],
    },
    "transfer_application": lambda desk: {
        "job_id": ids(desk, "job", 3),
        "interview_plan_id": ids(desk, "interviewPlan"),
        "interview_stage_id": [desk.stage("Offer"), desk.stage("Onsite")],
        "start_automatic_activities": [True],
    },
    "add_application_hiring_team_member": _members,
    "remove_application_hiring_team_member": _members,
    "request_feedback": lambda desk: {
        "interview_id": ids(desk, "interview", 3),
        "interviewer_user_id": ids(desk, "user", 3, isEnabled=True),
    },
    "create_job": lambda desk: {
        "title": ["Keeper"],
        "department_id": ids(desk, "department", 3),
        "location_id": ids(desk, "location", 3),
        "default_interview_plan_id": ids(desk, "interviewPlan", 3),
        "employment_type": ["FullTime", "Intern"],
        "job_template_id": [desk.job(), desk.candidate()],
        "brand_id": [desk.job(), desk.candidate()],
    },
    "update_job": lambda desk: {
        "title": ["Keeper"],
        "department_id": ids(desk, "department", 3),
        "location_id": ids(desk, "location", 3),
        "default_interview_plan_id": ids(desk, "interviewPlan", 3),
        "custom_requisition_id": ["R1", "R2"],
        "employment_type": ["PartTime", "Intern"],
    },
    "set_job_status": lambda desk: {"status": ["Open", "Archived", "Draft"]},
    "update_job_posting": lambda desk: {
        "title": ["Keeper", "Keeper of the light"],
        "workplace_type": ["OnSite", "Hybrid"],
        "description": ["<b>One</b>", "<b>Two</b>", "<i>Two</i>"],
        "suppress_description_opening": [True, False],
        "suppress_description_closing": [True, False],
    },
    "create_offer": lambda desk: {
        "field_submissions": [
            TERMS,
            [*TERMS, {"path": "Opening", "value": desk.opening("OP-201")}],
            [*TERMS, {"path": "Sign-on bonus", "value": {"value": 5, "currency_code": "USD"}}],
            [*TERMS, {"path": "Sign-on bonus", "value": {"value": 5, "currency_code": "EUR"}}],
        ]
    },
    "update_offer": lambda desk: {
        "field_submissions": [
            TERMS,
            [*TERMS, {"path": "Opening", "value": desk.opening("OP-201")}],
            [*TERMS, {"path": "Sign-on bonus", "value": {"value": 5, "currency_code": "USD"}}],
        ]
    },
    "start_offer_approval": lambda _: {"note": ["One.", "Two."]},
    "create_interview_schedule": lambda desk: {"interview_events": _meetings()},
    "update_interview_schedule": lambda desk: {"interview_event": _meetings()},
    "cancel_interview_schedule": lambda desk: {"allow_reschedule": [True]},
    "set_custom_field_value": lambda desk: {"field_value": [["English"], ["German"], None]},
    "set_custom_field_values": lambda desk: {
        "values": [
            [{"custom_field_id": it, "field_value": value}]
            for it in (desk.id("customField", title="Preferred name"), desk.id("customField", title="Languages"))
            for value in (["English"], ["German"], None)
        ]
    },
    "create_opening": lambda desk: {
        "identifier": ["O1", "O2"],
        "description": ["d1", "d2", ""],
        "department_id": ids(desk, "department"),
        "location_ids": [ids(desk, "location", 1), ids(desk, "location", 2)],
        "job_ids": [ids(desk, "job", 1), ids(desk, "job", 2)],
        "target_hire_date": ["2027-05-01", "2027-05-02"],
        "target_start_date": ["2027-05-01", "2027-05-02"],
        "is_backfill": [True],
        "employment_type": ["FullTime", "Intern"],
        "opening_state": ["Draft", "Open", "Closed"],
    },
    "update_opening": lambda desk: {
        "identifier": ["O1", "O2"],
        "description": ["d1", "d2", ""],
        "department_id": ids(desk, "department"),
        "target_hire_date": ["2027-05-01", "2027-05-02"],
        "target_start_date": ["2027-05-03", "2027-05-02"],
        "is_backfill": [False],
        "employment_type": ["PartTime", "Intern"],
    },
    "add_opening_job": lambda desk: {"job_id": ids(desk, "job", 3)},
    "remove_opening_job": lambda desk: {"job_id": ids(desk, "job", 3)},
    "set_opening_state": lambda desk: {
        "opening_state": ["Draft", "Open", "Approved"],
        "close_reason_id": ids(desk, "closeReason"),
    },
    "set_opening_archived": lambda desk: {"archive": [False]},
    "add_opening_location": lambda desk: {"location_id": ids(desk, "location", 3)},
    "remove_opening_location": lambda desk: {"location_id": ids(desk, "location", 3)},
}
"""Other values of arguments, by tool."""
