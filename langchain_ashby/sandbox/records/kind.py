"""The name, defaults and indexes that a kind of record declares beside its keys."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

Record = TypeVar("Record", bound=Mapping[str, object])

KINDS: dict[str, type[Any]] = {}
"""Every kind of record by its name."""


@dataclass(frozen=True)
class Default:
    """The value of a key that a new record does not give: `isArchived: Annotated[bool, Default(False)]`."""

    value: Any


INDEXED: Final = "indexed"
"""Marks a key that records are often found by: `candidateId: Annotated[str, INDEXED]`."""


def kind(record: type[Record]) -> type[Record]:
    """Declares a TypedDict as a kind of record; its name is the class's with a small letter (`candidateTag`)."""
    KINDS[kind_name(record)] = record
    return record


@cache
def kind_name(record: type) -> str:
    """The name of a kind: `candidateTag` for `CandidateTag`."""
    return record.__name__[0].lower() + record.__name__[1:]


def required_keys(record: type) -> frozenset[str]:
    """The keys that every record of this kind has."""
    keys: frozenset[str] = record.__required_keys__  # type: ignore[attr-defined]
    return keys


def completed(record_kind: type, record: Mapping[str, object]) -> dict[str, object]:
    """The record with the defaults of its kind for keys that it lacks."""
    return {**record, **{key: deepcopy(value) for key, value in _defaults(record_kind) if key not in record}}


def indexed_keys() -> Iterator[tuple[str, str]]:
    """Yields the name of a kind and a key, for each key that is indexed."""
    for name, record in KINDS.items():
        for key, marks in _marks(record):
            if INDEXED in marks:
                yield name, key


@cache
def _defaults(record: type) -> list[tuple[str, Any]]:
    return [(key, mark.value) for key, marks in _marks(record) for mark in marks if isinstance(mark, Default)]


def _marks(record: type) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yields each annotated key and what it is annotated with."""
    for key, hint in get_type_hints(record, include_extras=True).items():
        while get_origin(hint) not in (None, Annotated) and len(get_args(hint)) == 1:
            hint = get_args(hint)[0]
        if get_origin(hint) is Annotated:
            yield key, get_args(hint)[1:]
