"""Cards for a scorecard, and for the request of one."""

from __future__ import annotations

from typing import Any

from langchain_ashby.agent.cards.builder import CardBuilder, Record
from langchain_ashby.agent.cards.meetings import standing_words
from langchain_ashby.agent.cards.names import fact_of
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import candidate_and_job, the_application, the_user, who
from langchain_ashby.agent.cards.values import as_fact, show_entries
from langchain_ashby.endpoints.applications import (
    GetApplication,
    ListApplicationFeedback,
    RequestFeedback,
    SubmitApplicationFeedback,
)
from langchain_ashby.endpoints.feedback_forms import GetFeedbackFormDefinition
from langchain_ashby.endpoints.internal import FormSubmissions, SubmitFeedback
from langchain_ashby.endpoints.interviews import GetInterview, ListInterviewSchedules
from langchain_ashby.endpoints.organization import GetUser
from langchain_ashby.forms import Form
from langchain_ashby.text.words import UNNAMED, at, called, moment, one_line, parsed, person, shown


@builds(SubmitApplicationFeedback)
def submit(request: SubmitApplicationFeedback, reads: ReadCache, builder: CardBuilder) -> None:
    """Submit a scorecard."""
    found, form_read, feedback_read, user_read, schedules = reads.all(
        GetApplication(application_id=request.application_id),
        GetFeedbackFormDefinition(feedback_form_definition_id=request.feedback_form_definition_id),
        ListApplicationFeedback(application_id=request.application_id),
        GetUser(user_id=request.user_id) if request.user_id else None,
        ListInterviewSchedules(application_id=request.application_id) if request.interview_event_id else None,
    )
    application = the_application(builder, found)
    form = builder.named("The scorecard", form_read, request.feedback_form_definition_id, "title")
    author = the_user(builder, "The interviewer", user_read, request.user_id)
    whose = called(author) if author else "the user of the API key"
    builder.line = f"Submit the scorecard {called(form)} on {who(builder, application)}, credited to {whose}"
    if request.interview_event_id:
        _meeting(request, builder, schedules)
    definition = at(form_read, "formDefinition")
    values = show_entries(builder, Form(definition) if definition else None, request.field_submissions)
    if not definition:
        builder.not_checked("The form could not be read, so the values for its fields could not be checked.")
    builder.sent = {}  # without the form the body is unknown, so nothing may be sent
    if definition:
        builder.sends(
            SubmitFeedback(
                application_id=request.application_id,
                feedback_form_definition_id=request.feedback_form_definition_id,
                feedback_form=FormSubmissions.of(values),
                user_id=request.user_id,
                interview_event_id=request.interview_event_id,
            )
        )
    builder.consequence("The agent can't change or withdraw a submitted scorecard.", "medium")
    if at(application, "status") == "Archived":
        builder.warn("The application is archived.")

    there = builder.records("The existing feedback", feedback_read)
    same_form = [it for it in there if _is_like(it, request)]
    for known in same_form:
        user = at(known, "submittedByUser")
        by = f"by {called(fact_of(at(user, 'id'), user)) if person(user) else 'somebody who is not known'} "
        at_what_time = f" {by}on {moment(at(known, 'submittedAt'))}" if at(known, "submittedAt") else ""
        builder.warn(f"A scorecard on this form was already submitted{at_what_time.rstrip()}.")
    # Interviewers submit scorecards of their own: only the values tell.
    others = [
        it
        for it in same_form
        if not definition
        or at(it, "feedbackFormDefinitionId") != request.feedback_form_definition_id
        or as_fact(at(it, "submittedValues")) != as_fact(values)
    ]
    builder.lookalikes(
        "Scorecards on this form", request.application_id, same_form, there.complete, "submittedAt", doubtful=others
    )


@builds(RequestFeedback)
def request_feedback(request: RequestFeedback, reads: ReadCache, builder: CardBuilder) -> None:
    """Ask a user for feedback. No read shows such a request, so whether it was made is never known."""
    found, interview_read, user_read = reads.all(
        GetApplication(application_id=request.application_id),
        GetInterview(interview_id=request.interview_id),
        GetUser(user_id=request.interviewer_user_id),
    )
    application = the_application(builder, found)
    candidate_and_job(builder, reads, application)
    interview = builder.named("The interview", interview_read, request.interview_id, "title")
    user = the_user(builder, "The user who is asked", user_read, request.interviewer_user_id)
    on = who(builder, application)
    builder.line = f"Ask {called(user)} for feedback on {on}, for the interview {called(interview)}"
    builder.new_value("Interviewer", shown(user))
    builder.new_value("Interview", shown(interview))
    builder.consequence("It is not documented how Ashby tells the user.", "medium")
    builder.consequence("The agent can't withdraw the request.")
    builder.not_checked("Whether the user has been asked already: no read shows it.", "medium")
    if at(interview_read, "isFeedbackRequested") is False:
        builder.warn("The interview is not set up to request feedback: Ashby will refuse.")
    if at(interview_read, "jobId") not in (None, at(application, "job", "id")):
        builder.warn("The interview belongs to another job: Ashby may refuse.")
    if at(application, "status") == "Archived":
        builder.warn("The application is archived.")


def _meeting(request: SubmitApplicationFeedback, builder: CardBuilder, schedules: Any) -> None:
    meetings = [
        event
        for schedule in builder.records("The interviews of the application", schedules)
        for event in at(schedule, "interviewEvents") or []
        if at(event, "id") == request.interview_event_id
    ]
    if not meetings:
        builder.new_value("Meeting", UNNAMED)
        if isinstance(schedules, list):
            builder.warn("The application has no such meeting: Ashby will refuse.")
        return
    builder.new_value("Meeting", standing_words(meetings[0]))
    interviewers = at(meetings[0], "interviewers")
    if interviewers is not None and request.user_id not in [at(it, "id") for it in interviewers]:
        builder.warn("The interviewer did not take part in this meeting: Ashby will refuse.")
    if (start := parsed(at(meetings[0], "startTime"))) and start > builder.now:
        builder.warn(f"The meeting has not taken place yet: it is on {one_line(moment(at(meetings[0], 'startTime')))}.")


def _is_like(feedback: Record, request: SubmitApplicationFeedback) -> bool:
    return (
        at(feedback, "feedbackFormDefinitionId") in (None, request.feedback_form_definition_id)
        and request.user_id in (None, at(feedback, "submittedByUser", "id"))
        and request.interview_event_id in (None, at(feedback, "interviewEventId"))
    )
