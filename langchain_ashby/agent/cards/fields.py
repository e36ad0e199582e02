"""Cards for custom fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.lookup import Reader, reader
from langchain_ashby.agent.cards.names import apart, detail
from langchain_ashby.agent.cards.reads import ReadCache, Records
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import SUBJECTS, line_of_changes
from langchain_ashby.agent.cards.values import as_fact, in_the_words_of
from langchain_ashby.endpoints.internal import StoreCustomFieldValue
from langchain_ashby.endpoints.organization import (
    ListCustomFields,
    SetCustomFieldValue,
    SetCustomFieldValues,
    stored_together,
)
from langchain_ashby.errors import ArgumentError
from langchain_ashby.forms import Field, custom_field, custom_field_value
from langchain_ashby.records import CustomField
from langchain_ashby.results.redaction import MONEY_TYPES
from langchain_ashby.text.letters import alike
from langchain_ashby.text.words import at, joined, named, one_line


@builds(SetCustomFieldValue)
def set_value(request: SetCustomFieldValue, reads: ReadCache, builder: CardBuilder) -> None:
    """Set or clear a custom field."""
    values = _set(request, {request.custom_field_id: request.field_value}, reads, builder)
    for custom_field_id, value in (values or {}).items():
        builder.sends(
            StoreCustomFieldValue(
                object_type=request.object_type,
                object_id=request.object_id,
                custom_field_id=custom_field_id,
                field_value=value,
            )
        )


@builds(SetCustomFieldValues)
def set_values(request: SetCustomFieldValues, reads: ReadCache, builder: CardBuilder) -> None:
    """Set or clear several custom fields of a record."""
    values = _set(request, {it.custom_field_id: it.field_value for it in request.values}, reads, builder)
    if values is not None:
        builder.sends(stored_together(request, values))


def _set(
    request: SetCustomFieldValue | SetCustomFieldValues,
    values: Mapping[str, Any],
    reads: ReadCache,
    builder: CardBuilder,
) -> dict[str, Any] | None:
    """Puts fields with their new values onto the card; returns Ashby's values, or None if nothing may be sent."""
    owner_id = f"{request.object_type.lower()}_id"
    owner_reader = cast(Reader, reader(owner_id))
    fields_read, found = reads.all(ListCustomFields(include_archived=True), owner_reader.request(request.object_id))
    fields = builder.records("The custom fields", fields_read)
    owner, of_whom = SUBJECTS[owner_id](builder, found)
    builder.sent = {}  # without a definition the body is unknown, so nothing may be sent
    setting = _Setting(request.object_type, owner, fields, _titles(values, fields, builder.facts))
    converted = {it: _set_field(builder, setting, it, value) for it, value in values.items()}
    builder.line = line_of_changes(builder, of_whom)
    return None if UNREAD in converted.values() else converted


@dataclass(frozen=True)
class _Setting:
    """Where the values are set: the record that has the fields, their definitions, if read, and titles."""

    object_type: str
    owner: Record
    fields: Records[Record]
    titles: Mapping[str, str]


def _titles(custom_field_ids: Iterable[str], fields: Records[Record], facts: Collection[str]) -> dict[str, str]:
    """The titles of custom fields on the card, by id: no two read alike, and none like a fact that is already there.

    Otherwise values would be mixed up: what was read, what is wanted and what is private are kept by title.
    """
    short: dict[str, str] = {}
    exact: dict[str, str] = {}
    for custom_field_id in custom_field_ids:
        definition = _definition(fields, custom_field_id)
        name, details = "Custom field", list[str]()
        if definition:
            name = one_line(custom_field(definition).title, 120)
            details = [it for it in apart(definition, fields) if it != "archived"]
        short[custom_field_id] = f"{name}{f' ({joined(details)})' if details else ''}"
        exact[custom_field_id] = f"{detail(name)} ({joined([*details, f'id {custom_field_id}'])})"
    titles = {}
    for custom_field_id, title in short.items():
        others = [of[it] for of in (short, exact) for it in of if it != custom_field_id]
        is_taken = alike(title) in map(alike, [*others, *facts])
        titles[custom_field_id] = exact[custom_field_id] if is_taken else title
    return titles


def _definition(fields: Iterable[Record], custom_field_id: str) -> CustomField:
    """The definition of a custom field; empty if it is not among those that were read."""
    return cast(CustomField, next((it for it in fields if at(it, "id") == custom_field_id), {}))


def _set_field(builder: CardBuilder, setting: _Setting, custom_field_id: str, value: Any) -> Any:
    """Puts one field onto the card; returns Ashby's value, or UNREAD if it is not known or does not fit."""
    owner, fields = setting.owner, setting.fields
    definition, title = _definition(fields, custom_field_id), setting.titles[custom_field_id]
    within = ["latestVersion"] if setting.object_type == "Opening" else []
    entries = at(owner, *within, "customFields")
    entry = next((it for it in entries or [] if at(it, "id") == custom_field_id), None)
    is_read = owner and not is_unread(owner, *within, "customFields")
    before: Fact = as_fact(at(entry, "value")) if is_read else UNREAD
    if at(definition, "isPrivate") is True:
        builder.consequence("The field is private: only users who can see private fields see it.")
        sees_private = any(at(it, "isPrivate") is True for it in entries or [])
        if owner and entry is None and not sees_private:
            before = UNREAD
            builder.not_checked("The field is private: it may have a value that the key cannot see.")
    converted = UNREAD
    if not definition:
        if fields.complete:
            unknown = f"The custom field {custom_field_id} is not known, or the key may not see it."
            builder.warn(f"{unknown} Nothing will be sent.", "high")
        else:
            builder.not_checked(f"The custom field {custom_field_id} is not among those that could be read.")
        before = UNREAD
        field = Field(path="", title=title, type="String", required=False, options={})
    else:
        field = custom_field(definition)
        field = replace(field, options={**_labels(definition, entry), **field.options})
        if at(definition, "isArchived") is True:
            builder.warn(f"The custom field {named(title)} is archived.")
        try:
            value = converted = custom_field_value([definition], custom_field_id, setting.object_type, value)
        except ArgumentError as error:
            if fields.complete:
                builder.warn(f"{one_line(error.message)}. Nothing will be sent.", "high")
            else:
                builder.not_checked(f"Whether the value fits the custom field {named(title)} is not known.")

    if at(definition, "isPrivate") is not False:
        builder.private[title] = "fields"
    elif field.type in MONEY_TYPES:
        builder.private[title] = "compensation"
    builder.refer(custom_field_id, "The custom field", title, at(definition, "fieldType"))
    builder.set_field(title, before, as_fact(value), lambda stored: in_the_words_of(field, stored))
    return converted


def _labels(definition: CustomField, entry: Any) -> dict[str, str]:
    """The labels of options that may be archived by now: as the value has them, or else the field."""
    value, label = at(entry, "value"), at(entry, "valueLabel")
    values, labels = (it if isinstance(it, list) else [it] for it in (value, label))
    defined = {str(at(it, "value")): at(it, "label") for it in definition.get("selectableValues") or []}
    shown = dict(zip(map(str, values), labels, strict=True)) if len(values) == len(labels) else {}
    return {key: name for key, name in {**defined, **shown}.items() if isinstance(name, str) and name}
