"""Parts that replies of several kinds embed."""

from collections.abc import Iterable, Mapping
from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.records import CustomField, File, FormSubmission, TeamMember, User
from langchain_ashby.sandbox.visibility import visible

Reply = dict[str, Any]

WEBSITE = "https://ashby.example"
"""The host of links to Ashby's web pages; it does not exist."""


def without(record: Mapping[str, Any], *keys: str) -> Reply:
    """The record less some keys."""
    return {key: value for key, value in record.items() if key not in keys}


def user(call: Call, user_id: str) -> Reply:
    """A user inside another reply."""
    return user_reply(call, call.embedded(User, user_id))


def user_reply(call: Call, record: User) -> Reply:
    """A user."""
    return without(record, "customFieldValues") | {"customFields": custom_fields(call, record["customFieldValues"])}


def person(call: Call, user_id: str) -> Reply:
    """A user, as much of him as a note shows."""
    record = call.embedded(User, user_id)
    return {key: record[key] for key in ("id", "firstName", "lastName", "email")}


def hiring_team(call: Call, members: Iterable[TeamMember]) -> list[Reply]:
    """The people who work on a job, an application or an opening."""
    team = []
    for member in members:
        record = call.embedded(User, member["userId"])
        names = {key: record[key] for key in ("firstName", "lastName", "email")}
        team.append({"userId": member["userId"], **names, "role": member["role"]})
    return team


def file_handle(call: Call, file_id: str) -> Reply:
    """A file as the records that own it show it."""
    record = call.embedded(File, file_id)
    return {key: record[key] for key in ("id", "name", "handle")}


def submission(record: FormSubmission) -> Reply:
    """A filled-in form."""
    return {key: record[key] for key in ("id", "formDefinition", "submittedValues")}


def custom_fields(call: Call, values: Mapping[str, Any]) -> list[Reply]:
    """The values of custom fields, as far as the key may see them."""
    fields = [call.embedded(CustomField, field_id) for field_id in values]
    # The toggle of a key is about private fields other than those of offers.
    shown = [field for field in fields if call.key.private or not field["isPrivate"] or field["objectType"] == "Offer"]
    return [custom_field_value(field, values[field["id"]]) for field in shown]


def custom_field_value(field: CustomField, value: Any) -> Reply:
    """The value of a custom field; a choice comes with its label."""
    reply: Reply = {"id": field["id"], "title": field["title"], "isPrivate": field["isPrivate"], "value": value}
    if value is None:
        return reply
    labels = {choice["value"]: choice["label"] for choice in field.get("selectableValues", [])}
    if field["fieldType"] == "ValueSelect":
        reply["valueLabel"] = labels.get(value, value)
    if field["fieldType"] == "MultiValueSelect":
        reply["valueLabel"] = [labels.get(choice, choice) for choice in value]
    return reply


def custom_field(record: CustomField) -> Reply:
    """The definition of a custom field."""
    reply = dict(record)
    if "selectableValues" in record:
        choices = record["selectableValues"]
        reply["selectableValues"] = [{"isArchived": False, **choice} for choice in choices]
    return reply


def hides(call: Call, kind: type, record_id: str) -> bool:
    """True if the key may not see this record."""
    return bool(visible(kind, call.key)) and call.find(kind, record_id) is None
