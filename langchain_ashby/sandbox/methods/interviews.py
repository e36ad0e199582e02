"""Interview plans, their stages, the definitions of interviews, and transcripts."""

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import INCLUDE_ARCHIVED, always, unless, when
from langchain_ashby.sandbox.paging import Page
from langchain_ashby.sandbox.records import Interview, InterviewPlan, InterviewStage, NotetakerTranscript
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import interviews as reply
from langchain_ashby.sandbox.replies.shared import without
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Uuid, request
from langchain_ashby.sandbox.store import absent, equals

PLANS = Resource(InterviewPlan, "interviews", lambda call, record: without(record, "isPublished", "jobId"))
PLANS.list("interviewPlan.list", always(equals("isPublished", True)), INCLUDE_ARCHIVED)

STAGES = Resource(InterviewStage, "interviews", lambda call, record: reply.interview_stage(record))
STAGES.info("interviewStage.info")

INTERVIEWS = Resource(Interview, "interviews", lambda call, record: reply.interview(record))
INTERVIEWS.list(
    "interview.list",
    INCLUDE_ARCHIVED,
    unless("includeNonSharedInterviews", absent("jobId")),
    when("excludeArchivedScheduleTemplateInterviews", equals("scheduleTemplateIsArchived", False)),
)
INTERVIEWS.info("interview.info", key="id")

TRANSCRIPTS = Resource(NotetakerTranscript, "notetaker", reply.transcript)
TRANSCRIPTS.info("notetakerTranscript.info")


@method("interviewStage.list", "interviewsRead", request({"interviewPlanId": Uuid()}))
def list_stages(call: Call) -> Page:
    """Returns the stages of a plan in their order."""
    plan = call.get(InterviewPlan, call.body["interviewPlanId"])
    stages = call.store.find(InterviewStage, equals("interviewPlanId", plan["id"]))
    stages.sort(key=lambda stage: stage["orderInInterviewPlan"])
    return Page([reply.interview_stage(stage) for stage in stages])
