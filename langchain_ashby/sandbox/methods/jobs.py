"""Jobs."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import CREATED_AFTER, Filter, time_filter
from langchain_ashby.sandbox.messages import Refusal, invalid
from langchain_ashby.sandbox.paging import Page, listing_of
from langchain_ashby.sandbox.records import (
    Brand,
    Department,
    InterviewPlan,
    InterviewStage,
    Job,
    JobStatus,
    JobTemplate,
    Location,
)
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import jobs as reply
from langchain_ashby.sandbox.replies.interviews import stage_with_activities
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Choice, Field, Flag, Many, Text, Uuid, request
from langchain_ashby.sandbox.store import contains, equals, one_of
from langchain_ashby.sandbox.visibility import visible

EMPLOYMENT_TYPES = ("FullTime", "PartTime", "Intern", "Contract", "Temporary")
_STATUSES = ("Draft", "Open", "Closed", "Archived")
_NEXT_STATUSES: dict[JobStatus, tuple[JobStatus, ...]] = {
    "Draft": ("Open", "Archived"),
    "Open": ("Closed",),
    "Closed": ("Draft", "Archived"),
    "Archived": ("Draft",),
}
_EXPANSIONS: dict[str, Field] = {
    "expand": Many(Choice(("location", "openings"))),
    "includeUnpublishedJobPostingsIds": Flag(),
}
# Drafts are listed only if their status is asked for.
_BY_STATUS = Filter(
    lambda call: [one_of("status", call.body.get("status") or ("Open", "Closed", "Archived"))],
    {"status": Many(Choice(_STATUSES))},
)


JOBS = Resource(Job, "jobs", lambda call, record: reply.job(call, record, **_expansions(call)))
JOBS.list(
    "job.list",
    _BY_STATUS,
    CREATED_AFTER,
    time_filter("openedAfter", "openedAt"),
    time_filter("openedBefore", "openedAt", "<"),
    time_filter("closedAfter", "closedAt"),
    time_filter("closedBefore", "closedAt", "<"),
    optional=_EXPANSIONS,
)
JOBS.info(
    "job.info",
    key="id",
    optional=_EXPANSIONS,
    reply=lambda call, record: reply.job_details(call, record, **_expansions(call)),
)


@method("job.search", "jobsRead", request(optional={"title": Text(), "requisitionId": Text()}))
def search_jobs(call: Call) -> Any:
    """Finds the jobs with these letters in the title and with this requisition id."""
    if not call.body:
        raise invalid("title", "a search needs title or requisitionId")
    conditions = visible(Job, call.key)
    if "title" in call.body:
        conditions.append(contains("title", call.body["title"]))
    if "requisitionId" in call.body:
        conditions.append(equals("customRequisitionId", call.body["requisitionId"]))
    return [reply.job(call, record) for record in call.store.find(Job, *conditions)]


TEMPLATES = Resource(JobTemplate, "jobs", reply.template)
TEMPLATES.list("jobTemplate.list", optional={"expand": Many(Choice(("location",)))})


@method("brand.list", "organizationRead", request(paged=True))
def list_brands(call: Call) -> Page:
    """Pages through the brands, without sync tokens."""
    return listing_of(call, call.store.find(Brand))


@method(
    "job.create",
    "jobsWrite",
    request(
        {"title": Text(), "teamId": Uuid(), "locationId": Uuid()},
        {
            "defaultInterviewPlanId": Uuid(),
            "jobTemplateId": Uuid(),
            "brandId": Uuid(),
            "employmentType": Choice(EMPLOYMENT_TYPES),
        },
    ),
)
def create_job(call: Call) -> Any:
    """Creates a job as a draft."""
    call.refer_if_given(Brand, "brandId")
    job = call.create(
        Job,
        title=call.body["title"],
        departmentId=call.body["teamId"],
        locationId=call.body["locationId"],
        brandId=call.body.get("brandId"),
        authorId=call.acting_user_id,
    )
    if "jobTemplateId" in call.body:
        template = call.refer(JobTemplate, call.body["jobTemplateId"], "jobTemplateId")
        if "defaultInterviewPlanId" in template:
            _set_plan(job, template["defaultInterviewPlanId"])
    _apply(call, job)
    return reply.job(call, call.save(Job, job))


@method(
    "job.update",
    "jobsWrite",
    request(
        {"jobId": Uuid()},
        {
            "title": Text(),
            "teamId": Uuid(),
            "locationId": Uuid(),
            "defaultInterviewPlanId": Uuid(),
            "customRequisitionId": Text(),
            "employmentType": Choice(EMPLOYMENT_TYPES),
        },
    ),
)
def update_job(call: Call) -> Any:
    """Changes what the body names, which must be something."""
    job = call.get(Job, call.body["jobId"])
    if len(call.body) == 1:
        raise invalid("jobId", "an update must name at least one field beside it")
    if "customRequisitionId" in call.body:
        job["customRequisitionId"] = call.body["customRequisitionId"]
    _apply(call, job)
    return reply.job(call, call.save(Job, job))


@method("job.setStatus", "jobsWrite", request({"jobId": Uuid(), "status": Choice(_STATUSES)}))
def set_job_status(call: Call) -> Any:
    """Moves a job to a status that can follow its own."""
    job = call.get(Job, call.body["jobId"])
    status: JobStatus = call.body["status"]
    allowed = _NEXT_STATUSES[job["status"]]
    if status not in allowed:
        raise invalid("status", f"a job that is {job['status']} can become {' or '.join(allowed)}, not {status}")
    if status == "Open":
        if "defaultInterviewPlanId" not in job:
            raise invalid("status", "a job cannot be opened without a default interview plan")
        job["openedAt"] = call.now
        job.pop("closedAt", None)
    if status == "Closed":
        job["closedAt"] = call.now
    job["status"] = status
    return reply.job(call, call.save(Job, job))


@method("jobInterviewPlan.info", "jobsRead", request({"jobId": Uuid()}))
def get_job_interview_plan(call: Call) -> Any:
    """The stages that a job's applications go through, with their interviews."""
    job = call.get(Job, call.body["jobId"])
    if "defaultInterviewPlanId" not in job:
        raise Refusal("interview_plan_not_found", "The job has no default interview plan.")
    plan_id = job["defaultInterviewPlanId"]
    stages = call.store.find(InterviewStage, equals("interviewPlanId", plan_id))
    stages.sort(key=lambda stage: stage["orderInInterviewPlan"])
    return {
        "jobId": job["id"],
        "interviewPlanId": plan_id,
        "stages": [stage_with_activities(call, stage) for stage in stages],
    }


def _expansions(call: Call) -> dict[str, Any]:
    return {
        "expand": call.body.get("expand", []),
        "drafts": call.body.get("includeUnpublishedJobPostingsIds", False),
    }


def _apply(call: Call, job: Job) -> None:
    body = call.body
    call.refer_if_given(Department, "teamId")
    call.refer_if_given(Location, "locationId")
    job["title"] = body.get("title", job["title"])
    job["departmentId"] = body.get("teamId", job["departmentId"])
    job["locationId"] = body.get("locationId", job["locationId"])
    job["employmentType"] = body.get("employmentType", job["employmentType"])
    if "defaultInterviewPlanId" in body:
        plan = call.refer(InterviewPlan, body["defaultInterviewPlanId"], "defaultInterviewPlanId")
        if plan.get("jobId", job["id"]) != job["id"]:
            raise invalid("defaultInterviewPlanId", "is a plan of another job")
        _set_plan(job, plan["id"])


def _set_plan(job: Job, plan_id: str) -> None:
    job["defaultInterviewPlanId"] = plan_id
    if plan_id not in job["interviewPlanIds"]:
        job["interviewPlanIds"].append(plan_id)
