"""Finds the records that people name: a job by its title, a user by name or e-mail address, anything by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, false, func, null, select

from langchain_ashby.ids import canonical
from langchain_ashby.mirror import tables
from langchain_ashby.mirror.questions.answer import shown_id
from langchain_ashby.results.application_cells import REASON_KINDS
from langchain_ashby.results.phrases import noted
from langchain_ashby.text.letters import without_accents
from langchain_ashby.text.words import one_line, quoted

MOST = 8
"""The most records that an error lists."""


class Unnamed(ValueError):
    """Nothing, or more than one thing, has this name. The message lists what there is."""


class Named(NamedTuple):
    """How records of a table are named.

    Attributes:
        noun: The kind of record in words.
        table: Where they are.
        names: The columns that name them.
        apart: The column that tells namesakes apart.
        tells: True if that column alone identifies the record to people, as an e-mail address does.
        note: A column that is shown with each name, such as who rejected whom.
        words: How each of its values is shown; empty for one that needs no mention.
        several: True where namesakes are one to people: the stage "Onsite" of every plan.
        only: Which records of the table are meant, if not all.
    """

    noun: str
    table: Table
    names: tuple[ColumnElement[Any], ...]
    apart: ColumnElement[Any] | None = None
    several: bool = False
    only: ColumnElement[bool] | None = None
    note: ColumnElement[Any] | None = None
    words: Callable[[Any], str] = lambda _: ""
    tells: bool = False


def user_name(user: Any) -> ColumnElement[str]:
    """The whole name of a user, of the columns of `users` or an alias; what is missing of it is left out."""
    first, last = (func.coalesce(column, "") for column in (user.first_name, user.last_name))
    return func.trim(first.concat(" ").concat(last))


def _parent_name(table: Table) -> ColumnElement[str]:
    """The name of the department or place above one."""
    above = table.alias("above")
    return select(above.c.name).where(above.c.id == table.c.parent_id).correlate(table).scalar_subquery()


_departments, _locations = tables.departments, tables.locations
_users = tables.users.c
NAMED: dict[str, Named] = {
    "jobs": Named("job", tables.jobs, (tables.jobs.c.title,), tables.jobs.c.status),
    "departments": Named("department", _departments, (_departments.c.name,), _parent_name(_departments), tells=True),
    "locations": Named("location", _locations, (_locations.c.name,), _parent_name(_locations), tells=True),
    "stages": Named("stage", tables.interview_stages, (tables.interview_stages.c.title,), several=True),
    "sources": Named("source", tables.sources, (tables.sources.c.title,), tables.sources.c.source_type, tells=True),
    "tags": Named("tag", tables.tags, (tables.tags.c.title,)),
    "reasons": Named(
        "reason",
        tables.archive_reasons,
        (tables.archive_reasons.c.text,),
        several=True,
        note=tables.archive_reasons.c.reason_type,
        words=lambda kind: REASON_KINDS.get(kind, kind or ""),
    ),
    "users": Named(
        "user",
        tables.users,
        (user_name(_users), _users.email),
        _users.email,
        tells=True,
        note=_users.is_enabled,
        words=lambda is_enabled: "deactivated" if is_enabled is False else "",
    ),
    "custom_field": Named(
        "custom field of candidates",
        tables.custom_fields,
        (tables.custom_fields.c.title,),
        only=tables.custom_fields.c.object_type == "Candidate",
    ),
}
"""How each kind of record is named, by the argument that asks for it."""


Label = Callable[[Any], str | None]
"""Returns the label of the record with an id."""


def labels(connection: Connection, kind: Named, *, listed: bool = False) -> Label:
    """Returns labels by id, with what tells a record from its namesakes; `listed` for labels inside a list.

    Different records with the same name get their distinguishing column, or part of their ids. A record that the mirror
    does not have is labelled with its id; without an id, the label is None.
    """
    nothing = null()
    note = nothing if kind.note is None else kind.note
    apart = nothing if kind.several or not kind.tells or kind.apart is None else kind.apart
    rows = connection.execute(select(kind.table.c.id, kind.names[0], apart, note)).all()
    named = {key: one_line(name or "", None) for key, name, *_ in rows}
    often, told = Counter(named.values()), Counter((named[key], it) for key, _, it, _ in rows)

    def called(key: str, it: Any, more: Any) -> str:
        name, notes = named[key], [kind.words(more)]
        if often[name] > 1 and not kind.several:
            notes = [one_line(it, 60) if it and told[name, it] == 1 else f"{shown_id(key)[:6]}…", *notes]
        if not name:
            return f"({shown_id(key)})"
        is_plain = not listed and not any(notes) and not name.endswith(")")
        return name if is_plain else noted(name, *notes)

    shown = {key: called(key, it, more) for key, _, it, more in rows}
    return lambda key: None if key is None else shown.get(key) or f"({shown_id(key)})"


def find_ids(connection: Connection, kind: Named, said: Sequence[str]) -> list[str]:
    """The ids of the records that are named, each by its id in either spelling or by its name.

    Raises:
        Unnamed: if one of them names nothing, or more than one record.
    """
    records = [tuple(row) for row in connection.execute(_records(kind))]
    return list(dict.fromkeys(found for name in said for found in _find(kind, records, name)))


def _records(kind: Named) -> Any:
    apart = kind.apart if kind.apart is not None else kind.table.c.id
    archived = kind.table.c.is_archived if "is_archived" in kind.table.c else false()
    found = select(kind.table.c.id, apart, archived, *kind.names)
    return found if kind.only is None else found.where(kind.only)


def _find(kind: Named, records: Sequence[tuple[Any, ...]], said: str) -> list[str]:
    try:
        given = canonical(said)
    except ValueError:
        given = None
    if given and any(record[0] == given for record in records):
        return [given]
    wanted = without_accents(said)
    found = [record for record in records if any(without_accents(name) == wanted for name in record[3:] if name)]
    if not found:
        raise Unnamed(f"no {kind.noun} is called {quoted(said, 60)}{_like(kind, records, wanted)}")
    if len(found) > 1 and not kind.several:
        raise Unnamed(f"{len(found)} {kind.noun}s are called {quoted(said, 60)}: give the id. {_listed(kind, found)}")
    return [record[0] for record in found]


def _like(kind: Named, records: Sequence[tuple[Any, ...]], wanted: str) -> str:
    words = set(wanted.split())

    def score(record: tuple[Any, ...]) -> tuple[int, float]:
        name = without_accents(str(record[3] or ""))
        return len(words & set(name.split())), SequenceMatcher(None, name, wanted).ratio()

    scored = sorted(((score(it), it) for it in records), key=lambda pair: pair[0], reverse=True)
    near = [it for (shared, _), it in scored if shared] or [it for _, it in scored]
    named = list({without_accents(str(it[3] or "")): it for it in near}.values()) if kind.several else near
    return f". There are: {_listed(kind, named)}" if named else f"; there are no {kind.noun}s"


def _listed(kind: Named, records: Sequence[tuple[Any, ...]]) -> str:
    shown = [_told(kind, record) for record in records[:MOST]]
    more = [f"and {len(records) - MOST} more"] if len(records) > MOST else []
    return ", ".join([*shown, *more])


def _told(kind: Named, record: tuple[Any, ...]) -> str:
    name = quoted(record[3] or "", 60)
    if kind.several:
        return name
    apart = [one_line(record[1], 40)] if kind.apart is not None and record[1] else []
    about = ", ".join([shown_id(record[0]), *apart, *(["archived"] if record[2] else [])])
    return f"{name} ({about})"
