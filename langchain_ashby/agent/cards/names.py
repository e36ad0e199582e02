"""What cards call records: by their names, and by what tells each from others with its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from langchain_ashby.text.letters import alike
from langchain_ashby.text.words import UNNAMED, at, day, enumerated, folded, named, one_line, parsed, person, zone

NAMES = ("title", "name", "text", "reasonText", "label")
"""The keys under which records keep what people call them."""


def name_of(record: Any) -> str | None:
    """A record's name for people; None if it has none."""
    name = next((it for key in NAMES if (it := at(record, key))), None) or at(record, "latestVersion", "identifier")
    return one_line(name, 120) if name else person(record)


def fact_of(record_id: Any, record: Any, *more: str, among: Iterable[Any] = ()) -> dict[str, Any]:
    """The fact of a record: its id, its name and, if there is anything, what tells it from others with its name.

    Args:
        record_id: Its id.
        record: The record, as far as it could be read.
        more: What else tells it apart.
        among: The records of the listing that it was found in, if that was what was read.
    """
    details = [*apart(record, among), *more]
    return {"id": record_id, "name": name_of(record) or UNNAMED, **({"apart": details} if details else {})}


def apart(record: Any, among: Iterable[Any] = ()) -> list[str]:
    """What tells a record from others with its name, as far as it or its listing says."""
    others = [it for it in among if at(it, "id") != at(record, "id")]
    if not others:
        return _said_by(record)
    parent = next((it for it in others if at(it, "id") == at(record, "parentLocationId")), None)
    details = [*_said_by(record), *([detail(name_of(parent))] if parent else [])]
    seen = alike(name_of(record) or "")
    twins = [it for it in others if alike(name_of(it) or "") == seen and _said_by(it) == _said_by(record)]
    for tell in _AMONG_TWINS:
        if any(tell(it) != tell(record) for it in twins):
            details += filter(None, [tell(record)])
            twins = [it for it in twins if tell(it) == tell(record)]
    return details


def detail(name: Any) -> str:
    """A name among details: as they stand in parentheses, one that has its own is quoted."""
    said = named(name)
    return f"“{said}”" if "(" in said and said[:1] != "“" else said


def made_on(record: Any, how: str = "created") -> str | None:
    """The day on which a record was made: created 24 Nov 2026."""
    made = parsed(at(record, "createdAt") or at(record, "latestVersion", "createdAt"))
    return f"{how} {day(made.astimezone(zone())).partition(' ')[2]}" if made else None


def _said_by(record: Any) -> list[str]:
    return [said for tell in _BY_ITSELF if (said := tell(record))]


def _reached_at(record: Any) -> str | None:
    """How to reach a person; of a candidate without any address, what else is known."""
    address = at(record, "primaryEmailAddress", "value") or at(record, "email")
    address = address or at(record, "primaryPhoneNumber", "value")
    if address:
        return detail(address) if address != name_of(record) else None
    work = ", ".join(detail(it) for key in ("position", "company") if (it := at(record, key)))
    return work or (made_on(record, "added") if at(record, "applicationIds") is not None else None)


def _kind(record: Any) -> str | None:
    kind, title = at(record, "reasonType"), at(record, "sourceType", "title")
    return enumerated(kind) if kind else detail(title) if title and title != name_of(record) else None


def _to_candidates(record: Any) -> str | None:
    """The title that candidates see for an interview."""
    title = at(record, "externalTitle")
    return f"shown as {detail(title)}" if title and title != name_of(record) else None


def _opening(record: Any) -> str | None:
    """An opening without an identifier by its description."""
    version = at(record, "latestVersion")
    if not version or at(version, "identifier") or "openingState" not in record:
        return None
    return detail(at(version, "description")) if at(version, "description") else made_on(record)


def _debrief(record: Any) -> str | None:
    """Whether an interview is a debrief, unless its title says that."""
    is_one, says_so = at(record, "isDebrief") is True, folded(name_of(record)) == "debrief"
    if is_one == says_so or at(record, "isDebrief") is None:
        return None
    return "debrief" if is_one else "no debrief"


_BY_ITSELF: tuple[Callable[[Any], str | None], ...] = (
    _reached_at,
    lambda it: detail(number) if (number := at(it, "customRequisitionId")) else None,
    lambda it: detail(place) if (place := at(it, "location", "name")) else None,
    lambda it: detail(place) if (place := at(it, "locationName")) else None,
    lambda it: detail(name) if (name := at(it, "departmentName")) else None,
    _kind,
    _to_candidates,
    _opening,
    lambda it: None if (order := at(it, "orderInInterviewPlan")) is None else f"order {one_line(order, 20)}",
    lambda it: "of one job" if at(it, "jobId") and at(it, "title") and not at(it, "departmentName") else None,
    _debrief,
    lambda it: "archived" if at(it, "isArchived") is True else None,
    lambda it: "deactivated" if at(it, "isEnabled") is False else None,
)
"""What records say about themselves that tells them apart, most telling first."""

_AMONG_TWINS: tuple[Callable[[Any], str | None], ...] = (
    lambda it: f"shown as {detail(name)}" if (name := at(it, "externalName")) else None,
    lambda it: f"of {detail(kind)}" if (kind := at(it, "objectType")) else None,
    lambda it: enumerated(kind) if (kind := at(it, "fieldType")) else None,
    made_on,
    lambda it: f"id {str(at(it, 'id'))[:8]}…",
)
"""What is said only if a listing has several records that otherwise read the same."""
