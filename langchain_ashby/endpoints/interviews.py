"""Interviews: definitions, schedules (the meetings), plans and their stages, transcripts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from langchain_ashby.endpoint import Access, Endpoint, Synced
from langchain_ashby.endpoints.fields import (
    IncludeArchived,
    InterviewEvent,
    InterviewEventChange,
    ListOf,
    Since,
)
from langchain_ashby.ids import (
    ApplicationId,
    InterviewEventId,
    InterviewId,
    InterviewPlanId,
    InterviewScheduleId,
    InterviewStageId,
    NotetakerTranscriptId,
)
from langchain_ashby.records import (
    Interview,
    InterviewPlan,
    InterviewSchedule,
    InterviewStage,
    Meeting,
    NotetakerTranscript,
)


class ListInterviews(Synced[Interview]):
    """List interview definitions (templates), the kinds that plans use. For meetings use
    ashby_list_interview_schedules."""

    path = "interview.list"
    permission = "interviewsRead"

    include_archived: IncludeArchived | None = None
    include_non_shared_interviews: Annotated[bool | None, Field(description="Those of single jobs.")] = None
    exclude_archived_schedule_template_interviews: bool | None = None


class ListInterviewSchedules(Synced[InterviewSchedule]):
    """List scheduled interviews, the calendar of meetings with candidates: time, interviewers and status, by
    application or stage."""

    path = "interviewSchedule.list"
    permission = "interviewsRead"

    created_after: Since | None = None
    application_id: ApplicationId | None = None
    interview_stage_id: InterviewStageId | None = None


class CreateInterviewSchedule(Endpoint[InterviewSchedule]):
    """Schedule, book or set up interviews for an application in its current stage: times with zone, interviewers by
    e-mail. Only this API key can change them later."""

    path = "interviewSchedule.create"
    access = Access.WRITE
    irreversible = "What the participants were told cannot be recalled. The schedule can be canceled."
    permission = "interviewsWrite"
    idempotent = False

    application_id: ApplicationId
    interview_events: Annotated[ListOf[InterviewEvent], Field(min_length=1)]


class UpdateInterviewSchedule(Endpoint[InterviewSchedule]):
    """Reschedule (move, push back) an interview, replace interviewers, add or cancel single meetings of a schedule that
    this API key created. To cancel it all use ashby_cancel_interview_schedule."""

    path = "interviewSchedule.update"
    access = Access.WRITE
    irreversible = "What the participants were told cannot be recalled. The meetings can be rescheduled."
    permission = "interviewsWrite"
    destructive = True
    idempotent = False
    exactly_one = ("interview_event", "interview_event_id_to_cancel")

    interview_schedule_id: InterviewScheduleId
    interview_event: Annotated[
        ListOf[InterviewEventChange] | None, Field(min_length=1, description="Meetings to change or add.")
    ] = None
    interview_event_id_to_cancel: Annotated[ListOf[InterviewEventId] | None, Field(min_length=1)] = None
    allow_feedback_deletion: Annotated[bool | None, Field(description="Deletes submitted feedback.")] = None


class CancelInterviewSchedule(Endpoint[InterviewSchedule]):
    """Cancel (call off) a whole interview schedule that this API key created."""

    path = "interviewSchedule.cancel"
    access = Access.WRITE
    irreversible = "Ashby has no method that restores a canceled schedule. A new one can be created."
    permission = "interviewsWrite"
    destructive = True

    interview_schedule_id: Annotated[InterviewScheduleId, Field(serialization_alias="id")]
    allow_reschedule: bool | None = None


class ListInterviewPlans(Synced[InterviewPlan]):
    """List published interview plans, the hiring processes of jobs. For their stages use
    ashby_list_interview_stages."""

    path = "interviewPlan.list"
    permission = "interviewsRead"

    include_archived: IncludeArchived | None = None


class ListInterviewStages(Endpoint[list[InterviewStage]]):
    """List the stages (steps) of an interview plan or process in order, with their types; Archived ones are for
    rejecting. A job has its plan's id."""

    path = "interviewStage.list"
    permission = "interviewsRead"

    interview_plan_id: InterviewPlanId


class GetInterviewStage(Endpoint[InterviewStage]):
    """Get one stage of an interview plan by its id: title, type (such as Active) and place in the order."""

    path = "interviewStage.info"
    permission = "interviewsRead"

    interview_stage_id: InterviewStageId


class GetInterview(Endpoint[Interview]):
    """Get one interview definition with its instructions for interviewers."""

    path = "interview.info"
    permission = "interviewsRead"
    on_request = True

    interview_id: Annotated[InterviewId, Field(serialization_alias="id")]


class ListInterviewEvents(Synced[Meeting]):
    """List the single meetings (events) within one interview schedule, with the ids of their transcripts."""

    path = "interviewEvent.list"
    permission = "interviewsRead"
    on_request = True

    interview_schedule_id: InterviewScheduleId
    created_after: Since | None = None
    expand: Annotated[ListOf[Literal["interview"]] | None, Field(description="For the titles.")] = None


class GetInterviewTranscript(Endpoint[NotetakerTranscript]):
    """Get the AI notetaker's transcript (recording) of a meeting: who took part, and a link that serves the text for
    five minutes."""

    path = "notetakerTranscript.info"
    permission = "notetakerRead"
    on_request = True

    notetaker_transcript_id: NotetakerTranscriptId
