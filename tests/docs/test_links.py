"""The links between the project's pages. What is only on the built site is checked by `make docs`."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from pages import PAGES, PROJECT, read

_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def links(page: str) -> list[str]:
    """The targets of a page's links and pictures."""
    return _LINK.findall(_CODE.sub("", read(page)))


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    headings = _HEADING.findall(re.sub(r"^```.*?^```", "", read(page), flags=re.DOTALL | re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            assert link.startswith("https://"), link
            continue
        path, _, anchor = link.partition("#")
        target = (PROJECT / page).parent.joinpath(path).resolve() if path else PROJECT / page
        assert target.exists(), link
        name = target.relative_to(PROJECT).as_posix()
        # The anchors of the reference are those of the docstrings, which only the site knows.
        if anchor and PurePosixPath(name).suffix == ".md" and not name.startswith("docs/reference/"):
            assert anchor in anchors(name), link


def test_every_picture_says_what_is_on_it() -> None:
    pictures = [text for page in PAGES for text in re.findall(r"!\[([^\]]*)\]", read(page))]
    assert pictures
    assert all(len(text) > 20 for text in pictures)
