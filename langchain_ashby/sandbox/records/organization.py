"""The company itself: its people and places, and what its hiring process draws on."""

from typing import Annotated, Literal, NotRequired, TypedDict

from langchain_ashby.sandbox.records.kind import Default, kind
from langchain_ashby.sandbox.records.parts import Address, FieldValues, SelectableValue, SourceType


@kind
class User(TypedDict):
    """A person who works in Ashby. The reply embeds the custom fields."""

    id: str
    firstName: str
    lastName: str
    email: str
    globalRole: Literal["Organization Admin", "Elevated Access", "Limited Access", "External Recruiter"]
    isEnabled: Annotated[bool, Default(True)]
    updatedAt: str
    managerId: NotRequired[str]
    customFieldValues: Annotated[FieldValues, Default({})]


@kind
class Department(TypedDict):
    """A department, or with a `parentId` a team. The reply is the record itself."""

    id: str
    name: str
    externalName: NotRequired[str]
    isArchived: Annotated[bool, Default(False)]
    parentId: NotRequired[str]
    createdAt: str
    updatedAt: str
    extraData: NotRequired[dict[str, str]]


@kind
class Location(TypedDict):
    """An office, or with type `LocationHierarchy` a region. The reply is the record itself."""

    id: str
    name: str
    externalName: NotRequired[str]
    isArchived: Annotated[bool, Default(False)]
    isRemote: Annotated[bool, Default(False)]
    workplaceType: NotRequired[Literal["OnSite", "Hybrid", "Remote"]]
    type: Literal["Location", "LocationHierarchy"]
    parentLocationId: NotRequired[str]
    address: NotRequired[Address]
    extraData: NotRequired[dict[str, str]]


@kind
class Source(TypedDict):
    """The origin of a candidate. The source type is stored whole, since no method lists source types."""

    id: str
    title: str
    isArchived: Annotated[bool, Default(False)]
    sourceType: NotRequired[SourceType]


@kind
class ArchiveReason(TypedDict):
    """A reason to archive an application. Inside an application the reply embeds its custom fields."""

    id: str
    text: str
    reasonType: Literal["RejectedByCandidate", "RejectedByOrg", "Other"]
    isArchived: Annotated[bool, Default(False)]


@kind
class CloseReason(TypedDict):
    """A reason to close an opening. The reply is the record itself."""

    id: str
    reasonText: str
    isArchived: Annotated[bool, Default(False)]


@kind
class CandidateTag(TypedDict):
    """A tag for candidates. The reply is the record itself."""

    id: str
    title: str
    isArchived: Annotated[bool, Default(False)]


@kind
class HiringTeamRole(TypedDict):
    """A role in hiring teams, whose members have it by its title.

    The reply is the title alone, unless asked for more.
    """

    id: str
    title: str


@kind
class CustomField(TypedDict):
    """A field that the company added to a type of object. `isPrivate` fields need a key that may see private data."""

    id: str
    title: str
    objectType: Literal["Application", "Candidate", "Employee", "Job", "Offer", "Opening", "Talent_Project"]
    fieldType: Literal[
        "Boolean",
        "CompensationRange",
        "Currency",
        "Date",
        "LongText",
        "MultiValueSelect",
        "Number",
        "NumberRange",
        "String",
        "ValueSelect",
        "Url",
        "UUID",
    ]
    isRequired: Annotated[bool, Default(False)]
    isPrivate: Annotated[bool, Default(False)]
    isArchived: Annotated[bool, Default(False)]
    selectableValues: NotRequired[list[SelectableValue]]


@kind
class CommunicationTemplate(TypedDict):
    """A message template; `application.changeStage` may send those intended for e-mail."""

    id: str
    title: str
    intendedTypes: list[Literal["email", "inMail", "linkedInConnection"]]
    createdAt: str
    updatedAt: str
