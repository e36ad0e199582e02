"""The words of notes, feedback and résumés, kept only on request. Ashby gives them for one person at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from importlib.util import find_spec
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoints.applications import ListApplicationFeedback
from langchain_ashby.endpoints.candidates import GetCandidate, ListCandidateNotes, ReadCandidateFile
from langchain_ashby.errors import (
    AshbyError,
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    Refused,
)
from langchain_ashby.mirror.coverage import moment
from langchain_ashby.mirror.database import Database
from langchain_ashby.mirror.history import THREADS, is_gone, read_in_batches
from langchain_ashby.mirror.own_tables import accounts, twin
from langchain_ashby.mirror.removal import remove_people
from langchain_ashby.mirror.tables import Moment, applications, candidates, read_words
from langchain_ashby.mirror.values import object_of, shown, texts
from langchain_ashby.mirror.words import words_of
from langchain_ashby.results.redaction import without_private

AGAIN, SELDOM = timedelta(days=1), timedelta(days=30)
"""After how long texts are read again, of people with an active application and of others."""


class _Kind(NamedTuple):
    """A kind of text.

    Attributes:
        title: Its name in answers.
        path: What is called for it.
        read: Reads a person's texts.
        ages: False if the person's record changes with the text, so that it need not be read again otherwise.
        threads: How many people are read at once.
    """

    title: str
    path: str
    read: Callable[[AshbyClient, str], Iterable[str | None]]
    ages: bool = True
    threads: int = THREADS


def _notes(client: AshbyClient, candidate_id: str) -> Iterable[str | None]:
    for note in client.items(ListCandidateNotes(candidate_id=candidate_id, limit=100)):
        if note.get("isPrivate", False) is False:
            yield unescape(_TAG.sub(" ", shown(note.get("content"))))


_TAG = re.compile(r"""</?[a-z]\w*(?:\s+[\w-]+="[^"]*")*\s*/?>""")


def _feedback(client: AshbyClient, candidate_id: str) -> Iterable[str | None]:
    for application_id in texts(client.call(GetCandidate(candidate_id=candidate_id)).get("applicationIds")):
        for given in client.items(ListApplicationFeedback(application_id=application_id, limit=100)):
            yield from map(shown, object_of(without_private(given)[0].get("submittedValues")).values())


def _resume(client: AshbyClient, candidate_id: str) -> Iterable[str | None]:
    try:
        yield client.call(ReadCandidateFile(candidate_id=candidate_id)).get("extractedText")
    except (AuthenticationError, ConfigurationError, PermissionDeniedError):
        raise
    except AshbyError as error:
        if error.retryable or error.code == _GONE:
            raise
        # There is no résumé, or one that cannot be read: that must not end a run.


_GONE = "candidate_not_found"

KINDS: Mapping[str, _Kind] = {
    "notes": _Kind("notes", ListCandidateNotes.path, _notes),
    "feedback": _Kind("feedback", ListApplicationFeedback.path, _feedback),
    # Each is read in a process of its own, which takes memory.
    "resumes": _Kind("résumés", ReadCandidateFile.path, _resume, ages=False, threads=2),
}
"""The kinds that `Mirror(words=…)` takes."""


def check_kinds(words: Collection[str]) -> None:
    """Checks what `Mirror(words=…)` was given.

    Raises:
        ConfigurationError: if it names anything else than kinds, or one that needs a library that is not installed.
    """
    if isinstance(words, str) or not set(words) <= KINDS.keys():
        raise ConfigurationError(f"words is {words!r}", remedy=f'Give some of {", ".join(KINDS)}: words=["notes"].')
    if "resumes" in words and find_spec("pypdf") is None:
        raise ConfigurationError(
            "Reading résumés needs a library", remedy='Install it with: pip install "langchain-ashby[files]"'
        )


class _Read(NamedTuple):
    """The words of a person's texts; None if Ashby no longer has the person."""

    candidate_id: str
    at: datetime
    words: str | None


def read_texts(
    client: AshbyClient,
    database: Database,
    connection: Connection,
    budget: int | None,
    progress: Callable[[str, int], None],
) -> None:
    """Reads the texts that the mirror is to know, of each kind for up to a number of people.

    Those with an active application and those who have changed come first, then the others, the newest changes first.
    """
    if budget == 0:
        return
    with database.transaction(connection):
        due = {kind: list(connection.scalars(_due(kind).limit(budget))) for kind in kept_kinds(connection)}
    for kind, ids in due.items():
        read_in_batches(
            ids,
            partial(_read, client, kind),
            partial(_keep, client, database, connection, kind),
            partial(progress, KINDS[kind].path),
            KINDS[kind].threads,
        )


def kept_kinds(connection: Connection) -> list[str]:
    """Returns the kinds of text whose words the mirror keeps."""
    kept = connection.scalar(select(accounts.c.keeps_words)) or ""
    return [kind for kind in KINDS if kind in kept.split()]


def reach(connection: Connection) -> str:
    """Returns where a search looks for words: `profiles, notes of 120 and résumés of 80 of 300 candidates`.

    It adds how old they may be, as newer or deleted texts need not show in a list: `notes read since 09:30 UTC`.
    """
    kept = kept_kinds(connection)
    if not kept:
        return "profiles; no notes, feedback or résumés, as this mirror does not keep their words"
    everyone = connection.scalar(select(func.count()).select_from(candidates)) or 0
    query = select(read_words.c.kind, func.count(read_words.c.read_at)).group_by(read_words.c.kind)
    read = {kind: number for kind, number in connection.execute(query)}
    *first, last = ["profiles", *(f"{KINDS[kind].title} of {read.get(kind, 0):,}" for kind in kept)]
    ageing = [kind for kind in kept if KINDS[kind].ages]
    since = connection.scalar(select(func.min(read_words.c.read_at)).where(read_words.c.kind.in_(ageing)))
    age = f"; {' and '.join(ageing)} read since {moment(since)}" if since else ""
    return f"{', '.join(first)} and {last} of {everyone:,} candidates{age}"


def _due(kind: str) -> Select[tuple[str]]:
    now = datetime.now(UTC)
    is_active = exists().where(
        applications.c.candidate_id == candidates.c.id, applications.c.status.in_(("Active", "Lead"))
    )
    never = read_words.c.read_at.is_(None)
    is_old = read_words.c.read_at < case((is_active, literal(now - AGAIN, Moment)), else_=literal(now - SELDOM, Moment))
    is_of_kind = and_(read_words.c.candidate_id == candidates.c.id, read_words.c.kind == kind)
    was_known = read_words.c.candidate_id.is_not(None)
    return (
        select(candidates.c.id)
        .outerjoin(read_words, is_of_kind)
        .where(or_(never, is_old) if KINDS[kind].ages else never)
        .order_by(
            case((and_(never, or_(is_active, was_known)), 0), (never, 1), else_=2),
            candidates.c.updated_at.desc(),
            candidates.c.id,
        )
    )


def _read(client: AshbyClient, kind: str, candidate_id: str) -> _Read:
    at = datetime.now(UTC)
    try:
        words = words_of(KINDS[kind].read(client, candidate_id), {})
    except Refused as refusal:
        if refusal.code != _GONE:
            raise
        return _Read(candidate_id, at, None)
    # In alphabetical order, so that nobody can read the texts.
    return _Read(candidate_id, at, f" {' '.join(sorted(words.split()))} ")


def _keep(client: AshbyClient, database: Database, connection: Connection, kind: str, found: list[_Read]) -> None:
    """Puts words in place; who is no longer in Ashby is taken out."""
    gone = [each.candidate_id for each in found if each.words is None and is_gone(client, each.candidate_id)]
    with database.transaction(connection):
        ids = [each.candidate_id for each in found]
        # Somebody may have been forgotten meanwhile.
        there = set(connection.scalars(select(candidates.c.id).where(candidates.c.id.in_(ids))))
        connection.execute(delete(read_words).where(read_words.c.kind == kind, read_words.c.candidate_id.in_(ids)))
        kept = [
            {"candidate_id": each.candidate_id, "kind": kind, "words": each.words, "read_at": each.at}
            for each in found
            if each.words is not None and each.candidate_id in there
        ]
        if kept:
            connection.execute(insert(read_words), kept)
        if gone:
            remove_people(connection, gone)


def note_changes(connection: Connection) -> None:
    """Drops the words of people whom a run found changed, as they may be anonymous now, and notes what else is due."""
    if not connection.scalar(select(exists().select_from(read_words))):
        return
    person, application = twin(candidates), twin(applications)
    changed = (
        select(candidates.c.id)
        .join(person, person.c.id == candidates.c.id)
        .where(_may_differ(person, candidates, "name"))
    )
    of_changed = read_words.c.candidate_id.in_(changed)
    rows = connection.execute(select(read_words.c.candidate_id, read_words.c.kind).where(of_changed)).all()
    if rows:
        connection.execute(delete(read_words).where(of_changed))
        connection.execute(insert(read_words), [{**row._mapping, "words": None, "read_at": None} for row in rows])
    moved = (
        select(application.c.candidate_id)
        .outerjoin(applications, applications.c.id == application.c.id)
        .where(_may_differ(application, applications, "candidate_id"))
    )
    may_have_more = read_words.c.candidate_id.in_(moved)
    ageing = read_words.c.kind.in_([kind for kind, it in KINDS.items() if it.ages])
    connection.execute(update(read_words).where(ageing, may_have_more).values(read_at=None))


def _may_differ(read: Table, known: Table, name: str) -> ColumnElement[bool]:
    """That a record was changed since the run before, by its time or by this column, or that nobody can tell."""
    columns = (read.c[it].is_distinct_from(known.c[it]) for it in ("updated_at", name))
    return or_(read.c.updated_at.is_(None), *columns)
