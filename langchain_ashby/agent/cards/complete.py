"""What cards rest on in a record: the keys by their kinds, and which of them Ashby always sends.

A key that is missing though Ashby always sends it, or whose value is null or of another kind, is unread: neither "no"
nor "none". Any other key may be missing, which means that there is no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from langchain_ashby.agent.cards import card
from langchain_ashby.text.words import parsed, quoted


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    Attributes:
        words: What such a value is, in words.
        json: The Python type of its JSON, compared exactly: a bool would pass for a number.
        only: Tells which values of that type are of the kind; None if all are.
        choices: The recognized values, if only those are of the kind.
    """

    words: str
    json: type
    only: Callable[[Any], object] | None = None
    choices: tuple[str, ...] = ()

    def holds(self, value: object) -> bool:
        """True for a value of this kind."""
        return type(value) is self.json and (self.only is None or bool(self.only(value)))


def _one_of(*choices: str) -> Kind:
    return Kind("a value that this package recognizes", str, choices.__contains__, choices)


ID = Kind("an id as Ashby writes it", str, card.ID.fullmatch)
FLAG = Kind("true or false", bool)
TIME = Kind("a time", str, parsed)
NUMBER = Kind("a number", int)
NAME = Kind("a text that says something", str, str.strip)
TEXT = Kind("a text", str)
VALUES = Kind("an object", dict)
RECORD = Kind("an object with values", dict, bool)

_STAGE = _one_of("Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived")
_TITLED = {"id": ID, "title": NAME, "isArchived": FLAG}
_NAMED = {"id": ID, "name": NAME, "isArchived": FLAG}
_REACHED_AT = {"primaryEmailAddress?.value": NAME, "primaryPhoneNumber?.value?": TEXT}
_REASON = {"text?": TEXT, "reasonType?": NAME, "isArchived?": FLAG}
_SOURCE = {"id": ID, "title?": TEXT, "sourceType?.title?": TEXT, "isArchived?": FLAG}
_PERSON = {"id": ID, "firstName?": TEXT, "lastName?": TEXT, "email?": TEXT}


def _inside(way: str, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    return {f"{way}.{key}": kind for key, kind in kinds.items()}


_EVENT = {
    "id": ID,
    "startTime": TIME,
    "endTime": TIME,
    "createdAt?": TIME,
    "hasSubmittedFeedback": FLAG,
    "interviewId?": ID,
    "interview?.title?": TEXT,
    **_inside("interviewers[]", _PERSON),
    "interviewers[].isFeedbackRequired?": FLAG,
}
_CUSTOM = {"id": ID, "isPrivate?": FLAG}
_FIELD = {"field?.path": NAME, "field?.title?": TEXT, "field?.type?": NAME, "isRequired?": FLAG}


def _is_form(value: Any) -> bool:
    """True for a form that can be read in full: a part would make fields seem not to exist."""
    return not _unread(value, _FORM_KEYS)


FORM = Kind("a form", dict, _is_form)

KINDS: Mapping[str, Mapping[str, Kind]] = {
    "application": {
        "status": _one_of("Active", "Archived", "Hired", "Lead"),
        "createdAt?": TIME,
        **_inside("candidate", {"id": ID, "name": NAME, **_REACHED_AT}),
        **_inside("currentInterviewStage", {"id": ID, "title": NAME, "type": _STAGE, "interviewPlanId?": ID}),
        "currentInterviewStage.orderInInterviewPlan?": NUMBER,
        **_inside("job", {"id": ID, "title": NAME}),
        **_inside("archiveReason?", {"id": ID, **_REASON}),
        **_inside("applicationHistory?[]", {"id": ID, "stageId?": ID, "title?": TEXT}),
        **_inside("source?", _SOURCE),
        **_inside("creditedToUser?", _PERSON),
        **_inside("customFields?[]", _CUSTOM),
    },
    "applicationFeedback": {
        "id": ID,
        "submittedValues": VALUES,
        "submittedAt?": TIME,
        "submittedByUser?.id": ID,
        "feedbackFormDefinitionId?": ID,
        "interviewEventId?": ID,
    },
    "archiveReason": {**_REASON, "id": ID, "text": NAME, "isArchived": FLAG},
    "candidate": {
        "id": ID,
        "name": NAME,
        "createdAt?": TIME,
        "applicationIds[]": ID,
        **_REACHED_AT,
        "position?": TEXT,
        "company?": TEXT,
        "timezone?": TEXT,
        "emailAddresses[].value": NAME,
        "phoneNumbers[].value": NAME,
        **_inside("socialLinks[]", {"type": NAME, "url": NAME}),
        **_inside("tags[]", {"id": ID, "title?": TEXT}),
        "fileHandles[].name": NAME,
        "resumeFileHandle?.name?": TEXT,
        **_inside("location?", {"locationComponents?[].type": NAME, "locationComponents?[].name": NAME}),
        "location?.locationSummary?": TEXT,
        **_inside("source?", _SOURCE),
        **_inside("creditedToUser?", _PERSON),
        **_inside("customFields?[]", _CUSTOM),
    },
    "candidate.listProjects": {"id": ID, "title": NAME},
    "candidate.listNotes": {"id": ID, "isPrivate": FLAG, "content?": NAME, "createdAt?": TIME},
    "candidateTag": _TITLED,
    "closeReason": {"id": ID, "reasonText": NAME, "isArchived": FLAG},
    "communicationTemplate": {"id": ID, "title": NAME, "intendedTypes[]": NAME, "updatedAt": TIME},
    "customField": {
        **_TITLED,
        "objectType": NAME,
        "fieldType": NAME,
        "isPrivate?": FLAG,
        **_inside("selectableValues?[]", {"label?": TEXT, "value?": TEXT}),
    },
    "department": {**_NAMED, "externalName?": TEXT, "parentId?": ID},
    "feedbackFormDefinition": {**_TITLED, "formDefinition": FORM},
    "interview": {**_TITLED, "isFeedbackRequired": FLAG, "jobId?": ID, "externalTitle?": TEXT, "isDebrief?": FLAG},
    "interviewEvent": _EVENT,
    "interviewPlan": _TITLED,
    "interviewSchedule": {
        "id": ID,
        "status": NAME,
        "applicationId": ID,
        "createdAt?": TIME,
        **_inside("interviewEvents[]", _EVENT),
    },
    "interviewStage": {"id": ID, "title": NAME, "type": _STAGE, "interviewPlanId": ID, "orderInInterviewPlan?": NUMBER},
    "job": {
        "id": ID,
        "title": NAME,
        "status": _one_of("Draft", "Open", "Closed", "Archived"),
        "confidential": FLAG,
        "createdAt?": TIME,
        "defaultInterviewPlanId?": ID,
        "departmentId?": ID,
        "locationId?": ID,
        "customRequisitionId?": TEXT,
        "location?.name?": TEXT,
        **_inside("customFields?[]", _CUSTOM),
    },
    "jobPosting": {
        "id": ID,
        "title": NAME,
        "isListed?": FLAG,
        "workplaceType?": TEXT,
        "descriptionParts?.descriptionBody?.html?": TEXT,
    },
    "location": {**_NAMED, "externalName?": TEXT, "parentLocationId?": ID},
    "offer": {
        "id": ID,
        "acceptanceStatus": NAME,
        "offerStatus": NAME,
        "decidedAt?": TIME,
        **_inside("latestVersion?", {"id": ID, "createdAt?": TIME, "startDate?": TEXT, "salary?": RECORD}),
        "formDefinition?": FORM,
    },
    "opening": {
        "id": ID,
        "isArchived": FLAG,
        "openingState": _one_of("Draft", "Approved", "Open", "Filled", "Closed"),
        "latestVersion.jobIds[]": ID,
        "latestVersion.locationIds?[]": ID,
        **_inside("latestVersion", {"identifier?": TEXT, "description?": TEXT, "createdAt?": TIME}),
        **_inside("latestVersion.customFields?[]", _CUSTOM),
    },
    "project": {"id": ID, "title": NAME, "isArchived?": FLAG, "confidential?": FLAG},
    "source": {**_TITLED, "sourceType?.title?": TEXT},
    "user": {**_PERSON, "isEnabled": FLAG},
}
"""By the noun of Ashby's methods, or by the method: the ways to values, `[]` meaning each entry of a list. A key with
`?` may be missing; Ashby always sends the others, and documents null for none of them."""

_CHOSEN_FROM = {"primaryEmailAddress": "emailAddresses", "primaryPhoneNumber": "phoneNumbers"}
"""Where an entry of a list stands once more, as the primary one: without the list, nothing says that there is none."""


class Incomplete(dict[str, Any]):
    """A record without the keys that are unread.

    Attributes:
        gaps: What is unknown about it, in words.
        unread: The keys, with those they are inside of: `latestVersion.identifier`.
    """

    gaps: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of a record: the kind of its value (or of each entry, if it is a list), and the keys inside it.

    `rank` is the number of the first way through it: gaps are told in the order of the ways, whatever the data's is.
    """

    name: str
    may_be_missing: bool
    listed: bool
    kind: Kind
    inside: tuple[_Key, ...]
    rank: int


def _keys(kinds: Mapping[str, Kind]) -> tuple[_Key, ...]:
    return _grouped([(way, kind, number) for number, (way, kind) in enumerate(kinds.items())])


def _grouped(ways: Iterable[tuple[str, Kind, int]]) -> tuple[_Key, ...]:
    """Groups ways by their first key, so that a record is gone through once, not once for each way."""
    inside: dict[str, list[tuple[str, Kind, int]]] = {}
    for way, kind, number in ways:
        step, _, further = way.partition(".")
        inside.setdefault(step, []).append((further, kind, number))
    made = []
    for step, entries in inside.items():
        (further, kind, rank), *others = entries
        assert all(way for way, _, _ in others), f"{step} has a kind of its own, and keys inside it"
        made.append(
            _Key(
                name=step.removesuffix("[]").removesuffix("?"),
                may_be_missing="?" in step,
                listed=step.endswith("[]"),
                kind=RECORD if further else kind,
                inside=_grouped(entries) if further else (),
                rank=rank,
            )
        )
    return tuple(made)


_FORM_KEYS = _keys(_inside("sections[].fields?[]", _FIELD))
_KEYS = {name: _keys(kinds) for name, kinds in KINDS.items()}


def checked(method: str, record: Any) -> Any:
    """The record itself; if something in it is unread, a copy without that, which lists its gaps."""
    keys = _KEYS.get(method) or _KEYS.get(method.partition(".")[0], ())
    if not isinstance(record, Mapping):
        incomplete = Incomplete()
        incomplete.gaps = ("it is not a record",)
        return incomplete
    if not _unread(record, keys):
        return record
    incomplete = Incomplete(deepcopy(dict(record)))
    found = sorted(_unread(incomplete, keys), key=lambda gap: gap.key.rank)
    for gap in found:
        gap.holder.pop(gap.key.name, None)
    incomplete.gaps = tuple(dict.fromkeys(gap.words for gap in found))
    incomplete.unread = frozenset(gap.place for gap in found)
    return incomplete


def is_unread(record: Mapping[str, Any], *way: str) -> bool:
    """True if the value under these keys, or one that it is inside of or that is inside of it, is unread or null."""
    place = f"{'.'.join(way)}."
    unread = record.unread if isinstance(record, Incomplete) else ()
    if any(place.startswith(f"{it}.") or f"{it}.".startswith(place) for it in unread) or _is_null(record, *way):
        return True
    others = _CHOSEN_FROM.get(way[0])
    return others is not None and way[0] not in record and is_unread(record, others)


def _is_null(record: Any, key: str, *further: str) -> bool:
    if not isinstance(record, Mapping) or key not in record:
        return False
    return record[key] is None or (bool(further) and _is_null(record[key], *further))


@dataclass(frozen=True, slots=True)
class _Gap:
    holder: Any
    key: _Key
    way: str
    words: str

    @property
    def place(self) -> str:
        return f"{self.way}{self.key.name}"


def _unread(holder: Mapping[str, Any], keys: tuple[_Key, ...], way: str = "") -> list[_Gap]:
    found: list[_Gap] = []
    for key in keys:
        value = holder.get(key.name)
        if value is None:
            if key.name in holder:
                found.append(_Gap(holder, key, way, f"Ashby sent null as {way}{key.name}"))
            elif not key.may_be_missing:
                found.append(_Gap(holder, key, way, f"Ashby did not send {way}{key.name}"))
        elif key.listed and not isinstance(value, list):
            found.append(_Gap(holder, key, way, f"{way}{key.name} is not a list"))
        else:
            entries: Iterable[Any] = value if key.listed else (value,)
            for entry in entries:
                if not key.kind.holds(entry):
                    found.append(_Gap(holder, key, way, f"{way}{key.name} {_not(key.kind, entry, key.listed)}"))
                elif key.inside:
                    found += _unread(entry, key.inside, f"{way}{key.name}.")
    return found


def _not(kind: Kind, value: Any, listed: bool) -> str:
    if kind.choices:
        return f"is {quoted(value, 40)}, which this package does not recognize"
    return f"has an entry that is not {kind.words}" if listed else f"is not {kind.words}"
