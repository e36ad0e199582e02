"""Pending approvals of an agent, with the mirror's names for the records they concern.

The rest of a change is left out: what it would write may be private, and anyone with access to the mirror can ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, func, select

from langchain_ashby.ids import canonical
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.filters import joined
from langchain_ashby.mirror.tables import applications, candidates, interview_schedules, jobs, offers, users
from langchain_ashby.toolkit.approvals import WaitingApproval

_OF_APPLICATIONS: Mapping[str, Table] = {
    "application_id": applications,
    "offer_id": offers,
    "interview_schedule_id": interview_schedules,
}
"""Arguments that name an application or something that belongs to one."""


class Waits(NamedTuple):
    """A pending approval: its owner, the candidate and job, what it would do, and since when it has waited."""

    owner_id: str | None
    candidate: str | None
    job: str | None
    what: str
    since: datetime
    application_id: str | None


def waiting(asked: Asked, approvals: Sequence[WaitingApproval], job_ids: Sequence[str] | None) -> Iterator[Waits]:
    """Yields the approvals; if jobs are given, only those that concern one of them."""
    for approval in approvals:
        application_id, candidate, job_id, job = _concerned(asked, approval.args)
        if job_ids is None or job_id in job_ids:
            people = next((approval.args[name] for name in _MANY if isinstance(approval.args.get(name), list)), None)
            what = approval.title if people is None else f"{approval.title} ({len(people):,})"
            yield Waits(_owner(asked, approval), candidate, job, what, approval.since, application_id)


_MANY = ("application_ids", "candidate_ids")


def _concerned(asked: Asked, args: Mapping[str, Any]) -> Sequence[str | None]:
    """Returns the application's id, the candidate's name, the job's id and its title, as far as the mirror has them."""
    columns = applications.c.id, candidates.c.name, jobs.c.id, jobs.c.title
    for name, table in _OF_APPLICATIONS.items():
        of_it = table.c.id if table is applications else table.c.application_id
        its_id = select(of_it).where(table.c.id == _id(args.get(name))).scalar_subquery()
        found = select(*columns).select_from(joined()).where(applications.c.id == its_id)
        if row := asked.connection.execute(found).first():
            return tuple(row)
    person = select(candidates.c.name).where(candidates.c.id == _id(args.get("candidate_id")))
    job = select(jobs.c.id, jobs.c.title).where(jobs.c.id == _id(args.get("job_id")))
    return None, asked.connection.scalar(person), *(asked.connection.execute(job).first() or (None, None))


def _owner(asked: Asked, approval: WaitingApproval) -> str | None:
    """Returns the Ashby user for whom the change would be made, or who asked for it, if known by e-mail address."""
    if approval.user_id or not approval.requester:
        return approval.user_id
    same = select(users.c.id).where(func.lower(users.c.email) == approval.requester.lower())
    found = asked.connection.scalars(same).all()
    return found[0] if len(found) == 1 else None


def _id(value: Any) -> str | None:
    try:
        return canonical(value) if isinstance(value, str) else None
    except ValueError:
        return None
