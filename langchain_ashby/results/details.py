"""Single records: all their facts in the package's words, without empty, repeated or useless ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic.alias_generators import to_snake

from langchain_ashby.forms import Form
from langchain_ashby.ids import heading_of_key, id_of
from langchain_ashby.results.phrases import (
    Json,
    custom_field,
    is_money,
    money,
    name_and_email,
    objects,
    stage,
    text,
    to_the_minute,
)
from langchain_ashby.results.scorecards import scorecard
from langchain_ashby.text.words import at, empty

_LEFT_OUT = frozenset({
    "allowedActions", "applicationFormDefinition", "descriptionHtml", "descriptionParts", "feedbackLink", "handle",
    "humanReadablePath", "instructionsHtml", "interviewStageGroupId", "interviewerCalendarEventId", "interviewerPool",
    "interviewerUserIds", "isNullable", "linkedData", "locationComponents", "organizationId", "primaryEmailAddress",
    "primaryPhoneNumber", "stageNumber", "surveyFormDefinitions", "trainingRole",
})  # fmt: skip
"""Keys of no use to a model: second copies, HTML beside plain text, file handles, forms that come along."""

_ONLY_IF_TRUE = frozenset({"confidential", "isArchived", "isDebrief", "isRemote"})

_WITHOUT_ID = frozenset({"latestVersion", "versions"})
"""Keys of objects whose ids no argument takes."""

_SAID_BY_NAME = frozenset({
    "id", "name", "title", "text", "isArchived", "sourceType", "reasonType", "customFields", "locationId",
    "departmentId", "primaryEmailAddress", "primaryPhoneNumber",
})  # fmt: skip
"""Keys of small objects whose name and id say enough."""


def detail(kind: type | None, record: Any) -> list[str]:
    """The lines of one record."""
    if not isinstance(record, Mapping):
        return [text(record)]
    return list(_lines(record, _own_id(kind)))


def _own_id(kind: type | None) -> str:
    """The argument that takes the id of such a record."""
    found = id_of(kind)
    return found.argument if found else "id"


def _lines(record: Json, own_id: str) -> Iterator[str]:
    for key, value in record.items():
        if key in _LEFT_OUT or empty(value) or (key in _ONLY_IF_TRUE and value is False):
            continue
        if key == "id":
            yield from [f"{own_id}: {text(value)}"] if own_id else []
        elif key in _SPECIAL:
            yield from _SPECIAL[key](key, value, record)
        else:
            yield from _entry(key, value)


def _entry(key: str, value: Any) -> Iterator[str]:
    phrase = _phrase(key, value)
    if phrase is not None:
        yield f"{_word(key)}: {phrase}"
    elif isinstance(value, Mapping):
        lines = [*_lines(value, _id_name(key))]
        yield from [f"{_word(key)}:", *_indented(lines)] if lines else []
    else:
        yield f"{_word(key)}:"
        for entry in value:
            yield from _listed(_item(key, entry))


def _item(key: str, entry: Any) -> list[str]:
    phrase = _phrase(key, entry)
    return list(_lines(entry, _id_name(key))) if phrase is None and isinstance(entry, Mapping) else [phrase or ""]


def _phrase(key: str, value: Any) -> str | None:
    """A value as a phrase; None if it needs lines of its own."""
    if isinstance(value, list):
        return text(value) if not any(isinstance(entry, Mapping | list) for entry in value) else None
    if not isinstance(value, Mapping):
        return text(value)
    if is_money(value):
        return money(value)
    identity = text(value.get("id") or value.get("userId"))
    identity = f" ({_id_name(key)} {identity})" if identity else ""
    if "firstName" in value:
        role = f", {text(value['role'])}" if value.get("role") else ""
        return f"{name_and_email(value)}{role}{identity}"
    if "locationSummary" in value:
        return text(value["locationSummary"])
    if "orderInInterviewPlan" in value:
        return f"{stage(value)}{identity}"
    name = value.get("name") or value.get("title") or value.get("text")
    if name and "id" in value and set(value) <= _SAID_BY_NAME:
        email = text(at(value, "primaryEmailAddress", "value"))
        return f"{text(name)}{f' <{email}>' if email else ''}{identity}"
    return None


def _custom_fields(key: str, value: Any, record: Json) -> Iterator[str]:
    yield "custom fields (custom_field_id):"
    yield from _indented(f"{custom_field(entry)} ({text(entry.get('id'))})" for entry in objects(value))


def _history(key: str, value: Any, record: Json) -> Iterator[str]:
    yield "stages so far (interview_stage_id):"
    for entry in objects(value):
        until = to_the_minute(entry.get("leftStageAt")) or "now"
        since = to_the_minute(entry.get("enteredStageAt"))
        yield f"  {text(entry.get('title'))}: {since} to {until} ({text(entry.get('stageId'))})"


def _contacts(key: str, value: Any, record: Json) -> Iterator[str]:
    told = [
        f"{text(entry.get('value'))} ({text(entry.get('type'))}{', primary' if entry.get('isPrimary') else ''})"
        for entry in objects(value)
    ]
    yield f"{_word(key)}: {', '.join(told)}"


def _links(key: str, value: Any, record: Json) -> Iterator[str]:
    yield f"links: {', '.join(text(entry.get('url')) for entry in objects(value))}"


def _files(key: str, value: Any, record: Json) -> Iterator[str]:
    files = value if isinstance(value, list) else [value]
    word = "résumé" if key == "resumeFileHandle" else "files"
    yield f"{word}: {', '.join(text(at(entry, 'name')) for entry in files)}"


def _fields_of_a_form(key: str, value: Any, record: Json) -> Iterator[str]:
    """The fields of a form, if the form is the record itself and does not just come along with one."""
    if "title" in record:
        yield "fields:"
        usable = [{"fields": [entry for entry in objects(section.get("fields")) if at(entry, "field", "path")]}
                  for section in objects(at(value, "sections"))]  # fmt: skip
        yield from _indented(field.describe() for field in Form({"sections": usable}).fields)


def _answers(key: str, value: Any, record: Json) -> Iterator[str]:
    yield "answers:"
    yield from _indented(scorecard(record))


def _earlier_versions(key: str, value: Any, record: Json) -> Iterator[str]:
    latest = at(record, "latestVersion", "id")
    earlier = [entry for entry in objects(value) if entry.get("id") != latest]
    if earlier:
        yield "earlier versions:" if latest else "versions:"
        for entry in earlier:
            yield from _listed(_lines(entry, _id_name(key)))


_SPECIAL = {
    "applicationHistory": _history,
    "customFields": _custom_fields,
    "emailAddresses": _contacts,
    "fileHandles": _files,
    "formDefinition": _fields_of_a_form,
    "phoneNumbers": _contacts,
    "resumeFileHandle": _files,
    "socialLinks": _links,
    "submittedValues": _answers,
    "versions": _earlier_versions,
}
"""Keys whose values have a format of their own."""


def _id_name(key: str) -> str:
    """The argument that takes the id of an object under one of Ashby's keys."""
    return "" if key in _WITHOUT_ID else heading_of_key(key) or f"{to_snake(key).removesuffix('s')}_id"


def _word(key: str) -> str:
    """The name of a line: ids as the arguments that take them, all else in words."""
    if key.endswith(("Id", "Ids")):
        return heading_of_key(key) or to_snake(key)
    return to_snake(key).replace("_", " ")


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _listed(lines: Iterable[str]) -> Iterator[str]:
    first, *rest = [*lines] or [""]
    yield f"  - {first}"
    yield from (f"    {line}" for line in rest)
