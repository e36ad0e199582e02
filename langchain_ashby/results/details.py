"""Single records: all their facts in the package's words, without empty, repeated or useless ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic.alias_generators import to_snake

from langchain_ashby.forms import Form
from langchain_ashby.ids import heading_of_key, id_of
from langchain_ashby.results.phrases import (
    MONEY_SAYS,
    NAMES,
    NONE,
    UNKNOWN,
    Json,
    custom_field,
    flag,
    is_money,
    listed,
    money,
    named,
    noted,
    objects,
    stage,
    text,
    to_the_minute,
    user,
)
from langchain_ashby.results.scorecards import scorecard
from langchain_ashby.text.words import at, empty, in_a_list, parsed

_LEFT_OUT = frozenset({
    "allowedActions", "applicationFormDefinition", "descriptionParts", "feedbackLink", "handle", "humanReadablePath",
    "interviewStageGroupId", "interviewerCalendarEventId", "interviewerPool", "interviewerUserIds", "isNullable",
    "linkedData", "organizationId", "stageNumber",
    "surveyFormDefinitions", "trainingRole",
})  # fmt: skip
"""Keys of no use to a model: second copies, file handles, forms that come along."""

_SAID_BY = {
    "descriptionHtml": "descriptionPlain",
    "instructionsHtml": "instructionsPlain",
    "locationComponents": "locationSummary",
}
"""Keys that are left out beside another, which says it better."""

_WITHOUT_ID = frozenset({"activities", "interviews"})
"""Keys of objects whose ids no argument takes."""

_OF_A_PERSON = frozenset({
    "firstName", "lastName", "email", "role", "isEnabled", "userId", "customFields", "globalRole", "managerId",
    "updatedAt",
})  # fmt: skip
"""Keys of a person who is only mentioned; the last four are left out."""

_PRIMARY = {"primaryEmailAddress": "emailAddresses", "primaryPhoneNumber": "phoneNumbers"}
"""Keys of what the list of all has too."""

_NOTED = frozenset({"isArchived", "sourceType", "reasonType", *_PRIMARY})
"""Keys of small objects that stand beside their names."""

_NOT_NULL = re.compile("(is|has)[A-Z].*|confidential|.*Ids")
"""Keys under which null is neither no nor none, and of which it is said that there is none."""

_SENT = frozenset({
    "acceptanceStatus", "currentInterviewStage", "customFields", "emailAddresses", "employmentType", "fileHandles",
    "hiringTeam", "identifier", "interviewEvents", "interviewers", "jobIds", "latestVersion", "offerStatus",
    "openingState", "phoneNumbers", "socialLinks", "status", "tags",
})  # fmt: skip
"""Keys of what Ashby sends whenever there is any: under them, null is not nothing, but not known."""


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
        if key in _LEFT_OUT or _is_in_the_list(key, record) or (empty(value) and not _is_told(key, value)):
            continue
        if key in _SAID_BY and not empty(record.get(_SAID_BY[key])):
            continue
        if empty(value):
            yield f"{_word(key)}: {UNKNOWN if value is None else NONE}"
        elif key == "id":
            yield from [f"{own_id}: {text(value)}"] if own_id else []
        elif key in _SPECIAL:
            yield from _SPECIAL[key](key, value, record)
        else:
            yield from _entry(key, value)


def _is_in_the_list(key: str, record: Json) -> bool:
    """True for a primary address or number that stands in the list of all."""
    value = at(record, key, "value")
    return key in _PRIMARY and any(entry.get("value") == value for entry in objects(record.get(_PRIMARY[key])))


def _is_told(key: str, value: Any) -> bool:
    """True if something is said of a key that has no value."""
    return bool(_NOT_NULL.fullmatch(key)) or (value is None and key in _SENT)


def _entry(key: str, value: Any) -> Iterator[str]:
    phrase, more = _phrase(key, value)
    below = [*_below(key, more)]
    if phrase or below:
        yield f"{_word(key)}: {phrase}" if phrase else f"{_word(key)}:"
    yield from below


def _below(key: str, more: Any) -> Iterator[str]:
    if isinstance(more, Mapping):
        yield from _indented(_lines(more, _id_name(key)))
    for entry in more if isinstance(more, list) else ():
        yield from _listed(_item(key, entry))


def _item(key: str, entry: Any) -> Iterator[str]:
    phrase, more = _phrase(key, entry)
    if phrase or not more:
        yield phrase
    if isinstance(more, Mapping):
        yield from _lines(more, _id_name(key))
    for inner in more if isinstance(more, list) else ():
        yield from _listed(_item(key, inner))


def _phrase(key: str, value: Any) -> tuple[str, Any]:
    """What one line says of a value, and what is left to say below it."""
    if isinstance(value, list):
        return ("", value) if any(isinstance(entry, Mapping | list) for entry in value) else (text(value), None)
    if not isinstance(value, Mapping):
        return text(value), None
    if is_money(value):
        return money(value), _without(value, *MONEY_SAYS, "id", "summary")
    phrase, said = _name_phrase(value)
    if not phrase:
        return "", value
    identity = text(value.get("id") or value.get("userId"))
    has_id = identity and key not in _WITHOUT_ID and "locationSummary" not in value
    identity = f" ({_id_name(key)} {identity})" if has_id else ""
    return f"{phrase}{identity}", {it: entry for it, entry in value.items() if it not in said and it != "id"}


def _name_phrase(value: Json) -> tuple[str, frozenset[str]]:
    """A small object by its name, with what tells it from its namesakes, and the keys that this says."""
    if "firstName" in value:
        role = f", {text(value['role'])}" if value.get("role") else ""
        return f"{user(value)}{role}", _OF_A_PERSON
    if "locationSummary" in value:
        return text(value["locationSummary"]), frozenset({"locationSummary", "locationComponents"})
    if "orderInInterviewPlan" in value:
        return stage(value), frozenset({"title", "type"})
    key = next((key for key in NAMES if value.get(key)), "")
    if not key or "id" not in value:
        return "", frozenset()
    contacts = (text(at(value, kind, "value")) for kind in _PRIMARY)
    return " ".join(filter(None, [named(value), *(f"<{_quoted(it)}>" for it in contacts if it)])), _NOTED | {key}


def _quoted(address: str) -> str:
    """An address between angle brackets: in quotation marks if it has one of its own."""
    return json.dumps(address, ensure_ascii=False) if re.search('[<>"]', address) else address


def _others(entry: Json, *said: str) -> Iterator[str]:
    """What an entry on one line has besides what the line says."""
    for key, value in entry.items():
        if key not in said and key not in _LEFT_OUT and not empty(value):
            yield f"{_word(key)}: {in_a_list(text(value))}"


def _custom_fields(key: str, value: Any, record: Json) -> Iterator[str]:
    yield "custom fields (custom_field_id):"
    for entry in objects(value):
        private = flag(entry.get("isPrivate", False), "private", unknown="not known whether private")
        more = _others(entry, "id", "title", "value", "valueLabel", "isPrivate")
        yield f"  {custom_field(entry)} ({', '.join(filter(None, [text(entry.get('id')), private, *more]))})"


def _extra_data(key: str, value: Any, record: Json) -> Iterator[str]:
    """What people wrote under keys of their own, which are not put into words."""
    yield f"{_word(key)}:"
    for name, entry in value.items() if isinstance(value, Mapping) else ():
        yield f"  {json.dumps(name, ensure_ascii=False) if ':' in name else text(name)}: {text(entry)}"


def _history(key: str, value: Any, record: Json) -> Iterator[str]:
    yield "stages so far (interview_stage_id):"
    for entry in objects(value):
        until = to_the_minute(entry.get("leftStageAt"))
        since = to_the_minute(entry.get("enteredStageAt"))
        since = since or "(start not given)"
        when = f"{since} to {until}" if until else f"since {since}"
        more = _others(entry, "id", "title", "enteredStageAt", "leftStageAt", "stageId")
        yield f"  {text(entry.get('title'))}: {', '.join([when, *more])} ({text(entry.get('stageId'))})"


def _contacts(key: str, value: Any, record: Json) -> Iterator[str]:
    told = [
        noted(
            entry.get("value"),
            text(entry.get("type")),
            flag(entry.get("isPrimary", False), "primary", unknown="not known whether primary"),
            *_others(entry, "value", "type", "isPrimary"),
        )
        for entry in objects(value if isinstance(value, list) else [value])
    ]
    yield f"{_word(key)}: {listed(told)}"


def _links(key: str, value: Any, record: Json) -> Iterator[str]:
    told = [
        noted(entry.get("url"), text(entry.get("type")), *_others(entry, "url", "type")) for entry in objects(value)
    ]
    yield f"links: {listed(told)}"


def _files(key: str, value: Any, record: Json) -> Iterator[str]:
    files = value if isinstance(value, list) else [value]
    word = "résumé" if key == "resumeFileHandle" else "files"
    yield f"{word}: {listed([noted(entry.get('name'), *_others(entry, 'id', 'name')) for entry in objects(files)])}"


def _participants(key: str, value: Any, record: Json) -> Iterator[str]:
    """Who took part in a meeting: their type says what kind of id they have."""
    yield f"{_word(key)}:"
    for entry in objects(value):
        kind = {"interviewer": "user_id", "candidate": "candidate_id"}.get(str(entry.get("type")), "id")
        more = _others(entry, "id", "name", "type", "email")
        about = [
            text(entry.get("type")),
            in_a_list(text(entry.get("email"))),
            f"{kind} {text(entry.get('id'))}" if entry.get("id") else "",
            *more,
        ]
        yield f"  {noted(entry.get('name'), *filter(None, about))}"


def _lines_of_text(key: str, value: Any, record: Json) -> Iterator[str]:
    """The text of a file, line by line."""
    yield "text:"
    yield from _indented(line.strip() for line in str(value).splitlines() if line.strip())


def _form(key: str, value: Any, record: Json) -> Iterator[str]:
    """The sections of a form, if the form is the record itself and does not just come along with one."""
    if "title" not in record or not isinstance(value, Mapping):
        return
    if sections := objects(value.get("sections")):
        yield "sections:"
    for section in sections:
        yield from _listed(_section(section))
    yield from _lines(_without(value, "sections"), "")


def _section(section: Json) -> Iterator[str]:
    """What a section asks, and below each field what is said of it."""
    yield from _lines(_without(section, "fields"), "")
    yield "fields:"
    for entry in objects(section.get("fields")):
        for field in Form({"sections": [{"fields": [entry]}]}).fields:
            yield f"  {field.describe()}"
            more = _without(entry, "field", "isRequired")
            more |= _without(entry["field"], "id", "path", "title", "type", "selectableValues")
            yield from _indented(_indented(_lines(more, "")))


def _without(entry: Json, *said: str) -> dict[str, Any]:
    """What an entry has besides what is said of it elsewhere."""
    return {key: value for key, value in entry.items() if key not in said}


def _answers(key: str, value: Any, record: Json) -> Iterator[str]:
    yield "answers:"
    yield from _indented(scorecard(record))


def _other_versions(key: str, value: Any, record: Json) -> Iterator[str]:
    """The versions besides the latest: earlier ones only if their dates say so."""
    latest = record["latestVersion"] if isinstance(record.get("latestVersion"), Mapping) else {}
    others = [entry for entry in objects(value) if not entry.items() <= latest.items()]
    if others:
        dates = [parsed(at(entry, "createdAt")) for entry in (latest, *others)]
        told = [date for date in dates if date]
        in_order = len(told) == len(dates) and all(date < told[0] for date in told[1:])
        yield "earlier versions:" if in_order else "other versions:" if latest else "versions:"
        for entry in others:
            yield from _listed(_lines(entry, _id_name(key)))


_SPECIAL = {
    "applicationHistory": _history,
    "customFields": _custom_fields,
    "emailAddresses": _contacts,
    "extraData": _extra_data,
    "extractedText": _lines_of_text,
    "fileHandles": _files,
    "formDefinition": _form,
    "participants": _participants,
    "phoneNumbers": _contacts,
    **dict.fromkeys(_PRIMARY, _contacts),
    "resumeFileHandle": _files,
    "socialLinks": _links,
    "submittedValues": _answers,
    "versions": _other_versions,
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
