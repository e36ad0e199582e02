"""Candidates, their applications, notes and files, and offers."""

from typing import Literal, NotRequired, TypedDict

from langchain_ashby.sandbox.records.parts import (
    ApplicationStatus,
    CandidateLocation,
    Contact,
    FieldValues,
    FormDefinition,
    FormSubmission,
    HistoryEntry,
    OfferVersion,
    Referral,
    SocialLink,
    TeamMember,
)


class Candidate(TypedDict):
    """A candidate. The reply embeds source, credited user, tags, files and custom fields.

    Application ids, primary contacts and the profile's address are worked out. `externalMappingIds` are the names that
    other systems know the candidate by (`candidate.info`; not in the reply).
    """

    id: str
    name: str
    emailAddresses: list[Contact]
    phoneNumbers: list[Contact]
    socialLinks: list[SocialLink]
    tagIds: list[str]
    fileIds: list[str]
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
    customFieldValues: FieldValues
    createdAt: str
    updatedAt: str


class Application(TypedDict):
    """A candidate's way through a job. The reply embeds candidate, job, stage, reason, source, users and custom fields.

    Openings, form submissions and referrals show when expanded; the history shows in `application.info`, and its last
    entry is the open one, in the current stage.
    """

    id: str
    candidateId: str
    jobId: str
    interviewPlanId: str
    currentInterviewStageId: str
    status: ApplicationStatus
    archiveReasonId: NotRequired[str]
    archivedAt: NotRequired[str]
    sourceId: NotRequired[str]
    creditedToUserId: NotRequired[str]
    hiringTeam: list[TeamMember]
    applicationHistory: list[HistoryEntry]
    applicationFormSubmissions: list[FormSubmission]
    referrals: list[Referral]
    openingIds: list[str]
    appliedViaJobPostingId: NotRequired[str]
    submitterClientIp: NotRequired[str]
    submitterUserAgent: NotRequired[str]
    customFieldValues: FieldValues
    createdAt: str
    updatedAt: str


class Note(TypedDict):
    """A note on a candidate. The reply embeds the author. A private one needs a key that may see private data."""

    id: str
    candidateId: str
    authorId: str
    content: str
    isPrivate: bool
    createdAt: str


class File(TypedDict):
    """A file, or the promise of one that `file.createFileUploadHandle` made; a reply shows id, name and handle.

    `Expected` files wait for their bytes, `Uploaded` ones for the call that attaches them. The company's files are
    `Attached` and bring their content as `text`, which the sandbox keeps beside the record, not in it.
    """

    id: str
    name: str
    handle: str
    contentType: str
    contentLength: int
    fileUploadContext: Literal["CandidateResume", "CandidateFiles", "ApplicationForm"]
    state: Literal["Expected", "Uploaded", "Attached"]
    createdAt: str
    text: NotRequired[str]


class OfferFormDefinition(TypedDict):
    """The form that an offer is made with; a company has one.

    The paths `startDate` (Date), `salary` (Currency) and `openingId` (UUID) fill the offer's own fields. Any other path
    is the id of a custom field of offers.
    """

    id: str
    title: str
    formDefinition: FormDefinition


class OfferProcess(TypedDict):
    """The making of offers for an application. The reply embeds nothing."""

    id: str
    applicationId: str
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


class OfferForm(TypedDict):
    """A form that `offer.start` handed out, to be filled in once by `offer.create`; then it names its offer."""

    id: str
    offerProcessId: str
    offerFormDefinitionId: str
    offerId: NotRequired[str]
    createdAt: str


class Offer(TypedDict):
    """An offer. The reply embeds the form and the versions, the newest of which is the last one stored."""

    id: str
    applicationId: str
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
