"""Cards for writes on jobs."""

from __future__ import annotations

from typing import Any

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.shared import line_of_changes, the_job, value_of
from langchain_ashby.endpoints.applications import ListApplications
from langchain_ashby.endpoints.interviews import ListInterviewPlans
from langchain_ashby.endpoints.jobs import CreateJob, GetJob, ListJobs, SearchJobs, SetJobStatus, UpdateJob
from langchain_ashby.endpoints.organization import GetDepartment, ListLocations
from langchain_ashby.text.words import UNNAMED, at, count, enumerated, folded, named, one_line

NEXT = {"Draft": ("Open", "Archived"), "Open": ("Closed",), "Closed": ("Draft", "Archived"), "Archived": ("Draft",)}
"""The statuses that a job's status can be followed by."""


def create(request: CreateJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Create a job."""
    department_read, locations, plans, titled, drafts = reads.all(
        GetDepartment(department_id=request.department_id),
        ListLocations(include_archived=True, include_location_hierarchy=True),
        ListInterviewPlans(include_archived=True) if request.default_interview_plan_id else None,
        SearchJobs(title=request.title),
        ListJobs(status=["Draft"]),
    )
    department = builder.named("The department", department_read, request.department_id, "name")
    location = builder.named("The location", locations, request.location_id, "name")
    plan = builder.named("The interview plan", plans, request.default_interview_plan_id, "title")
    builder.line = f"Create the job {named(request.title)} in {named(department['name'])}, {named(location['name'])}"
    builder.new_value("Title", one_line(request.title))
    builder.new_value("Status", "draft")
    builder.new_value("Department", department["name"])
    builder.new_value("Location", location["name"])
    builder.new_value("Employment type", request.employment_type and enumerated(request.employment_type))
    builder.new_value("Interview plan", plan and plan["name"])
    builder.consequence("The job is a draft: nobody can apply before it is opened.")
    builder.consequence("The agent cannot delete the job again; it could only be archived.")
    if plan is None and request.job_template_id is None:
        builder.warn("No interview plan is given: the job cannot be opened without one.", "low")
    if request.job_template_id:
        builder.new_value("Template", request.job_template_id)
        builder.not_checked("What the job template contains: templates cannot be read.")
    if request.brand_id:
        builder.new_value("Brand", request.brand_id)
        builder.not_checked("The name of the brand: brands cannot be read.")
    found = builder.records("The jobs with this title", titled)
    drafted = builder.records("The jobs that are drafts", drafts)
    alike = {str(at(it, "id")): it for it in [*found, *drafted] if folded(at(it, "title")) == folded(request.title)}
    for job in alike.values():
        status = at(job, "status")
        builder.warn(f"A job with this title exists: it is {'a draft' if status == 'Draft' else enumerated(status)}.")
    complete = found.complete and drafted.complete
    builder.lookalikes("Jobs with this title", alike.values(), complete, "createdAt")


def update(request: UpdateJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Change a job."""
    found, department_read, locations, plans, same_requisition = reads.all(
        GetJob(job_id=request.job_id),
        GetDepartment(department_id=request.department_id) if request.department_id else None,
        ListLocations(include_archived=True, include_location_hierarchy=True) if request.location_id else None,
        ListInterviewPlans(include_archived=True) if request.default_interview_plan_id else None,
        SearchJobs(requisition_id=request.custom_requisition_id) if request.custom_requisition_id else None,
    )
    job = the_job(builder, found)
    if request.title:
        builder.set_field("Title", value_of(job, "title"), request.title, lambda it: one_line(it) if it else None)
    if request.department_id:
        after = builder.named("The department", department_read, request.department_id, "name")
        builder.set_field("Department", present_department(builder, reads, job, "departmentId"), after)
    if request.location_id:
        after = builder.named("The location", locations, request.location_id, "name")
        builder.set_field("Location", present(job, "locationId", locations, "name"), after)
    if request.default_interview_plan_id:
        after = builder.named("The interview plan", plans, request.default_interview_plan_id, "title")
        builder.set_field("Default interview plan", present(job, "defaultInterviewPlanId", plans, "title"), after)
    if request.custom_requisition_id:
        before = value_of(job, "customRequisitionId")
        builder.set_field(
            "Requisition id", before, request.custom_requisition_id, lambda it: one_line(it) if it else None
        )
    if request.employment_type:
        builder.set_field("Employment type", value_of(job, "employmentType"), request.employment_type, _enumerated)
    builder.line = line_of_changes(builder, f"the job {named(at(job, 'title') or UNNAMED)}")
    for other in builder.records("The jobs with this requisition id", same_requisition):
        if at(other, "id") != request.job_id:
            builder.warn(f"Another job has this requisition id: {named(at(other, 'title') or UNNAMED)}.")
    if at(job, "status") == "Open" and builder.changes:
        builder.consequence("The job is open: what changes here may show on its postings.")


def set_status(request: SetJobStatus, reads: ReadCache, builder: CardBuilder) -> None:
    """Open, close or archive a job."""
    leaving = request.status in ("Closed", "Archived", "Draft")
    found, active_read = reads.all(
        GetJob(job_id=request.job_id),
        ListApplications(job_id=request.job_id, status="Active") if leaving else None,
    )
    job = the_job(builder, found)
    status = at(job, "status")
    builder.set_field("Status", value_of(job, "status"), request.status, _enumerated)
    title = named(at(job, "title") or UNNAMED)
    doing = {"Open": "Open", "Closed": "Close", "Archived": "Archive", "Draft": "Turn back into a draft:"}
    builder.line = f"{doing[request.status]} the job {title}"
    if status == request.status:
        builder.warn(f"The job is {'a draft' if status == 'Draft' else enumerated(status)} already.")
    elif status in NEXT and request.status not in NEXT[status]:
        allowed = " or ".join(map(enumerated, NEXT[status]))
        builder.warn(f"A job that is {enumerated(status)} can become {allowed} only: Ashby will refuse.")
    if request.status == "Open":
        builder.consequence("The job becomes open: candidates can be considered for it.", "medium")
        if job and not at(job, "defaultInterviewPlanId"):
            builder.warn("The job has no default interview plan: Ashby will refuse to open it.")
    else:
        builder.consequence("The job takes no new candidates any more.")
        if request.status == "Archived":
            builder.consequence("An archived job can only become a draft again.", "high")
        active = builder.records("The active applications", active_read)
        if active:
            more = "" if active.complete else "at least "
            builder.warn(f"The job has {more}{count(len(active), 'active application')}.", "high")


def present(record: Record, key: str, listed: Any, name: str) -> Fact:
    """What a record points at now, with its name from a list that was read."""
    if not record:
        return UNREAD
    there = at(record, key)
    match = next((it for it in listed if at(it, "id") == there), None) if isinstance(listed, list) else None
    return {"id": there, "name": one_line(at(match, name) or UNNAMED, 120)} if there else None


def present_department(builder: CardBuilder, reads: ReadCache, record: Record, key: str) -> Fact:
    """The department that a record belongs to now."""
    if not record:
        return UNREAD
    if not (there := at(record, key)):
        return None
    [read] = reads.all(GetDepartment(department_id=there))
    return {"id": there, "name": one_line(at(builder.record("The present department", read), "name") or UNNAMED, 120)}


def _enumerated(value: Fact) -> str | None:
    return enumerated(value) if value else None
