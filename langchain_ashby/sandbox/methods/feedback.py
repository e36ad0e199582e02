"""Interview feedback and the forms it is given on."""

from typing import Any

from langchain_ashby.sandbox import forms
from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.methods.filters import (
    CREATED_AFTER,
    INCLUDE_ARCHIVED,
    created_after,
    equal,
    unarchived,
)
from langchain_ashby.sandbox.paging import Page, listing
from langchain_ashby.sandbox.records import (
    Application,
    Feedback,
    FeedbackFormDefinition,
    InterviewEvent,
    InterviewSchedule,
    User,
)
from langchain_ashby.sandbox.refusal import invalid
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.replies.shared import submission
from langchain_ashby.sandbox.statement import Alternatives, Field, Shape, Uuid, request
from langchain_ashby.sandbox.store import equals

_FORM: dict[str, Field] = {
    "applicationId": Uuid(),
    "formDefinitionId": Uuid(),
    "feedbackForm": forms.SUBMISSIONS,
}


@method("feedbackFormDefinition.list", "hiringProcessMetadataRead", request(optional=INCLUDE_ARCHIVED, paged=True))
def list_forms(call: Call) -> Page:
    """Page through the forms."""
    return listing(call, FeedbackFormDefinition, dict, unarchived(call))


@method("feedbackFormDefinition.info", "hiringProcessMetadataRead", request({"feedbackFormDefinitionId": Uuid()}))
def get_form(call: Call) -> Any:
    """Find a form."""
    return call.get(FeedbackFormDefinition, call.body["feedbackFormDefinitionId"])


@method(
    "applicationFeedback.list",
    "candidatesRead",
    request(optional={**CREATED_AFTER, "applicationId": Uuid()}, paged=True),
)
def list_feedback(call: Call) -> Page:
    """Page through the feedback on an application, or on all of them."""
    if "applicationId" in call.body:
        call.get(Application, call.body["applicationId"])
    conditions = created_after(call, "submittedAt") + equal(call, "applicationId")
    return listing(call, Feedback, lambda record: reply.feedback(call, record), conditions)


@method(
    "applicationFeedback.submit",
    "candidatesWrite",
    Alternatives(
        Shape(_FORM, {"userId": Uuid()}),
        Shape({**_FORM, "interviewEventId": Uuid(), "userId": Uuid()}),
    ),
)
def submit_feedback(call: Call) -> Any:
    """Give feedback, in one's own name or as an interviewer of an event."""
    body = call.body
    application = call.get(Application, body["applicationId"])
    form = call.refer(FeedbackFormDefinition, body["formDefinitionId"], "formDefinitionId")
    call.refer_if_given(User, "userId")
    user_id = body.get("userId", call.acting_user_id)
    values = forms.fill_in(form["formDefinition"], body["feedbackForm"]["fieldSubmissions"], "feedbackForm")
    feedback: Feedback = {
        "id": call.store.new_id(),
        "applicationId": application["id"],
        "feedbackFormDefinitionId": form["id"],
        "formDefinition": form["formDefinition"],
        "submittedValues": values,
        "submittedByUserId": user_id,
        "submittedAt": call.now,
    }
    if application["applicationHistory"]:
        feedback["applicationHistoryId"] = application["applicationHistory"][-1]["id"]
    if "interviewEventId" in body:
        schedule, event = _event(call, application, user_id)
        feedback |= {"interviewEventId": event["id"], "interviewId": event["interviewId"]}
        call.store.add(Feedback, feedback)
        event["hasSubmittedFeedback"] = True
        if schedule["status"] != "Cancelled" and not _is_feedback_missing(call, schedule):
            schedule["status"] = "Complete"
        call.save(InterviewSchedule, schedule)
    else:
        call.store.add(Feedback, feedback)
    return {"submittedFormInstance": submission(feedback)}


def _event(call: Call, application: Application, user_id: str) -> tuple[InterviewSchedule, InterviewEvent]:
    """The event that the body names, where the user must be an interviewer."""
    for schedule in call.store.find(InterviewSchedule, equals("applicationId", application["id"])):
        for event in schedule["interviewEvents"]:
            if event["id"] == call.body["interviewEventId"]:
                if user_id not in [interviewer["userId"] for interviewer in event["interviewers"]]:
                    raise invalid("userId", "is not an interviewer of this event")
                return schedule, event
    raise invalid("interviewEventId", "the application has no such interview event")


def _is_feedback_missing(call: Call, schedule: InterviewSchedule) -> bool:
    given = {
        (feedback.get("interviewEventId"), feedback["submittedByUserId"])
        for feedback in call.store.find(Feedback, equals("applicationId", schedule["applicationId"]))
    }
    return any(
        interviewer["isFeedbackRequired"] and (event["id"], interviewer["userId"]) not in given
        for event in schedule["interviewEvents"]
        for interviewer in event["interviewers"]
    )
