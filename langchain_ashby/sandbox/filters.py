"""Filters of lists and searches: the fields that a request has for them, and the conditions that follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.clock import iso_from_milliseconds
from langchain_ashby.sandbox.records import kind_name
from langchain_ashby.sandbox.statement import Choice, Field, Flag, Many, Milliseconds, Uuid
from langchain_ashby.sandbox.store import Condition, compares, equals, matches, one_of


@dataclass(frozen=True)
class Filter:
    """Fields of a request, and the conditions that their values put on the records found."""

    conditions: Callable[[Call], list[Condition]]
    optional: Mapping[str, Field] = field(default_factory=dict)
    required: Mapping[str, Field] = field(default_factory=dict)


def always(*conditions: Condition) -> Filter:
    """Finds only records that meet the conditions."""
    return Filter(lambda call: list(conditions))


def unless(flag: str, condition: Condition) -> Filter:
    """Finds only records that meet the condition, unless `flag` is set."""
    return Filter(lambda call: [] if call.body.get(flag) else [condition], {flag: Flag()})


def when(flag: str, condition: Condition) -> Filter:
    """Finds only records that meet the condition if `flag` is set."""
    return Filter(lambda call: [condition] if call.body.get(flag) else [], {flag: Flag()})


def same(**fields: Field) -> Filter:
    """Finds the records whose keys have the values of the fields of these names."""
    return Filter(lambda call: [equals(key, call.body[key]) for key in fields if key in call.body], fields)


def of(kind: type[Mapping[str, object]], *, required: bool = True) -> Filter:
    """Finds the records that belong to the record of this kind that the request names, which must exist."""
    key = f"{kind_name(kind)}Id"

    def conditions(call: Call) -> list[Condition]:
        if key not in call.body:
            return []
        call.get(kind, call.body[key])
        return [equals(key, call.body[key])]

    return Filter(conditions, required={key: Uuid()}) if required else Filter(conditions, {key: Uuid()})


def any_of(name: str, words: tuple[str, ...], key: str | None = None) -> Filter:
    """Finds the records whose `key` (by default `name`) is one of those listed; an empty list filters nothing."""

    def conditions(call: Call) -> list[Condition]:
        return [one_of(key or name, call.body[name])] if call.body.get(name) else []

    return Filter(conditions, {name: Many(Choice(words))})


def time_filter(name: str, key: str, operator: str = ">") -> Filter:
    """Finds the records whose time `key` is after (`<`: before) the field `name`, in milliseconds."""

    def conditions(call: Call) -> list[Condition]:
        return [compares(key, operator, iso_from_milliseconds(call.body[name]))] if name in call.body else []

    return Filter(conditions, {name: Milliseconds()})


def search(name: str, type: Field, key: str | None = None) -> Filter:
    """Requires the field `name`; finds the records whose `key` equals it, ignoring case."""
    return Filter(lambda call: [matches(key or name, call.body[name])], required={name: type})


CREATED_AFTER = time_filter("createdAfter", "createdAt")
INCLUDE_ARCHIVED = unless("includeArchived", equals("isArchived", False))
