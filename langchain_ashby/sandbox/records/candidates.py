"""Candidates, their applications, notes and files, and offers."""

from typing import Annotated, Literal, NotRequired, TypedDict

from langchain_ashby.sandbox.records.kind import INDEXED, Default, kind
from langchain_ashby.sandbox.records.parts import (
    ApplicationStatus,
    ApprovalStep,
    ArchiveEmail,
    CandidateLocation,
    Contact,
    Criterion,
    FieldValues,
    FormDefinition,
    FormSubmission,
    HistoryEntry,
    OfferVersion,
    Referral,
    SocialLink,
    TeamMember,
)


@kind
class Candidate(TypedDict):
    """A candidate. The reply embeds source, credited user, tags, files and custom fields.

    Application ids, primary contacts and the profile's address are worked out. `externalMappingIds` are the names that
    other systems know the candidate by (`candidate.info`; not in the reply).
    """

    id: str
    name: str
    emailAddresses: Annotated[list[Contact], Default([])]
    phoneNumbers: Annotated[list[Contact], Default([])]
    socialLinks: Annotated[list[SocialLink], Default([])]
    tagIds: Annotated[list[str], Default([])]
    projectIds: Annotated[list[str], Default([])]
    fileIds: Annotated[list[str], Default([])]
    resumeFileId: NotRequired[str]
    company: NotRequired[str]
    position: NotRequired[str]
    school: NotRequired[str]
    timezone: NotRequired[str]
    location: NotRequired[CandidateLocation]
    sourceId: NotRequired[str]
    creditedToUserId: NotRequired[str]
    fraudStatus: NotRequired[Literal["Fraudulent", "NotFraudulent", "Unsure", "Unreviewed", "PassedFraudCheck"]]
    externalMappingIds: NotRequired[list[str]]
    customFieldValues: Annotated[FieldValues, Default({})]
    createdAt: str
    updatedAt: str


@kind
class Project(TypedDict):
    """A group of candidates, who keep its id. The reply embeds custom fields.

    A confidential one needs a key that may see such.
    """

    id: str
    title: str
    description: NotRequired[str]
    isArchived: Annotated[bool, Default(False)]
    confidential: Annotated[bool, Default(False)]
    authorId: str
    customFieldValues: Annotated[FieldValues, Default({})]
    createdAt: str


@kind
class Application(TypedDict):
    """A candidate's way through a job. The reply embeds candidate, job, stage, reason, source, users and custom fields.

    Openings, form submissions and referrals show when expanded; the history shows in `application.info`, and its last
    entry is the open one, in the current stage. The e-mail that archiving sent is not in the reply.
    """

    id: str
    candidateId: Annotated[str, INDEXED]
    jobId: Annotated[str, INDEXED]
    interviewPlanId: str
    currentInterviewStageId: str
    status: Annotated[ApplicationStatus, INDEXED]
    archiveReasonId: NotRequired[str]
    archivedAt: NotRequired[str]
    archiveEmail: NotRequired[ArchiveEmail]
    sourceId: NotRequired[str]
    creditedToUserId: NotRequired[str]
    hiringTeam: Annotated[list[TeamMember], Default([])]
    applicationHistory: Annotated[list[HistoryEntry], Default([])]
    applicationFormSubmissions: Annotated[list[FormSubmission], Default([])]
    referrals: Annotated[list[Referral], Default([])]
    openingIds: Annotated[list[str], Default([])]
    appliedViaJobPostingId: NotRequired[str]
    submitterClientIp: NotRequired[str]
    submitterUserAgent: NotRequired[str]
    customFieldValues: Annotated[FieldValues, Default({})]
    createdAt: str
    updatedAt: str


@kind
class ApplicationHiringTeamRole(TypedDict):
    """A role on the hiring team of an application. The team itself names the role by its title."""

    id: str
    title: str


@kind
class CriteriaEvaluation(TypedDict):
    """What the AI review says of a criterion for an application. The reply leaves the application out."""

    id: str
    applicationId: Annotated[str, INDEXED]
    criterion: Criterion
    status: Literal["Pending", "Completed", "Failed", "Skipped"]
    outcome: NotRequired[str]
    outcomeNumber: NotRequired[float]
    reasoning: NotRequired[str]
    skipReason: NotRequired[str]
    evaluatedAt: NotRequired[str]


@kind
class Note(TypedDict):
    """A note on a candidate. The reply embeds the author. A private one needs a key that may see private data."""

    id: str
    candidateId: Annotated[str, INDEXED]
    authorId: str
    content: str
    isPrivate: Annotated[bool, Default(False)]
    createdAt: str


@kind
class File(TypedDict):
    """A file, or the promise of one that `file.createFileUploadHandle` made; a reply shows id, name and handle.

    `Expected` files wait for their bytes, `Uploaded` ones for the call that attaches them. The company's files are
    `Attached` and bring their content as `text`, which the sandbox keeps beside the record, not in it.
    """

    id: str
    name: str
    handle: Annotated[str, INDEXED]
    contentType: str
    contentLength: int
    fileUploadContext: Literal["CandidateResume", "CandidateFiles", "ApplicationForm"]
    state: Literal["Expected", "Uploaded", "Attached"]
    createdAt: str
    text: NotRequired[str]


@kind
class OfferFormDefinition(TypedDict):
    """The form that an offer is made with; a company has one.

    The paths `startDate` (Date), `salary` (Currency) and `openingId` (UUID) fill the offer's own fields. Any other path
    is the id of a custom field of offers.
    """

    id: str
    title: str
    formDefinition: FormDefinition


@kind
class OfferProcess(TypedDict):
    """The making of offers for an application. The reply is the record itself."""

    id: str
    applicationId: Annotated[str, INDEXED]
    status: Literal[
        "WaitingOnOfferCreation",
        "WaitingOnApprovalStart",
        "WaitingOnOfferApproval",
        "WaitingOnCandidateResponse",
        "CandidateAccepted",
        "CandidateRejected",
        "OfferCancelled",
    ]
    createdAt: str


@kind
class OfferForm(TypedDict):
    """A form that `offer.start` handed out, to be filled in once by `offer.create`; then it names its offer."""

    id: str
    offerProcessId: str
    offerFormDefinitionId: str
    offerId: NotRequired[str]
    createdAt: str


@kind
class Offer(TypedDict):
    """An offer. The reply embeds the form and the versions, the newest of which is the last one stored."""

    id: str
    applicationId: Annotated[str, INDEXED]
    offerProcessId: str
    offerFormDefinitionId: str
    acceptanceStatus: Literal["Accepted", "Declined", "Pending", "Created", "Cancelled", "WaitingOnResponse"]
    offerStatus: Literal[
        "WaitingOnApprovalStart",
        "WaitingOnOfferApproval",
        "WaitingOnApprovalDefinition",
        "WaitingOnCandidateResponse",
        "CandidateRejected",
        "CandidateAccepted",
        "OfferCancelled",
    ]
    decidedAt: NotRequired[str]
    versions: list[OfferVersion]
    createdAt: str


@kind
class Approval(TypedDict):
    """The approval of an offer's version, a job or an opening. `applicationId` and `note` are not in the reply."""

    id: str
    approvalDefinitionId: str
    entityType: Literal["offer", "job", "opening"]
    entityId: Annotated[str, INDEXED]
    applicationId: NotRequired[str]
    note: NotRequired[str]
    steps: list[ApprovalStep]
    createdAt: str
    submittedAt: NotRequired[str]
    completedAt: NotRequired[str]
