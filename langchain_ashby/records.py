"""Ashby's records, with the keys that this package relies on.

They are plain JSON objects with Ashby's own camelCase keys. Every key is optional and there may be others: Ashby leaves
out empty values and those that the API key may not see.
"""

from __future__ import annotations

from typing import Any, TypedDict


class FormField(TypedDict, total=False):
    """A field inside a form definition, with its title, path and values."""

    id: str
    path: str
    title: str
    type: str
    isNullable: bool
    selectableValues: list[dict[str, str]]


class FormDefinition(TypedDict, total=False):
    """A form: `{"sections": [{"title", "fields": [{"field": FormField, "isRequired": bool}]}]}`."""

    sections: list[dict[str, Any]]


class CustomFieldValue(TypedDict, total=False):
    """The value that a record has in a custom field."""

    id: str
    title: str
    value: Any
    valueLabel: str | list[str]
    isPrivate: bool


class User(TypedDict, total=False):
    """A person in Ashby: recruiter, interviewer, hiring manager."""

    id: str
    firstName: str
    lastName: str
    email: str
    globalRole: str
    isEnabled: bool
    managerId: str
    updatedAt: str


class Source(TypedDict, total=False):
    """Where candidates come from."""

    id: str
    title: str
    isArchived: bool
    sourceType: dict[str, Any]


class Tag(TypedDict, total=False):
    """A label for candidates."""

    id: str
    title: str
    isArchived: bool


class Candidate(TypedDict, total=False):
    """A person who could be hired."""

    id: str
    name: str
    createdAt: str
    updatedAt: str
    primaryEmailAddress: dict[str, Any]
    emailAddresses: list[dict[str, Any]]
    primaryPhoneNumber: dict[str, Any]
    phoneNumbers: list[dict[str, Any]]
    socialLinks: list[dict[str, str]]
    tags: list[Tag]
    position: str
    company: str
    school: str
    applicationIds: list[str]
    resumeFileHandle: dict[str, str]
    fileHandles: list[dict[str, str]]
    customFields: list[CustomFieldValue]
    profileUrl: str
    source: Source
    creditedToUser: User
    location: dict[str, Any]


class FoundCandidate(Candidate, total=False):
    """A candidate whom a search found."""


class Note(TypedDict, total=False):
    """A note on a candidate."""

    id: str
    createdAt: str
    author: User
    content: str
    isPrivate: bool


class InterviewPlan(TypedDict, total=False):
    """The way through a hiring process."""

    id: str
    title: str
    isArchived: bool


class InterviewStage(TypedDict, total=False):
    """A step of an interview plan; `type` is Lead, PreInterviewScreen, Active, Offer, Hired or Archived."""

    id: str
    title: str
    type: str
    orderInInterviewPlan: int
    interviewPlanId: str


class ArchiveReason(TypedDict, total=False):
    """Why an application was archived; `reasonType` is RejectedByCandidate, RejectedByOrg or Other."""

    id: str
    text: str
    reasonType: str
    isArchived: bool


class Application(TypedDict, total=False):
    """A candidate considered for a job; `status` is Hired, Archived, Active or Lead."""

    id: str
    createdAt: str
    updatedAt: str
    status: str
    candidate: Candidate
    currentInterviewStage: InterviewStage
    source: Source
    archiveReason: ArchiveReason
    archivedAt: str
    job: dict[str, Any]
    creditedToUser: User
    hiringTeam: list[dict[str, str]]
    customFields: list[CustomFieldValue]
    applicationHistory: list[dict[str, Any]]


class StageStay(TypedDict, total=False):
    """A stay of an application in a stage; the last one has no `leftStageAt`."""

    id: str
    stageId: str
    title: str
    enteredStageAt: str
    leftStageAt: str
    stageNumber: int
    actorId: str


class CriteriaEvaluation(TypedDict, total=False):
    """What a language model in Ashby says of one criterion; `status` is Pending, Completed, Failed or Skipped."""

    id: str
    criterion: dict[str, Any]
    status: str
    outcome: str
    outcomeNumber: float
    reasoning: str
    skipReason: str
    evaluatedAt: str


class ApplicationRole(TypedDict, total=False):
    """A role on the hiring team of an application."""

    id: str
    title: str


class TeamMember(TypedDict, total=False):
    """A user on a hiring team; `role` is the title of the role."""

    userId: str
    firstName: str
    lastName: str
    email: str
    role: str


class FeedbackRequest(TypedDict, total=False):
    """A request for feedback; the event's id goes with the feedback when it is submitted."""

    interviewEventId: str
    interviewerUserId: str
    applicationId: str


class Feedback(TypedDict, total=False):
    """A filled-in scorecard; `submittedValues` maps a field's path to the stored value."""

    id: str
    applicationId: str
    interviewId: str
    interviewEventId: str
    feedbackFormDefinitionId: str
    submittedByUser: User
    submittedAt: str
    formDefinition: FormDefinition
    submittedValues: dict[str, Any]


class FeedbackReceipt(TypedDict, total=False):
    """The reply to a submitted scorecard: `{"submittedFormInstance": {"id", "formDefinition", "submittedValues"}}`."""

    submittedFormInstance: Feedback


class Job(TypedDict, total=False):
    """A position to be filled; `status` is Draft, Open, Closed or Archived."""

    id: str
    title: str
    status: str
    confidential: bool
    employmentType: str
    departmentId: str
    locationId: str
    defaultInterviewPlanId: str
    interviewPlanIds: list[str]
    jobPostingIds: list[str]
    customRequisitionId: str
    hiringTeam: list[dict[str, str]]
    customFields: list[CustomFieldValue]


class JobPosting(TypedDict, total=False):
    """The advertisement of a job."""

    id: str
    title: str
    jobId: str
    departmentName: str
    teamName: str
    locationName: str
    employmentType: str
    isListed: bool
    publishedDate: str
    applyLink: str
    descriptionPlain: str


class Offer(TypedDict, total=False):
    """An offer for an application, with its latest version."""

    id: str
    applicationId: str
    offerStatus: str
    acceptanceStatus: str
    decidedAt: str
    latestVersion: dict[str, Any]
    versions: list[dict[str, Any]]
    formDefinition: FormDefinition


class Approval(TypedDict, total=False):
    """The approval of an offer's version, a job or an opening, step by step.

    A step is `{"approvalsRequired", "completedAt", "approvers": [{"userId", "decision", "decidedAt"}]}`; a decision is
    approve, reject or pending.
    """

    id: str
    entityId: str
    entityType: str
    createdAt: str
    submittedAt: str
    completedAt: str
    steps: list[dict[str, Any]]


class OfferProcess(TypedDict, total=False):
    """The process that an offer goes through."""

    id: str
    applicationId: str
    status: str


class OfferForm(TypedDict, total=False):
    """An offer's form that is started and not yet submitted."""

    id: str
    formDefinition: FormDefinition


class Interview(TypedDict, total=False):
    """The definition of an interview: a kind of meeting, not a single one."""

    id: str
    title: str
    externalTitle: str
    isArchived: bool
    jobId: str
    feedbackFormDefinitionId: str


class InterviewSchedule(TypedDict, total=False):
    """The meetings of an application in one stage."""

    id: str
    status: str
    applicationId: str
    interviewStageId: str
    interviewEvents: list[dict[str, Any]]


class Meeting(TypedDict, total=False):
    """A meeting of a schedule, which Ashby calls an interview event."""

    id: str
    interviewId: str
    interviewScheduleId: str
    startTime: str
    endTime: str
    interviewers: list[User]
    interview: Interview
    hasSubmittedFeedback: bool
    notetakerTranscriptId: str


class NotetakerTranscript(TypedDict, total=False):
    """Where the transcript of a meeting is; `transcriptUrl` works for five minutes."""

    id: str
    interviewEventId: str
    interviewScheduleId: str
    createdAt: str
    participants: list[dict[str, Any]]
    transcriptUrl: str


class FeedbackForm(TypedDict, total=False):
    """A scorecard's definition."""

    id: str
    title: str
    isArchived: bool
    formDefinition: FormDefinition


class CustomField(TypedDict, total=False):
    """The definition of a custom field."""

    id: str
    title: str
    objectType: str
    fieldType: str
    isArchived: bool
    isPrivate: bool
    selectableValues: list[dict[str, Any]]


class Department(TypedDict, total=False):
    """A department or team."""

    id: str
    name: str
    externalName: str
    isArchived: bool
    parentId: str


class Location(TypedDict, total=False):
    """A place of work, or a region that holds such places."""

    id: str
    name: str
    isArchived: bool
    workplaceType: str
    parentLocationId: str
    type: str


class Opening(TypedDict, total=False):
    """A position to be filled; its data are in `latestVersion`."""

    id: str
    openingState: str
    isArchived: bool
    openedAt: str
    closedAt: str
    closeReasonId: str
    latestVersion: dict[str, Any]


class CloseReason(TypedDict, total=False):
    """A reason for closing an opening."""

    id: str
    reasonText: str
    isArchived: bool


class CommunicationTemplate(TypedDict, total=False):
    """A message template; `intendedTypes` are email, inMail and linkedInConnection."""

    id: str
    title: str
    intendedTypes: list[str]
    createdAt: str
    updatedAt: str


class JobTemplate(TypedDict, total=False):
    """A template for jobs; `status` is Active or Inactive."""

    id: str
    title: str
    status: str
    locationId: str
    departmentId: str
    defaultInterviewPlanId: str
    location: Location


class Brand(TypedDict, total=False):
    """A name under which the company hires."""

    id: str
    name: str
    hostedJobsPageSlug: str


class JobBoard(TypedDict, total=False):
    """A place where postings are shown."""

    id: str
    title: str
    isInternal: bool


class JobInterviewPlan(TypedDict, total=False):
    """The interview plan of a job; each of the `stages` has its activities, and these their interviews."""

    jobId: str
    interviewPlanId: str
    stages: list[dict[str, Any]]


class HiringTeamRole(TypedDict, total=False):
    """What somebody is in a hiring team, such as Recruiter."""

    id: str
    title: str


class Project(TypedDict, total=False):
    """A group of candidates, such as a talent pool."""

    id: str
    title: str
    description: str
    isArchived: bool
    confidential: bool
    authorId: str
    createdAt: str
    customFieldEntries: list[CustomFieldValue]


class UploadHandle(TypedDict):
    """A place for a file: POST `fields`, then the file, to `url`; `handle` names it afterwards."""

    handle: str
    url: str
    fields: dict[str, str]


class Surroundings(TypedDict, total=False):
    """What holds for the calls of a client: the day where it runs, its key, and for whom it acts."""

    today: str
    timeZone: str
    apiKey: APIKey
    onBehalfOf: User


class FileAddress(TypedDict):
    """The address of a file."""

    url: str


class FileText(TypedDict, total=False):
    """The text of a file; `isComplete` is False if there is more of it."""

    fileName: str
    pageCount: int
    isComplete: bool
    extractedText: str


class APIKey(TypedDict, total=False):
    """The key in use; `scopes` are such as `candidates:read`."""

    title: str
    createdAt: str
    scopes: list[str]
