"""Text from outside is shown the same way to people and to models."""

from langchain_ashby.agent.cards.show.arguments import described
from langchain_ashby.results import data_line
from langchain_ashby.text.html import safe
from langchain_ashby.text.markdown import code, code_block
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import folded, named, one_line, paragraph, tool_title

ODD = "a\u202eb\u200bc\x1b[2J"
SHOWN = "a[U+202E]b[U+200B]c[U+001B][2J"


def test_invisible_characters_are_spelled_out_the_same_way_everywhere() -> None:
    for show in (visible, one_line, paragraph, data_line, safe, named, code):
        assert SHOWN in show(ODD), show
    assert SHOWN in "\n".join(code_block(ODD))
    assert SHOWN in described("Create candidate note", {"note": ODD})


def test_text_that_may_have_lines_keeps_them_and_text_on_one_line_shows_where_they_were() -> None:
    assert visible("One.\nTwo.") == paragraph("One.\r\nTwo.") == "One.\nTwo."
    assert one_line(" One. \r\n\r\n Two. ") == "One. ¶ Two."


def test_a_text_on_one_line_is_cut_unless_it_is_to_be_whole() -> None:
    assert one_line("x" * 9, 4) == "xxx…"
    assert one_line("x" * 9_000, None) == "x" * 9_000


def test_names_are_compared_without_case_and_surplus_spaces() -> None:
    assert folded(" Ada  LOVELACE ") == folded("ada lovelace")


def test_a_tool_goes_by_its_title_or_by_its_name_in_words() -> None:
    assert tool_title("ashby_create_job", {"title": "Create a job"}) == "Create a job"
    assert tool_title("ashby_create_job", {}) == "Create job"
    assert tool_title("move_candidate", None) == "Move candidate"
