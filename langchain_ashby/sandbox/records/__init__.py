"""The records that the sandbox stores: one TypedDict per kind.

A stored record has the keys of Ashby's reply (camelCase), with two differences. Every embedded object is replaced by
its id (`source` → `sourceId`, `tags` → `tagIds`), and custom fields are `customFieldValues`, field id → value. What has
no value is left out, as Ashby leaves it out: a stored record holds no `None`.

Ids are UUID strings and times are ISO 8601 in UTC with milliseconds (`2026-01-31T09:30:00.000Z`). Every kind with a
`createdAt` counts as created then (the `createdAfter` filters read it).

The company that a fresh sandbox starts with comes from `seed.company(candidates)`, an iterator of `(kind, record)`
pairs in the order of creation; the same count always gives the same pairs. The sandbox adds the user `API_USER_ID`
itself, so the company must not contain it.
"""

from langchain_ashby.sandbox.records.candidates import (
    Application,
    Candidate,
    File,
    Note,
    Offer,
    OfferForm,
    OfferFormDefinition,
    OfferProcess,
)
from langchain_ashby.sandbox.records.interviews import (
    Feedback,
    FeedbackFormDefinition,
    Interview,
    InterviewPlan,
    InterviewSchedule,
    InterviewStage,
)
from langchain_ashby.sandbox.records.jobs import Brand, Job, JobBoard, JobPosting, JobTemplate, Opening
from langchain_ashby.sandbox.records.kind import KINDS, completed, indexed_keys, kind_name, required_keys
from langchain_ashby.sandbox.records.organization import (
    ArchiveReason,
    CandidateTag,
    CloseReason,
    CommunicationTemplate,
    CustomField,
    Department,
    Location,
    Source,
    User,
)
from langchain_ashby.sandbox.records.parts import (
    Activity,
    ActivityInterview,
    Address,
    ApplicationStatus,
    CandidateLocation,
    CompensationComponent,
    CompensationTier,
    Contact,
    ContactType,
    EmploymentType,
    EventInterviewer,
    FieldValues,
    FormDefinition,
    FormField,
    FormFieldDetail,
    FormSection,
    FormSubmission,
    HistoryEntry,
    InterviewEvent,
    JobStatus,
    LocationComponent,
    Money,
    OfferVersion,
    OpeningState,
    OpeningVersion,
    PostalAddress,
    PostingLocations,
    Referral,
    SelectableValue,
    SocialLink,
    SourceType,
    StageType,
    TeamMember,
)

API_USER_ID = "00000000-0000-4000-8000-000000000001"
"""The user shown as the author of what an API key does on its own behalf."""

__all__ = [
    "API_USER_ID",
    "KINDS",
    "Activity",
    "ActivityInterview",
    "Address",
    "Application",
    "ApplicationStatus",
    "ArchiveReason",
    "Brand",
    "Candidate",
    "CandidateLocation",
    "CandidateTag",
    "CloseReason",
    "CommunicationTemplate",
    "CompensationComponent",
    "CompensationTier",
    "Contact",
    "ContactType",
    "CustomField",
    "Department",
    "EmploymentType",
    "EventInterviewer",
    "Feedback",
    "FeedbackFormDefinition",
    "FieldValues",
    "File",
    "FormDefinition",
    "FormField",
    "FormFieldDetail",
    "FormSection",
    "FormSubmission",
    "HistoryEntry",
    "Interview",
    "InterviewEvent",
    "InterviewPlan",
    "InterviewSchedule",
    "InterviewStage",
    "Job",
    "JobBoard",
    "JobPosting",
    "JobStatus",
    "JobTemplate",
    "Location",
    "LocationComponent",
    "Money",
    "Note",
    "Offer",
    "OfferForm",
    "OfferFormDefinition",
    "OfferProcess",
    "OfferVersion",
    "Opening",
    "OpeningState",
    "OpeningVersion",
    "PostalAddress",
    "PostingLocations",
    "Referral",
    "SelectableValue",
    "SocialLink",
    "Source",
    "SourceType",
    "StageType",
    "TeamMember",
    "User",
    "completed",
    "indexed_keys",
    "kind_name",
    "required_keys",
]
