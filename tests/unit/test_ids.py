"""The table of ids is true of arguments, tools and results, and covers every argument."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from langchain_ashby.endpoint import Access, Arguments, Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import IDS, Id, ids_of, unknown_id
from langchain_ashby.results.below import BELOW
from langchain_ashby.results.columns import AFTER_WRITING, COLUMNS
from langchain_ashby.toolkit.id_hints import reading

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"

NUMBERS_OF_OTHER_SYSTEMS = {"external_mapping_id", "custom_requisition_id", "requisition_id"}

every_kind = pytest.mark.parametrize("kind", IDS.values(), ids=IDS)


def arguments_of(declared: Any) -> Iterator[tuple[str, FieldInfo]]:
    """The arguments of an operation, including those of nested objects."""
    if isinstance(declared, type) and issubclass(declared, Arguments):
        for name, argument in declared.model_fields.items():
            yield name, argument
            yield from arguments_of(argument.annotation)
    for part in getattr(declared, "__args__", ()):
        yield from arguments_of(part)


def headings(operation: type[Operation[Any]]) -> list[str]:
    record = operation.record()
    below = [BELOW[record].what] if record and record in BELOW else []
    return [column.heading for column in COLUMNS[record]] + below if record else []


def test_every_argument_that_takes_an_id_says_so_by_its_name_and_its_type() -> None:
    for operation in OPERATIONS.values():
        for name, argument in arguments_of(operation):
            by_name = "_id" in name and name not in NUMBERS_OF_OTHER_SYSTEMS and "bool" not in str(argument.annotation)
            assert bool(ids_of(argument)) is by_name, f"{name}: its type belongs into langchain_ashby/ids.py"
            assert name not in ("id", "ids"), "an argument names what its id identifies"


@every_kind
def test_every_id_is_listed_by_a_tool_or_says_why_not(kind: Id) -> None:
    assert bool(kind.listed_by) is not bool(kind.not_listed), f"{kind.argument} needs listed_by or not_listed"
    if kind.listed_by:
        listing = OPERATIONS[kind.listed_by]
        assert listing.access is Access.READ
        assert any(kind.argument in heading for heading in headings(listing)), f"{kind.listed_by} does not show it"


@every_kind
def test_every_id_is_taken_by_a_tool(kind: Id) -> None:
    assert any(kind in ids_of(argument) for operation in OPERATIONS.values() for _, argument in arguments_of(operation))


@every_kind
def test_an_id_given_by_mistake_is_recognized_by_reads_alone_and_by_three_at_most(kind: Id) -> None:
    assert len(kind.mistaken_for) <= 3
    for argument in kind.mistaken_for:
        assert argument != kind.argument
        assert reading(IDS[argument], ID).access is Access.READ


def test_results_name_ids_as_the_arguments_that_take_them() -> None:
    for columns in (*COLUMNS.values(), *AFTER_WRITING.values()):
        for heading in (column.heading for column in columns if "_id" in column.heading):
            assert any(argument in heading for argument in IDS), heading


def test_the_remedy_for_an_unknown_id_names_the_tool_that_lists_it() -> None:
    known = unknown_id("tag_not_found")
    assert known is not None
    assert known.remedy == "Check tag_id with ashby_list_candidate_tags."
    assert unknown_id("offer_form_not_found") is IDS["offer_form_id"]
    assert IDS["offer_form_id"].remedy == ""
    assert unknown_id("tag") is unknown_id("invalid_input") is unknown_id(None) is None
