"""The mirror's tables.

All ids are Ashby's, as text. Every time is a `Moment`: milliseconds since 1970 in UTC in the database, an aware
`datetime` in Python; it is null where Ashby gives none. A day without a time is text, `2026-11-29`. An id may name a
record that is not there: the API key may not see it, or it was deleted. Enumerations are Ashby's own words.

What is kept of Ashby's records:

candidates              a person
    name                as in Ashby
    email               the primary e-mail address, for look-ups
    title, company, school
                        `position` (the title), `company` and `school` of the profile
    city, region, country, place
                        the parts of the location, and Ashby's summary of it
    words               all of this but the e-mail address, and the values of the custom fields, as `words.words_of`
                        writes them, under a full-text index (`mirror.search`)
    source_id           where the person came from
    credited_to_user_id the user credited with the person
    created_at, updated_at
candidate_tags          candidate_id, tag_id
read_words              the words of a person's texts, if the mirror was asked to keep them
    candidate_id
    kind                notes, feedback, resumes
    words               as above, in alphabetical order; null where the person has changed since
    read_at             null until they are read again because something has changed
candidate_fields        candidate_id, custom_field_id, value (the label, or the value as text; lists joined by "; ")

applications            a candidate considered for a job
    candidate_id, job_id, source_id, credited_to_user_id
    interview_stage_id  the current stage; its type and plan are in `interview_stages`
    status              Active, Lead, Hired, Archived
    archive_reason_id, archived_at
                        only of one that is archived now
    created_at, updated_at
application_team        application_id, user_id, role ("Recruiter", "Hiring Manager", …)
application_fields      application_id, custom_field_id, value

stage_stays             the stage history of an application, as `application.listHistory` gives it
    id                  of the history entry
    application_id, interview_stage_id
    stage_number        the order of the stays, from 0
    entered_at, left_at left_at is null for the stay that lasts
    actor_id            the user who made the move, where Ashby says so
histories               one row for each application whose history was read
    application_id
    read_at             when it was read
    application_updated_at
                        `applications.updated_at` then. The history is known only while the two are equal, nulls too;
                        `history_is_known()` is that condition
seen_moves              moves that were seen between two runs, and whose history was not read since
    application_id, from_stage_id, to_stage_id
    after, before       the move was made between these two times

jobs
    title, status       Draft, Open, Closed, Archived
    department_id, location_id, employment_type, confidential
    default_interview_plan_id
    created_at, updated_at, opened_at, closed_at
job_plans               job_id, interview_plan_id: every plan of a job
job_team                job_id, user_id, role
job_fields              job_id, custom_field_id, value
job_postings            the published ones: job_id, title, is_listed, published_on (a day)

openings
    identifier, state   Draft, Approved, Open, Closed, Filled
    is_archived, is_backfill, employment_type, team_id (a department)
    target_hire_date, target_start_date
                        days
    opened_at, closed_at, archived_at
opening_jobs            opening_id, job_id
opening_locations       opening_id, location_id

offers                  with the newest version; never the pay
    application_id, opening_id, author_id
    status, acceptance_status, approval_status
                        `offerStatus`, `acceptanceStatus`, and the version's `approvalStatus` (null: none is needed)
    start_date          a day
    version_created_at  when the newest version was made
    decided_at

interview_schedules     application_id, interview_stage_id, status, scheduled_by_id, created_at, updated_at
interview_events        interview_schedule_id, interview_id, start_at, end_at, has_submitted_feedback, created_at,
                        updated_at
event_interviewers      interview_event_id, user_id, is_feedback_required
feedback                application_id, interview_event_id, interview_id, submitted_by_user_id, submitted_at;
                        answers: null unless the mirror was asked to keep them (JSON, field title → answer)

interviews              definitions: title, job_id (of one job only), is_archived, is_debrief, is_feedback_required
interview_plans         title, is_archived
interview_stages        interview_plan_id, title, type (Lead, PreInterviewScreen, Active, Offer, Hired, Archived),
                        position (its order in the plan)
users                   first_name, last_name, email, global_role, is_enabled, manager_id
sources                 title, is_archived, source_type (its title)
tags                    title, is_archived
custom_fields           title, object_type, field_type, is_archived; private ones are left out
    options             the label of each value that can be chosen (JSON, value → label); null for other types
departments             name, parent_id, is_archived
locations               name, parent_id, is_archived, is_remote, is_region
archive_reasons         text, reason_type (RejectedByCandidate, RejectedByOrg, Other), is_archived

What the mirror keeps of itself is in `own_tables`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    exists,
    func,
    text,
)
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

VERSION = 4
"""Of the tables: a mirror of an older version is built anew."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(time: datetime) -> int:
    """Returns an aware time in milliseconds since 1970, as the database has it."""
    return (time - _EPOCH) // _MILLISECOND


class Moment(TypeDecorator[datetime]):
    """A time: an aware `datetime` in Python, milliseconds since 1970 in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | int | None, dialect: Dialect) -> int | None:
        """Makes it milliseconds, unless it is in them already."""
        return milliseconds(value) if isinstance(value, datetime) else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Makes it a time again."""
        return None if value is None else _EPOCH + timedelta(milliseconds=value)


metadata = MetaData()
"""What is kept of Ashby's records."""


def _id() -> Column[Any]:
    return Column("id", Text, primary_key=True)


def _text(*names: str) -> list[Column[Any]]:
    return [Column(name, Text) for name in names]


def _moments(*names: str) -> list[Column[Any]]:
    return [Column(name, Moment) for name in names]


def _flags(*names: str) -> list[Column[Any]]:
    return [Column(name, Boolean) for name in names]


def _record(name: str, *columns: Column[Any], by: tuple[str, ...] = ()) -> Table:
    """A table of records that have an id; `by` names the columns with an index, "a, b" an index of several."""
    indexes = [Index(f"{name}_by_{keys.split(', ')[0]}", *keys.split(", ")) for keys in by]
    return Table(name, metadata, _id(), *columns, *indexes)


def _links(name: str, of: Table, *keys: str, more: tuple[Column[Any], ...] = ()) -> Table:
    """A table of what a record has several of; the first key is the record's, and others that are ids have an index."""
    return Table(
        name,
        metadata,
        *(Column(key, Text, primary_key=True) for key in keys),
        *more,
        *(Index(f"{name}_by_{key}", key) for key in keys[1:] if key not in ("role", "custom_field_id")),
        info={"of": of, "key": keys[0]},
        sqlite_with_rowid=False,
    )


candidates = _record(
    "candidates",
    *_text("name", "email", "title", "company", "school", "city", "region", "country", "place", "words"),
    *_text("source_id", "credited_to_user_id"),
    *_moments("created_at", "updated_at"),
    by=("email", "updated_at"),
)
read_words = Table(
    "read_words",
    metadata,
    *(Column(key, Text, primary_key=True) for key in ("kind", "candidate_id")),
    *_text("words"),
    *_moments("read_at"),
    Index("read_words_by_candidate_id", "candidate_id"),
    Index("read_words_by_kind", "kind", "read_at"),
)


def words_as_vector(words: ColumnElement[Any]) -> ColumnElement[Any]:
    """Returns a column with words as PostgreSQL searches it."""
    return func.array_to_tsvector(func.string_to_array(func.btrim(words), text("' '")))


for _searched in (candidates, read_words):
    _vector = words_as_vector(_searched.c.words)
    Index(f"{_searched.name}_by_words", _vector, postgresql_using="gin").ddl_if(dialect="postgresql")
candidate_tags = _links("candidate_tags", candidates, "candidate_id", "tag_id")
candidate_fields = _links(
    "candidate_fields", candidates, "candidate_id", "custom_field_id", more=(Column("value", Text),)
)

applications = _record(
    "applications",
    *_text("candidate_id", "job_id", "interview_stage_id", "status"),
    *_text("source_id", "credited_to_user_id", "archive_reason_id"),
    *_moments("archived_at", "created_at", "updated_at"),
    by=("candidate_id", "job_id", "interview_stage_id", "status", "created_at", "updated_at", "archived_at"),
)
application_team = _links("application_team", applications, "application_id", "user_id", "role")
application_fields = _links(
    "application_fields", applications, "application_id", "custom_field_id", more=(Column("value", Text),)
)

stage_stays = _record(
    "stage_stays",
    *_text("application_id", "interview_stage_id"),
    Column("stage_number", Integer),
    *_moments("entered_at", "left_at"),
    *_text("actor_id"),
    by=(  # each with all the columns that questions need of many stays, so that no rows are read
        "application_id, interview_stage_id, left_at, entered_at",
        "entered_at, interview_stage_id, left_at, stage_number",
        "left_at, interview_stage_id, entered_at",
    ),
)
histories = Table(
    "histories",
    metadata,
    Column("application_id", Text, primary_key=True),
    *_moments("read_at", "application_updated_at"),
    sqlite_with_rowid=False,
)
seen_moves = Table(
    "seen_moves",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("before", Moment, primary_key=True),
    *_moments("after"),
    *_text("from_stage_id", "to_stage_id"),
)

jobs = _record(
    "jobs",
    *_text("title", "status", "department_id", "location_id", "employment_type", "default_interview_plan_id"),
    *_flags("confidential"),
    *_moments("created_at", "updated_at", "opened_at", "closed_at"),
)
job_plans = _links("job_plans", jobs, "job_id", "interview_plan_id")
job_team = _links("job_team", jobs, "job_id", "user_id", "role")
job_fields = _links("job_fields", jobs, "job_id", "custom_field_id", more=(Column("value", Text),))
job_postings = _record("job_postings", *_text("job_id", "title", "published_on"), *_flags("is_listed"), by=("job_id",))

openings = _record(
    "openings",
    *_text("identifier", "state", "employment_type", "team_id", "target_hire_date", "target_start_date"),
    *_flags("is_archived", "is_backfill"),
    *_moments("opened_at", "closed_at", "archived_at"),
)
opening_jobs = _links("opening_jobs", openings, "opening_id", "job_id")
opening_locations = _links("opening_locations", openings, "opening_id", "location_id")

offers = _record(
    "offers",
    *_text("application_id", "opening_id", "author_id", "status", "acceptance_status", "approval_status", "start_date"),
    *_moments("version_created_at", "decided_at"),
    by=("application_id",),
)

interview_schedules = _record(
    "interview_schedules",
    *_text("application_id", "interview_stage_id", "status", "scheduled_by_id"),
    *_moments("created_at", "updated_at"),
    by=("application_id", "status"),
)
interview_events = _record(
    "interview_events",
    *_text("interview_schedule_id", "interview_id"),
    *_moments("start_at", "end_at"),
    *_flags("has_submitted_feedback"),
    *_moments("created_at", "updated_at"),
    by=("interview_schedule_id", "start_at"),
)
interview_events.info.update(of=interview_schedules, key="interview_schedule_id")
event_interviewers = _links(
    "event_interviewers",
    interview_events,
    "interview_event_id",
    "user_id",
    more=(Column("is_feedback_required", Boolean),),
)
feedback = _record(
    "feedback",
    *_text("application_id", "interview_event_id", "interview_id", "submitted_by_user_id"),
    *_moments("submitted_at"),
    *_text("answers"),
    by=("application_id", "interview_event_id, submitted_by_user_id, submitted_at", "submitted_at"),
)

interviews = _record(
    "interviews", *_text("title", "job_id"), *_flags("is_archived", "is_debrief", "is_feedback_required")
)
interview_plans = _record("interview_plans", *_text("title"), *_flags("is_archived"))
interview_stages = _record(
    "interview_stages",
    *_text("interview_plan_id", "title", "type"),
    Column("position", Integer),
    by=("interview_plan_id",),
)
users = _record("users", *_text("first_name", "last_name", "email", "global_role", "manager_id"), *_flags("is_enabled"))
sources = _record("sources", *_text("title", "source_type"), *_flags("is_archived"))
tags = _record("tags", *_text("title"), *_flags("is_archived"))
custom_fields = _record(
    "custom_fields", *_text("title", "object_type", "field_type", "options"), *_flags("is_archived")
)
departments = _record("departments", *_text("name", "parent_id"), *_flags("is_archived"))
locations = _record("locations", *_text("name", "parent_id"), *_flags("is_archived", "is_remote", "is_region"))
archive_reasons = _record("archive_reasons", *_text("text", "reason_type"), *_flags("is_archived"))


def parts(table: Table) -> list[Table]:
    """Returns the tables of what the table's records have several of."""
    return [other for other in metadata.tables.values() if other.info.get("of") is table]


def history_is_known() -> ColumnElement[bool]:
    """The condition on `applications` that the stage history of an application is known up to its last change."""
    times = histories.c.application_updated_at, applications.c.updated_at
    never = -1  # in the place of nulls, which PostgreSQL does not look up in a hash table
    same_change = func.coalesce(times[0], never) == func.coalesce(times[1], never)
    of_this = and_(histories.c.application_id == applications.c.id, same_change)
    return exists().where(of_this).correlate(applications)  # however deep in a query it stands
