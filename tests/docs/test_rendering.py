"""Avoids Markdown that Python-Markdown, which builds the site, reads differently from GitHub."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from pages import PAGES, read

_CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LIST = re.compile(r"\s*(?:\d+\.|[-+*])\s")


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/")])
def test_no_paragraph_is_broken_by_a_line_that_looks_like_a_list(page: str) -> None:
    lines = _CODE.sub("", read(page)).splitlines()
    broken = [
        line
        for before, line in pairwise(lines)
        if _LIST.match(line) and before.strip() and not _LIST.match(before) and not before.startswith("  ")
    ]
    # The second line of an item must not begin that way either.
    broken += [line for line in lines if re.match(r"\s+\d+\. ", line)]
    assert broken == []
