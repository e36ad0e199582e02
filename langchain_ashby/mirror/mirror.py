"""A local mirror of an Ashby account."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, insert, select

from langchain_ashby.client import AshbyClient
from langchain_ashby.errors import ArgumentError, ConfigurationError
from langchain_ashby.ids import canonical
from langchain_ashby.mirror.account import account_of, begin_run, find, prepare
from langchain_ashby.mirror.applying import apply, maybe_gone
from langchain_ashby.mirror.coverage import Coverage, coverage
from langchain_ashby.mirror.database import open_database
from langchain_ashby.mirror.freshness import Freshener
from langchain_ashby.mirror.history import is_gone, read_histories
from langchain_ashby.mirror.lists import MirroredList
from langchain_ashby.mirror.own_tables import accounts, forgotten, lists, twin
from langchain_ashby.mirror.reading import Progress, Reader
from langchain_ashby.mirror.removal import remove_people, remove_staged_people
from langchain_ashby.mirror.tables import Moment, candidates, metadata
from langchain_ashby.mirror.texts import check_kinds, read_texts
from langchain_ashby.text.words import zone_named

if TYPE_CHECKING:
    import pandas
    from langchain_core.tools import BaseTool

    from langchain_ashby.toolkit.tool import OnError

HISTORIES = 500
"""The most histories that a run reads unless it is told otherwise."""

COMPLETE_EVERY = timedelta(days=1)
"""How old the last reading of everything may be: Ashby's lists of changes do not say what was deleted or merged."""


class Mirror:
    """A local copy of what an Ashby account has, for questions that would take thousands of calls.

    Threads and processes may share one: any number read while one of them brings it up to date. It holds people's data:
    an SQLite file is readable by its owner only, and `docs/data-at-rest.md` says what is in it.

    Args:
        url: `sqlite:///FILE`, or `postgresql://…`, where the mirror has a schema of its own.
        client: Reads Ashby. Without one the mirror can be read, and people can be forgotten.
        answers: Also keep what was answered in interview feedback, less what is private. If a mirror was made with the
            other choice, the next `sync` rebuilds it. None for what the mirror has kept so far.
        words: The texts whose words to keep, for `ashby_find_candidates`: any of `notes`, `feedback` and `resumes`.
            The next `sync` removes those of all others. None for what the mirror has kept so far.
        zone: The name of the time zone in which the days of questions begin, such as Europe/Oslo.
        max_age: A mirror that is older is brought up to date before it answers, if that is quick.

    Raises:
        MirrorError: if the URL is neither of these.
        ConfigurationError: if there is no such time zone or kind of words, `max_age` is not a timedelta, or the extra
            `files` for résumés is missing.
    """

    def __init__(
        self,
        url: str,
        client: AshbyClient | None = None,
        *,
        answers: bool | None = False,
        words: Collection[str] | None = (),
        zone: str = "UTC",
        max_age: timedelta = timedelta(minutes=15),
    ) -> None:
        if zone_named(zone) is None:
            raise ConfigurationError(f"There is no time zone {zone!r}", remedy="Give a name such as Europe/Oslo.")
        if not isinstance(max_age, timedelta):
            raise ConfigurationError(
                f"max_age is {max_age!r}", remedy="Give a timedelta, such as timedelta(minutes=15)."
            )
        check_kinds(words or ())
        self._database = open_database(url)
        self._client = client
        self._answers = answers
        self._words = words
        self.zone = zone
        self._freshener = Freshener(self, self._sync_as_it_is, max_age)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._database.engine.url!r})"  # the password is masked

    def sync(
        self,
        *,
        history: int | None = HISTORIES,
        full: bool | None = None,
        anew: bool = False,
        progress: Progress | None = None,
    ) -> Coverage:
        """Reads everything the first time, then what has changed, and returns what is known afterwards.

        It may be killed at any point: the next call goes on from there. Readers see the old state until all of a run is
        put in place at once; then stage histories are added.

        Args:
            history: The most stage histories to read: each takes a call. Those of active and of changed applications
                come first. Also the most people whose texts are read, for each kind of words. None for no limit.
            full: True to read everything again, which also finds what was deleted or merged; False not to. By default
                that is done once a day.
            anew: Drop what is there and start again; needed for another API key. Forgotten people stay forgotten.
            progress: Called with a list's name and the number of its records, after each page.

        Raises:
            MirrorBusyError: if another process or thread is syncing it.
            MirrorError: if the mirror is another account's or a newer version's, or its database fails.
            AshbyError: if Ashby cannot be read; what was read until then is kept.
        """
        return self._sync(self._answers, self._words, history, full=full, anew=anew, progress=progress or _silent)

    def coverage(self) -> Coverage:
        """Returns what the mirror knows: how fresh it is, and for how many applications it has the history.

        Raises:
            MirrorError: if there is no mirror, or not one of this account and version.
        """
        with self.connect() as connection:
            return self.coverage_of(connection)

    def as_of(self) -> datetime | None:
        """Returns the time of which the mirror holds the state; None before the first run has ended.

        Raises:
            MirrorError: if there is no mirror, or not one of this account and version.
        """
        with self.connect() as connection:
            return connection.scalar(select(accounts.c.as_of))

    def is_complete_reading_due(self) -> bool:
        """True if everything was last read more than a day ago, so that people deleted since then are still in it.

        Raises:
            MirrorError: if there is no mirror, or not one of this account and version.
        """
        with self.connect() as connection:
            return _is_due(connection.scalar(select(accounts.c.complete_at)))

    @staticmethod
    def coverage_of(connection: Connection) -> Coverage:
        """Returns what is known in the state that a connection from `connect` sees."""
        return coverage(connection, connection.execute(select(accounts)).one())

    @contextmanager
    def connect(self, client: AshbyClient | None = None) -> Iterator[Connection]:
        """Gives an SQLAlchemy connection that cannot write and sees one state throughout; see `mirror.tables`.

        Args:
            client: The mirror has to belong to this client's key, and to the user it acts for. By default the mirror's
                own client.

        Raises:
            MirrorError: if there is no mirror, or not one of this account and version.
        """
        with self._database.reading() as connection:
            find(connection, self._account if client is None else account_of(client))
            yield connection

    @property
    def has_client(self) -> bool:
        """True if it can be brought up to date."""
        return self._client is not None

    def is_of(self, client: AshbyClient) -> bool:
        """True unless it is kept by a client for another account."""
        return self._client is None or self._client is client or self._client.account == client.account

    def freshen(self) -> str:
        """Brings it up to date if it is older than `max_age` and that is quick.

        Returns:
            A remark for the answer that follows; empty if all is well.
        """
        return self._freshener.freshen() if self._freshener.is_due(self.as_of()) else ""

    @contextmanager
    def fresh(self, client: AshbyClient | None = None) -> Iterator[tuple[Connection, str]]:
        """Connects as `connect` does, after `freshen`; also returns its remark.

        Raises:
            MirrorError: as `connect`.
        """
        with self.connect(client) as connection:
            if not self._freshener.is_due(connection.scalar(select(accounts.c.as_of))):
                yield connection, ""
                return
        remark = self._freshener.freshen()
        with self.connect(client) as connection:
            yield connection, remark

    def tools(
        self,
        client: AshbyClient | None = None,
        *,
        strict: bool = False,
        defer_loading: bool = False,
        on_error: OnError = "tell",
    ) -> list[BaseTool]:
        """Returns the tools of the toolset `pipeline`, which `AshbyToolkit(mirror=…)` adds to its own.

        Args:
            client: The client of the tools beside them; by default the mirror's own.
            strict: Write the schemas for OpenAI's strict mode.
            defer_loading: Mark the tools for a provider's tool search.
            on_error: As `AshbyToolkit` takes it.
        """
        from langchain_ashby.mirror.tools import question_tools

        asked = client or self._client
        return question_tools(self, asked, strict=strict, defer_loading=defer_loading, on_error=on_error)

    def frame(self, table: str) -> pandas.DataFrame:
        """Returns a table as a pandas DataFrame, with times in UTC.

        Args:
            table: Such as `applications`.

        Raises:
            KeyError: if there is no such table; names those that there are.
            ModuleNotFoundError: if pandas is not installed.
        """
        try:
            import pandas
        except ModuleNotFoundError:
            raise ModuleNotFoundError("A data frame needs pandas: pip install pandas", name="pandas") from None
        if table not in metadata.tables:
            raise KeyError(f"there is no table {table}; the tables are {', '.join(sorted(metadata.tables))}")
        wanted = metadata.tables[table]
        with self.connect() as connection:
            rows = connection.execute(select(wanted)).all()
        frame = pandas.DataFrame.from_records([tuple(row) for row in rows], columns=[it.name for it in wanted.columns])
        for column in wanted.columns:
            if isinstance(column.type, Moment):
                frame[column.name] = pandas.to_datetime(frame[column.name], utc=True)
        return frame

    def forget(self, candidate_id: str) -> bool:
        """Removes a person at once, with applications, meetings and feedback; no later run reads them again.

        Their id is kept for that, and dropped by the first reading of everything that no longer finds them in Ashby.

        Returns:
            True if the mirror had the person; False may mean that the id is not a candidate's.

        Raises:
            ArgumentError: if it is not an id.
            MirrorError: if there is no mirror.
        """
        try:
            candidate_id = canonical(candidate_id)
        except ValueError:
            raise ArgumentError("candidate_id: this is not an id of Ashby's") from None
        with self._database.writing() as connection:
            with self._database.transaction(connection):
                find(connection, self._account)
                ids = select(forgotten.c.candidate_id).where(forgotten.c.candidate_id == candidate_id)
                if connection.scalar(ids) is None:
                    now = datetime.now(UTC)
                    connection.execute(insert(forgotten).values(candidate_id=candidate_id, seen_at=now))
                held = any(
                    connection.scalar(select(exists().where(table.c.id == candidate_id)))
                    for table in (candidates, twin(candidates))
                )
                remove_staged_people(connection, ids)
                remove_people(connection, [candidate_id])
            self._database.tidy(connection)
        return held

    def size(self) -> int | None:
        """Returns the bytes of the SQLite file and its log; None for PostgreSQL."""
        return self._database.size()

    @property
    def _account(self) -> str | None:
        return None if self._client is None else account_of(self._client)

    def _sync_as_it_is(self, *, history: int | None, full: bool | None = None) -> Coverage:
        """As `sync`, but never changes which answers and words are kept: that must not come of a question."""
        return self._sync(None, None, history, full=full, anew=False, progress=_silent)

    def _sync(
        self,
        answers: bool | None,
        words: Collection[str] | None,
        history: int | None,
        *,
        full: bool | None,
        anew: bool,
        progress: Progress,
    ) -> Coverage:
        if self._client is None:
            raise ConfigurationError("Bringing a mirror up to date needs a client: Mirror(url, client)")
        with self._database.running() as connection:
            with self._database.transaction(connection):
                mirrored = prepare(connection, str(self._account), answers=answers, words=words, anew=anew)
                complete_at = connection.scalar(select(accounts.c.complete_at))
            if full is None:
                full = _is_due(complete_at)
            if self._run(connection, mirrored, progress, full=full):
                self._run(connection, mirrored, progress, full=False)  # what changed since that began
            for read in (read_histories, read_texts):
                read(self._client, self._database, connection, history, progress)
            self._database.tidy(connection)
        return self.coverage()

    def _run(self, connection: Connection, mirrored: list[MirroredList], progress: Progress, *, full: bool) -> bool:
        """Reads the lists and puts what they have in place. Returns True if another run should follow at once."""
        assert self._client is not None
        client, now = self._client, datetime.now(UTC)
        with self._database.transaction(connection):
            again = begin_run(connection, now, full=full)
            read = set(connection.scalars(select(lists.c.name).where(lists.c.is_read)))
        reader = Reader(client, self._database, connection, progress)
        for _, turn in groupby(mirrored, lambda wanted: wanted.turn):
            reader.read([wanted for wanted in turn if wanted.name not in read])
        reader.read_stages()
        with self._database.transaction(connection):
            people = maybe_gone(connection)
        gone = [candidate_id for candidate_id in people if is_gone(client, candidate_id)]
        with self._database.transaction(connection):
            is_outdated = apply(connection, mirrored, gone, datetime.now(UTC))
        return again or is_outdated


def _is_due(complete_at: datetime | None) -> bool:
    return complete_at is not None and datetime.now(UTC) - complete_at > COMPLETE_EVERY


def _silent(name: str, records: int) -> None:
    """Reports nothing."""
