"""Wording that several cards share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.lookup import above, reader, request_for, told_apart
from langchain_ashby.agent.cards.names import apart, fact_of, made_on
from langchain_ashby.agent.cards.reads import ReadCache, Records
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.text.words import UNNAMED, at, called, enumerated, joined, named, person, shown, time_fact

MOST_APPLICATIONS = 10
"""The most applications of a candidate that are looked at."""


def the_candidate(builder: CardBuilder, found: Any) -> tuple[Record, str]:
    """A candidate that was read, and the name to use in a sentence; links to the profile."""
    candidate = builder.record("The candidate", found)
    builder.link("Candidate in Ashby", at(candidate, "profileUrl"))
    builder.refer(at(candidate, "id"), "The candidate", at(candidate, "name"))
    return candidate, _person(candidate) or "a candidate who could not be read"


def _person(candidate: Any) -> str | None:
    """A candidate inside a sentence."""
    return named(candidate["name"], *apart(candidate)) if at(candidate, "name") else None


def the_application(builder: CardBuilder, found: Any) -> Record:
    """An application that was read. Whose it is, is a fact: candidates can be merged."""
    application = builder.record("The application", found)
    if application:
        builder.facts["Candidate"] = reference(application, "candidate")
        builder.refer(at(application, "candidate", "id"), "The candidate", at(application, "candidate", "name"))
        builder.refer(at(application, "job", "id"), "The job", at(application, "job", "title"))
    if at(application, "status") == "Hired":
        builder.warn("The candidate is already hired.", "high")
    return application


def who(builder: CardBuilder, application: Record) -> str:
    """Whose application it is, for which job and since when."""
    name, job = _person(at(application, "candidate")), job_of(builder, application)
    if not name:
        return "a candidate who could not be read"
    return f"{name}, {job}" if job else name


def job_of(builder: CardBuilder, application: Record) -> str | None:
    """The job of an application inside a sentence. It is read, because an application says little about it."""
    job_id, title = at(application, "job", "id"), at(application, "job", "title")
    if not title:
        return None
    details = told_apart(builder, builder.clarified("The job", request_for("job_id", job_id))) if job_id else []
    return named(title, *details, *filter(None, [made_on(application, "considered since")]))


def the_job(builder: CardBuilder, found: Any) -> Record:
    """A job that was read, with what to know about it."""
    job = builder.record("The job", found)
    builder.refer(at(job, "id"), "The job", at(job, "title"))
    if at(job, "confidential") is True:
        builder.warn("The job is confidential.")
    return job


def called_job(builder: CardBuilder, job: Record) -> str:
    """A job that was read, inside a sentence."""
    return named(at(job, "title") or UNNAMED, *told_apart(builder, job))


def the_department(builder: CardBuilder, found: Any, department_id: str) -> Fact:
    """The fact of a department or team, with the one above it."""
    fact = builder.named("The department", found, department_id, "name")
    details = [*fact.get("apart", ()), *above(builder, found if isinstance(found, Mapping) else {})]
    return {**fact, **({"apart": details} if details else {})}


def in_its_plan(builder: CardBuilder, stage: Fact, found: Any, plan_id: Any) -> Fact:
    """The fact of a stage, with its interview plan unless the application is in the same one."""
    own = at(found, "interviewPlanId")
    plans = reader("interview_plan_id")
    if own in (None, plan_id) or plans is None:
        return stage
    [read] = builder.reads.all(plans.request(own))
    plan = fact_of(own, plans.pick(builder, read, own))
    details = ", ".join(plan.get("apart", ()))
    said = f"plan {named(plan['name'])}{f' [{details}]' if details else ''}"
    return {**stage, "apart": [*stage.get("apart", ()), said]}


def the_opening(builder: CardBuilder, found: Any) -> tuple[Record, str]:
    """An opening that was read, and the name to use in a sentence."""
    opening = builder.record("The opening", found)
    if not opening:
        return opening, "an opening that could not be read"
    identifier = at(opening, "latestVersion", "identifier")
    builder.refer(at(opening, "id"), "The opening", identifier)
    details = apart(opening)
    if is_unread(opening, "latestVersion", "identifier"):
        return opening, "an opening whose identifier could not be read"
    if identifier:
        return opening, f"the opening {named(identifier, *details)}"
    return opening, f"an opening without an identifier{f' ({joined(details)})' if details else ''}"


def candidate_and_job(builder: CardBuilder, reads: ReadCache, application: Record) -> Record:
    """The candidate of an application, read along with its job; warns if that is confidential."""
    job_id, candidate_id = at(application, "job", "id"), at(application, "candidate", "id")
    job, candidate = reads.all(
        request_for("job_id", job_id) if job_id else None,
        request_for("candidate_id", candidate_id) if candidate_id else None,
    )
    if job_id:
        the_job(builder, job)
    return the_candidate(builder, candidate)[0] if candidate_id else {}


def warn_unless_open(builder: CardBuilder, job: Record) -> None:
    """Warns if a job takes no candidates."""
    status = at(job, "status")
    if status and status != "Open":
        builder.warn(f"The job is not open: it is {'a ' if status == 'Draft' else ''}{enumerated(status)}.")


def applications_of(
    builder: CardBuilder, reads: ReadCache, candidate: Record, but: str | None = None
) -> Records[Record]:
    """A candidate's applications, but for one, ten at most."""
    known = at(candidate, "applicationIds")
    ids = [it for it in known or [] if it != but]
    records: Records[Record] = Records()
    for found in reads.all(*(GetApplication(application_id=it) for it in ids[:MOST_APPLICATIONS])):
        if record := builder.record("Another application of the candidate", found):
            records.append(record)
    records.complete = isinstance(known, list) and len(records) == len(ids)
    if len(ids) > MOST_APPLICATIONS:
        builder.not_checked(f"Only {MOST_APPLICATIONS} of the candidate's {len(ids)} other applications were checked.")
    return records


def warn_of_others(builder: CardBuilder, applications: list[Record]) -> None:
    """Warns if the candidate is hired or at the offer stage for another job."""
    for other in applications:
        if at(other, "status") == "Hired":
            builder.warn(f"The candidate is already hired, for {job_of(builder, other) or 'another job'}.", "high")
        elif at(other, "status") == "Active" and at(other, "currentInterviewStage", "type") == "Offer":
            builder.warn(f"The candidate is at the offer stage for {job_of(builder, other) or 'another job'}.")


def reference(record: Record, key: str) -> Fact:
    """The fact of a record inside another one; None where there is none."""
    if not record or is_unread(record, key):
        return UNREAD
    inner = at(record, key)
    return fact_of(at(inner, "id"), inner) if at(inner, "id") else None


def the_user(builder: CardBuilder, what: str, found: Any, user_id: str | None) -> Fact:
    """The fact of a user by id; warns of one who is deactivated."""
    if user_id is None:
        return None
    user = builder.record(what, found)
    name = person(user) or UNNAMED
    if at(user, "isEnabled") is False:
        builder.warn(f"{what}, {named(name)}, is deactivated in Ashby.")
    builder.refer(user_id, what, name)
    return fact_of(user_id, user)


def value_of(record: Record, *way: str) -> Fact:
    """A plain value of a record."""
    return at(record, *way) if record and not is_unread(record, *way) else UNREAD


def time_of(record: Record, key: str) -> Fact:
    """A time of a record."""
    return time_fact(at(record, key)) if record and not is_unread(record, key) else UNREAD


def notified(builder: CardBuilder, notify: bool | None, of_what: str) -> None:
    """Says if subscribers are notified. With updates they are, unless the call says otherwise."""
    are = "are not" if notify is False else "are"
    builder.consequence(f"Users who are subscribed to {of_what} {are} notified.")


def line_of_changes(builder: CardBuilder, of: str) -> str:
    """Names the changes in one line; warns if there are none."""
    if not builder.changes:
        builder.warn("Already up to date; nothing would change.")
        return f"Change nothing on {of}"
    if len(builder.changes) > 1:
        return f"Change the {joined([_small(change['field']) for change in builder.changes])} of {of}"
    [change] = builder.changes
    title = change["field"]
    field, before = _small(title), _named(change["before"], builder.facts.get(title))
    after = _named(change["after"], builder.afterwards.get(title))
    if after is None:
        return f"Clear the {field} {before} of {of}"
    return (
        f"Set the {field} of {of} to {after}"
        if before is None
        else f"Change the {field} of {of} from {before} to {after}"
    )


def _named(words: str | None, fact: Fact) -> str | None:
    """A value inside a sentence; that of a record by its name, with what tells it apart."""
    return None if words is None else called(fact) if words == shown(fact) and at(fact, "name") else named(words)


def _small(field: str) -> str:
    """A field's title inside a sentence; GitHub and the like keep their capitals."""
    return field if any(letter.isupper() for letter in field[1:]) else field[:1].lower() + field[1:]


def _application(builder: CardBuilder, found: Any) -> tuple[Record, str]:
    application = the_application(builder, found)
    return application, f"the application of {who(builder, application)}"


def _job(builder: CardBuilder, found: Any) -> tuple[Record, str]:
    job = the_job(builder, found)
    return job, f"the job {called_job(builder, job)}"


SUBJECTS: Mapping[str, Callable[[CardBuilder, Any], tuple[Record, str]]] = {
    "application_id": _application,
    "candidate_id": the_candidate,
    "job_id": _job,
    "opening_id": the_opening,
}
"""The phrase for the record that a write changes; also adds what every card says about such a record."""
