"""The card for a scorecard."""

from __future__ import annotations

from typing import Any

from langchain_ashby.agent.cards.draft import Draft, Record
from langchain_ashby.agent.cards.look import Look
from langchain_ashby.agent.cards.meetings import standing_words
from langchain_ashby.agent.cards.shared import the_application, the_user, who
from langchain_ashby.agent.cards.values import plain, show_entries
from langchain_ashby.agent.cards.words import UNNAMED, at, moment, named, one_line, parsed, quoted
from langchain_ashby.endpoints.applications import (
    GetApplication,
    ListApplicationFeedback,
    SubmitApplicationFeedback,
)
from langchain_ashby.endpoints.feedback_forms import GetFeedbackFormDefinition
from langchain_ashby.endpoints.interviews import ListInterviewSchedules
from langchain_ashby.endpoints.organization import GetUser
from langchain_ashby.forms import Form


def submit(request: SubmitApplicationFeedback, look: Look, draft: Draft) -> None:
    """Submit a scorecard."""
    found, form_read, feedback_read, user_read, schedules = look.all(
        GetApplication(application_id=request.application_id),
        GetFeedbackFormDefinition(feedback_form_definition_id=request.feedback_form_definition_id),
        ListApplicationFeedback(application_id=request.application_id),
        GetUser(user_id=request.user_id) if request.user_id else None,
        ListInterviewSchedules(application_id=request.application_id) if request.interview_event_id else None,
    )
    application = the_application(draft, found)
    form = draft.named("The scorecard", form_read, request.feedback_form_definition_id, "title")
    author = the_user(draft, "The interviewer", user_read, request.user_id)
    whose = named(author["name"]) if author else "the user of the API key"
    draft.line = f"Submit the scorecard {quoted(form['name'])} on {who(application)}, in the name of {whose}"
    if request.interview_event_id:
        _meeting(request, draft, schedules)
    definition = at(form_read, "formDefinition")
    values = show_entries(draft, Form(definition) if definition else None, request.field_submissions)
    if not definition:
        draft.not_checked("The form could not be read: whether its fields are filled in rightly is not known.")
    draft.happens("Everybody who may see feedback on the application can read it.")
    draft.happens("A submitted scorecard cannot be changed or taken back by the agent.", "medium")
    if at(application, "status") == "Archived":
        draft.warn("The application is archived.")

    there = draft.records("The feedback that is there", feedback_read)
    same_form = [it for it in there if _is_like(it, request)]
    for known in same_form:
        by = f"by {whose} " if author else ""
        at_what_time = f" {by}on {moment(at(known, 'submittedAt'))}" if at(known, "submittedAt") else ""
        draft.warn(f"A scorecard on this form was submitted already{at_what_time.rstrip()}.")
    # Without a user it is not known whose scorecards are the key's own: only the values tell.
    others = [it for it in same_form if plain(at(it, "submittedValues")) != plain(values)] if author is None else []
    draft.looks_alike("Scorecards on this form", same_form, there.complete, "submittedAt", doubtful=others)


def _meeting(request: SubmitApplicationFeedback, draft: Draft, schedules: Any) -> None:
    meetings = [
        event
        for schedule in draft.records("The interviews of the application", schedules)
        for event in at(schedule, "interviewEvents") or []
        if at(event, "id") == request.interview_event_id
    ]
    if not meetings:
        draft.adds("Meeting", UNNAMED)
        if isinstance(schedules, list):
            draft.warn("The application has no such meeting: Ashby will refuse.")
        return
    draft.adds("Meeting", standing_words(meetings[0]))
    interviewers = [at(it, "id") for it in at(meetings[0], "interviewers") or []]
    if request.user_id not in interviewers:
        draft.warn("The interviewer did not take part in this meeting: Ashby will refuse.")
    if (start := parsed(at(meetings[0], "startTime"))) and start > draft.now:
        draft.warn(f"The meeting has not taken place yet: it is on {one_line(moment(at(meetings[0], 'startTime')))}.")


def _is_like(feedback: Record, request: SubmitApplicationFeedback) -> bool:
    return (
        at(feedback, "feedbackFormDefinitionId") in (None, request.feedback_form_definition_id)
        and request.user_id in (None, at(feedback, "submittedByUser", "id"))
        and request.interview_event_id in (None, at(feedback, "interviewEventId"))
    )
