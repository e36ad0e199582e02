"""Parts of records, and types that several kinds share."""

from typing import Any, Literal, NotRequired, TypedDict

StageType = Literal["Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived"]
ApplicationStatus = Literal["Hired", "Archived", "Active", "Lead"]
JobStatus = Literal["Draft", "Open", "Closed", "Archived"]
EmploymentType = Literal["FullTime", "PartTime", "Intern", "Contract", "Temporary"]
OpeningState = Literal["Draft", "Approved", "Open", "Closed", "Filled"]
ContactType = Literal["Personal", "Work", "Other"]
FieldValues = dict[str, Any]
"""Custom field id → value, in the shape of the field's type."""


class Contact(TypedDict):
    """An e-mail address or a phone number."""

    value: str
    type: ContactType
    isPrimary: bool


class SocialLink(TypedDict):
    """A link on a candidate's profile."""

    type: Literal["LinkedIn", "GitHub", "Twitter", "Medium", "StackOverflow", "YouTube", "CodePen", "Website"]
    url: str


class LocationComponent(TypedDict):
    """One part of where a candidate lives."""

    type: Literal["City", "Region", "Country"]
    name: str


class CandidateLocation(TypedDict):
    """The place where a candidate lives."""

    id: str
    locationSummary: str
    locationComponents: list[LocationComponent]


class TeamMember(TypedDict):
    """A user's role in a hiring team; a reply adds the user's name and e-mail."""

    userId: str
    role: str


class SelectableValue(TypedDict):
    """A choice of a form field or a custom field; `value` is what is stored."""

    label: str
    value: str
    isArchived: NotRequired[bool]


class FormFieldDetail(TypedDict):
    """A form field: `path` names it in submissions, `type` is Ashby's (`Score`, `RichText`, `ValueSelect`…)."""

    id: str
    type: str
    path: str
    humanReadablePath: str
    title: str
    isNullable: bool
    selectableValues: NotRequired[list[SelectableValue]]


class FormField(TypedDict):
    """A field as it stands in a form."""

    isRequired: bool
    field: FormFieldDetail
    descriptionHtml: NotRequired[str]
    descriptionPlain: NotRequired[str]


class FormSection(TypedDict):
    """A titled group of fields."""

    title: NotRequired[str]
    descriptionHtml: NotRequired[str]
    descriptionPlain: NotRequired[str]
    fields: list[FormField]


class FormDefinition(TypedDict):
    """A form, exactly as Ashby's replies show it."""

    sections: list[FormSection]


class FormSubmission(TypedDict):
    """A filled-in form: `submittedValues` maps path → value."""

    id: str
    formDefinition: FormDefinition
    submittedValues: dict[str, Any]


class ArchiveEmail(TypedDict):
    """The e-mail that tells a candidate of being archived, and when it goes."""

    communicationTemplateId: str
    sendAt: str


class HistoryEntry(TypedDict):
    """A stay of an application in a stage; the reply adds `title` and `allowedActions`. The open stay has no end."""

    id: str
    stageId: str
    stageNumber: int
    enteredStageAt: str
    leftStageAt: NotRequired[str]
    actorId: NotRequired[str]


class Referral(TypedDict):
    """The user who referred an application, and the time."""

    userId: str
    referredAt: str


class ActivityInterview(TypedDict):
    """An interview inside an activity; the reply adds the interview's title."""

    id: str
    interviewId: str
    interviewDurationMinutes: NotRequired[int]
    isSchedulable: NotRequired[bool]


class Activity(TypedDict):
    """A group of interviews that a stage asks for (`jobInterviewPlan.info`)."""

    id: str
    title: NotRequired[str]
    interviews: list[ActivityInterview]


class EventInterviewer(TypedDict):
    """An interviewer of an event; the reply embeds the user."""

    userId: str
    isFeedbackRequired: bool


class InterviewEvent(TypedDict):
    """One meeting of a schedule. The reply embeds interviewers and interview, and adds the schedule's id and a link."""

    id: str
    interviewId: str
    startTime: str
    endTime: str
    interviewers: list[EventInterviewer]
    hasSubmittedFeedback: bool
    createdAt: str
    updatedAt: str
    location: NotRequired[str]
    meetingLink: NotRequired[str]
    notetakerTranscriptId: NotRequired[str]
    extraData: NotRequired[dict[str, str]]


class Money(TypedDict):
    """An amount and its ISO 4217 currency."""

    value: float
    currencyCode: str


class OfferVersion(TypedDict):
    """The terms of an offer as they were at one time; the reply embeds author, files and custom fields."""

    id: str
    createdAt: str
    authorId: str
    approvalStatus: NotRequired[Literal["Approved", "WaitingOnApprovals", "Declined"]]
    startDate: NotRequired[str]
    salary: NotRequired[Money]
    openingId: NotRequired[str]
    fileIds: list[str]
    customFieldValues: FieldValues


class Approver(TypedDict):
    """A user who may approve a step, and what they decided."""

    id: str
    userId: str
    decision: Literal["approve", "reject", "pending"]
    requestedAt: NotRequired[str]
    decidedAt: NotRequired[str]


class ApprovalStep(TypedDict):
    """A step of an approval: it is over when enough approvers have approved."""

    id: str
    approvalsRequired: int
    approvers: list[Approver]
    completedAt: NotRequired[str]


class Criterion(TypedDict):
    """What a candidate is measured by."""

    id: str
    title: str
    type: Literal["ResumePrompt", "DidAnswerApplicationFormQuestion", "SimilarityToAiGeneratedAnswer"]
    prompt: str


class OpeningVersion(TypedDict):
    """The requirements of an opening; the reply embeds the hiring team and the custom fields."""

    id: str
    createdAt: str
    authorId: str
    identifier: str
    description: str
    teamId: NotRequired[str]
    jobIds: list[str]
    locationIds: list[str]
    targetHireDate: NotRequired[str]
    targetStartDate: NotRequired[str]
    isBackfill: bool
    employmentType: EmploymentType
    hiringTeam: list[TeamMember]
    customFieldValues: FieldValues


class PostalAddress(TypedDict, total=False):
    """A postal address."""

    addressCountry: str
    addressRegion: str
    addressLocality: str
    postalCode: str
    streetAddress: str


class Address(TypedDict):
    """Wraps a postal address as Ashby does."""

    postalAddress: PostalAddress


class CompensationComponent(TypedDict):
    """One part of a pay range."""

    id: str
    summary: str
    compensationType: Literal["Salary", "EquityPercentage", "EquityCashValue", "Commission", "Bonus"]
    interval: str
    currencyCode: NotRequired[str]
    label: NotRequired[str]
    minValue: NotRequired[float]
    maxValue: NotRequired[float]


class CompensationTier(TypedDict):
    """A pay range of a job."""

    id: str
    title: NotRequired[str]
    additionalInformation: NotRequired[str]
    tierSummary: str
    components: list[CompensationComponent]


class SourceType(TypedDict):
    """The group that a source belongs to."""

    id: str
    title: str
    isArchived: bool


class PostingLocations(TypedDict):
    """The locations of a posting."""

    primaryLocationId: str
    secondaryLocationIds: list[str]
