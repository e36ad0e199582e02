"""People and settings: users, custom fields, sources, departments, locations and archive reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, JsonValue

from langchain_ashby.endpoint import SENT_AS_NULL, Access, Arguments, Caller, Endpoint, Operation, Synced
from langchain_ashby.endpoints.fields import (
    ClearableFieldValue,
    Email,
    IncludeArchived,
)
from langchain_ashby.endpoints.internal import FindUser, StoreCustomFieldValue, StoreCustomFieldValues, UserInfo
from langchain_ashby.errors import ArgumentError, PermissionDeniedError
from langchain_ashby.forms import custom_field_value
from langchain_ashby.ids import CustomFieldId, DepartmentId, ObjectId, UserId
from langchain_ashby.records import (
    APIKey,
    ArchiveReason,
    CommunicationTemplate,
    CustomField,
    CustomFieldValue,
    Department,
    HiringTeamRole,
    Location,
    Source,
    Surroundings,
    User,
)
from langchain_ashby.text.words import zone


class ListUsers(Synced[User]):
    """List users: everyone on the team with an account, recruiters, interviewers, hiring managers, with e-mail."""

    path = "user.list"
    permission = "organizationRead"

    include_deactivated: bool | None = None


class GetUser(Operation[User]):
    """Get one user, a colleague, by id or e-mail: their role, and whether they are active."""

    path = "user.info"
    permission = "organizationRead"
    steps = (FindUser,)
    exactly_one = ("user_id", "email")

    user_id: UserId | None = None
    email: Email | None = None

    def perform(self, caller: Caller) -> User:
        """Reads by id or searches by e-mail: Ashby has a method for each."""
        if self.user_id:
            return caller.call(UserInfo(user_id=self.user_id))
        found = caller.call(FindUser(email=str(self.email)))
        if not found:
            raise ArgumentError(
                f"email: no user has the address {self.email}",
                code="user_not_found",
                remedy="List the users with ashby_list_users.",
            )
        return found[0]


class ListCustomFields(Synced[CustomField]):
    """List the custom fields: type, options, and the kind of record they belong to."""

    path = "customField.list"
    permission = "hiringProcessMetadataRead"

    include_archived: IncludeArchived | None = None


ObjectType = Literal["Application", "Candidate", "Job", "Opening"]

CustomValue = Annotated[
    ClearableFieldValue,
    SENT_AS_NULL,
    Field(
        description="Options by label or value, a list replaces all; Date ISO 8601; money and ranges as objects; "
        "empty text clears."
    ),
]


class SetCustomFieldValue(Operation[CustomFieldValue]):
    """Set, fill in or clear a custom field of an application, candidate, job or opening. The value's type is checked
    first."""

    path = "customField.setValue"
    access = Access.WRITE
    permission = "candidatesWrite"
    steps = (ListCustomFields,)
    destructive = True

    object_type: ObjectType
    object_id: ObjectId
    custom_field_id: CustomFieldId
    field_value: CustomValue

    def perform(self, caller: Caller) -> CustomFieldValue:
        """Looks up the field, converts the value to Ashby's and stores it."""
        fields = caller.items(ListCustomFields())
        value = custom_field_value(fields, self.custom_field_id, self.object_type, self.field_value)
        return caller.call(
            StoreCustomFieldValue(
                object_type=self.object_type,
                object_id=self.object_id,
                custom_field_id=self.custom_field_id,
                field_value=value,
            )
        )


class CustomFieldSubmission(Arguments):
    """A value for a custom field."""

    custom_field_id: CustomFieldId
    field_value: CustomValue


def _each_field_once(values: list[CustomFieldSubmission]) -> list[CustomFieldSubmission]:
    if len({it.custom_field_id for it in values}) < len(values):
        raise ValueError("has a custom field twice")
    return values


class ListSources(Endpoint[list[Source]]):
    """List the sources (channels) that candidates come from."""

    path = "source.list"
    permission = "hiringProcessMetadataRead"

    include_archived: IncludeArchived | None = None


class ListDepartments(Synced[Department]):
    """List departments and teams. Names can repeat: check the parents."""

    path = "department.list"
    permission = "organizationRead"

    include_archived: IncludeArchived | None = None


class GetDepartment(Endpoint[Department]):
    """Get one department or team by id, with its parent."""

    path = "department.info"
    permission = "organizationRead"

    department_id: DepartmentId


class ListLocations(Synced[Location]):
    """List the locations (offices, regions) that jobs can be in."""

    path = "location.list"
    permission = "organizationRead"

    include_archived: IncludeArchived | None = None
    include_location_hierarchy: Annotated[bool | None, Field(description="Includes regions.")] = None


class ListArchiveReasons(Endpoint[list[ArchiveReason]]):
    """List the reasons for rejecting or archiving a candidate, one of which is then required."""

    path = "archiveReason.list"
    permission = "hiringProcessMetadataRead"

    include_archived: IncludeArchived | None = None


class SetCustomFieldValues(Operation[list[CustomFieldValue]]):
    """Set or clear several custom fields of one record in a single change, such as languages and notice period."""

    path = "customField.setValues"
    access = Access.WRITE
    permission = "candidatesWrite"
    on_request = True
    steps = (ListCustomFields,)
    destructive = True

    object_type: Literal["Application", "Candidate", "Job", "Opening"]
    object_id: ObjectId
    values: Annotated[list[CustomFieldSubmission], Field(min_length=1), AfterValidator(_each_field_once)]

    def perform(self, caller: Caller) -> list[CustomFieldValue]:
        """Looks up the fields, converts the values to Ashby's and stores them."""
        fields = [*caller.items(ListCustomFields())]
        given = {it.custom_field_id: it.field_value for it in self.values}
        values = {it: custom_field_value(fields, it, self.object_type, value) for it, value in given.items()}
        return caller.call(stored_together(self, values))


def stored_together(request: SetCustomFieldValues, values: Mapping[str, JsonValue]) -> StoreCustomFieldValues:
    """The request that stores the values, which are in Ashby's form already, by the ids of their fields."""
    stored: list[JsonValue] = [{"fieldId": it, "fieldValue": value} for it, value in values.items()]
    return StoreCustomFieldValues(object_type=request.object_type, object_id=request.object_id, values=stored)


class ListCommunicationTemplates(Endpoint[list[CommunicationTemplate]]):
    """List the message templates, such as those for the e-mail that a rejection can send."""

    path = "communicationTemplate.list"
    permission = "hiringProcessMetadataRead"
    on_request = True


class ListHiringTeamRoles(Endpoint[list[HiringTeamRole]]):
    """List the roles that users can have on a hiring team."""

    path = "hiringTeamRole.list"
    permission = "organizationRead"
    on_request = True

    def wire(self) -> dict[str, Any]:
        """Asks for the ids, too: by default Ashby gives the names alone."""
        return {"namesOnly": False}


class GetApiKey(Endpoint[APIKey]):
    """Get the name of the API key in use and its permissions."""

    path = "apiKey.info"
    permission = "apiKeysRead"
    on_request = True


class GetContext(Operation[Surroundings]):
    """Get today's date and time zone, whose key it is, and for which user it acts."""

    path = "apiKey.info"
    permission = "apiKeysRead"
    on_request = True
    steps = (UserInfo,)

    def perform(self, caller: Caller) -> Surroundings:
        """Asks Ashby for the key and the user; what the key may not read stays out."""
        today = datetime.now(zone())
        found: Surroundings = {"today": f"{today:%A} {today.date()}", "timeZone": str(today.tzinfo)}
        with _if_permitted():
            found["apiKey"] = caller.call(GetApiKey())
        if caller.on_behalf_of:
            found["onBehalfOf"] = {"id": caller.on_behalf_of}
            with _if_permitted():
                found["onBehalfOf"] = caller.call(UserInfo(user_id=caller.on_behalf_of))
        return found


@contextmanager
def _if_permitted() -> Iterator[None]:
    try:
        yield
    except PermissionDeniedError as refused:
        if refused.code != "missing_endpoint_permission":
            raise
