"""The keys that Ashby always sends for a record. If one is missing, its value is unknown, neither "no" nor "none".

Any other key may be missing, which means that there is no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from langchain_ashby.text.words import quoted

_STATUS = ("Active", "Archived", "Hired", "Lead")
_STAGES = ("Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived")
_OPENINGS = ("Draft", "Approved", "Open", "Filled", "Closed")
_EVENT = ("id", "startTime", "endTime", "interviewers", "hasSubmittedFeedback")

_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "application": (
        "status",
        *(f"candidate.{it}" for it in ("id", "name")),
        *(f"currentInterviewStage.{it}" for it in ("id", "title", "type")),
        *(f"job.{it}" for it in ("id", "title")),
    ),
    "applicationFeedback": ("id", "submittedValues"),
    "archiveReason": ("id", "text", "isArchived"),
    "candidate": ("id", "name", "emailAddresses", "socialLinks", "tags", "applicationIds", "fileHandles"),
    "candidate.listNotes": ("id", "isPrivate"),
    "candidateTag": ("id", "title", "isArchived"),
    "closeReason": ("id", "reasonText", "isArchived"),
    "communicationTemplate": ("id", "title"),
    "customField": ("id", "title", "objectType", "fieldType", "isArchived"),
    "department": ("id", "name", "isArchived"),
    "feedbackFormDefinition": ("id", "title", "isArchived", "formDefinition"),
    "interview": ("id", "title", "isArchived"),
    "interviewEvent": _EVENT,
    "interviewPlan": ("id", "title", "isArchived"),
    "interviewSchedule": ("id", "status", "applicationId", *(f"interviewEvents.{it}" for it in _EVENT)),
    "interviewStage": ("id", "title", "type", "interviewPlanId"),
    "job": ("id", "title", "status", "confidential"),
    "location": ("id", "name", "isArchived"),
    "offer": ("id", "acceptanceStatus", "offerStatus"),
    "opening": ("id", "isArchived", "openingState", "latestVersion.jobIds"),
    "source": ("id", "title", "isArchived"),
    "user": ("id", "isEnabled"),
}
"""The keys by the noun of Ashby's methods, or by the method, as Ashby's schemas require them."""

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "application.status": _STATUS,
    "application.currentInterviewStage.type": _STAGES,
    "interviewStage.type": _STAGES,
    "job.status": ("Draft", "Open", "Closed", "Archived"),
    "opening.openingState": _OPENINGS,
}
"""The values that this package recognizes."""


class Incomplete(dict[str, Any]):
    """A record that lacks a key that Ashby always sends, or has an unrecognized value.

    Attributes:
        gaps: What is unknown about it, in words.
    """

    gaps: tuple[str, ...] = ()


def checked(method: str, record: Any) -> Any:
    """The record itself; if it is incomplete, a copy that lists its gaps."""
    noun = method.partition(".")[0]
    if not isinstance(record, Mapping):
        record, gaps = {}, ["it is not a record"]
    else:
        ways = _ALWAYS.get(method) or _ALWAYS.get(noun, ())
        gaps = [gap for way in ways for gap in _gaps(record, noun, way.split("."))]
    if not gaps:
        return record
    incomplete = Incomplete(record)
    incomplete.gaps = tuple(dict.fromkeys(gaps))
    return incomplete


def _gaps(record: Mapping[str, Any], noun: str, way: list[str], place: str = "") -> Iterator[str]:
    key, *further = way
    value, place = record.get(key), f"{place}.{key}".lstrip(".")
    if value is None:
        yield f"Ashby did not send {place}"
    elif further:
        for entry in value if isinstance(value, list) else [value]:
            yield from _gaps(entry if isinstance(entry, Mapping) else {}, noun, further, place)
    elif (known := _KNOWN.get(f"{noun}.{place}")) and value not in known:
        yield f"{place} is {quoted(value, 40)}, which this package does not recognize"
