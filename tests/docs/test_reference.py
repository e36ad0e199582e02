"""Every public name is on a page of the reference."""

from __future__ import annotations

import importlib

import pytest
from pages import PAGES, read

REFERENCE = "\n".join(read(page) for page in PAGES if page.startswith("docs/reference/"))
PUBLIC = [
    "langchain_ashby",
    "langchain_ashby.agent",
    "langchain_ashby.agent.cards",
    "langchain_ashby.mirror",
    "langchain_ashby.sandbox",
]
INSIDE = {
    "__version__",
    "CARD_VERSION",
    "ReadCache",
    "Evidence",
    "Risk",
    "Seen",
    "differences",
    "facts_after",
    "is_current",
    "only_what_is_on",
    "seen_on",
    "targets",
}
"""Names shared within the package only."""


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    names = set(importlib.import_module(module).__all__) - INSIDE
    assert names
    assert [name for name in sorted(names) if f".{name}\n" not in REFERENCE and f".{name}`" not in REFERENCE] == []
