"""Interview feedback and the forms it is given on."""

from typing import Any

from langchain_ashby.sandbox import forms
from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import INCLUDE_ARCHIVED, of, time_filter
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.records import (
    Application,
    Feedback,
    FeedbackFormDefinition,
    FeedbackRequest,
    Interview,
    InterviewEvent,
    InterviewSchedule,
    User,
)
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.replies.shared import submission
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Alternatives, Field, Shape, Uuid, request
from langchain_ashby.sandbox.store import equals

_FORM: dict[str, Field] = {
    "applicationId": Uuid(),
    "formDefinitionId": Uuid(),
    "feedbackForm": forms.SUBMISSIONS,
}


FORMS = Resource(FeedbackFormDefinition, "hiringProcessMetadata")
FORMS.list("feedbackFormDefinition.list", INCLUDE_ARCHIVED)
FORMS.info("feedbackFormDefinition.info")

FEEDBACK = Resource(Feedback, "candidates", reply.feedback)
FEEDBACK.list(
    "applicationFeedback.list",
    time_filter("createdAfter", "submittedAt"),
    of(Application, required=False),
)


@method(
    "applicationFeedback.submit",
    "candidatesWrite",
    Alternatives(
        Shape(_FORM, {"userId": Uuid()}),
        Shape({**_FORM, "interviewEventId": Uuid(), "userId": Uuid()}),
    ),
)
def submit_feedback(call: Call) -> Any:
    """Gives feedback, in one's own name or as an interviewer of an event."""
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
    if "interviewEventId" in body and (asked := call.find(FeedbackRequest, body["interviewEventId"])):
        if asked["applicationId"] != application["id"] or asked["interviewerUserId"] != user_id:
            raise invalid("userId", "is not who was asked for this feedback")
        feedback |= {"interviewEventId": asked["id"], "interviewId": asked["interviewId"]}
        call.store.add(Feedback, feedback)
    elif "interviewEventId" in body:
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


@method(
    "applicationFeedbackRequest.create",
    "candidatesWrite",
    request({"applicationId": Uuid(), "interviewId": Uuid(), "interviewerUserId": Uuid()}),
)
def request_feedback(call: Call) -> Any:
    """Asks a user for feedback without a meeting; asked twice, there are two requests."""
    application = call.get(Application, call.body["applicationId"])
    interview = call.refer(Interview, call.body["interviewId"], "interviewId")
    if not interview["isFeedbackRequested"]:
        raise invalid("interviewId", "the interview is not configured to request feedback")
    user = call.refer(User, call.body["interviewerUserId"], "interviewerUserId")
    if not user["isEnabled"]:
        raise invalid("interviewerUserId", "the user is deactivated")
    made = call.create(
        FeedbackRequest,
        applicationId=application["id"],
        interviewId=interview["id"],
        interviewerUserId=user["id"],
    )
    return {
        "interviewEventId": made["id"],
        "interviewerUserId": made["interviewerUserId"],
        "applicationId": made["applicationId"],
    }


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
