"""The table in docs/faults.md matches the matrix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from snapshot import check

from faults.troubles import ALL, ANSWERED, REFUSED, TROUBLES, Outcome, Trouble
from langchain_ashby import errors

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
TABLE = re.compile(r"(<!-- troubles: written by `make regenerate` -->\n).*?(<!-- /troubles -->)", re.DOTALL)
_SHOWN = {ANSWERED: "answered", REFUSED: "refused, and the model is told why"}


def table_of_troubles() -> str:
    rows = [f"| {it.name} | {in_words(it.read)} | {in_words(it.write)} |" for it in TROUBLES]
    return "\n".join(["| what goes wrong | a read | a write |", "|---|---|---|", *rows, ""])


def in_words(outcome: Outcome) -> str:
    shown = _SHOWN.get(outcome.told, f"`{outcome.told}`")
    if (outcome.arrivals == 0 and outcome.told != "ConfigurationError") or outcome.arrivals == ALL:
        shown = f"again, then {shown}"
    return f"{shown}, outcome not known" if outcome.unknown else shown


def test_the_table_of_faults_matches_the_matrix() -> None:
    text = PAGE.read_text("utf-8")
    expected = TABLE.sub(lambda found: found[1] + table_of_troubles() + found[2], text)
    assert TABLE.search(text), "the page has lost the markers around its table"
    check(PAGE, expected)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda it: it.name)
def test_every_trouble_ends_in_an_error_that_there_is_and_leaves_no_doubt(trouble: Trouble) -> None:
    for outcome in (trouble.read, trouble.write, trouble.step or trouble.write, trouble.upload or trouble.write):
        assert outcome.told in _SHOWN or issubclass(getattr(errors, outcome.told), errors.AshbyError)
    assert not trouble.read.unknown, "a read has no outcome that could be unknown"
    assert trouble.write.arrivals <= 1 or not trouble.write.unknown, "what may have happened is not sent again"
    if trouble.write.effect:
        assert trouble.write.unknown or trouble.write.told == ANSWERED, "what has happened is not denied"
