"""Cards for writes on jobs."""

from __future__ import annotations

from langchain_ashby.agent.cards.as_sent import shows
from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.plain import derive
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import called_job, the_department
from langchain_ashby.endpoints.applications import ListApplications
from langchain_ashby.endpoints.interviews import ListInterviewPlans
from langchain_ashby.endpoints.jobs import CreateJob, ListJobs, SearchJobs, SetJobStatus, UpdateJob
from langchain_ashby.endpoints.organization import GetDepartment, ListLocations
from langchain_ashby.text.words import at, called, count, enumerated, folded, given, named, shown

NEXT = {"Draft": ("Open", "Archived"), "Open": ("Closed",), "Closed": ("Draft", "Archived"), "Archived": ("Draft",)}
"""The statuses that a job's status can be followed by."""


@builds(CreateJob)
def create(request: CreateJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Create a job."""
    department_read, locations, plans, titled, drafts = reads.all(
        GetDepartment(department_id=request.department_id),
        ListLocations(include_archived=True, include_location_hierarchy=True),
        ListInterviewPlans(include_archived=True) if request.default_interview_plan_id else None,
        SearchJobs(title=request.title),
        ListJobs(status=["Draft"]),
    )
    department = the_department(builder, department_read, request.department_id)
    location = builder.named("The location", locations, request.location_id, "name")
    plan = builder.named("The interview plan", plans, request.default_interview_plan_id, "title")
    builder.line = f"Create the job {named(request.title)} in {called(department)}, {called(location)}"
    builder.new_value("Title", given(request.title))
    builder.new_value("Status", "draft")
    builder.new_value("Department", shown(department))
    builder.new_value("Location", shown(location))
    builder.new_value("Employment type", request.employment_type and enumerated(request.employment_type))
    builder.new_value("Interview plan", shown(plan))
    builder.consequence("The agent can't delete the job; it can only archive it.")
    if plan is None and request.job_template_id is None:
        builder.warn("No interview plan is given: the job cannot be opened without one.", "low")
    if request.job_template_id:
        builder.new_value("Template", request.job_template_id)
        builder.not_checked(
            "What the job template contains, and whether it is active, as Ashby requires: templates cannot be read.",
            "medium",
        )
    if request.brand_id:
        builder.new_value("Brand", request.brand_id)
        builder.not_checked("The name of the brand: brands cannot be read.", "medium")
    found = builder.records("The jobs with this title", titled)
    drafted = builder.records("The draft jobs", drafts)
    alike = {str(at(it, "id")): it for it in [*found, *drafted] if folded(at(it, "title")) == folded(request.title)}
    for job in alike.values():
        status = at(job, "status")
        state = "a draft" if status == "Draft" else enumerated(status)
        builder.warn(f"A job with this title exists: {called_job(builder, job)}; it is {state}.")
    complete = found.complete and drafted.complete
    others = [it for it in alike.values() if not shows(it, request.wire(), {"teamId": "departmentId"})]
    like = folded(request.title)
    builder.lookalikes("Jobs with this title", like, alike.values(), complete, "createdAt", doubtful=others)


@builds(UpdateJob)
def update(request: UpdateJob, reads: ReadCache, builder: CardBuilder) -> None:
    """Change a job."""
    job = derive(request, reads, builder).record
    if request.custom_requisition_id:
        [found] = reads.all(SearchJobs(requisition_id=request.custom_requisition_id))
        for other in builder.records("The jobs with this requisition id", found):
            if at(other, "id") != request.job_id:
                builder.warn(f"Another job has this requisition id: {called_job(builder, other)}.")
    if at(job, "status") == "Open" and builder.changes:
        builder.consequence("The job is open. It is not documented whether its postings change too.")


@builds(SetJobStatus)
def set_status(request: SetJobStatus, reads: ReadCache, builder: CardBuilder) -> None:
    """Open, close or archive a job."""
    derived = derive(request, reads, builder)
    job, status = derived.record, at(derived.record, "status")
    line = {"Open": "Open {}", "Closed": "Close {}", "Archived": "Archive {}", "Draft": "Turn {} back into a draft"}
    builder.line = line[request.status].format(derived.subject)
    if status in NEXT and request.status not in (status, *NEXT[status]):
        allowed = " or ".join("a draft" if it == "Draft" else enumerated(it) for it in NEXT[status])
        current = "a draft" if status == "Draft" else enumerated(status)
        builder.warn(f"A job that is {current} can only become {allowed}: Ashby will refuse.")
    if request.status == "Open":
        builder.consequence("It is not documented whether its postings are published.", "medium")
        if job and not at(job, "defaultInterviewPlanId"):
            builder.warn("The job has no default interview plan: Ashby will refuse to open it.")
    else:
        builder.consequence("It is not documented what happens to its applications and postings.")
        if request.status == "Archived":
            builder.consequence("An archived job can only become a draft again.", "high")
        [found] = reads.all(ListApplications(job_id=request.job_id, status="Active"))
        active = builder.records("The active applications", found)
        if active:
            more = "" if active.complete else "at least "
            builder.warn(f"The job has {more}{count(len(active), 'active application')}.", "high")
