"""Jobs and their postings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from langchain_ashby.effect import Sets, Stored
from langchain_ashby.endpoint import Access, Endpoint, Paged, Synced
from langchain_ashby.endpoints.fields import (
    EmploymentType,
    JobStatus,
    ListOf,
    Since,
    Text,
)
from langchain_ashby.ids import (
    BrandId,
    DepartmentId,
    InterviewPlanId,
    JobBoardId,
    JobId,
    JobPostingId,
    JobTemplateId,
    LocationId,
)
from langchain_ashby.records import Brand, Job, JobBoard, JobInterviewPlan, JobPosting, JobTemplate

JobTitle = Annotated[Text, Field(description="Job title.")]  # langchain-google-genai invents one otherwise
Expand = ListOf[Literal["location", "openings"]]


class ListJobs(Synced[Job]):
    """List jobs, the roles we are hiring for, by status or by when they were created, opened or closed. Without status:
    open, closed and archived ones, not drafts."""

    path = "job.list"
    permission = "jobsRead"

    status: ListOf[JobStatus] | None = None
    created_after: Since | None = None
    opened_after: Since | None = None
    opened_before: Since | None = None
    closed_after: Since | None = None
    closed_before: Since | None = None
    include_unpublished_job_postings_ids: bool | None = None
    expand: Expand | None = None


class GetJob(Endpoint[Job]):
    """Get one job's details: hiring team (hiring manager, recruiter), department, location, compensation, interview
    plan."""

    path = "job.info"
    permission = "jobsRead"

    job_id: Annotated[JobId, Field(serialization_alias="id")]
    include_unpublished_job_postings_ids: bool | None = None
    expand: Expand | None = None


class SearchJobs(Endpoint[list[Job]]):
    """Find a job (role, req) by title or requisition id."""

    path = "job.search"
    permission = "jobsRead"
    at_least_one = ("title", "requisition_id")

    title: JobTitle | None = None
    requisition_id: Text | None = None


class CreateJob(Endpoint[Job]):
    """Set up a new job (role, requisition) in a department and location, as a draft. Open it with ashby_set_job_status
    once it has a default interview plan."""

    path = "job.create"
    access = Access.WRITE
    irreversible = "Ashby has no method that deletes a job. It can be archived."
    permission = "jobsWrite"
    idempotent = False

    title: JobTitle
    department_id: Annotated[DepartmentId, Field(serialization_alias="teamId")]
    location_id: LocationId
    default_interview_plan_id: Annotated[InterviewPlanId | None, Field(description="Required to open the job.")] = None
    job_template_id: JobTemplateId | None = None
    brand_id: BrandId | None = None
    employment_type: EmploymentType | None = None


class UpdateJob(Endpoint[Job]):
    """Rename a job, move it to another department or location, or change its plan, requisition id or employment type;
    omitted fields stay. For its status use ashby_set_job_status."""

    path = "job.update"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    effect = Sets("job_id", custom_requisition_id=Stored("customRequisitionId", "Requisition id"))
    at_least_one = (
        "title",
        "department_id",
        "location_id",
        "default_interview_plan_id",
        "custom_requisition_id",
        "employment_type",
    )

    job_id: JobId
    title: JobTitle | None = None
    department_id: Annotated[DepartmentId | None, Field(serialization_alias="teamId")] = None
    location_id: LocationId | None = None
    default_interview_plan_id: InterviewPlanId | None = None
    custom_requisition_id: Text | None = None
    employment_type: EmploymentType | None = None


class SetJobStatus(Endpoint[Job]):
    """Open, close, reopen or archive a job (role). Allowed: Draft to Open or Archived, Open to Closed, Closed to
    Draft or Archived, Archived to Draft."""

    path = "job.setStatus"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    effect = Sets("job_id")

    job_id: JobId
    status: JobStatus


class ListJobPostings(Endpoint[list[JobPosting]]):
    """List job postings (adverts) live on the careers page or a job board, and unlisted ones. No tool creates one."""

    path = "jobPosting.list"
    permission = "jobsRead"

    location: Annotated[str | None, Field(description="Exact name.")] = None
    department: Annotated[str | None, Field(description="Exact name.")] = None
    listed_only: bool | None = None
    job_board_id: JobBoardId | None = None
    include_unpublished_job_postings: bool | None = None


class GetJobPosting(Endpoint[JobPosting]):
    """Get one job posting (advert) with its text, links and compensation."""

    path = "jobPosting.info"
    permission = "jobsRead"

    job_posting_id: JobPostingId
    job_board_id: JobBoardId | None = None
    expand: ListOf[Literal["job"]] | None = None
    include_unpublished_job_postings: bool | None = None


class ListJobTemplates(Synced[JobTemplate]):
    """List job templates, for ashby_create_job."""

    path = "jobTemplate.list"
    permission = "jobsRead"
    on_request = True

    expand: ListOf[Literal["location"]] | None = None


class ListBrands(Paged[Brand]):
    """List the employer brands for jobs."""

    path = "brand.list"
    permission = "organizationRead"
    on_request = True


class ListJobBoards(Endpoint[list[JobBoard]]):
    """List the job boards, public and internal."""

    path = "jobBoard.list"
    permission = "jobsRead"
    on_request = True


class GetJobInterviewPlan(Endpoint[JobInterviewPlan]):
    """Get the plan that a job follows: its stages, with the interviews to schedule in each."""

    path = "jobInterviewPlan.info"
    permission = "jobsRead"
    on_request = True

    job_id: JobId


class UpdateJobPosting(Endpoint[JobPosting]):
    """Edit a job posting (advert): its title, its text, its workplace type; omitted fields stay."""

    path = "jobPosting.update"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    on_request = True
    effect = Sets(
        "job_posting_id",
        description=Stored("descriptionParts.descriptionBody.html", "Text"),
        suppress_description_opening=None,
        suppress_description_closing=None,
    )
    at_least_one = (
        "title",
        "workplace_type",
        "description",
        "suppress_description_opening",
        "suppress_description_closing",
    )

    job_posting_id: JobPostingId
    title: Annotated[Text | None, Field(description="Posting title.")] = None
    workplace_type: Literal["OnSite", "Hybrid", "Remote"] | None = None
    description: Annotated[Text | None, Field(description="HTML: h1-h6, b, i, u, a, ul, ol, li, code, pre.")] = None
    suppress_description_opening: Annotated[bool | None, Field(description="Leaves out the brand's opening.")] = None
    suppress_description_closing: bool | None = None

    def wire(self) -> dict[str, Any]:
        """The text goes to Ashby with its type."""
        body = super().wire()
        if self.description is not None:
            body["description"] = {"type": "text/html", "content": self.description}
        return body
