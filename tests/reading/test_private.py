"""What is private is in no text that may not hold it, in any shape, and what is not there counts as nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from prepared import reader
from replies import Way, replaced, ways, whole
from spelled import spellings
from telling import EACH_KIND, TOOLS, assert_none

from langchain_ashby.endpoints import OPERATIONS

PAY = {"compensation", "compensationTierSummary", "salary"}
MONEY = {"CompensationRange", "Currency"}
SENDER = {"submitterClientIp", "submitterUserAgent"}


def is_private(record: Any, way: Way) -> bool:
    """True for pay, what an application was sent from, and the values of private fields."""
    holder, answered = record, False
    form: dict[Any, Any] = {}
    for step in way:
        if step in PAY | SENDER:
            return True
        if isinstance(holder, dict):
            if step in ("value", "valueLabel") and holder.get("isPrivate"):
                return True
            if step in ("value", "minValue", "maxValue", "currencyCode", "interval") and holder.get("currencyCode"):
                return True
            if answered and str(form.get(step)) in MONEY:
                return True
            if step == "submittedValues":
                sections = (holder.get("formDefinition") or {}).get("sections") or ()
                fields = [it.get("field") or {} for part in sections for it in part.get("fields") or ()]
                form, answered = {it.get("path"): it.get("type") for it in fields}, True
        holder = holder[step]
    return False


def private_ways(record: Any) -> Iterator[tuple[Way, Any]]:
    """The private values of a record that no other place holds, too."""
    yield from ((way, value) for way, value in ways(record) if is_private(record, way) and value is not None)


def with_private_fields(record: Any, private: bool) -> Any:
    """The record, its fields private or not."""
    for way, _ in ways(record):
        if way[-1] == "isPrivate" and way[0] != "isPrivate":
            record = replaced(record, way, private)
    return record


def leaks(tool: str, record: Any, private: list[tuple[Way, Any]]) -> list[str]:
    """The private values that stand in the text of a tool that may show none."""
    text = reader(()).text(tool, record)
    telling = [(way, value) for way, value in private if "Zq" in str(value) or _is_number(value)]
    return [
        f"{tool}: {'.'.join(map(str, way))}: {value!r} is in the text"
        for way, value in telling
        if any(it in text for it in spellings(value) if len(it) > 3)
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@pytest.mark.parametrize("tool", TOOLS)
def test_nothing_private_is_shown_unless_it_is_allowed(tool: str) -> None:
    for private in (True, False):
        record = with_private_fields(whole(OPERATIONS[tool]), private)
        assert_none(leaks(tool, record, [*private_ways(record)]))


@pytest.mark.parametrize("gone", [None, ""])
@pytest.mark.parametrize("tool", EACH_KIND)
def test_money_without_its_currency_is_private_too(tool: str, gone: Any) -> None:
    record = with_private_fields(whole(OPERATIONS[tool]), False)
    private = [*private_ways(record)]
    amounts = {way[:-1] for way, _ in private if way[-1] == "currencyCode"}
    for way, _ in private:
        if way[-1] == "currencyCode":
            record = replaced(record, way, gone)
    # An amount like any other number cannot be told from one: pay by its key, a range by its type.
    known = [(way, value) for way, value in private if PAY & set(way) or "submittedValues" in way]
    known += [(way, it) for way, it in private if way[:-1] in amounts and way[-1] == "minValue"]
    assert_none(leaks(tool, record, known))


@pytest.mark.parametrize("tool", EACH_KIND)
def test_nothing_counts_as_hidden_that_is_not_there(tool: str) -> None:
    record = with_private_fields(whole(OPERATIONS[tool]), True)
    emptied = without_private_values(record)
    text = reader(()).text(tool, emptied)
    assert "Left out as private" not in text, f"{tool}: {text.splitlines()[-1]}"


def without_private_values(value: Any) -> Any:
    """The record with null, or nothing in the lists, for all that is private."""
    if isinstance(value, list):
        return [without_private_values(it) for it in value]
    if not isinstance(value, dict):
        return value
    emptied = {key: without_private_values(it) for key, it in value.items()}
    for key in value:
        if key in SENDER | {"salary", "compensationTierSummary"} or (key == "value" and "title" in value):
            emptied[key] = None
        if key == "compensation":
            emptied[key] = {"compensationTiers": [], "summaryComponents": [], "compensationTierSummary": None}
        if key == "submittedValues":
            emptied[key] = {}
    return {key: it for key, it in emptied.items() if key != "valueLabel"}


@pytest.mark.parametrize("value", ["Zq1", 1234, {"value": 1234, "currencyCode": "EUR"}], ids=str)
def test_a_value_that_was_set_and_is_private_does_not_read_like_one_that_was_cleared(value: Any) -> None:
    tool, private = "ashby_set_custom_field_value", not isinstance(value, dict)
    record = {"id": "00000001-1111-4222-8333-444455556666", "title": "Zq0", "isPrivate": private}
    shown = [reader(()).text(tool, {**record, "value": it}).split("\n# Left out")[0] for it in (value, None)]
    assert shown[0] != shown[1]
