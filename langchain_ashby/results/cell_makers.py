"""Makers of cells: each takes Ashby's keys and returns the function that makes a record's cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_ashby.ids import id_of
from langchain_ashby.results.cells import Column, Part, Parts, Values
from langchain_ashby.results.phrases import (
    UNKNOWN,
    Json,
    called,
    compact_day,
    field_value,
    flag,
    is_null,
    named,
    notes_on,
    objects,
    stage,
    text,
    user,
)
from langchain_ashby.text.words import at, in_a_list


def under(*keys: str) -> Callable[[Json], Any]:
    """A cell with what is under these keys, each inside the other."""
    return lambda record: at(record, *keys)


def sent(*keys: str, cell: Callable[[Json], Any] | None = None) -> Callable[[Json], Any]:
    """A cell with what Ashby sends of every record: null is not nothing there, but not known."""
    of = cell or under(*keys)

    def known(record: Json) -> Any:
        if is_null(record, *keys):
            return UNKNOWN
        found = of(record)
        return f'"{UNKNOWN}"' if found in (UNKNOWN, (UNKNOWN,), (Part(UNKNOWN, whole=True),)) else found

    return known


def own_id(record: type) -> Column:
    """The record's own id, under the argument that takes it."""
    kind = id_of(record)
    assert kind is not None, f"{record.__name__} has no id"
    return Column(kind.argument, under("id"))


def calendar_day(*keys: str) -> Callable[[Json], str]:
    """A day of the calendar, in no zone; a time in full, as its day would depend on the zone."""

    def cell(record: Json) -> str:
        said = text(at(record, *keys))
        return said if "T" in said else compact_day(said)

    return cell


def person(*keys: str) -> Callable[[Json], str]:
    """A cell with a person, by name and e-mail address."""
    return lambda record: user(at(record, *keys))


def all_named(key: str) -> Callable[[Json], Any]:
    """A cell with the names of small objects."""
    return lambda record: UNKNOWN if is_null(record, key) else Values(map(named, objects(record.get(key))))


def each(key: str, value: str) -> Callable[[Json], Any]:
    """A cell with one value of each object in a list."""
    return sent(
        key, cell=lambda record: Values(in_a_list(text(entry.get(value))) for entry in objects(record.get(key)))
    )


def each_text(key: str) -> Callable[[Json], Any]:
    """The texts of a list."""
    return sent(key, cell=lambda record: Values(in_a_list(text(entry)) for entry in record.get(key) or ()))


def word_for(key: str, yes: str, no: str = "", missing: Any = False) -> Callable[[Json], str]:
    """The word for a flag. Where one says that all is well, a missing flag is not taken for it."""
    return lambda record: flag(record.get(key, missing), yes, no)


def small(key: str) -> Callable[[Json], Parts]:
    """The name of a small object, and in full what tells it from its namesakes."""

    def cell(record: Json) -> Parts:
        entry = record.get(key)
        name, notes = called(entry), ", ".join(filter(None, notes_on(entry)))
        told = Part(f"({notes})" if notes else "", " ", whole=True, full=True)
        return Parts([Part(name), told])

    return cell


def name(*keys: str) -> Callable[[Json], Parts]:
    """A person's name, by which people recognize them: whole, up to the length of a cell."""
    return sent(*keys, cell=lambda record: Parts([Part(text(at(record, *keys)), whole=True)]))


def stage_of(application: Json) -> str:
    """The stage; its type only where neither its title nor the status says it."""
    return stage(application.get("currentInterviewStage"), application.get("status"))


def kind_of_location(location: Json) -> str:
    """Blank for a place of work."""
    kind = text(location.get("type"))
    return {"LocationHierarchy": "region", "Location": ""}.get(kind, kind)


def pay(*keys: str) -> Callable[[Json], str]:
    """A cell with an amount."""
    return lambda record: field_value(at(record, *keys))


def options(field: Json) -> Values:
    """The options of a custom field that can be chosen."""
    usable = [option for option in objects(field.get("selectableValues")) if not option.get("isArchived")]
    return Values(in_a_list(text(option.get("label") or option.get("value"))) for option in usable)
