"""The picture of the agent asking, held against the agent as it is now."""

from __future__ import annotations

import html
import re

import pytest
from pages import PAGES, read
from picture import PICTURE, screen_when_it_asks
from rich.text import Text

_BORDER = "│┃"


@pytest.fixture(scope="module")
def screen() -> list[Text]:
    return screen_when_it_asks()


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_card_on_the_picture_is_the_one_that_the_agent_shows(screen: list[Text]) -> None:
    drawn = re.findall(r"<text[^>]*>(.*?)</text>", PICTURE.read_text("utf-8"))
    shown = words(html.unescape(" ".join(drawn)).replace("\xa0", " "))
    card = [words(line.plain.strip(f" {_BORDER}")) for line in screen if line.plain[:1] in _BORDER]
    said = [line for line in card if line]
    assert len(said) > 5, "the agent shows no card"
    assert [line for line in said if line not in shown] == [], "run `make regenerate`"


def test_the_card_on_the_picture_has_the_warning_that_the_pages_speak_of(screen: list[Text]) -> None:
    told = [page for page in PAGES if re.search(r"!\[[^\]]*with a warning[^\]]*\]\([^)]*asking\.svg\)", read(page))]
    assert told == ["docs/approvals.md"]
    shown = [words(line.plain) for line in screen]
    assert any("No accepted offer is known" in line for line in shown), shown


def test_the_picture_fetches_nothing() -> None:
    picture = PICTURE.read_text("utf-8")
    assert re.findall(r"<image|<script|@import|@font-face|href", picture) == []
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", picture))
