"""Two records that differ in what a recruiter decides on never read the same, in any tool's answer."""

from __future__ import annotations

from typing import Any

import pytest
from decides import DECIDES, LEFT_OUT, NULL_IS_ITS_OWN, SET_BY_WRITES
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from prepared import reader
from replies import Way, records, replaced, ways, whole, without
from shapes import Place, places, record_shapes
from telling import EACH_KIND, KINDS, LISTINGS, SINGLE, TOOLS, WRITES, alike, assert_none, other, place_of, shown_ways

from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.records import FileText, Surroundings

pytestmark = pytest.mark.slow

FEW = settings(max_examples=2, phases=[Phase.generate])
MANY = settings(max_examples=settings().max_examples // 8, phases=[Phase.generate])


def with_flags(value: Any, flag: bool) -> Any:
    """The record with all its flags set, or none."""
    for way, found in ways(value):
        if isinstance(found, bool):
            value = replaced(value, way, flag)
    return value


def one_of_each(tool: str, record: Any) -> dict[Way, Any]:
    """A value at each place, and every answer and value of a field, as they are of all types."""
    found: dict[Place, Way] = {}
    kept: dict[Way, Any] = {}
    for way, value in shown_ways(tool, record):
        place = place_of(way)
        if found.setdefault(place, way) == way or (way[0] == "customFields" and "value" in place):
            kept[way] = value
    return kept


@pytest.mark.parametrize("tool", TOOLS)
def test_each_value_that_is_shown_changes_the_text(tool: str) -> None:
    """With all flags set or with none: an archived option may be left out, an option of use may not."""
    unseen: list[tuple[Way, str]] = []
    for flag in (False, True):
        record = with_flags(whole(OPERATIONS[tool]), flag)
        changes = [(way, value, other(value)) for way, value in one_of_each(tool, record).items()]
        if unseen or not flag:
            changes = [it for it in changes if not flag or it[0] in {way for way, _ in unseen}]
            lines = alike(reader(), tool, record, changes)
            unseen = [(way, it) for it in lines for way, *_ in changes if f": {'.'.join(map(str, way))}: " in it]
    assert_none([it for _, it in unseen])


def check_random_records(tool: str, how: settings) -> None:
    @how
    @given(st.data())
    def check(data: st.DataObject) -> None:
        record = data.draw(records(OPERATIONS[tool]), label="record")
        shown = [*shown_ways(tool, record)]
        some = data.draw(st.lists(st.sampled_from(shown), max_size=4, unique_by=lambda it: it[0])) if shown else []
        # Of an archived option nothing is shown in a form's answer: flags are checked above.
        changes = [(way, value, other(value)) for way, value in some if not under_archived(record, way)]
        assert_none(alike(reader(), tool, record, changes))

    check()


def under_archived(record: Any, way: Way) -> bool:
    """True for an option that can no longer be chosen."""
    for step in way:
        record = record[step]
        if "selectableValues" in way and isinstance(record, dict) and record.get("isArchived"):
            return True
    return False


@pytest.mark.parametrize("tool", EACH_KIND)
def test_each_value_that_is_shown_of_a_random_record_changes_the_text(tool: str) -> None:
    check_random_records(tool, FEW)


@pytest.mark.parametrize("tool", KINDS)
def test_each_value_that_is_shown_of_many_random_records_changes_the_text(tool: str) -> None:
    check_random_records(tool, MANY)


@pytest.mark.parametrize("tool", [it for it in TOOLS if OPERATIONS[it].record() in NULL_IS_ITS_OWN])
def test_null_is_neither_none_nor_no(tool: str) -> None:
    kind = OPERATIONS[tool].record()
    record = whole(OPERATIONS[tool])
    found = []
    for place in NULL_IS_ITS_OWN[kind] if kind else ():
        values = [[], [record["id"]]] if place[-1].endswith("s") else [False, True]
        unknown = {reader().text(tool, replaced(record, place, None)), reader().text(tool, without(record, place))}
        for value in values:
            if tool in WRITES and place not in SET_BY_WRITES.get(kind or object, DECIDES[kind or object]):
                continue
            if reader().text(tool, replaced(record, place, value)) in unknown:
                found.append(f"{tool}: {'.'.join(place)}: null and {value!r} read the same")
    assert_none(found)


@pytest.mark.parametrize("tool", SINGLE + LISTINGS)
def test_an_unknown_key_drops_nothing_that_is_known(tool: str) -> None:
    """Ashby adds keys at will, in every object."""
    record = whole(OPERATIONS[tool])
    text = reader().text(tool, record)
    beside: dict[Place, list[tuple[Way, str]]] = {}
    for way, value in one_of_each(tool, record).items():
        if isinstance(value, str) and value in text and isinstance(way[-1], str) and way[-2:-1] != ("submittedValues",):
            beside.setdefault(place_of(way[:-1]), []).append((way, value))
    found = []
    for known in beside.values():
        holder = known[0][0][:-1]
        inner: Any = record
        for step in holder:
            inner = inner[step]
        text = reader().text(tool, replaced(record, holder, {**inner, "newInAshby": "Something"}))
        gone = [(way, value) for way, value in known if way[:-1] == holder and value not in text]
        found += [f"{tool}: {'.'.join(map(str, way))}: {value!r} is gone beside an unknown key" for way, value in gone]
    assert_none(found)


OF_THE_PACKAGE = (Surroundings, FileText)
"""The kinds that the package makes itself, of several replies or of a file."""


def test_every_place_that_the_tables_name_is_in_the_contract() -> None:
    known = {
        kind: {it for operation in OPERATIONS.values() if operation.record() is kind
               for it in places(record_shapes(operation.path))}
        for kind in DECIDES
    }  # fmt: skip
    for table in (DECIDES, NULL_IS_ITS_OWN, SET_BY_WRITES):
        for kind, named in table.items():
            if kind in OF_THE_PACKAGE:
                continue
            wrong = [it for it in named if not any(place[: len(it)] == it for place in known[kind])]
            assert not wrong, (kind, wrong)
    keys = {key for named in known.values() for place in named for key in place}
    assert not LEFT_OUT.keys() - keys


def test_the_tables_know_every_kind_of_record() -> None:
    kinds = {kind for it in OPERATIONS.values() if (kind := it.record())}  # a bulk write has several of another's
    assert kinds == DECIDES.keys()
