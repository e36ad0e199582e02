"""A toolkit and its tools as HTML for notebooks; no text in it can pose as anything else."""

from __future__ import annotations

import pytest
from markup import HOSTILE, Page

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS
from langchain_ashby.text.html import block, bold, box, code, details, joined, paragraph, table
from langchain_ashby.toolkit import AshbyTool

KEY = "a-key-that-nobody-sees"


def full(text: str) -> str:
    """Every piece of HTML, with this text wherever text can appear."""
    return box(
        paragraph(bold(text), code(text), text),
        details(text, joined(text, block(text)), is_open=True),
        table([text, bold(text)], [[text, code(text)]]),
        table([], [[text, text]]),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_fake_structure(text: str) -> None:
    page, harmless = Page(full(text)), Page(full("word"))
    assert page.is_balanced
    assert (page.tags, page.attributes, page.addresses) == (harmless.tags, harmless.attributes, [])
    assert page.text == harmless.text.replace("word", text)


def test_invisible_characters_are_spelled_out() -> None:
    assert Page(full("a\u202eb\x1b[2J\u200bc")).text.count("a[U+202E]b[U+001B][2J[U+200B]c") == 12


def test_the_page_is_not_that_of_another_theme() -> None:
    shown = full("word") + AshbyToolkit(AshbyClient(KEY))._repr_html_()
    assert "color" not in shown and "background" not in shown
    assert Page(shown).attributes <= {"style", "open"}


def test_a_toolkit_shows_every_tool_with_what_it_may_do_and_needs_and_costs() -> None:
    toolkit = AshbyToolkit(AshbyClient(KEY), toolsets="all")
    page = Page(toolkit._repr_html_())
    assert page.is_balanced and page.tags.count("details") == len(TOOLSETS)
    costs = toolkit.describe()
    reads = sum(tool.access == "read" for tool in costs.tools)
    count = f"{len(OPERATIONS)} tools ({reads} read, {len(OPERATIONS) - reads} write)"
    assert f"{count}, about {costs.total.tokens:,} tokens" in page.text
    for tool in toolkit.describe().tools:
        permissions = ", ".join(OPERATIONS[tool.name].permissions())
        assert f"{tool.name}{tool.access}{permissions}{tool.cost.tokens:,}" in page.text
    assert KEY not in page.text and "https://api.ashbyhq.com" in page.text


MORE = [name for name, it in OPERATIONS.items() if it.on_request]


def test_a_small_toolkit_is_shown_unfolded_and_has_no_empty_toolsets() -> None:
    page = Page(
        AshbyToolkit(AshbyClient(KEY), toolsets=["offers", "openings"], read_only=True, exclude=MORE)._repr_html_()
    )
    assert "5 tools (5 read, 0 write)" in page.text
    assert page.tags.count("details") == 2 and "open" in page.attributes


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_tool_shows_its_description_and_each_argument(name: str) -> None:
    [tool] = AshbyToolkit(AshbyClient(KEY), include=[name]).get_tools()
    assert isinstance(tool, AshbyTool)
    page = Page(tool._repr_html_())
    assert page.is_balanced
    for words in (name, tool.description, *OPERATIONS[name].permissions(), *tool.args):
        assert words in page.text


def test_the_arguments_of_a_tool_are_described_in_words() -> None:
    [tool] = AshbyToolkit(AshbyClient(KEY), include=["ashby_create_interview_schedule"]).get_tools()
    text = Page(tool._repr_html_()).text  # type: ignore[attr-defined]
    assert "interview_eventslist of objects, required" in text
    assert "· start_timestring, required" in text and "· · emailstring, requiredAn Ashby user's." in text
    [tool] = AshbyToolkit(AshbyClient(KEY), include=["ashby_get_user"]).get_tools()
    assert "Exactly one of user_id, email is required." in Page(tool._repr_html_()).text  # type: ignore[attr-defined]
