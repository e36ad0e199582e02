"""The card for a custom field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.lookup import Reader, reader
from langchain_ashby.agent.cards.names import apart
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import SUBJECTS, line_of_changes
from langchain_ashby.agent.cards.values import as_fact, in_the_words_of
from langchain_ashby.endpoints.internal import StoreCustomFieldValue
from langchain_ashby.endpoints.organization import ListCustomFields, SetCustomFieldValue
from langchain_ashby.errors import ArgumentError
from langchain_ashby.forms import Field, custom_field, custom_field_value
from langchain_ashby.records import CustomField
from langchain_ashby.results.redaction import MONEY_TYPES
from langchain_ashby.text.words import at, joined, named, one_line


@builds(SetCustomFieldValue)
def set_value(request: SetCustomFieldValue, reads: ReadCache, builder: CardBuilder) -> None:
    """Set or clear a custom field."""
    owner_id = f"{request.object_type.lower()}_id"
    owner_reader = cast(Reader, reader(owner_id))
    fields_read, found = reads.all(ListCustomFields(include_archived=True), owner_reader.request(request.object_id))
    fields = builder.records("The custom fields", fields_read)
    definition = cast(CustomField, next((it for it in fields if at(it, "id") == request.custom_field_id), {}))
    owner, of_whom = SUBJECTS[owner_id](builder, found)
    entries = (
        at(owner, "latestVersion", "customFields") if request.object_type == "Opening" else at(owner, "customFields")
    )
    entry = next((it for it in entries or [] if at(it, "id") == request.custom_field_id), None)
    within = ["latestVersion"] if request.object_type == "Opening" else []
    is_read = owner and not is_unread(owner, *within, "customFields")
    before: Fact = as_fact(at(entry, "value")) if is_read else UNREAD
    if at(definition, "isPrivate") is True:
        builder.consequence("The field is private: only users who can see private fields see it.")
        sees_private = any(at(it, "isPrivate") is True for it in entries or [])
        if owner and entry is None and not sees_private:
            before = UNREAD
            builder.not_checked("The field is private: it may have a value that the key cannot see.")
    title, value = "Custom field", request.field_value
    builder.sent = {}  # without the definition the body is unknown, so nothing may be sent
    if not definition:
        if isinstance(fields_read, list):
            unknown = f"The custom field {request.custom_field_id} is not known, or the key may not see it."
            builder.warn(f"{unknown} Nothing will be sent.", "high")
        before = UNREAD
        field = Field(path="", title=title, type="String", required=False, options={})
    else:
        field = custom_field(definition)
        field = replace(field, options={**_labels(definition, entry), **field.options})
        details = [it for it in apart(definition, fields) if it != "archived"]
        title = f"{one_line(field.title, 120)}{f' ({joined(details)})' if details else ''}"
        if at(definition, "isArchived") is True:
            builder.warn(f"The custom field {named(title)} is archived.")
        try:
            value = custom_field_value([definition], request.custom_field_id, request.object_type, request.field_value)
            builder.sends(
                StoreCustomFieldValue(
                    object_type=request.object_type,
                    object_id=request.object_id,
                    custom_field_id=request.custom_field_id,
                    field_value=value,
                )
            )
        except ArgumentError as error:
            builder.warn(f"{one_line(error.message)}. Nothing will be sent.", "high")

    if at(definition, "isPrivate") is not False:
        builder.private[title] = "fields"
    elif field.type in MONEY_TYPES:
        builder.private[title] = "compensation"
    builder.refer(request.custom_field_id, "The custom field", title, at(definition, "fieldType"))
    builder.set_field(title, before, as_fact(value), lambda stored: in_the_words_of(field, stored))
    builder.line = line_of_changes(builder, of_whom)


def _labels(definition: CustomField, entry: Any) -> dict[str, str]:
    """The labels of options that may be archived by now: as the value has them, or else the field."""
    value, label = at(entry, "value"), at(entry, "valueLabel")
    values, labels = (it if isinstance(it, list) else [it] for it in (value, label))
    defined = {str(at(it, "value")): at(it, "label") for it in definition.get("selectableValues") or []}
    shown = dict(zip(map(str, values), labels, strict=True)) if len(values) == len(labels) else {}
    return {key: name for key, name in {**defined, **shown}.items() if isinstance(name, str) and name}
