"""Applications: listing, looking at, creating and changing them. Their stages are in `stages`."""

from collections.abc import Sequence
from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import CREATED_AFTER, same
from langchain_ashby.sandbox.messages import Refusal, invalid
from langchain_ashby.sandbox.methods.stages import STATUS_OF_STAGE, set_archive_reason, stage_of_plan
from langchain_ashby.sandbox.paging import Page, listing_of
from langchain_ashby.sandbox.records import (
    Application,
    Candidate,
    CriteriaEvaluation,
    HistoryEntry,
    InterviewPlan,
    InterviewStage,
    Job,
    Source,
    User,
)
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.replies.shared import without
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import (
    Alternatives,
    Choice,
    Flag,
    Many,
    Moment,
    Nullable,
    Shape,
    Uuid,
    Whole,
    request,
)
from langchain_ashby.sandbox.store import Condition, equals
from langchain_ashby.sandbox.visibility import visible

_FIRST_SCREEN = "FirstPreInterviewScreen"
_PAST_STAGE = Shape(
    {"stageId": Uuid(), "stageNumber": Whole(least=0), "enteredStageAt": Moment()}, {"archiveReasonId": Uuid()}
)


APPLICATIONS = Resource(
    Application,
    "candidates",
    lambda call, record: reply.application(call, record, call.body.get("expand", [])),
)
APPLICATIONS.list(
    "application.list",
    CREATED_AFTER,
    same(status=Choice(("Hired", "Archived", "Active", "Lead")), jobId=Uuid()),
    optional={"expand": Many(Choice(("openings",)))},
)
APPLICATIONS.update(
    "application.update",
    optional={"sourceId": Uuid(of=Source), "creditedToUserId": Uuid(of=User), "createdAt": Moment()},
    ignored={"sendNotifications": Flag()},
)
APPLICATIONS.update(
    "application.changeSource",
    {"sourceId": Nullable(Uuid(of=Source))},
    spellings=["application.change_source"],
)


@method(
    "application.info",
    "candidatesRead",
    Alternatives(
        Shape(
            {"applicationId": Uuid()},
            {"expand": Many(Choice(("openings", "applicationFormSubmissions", "referrals")))},
        ),
        Shape(
            {"submittedFormInstanceId": Uuid()},
            {"expand": Many(Choice(("openings", "applicationFormSubmissions")))},
        ),
    ),
)
def get_application(call: Call) -> Any:
    """Finds an application by id, or by the form that was handed in with it."""
    expand = call.body.get("expand", [])
    if "applicationId" in call.body:
        return reply.application_details(call, call.get(Application, call.body["applicationId"]), expand)
    submitted = Condition(
        "EXISTS (SELECT 1 FROM json_each(data, '$.applicationFormSubmissions') WHERE json_extract(value, '$.id') = ?)",
        (call.body["submittedFormInstanceId"],),
    )
    found = call.store.find(Application, submitted, *visible(Application, call.key), limit=1)
    if not found:
        raise Refusal("application_not_found", "There is no application with this submitted form.")
    return reply.application_details(call, found[0], expand)


@method("application.listHistory", "candidatesRead", request({"applicationId": Uuid()}, paged=True))
def list_history(call: Call) -> Page:
    """Pages through the stages that an application has been in."""
    application = call.get(Application, call.body["applicationId"])
    return listing_of(call, [reply.history_entry(call, entry) for entry in application["applicationHistory"]])


@method("application.listCriteriaEvaluations", "candidatesRead", request({"applicationId": Uuid()}, paged=True))
def list_criteria_evaluations(call: Call) -> Page:
    """Pages through what the AI review says of an application."""
    application = call.get(Application, call.body["applicationId"])
    found = call.store.find(CriteriaEvaluation, equals("applicationId", application["id"]))
    return listing_of(call, [without(record, "applicationId") for record in found])


@method(
    "application.create",
    "candidatesWrite",
    request(
        {"candidateId": Uuid(), "jobId": Uuid()},
        {
            "interviewPlanId": Uuid(),
            "interviewStageId": Uuid(words=(_FIRST_SCREEN,)),
            "sourceId": Uuid(),
            "creditedToUserId": Uuid(),
            "createdAt": Moment(),
            "applicationHistory": Many(_PAST_STAGE, least=1),
        },
    ),
)
def create_application(call: Call) -> Any:
    """Considers a candidate for a job."""
    body = call.body
    candidate = call.get(Candidate, body["candidateId"])
    job = call.get(Job, body["jobId"])
    plan = _plan(call, job)
    past = _past(call, plan) if "applicationHistory" in body else []
    stage = _first_stage(call, plan, past)
    application: Application = {
        "id": call.store.new_id(),
        "candidateId": candidate["id"],
        "jobId": job["id"],
        "interviewPlanId": plan["id"],
        "currentInterviewStageId": stage["id"],
        "status": STATUS_OF_STAGE[stage["type"]],
        "hiringTeam": job["hiringTeam"],
        "applicationHistory": _history(call, stage, past),
        "applicationFormSubmissions": [],
        "referrals": [],
        "openingIds": [],
        "customFieldValues": {},
        "createdAt": body.get("createdAt", call.now),
        "updatedAt": call.now,
    }
    if stage["type"] == "Archived":
        set_archive_reason(call, application, past[-1].get("archiveReasonId"), "applicationHistory")
    _apply_credits(call, application)
    return reply.application(call, call.store.add(Application, application))


def _apply_credits(call: Call, application: Application) -> None:
    call.refer_if_given(Source, "sourceId")
    call.refer_if_given(User, "creditedToUserId")
    if "sourceId" in call.body:
        application["sourceId"] = call.body["sourceId"]
    if "creditedToUserId" in call.body:
        application["creditedToUserId"] = call.body["creditedToUserId"]


def _plan(call: Call, job: Job) -> InterviewPlan:
    """The plan that the application goes through: the one asked for, or the job's default."""
    plan_id = call.body.get("interviewPlanId", job.get("defaultInterviewPlanId"))
    if plan_id is None:
        raise invalid("interviewPlanId", "is required, since the job has no default interview plan")
    plan = call.refer(InterviewPlan, plan_id, "interviewPlanId")
    if plan.get("jobId", job["id"]) != job["id"]:
        raise invalid("interviewPlanId", "is a plan of another job")
    return plan


def _first_stage(call: Call, plan: InterviewPlan, past: Sequence[dict[str, Any]]) -> InterviewStage:
    """The first stage of the application: the last one of its history, if one is given."""
    stages = call.store.find(InterviewStage, equals("interviewPlanId", plan["id"]))
    stages.sort(key=lambda stage: stage["orderInInterviewPlan"])
    asked = call.body.get("interviewStageId")
    if past:
        if asked not in (None, past[-1]["stageId"]):
            raise invalid("interviewStageId", "is not the last stage of the history")
        return stage_of_plan(call, past[-1]["stageId"], plan["id"])
    if asked in (None, _FIRST_SCREEN):
        first_types = ("Lead", "PreInterviewScreen") if asked is None else ("PreInterviewScreen",)
        for stage_type in first_types:
            for stage in stages:
                if stage["type"] == stage_type:
                    return stage
        raise invalid("interviewStageId", f"the plan has no stage of type {' or '.join(first_types)}")
    stage = stage_of_plan(call, asked, plan["id"])
    if stage["type"] in ("Hired", "Archived"):
        raise invalid("interviewStageId", f"an application cannot start in a stage of type {stage['type']}")
    return stage


def _past(call: Call, plan: InterviewPlan) -> list[dict[str, Any]]:
    """The history that the body gives, in order."""
    where = "applicationHistory"
    past = sorted(call.body[where], key=lambda entry: entry["stageNumber"])
    if len({entry["stageNumber"] for entry in past}) < len(past):
        raise invalid(where, "has a stageNumber twice")
    times = [entry["enteredStageAt"] for entry in past]
    if times != sorted(times):
        raise invalid(where, "goes back in time")
    for entry in past:
        stage = stage_of_plan(call, entry["stageId"], plan["id"])
        if stage["type"] == "Hired":
            raise invalid(where, "cannot contain a stage of type Hired")
        if (stage["type"] == "Archived") != ("archiveReasonId" in entry):
            raise invalid(where, "needs an archiveReasonId with a stage of type Archived, and with no other")
    return past


def _history(call: Call, stage: InterviewStage, past: Sequence[dict[str, Any]]) -> list[HistoryEntry]:
    stays = past or [{"stageId": stage["id"], "stageNumber": 0, "enteredStageAt": call.body.get("createdAt", call.now)}]
    history: list[HistoryEntry] = []
    for stay in stays:
        if history:
            history[-1]["leftStageAt"] = stay["enteredStageAt"]
        history.append(
            {
                "id": call.store.new_id(),
                "stageId": stay["stageId"],
                "stageNumber": stay["stageNumber"],
                "enteredStageAt": stay["enteredStageAt"],
                "actorId": call.acting_user_id,
            }
        )
    return history
