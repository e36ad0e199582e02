"""What the tests of reading share: the tools, other values for a place, failures that name tool, place and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from ashby import load_contract
from decides import decides, is_left_out
from prepared import Reader
from replies import MARK, Way, replaced, ways
from shapes import Place, is_listing

from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.results.scorecards import DECISIVE
from langchain_ashby.text.words import empty

DOCUMENTED = {
    name: it
    for name, it in OPERATIONS.items()
    if it.path in load_contract().responses
    and it.record()
    and name not in ("ashby_read_candidate_file", "ashby_get_context")  # whose text is in no reply of Ashby's
}
TOOLS = [*DOCUMENTED]
WRITES = [name for name, it in DOCUMENTED.items() if it.access is Access.WRITE]
LISTINGS = [name for name, it in DOCUMENTED.items() if name not in WRITES and is_listing(it.path)]
SINGLE = [name for name in DOCUMENTED if name not in WRITES and name not in LISTINGS]


def _first_of_each_kind() -> list[str]:
    first: dict[Any, str] = {}
    for name, operation in DOCUMENTED.items():
        first.setdefault((operation.record(), name in WRITES, name in LISTINGS), name)
    return [*first.values()]


KINDS = _first_of_each_kind()
"""One of the tools that answer with the same record in the same way, for each such group."""
EACH_KIND = [pytest.param(name, marks=[] if name in KINDS else [pytest.mark.slow]) for name in DOCUMENTED]
"""The tools as parameters; all but one of a kind are slow tests."""

DAY = re.compile(r"\d{4}-\d\d-\d\d")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def place_of(way: Way) -> Place:
    """The way without the numbers in lists."""
    return tuple(step for step in way if isinstance(step, str))


def other(value: Any) -> Any:
    """Another value of the same kind: of a time another day, of a word one that Ashby may add."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 5
    if MARK.search(value):
        return MARK.sub("Zq99", value)
    if UUID.fullmatch(value):
        return "99999999-1111-4222-8333-444455556666"
    if DAY.match(value):
        return f"2031-05-05{value[10:]}"
    return "SomethingElse"


def shown_ways(tool: str, record: Any) -> Iterator[tuple[Way, Any]]:
    """The values that the tool's text has to show of a record, and the ways to them."""
    operation = OPERATIONS[tool]
    told = decides(operation, written=tool in WRITES)
    for way, value in ways(record):
        if value is None or value == {} or value == []:
            continue
        place = place_of(way)
        if tool in SINGLE:
            shown = not is_left_out(record, way)
        else:
            shown = any(place[: len(it)] == it for it in told) and not is_left_out_of_rows(record, way)
        if shown:
            yield way, value


def is_left_out_of_rows(record: Any, way: Way) -> bool:
    """True for a value that says the same as another beside it, or the machine's name of its type."""
    place = place_of(way)
    if place[-1] == "type" and len(place) > 1 and ("submittedValues" in place or place[-2] == "value"):
        return True
    if "formDefinition" in way and place[-1] == "title":
        return not _is_asked(record, way)
    if "locationComponents" in way:
        return bool(record["location"]["locationComponents"][way[2]].get("type") == "Region")
    return place[0] == "value" and record.get("valueLabel") not in (None, "", [])


def _is_asked(record: Any, way: Way) -> bool:
    """True for a question that was answered, has to be, or is decided on, and for the section of one."""
    form = way.index("formDefinition")
    for step in way[:form]:
        record = record[step]
    _, section, _, *field = way[form + 1 :]
    answers = record.get("submittedValues") or {}
    entries = record["formDefinition"]["sections"][section].get("fields") or []
    return any(
        entry.get("isRequired") or asked.get("type") in DECISIVE or not empty(answers.get(asked.get("path")))
        for number, entry in enumerate(entries)
        if (asked := entry.get("field") or {}) and number in (field[:1] or [number])
    )


def alike(read: Reader, tool: str, record: Any, changes: Iterable[tuple[Way, Any, Any]]) -> list[str]:
    """The changes that nobody who reads the text can see, each with the tool, the place and both values."""
    text = read.text(tool, record)
    return [
        f"{tool}: {'.'.join(map(str, way))}: {value!r} and {instead!r} read the same"
        for way, value, instead in changes
        if read.text(tool, replaced(record, way, instead)) == text
    ]


def assert_none(found: list[str]) -> None:
    """Fails with everything that was found."""
    assert not found, "\n" + "\n".join(found)
