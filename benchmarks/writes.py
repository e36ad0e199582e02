"""Each of the 25 writes once, with arguments that make sense in the sandbox's company."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from crash.killing_sandbox import KillingSandbox

from langchain_ashby import AshbyClient
from langchain_ashby.endpoints.interviews import CreateInterviewSchedule
from langchain_ashby.sandbox import AshbySandbox

Args = dict[str, Any]
RESUME = "resume.txt"
FEEDBACK = {
    "overall_recommendation": "3",
    "feedback": "Good.",
    "technical_depth": {"score": 3},
    "areas": ["coding", "ops"],
    "work_with": True,
}
OFFER = {"Base salary": {"value": 125000, "currency_code": "EUR"}, "Start date": "2027-02-01", "Employment type": "ft"}


class People:
    """Finds records of the sandbox by what they say."""

    def __init__(self, sandbox: AshbySandbox | KillingSandbox, client: AshbyClient) -> None:
        self._state = sandbox.state()
        self.client = client

    def find(self, kind: str, **equal: Any) -> dict[str, Any]:
        """The first record with these values."""
        for record in self._state[kind]:
            if all(record.get(key) == value for key, value in equal.items()):
                return dict(record)
        raise LookupError(f"no {kind} has {equal}")

    def id(self, kind: str, **equal: Any) -> str:
        """Its id."""
        return str(self.find(kind, **equal)["id"])

    def candidate(self, name: str) -> Args:
        """A candidate, as an argument."""
        return {"candidate_id": self.id("candidate", name=name)}

    def newcomer(self) -> Args:
        """A candidate, and a job that they have not applied for, as arguments."""
        job = self.id("job", title="Machine Learning Engineer")
        applied = {it["candidateId"] for it in self._state["application"] if it["jobId"] == job}
        others = (it["id"] for it in self._state["candidate"] if it["id"] not in applied)
        return {"candidate_id": next(others), "job_id": job}

    def application(self, name: str) -> Args:
        """The active application of a candidate, as an argument."""
        return {"application_id": self.id("application", candidateId=self.id("candidate", name=name), status="Active")}

    def opening(self) -> Args:
        """An open opening, as an argument."""
        return {"opening_id": self.id("opening", openingState="Open")}

    def job(self) -> Args:
        """A job, as an argument."""
        return {"job_id": self.id("job", title="Staff Engineer")}

    def stage(self, name: str, stage_type: str) -> str:
        """A stage of that type in the plan of somebody's application."""
        application = self.find("application", id=self.application(name)["application_id"])
        return self.id("interviewStage", interviewPlanId=application["interviewPlanId"], type=stage_type)

    def event(self, hour: int = 10) -> Args:
        """A meeting."""
        return {
            "start_time": f"2027-01-12T{hour}:00:00Z",
            "end_time": f"2027-01-12T{hour}:45:00Z",
            "interviewers": [{"email": "yuki@example.com", "feedback_required": True}],
            "interview_id": self.id("interview", title="Final Interview"),
        }

    def schedule(self) -> Args:
        """A schedule that this key has made, as an argument: of others it may change nothing."""
        request = {**self.application("Ada Lovelace"), "interview_events": [self.event()]}
        made = self.client.call(CreateInterviewSchedule.model_validate(request))
        return {"interview_schedule_id": str(made["id"])}


WRITES: dict[str, Callable[[People], Args]] = {
    "ashby_create_candidate": lambda it: {"name": "Mary Somerville", "email": "mary@example.org"},
    "ashby_update_candidate": lambda it: {**it.candidate("Ada Lovelace"), "phone_number": "+44 20 5550 100"},
    "ashby_create_candidate_note": lambda it: {**it.candidate("Ada Lovelace"), "note": "Met on Monday."},
    "ashby_add_candidate_tag": lambda it: {
        **it.candidate("Ada Lovelace"),
        "tag_id": it.id("candidateTag", title="Conference speaker"),
    },
    "ashby_upload_candidate_resume": lambda it: {**it.candidate("Ada Lovelace"), "file_path": RESUME},
    "ashby_upload_candidate_file": lambda it: {**it.candidate("Ada Lovelace"), "file_path": RESUME},
    "ashby_create_application": lambda it: it.newcomer(),
    "ashby_update_application": lambda it: {
        **it.application("Ada Lovelace"),
        "source_id": it.id("source", title="Sourced on GitHub"),
    },
    "ashby_change_application_stage": lambda it: {
        **it.application("Kwame Mensah"),
        "interview_stage_id": it.stage("Kwame Mensah", "Archived"),
        "archive_reason_id": it.id("archiveReason", text="Did not meet the technical bar"),
    },
    "ashby_change_application_source": lambda it: {
        **it.application("Ada Lovelace"),
        "source_id": it.id("source", title="Careers Page"),
    },
    "ashby_submit_application_feedback": lambda it: {
        **it.application("Ada Lovelace"),
        "feedback_form_definition_id": it.id("feedbackFormDefinition", title="Interview Scorecard"),
        "field_submissions": [{"path": path, "value": value} for path, value in FEEDBACK.items()],
    },
    "ashby_create_job": lambda it: {
        "title": "Tide Analyst",
        "department_id": it.id("department"),
        "location_id": it.id("location", name="London"),
    },
    "ashby_update_job": lambda it: {**it.job(), "title": "Principal Engineer"},
    "ashby_set_job_status": lambda it: {**it.job(), "status": "Closed"},
    "ashby_create_offer": lambda it: {
        **it.application("Kwame Mensah"),
        "field_submissions": [{"path": path, "value": value} for path, value in OFFER.items()],
    },
    "ashby_create_interview_schedule": lambda it: {
        **it.application("Ada Lovelace"),
        "interview_events": [it.event()],
    },
    "ashby_update_interview_schedule": lambda it: {**it.schedule(), "interview_event": it.event(14)},
    "ashby_cancel_interview_schedule": lambda it: it.schedule(),
    "ashby_set_custom_field_value": lambda it: {
        "object_type": "Candidate",
        "object_id": it.candidate("Ada Lovelace")["candidate_id"],
        "custom_field_id": it.id("customField", objectType="Candidate", fieldType="String", isArchived=False),
        "field_value": "Tea",
    },
    "ashby_create_opening": lambda it: {"identifier": "ENG-99", "job_ids": [it.job()["job_id"]]},
    "ashby_update_opening": lambda it: {**it.opening(), "description": "For the new team."},
    "ashby_add_opening_job": lambda it: {**it.opening(), "job_id": it.id("job", title="Machine Learning Engineer")},
    "ashby_remove_opening_job": lambda it: {**it.opening(), **it.job()},
    "ashby_set_opening_state": lambda it: {
        **it.opening(),
        "opening_state": "Closed",
        "close_reason_id": it.id("closeReason"),
    },
    "ashby_set_opening_archived": lambda it: {"opening_id": it.id("opening", openingState="Closed"), "archive": True},
}


def write_resume(directory: Path) -> None:
    """The file that the uploads take."""
    (directory / RESUME).write_text("Ada Lovelace. Analyst.")
