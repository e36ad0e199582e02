"""The names of the package on the pages lead to what the pages say they are."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator

import pytest
from pages import PAGES, read

import langchain_ashby.agent
import langchain_ashby.agent.cards
import langchain_ashby.sandbox

_NAME = re.compile(r"(?<![\w./-])(langchain_ashby(?:\.\w+)+)(\(?)")
_MEMBER = re.compile(r"(?<![\w./-])([A-Z]\w+)\.([a-z]\w+)(\(?)")
PUBLIC = {
    name: getattr(module, name)
    for module in (langchain_ashby, langchain_ashby.agent, langchain_ashby.agent.cards, langchain_ashby.sandbox)
    for name in module.__all__
}


def named(page: str) -> Iterator[tuple[str, str]]:
    """The dotted names on a page, each with the bracket that makes it a call."""
    text = re.sub(r"https?://[^\s)]+|\(\S+\.(?:md|svg)", "", read(page))
    yield from _NAME.findall(text)
    for owner, member, call in _MEMBER.findall(text):
        if owner in PUBLIC and member not in ("py", "md"):
            yield f"{PUBLIC[owner].__module__}.{owner}.{member}", call


@pytest.mark.parametrize("page", [page for page in PAGES if any(named(page))])
def test_every_name_of_the_package_on_a_page_exists(page: str) -> None:
    for name, call in named(page):
        try:
            found = pkgutil.resolve_name(name)
        except (AttributeError, ImportError) as error:
            pytest.fail(f"{name}: {error}")
        assert callable(found) or not call, f"{name} is called, and is no function"
