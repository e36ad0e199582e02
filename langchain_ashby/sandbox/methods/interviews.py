"""Interview plans, their stages, and the definitions of interviews."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.methods.filters import INCLUDE_ARCHIVED, unarchived
from langchain_ashby.sandbox.paging import Page, listing
from langchain_ashby.sandbox.records import Interview, InterviewPlan, InterviewStage
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import interviews as reply
from langchain_ashby.sandbox.replies.shared import without
from langchain_ashby.sandbox.statement import Flag, Uuid, request
from langchain_ashby.sandbox.store import absent, equals


@method("interviewPlan.list", "interviewsRead", request(optional=INCLUDE_ARCHIVED, paged=True))
def list_plans(call: Call) -> Page:
    """Page through the published plans."""
    published = [equals("isPublished", True), *unarchived(call)]
    return listing(call, InterviewPlan, lambda record: without(record, "isPublished", "jobId"), published)


@method("interviewStage.list", "interviewsRead", request({"interviewPlanId": Uuid()}))
def list_stages(call: Call) -> Page:
    """The stages of a plan in their order."""
    plan = call.get(InterviewPlan, call.body["interviewPlanId"])
    stages = call.store.find(InterviewStage, equals("interviewPlanId", plan["id"]))
    stages.sort(key=lambda stage: stage["orderInInterviewPlan"])
    return Page([reply.interview_stage(stage) for stage in stages])


@method("interviewStage.info", "interviewsRead", request({"interviewStageId": Uuid()}))
def get_stage(call: Call) -> Any:
    """Find a stage."""
    return reply.interview_stage(call.get(InterviewStage, call.body["interviewStageId"]))


@method(
    "interview.list",
    "interviewsRead",
    request(
        optional={
            **INCLUDE_ARCHIVED,
            "includeNonSharedInterviews": Flag(),
            "excludeArchivedScheduleTemplateInterviews": Flag(),
        },
        paged=True,
    ),
)
def list_interviews(call: Call) -> Page:
    """Page through the definitions; those that belong to one job only if they are asked for."""
    conditions = unarchived(call)
    if not call.body.get("includeNonSharedInterviews"):
        conditions.append(absent("jobId"))
    if call.body.get("excludeArchivedScheduleTemplateInterviews"):
        conditions.append(equals("scheduleTemplateIsArchived", False))
    return listing(call, Interview, reply.interview, conditions)


@method("interview.info", "interviewsRead", request({"id": Uuid()}))
def get_interview(call: Call) -> Any:
    """Find a definition."""
    return reply.interview(call.get(Interview, call.body["id"]))
