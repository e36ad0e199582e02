"""Cells: what rows are made of, and the cells of candidates, applications, jobs and locations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from langchain_ashby.results.phrases import (
    NONE,
    UNKNOWN,
    Json,
    called,
    compact_day,
    flag,
    is_null,
    noted,
    notes_on,
    objects,
    place,
    text,
)
from langchain_ashby.text.words import at, in_a_list


class Part(NamedTuple):
    """A part of a cell. Each is cut by itself, so none crowds out another.

    A `whole` one is cut at the length of a cell, but not further where rows are heavy; a `full` one is not cut.
    """

    text: str
    before: str = ""
    whole: bool = False
    full: bool = False


class Parts(tuple[Part, ...]):
    """A cell made of parts."""


class Values(tuple[str, ...]):
    """A cell that lists values, each as it stands in a list."""


class Day:
    """The cell with the day of a time, in UTC."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys

    def __call__(self, record: Json) -> str:
        """Makes the cell of a record."""
        return compact_day(at(record, *self._keys))


class Column(NamedTuple):
    """A column: its heading, and the function that makes a record's cell.

    The first column holds ids or days, which have no spaces. Ids are headed by the arguments that take them. The cells
    of a `full` column are not cut; a `kept` column stays even if all its cells are blank, as blank means something; a
    `spare` one is left out of long listings, a `brief` one of short ones. In long ones, `notes_spare` leaves out what
    is noted on a name unless it has namesakes; a `lettered` column has letters, of which a table after the rows says
    what they stand for; and so it says what a column has in all rows, if it is one to say `once`.
    """

    heading: str
    cell: Callable[[Json], Any]
    full: bool = False
    kept: bool = False
    spare: bool = False
    brief: bool = False
    notes_spare: bool = False
    lettered: bool = False
    once: bool = False

    @property
    def title(self) -> str:
        """The heading as shown: that of a day says in which zone it is one."""
        name, note, rest = self.heading.partition(" (")
        return f"{name} UTC{note}{rest}" if isinstance(self.cell, Day) else self.heading


class Legend(NamedTuple):
    """What rows name by its title: a table of its own after them, where each thing stands once, with its id.

    The keys `if_alike` are shown for things of one title only.
    """

    key: str
    columns: Sequence[Column]
    if_alike: Sequence[str]


def contact_and_work(candidate: Json) -> Parts:
    """`mihail@example.org Tech Lead at Brackwater, Paris, France`; half an e-mail address identifies no one."""
    addresses = [candidate.get("primaryEmailAddress"), *objects(candidate.get("emailAddresses"))]
    every = dict.fromkeys(text(at(address, "value")) for address in addresses if at(address, "value"))
    email = next(iter(every), UNKNOWN if is_null(candidate, "emailAddresses") else "-")
    position, company = (_at_work(candidate.get(key)) for key in ("position", "company"))
    told = (
        Part(_one_of(in_a_list(email.replace(" ", "_")), len(every) - 1), whole=True, full=True),
        Part(position, " "),
        Part(company, " at "),
        Part(place(candidate.get("location")), ", "),
    )
    return Parts(part for part in told if part.text)


def reached_at(primary: str, every: str) -> Callable[[Json], Values]:
    """All the addresses or numbers of a candidate, the primary one also if the list does not have it."""

    def cell(candidate: Json) -> Values:
        listed = [text(entry.get("value")) for entry in objects(candidate.get(every))]
        first = text(at(candidate, primary, "value"))
        return Values(map(in_a_list, listed if not first or first in listed else [first, *listed]))

    return cell


def _at_work(value: Any) -> str:
    """A position or a company, in quotation marks if it could be read as both."""
    said = text(value)
    return json.dumps(said, ensure_ascii=False) if _AT.search(said) else said and in_a_list(said)


_AT = re.compile(r"\bat\b|^\+\d")
"""What would look like the words between a position and a company, or like the number of further addresses."""


def workplace(location: Json) -> Any:
    """Where people work: on site, at home, or both."""
    return location.get("workplaceType") or flag(location.get("isRemote", False), "Remote")


def _one_of(said: str, others: int) -> str:
    """`Oslo +2`: what a row shows, and how many there are besides. What looks so itself is in quotation marks."""
    said = json.dumps(said, ensure_ascii=False) if re.search(r"\+\d+$", said) else said
    return f"{said} +{others}".lstrip(" ") if others > 0 else said


def with_workplace(job: Json) -> Parts:
    """`Oslo (Hybrid)`: the location of a job, if it was asked for."""
    location = job.get("location")
    notes = ", ".join(filter(None, [text(at(location, "workplaceType")), *notes_on(location)]))
    return Parts([Part(called(location)), Part(f"({notes})" if notes else "", " ", True, True)])


def posting_location(posting: Json) -> Parts:
    """`Oslo +1`: the first location of a posting, and how many it has besides."""
    others = at(posting, "locationIds", "secondaryLocationIds")
    more = len(others) if isinstance(others, list) else 0
    return Parts([Part(_one_of(text(posting.get("locationName")), more))])


def first_of(key: str, every: str) -> Callable[[Json], str]:
    """An id, and how many others the record has besides: `6bb28894 +1`."""

    def cell(record: Json) -> str:
        first, others = record.get(key), record.get(every)
        more = [it for it in others if it != first] if isinstance(others, list) else []
        return _one_of(text(first), len(more))

    return cell


def applications(candidate: Json) -> Any:
    """The number of applications, blank for one; null is not none."""
    ids = candidate.get("applicationIds")
    number = len(ids) if isinstance(ids, list) else UNKNOWN
    return "" if number == 1 else number


def application_ids(candidate: Json) -> Any:
    """The ids of a candidate's applications; null is not none."""
    ids = candidate.get("applicationIds")
    return ids if isinstance(ids, list) else UNKNOWN


def fraud(candidate: Json) -> Parts:
    """What Ashby found about fraud, in full."""
    return Parts([Part(text(candidate.get("fraudStatus")), whole=True, full=True)])


def openings(record: Json) -> Values:
    """The openings of a job or an application, if they were asked for; `(none)` if it has none."""
    if "openings" in record and not record["openings"]:
        return Values([NONE if record["openings"] == [] else UNKNOWN])
    return Values(
        noted(at(opening, "latestVersion", "identifier") or opening.get("id"), text(opening.get("openingState")),
              *notes_on(opening)) for opening in objects(record.get("openings"))
    )  # fmt: skip
