"""Lists records without names of their own: applications, offers, interview schedules and their meetings.

People know them by the candidate they concern, so they are listed and found by candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from langchain_ashby.agent.cards.meetings import standing_words
from langchain_ashby.agent.cards.offered import status_words
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.candidates import GetCandidate, SearchCandidates
from langchain_ashby.endpoints.interviews import ListInterviewSchedules
from langchain_ashby.endpoints.offers import ListOffers
from langchain_ashby.errors import Refused
from langchain_ashby.ids import Id, canonical
from langchain_ashby.inbox.forms.model import Choice, Offered
from langchain_ashby.text.words import UNNAMED, at, count, day, enumerated, named, parsed, zone
from langchain_ashby.toolkit.listings import Record, kept

T = TypeVar("T")
U = TypeVar("U")

MOST_CANDIDATES = 8
MOST_APPLICATIONS = 24
"""Limits of one search."""

_AT_ONCE = 6

BY = "Part of the candidate's name"
"""The placeholder of the search field."""


@dataclass(frozen=True)
class _Found:
    """An application and its label."""

    record: Record
    name: str

    @property
    def id(self) -> str:
        return str(self.record["id"])


def is_unnamed(kind: Id) -> bool:
    """True for records that are found by their candidate."""
    return kind.argument in _LISTED


def unnamed(client: AshbyClient, kind: Id, given: Mapping[str, Any], candidates: Sequence[str], query: str) -> Offered:
    """Lists the records of one of these kinds.

    Args:
        client: The client to read with.
        kind: The kind of record.
        given: The arguments of the call. If they name a schedule, only its meetings are listed.
        candidates: The ids of the candidates concerned; their records are listed if there is no `query`.
        query: Part of a candidate's name, or an e-mail address.

    Raises:
        AshbyError: if the records cannot be read.
    """
    found, complete = _found(client, query) if query.strip() else ([{"id": it} for it in candidates], True)
    everybody = [it if "applicationIds" in it else it | _or_nothing(client, it["id"]) for it in found]
    ids = [str(it) for candidate in everybody for it in at(candidate, "applicationIds") or ()]
    if not query.strip() and (proposed := given.get("application_id")) and _canonical(proposed) not in ids:
        ids.insert(0, str(proposed))
    read = _at_once(lambda it: _application(client, it), ids[:MOST_APPLICATIONS])
    applications = [_Found(it, _called(it)) for it in read if it]
    lists = _at_once(lambda it: [*_LISTED[kind.argument](client, it, given)], applications)
    choices = {choice.raw: choice for each in lists for choice in each}
    return Offered(tuple(choices.values()), complete and len(ids) <= MOST_APPLICATIONS, needs_search=True, by=BY)


def _found(client: AshbyClient, query: str) -> tuple[list[dict[str, Any]], bool]:
    """Finds candidates by name or e-mail address, up to the limit; also returns whether those are all."""
    by = "email" if "@" in query else "name"
    records = [dict(it) for it in client.call(SearchCandidates(**{by: " ".join(query.split())}))]
    return records[:MOST_CANDIDATES], len(records) <= MOST_CANDIDATES


def _or_nothing(client: AshbyClient, candidate_id: str) -> dict[str, Any]:
    """Reads a candidate; empty if Ashby no longer has them, as after a merge."""
    try:
        found = client.call(GetCandidate(candidate_id=candidate_id))
        return {**found}
    except Refused:
        return {}


def _application(client: AshbyClient, application_id: str) -> Record | None:
    """Reads an application; None if Ashby does not know it."""
    try:
        found = client.call(GetApplication(application_id=application_id))
        return {**found, "id": canonical(found["id"])}
    except (Refused, ValueError):
        return None


def _called(application: Record) -> str:
    """Labels an application with its candidate and job."""
    names = (at(application, "candidate", "name"), at(application, "job", "title"))
    return ", ".join(named(it or UNNAMED) for it in names)


def _itself(client: AshbyClient, of: _Found, given: Mapping[str, Any]) -> Iterator[Choice]:
    status = at(of.record, "status")
    where = at(of.record, "currentInterviewStage", "title") if status in ("Active", "Lead") else None
    yield Choice(of.id, _with(of.name, named(where) if where else enumerated(status or UNNAMED), *_since(of.record)))


def _offers(client: AshbyClient, of: _Found, given: Mapping[str, Any]) -> Iterator[Choice]:
    for it in kept(client, ListOffers(application_id=of.id)).records:
        yield Choice(it["id"], _with(of.name, *_since(at(it, "latestVersion"), "offered"), status_words(dict(it))))


def _schedules(client: AshbyClient, of: _Found, given: Mapping[str, Any]) -> Iterator[Choice]:
    for it in kept(client, ListInterviewSchedules(application_id=of.id)).records:
        meetings = [standing_words(event) for event in at(it, "interviewEvents") or ()]
        more = [count(len(meetings) - 1, "more meeting")] if len(meetings) > 1 else []
        status = [enumerated(it["status"])] if at(it, "status") not in (None, "Scheduled") else []
        yield Choice(it["id"], _with(of.name, *(meetings[:1] or ["no meetings"]), *more, *status))


def _meetings(client: AshbyClient, of: _Found, given: Mapping[str, Any]) -> Iterator[Choice]:
    schedule = _canonical(given.get("interview_schedule_id"))
    for it in kept(client, ListInterviewSchedules(application_id=of.id)).records:
        if schedule in (None, it["id"]):
            for event in at(it, "interviewEvents") or ():
                yield Choice(canonical(event["id"]), _with(standing_words(event), of.name))


_LISTED: Mapping[str, Callable[[AshbyClient, _Found, Mapping[str, Any]], Iterator[Choice]]] = {
    "application_id": _itself,
    "interview_event_id": _meetings,
    "interview_schedule_id": _schedules,
    "offer_id": _offers,
}


def _with(name: str, *apart: str) -> str:
    return f"{name} ({', '.join(apart)})"


def _since(record: Any, how: str = "since") -> list[str]:
    made = parsed(at(record, "createdAt"))
    return [f"{how} {day(made.astimezone(zone())).partition(' ')[2]}"] if made else []


def _canonical(written: Any) -> str | None:
    try:
        return canonical(written)
    except (AttributeError, TypeError, ValueError):
        return None


def _at_once(read: Callable[[T], U], these: Sequence[T]) -> list[U]:
    """Runs several reads at the same time, each for the user the client acts for here."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="unnamed") as threads:
        started = [threads.submit(copy_context().run, read, it) for it in these]
        return [it.result() for it in started]
