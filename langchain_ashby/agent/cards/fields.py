"""The card for a custom field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.shared import line_of_changes, the_application, the_candidate, the_job, who
from langchain_ashby.agent.cards.values import in_the_words_of, plain
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.jobs import GetJob
from langchain_ashby.endpoints.openings import GetOpening
from langchain_ashby.endpoints.organization import ListCustomFields, SetCustomFieldValue
from langchain_ashby.errors import ArgumentError
from langchain_ashby.forms import Field, custom_field, custom_field_value
from langchain_ashby.records import CustomField
from langchain_ashby.text.words import UNNAMED, at, named, one_line


def set_value(request: SetCustomFieldValue, reads: ReadCache, builder: CardBuilder) -> None:
    """Set or clear a custom field."""
    fields_read, found = reads.all(ListCustomFields(include_archived=True), _owner(request))
    fields = builder.records("The custom fields", fields_read)
    definition = cast(CustomField, next((it for it in fields if at(it, "id") == request.custom_field_id), {}))
    owner, of_whom = _of_whom(request, builder, found)
    entries = (
        at(owner, "latestVersion", "customFields") if request.object_type == "Opening" else at(owner, "customFields")
    )
    entry = next((it for it in entries or [] if at(it, "id") == request.custom_field_id), None)
    before: Fact = plain(at(entry, "value")) if owner else UNREAD
    if at(definition, "isPrivate") is True:
        builder.consequence("The field is private: only users who may see private fields see it.")
        sees_private = any(at(it, "isPrivate") is True for it in entries or [])
        if owner and entry is None and not sees_private:
            before = UNREAD
            builder.not_checked("The field is private: it may have a value that the key cannot see.")
    title, value = "Custom field", request.field_value
    if not definition:
        if isinstance(fields_read, list):
            unknown = f"The custom field {request.custom_field_id} is not known, or the key may not see it."
            builder.warn(f"{unknown} Nothing will be sent.", "high")
        before = UNREAD
        field = Field(path="", title=title, type="String", required=False, options={})
    else:
        field = custom_field(definition)
        if isinstance(label := at(entry, "valueLabel"), str):  # the option may be archived by now
            field = replace(field, options={str(at(entry, "value")): label, **field.options})
        title = one_line(field.title, 120)
        if at(definition, "isArchived") is True:
            builder.warn(f"The custom field {named(title)} is archived.")
        try:
            value = custom_field_value([definition], request.custom_field_id, request.object_type, request.field_value)
        except ArgumentError as error:
            builder.warn(f"{one_line(error.message)}. Nothing will be sent.", "high")

    builder.set_field(title, before, plain(value), lambda stored: in_the_words_of(field, stored))
    builder.line = line_of_changes(builder, of_whom)


def _owner(request: SetCustomFieldValue) -> Operation[Any]:
    match request.object_type:
        case "Application":
            return GetApplication(application_id=request.object_id)
        case "Candidate":
            return GetCandidate(candidate_id=request.object_id)
        case "Job":
            return GetJob(job_id=request.object_id)
        case "Opening":
            return GetOpening(opening_id=request.object_id)


def _of_whom(request: SetCustomFieldValue, builder: CardBuilder, found: Any) -> tuple[Record, str]:
    match request.object_type:
        case "Application":
            application = the_application(builder, found)
            return application, f"the application of {who(application)}"
        case "Candidate":
            return the_candidate(builder, found)
        case "Job":
            job = the_job(builder, found)
            return job, f"the job {named(at(job, 'title') or UNNAMED)}"
        case "Opening":
            opening = builder.record("The opening", found)
            return opening, f"the opening {named(at(opening, 'latestVersion', 'identifier') or UNNAMED)}"
