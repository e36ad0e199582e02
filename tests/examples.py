"""A meaningful call of each tool on the sandbox's company, shared by tests and benchmarks.

    company = Company(sandbox.state(), client, uploads)
    arguments = EXAMPLES["ashby_add_candidate_tag"](company)

The entry here is the only handwritten call that a new tool needs. Writes only use the first twelve candidates, so that
they work in a small company, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from langchain_ashby import AshbyClient
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.endpoints.interviews import CreateInterviewSchedule
from langchain_ashby.sandbox import AshbySandbox

Arguments = dict[str, Any]
Record = dict[str, Any]

ADA = "Ada Lovelace"
STAFF = "Staff Engineer"


@dataclass
class Company:
    """Finds records of the sandbox's company by their names.

    Attributes:
        seed: The records by kind, from `AshbySandbox.state` before any change.
        client: Prepares what an example needs, such as a schedule that this key may change.
        files: The directory of the files to upload.
    """

    seed: Mapping[str, Sequence[Record]]
    client: AshbyClient
    files: Path

    def one(self, kind: str, **having: Any) -> Record:
        """The first record of a kind with these values.

        Raises:
            LookupError: There is none.
        """
        for record in self.seed[kind]:
            if all(record.get(key) == value for key, value in having.items()):
                return record
        raise LookupError(f"no {kind} has {having}")

    def id(self, kind: str, **having: Any) -> str:
        return str(self.one(kind, **having)["id"])

    def candidate(self, name: str = ADA) -> str:
        return self.id("candidate", name=name)

    def job(self, title: str = STAFF) -> str:
        return self.id("job", title=title)

    def application(self, name: str = ADA, title: str = STAFF) -> str:
        return self.id("application", candidateId=self.candidate(name), jobId=self.job(title))

    def stage(self, title: str, plan: str = "Engineering") -> str:
        return self.id("interviewStage", title=title, interviewPlanId=self.id("interviewPlan", title=plan))

    def user(self, first_name: str) -> str:
        return self.id("user", firstName=first_name)

    def opening(self, identifier: str) -> str:
        return next(str(it["id"]) for it in self.seed["opening"] if it["latestVersion"]["identifier"] == identifier)

    def own_schedule(self) -> Record:
        """A schedule made by this key, the only kind that it may change."""
        request = {"application_id": self.application(), "interview_events": [meeting()]}
        made: Any = CreateInterviewSchedule.model_validate(request)
        return cast(Record, self.client.call(made))

    def file(self, name: str, content: bytes = b"%PDF-1.7 A life in engines.") -> str:
        path = self.files / name
        path.write_bytes(content)
        return str(path)


Example = Callable[[Company], Arguments]


def meeting(start: str = "2026-11-10T15:00:00Z", end: str = "2026-11-10T16:00:00Z", **more: Any) -> Arguments:
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


def _moved(company: Company) -> Arguments:
    schedule = company.own_schedule()
    moved = meeting(
        "2026-11-12T09:00:00Z", "2026-11-12T10:00:00Z", interview_event_id=schedule["interviewEvents"][0]["id"]
    )
    debrief = company.id("interview", title="Debrief")
    added = meeting("2026-11-12T10:30:00Z", "2026-11-12T11:00:00Z", interview_id=debrief)
    return {"interview_schedule_id": schedule["id"], "interview_event": [moved, added]}


EXAMPLES: dict[str, Example] = {
    # candidates
    "ashby_list_candidates": lambda _: {"limit": 25},
    "ashby_get_candidate": lambda it: {"candidate_id": it.candidate()},
    "ashby_search_candidates": lambda _: {"name": ADA},
    "ashby_create_candidate": lambda it: {
        "name": "Mary Somerville",
        "email": "mary@example.com",
        "phone_number": "+44 20 7946 0000",
        "linked_in_url": "https://www.linkedin.com/in/mary-somerville",
        "source_id": it.id("source", title="Employee Referral"),
        "credited_to_user_id": it.user("Sofia"),
        "location": {"city": "Edinburgh", "country": "United Kingdom"},
    },
    "ashby_update_candidate": lambda it: {
        "candidate_id": it.candidate(),
        "email": "ada.king@example.com",
        "website_url": "https://ada.example.com",
        "source_id": it.id("source", title="Port Tech Summit 2026"),
        "send_notifications": False,
    },
    "ashby_list_candidate_notes": lambda it: {"candidate_id": it.candidate()},
    "ashby_create_candidate_note": lambda it: {
        "candidate_id": it.candidate(),
        "note": "Spoke on the phone today.\n\n- wants to start in February\n- asks about the pension plan",
    },
    "ashby_add_candidate_tag": lambda it: {
        "candidate_id": it.candidate("Kwame Mensah"),
        "tag_id": it.id("candidateTag", title="Fast track"),
    },
    "ashby_list_candidate_tags": lambda _: {},
    "ashby_upload_candidate_resume": lambda it: {
        "candidate_id": it.candidate(),
        "file_path": it.file("ada-lovelace-2026.pdf"),
    },
    "ashby_upload_candidate_file": lambda it: {
        "candidate_id": it.candidate(),
        "file_path": it.file("reference letter.txt", b"Hire her."),
    },
    # applications
    "ashby_list_applications": lambda _: {"limit": 25},
    "ashby_get_application": lambda it: {"application_id": it.application()},
    "ashby_create_application": lambda it: {
        "candidate_id": it.candidate(),
        "job_id": it.job("Site Reliability Engineer"),
        "source_id": it.id("source", title="Employee Referral"),
    },
    "ashby_update_application": lambda it: {
        "application_id": it.application(),
        "source_id": it.id("source", title="LinkedIn Job Post"),
        "credited_to_user_id": it.user("Yuki"),
    },
    "ashby_change_application_stage": lambda it: {
        "application_id": it.application(),
        "interview_stage_id": it.stage("Archived"),
        "archive_reason_id": it.id("archiveReason", text="Did not meet the technical bar"),
        "archive_email": {
            "communication_template_id": it.id("communicationTemplate", title="Rejection after onsite"),
            "send_at": "2026-11-03T09:32:00Z",
        },
    },
    "ashby_change_application_source": lambda it: {"application_id": it.application(), "source_id": None},
    "ashby_list_application_feedback": lambda it: {"application_id": it.application()},
    "ashby_submit_application_feedback": lambda it: {
        "application_id": it.application(),
        "feedback_form_definition_id": it.id("feedbackFormDefinition", title="Interview Scorecard"),
        "user_id": it.user("Yuki"),
        "field_submissions": SCORECARD,
    },
    # jobs
    "ashby_list_jobs": lambda _: {},
    "ashby_get_job": lambda it: {"job_id": it.job()},
    "ashby_search_jobs": lambda _: {"title": STAFF},
    "ashby_create_job": lambda it: {
        "title": "Lighthouse Keeper",
        "department_id": it.id("department", name="Platform"),
        "location_id": it.id("location", name="Oslo"),
        "default_interview_plan_id": it.id("interviewPlan", title="Business & Design"),
        "employment_type": "PartTime",
    },
    "ashby_update_job": lambda it: {
        "job_id": it.job(),
        "title": "Principal Engineer",
        "location_id": it.id("location", name="Hamburg"),
        "department_id": it.id("department", name="Data & ML"),
    },
    "ashby_set_job_status": lambda it: {"job_id": it.job(), "status": "Closed"},
    "ashby_list_job_postings": lambda _: {},
    "ashby_get_job_posting": lambda it: {"job_posting_id": it.id("jobPosting", title=STAFF)},
    # offers
    "ashby_list_offers": lambda _: {},
    "ashby_get_offer": lambda it: {"offer_id": it.id("offer", acceptanceStatus="Accepted")},
    "ashby_create_offer": lambda it: {
        "application_id": it.application(),
        "field_submissions": [*TERMS, {"path": "Opening", "value": it.opening("OP-202")}],
    },
    # interviews
    "ashby_list_interviews": lambda _: {},
    "ashby_list_interview_schedules": lambda _: {"limit": 5},
    "ashby_create_interview_schedule": lambda it: {
        "application_id": it.application(),
        "interview_events": [
            {
                "start_time": "2026-11-10T15:00:00+01:00",
                "end_time": "2026-11-10T16:00:00+01:00",
                "interview_id": it.id("interview", title="Final Interview"),
                "interviewers": [
                    {"email": "sofia@example.com", "feedback_required": True},
                    {"email": "liam@example.com"},
                ],
            }
        ],
    },
    "ashby_update_interview_schedule": _moved,
    "ashby_cancel_interview_schedule": lambda it: {"interview_schedule_id": it.own_schedule()["id"]},
    "ashby_list_interview_plans": lambda _: {},
    "ashby_list_interview_stages": lambda it: {"interview_plan_id": it.id("interviewPlan", title="Engineering")},
    "ashby_get_interview_stage": lambda it: {"interview_stage_id": it.stage("New Lead")},
    # feedback_forms
    "ashby_list_feedback_form_definitions": lambda _: {},
    "ashby_get_feedback_form_definition": lambda it: {
        "feedback_form_definition_id": it.id("feedbackFormDefinition", title="Interview Scorecard")
    },
    # organization
    "ashby_list_users": lambda _: {},
    "ashby_get_user": lambda _: {"email": "maren@example.com"},
    "ashby_list_custom_fields": lambda _: {},
    "ashby_set_custom_field_value": lambda it: {
        "object_type": "Candidate",
        "object_id": it.candidate(),
        "custom_field_id": it.id("customField", title="Languages"),
        "field_value": ["English", "German"],
    },
    "ashby_list_sources": lambda _: {},
    "ashby_list_departments": lambda _: {},
    "ashby_get_department": lambda it: {"department_id": it.id("department", name="Platform")},
    "ashby_list_locations": lambda _: {"include_location_hierarchy": True},
    "ashby_list_archive_reasons": lambda _: {},
    # openings
    "ashby_list_openings": lambda _: {},
    "ashby_get_opening": lambda it: {"opening_id": it.opening("OP-201")},
    "ashby_search_openings": lambda _: {"identifier": "OP-201"},
    "ashby_create_opening": lambda it: {
        "identifier": "OP-214",
        "description": "For the new harbour in Rotterdam.",
        "department_id": it.id("department", name="Platform"),
        "location_ids": [it.id("location", name="Hamburg")],
        "job_ids": [it.job()],
        "target_hire_date": "2027-01-15",
        "is_backfill": False,
        "opening_state": "Approved",
    },
    "ashby_update_opening": lambda it: {
        "opening_id": it.opening("OP-202"),
        "description": "Leads the tide prediction engine.",
        "target_start_date": "2027-03-01",
        "is_backfill": True,
        "employment_type": "Contract",
    },
    "ashby_add_opening_job": lambda it: {
        "opening_id": it.opening("OP-202"),
        "job_id": it.job("Site Reliability Engineer"),
    },
    "ashby_remove_opening_job": lambda it: {"opening_id": it.opening("OP-202"), "job_id": it.job()},
    "ashby_set_opening_state": lambda it: {
        "opening_id": it.opening("OP-202"),
        "opening_state": "Closed",
        "close_reason_id": it.id("closeReason", reasonText="Budget withdrawn"),
    },
    "ashby_set_opening_archived": lambda it: {"opening_id": it.opening("OP-202"), "archive": True},
    "ashby_list_close_reasons": lambda _: {},
}
"""The arguments of a call by the tool's name, in the order of the tools."""

READS = [name for name, it in OPERATIONS.items() if name in EXAMPLES and it.access is Access.READ]
WRITES = [name for name, it in OPERATIONS.items() if name in EXAMPLES and it.access is Access.WRITE]


@cache
def every_example() -> dict[str, Arguments]:
    """The arguments of every example, for tests without a sandbox; the uploaded files no longer exist."""
    with (
        TemporaryDirectory() as files,
        AshbySandbox() as sandbox,
        AshbyClient(sandbox.api_key, sandbox.url, upload_dirs=[files]) as client,
    ):
        company = Company(sandbox.state(), client, Path(files))
        return {name: example(company) for name, example in EXAMPLES.items()}
