"""The meetings of an interview schedule, a line for each."""

from __future__ import annotations

import json
from typing import Any

from langchain_ashby.results.phrases import UNKNOWN, Json, flag, is_null, name_and_email, objects, text, to_the_minute
from langchain_ashby.text.words import at, in_a_list


def meetings(schedule: Json) -> list[str]:
    """When, what, with whom and where: what Ashby does not say is left out."""
    if is_null(schedule, "interviewEvents"):
        return ["(meetings unknown)"]
    return [meeting(event, f" ({text(event.get('id'))})") for event in objects(schedule.get("interviewEvents"))]


def meeting(event: Json, identity: str = "") -> str:
    """One meeting, with what identifies it behind its title."""
    people = objects(event.get("interviewers"))
    told = [
        f"{_span(event)}, {_piece(at(event, 'interview', 'title')) or 'interview'}{identity}",
        "interviewers unknown" if is_null(event, "interviewers") else "",
        f"with {', '.join(map(_interviewer, people))}" if people else "",
        _feedback(event, people),
        f"location: {_piece(event['location'])}" if event.get("location") else "",
        f"link: {_piece(event['meetingLink'])}" if event.get("meetingLink") else "",
    ]
    return "; ".join(filter(None, told))


def _piece(value: Any) -> str:
    """A piece of the line, in quotation marks if it could be read as the next one too."""
    said = text(value)
    return json.dumps(said, ensure_ascii=False) if ";" in said else said and in_a_list(said)


def _span(event: Json) -> str:
    """`2026-11-24T09:00Z to 10:00Z`; with the second day, or zone, if it is another."""
    start, end = (_piece(to_the_minute(event.get(key))) for key in ("startTime", "endTime"))
    if not start or not end:
        return f"{start or '(start not given)'} to {end or '(end not given)'}"
    same_day = start[:11] == end[:11] and start[16:] == end[16:]
    return f"{start} to {end[11:] if same_day else end}"


def _interviewer(user: Json) -> str:
    has_submitted = user.get("hasSubmittedFeedback")
    told = [
        flag(user.get("isEnabled", True), "", "deactivated", "not known whether deactivated"),
        f"training: {_piece(user['trainingRole'])}" if user.get("trainingRole") else "",
        flag(has_submitted is not True and user.get("isFeedbackRequired", False), "feedback required",
             unknown="not known whether feedback is required"),
        _submitted(user, "feedback submitted"),
    ]  # fmt: skip
    about = ", ".join(filter(None, told))
    name = text(user.get("email")) or name_and_email(user) or text(user.get("id")) or UNKNOWN
    return f"{_piece(name)}{f' ({about})' if about else ''}"


def _feedback(event: Json, people: list[Json]) -> str:
    """Ashby says of a meeting whether anyone gave feedback; who did, only beside each interviewer, and not always."""
    if any(isinstance(user.get("hasSubmittedFeedback"), bool) for user in people):
        return ""
    return _submitted(event, f"feedback submitted{'' if len(people) == 1 else ' by at least one interviewer'}")


def _submitted(said_by: Json, yes: str) -> str:
    """What a meeting, or an interviewer, says of feedback; nothing if it does not speak of it."""
    key = "hasSubmittedFeedback"
    return (
        flag(said_by[key], yes, "no feedback yet", "not known whether feedback was submitted") if key in said_by else ""
    )
