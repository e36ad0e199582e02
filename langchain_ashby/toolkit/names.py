"""Finds the ids of what people call by name: the tag "referral", the stage "Onsite" of an application's plan.

A name counts if exactly one record has it, ignoring case, accents and extra spaces; then the id takes its place.
Otherwise an error lists the records that could be meant. Nothing is read if all ids are ids.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args, get_origin

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Arguments, Operation, arguments_in
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import ArgumentError, AshbyError, Refused
from langchain_ashby.ids import IDS, Id, canonical, certain, ids_of
from langchain_ashby.text.letters import without_accents
from langchain_ashby.text.words import at, count, named, one_line, person, quoted
from langchain_ashby.toolkit.id_hints import reading, suggest_id
from langchain_ashby.toolkit.listings import Listing, Record, kept, read
from langchain_ashby.toolkit.record_names import MOST, names_by_id, names_of, out_of_use, shown, similar, told_apart

FRESH_FOR_WRITES = 10.0
"""How many seconds a listing stays valid for a write: someone may rename a record."""


@dataclass(frozen=True)
class Resolved:
    """Arguments with ids in the place of names.

    Attributes:
        arguments: The arguments.
        named: The names that were replaced, by the way to each: `tag_id`, `location_ids.0`.
        notes: Remarks on the names, in sentences.
    """

    arguments: dict[str, Any]
    named: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


def resolved(operation: type[Operation[Any]], arguments: Mapping[str, Any], client: AshbyClient) -> Resolved:
    """Replaces the names in arguments, which were checked before, with the ids of what they name.

    Raises:
        ArgumentError: if no record or several have a name; it has a sentence for each such name.
        AshbyError: if a listing cannot be read.
    """
    given = dict(arguments)
    wanted = list(_names(operation, given))
    if not wanted:
        return Resolved(given)
    given = deepcopy(given)
    wanted.sort(key=lambda it: bool(it.kind.names and it.kind.names.within))  # those need the ids of others
    look = _Look(operation, given, client)
    named_so: dict[str, str] = {}
    notes: list[str] = []
    problems: list[str] = []
    with client.deadline():
        for it in wanted:
            try:
                record = look.find(it)
            except _NotFound as problem:
                problems.append(f"{it.where}: {problem}")
                continue
            except AshbyError as error:
                error.message = f"{it.where}: {quoted(it.text, 60)} could not be looked up: {error.message}"
                raise
            if record is None:  # an id after all: as Ashby writes it, so that this is not asked again
                _put(given, it.way, canonical(it.text.strip()))
                continue
            _put(given, it.way, record["id"])
            named_so[it.where] = it.text
            if it.could_be_id:
                notes.append(f"{it.where}: {it.text.strip()} could be an id, but was read as the name that it also is.")
            if out_of_use(record):
                notes.append(
                    f"{it.where}: the only {it.kind.words} called {quoted(it.text, 60)} is {out_of_use(record)}."
                )
    if problems:
        unsent = "The change was not sent." if operation.access is Access.WRITE else ""
        raise ArgumentError(" ".join(problems), remedy=unsent)
    return Resolved(given, named_so, notes)


@dataclass(frozen=True)
class Known:
    """A record that an argument can refer to.

    Attributes:
        id: Its id, as Ashby writes it.
        name: What it is called.
        apart: What tells it from others with its name.
        in_use: False if it is archived or deactivated.
    """

    id: str
    name: str
    apart: tuple[str, ...]
    in_use: bool


def known(
    operation: type[Operation[Any]], given: Mapping[str, Any], kind: Id, client: AshbyClient, text: str = ""
) -> tuple[list[Known], bool]:
    """Lists the records that can be meant where an argument asks for an id of this kind, and whether those are all.

    Args:
        operation: Whose argument it is.
        given: Its other arguments, of which some say where to look: the stages are those of an application's plan.
        kind: The kind of id.
        client: Reads the listing.
        text: Part of a name. Candidates are listed only by it, others with or without it.

    Raises:
        ArgumentError: if no listing has such records, or if it cannot be told from the other arguments which.
        AshbyError: if the listing cannot be read.
    """
    name = _Name((), meant(kind, given), text)
    kind = name.kind
    if kind.names is None or not kind.listing:
        raise ArgumentError(f"There is no list of {kind.words}s", remedy="Give the id.")
    look = _Look(operation, given, client)
    searched = bool(kind.names.searched) and kind.listed_by == kind.listing
    if searched and not text.strip():
        return [], False
    try:
        whole = kept(client, OPERATIONS[kind.listed_by]()) if kind.names.searched and not searched else None
        listing = whole or look._listing(name)
    except _NotFound as problem:
        raise ArgumentError(str(problem), remedy="") from None
    wanted = "" if searched else without_accents(text)
    found, above = [], names_by_id(listing.records, kind)
    for record in look._possible(name, listing):
        called, apart = told_apart(record, kind, above)
        if (name_of_user := person(record)) and name_of_user != called:  # found by the address, called by the name
            called, apart = name_of_user, [named(called), *apart]
        if wanted in without_accents(" ".join([called, *apart])):
            found.append(Known(record["id"], one_line(called, 80), tuple(apart), out_of_use(record) is None))
    return found, listing.complete


@dataclass(frozen=True)
class _Name:
    """A name where an id of this kind is asked; `text` is as it was given."""

    way: tuple[str | int, ...]
    kind: Id
    text: str

    @property
    def where(self) -> str:
        return ".".join(map(str, self.way))

    @property
    def could_be_id(self) -> bool:
        """True for an odd id: then it is a name if a record is called that, and else Ashby is asked."""
        try:
            return bool(canonical(self.text.strip()))
        except ValueError:
            return False


class _NotFound(Exception):
    """No record, or no single one, has the name: says which could be meant."""


def _names(declared: type[Arguments], given: Mapping[str, Any], way: tuple[str | int, ...] = ()) -> Iterator[_Name]:
    """The names among the arguments, those in lists and objects too."""
    for name, kinds, inner, words in _places(declared):
        value = given.get(name)
        for place, entry in enumerate(value) if isinstance(value, list) else [(None, value)]:
            there = (*way, name) if place is None else (*way, name, place)
            if inner is not None and isinstance(entry, Mapping):
                yield from _names(inner, entry, there)
            elif isinstance(entry, str) and entry not in words and certain(entry) is None:
                yield from (_Name(there, meant(it, given), entry) for it in kinds)


@cache
def _places(
    declared: type[Arguments],
) -> list[tuple[str, list[Id], type[Arguments] | None, frozenset[Any]]]:
    """The arguments that may hold names: the kinds of their ids, the arguments inside them, their fixed words."""
    found = [
        (
            name,
            [kind for kind in ids_of(it) if kind.takes_names],
            next(arguments_in(it.annotation), None),
            frozenset(_words(it.annotation)),
        )
        for name, it in declared.model_fields.items()
    ]
    return [it for it in found if it[1] or it[2]]


def meant(kind: Id, given: Mapping[str, Any]) -> Id:
    """The kind of record, where another argument says it."""
    return IDS.get(f"{str(given.get(kind.kind_in)).lower()}_id", kind) if kind.kind_in else kind


def _words(annotation: Any) -> Iterator[Any]:
    """The fixed words that an argument takes beside ids."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for part in get_args(annotation):
            yield from _words(part)


def _put(given: Any, way: Sequence[str | int], record_id: str) -> None:
    for step in way[:-1]:
        given = given[step]
    given[way[-1]] = record_id


class _Look:
    """Finds the records for one call."""

    def __init__(self, operation: type[Operation[Any]], given: Mapping[str, Any], client: AshbyClient) -> None:
        self._operation = operation
        self._given = given
        self._client = client
        self._began = time.monotonic()

    def find(self, name: _Name) -> Record | None:
        """The one record with a name; None for an odd id that is no name."""
        try:
            return self._one(name)
        except (_NotFound, Refused):
            if name.could_be_id:
                return None
            raise

    def _one(self, name: _Name) -> Record:
        if not name.kind.listing:
            raise _NotFound(f"{quoted(name.text, 60)} is not an id, and the {name.kind.words} has no name.")
        listing = self._listing(name)
        found = self._matches(name, listing)
        if not found and listing.began < self._began:
            listing = self._listing(name, anew=True)
            found = self._matches(name, listing)
        if len(found) == 1 and listing.complete:
            return found[0]
        raise _NotFound(self._why(name, found, listing))

    def _listing(self, name: _Name, *, anew: bool = False) -> Listing:
        kind, names = name.kind, name.kind.names
        assert names is not None
        operation = OPERATIONS[kind.listing]
        fields = operation.model_fields
        if names.searched:
            by_email = "email" in names.searched and "@" in name.text
            argument = next(it for it in names.searched if (it == "email") is by_email)
            return read(self._client, operation(**{argument: " ".join(name.text.split())}))
        widest = {it: True for it in _WIDEST if it in fields}
        request = operation(**widest, **names.filters, **self._within(name))
        writes = self._operation.access is Access.WRITE
        latest = self._began if anew else self._began - FRESH_FOR_WRITES if writes else None
        return kept(self._client, request, not_before=latest)

    def _within(self, name: _Name) -> dict[str, str]:
        """The argument of the listing that says where the name is unique."""
        within = name.kind.names.within if name.kind.names else {}
        if not within:
            return {}
        asked = next(iter(within))
        for argument, path in within.items():
            given = certain(str(self._given.get(argument) or ""))
            if given and not path:
                return {asked: given}
            found = certain(str(at(self._read(IDS[argument], given), *path))) if given else None
            if found:
                return {asked: found}
        usable = [it for it in within if it in self._operation.model_fields and not self._given.get(it)]
        advice = f"give {' or '.join(usable)} as well, or" if usable else "give"
        raise _NotFound(
            f"{quoted(name.text, 60)} is not unique without its {IDS[asked].words}: {advice} the id, "
            f"which {name.kind.listing} shows."
        )

    def _read(self, kind: Id, given: str) -> Any:
        request = reading(kind, given)
        try:
            return self._client.call(request)
        except Refused as refused:
            if meant := suggest_id(request, refused, self._client.call):
                refused.remedy = meant.sentence
            raise

    def _matches(self, name: _Name, listing: Listing) -> list[Record]:
        """The records with the name. Archived ones count only if no other has it."""
        names = name.kind.names
        assert names is not None
        records = self._possible(name, listing)
        found = [it for it in records if without_accents(name.text) in map(without_accents, names_of(it, names.keys))]
        if not found and names.also and without_accents(name.text) == without_accents(names.also[1]):
            found = [it for it in records if at(it, names.also[0]) == names.also[1]]
        return [it for it in found if not out_of_use(it)] or found

    def _possible(self, name: _Name, listing: Listing) -> list[Record]:
        same = name.kind.names.same if name.kind.names else {}
        agreed = {key: self._given[argument] for argument, key in same.items() if self._given.get(argument)}
        return [it for it in listing.records if all(it.get(key, value) == value for key, value in agreed.items())]

    def _why(self, name: _Name, found: Sequence[Record], listing: Listing) -> str:
        kind, said = name.kind, quoted(name.text, 60)
        assert kind.names is not None
        tool = kind.listed_by or kind.listing
        if not listing.complete:
            seen = f" Found: {self._several(found, kind, listing)}." if found else ""
            return f"there are too many records to be sure that {said} names one {kind.words} only; give its id.{seen}"
        if found:
            several = count(len(found), kind.words)
            return f"{several} are called {said}: {self._several(found, kind, listing)}. Give the id."
        like = [] if kind.names.searched else similar(name.text, self._possible(name, listing), kind)
        others = f" Similar: {self._several(like, kind, listing)}." if like else ""
        return f"no {kind.words} is called {said}.{others or f' Look it up with {tool}.'}"

    def _several(self, records: Sequence[Record], kind: Id, listing: Listing) -> str:
        more = [f"and {len(records) - MOST} more"] if len(records) > MOST else []
        return ", ".join([*(shown(it, kind, listing.records) for it in records[:MOST]), *more])


_WIDEST = (
    "include_archived",
    "include_deactivated",
    "include_non_shared_interviews",
    "include_unpublished_job_postings",
)
"""The arguments with which listings leave nothing out: a name is unique only if it is among all records."""
