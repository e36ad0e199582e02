"""Moving applications from stage to stage, which is also how candidates are rejected and hired."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.clock import iso
from langchain_ashby.sandbox.messages import Refusal, invalid
from langchain_ashby.sandbox.records import (
    Application,
    ApplicationStatus,
    ArchiveReason,
    Candidate,
    CommunicationTemplate,
    InterviewPlan,
    InterviewStage,
    Job,
    Offer,
    Opening,
    StageType,
)
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.statement import Flag, Moment, Shape, Uuid, request
from langchain_ashby.sandbox.store import equals

STATUS_OF_STAGE: dict[StageType, ApplicationStatus] = {
    "Lead": "Lead",
    "PreInterviewScreen": "Active",
    "Active": "Active",
    "Offer": "Active",
    "Hired": "Hired",
    "Archived": "Archived",
}
ORGANIZATION_ZONE = ZoneInfo("Europe/Oslo")
_MORNING = time(9, 32, tzinfo=ORGANIZATION_ZONE)


@method(
    "application.changeStage",
    "candidatesWrite",
    request(
        {"applicationId": Uuid(), "interviewStageId": Uuid()},
        {
            "archiveReasonId": Uuid(),
            "archiveEmail": Shape({"communicationTemplateId": Uuid()}, {"sendAt": Moment(or_utc=True)}),
        },
    ),
    spellings=["application.change_stage"],
)
def change_stage(call: Call) -> Any:
    """Moves an application to another stage of its plan."""
    body = call.body
    application = call.get(Application, body["applicationId"])
    stage = stage_of_plan(call, body["interviewStageId"], application["interviewPlanId"])
    is_hired_already = application["status"] == "Hired"
    is_archived_already = application["status"] == "Archived"
    application.pop("archiveReasonId", None)
    application.pop("archivedAt", None)
    if stage["type"] == "Archived":
        set_archive_reason(call, application, body.get("archiveReasonId"), "archiveReasonId")
        if "archiveEmail" in body:
            _check_archive_email(call, application)
            if not is_archived_already:
                template_id = body["archiveEmail"]["communicationTemplateId"]
                application["archiveEmail"] = {"communicationTemplateId": template_id, "sendAt": _time_of_email(call)}
    else:
        for key in ("archiveReasonId", "archiveEmail"):
            if key in body:
                raise invalid(key, f"is only for a stage of type Archived, and {stage['title']} is {stage['type']}")
    if stage["type"] == "Hired" and not is_hired_already:
        _fill_opening(call, application)
    _enter(call, application, stage)
    return reply.application(call, call.save(Application, application))


@method(
    "application.transfer",
    "candidatesWrite",
    request(
        {"applicationId": Uuid(), "jobId": Uuid(), "interviewPlanId": Uuid(), "interviewStageId": Uuid()},
        {"startAutomaticActivities": Flag()},
    ),
)
def transfer(call: Call) -> Any:
    """Moves an application to another job. Meetings, feedback and offers stay with it; no stage has activities here."""
    application = call.get(Application, call.body["applicationId"])
    job = call.get(Job, call.body["jobId"])
    plan = call.refer(InterviewPlan, call.body["interviewPlanId"], "interviewPlanId")
    if plan["id"] not in job["interviewPlanIds"]:
        raise invalid("interviewPlanId", "is no plan of the job")
    stage = stage_of_plan(call, call.body["interviewStageId"], plan["id"])
    if application["status"] == "Hired":
        raise invalid("applicationId", "the candidate is hired already")
    if stage["type"] in ("Hired", "Archived"):
        raise invalid("interviewStageId", f"an application cannot be transferred to a stage of type {stage['type']}")
    application.pop("archiveReasonId", None)
    application.pop("archivedAt", None)
    application |= {"jobId": job["id"], "interviewPlanId": plan["id"]}
    _enter(call, application, stage)
    return reply.application(call, call.save(Application, application))


def stage_of_plan(call: Call, stage_id: str, plan_id: str) -> InterviewStage:
    """The stage, which must belong to the plan."""
    stage = call.get(InterviewStage, stage_id)
    if stage["interviewPlanId"] != plan_id:
        message = f"The stage {stage['title']} ({stage_id}) belongs to another interview plan than the application's."
        raise Refusal("interview_stage_not_found", message)
    return stage


def set_archive_reason(call: Call, application: Application, reason_id: str | None, where: str) -> None:
    """Sets the reason why the application is archived."""
    if reason_id is None:
        raise invalid(where, "an archive reason is required for a stage of type Archived")
    reason = call.get(ArchiveReason, reason_id)
    if reason["isArchived"]:
        raise Refusal("archive_reason_not_found", f"The archive reason {reason['text']} is itself archived.")
    application["archiveReasonId"] = reason["id"]
    application["archivedAt"] = call.now


def _check_archive_email(call: Call, application: Application) -> None:
    template = call.get(CommunicationTemplate, call.body["archiveEmail"]["communicationTemplateId"])
    if "email" not in template["intendedTypes"]:
        message = f"The template {template['title']} is not intended for e-mail."
        raise Refusal("communication_template_not_allowed", message)
    candidate = call.get(Candidate, application["candidateId"])
    if not any(contact["isPrimary"] for contact in candidate["emailAddresses"]):
        raise invalid("archiveEmail", "the candidate has no primary e-mail address")


def _time_of_email(call: Call) -> str:
    """The time that the body gives, or now if it is past; else the following morning in the organization's zone."""
    if given := call.body["archiveEmail"].get("sendAt"):
        return max(str(given), call.now)
    today = datetime.fromtimestamp(call.clock.time(), ORGANIZATION_ZONE)
    return iso(datetime.combine(today + timedelta(days=1), _MORNING).astimezone(UTC))


def _fill_opening(call: Call, application: Application) -> None:
    """Hires against the opening of the accepted offer, or else of the application."""
    offers = call.store.find(Offer, equals("applicationId", application["id"]), equals("acceptanceStatus", "Accepted"))
    if not offers:
        raise invalid("interviewStageId", "hiring needs an accepted offer, and the application has none")
    opening_id = offers[-1]["versions"][-1].get("openingId") or next(iter(application["openingIds"]), None)
    if opening_id is None:
        raise invalid("interviewStageId", "hiring needs an opening, and neither offer nor application names one")
    opening = call.get(Opening, opening_id)
    if opening["openingState"] in ("Filled", "Closed") or opening["isArchived"]:
        identifier = opening["latestVersion"]["identifier"]
        raise Refusal("opening_in_use", f"The opening {identifier} is {opening['openingState'].lower()} or archived.")
    opening["openingState"] = "Filled"
    opening["closedAt"] = call.now
    call.save(Opening, opening)
    application["openingIds"] = [opening["id"]]


def _enter(call: Call, application: Application, stage: InterviewStage) -> None:
    """Ends the stay in the current stage and begins the next; the same stage again is the same stay."""
    if stage["id"] == application["currentInterviewStageId"]:
        return
    history = application["applicationHistory"]
    if history:
        history[-1]["leftStageAt"] = call.now
    history.append(
        {
            "id": call.store.new_id(),
            "stageId": stage["id"],
            "stageNumber": history[-1]["stageNumber"] + 1 if history else 0,
            "enteredStageAt": call.now,
            "actorId": call.acting_user_id,
        }
    )
    application["currentInterviewStageId"] = stage["id"]
    application["status"] = STATUS_OF_STAGE[stage["type"]]
