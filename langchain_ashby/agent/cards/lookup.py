"""Which read tells what an id stands for, found among the declared operations: `GetJob` for `job_id`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from langchain_ashby.agent.cards.builder import CardBuilder, Fact, Record
from langchain_ashby.agent.cards.names import apart, detail, fact_of, made_on, name_of
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.endpoints import OPERATIONS, internal
from langchain_ashby.text.words import at, named

_WIDEST: Mapping[str, Any] = {
    "include_archived": True,
    "include_location_hierarchy": True,
    "include_unpublished_job_postings": True,
}
_EXPANDED: Mapping[str, Any] = {"job": ["location"]}
"""What else reads are asked for, to show all that cards say about a record."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A read that finds a record by its id: the record's own, or the listing of its kind.

    Attributes:
        noun: What the record is, in snake_case.
        operation: The read.
        words: What the record is, in words.
    """

    noun: str
    operation: type[Operation[Any]]
    words: str = ""

    def request(self, record_id: str) -> Operation[Any]:
        """The read that shows the record."""
        fields = self.operation.model_fields
        if (own := f"{self.noun}_id") in fields:
            more = {"expand": _EXPANDED[self.noun]} if self.noun in _EXPANDED else {}
            more |= {name: value for name, value in _WIDEST.items() if name in fields}
            return self.operation(**{own: record_id}, **more)
        return self.operation(**{name: value for name, value in _WIDEST.items() if name in fields})

    def pick(self, builder: CardBuilder, found: Any, record_id: str) -> Record:
        """The record in what was read; empty, with a note on the card, if it is not there."""
        what = f"The {self.words}"
        if not isinstance(found, list):
            return builder.record(what, found)
        return builder.one_of(what, found, record_id)

    def refer(self, builder: CardBuilder, found: Any, record_id: str) -> Fact:
        """The fact of a record that a write refers to; warns of what is unusual about it."""
        fact, record = self.describe(builder, found, record_id)
        builder.refer(record_id, f"The {self.words}", name_of(record), at(record, "type") or at(record, "status"))
        return fact

    def describe(self, builder: CardBuilder, found: Any, record_id: str) -> tuple[Fact, Record]:
        """The fact for a record and the record itself; warns of anything unusual about it."""
        record = self.pick(builder, found, record_id)
        name = name_of(record)
        called = f"The {self.words}{f' {named(name)}' if name else ''}"
        if at(record, "isArchived") is True or (self.noun == "job" and at(record, "status") == "Archived"):
            builder.warn(f"{called} is archived.")
        if at(record, "confidential") is True:
            builder.warn(f"{called} is confidential.")
        if at(record, "isEnabled") is False:
            builder.warn(f"{called} is deactivated in Ashby.")
        among = found if isinstance(found, list) else ()
        return fact_of(record_id, record, *above(builder, record), among=among), record


@cache
def reader(argument: str) -> Reader | None:
    """The read for the records that an argument such as `job_id` or `location_ids` names; None if there is none.

    The names of Ashby's methods tell: `location.list` finds a location, and `candidateTag.list` a tag.
    """
    noun = re.sub("_ids?$", "", argument)
    if noun == argument:
        return None
    readers = list(_readers())
    exact = [it for it in readers if it.noun == noun]
    alike = [it for it in readers if it.noun.endswith(f"_{noun}") or noun.endswith(f"_{it.noun}")]
    matches = exact or alike
    if len({it.noun for it in matches}) != 1:
        return None
    return replace(matches[0], words=min(noun, matches[0].noun, key=len).replace("_", " "))


def request_for(argument: str, record_id: str) -> Operation[Any]:
    """The read that shows the record in the argument, the same for all cards: made together, they share it."""
    found = reader(argument)
    assert found is not None
    return found.request(record_id)


def told_apart(builder: CardBuilder, record: Record) -> list[str]:
    """What tells a record from others with its name: what it says itself, and the name of what it belongs to."""
    return [*apart(record), *above(builder, record)]


def above(builder: CardBuilder, record: Record) -> list[str]:
    """The name of what a record belongs to, if that is needed to tell it from others with its name.

    It takes a read: a job's department is read only if the job has no requisition id.
    """
    if department_id := at(record, "parentId"):
        return _named_above(builder, "The department above", "department_id", department_id)
    if (location_id := at(record, "parentLocationId")) and _has_own_read("location_id"):
        return _named_above(builder, "The location above", "location_id", location_id)
    if at(record, "customRequisitionId") or not (department_id := at(record, "departmentId")):
        return []
    department = _named_above(builder, "The department of the job", "department_id", department_id)
    return department or [*filter(None, [made_on(record)])]


def _has_own_read(argument: str) -> bool:
    """False if a record is found in its listing, which has the records above it as well."""
    found = reader(argument)
    return found is not None and argument in found.operation.model_fields


def _named_above(builder: CardBuilder, what: str, argument: str, record_id: str) -> list[str]:
    name = name_of(builder.clarified(what, request_for(argument, record_id)))
    return [detail(name)] if name else []


def lister(kind: type | None) -> type[Operation[Any]] | None:
    """The listing of a kind of record, such as `ListCandidateTags` for `Tag`; None if there is none."""
    return next((it for it in _lists() if kind is not None and it.record() is kind), None)


def _readers() -> Iterator[Reader]:
    """Every read of one record by its id, then every listing."""
    for operation in _reads():
        noun, _, method = operation.path.partition(".")
        noun = _snake(noun)
        if method == "info" and f"{noun}_id" in operation.model_fields:
            yield Reader(noun, operation)
    for operation in _lists():
        yield Reader(_snake(operation.path.partition(".")[0]), operation)


def _lists() -> Iterator[type[Operation[Any]]]:
    """Every listing that can be asked for without arguments."""
    for operation in _reads():
        required = any(field.is_required() for field in operation.model_fields.values())
        if operation.path.endswith(".list") and not required:
            yield operation


def _reads() -> Iterator[type[Operation[Any]]]:
    own = (it for it in vars(internal).values() if isinstance(it, type) and issubclass(it, Operation))
    for operation in (*OPERATIONS.values(), *own):
        if operation.access is Access.READ and "path" in vars(operation):
            yield operation


def _snake(name: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()
