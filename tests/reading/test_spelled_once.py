"""Ids have one spelling in all that a model reads, so that what two answers say can be joined."""

from __future__ import annotations

import re
from typing import Any

import pytest
from prepared import reader
from replies import MARK, replaced, ways, whole
from telling import LISTINGS, TOOLS, assert_none, shown_ways

from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import UUID_FORM, short

UUID = re.compile(UUID_FORM, re.IGNORECASE)
WRITTEN = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
"""An id in a text that somebody wrote."""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize("tool", TOOLS)
def test_an_id_is_never_spelled_as_ashby_does(tool: str, number: int) -> None:
    if number > 1 and tool not in LISTINGS:
        return
    record = whole(OPERATIONS[tool])
    record = {key: it for key, it in record.items() if key != "customRequisitionId"}  # the organization's own
    text = reader().text(tool, *[record] * number)
    assert_none([f"{tool}: {it}" for it in UUID.findall(text)])


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize("tool", LISTINGS)
def test_an_id_reads_the_same_in_short_and_long_listings(tool: str, number: int) -> None:
    record = whole(OPERATIONS[tool])
    spare = "applicationIds" if tool == "ashby_list_candidates" else ""  # long listings have only their number
    shown = {
        it for way, it in shown_ways(tool, record) if isinstance(it, str) and UUID.fullmatch(it) and spare not in way
    }
    one, many = reader().text(tool, record), reader().text(tool, *[record] * number)
    assert_none([f"{tool}: {it}" for it in shown if short(it) in one and short(it) not in many])


@pytest.mark.parametrize("tool", TOOLS)
def test_an_id_in_what_somebody_wrote_stays_as_it_is(tool: str) -> None:
    record = whole(OPERATIONS[tool])
    texts = [way for way, it in ways(record) if isinstance(it, str) and MARK.fullmatch(it) and not _is_id(way[-1])]
    written = {way: WRITTEN.replace("f81d", f"{number:04x}") for number, way in enumerate(texts)}
    for way, it in written.items():
        record = replaced(record, way, f"see {it}")
    said = reader().text(tool, record)
    assert_none([f"{tool}: {'.'.join(map(str, way))}" for way, it in written.items() if short(it) in said])


def _is_id(key: Any) -> bool:
    return str(key).lower().endswith(("id", "ids"))
