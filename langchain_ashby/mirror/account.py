"""Whose mirror it is, and in which version: a mirror holds one account, as one key sees it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, insert, inspect, select, true, update

from langchain_ashby.errors import MirrorError
from langchain_ashby.mirror.database import MAKE_ONE
from langchain_ashby.mirror.lists import MirroredList, mirrored_lists
from langchain_ashby.mirror.own_tables import accounts, lists, own, staged
from langchain_ashby.mirror.search import drop_index, make_index
from langchain_ashby.mirror.tables import VERSION, metadata, read_words

if TYPE_CHECKING:
    from langchain_ashby.client import AshbyClient

_WHOSE = select(accounts.c.account, accounts.c.version)
"""What every version has."""


def account_of(client: AshbyClient) -> str:
    """Returns whose mirror a client may read: one that acts for a user sees what that user may see."""
    return client.account if client.on_behalf_of is None else f"{client.account} {client.on_behalf_of}"


def find(connection: Connection, account: str | None) -> Row[Any]:
    """Returns the row of `accounts` for reading.

    Args:
        connection: A reader's.
        account: The fingerprint that it has to be; None for any.

    Raises:
        MirrorError: if there is none, if it is of another version, or another account's.
    """
    if not inspect(connection).has_table(accounts.name):
        raise MirrorError("There is no mirror in this database", remedy=MAKE_ONE)
    whose = connection.execute(_WHOSE).one_or_none()
    if whose is None:
        raise MirrorError("The mirror has never been synced", remedy=MAKE_ONE)
    if whose.version != VERSION:
        raise MirrorError(_version(whose.version), remedy=_remedy(whose.version))
    if account not in (None, whose.account):
        raise _another_account(whose.account, account)
    return connection.execute(select(accounts)).one()


def prepare(
    connection: Connection,
    account: str,
    *,
    answers: bool | None,
    words: Collection[str] | None,
    anew: bool,
) -> list[MirroredList]:
    """Makes the tables, inside a transaction, and returns the lists that fill them.

    A mirror of an older version or with other `answers` is removed first. Forgotten people stay forgotten. The words of
    texts that are not among `words` are removed. None for either is what the mirror has kept so far.

    Raises:
        MirrorError: if the mirror is another account's, or was made by a newer version of this package.
    """
    is_there = inspect(connection).has_table(accounts.name)
    if is_there:
        whose = connection.execute(_WHOSE).one()
        if whose.version > VERSION:
            raise MirrorError(_version(whose.version), remedy=_remedy(whose.version))
        if whose.account != account and not anew:
            raise _another_account(whose.account, account)
        kept = connection.scalar(select(accounts.c.keeps_answers)) if whose.version == VERSION else None
        answers = kept if answers is None else answers
        if anew or kept is None or kept != answers:
            _take_down(connection)
            is_there = False
    elif taken := set(inspect(connection).get_table_names()) & (metadata.tables.keys() | staged.tables.keys()):
        raise MirrorError(
            f"The database has a table {min(taken)} that does not belong to a mirror",
            remedy="Give the mirror a file, or in PostgreSQL a schema, of its own.",
        )
    if not is_there:
        for tables in (metadata, staged, own):
            tables.create_all(connection)
        connection.execute(insert(accounts).values(account=account, version=VERSION, keeps_answers=bool(answers)))
    make_index(connection)
    if words is not None:
        connection.execute(update(accounts).values(keeps_words=" ".join(sorted(words))))
        connection.execute(delete(read_words).where(read_words.c.kind.not_in(words)))
    mirrored = mirrored_lists(answers=bool(answers))
    known = set(connection.scalars(select(lists.c.name)))
    names = {it.name for it in mirrored}
    connection.execute(delete(lists).where(lists.c.name.in_(known - names)))
    for name in sorted(names - known):
        connection.execute(insert(lists).values(name=name, is_full=True, is_read=False))
    return mirrored


def begin_run(connection: Connection, now: Any, *, full: bool) -> bool:
    """Begins a run, or goes on with one that was broken off, inside a transaction.

    Returns:
        True if it reads everything, or goes on with one that was broken off: then there is more to read after it.
    """
    account = connection.execute(select(accounts)).one()
    states = connection.execute(select(lists)).all()
    if account.run_started_at is not None and (not full or all(state.is_full for state in states)):
        return True
    connection.execute(update(accounts).values(run_started_at=now))
    for table in staged.sorted_tables:
        connection.execute(delete(table))
    is_full = true() if full else lists.c.sync_token.is_(None)
    fresh = {"cursor": None, "next_token": None, "is_read": False}
    connection.execute(update(lists).values(is_full=is_full, **fresh))
    return full or account.as_of is None


def _take_down(connection: Connection) -> None:
    drop_index(connection)
    for table in inspect(connection).get_table_names():
        if table in metadata.tables or table in staged.tables:
            connection.exec_driver_sql(f'DROP TABLE "{table}"').close()
    for own_table in (accounts, lists):  # not `forgotten`
        own_table.drop(connection)


def _another_account(whose: str, account: str | None) -> MirrorError:
    if account is not None and account.split()[0] == whose.split()[0]:
        return MirrorError(
            "The mirror holds what another user, or the API key itself, may see",
            code="another_account",
            remedy="Ask without on_behalf_of, or keep a mirror of its own for the user: AshbyClient(on_behalf_of=…).",
        )
    return MirrorError(
        "The mirror was made with another API key or for another address",
        code="another_account",
        remedy="Use another mirror, or replace all that it holds with `mirror.sync(anew=True)` or "
        "`langchain-ashby mirror sync --anew`.",
    )


def _version(version: int) -> str:
    return f"The mirror is of version {version}, and this package reads version {VERSION}"


def _remedy(version: int) -> str:
    return "`mirror.sync()` rebuilds it." if version < VERSION else "Update langchain-ashby, or use another mirror."
