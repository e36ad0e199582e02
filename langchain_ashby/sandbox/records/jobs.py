"""Jobs, postings and openings."""

from typing import Annotated, Literal, NotRequired, TypedDict

from langchain_ashby.sandbox.records.kind import INDEXED, Default, kind
from langchain_ashby.sandbox.records.parts import (
    CompensationTier,
    EmploymentType,
    FieldValues,
    FormDefinition,
    JobStatus,
    OpeningState,
    OpeningVersion,
    PostingLocations,
    TeamMember,
)


@kind
class Job(TypedDict):
    """A job. The reply embeds author, hiring team, custom fields and the ids of its postings.

    `departmentId` may be a team's. `compensationTiers` shows in `job.info` and in the job's postings.
    """

    id: str
    title: str
    status: Annotated[JobStatus, Default("Draft")]
    confidential: Annotated[bool, Default(False)]
    employmentType: Annotated[EmploymentType, Default("FullTime")]
    departmentId: str
    locationId: str
    defaultInterviewPlanId: NotRequired[str]
    interviewPlanIds: Annotated[list[str], Default([])]
    customRequisitionId: NotRequired[str]
    brandId: NotRequired[str]
    authorId: str
    hiringTeam: Annotated[list[TeamMember], Default([])]
    customFieldValues: Annotated[FieldValues, Default({})]
    compensationTiers: NotRequired[list[CompensationTier]]
    createdAt: str
    updatedAt: str
    openedAt: NotRequired[str]
    closedAt: NotRequired[str]


@kind
class JobPosting(TypedDict):
    """An advertisement for a job. The reply takes department, team, location and pay from the job and the location.

    A posting that is not `isPublished` is a draft. Brands have no opening and no closing text here, so that nothing
    shows of their suppression.
    """

    id: str
    jobId: Annotated[str, INDEXED]
    title: str
    isPublished: bool
    isListed: bool
    suppressDescriptionOpening: NotRequired[bool]
    suppressDescriptionClosing: NotRequired[bool]
    jobBoardIds: list[str]
    locationIds: PostingLocations
    workplaceType: NotRequired[Literal["OnSite", "Hybrid", "Remote"]]
    descriptionHtml: str
    descriptionPlain: str
    publishedDate: str
    applicationDeadline: NotRequired[str]
    applyLink: str
    externalLink: NotRequired[str]
    shouldDisplayCompensationOnJobBoard: bool
    applicationFormDefinition: FormDefinition
    updatedAt: str


@kind
class JobBoard(TypedDict):
    """A place where postings are shown. `jobPosting.list` reads the one that is `isPrimary` unless told otherwise.

    The reply does not say which one that is.
    """

    id: str
    title: str
    isInternal: Annotated[bool, Default(False)]
    isPrimary: Annotated[bool, Default(False)]


@kind
class Brand(TypedDict):
    """A name under which the company hires; jobs refer to it. The reply is the record itself."""

    id: str
    name: str
    hostedJobsPageSlug: str


@kind
class JobTemplate(TypedDict):
    """A template for `job.create`: it gives the new job its plan, unless the request names one.

    The reply embeds the location when expanded.
    """

    id: str
    title: str
    status: Annotated[Literal["Active", "Inactive"], Default("Active")]
    departmentId: NotRequired[str]
    locationId: NotRequired[str]
    defaultInterviewPlanId: NotRequired[str]


@kind
class Opening(TypedDict):
    """A seat to fill. The reply embeds hiring team and custom fields in the latest version."""

    id: str
    openingState: Annotated[OpeningState, Default("Draft")]
    isArchived: Annotated[bool, Default(False)]
    archivedAt: NotRequired[str]
    openedAt: NotRequired[str]
    closedAt: NotRequired[str]
    closeReasonId: NotRequired[str]
    latestVersion: OpeningVersion
    createdAt: str
