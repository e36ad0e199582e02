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
from langchain_ashby.endpoints.offers import CreateOffer, ListOffers
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

    def evaluated(self) -> str:
        """An application that the AI review has read."""
        return str(self.one("criteriaEvaluation", status="Completed")["applicationId"])

    def screening(self) -> str:
        """A schedule with a meeting that was recorded."""
        return str(self.one("notetakerTranscript")["interviewScheduleId"])

    def first_stage(self, plan: str) -> str:
        """The first stage of a plan in which people are talked to."""
        plan_id = self.id("interviewPlan", title=plan)
        return self.id("interviewStage", interviewPlanId=plan_id, type="PreInterviewScreen")

    def membership(self, first_name: str, role: str) -> Arguments:
        """A place on the hiring team of Ada's application."""
        return {
            "application_id": self.application(),
            "team_member_id": self.user(first_name),
            "role_id": self.id("applicationHiringTeamRole", title=role),
        }

    def own_offer(self) -> str:
        """An offer that waits for its approval to start."""
        known: Any = ListOffers.model_validate({"application_id": self.application()})
        for offer in self.client.call(known).results:
            return str(offer["id"])
        made: Any = CreateOffer.model_validate({"application_id": self.application(), "field_submissions": TERMS})
        return str(cast(Record, self.client.call(made))["id"])

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
    "ashby_remove_candidate_tag": lambda it: {
        "candidate_id": it.candidate(),
        "tag_id": it.id("candidateTag", title="Fast track"),
    },
    "ashby_create_candidate_tag": lambda _: {"title": "Sails on weekends"},
    "ashby_list_projects": lambda _: {},
    "ashby_search_projects": lambda _: {"title": "Maritime engineers"},
    "ashby_add_candidate_project": lambda it: {
        "candidate_id": it.candidate(),
        "project_id": it.id("project", title="Harbour Robotics launch"),
    },
    "ashby_remove_candidate_project": lambda it: {
        "candidate_id": it.candidate(),
        "project_id": it.id("project", title="Maritime engineers"),
    },
    "ashby_read_candidate_file": lambda it: {"candidate_id": it.candidate()},
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
    "ashby_list_application_history": lambda it: {"application_id": it.application()},
    "ashby_list_criteria_evaluations": lambda it: {"application_id": it.evaluated()},
    "ashby_list_application_hiring_team_roles": lambda _: {},
    "ashby_transfer_application": lambda it: {
        "application_id": it.application(),
        "job_id": it.job("Senior Product Designer"),
        "interview_plan_id": it.id("interviewPlan", title="Business & Design"),
        "interview_stage_id": it.first_stage("Business & Design"),
        "start_automatic_activities": False,
    },
    "ashby_add_application_hiring_team_member": lambda it: it.membership("Zofia", "Coordinator"),
    "ashby_remove_application_hiring_team_member": lambda it: it.membership("Yuki", "Hiring Manager"),
    "ashby_request_feedback": lambda it: {
        "application_id": it.application(),
        "interview_id": it.id("interview", title="System Design"),
        "interviewer_user_id": it.user("Ravi"),
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
    "ashby_list_job_templates": lambda _: {},
    "ashby_list_brands": lambda _: {},
    "ashby_list_job_boards": lambda _: {},
    "ashby_get_job_interview_plan": lambda it: {"job_id": it.job()},
    "ashby_update_job_posting": lambda it: {
        "job_posting_id": it.id("jobPosting", title=STAFF),
        "title": "Staff Engineer, Berths",
        "workplace_type": "Remote",
        "description": "<h2>The work</h2><ul><li>Tides</li><li>Berths</li></ul>",
    },
    # offers
    "ashby_list_offers": lambda _: {},
    "ashby_get_offer": lambda it: {"offer_id": it.id("offer", acceptanceStatus="Accepted")},
    "ashby_create_offer": lambda it: {
        "application_id": it.application(),
        "field_submissions": [*TERMS, {"path": "Opening", "value": it.opening("OP-202")}],
    },
    "ashby_list_approvals": lambda _: {"entity_type": "offer"},
    "ashby_update_offer": lambda it: {
        "offer_id": it.own_offer(),
        "field_submissions": [{"path": "Base salary", "value": {"value": 141000, "currency_code": "EUR"}}, *TERMS[1:]],
    },
    "ashby_start_offer_approval": lambda it: {"offer_id": it.own_offer(), "note": "As agreed on Monday."},
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
    "ashby_get_interview": lambda it: {"interview_id": it.id("interview", title="System Design")},
    "ashby_list_interview_events": lambda it: {"interview_schedule_id": it.screening(), "expand": ["interview"]},
    "ashby_get_interview_transcript": lambda it: {"notetaker_transcript_id": it.id("notetakerTranscript")},
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
    "ashby_set_custom_field_values": lambda it: {
        "object_type": "Candidate",
        "object_id": it.candidate(),
        "values": [
            {"custom_field_id": it.id("customField", title="Languages"), "field_value": ["English", "German"]},
            {"custom_field_id": it.id("customField", title="Preferred name"), "field_value": "Ada"},
        ],
    },
    "ashby_list_communication_templates": lambda _: {},
    "ashby_list_hiring_team_roles": lambda _: {},
    "ashby_get_api_key": lambda _: {},
    "ashby_get_context": lambda _: {},
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
    "ashby_add_opening_location": lambda it: {
        "opening_id": it.opening("OP-202"),
        "location_id": it.id("location", name="London"),
    },
    "ashby_remove_opening_location": lambda it: {
        "opening_id": it.opening("OP-202"),
        "location_id": it.one("opening", id=it.opening("OP-202"))["latestVersion"]["locationIds"][0],
    },
    # bulk
    "ashby_archive_applications": lambda it: {
        "application_ids": [it.application(), it.application("Kwame Mensah")],
        "archive_reason_id": it.id("archiveReason", text="Did not meet the technical bar"),
        "archive_email": {
            "communication_template_id": it.id("communicationTemplate", title="Rejection after onsite"),
            "send_at": "2026-11-03T09:32:00Z",
        },
    },
    "ashby_add_tag_to_candidates": lambda it: {
        "candidate_ids": [it.candidate(), it.candidate("Kwame Mensah")],
        "tag_id": it.id("candidateTag", title="Fast track"),
    },
    "ashby_add_note_to_candidates": lambda it: {
        "candidate_ids": [it.candidate(), it.candidate("Kwame Mensah")],
        "note": "Met at the career fair in Delft.",
    },
    "ashby_add_candidates_to_project": lambda it: {
        "candidate_ids": [it.candidate(), it.candidate("Kwame Mensah")],
        "project_id": it.id("project", title="Harbour Robotics launch"),
    },
    "ashby_set_custom_field_value_on_many": lambda it: {
        "object_type": "Candidate",
        "object_ids": [it.candidate(), it.candidate("Kwame Mensah")],
        "custom_field_id": it.id("customField", title="Languages"),
        "field_value": ["English", "German"],
    },
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
