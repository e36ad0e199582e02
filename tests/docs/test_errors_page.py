"""The table on the page about errors matches the classes."""

from __future__ import annotations

import re

import pytest
from pages import read

from langchain_ashby import errors
from langchain_ashby.errors import AshbyError

_ROW = re.compile(r"^\| (∟*) ?`(\w+)` \| `(\w+)` \| (yes|no) \|", re.MULTILINE)


def kinds(of: type[AshbyError] = AshbyError) -> list[type[AshbyError]]:
    """An error class and its subclasses, in the module's order."""
    return [of, *(kind for child in of.__subclasses__() for kind in kinds(child))]


ROWS = {
    name: (len(depth), code, retryable == "yes")
    for depth, name, code, retryable in _ROW.findall(read("docs/errors.md"))
}


def test_the_page_has_every_kind_of_error_in_its_place() -> None:
    public = [kind.__name__ for kind in kinds() if kind.__module__ == errors.__name__]
    assert list(ROWS) == public


@pytest.mark.parametrize("name", ROWS)
def test_the_page_describes_each_error_as_its_class_does(name: str) -> None:
    kind = getattr(errors, name)
    depth = kind.__mro__.index(AshbyError)
    assert ROWS[name] == (depth, kind.default_code, kind.default_retryable)
