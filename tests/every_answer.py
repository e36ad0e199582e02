"""An answer of every tool, as it comes from the sandbox: for snapshots of what a model reads, and for its figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from langchain_core.messages import ToolMessage

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.sandbox import AshbySandbox

Answers = dict[str, ToolMessage]


class Desk:
    """Somebody who calls tools and keeps the answers."""

    def __init__(self, toolkit: AshbyToolkit) -> None:
        self._tools = {tool.name: tool for tool in toolkit.get_tools()}
        self.answers: Answers = {}

    def call(self, name: str, case: str = "", /, **args: Any) -> Any:
        """Call a tool, keep its answer under its name (and the case), and return the results."""
        call = {"type": "tool_call", "id": "1", "name": f"ashby_{name}", "args": args}
        message = self._tools[f"ashby_{name}"].invoke(call)
        self.answers[f"{name}{f', {case}' if case else ''}"] = message
        return message.artifact["results"] if message.artifact else None


@contextmanager
def desk(uploads: Path, **options: Any) -> Iterator[Desk]:
    """A desk at a sandbox with the usual company; files to upload lie in `uploads`."""
    with AshbySandbox() as sandbox, AshbyClient(sandbox.api_key, sandbox.url, upload_dirs=[uploads]) as client:
        yield Desk(AshbyToolkit(client, **options))


def every_answer(desk: Desk, uploads: Path) -> Answers:
    """Call each of the tools at least once, the reads before the writes."""
    reads(desk)
    writes(desk, uploads)
    refusals(desk)
    return desk.answers


def reads(desk: Desk) -> None:
    """Each read: listings long and short, single records, and an application with everything that can be had."""
    call = desk.call
    call("list_candidates", limit=25)
    [ada] = call("search_candidates", name="Ada Lovelace")
    call("get_candidate", candidate_id=ada["id"])
    call("list_candidate_notes", candidate_id=ada["id"])
    call("list_candidate_tags")
    call("list_applications", limit=25)
    [ingrid] = call("search_candidates", "another", name="Halvorsen")
    everything = ["openings", "applicationFormSubmissions", "referrals"]
    application = call("get_application", application_id=ada["applicationIds"][0])
    call("get_application", "expanded", application_id=ingrid["applicationIds"][0], expand=everything)
    call("list_application_feedback", application_id=application["id"])
    call("list_jobs")
    call("search_jobs", title="Staff Engineer")
    call("get_job", job_id=application["job"]["id"])
    postings = call("list_job_postings")
    call("get_job_posting", job_posting_id=postings[0]["id"])
    offers = call("list_offers")
    call("get_offer", offer_id=offers[0]["id"])
    call("list_interviews")
    call("list_interview_schedules", limit=5)
    call("list_interview_plans")
    plan = application["currentInterviewStage"]["interviewPlanId"]
    stages = call("list_interview_stages", interview_plan_id=plan)
    call("get_interview_stage", interview_stage_id=stages[0]["id"])
    forms = call("list_feedback_form_definitions")
    call("get_feedback_form_definition", feedback_form_definition_id=forms[0]["id"])
    call("list_users")
    call("get_user", email="maren@example.com")
    call("list_custom_fields")
    call("list_sources")
    departments = call("list_departments")
    call("get_department", department_id=departments[1]["id"])
    call("list_locations", include_location_hierarchy=True)
    call("list_archive_reasons")
    openings = call("list_openings")
    call("get_opening", opening_id=openings[0]["id"])
    call("search_openings", identifier="OP-201")


def arguments_of_reads(toolkit: AshbyToolkit) -> dict[str, dict[str, Any]]:
    """Arguments that each tool which reads takes in this company, by its name."""
    desk = _NotingDesk(toolkit)
    reads(desk)
    return desk.arguments


class _NotingDesk(Desk):
    """Notes with which arguments each tool was called first."""

    def __init__(self, toolkit: AshbyToolkit) -> None:
        super().__init__(toolkit)
        self.arguments: dict[str, dict[str, Any]] = {}

    def call(self, name: str, case: str = "", /, **args: Any) -> Any:
        self.arguments.setdefault(f"ashby_{name}", args)
        return super().call(name, case, **args)


def writes(desk: Desk, uploads: Path) -> None:
    """Each write, on records of its own where it can be."""
    call = desk.call
    (uploads / "grace.txt").write_text("Grace Hopper: compilers.", "utf-8")
    [job] = call("search_jobs", title="Staff Engineer")
    tags, sources = call("list_candidate_tags"), call("list_sources")
    stages = call("list_interview_stages", interview_plan_id=job["defaultInterviewPlanId"])
    grace = call(
        "create_candidate", name="Grace Hopper", email="grace@example.com", phone_number="+1 555 0100",
        linked_in_url="https://www.linkedin.com/in/example-grace",
    )  # fmt: skip
    person = {"candidate_id": grace["id"]}
    call("update_candidate", **person, name="Grace B. Hopper", github_url="https://github.com/example-grace")
    call("create_candidate_note", **person, note="Met at the harbour.\nWants to hear back this week.")
    call("add_candidate_tag", **person, tag_id=tags[0]["id"])
    call("upload_candidate_resume", **person, file_path=str(uploads / "grace.txt"))
    call("upload_candidate_file", **person, file_path=str(uploads / "grace.txt"))
    application = call("create_application", **person, job_id=job["id"], source_id=sources[0]["id"])
    its = {"application_id": application["id"]}
    call("update_application", **its, source_id=sources[1]["id"])
    call("change_application_source", **its, source_id=None)
    call("change_application_stage", **its, interview_stage_id=stages[5]["id"])
    event = {
        "start_time": "2030-01-07T10:00:00Z",
        "end_time": "2030-01-07T11:00:00Z",
        "interviewers": [{"email": "sofia@example.com"}],
    }
    schedule = call("create_interview_schedule", **its, interview_events=[event])
    call("update_interview_schedule", interview_schedule_id=schedule["id"], interview_event=[event])
    call("cancel_interview_schedule", interview_schedule_id=schedule["id"])
    forms = call("list_feedback_form_definitions")
    scorecard = {"overall_recommendation": "Yes", "feedback": "Calm.\n# Precise.", "technical_depth": 3}
    call(
        "submit_application_feedback", **its, feedback_form_definition_id=forms[0]["id"],
        field_submissions=[{"path": path, "value": value} for path, value in scorecard.items()],
    )  # fmt: skip
    terms = {
        "Base salary": {"value": 120000, "currency_code": "EUR"},
        "Start date": "2030-02-01",
        "Employment type": "Full-time",
    }
    call("create_offer", **its, field_submissions=[{"path": path, "value": value} for path, value in terms.items()])
    fields = {field["title"]: field["id"] for field in call("list_custom_fields")}
    notice = {"object_type": "Candidate", "object_id": grace["id"], "custom_field_id": fields["Notice period (weeks)"]}
    call("set_custom_field_value", **notice, field_value=6)
    team = {"department_id": job["departmentId"], "location_id": job["locationId"]}
    draft = call("create_job", title="Harbour Pilot", **team, default_interview_plan_id=job["defaultInterviewPlanId"])
    call("update_job", job_id=draft["id"], title="Senior Harbour Pilot")
    call("set_job_status", job_id=draft["id"], status="Open")
    seat = call("create_opening", identifier="OP-900", description="A new seat", target_hire_date="2030-03-01")
    call("update_opening", opening_id=seat["id"], is_backfill=True)
    call("add_opening_job", opening_id=seat["id"], job_id=draft["id"])
    call("set_opening_state", opening_id=seat["id"], opening_state="Approved")
    call("remove_opening_job", opening_id=seat["id"], job_id=draft["id"])
    call("set_opening_archived", opening_id=seat["id"], archive=True)


def refusals(desk: Desk) -> None:
    """What comes back when an id belongs to something else, is unknown, a token is too old, a form is not filled in."""
    call = desk.call
    [ada] = call("search_candidates", name="Ada Lovelace")
    [job] = call("search_jobs", title="Staff Engineer")
    [form, *_] = call("list_feedback_form_definitions")
    call("get_candidate", "given an application's id", candidate_id=ada["applicationIds"][0])
    call("get_application", "given a candidate's id", application_id=ada["id"])
    call("get_job", "given a posting's id", job_id=job["jobPostingIds"][0])
    call("get_interview_stage", "given a plan's id", interview_stage_id=job["defaultInterviewPlanId"])
    call("get_candidate", "given an unknown id", candidate_id="00000000-0000-4000-8000-000000000000")
    call("list_candidates", "with a strange sync token", sync_token="x")
    scorecard = {"application_id": ada["applicationIds"][0], "feedback_form_definition_id": form["id"]}
    call("submit_application_feedback", "without values", **scorecard, field_submissions=[])
