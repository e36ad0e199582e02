"""Meetings in words, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from langchain_ashby.agent.cards.builder import CardBuilder, Fact, Record
from langchain_ashby.agent.cards.card import Risk
from langchain_ashby.agent.cards.names import fact_of
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.times import warn_of_offset, warn_of_weekend
from langchain_ashby.endpoints.fields import InterviewEvent
from langchain_ashby.endpoints.internal import FindUser
from langchain_ashby.endpoints.interviews import GetInterview
from langchain_ashby.text.words import (
    at,
    day,
    joined,
    named,
    one_line,
    parsed,
    person,
    quoted,
    shown,
    span,
    time_fact,
    zone,
)

LONGEST = timedelta(hours=8)
REQUIRED = "feedback required"
"""Follows an interviewer who has to give feedback; if the call leaves that open, the interview decides."""


@dataclass(frozen=True, slots=True)
class People:
    """The interviewers and the kinds of interview that a call names."""

    users: dict[str, Record]
    interviews: dict[str, Record]

    def name(self, email: str, *more: str) -> str:
        """The name of the user with this address, followed by the address."""
        return _interviewer(self.users.get(email.casefold()) or {"email": email}, *more)

    def title(self, interview_id: str | None) -> str:
        """The title of the interview definition with this id."""
        if interview_id is None:
            return "the organization's default interview"
        return interview_title(self.interviews.get(interview_id))


def interview_title(interview: Any) -> str:
    """The title of an interview, with what tells it from others with that title."""
    return str(shown(fact_of(None, interview)))


def _interviewer(user: Any, *more: str) -> str:
    fact = fact_of(None, user, *more)
    return named(fact["name"], *(it for it in fact.get("apart", ()) if it != "deactivated"))


def people_of(builder: CardBuilder, reads: ReadCache, events: Iterable[InterviewEvent]) -> People:
    """Read who and what the meetings name, and warn of what is not as it should be."""
    events = list(events)
    emails = list(dict.fromkeys(it.email.casefold() for event in events for it in event.interviewers))
    ids = list(dict.fromkeys(event.interview_id for event in events if event.interview_id))
    read = reads.all(*(FindUser(email=it) for it in emails), *(GetInterview(interview_id=it) for it in ids))
    users: dict[str, Record] = {}
    for email, found in zip(emails, read, strict=False):
        matches = builder.records(f"The interviewer {one_line(email, 120)}", found)
        users[email] = matches[0] if matches else {}
        if isinstance(found, list) and not matches:
            builder.warn(f"No user of Ashby has the address {one_line(email, 120)}: Ashby will refuse.", "high")
        elif at(users[email], "isEnabled") is False:
            builder.warn(f"{named(person(users[email]))} is deactivated in Ashby.", "high")
    interviews = {
        it: builder.record("The interview", found) for it, found in zip(ids, read[len(emails) :], strict=True)
    }
    for interview in interviews.values():
        if at(interview, "isArchived") is True:
            builder.warn(f"The interview {named(at(interview, 'title'))} is archived.")
    return People(users, interviews)


def stated(event: InterviewEvent) -> Fact:
    """A meeting as the call states it, as a fact."""
    feedback = {it.email.casefold(): it.feedback_required for it in event.interviewers}
    return {
        "start": time_fact(event.start_time),
        "end": time_fact(event.end_time),
        "interviewers": sorted(it.email.casefold() for it in event.interviewers),
        **({"interview": event.interview_id} if event.interview_id else {}),
        **({"feedback": stated} if (stated := {it: yes for it, yes in feedback.items() if yes is not None}) else {}),
        **({"extra data": event.extra_data} if event.extra_data is not None else {}),
    }


def loosely(meeting: Fact) -> Fact:
    """A meeting as a fact, without what people would not tell two meetings apart by."""
    return {key: value for key, value in meeting.items() if key not in ("feedback", "extra data")}


def standing(event: Record, like: Any = None) -> Fact:
    """A meeting as Ashby has it, as a fact of the same form; without what `like` leaves open."""
    there = at(event, "interviewers")
    required = {str(at(it, "email")).casefold(): at(it, "isFeedbackRequired") for it in there or []}
    asked = at(like, "feedback") or {}
    return {
        "start": time_fact(at(event, "startTime")),
        "end": time_fact(at(event, "endTime")),
        "interviewers": None if there is None else sorted(str(at(it, "email")).casefold() for it in there),
        **({"interview": at(event, "interviewId")} if like is None or "interview" in like else {}),
        **({"feedback": {it: required.get(it) for it in asked}} if asked else {}),
        **({"extra data": at(event, "extraData") or {}} if at(like, "extra data") is not None else {}),
    }


def stated_words(event: InterviewEvent, people: People) -> str:
    """A meeting as the call states it, in words."""
    by_default = at(people.interviews.get(event.interview_id or ""), "isFeedbackRequired") is True
    required = [by_default if it.feedback_required is None else it.feedback_required for it in event.interviewers]
    interviewers = [
        people.name(it.email, *([REQUIRED] if yes else []))
        for it, yes in zip(event.interviewers, required, strict=True)
    ]
    when = span(event.start_time, event.end_time, stated=True)
    return f"{people.title(event.interview_id)}, {when}, with {joined(interviewers)}{_extra(event.extra_data)}"


def standing_words(event: Record, *, feedback: bool = False, extra: bool = False) -> str:
    """A meeting in Ashby, in words; on request with its extra data and who has to give feedback."""
    there = at(event, "interviewers")
    interviewers = [
        _interviewer(it, *([REQUIRED] if feedback and at(it, "isFeedbackRequired") is True else []))
        for it in there or []
    ]
    whom = "interviewers who are not known" if there is None else joined(interviewers) or "nobody"
    start, end = parsed(at(event, "startTime")), parsed(at(event, "endTime"))
    when = span(start, end) if start and end else "at a time that is not known"
    title = interview_title(at(event, "interview")) if at(event, "interview", "title") else "meeting"
    return f"{title}, {when}, with {whom}{_extra(at(event, 'extraData')) if extra else ''}"


def warn_of_feedback(builder: CardBuilder, event: Record, given: str, unknown: str, risk: Risk) -> None:
    """Warn of feedback that was submitted on a meeting, or may have been: `given` and `unknown` say what follows."""
    submitted = at(event, "hasSubmittedFeedback")
    if submitted is True:
        builder.warn(f"{given}: {briefly(event)}.", risk)
    elif submitted is None:
        maybe = f"Whether feedback was submitted on this meeting is not known; {unknown}"
        builder.warn(f"{maybe}: {briefly(event)}.", "high")


def briefly(event: Record) -> str:
    """A meeting that the card's changes show in full: its title and its time."""
    start, end = parsed(at(event, "startTime")), parsed(at(event, "endTime"))
    title = named(at(event, "interview", "title") or "meeting")
    return f"{title}, {span(start, end)}" if start and end else title


def _extra(data: Any) -> str:
    """The extra data of a meeting, if it has any."""
    if not isinstance(data, Mapping) or not data:
        return ""
    return f"; extra data: {', '.join(f'{quoted(key)}: {quoted(value, 600)}' for key, value in data.items())}"


def warn_of_times(
    builder: CardBuilder, events: list[InterviewEvent], others: Iterable[Record], now: datetime, candidate: Record
) -> None:
    """Warns of meetings in the past, at a weekend, very long, or at the time of another meeting of the application; and
    of times that daylight saving time puts in doubt."""
    others = list(others)
    for number, event in enumerate(events):
        start, end = event.start_time, event.end_time
        if start < now:
            builder.warn(f"The meeting on {span(start, end)} is in the past.", "high")
        warn_of_weekend(builder, start, candidate)
        for time in [start] if start.utcoffset() == end.utcoffset() else [start, end]:
            warn_of_offset(builder, time, candidate)
        if end - start > LONGEST:
            builder.warn(
                f"The meeting on {day(start.astimezone(zone()))} is longer than {LONGEST // timedelta(hours=1)} hours."
            )
        for other in events[:number]:
            if other.start_time < end and start < other.end_time:
                builder.warn(f"Two of the new meetings are at the same time, on {span(start, end)}.")
        for known in others:
            if overlaps(event, known):
                builder.warn(f"The candidate has another meeting at this time: {standing_words(known)}.")


def overlaps(event: InterviewEvent, known: Record) -> bool:
    """True if an existing meeting overlaps with this one."""
    start, end = parsed(at(known, "startTime")), parsed(at(known, "endTime"))
    return bool(start and end and start < event.end_time and event.start_time < end)
