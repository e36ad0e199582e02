"""Interview plans, stages, definitions, schedules, and feedback."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from langchain_ashby.sandbox.records.kind import INDEXED, Default, kind
from langchain_ashby.sandbox.records.parts import Activity, FormDefinition, InterviewEvent, StageType


@kind
class InterviewPlan(TypedDict):
    """The stages of a hiring process. `isPublished` and `jobId` (a plan of that job alone) are not in the reply."""

    id: str
    title: str
    isArchived: Annotated[bool, Default(False)]
    isPublished: Annotated[bool, Default(True)]
    jobId: NotRequired[str]
    createdAt: str
    updatedAt: str


@kind
class InterviewStage(TypedDict):
    """A stage of a plan. Its activities show only in `jobInterviewPlan.info`, with the interviews' titles."""

    id: str
    title: str
    type: StageType
    orderInInterviewPlan: int
    interviewPlanId: Annotated[str, INDEXED]
    interviewStageGroupId: NotRequired[str]
    activities: Annotated[list[Activity], Default([])]


@kind
class Interview(TypedDict):
    """The definition of an interview, not a meeting. With a `jobId` it belongs to that job alone.

    Not in the reply: `isDefault` (used by a schedule that names no interview; exactly one) and
    `scheduleTemplateIsArchived` (`excludeArchivedScheduleTemplateInterviews` leaves it out).
    """

    id: str
    title: str
    externalTitle: NotRequired[str]
    isArchived: Annotated[bool, Default(False)]
    isDebrief: Annotated[bool, Default(False)]
    isFeedbackRequested: Annotated[bool, Default(False)]
    isFeedbackRequired: Annotated[bool, Default(False)]
    instructionsHtml: NotRequired[str]
    instructionsPlain: NotRequired[str]
    jobId: NotRequired[str]
    feedbackFormDefinitionId: str
    isDefault: NotRequired[bool]
    scheduleTemplateIsArchived: NotRequired[bool]


@kind
class FeedbackFormDefinition(TypedDict):
    """A form for interview feedback. The form stands in it whole."""

    id: str
    organizationId: str
    title: str
    isArchived: Annotated[bool, Default(False)]
    isDefaultForm: Annotated[bool, Default(False)]
    formDefinition: FormDefinition
    interviewId: NotRequired[str]


@kind
class InterviewSchedule(TypedDict):
    """Meetings for a stage of an application. The reply embeds users, and interview and interviewers in each event.

    `createdByKeyId` names the API key that made it: no other key may change it. A schedule made by a person has none.
    """

    id: str
    applicationId: Annotated[str, INDEXED]
    interviewStageId: str
    status: Literal[
        "NeedsScheduling",
        "WaitingOnCandidateBooking",
        "WaitingOnCandidateAvailability",
        "CandidateAvailabilitySubmitted",
        "Scheduled",
        "WaitingOnFeedback",
        "Complete",
        "Cancelled",
        "OnHold",
        "Unknown",
    ]
    scheduledById: NotRequired[str]
    createdByKeyId: NotRequired[str]
    interviewEvents: Annotated[list[InterviewEvent], Default([])]
    createdAt: str
    updatedAt: str


@kind
class NotetakerTranscript(TypedDict):
    """A transcript of a meeting. The reply adds the participants and an address that serves the text for a while."""

    id: str
    applicationId: Annotated[str, INDEXED]
    interviewScheduleId: str
    interviewEventId: str
    createdAt: str


@kind
class FeedbackRequest(TypedDict):
    """A request for feedback without a meeting. Its id stands for an interview event; the reply calls it that."""

    id: str
    applicationId: Annotated[str, INDEXED]
    interviewId: str
    interviewerUserId: str
    createdAt: str


@kind
class Feedback(TypedDict):
    """Submitted interview feedback. The reply embeds the user who gave it."""

    id: str
    applicationId: Annotated[str, INDEXED]
    applicationHistoryId: NotRequired[str]
    feedbackFormDefinitionId: str
    formDefinition: FormDefinition
    submittedValues: dict[str, Any]
    submittedByUserId: str
    submittedAt: str
    interviewId: NotRequired[str]
    interviewEventId: NotRequired[str]
