"""A recruiter's desk: the sandbox, a client, records by name, and one example of each of the 25 writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langchain_ashby import AshbyClient
from langchain_ashby.agent.cards import Card, ReadCache, card_of, settled
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
"""The sandbox's company is seen on this day."""

ADA = "Ada Lovelace"
STAFF = "Staff Engineer"

Request = Operation[Any]
Make = Callable[["Desk"], Request]


@dataclass
class Desk:
    """The sandbox, and the ways of a test to look at it and to change it."""

    sandbox: AshbySandbox
    client: AshbyClient
    files: Path
    seed: dict[str, list[dict[str, Any]]]
    """The records that are there from the start."""

    def one(self, kind: str, **having: Any) -> dict[str, Any]:
        """The first record with these values that was there from the start."""
        return next(it for it in self.seed[kind] if all(it.get(key) == value for key, value in having.items()))

    def candidate(self, name: str = ADA) -> str:
        return str(self.one("candidate", name=name)["id"])

    def job(self, title: str = STAFF) -> str:
        return str(self.one("job", title=title)["id"])

    def application(self, name: str = ADA, title: str = STAFF) -> str:
        return str(self.one("application", candidateId=self.candidate(name), jobId=self.job(title))["id"])

    def stage(self, title: str, plan: str = "Engineering") -> str:
        plan_id = self.one("interviewPlan", title=plan)["id"]
        return str(self.one("interviewStage", title=title, interviewPlanId=plan_id)["id"])

    def id(self, kind: str, **having: Any) -> str:
        return str(self.one(kind, **having)["id"])

    def user(self, first_name: str) -> str:
        return self.id("user", firstName=first_name)

    def opening(self, identifier: str) -> str:
        return next(str(it["id"]) for it in self.seed["opening"] if it["latestVersion"]["identifier"] == identifier)

    def schedule(self, name: str = ADA, status: str = "Scheduled") -> dict[str, Any]:
        return self.one("interviewSchedule", applicationId=self.application(name), status=status)

    def file(self, name: str, content: bytes = b"%PDF-1.7 A life in engines.") -> str:
        path = self.files / name
        path.write_bytes(content)
        return str(path)

    def card(self, request: Request) -> Card:
        return card_of(request, ReadCache(self.client, now=NOW))

    def settled(self, request: Request, card: Card | None, since: datetime | None = None) -> bool | None:
        return settled(request, card, ReadCache(self.client), since or datetime.now(UTC))

    def reads(self) -> list[str]:
        return [it["endpoint"] for it in self.sandbox.requests()]


def make(tool: str, **args: Any) -> Request:
    return OPERATIONS[f"ashby_{tool}"](**args)


def meeting(start: str = "2026-11-10T15:00:00Z", end: str = "2026-11-10T16:00:00Z", **more: Any) -> dict[str, Any]:
    return {"start_time": start, "end_time": end, "interviewers": [{"email": "sofia@example.com"}], **more}


SCORECARD: list[dict[str, Any]] = [
    {"path": "overall_recommendation", "value": "Strong Yes"},
    {"path": "What did you see?", "value": "Calm under fire.\nNamed every trade-off herself."},
    {"path": "technical_depth", "value": {"score": 4, "comments": "Knows the engine to the last screw."}},
    {"path": "areas", "value": ["System design", "Operations"]},
    {"path": "work_with", "value": True},
]

TERMS: list[dict[str, Any]] = [
    {"path": "Base salary", "value": {"value": 132000, "currency_code": "EUR"}},
    {"path": "Start date", "value": "2027-02-01"},
    {"path": "Employment type", "value": "Full-time"},
    {"path": "Equity (options)", "value": 6000},
    {"path": "Notes", "value": "Half of the week for writing code."},
]

EXAMPLES: dict[str, Make] = {
    "create_candidate": lambda desk: make(
        "create_candidate",
        name="Mary Somerville",
        email="mary@example.com",
        phone_number="+44 20 7946 0000",
        linked_in_url="https://www.linkedin.com/in/mary-somerville",
        source_id=desk.id("source", title="Employee Referral"),
        credited_to_user_id=desk.user("Sofia"),
        location={"city": "Edinburgh", "country": "United Kingdom"},
    ),
    "update_candidate": lambda desk: make(
        "update_candidate",
        candidate_id=desk.candidate(),
        email="ada.king@example.com",
        website_url="https://ada.example.com",
        source_id=desk.id("source", title="Port Tech Summit 2026"),
        send_notifications=False,
    ),
    "create_candidate_note": lambda desk: make(
        "create_candidate_note",
        candidate_id=desk.candidate(),
        note="Spoke on the phone today.\n\n- wants to start in February\n- asks about the pension plan",
    ),
    "add_candidate_tag": lambda desk: make(
        "add_candidate_tag",
        candidate_id=desk.candidate("Chloé Martin"),
        tag_id=desk.id("candidateTag", title="Fast track"),
    ),
    "upload_candidate_resume": lambda desk: make(
        "upload_candidate_resume", candidate_id=desk.candidate(), file_path=desk.file("ada-lovelace-2026.pdf")
    ),
    "upload_candidate_file": lambda desk: make(
        "upload_candidate_file",
        candidate_id=desk.candidate(),
        file_path=desk.file("reference letter.txt", b"Hire her."),
    ),
    "create_application": lambda desk: make(
        "create_application",
        candidate_id=desk.candidate(),
        job_id=desk.job("Site Reliability Engineer"),
        source_id=desk.id("source", title="Employee Referral"),
    ),
    "update_application": lambda desk: make(
        "update_application",
        application_id=desk.application(),
        source_id=desk.id("source", title="LinkedIn Job Post"),
        credited_to_user_id=desk.user("Yuki"),
    ),
    "change_application_stage": lambda desk: make(
        "change_application_stage",
        application_id=desk.application(),
        interview_stage_id=desk.stage("Archived"),
        archive_reason_id=desk.id("archiveReason", text="Did not meet the technical bar"),
        archive_email={
            "communication_template_id": desk.id("communicationTemplate", title="Rejection after onsite"),
            "send_at": "2026-11-03T09:32:00Z",
        },
    ),
    "change_application_source": lambda desk: make(
        "change_application_source", application_id=desk.application(), source_id=None
    ),
    "submit_application_feedback": lambda desk: make(
        "submit_application_feedback",
        application_id=desk.application(),
        feedback_form_definition_id=desk.id("feedbackFormDefinition", title="Interview Scorecard"),
        user_id=desk.user("Yuki"),
        field_submissions=SCORECARD,
    ),
    "create_job": lambda desk: make(
        "create_job",
        title="Lighthouse Keeper",
        department_id=desk.id("department", name="Platform"),
        location_id=desk.id("location", name="Oslo"),
        default_interview_plan_id=desk.id("interviewPlan", title="Business & Design"),
        employment_type="PartTime",
    ),
    "update_job": lambda desk: make(
        "update_job",
        job_id=desk.job(),
        title="Principal Engineer",
        location_id=desk.id("location", name="Hamburg"),
        department_id=desk.id("department", name="Data & ML"),
    ),
    "set_job_status": lambda desk: make("set_job_status", job_id=desk.job(), status="Closed"),
    "create_offer": lambda desk: make(
        "create_offer",
        application_id=desk.application(),
        field_submissions=[*TERMS, {"path": "Opening", "value": desk.opening("OP-202")}],
    ),
    "create_interview_schedule": lambda desk: make(
        "create_interview_schedule",
        application_id=desk.application(),
        interview_events=[
            {
                "start_time": "2026-11-10T15:00:00+01:00",
                "end_time": "2026-11-10T16:00:00+01:00",
                "interview_id": desk.id("interview", title="Final Interview"),
                "interviewers": [
                    {"email": "sofia@example.com", "feedback_required": True},
                    {"email": "liam@example.com"},
                ],
            }
        ],
    ),
    "update_interview_schedule": lambda desk: _moved(desk),
    "cancel_interview_schedule": lambda desk: make(
        "cancel_interview_schedule", interview_schedule_id=_own_schedule(desk)["id"]
    ),
    "set_custom_field_value": lambda desk: make(
        "set_custom_field_value",
        object_type="Candidate",
        object_id=desk.candidate(),
        custom_field_id=desk.id("customField", title="Languages"),
        field_value=["English", "German"],
    ),
    "create_opening": lambda desk: make(
        "create_opening",
        identifier="OP-214",
        description="For the new harbour in Rotterdam.",
        department_id=desk.id("department", name="Platform"),
        location_ids=[desk.id("location", name="Hamburg")],
        job_ids=[desk.job()],
        target_hire_date="2027-01-15",
        is_backfill=False,
        opening_state="Approved",
    ),
    "update_opening": lambda desk: make(
        "update_opening",
        opening_id=desk.opening("OP-202"),
        description="Leads the tide prediction engine.",
        target_start_date="2027-03-01",
        is_backfill=True,
        employment_type="Contract",
    ),
    "add_opening_job": lambda desk: make(
        "add_opening_job", opening_id=desk.opening("OP-202"), job_id=desk.job("Site Reliability Engineer")
    ),
    "remove_opening_job": lambda desk: make(
        "remove_opening_job", opening_id=desk.opening("OP-202"), job_id=desk.job()
    ),
    "set_opening_state": lambda desk: make(
        "set_opening_state",
        opening_id=desk.opening("OP-202"),
        opening_state="Closed",
        close_reason_id=desk.id("closeReason", reasonText="Budget withdrawn"),
    ),
    "set_opening_archived": lambda desk: make(
        "set_opening_archived", opening_id=desk.opening("OP-202"), archive=True
    ),
}  # fmt: skip
"""An example of each write, in the order of the tools."""


def _own_schedule(desk: Desk) -> dict[str, Any]:
    """A schedule that this key has made, as changing and cancelling need one."""
    made = make("create_interview_schedule", application_id=desk.application(), interview_events=[meeting()])
    return desk.client.call(made)


def _moved(desk: Desk) -> Request:
    schedule = _own_schedule(desk)
    moved = meeting(
        "2026-11-12T09:00:00Z", "2026-11-12T10:00:00Z", interview_event_id=schedule["interviewEvents"][0]["id"]
    )
    added = meeting("2026-11-12T10:30:00Z", "2026-11-12T11:00:00Z", interview_id=desk.id("interview", title="Debrief"))
    return make("update_interview_schedule", interview_schedule_id=schedule["id"], interview_event=[moved, added])
