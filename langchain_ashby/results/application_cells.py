"""Columns of applications, and of what belongs to one: where it stands, why it ended, when, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from langchain_ashby.results.cell_makers import sent, small, stage_of
from langchain_ashby.results.cells import Column, Day, Part, Parts, Values
from langchain_ashby.results.phrases import UNKNOWN, Json, called, is_null, notes_on, text
from langchain_ashby.text.words import at

NOT_READ = "not read"
"""Stands in a shown record for what a look-up was to find, and could not."""


def _stage(application: Json) -> Any:
    """The title, and apart from it the type, which long listings leave out."""
    stage = application.get("currentInterviewStage")
    title = UNKNOWN if is_null(stage, "title") else text(at(stage, "title"))
    return Parts([Part(title), Part(stage_of(application).removeprefix(title), whole=True)])


def _status(application: Json) -> Any:
    """Blank where the stage says it, as that of a rejected application mostly does, or where it goes without saying."""
    status, stage = text(application.get("status")), text(at(application, "currentInterviewStage", "title"))
    if not status:
        return UNKNOWN
    said = json.dumps(status) if status == UNKNOWN else status
    return "" if status == (stage if stage in _STATUSES else "Active") else said


_STATUSES = frozenset({"Active", "Archived", "Hired", "Lead"})


def _reason(application: Json) -> Any:
    """The reason, and in short who rejected whom."""
    entry = application.get("archiveReason")
    if not isinstance(entry, Mapping):
        return ""
    kind = text(entry.get("reasonType"))
    others = {key: it for key, it in entry.items() if key != "reasonType"}
    notes = ", ".join(filter(None, [REASON_KINDS.get(kind, kind), *notes_on(others)]))
    return Values([f"{called(entry)} ({notes})" if notes else called(entry)])


REASON_KINDS = {"RejectedByOrg": "by org", "RejectedByCandidate": "by candidate", "Other": "other"}
"""Says briefly who rejected whom, by the type of a reason."""

HIRED_AT = "hiredAt"
"""The key of the day of a hire, which a look-up adds to what is shown."""


class Ended(Day):
    """The day on which an application was archived, or its candidate hired."""

    def __call__(self, record: Json) -> str:
        """Makes the cell of a record."""
        if record.get(HIRED_AT) == NOT_READ:
            return NOT_READ
        return super().__call__(record) or Day(HIRED_AT)(record)


class Updated(Day):
    """The day of the last change; blank if the application came, or ended, on that day."""

    def __call__(self, record: Json) -> str:
        """Makes the cell of a record."""
        known = ENDED.cell(record) or APPLIED.cell(record)
        day = super().__call__(record)
        if not day and (known or is_null(record, "updatedAt")):
            return UNKNOWN
        return "" if day == known else day


STAGE = Column("stage", sent("currentInterviewStage", cell=_stage), notes_spare=True, once=True)
STATUS = Column("status (blank: as stage, else Active)", _status, kept=True)
REASON = Column("archive reason", _reason, lettered=True)
REASON_IN_FULL = Column("archive reason", small("archiveReason"))
APPLIED = Column("created", Day("createdAt"))
ENDED = Column("ended", Ended("archivedAt"))
UPDATED = Column("updated (blank: not since)", Updated("updatedAt"))


def _of_application(key: str, name: str) -> Callable[[Json], Parts]:
    """A name of the application that a record belongs to, where a look-up found it."""

    def cell(record: Json) -> Parts:
        found = record.get(key)
        if found == NOT_READ:
            return Parts([Part(NOT_READ, whole=True)])
        if not isinstance(found, Mapping):
            return Parts()
        said = text(at(found, name)) or UNKNOWN
        return Parts([Part(json.dumps(said) if said == NOT_READ else said, whole=key == "candidate")])

    return cell


WHOSE = (Column("candidate", _of_application("candidate", "name")), Column("job", _of_application("job", "title")))
"""Whose an offer or interview is, and for which job."""
