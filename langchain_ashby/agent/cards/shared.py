"""What several cards say about the same records, in the same words."""

from __future__ import annotations

from typing import Any

from langchain_ashby.agent.cards.draft import UNREAD, Draft, Fact, Record
from langchain_ashby.agent.cards.look import Look, Records
from langchain_ashby.agent.cards.words import UNNAMED, at, enumerated, joined, named, one_line, person, time_fact
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.jobs import GetJob

MOST_APPLICATIONS = 10
"""How many of a candidate's applications are looked at."""


def the_candidate(draft: Draft, found: Any) -> tuple[Record, str]:
    """A candidate that was read, and the name to use in a sentence; links to the profile."""
    candidate = draft.record("The candidate", found)
    draft.link("Candidate in Ashby", at(candidate, "profileUrl"))
    return candidate, named(candidate["name"]) if at(candidate, "name") else "a candidate who could not be read"


def the_application(draft: Draft, found: Any) -> Record:
    """An application that was read. Whose it is, is a fact: candidates can be merged."""
    application = draft.record("The application", found)
    if application:
        draft.facts["Candidate"] = reference(application, "candidate", "name")
    if at(application, "status") == "Hired":
        draft.warn("The candidate is hired already.", "high")
    return application


def who(application: Record) -> str:
    """Whose application it is: the candidate and the job."""
    name, job = at(application, "candidate", "name"), at(application, "job", "title")
    if not name:
        return "a candidate who could not be read"
    return f"{named(name)}, {named(job)}" if job else named(name)


def the_job(draft: Draft, found: Any) -> Record:
    """A job that was read, with what to know about it."""
    job = draft.record("The job", found)
    if at(job, "confidential") is True:
        draft.warn("The job is confidential.")
    return job


def warn_if_confidential(draft: Draft, look: Look, application: Record) -> None:
    """Say so if an application is for a job that not everybody may know of."""
    if job_id := at(application, "job", "id"):
        the_job(draft, *look.all(GetJob(job_id=job_id)))


def warn_unless_open(draft: Draft, job: Record) -> None:
    """Say so if a job takes no candidates."""
    status = at(job, "status")
    if status and status != "Open":
        draft.warn(f"The job is not open: it is {'a ' if status == 'Draft' else ''}{enumerated(status)}.")


def applications_of(draft: Draft, look: Look, candidate: Record, but: str | None = None) -> Records[Record]:
    """A candidate's applications, but for one, ten at most."""
    ids = [it for it in at(candidate, "applicationIds") or [] if it != but]
    records: Records[Record] = Records()
    for found in look.all(*(GetApplication(application_id=it) for it in ids[:MOST_APPLICATIONS])):
        if record := draft.record("Another application of the candidate", found):
            records.append(record)
    records.complete = len(records) == len(ids)
    if len(ids) > MOST_APPLICATIONS:
        draft.not_checked(f"Only {MOST_APPLICATIONS} of the candidate's {len(ids)} other applications were looked at.")
    return records


def warn_of_others(draft: Draft, applications: list[Record]) -> None:
    """Say where else the candidate is far along."""
    for other in applications:
        job = named(at(other, "job", "title") or "another job")
        if at(other, "status") == "Hired":
            draft.warn(f"The candidate is hired already, for {job}.", "high")
        elif at(other, "status") == "Active" and at(other, "currentInterviewStage", "type") == "Offer":
            draft.warn(f"The candidate is at the offer stage for {job}.")


def reference(record: Record, key: str, *names: str) -> Fact:
    """The fact `{"id", "name"}` of a record inside another one; None where there is none."""
    if not record:
        return UNREAD
    inner = at(record, key)
    name = next((at(inner, it) for it in names if at(inner, it)), None) or UNNAMED
    return {"id": at(inner, "id"), "name": one_line(name, 120)} if at(inner, "id") else None


def credit_of(record: Record) -> Fact:
    """Who has the credit for a candidate or an application."""
    if not record:
        return UNREAD
    credited = at(record, "creditedToUser")
    return {"id": at(credited, "id"), "name": person(credited) or UNNAMED} if credited else None


def the_user(draft: Draft, what: str, found: Any, user_id: str | None) -> Fact:
    """The fact of a user by id; warns of one who is deactivated."""
    if user_id is None:
        return None
    user = draft.record(what, found)
    name = person(user) or UNNAMED
    if at(user, "isEnabled") is False:
        draft.warn(f"{what}, {named(name)}, is deactivated in Ashby.")
    return {"id": user_id, "name": name}


def value_of(record: Record, *way: str) -> Fact:
    """A plain value of a record."""
    return at(record, *way) if record else UNREAD


def time_of(record: Record, key: str) -> Fact:
    """A time of a record."""
    return time_fact(at(record, key)) if record else UNREAD


def told(draft: Draft, notify: bool | None, of_what: str) -> None:
    """Say whether subscribers are notified. With updates they are, unless the call says otherwise."""
    if notify is False:
        draft.happens("Nobody is notified.")
    else:
        draft.happens(f"Users who are subscribed to {of_what} are notified.")


def line_of_changes(draft: Draft, of: str) -> str:
    """What changes, in one line; warns if nothing does."""
    if not draft.changes:
        draft.warn("Everything is so already: nothing would change.")
        return f"Change nothing on {of}"
    if len(draft.changes) > 1:
        return f"Change {joined([_small(change['field']) for change in draft.changes])} of {of}"
    [change] = draft.changes
    field, before, after = _small(change["field"]), change["before"], change["after"]
    if after is None:
        return f"Clear the {field} of {of}, which is {named(before)}"
    return f"{'Set' if before is None else 'Change'} the {field} of {of}{_from(before)} to {named(after)}"


def _from(before: str | None) -> str:
    return "" if before is None else f" from {named(before)}"


def _small(field: str) -> str:
    """A field's title inside a sentence; GitHub and the like keep their capitals."""
    return field if any(letter.isupper() for letter in field[1:]) else field[:1].lower() + field[1:]
