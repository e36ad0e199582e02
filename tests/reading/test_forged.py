"""No text passes for two values: the attack puts into one value what the text shows between it and the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from prepared import reader
from replies import MARK, Way, replaced, ways, whole, without
from telling import EACH_KIND, assert_none, shown_ways

from langchain_ashby.endpoints import OPERATIONS


def attacks(record: Any, text: str, by_mark: dict[str, Way]) -> Iterator[tuple[Way, str, Way, Any]]:
    """Records in which one text says what two said, while the second is gone: null, no key, or no entry of its list."""
    for line in text.split("\n"):
        for one, two in pairwise(found for found in MARK.finditer(line) if found[0] in by_mark):
            first, second = by_mark[one[0]], by_mark[two[0]]
            if (first[-1], second[-1]) == ("firstName", "lastName"):
                continue  # a name is read as one
            forged = line[one.start() : two.end()]
            changed = replaced(record, first, forged)
            for end in range(len(second), 0, -1):
                if first[:end] == second[:end]:
                    break  # what holds both
                yield first, forged, second, without(changed, second[:end])
            yield first, forged, second, replaced(changed, second, None)


@pytest.mark.parametrize("tool", EACH_KIND)
def test_no_text_passes_for_two_values(tool: str) -> None:
    record = whole(OPERATIONS[tool])
    text = reader().text(tool, record)
    texts: dict[Any, list[Way]] = {}
    for way, value in ways(record):
        texts.setdefault(value, []).append(way)
    shown = {way for way, _ in shown_ways(tool, record)}
    by_mark = {
        mark: found[0]
        for mark, found in texts.items()
        if isinstance(mark, str) and MARK.fullmatch(mark) and len(found) == 1 and found[0] in shown
    }
    assert_none(
        [
            f"{tool}: {'.'.join(map(str, first))}: {forged!r} passes for it and {'.'.join(map(str, second))}"
            for first, forged, second, forgery in attacks(record, text, by_mark)
            if reader().text(tool, forgery) == text
        ]
    )
