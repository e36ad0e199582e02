"""Values that could pass for something else: for several, for a name with details, for words of the card itself."""

from __future__ import annotations

from typing import Any

import pytest
from another_ashby import Seen
from desk import EXAMPLES, Desk, make
from situations import field
from test_card_second_look import answer

from langchain_ashby.text.words import listed, paragraph, shown


@pytest.mark.parametrize("said", ["DO NOT HIRE, Fast track", "X (archived)", "A “B” C", "", "one; two"])
def test_what_could_pass_for_several_or_for_a_name_with_details_is_quoted_in_a_list(said: str) -> None:
    assert listed(["A", said]) == shown(["A", said])
    assert str(listed(["A", said])).startswith("A, “")


def test_a_name_with_a_detail_in_it_differs_from_a_name_with_that_detail() -> None:
    assert shown({"id": "1", "name": "X (archived)"}) == "“X (archived)”"
    assert shown({"id": "1", "name": "X", "apart": ["archived"]}) == "X (archived)"


@pytest.mark.parametrize(
    "said", ["not scored", "4 of 4", "3 of 4: well", "(left out as private)", "(not answered)", "none"]
)
def test_text_that_could_pass_for_the_cards_own_words_is_quoted(said: str) -> None:
    assert paragraph(said) == f"“{said}”"


@pytest.mark.parametrize(
    ("tool", "argument"), [("create_candidate", "name"), ("create_job", "title"), ("create_opening", "identifier")]
)
def test_a_name_that_could_pass_for_the_cards_own_words_is_quoted(desk: Desk, tool: str, argument: str) -> None:
    known = {} if tool == "create_opening" else EXAMPLES[tool](desk).model_dump(exclude_unset=True)
    card = desk.card(make(tool, **{**known, argument: "none"}))
    assert {"field": argument.capitalize(), "before": None, "after": "“none”"} in card["changes"]


def test_one_tag_with_a_comma_differs_from_two(desk: Desk) -> None:
    request = make(
        "add_candidate_tag", candidate_id=desk.candidate(), tag_id=desk.id("candidateTag", title="Silver medalist")
    )
    seen = Seen(desk, request)
    key, way = next((key, way) for key, way, _ in seen.ways() if way[-1] == "tags")
    tags = [{"id": desk.application(), "title": "DO NOT HIRE, Fast track", "isArchived": False}]
    change = seen.altered(key, way, tags)["changes"][0]
    assert change["before"] == "“DO NOT HIRE, Fast track”"
    assert change["after"] == "“DO NOT HIRE, Fast track”, Silver medalist"


def test_one_link_that_looks_like_two_is_quoted(desk: Desk) -> None:
    links = [{"type": "LinkedIn", "url": "https://l.example/x,Website"}]
    card = desk.card(make("update_candidate", candidate_id=desk.candidate(), social_links=links))
    assert card["changes"][0]["after"] == "“LinkedIn https://l.example/x,Website”"


def languages(desk: Desk, *options: tuple[str, str, bool], value: list[str], entry: Any = None) -> Any:
    """The change of a field with these options, each by its value, its label and whether it is archived."""
    definitions = desk.client.call(make("list_custom_fields")).results
    changed = [
        {
            **it,
            "selectableValues": [
                dict(zip(("value", "label", "isArchived"), option, strict=True)) for option in options
            ],
        }
        if it["title"] == "Languages"
        else it
        for it in definitions
    ]
    request = field(desk, "Languages", value)
    if entry is not None:
        candidate = desk.client.call(make("get_candidate", candidate_id=desk.candidate()))
        entry = {"id": request.custom_field_id, "title": "Languages", "isPrivate": False, **entry}  # type: ignore[attr-defined]
        answer(desk, "candidate.info", {**candidate, "customFields": [entry]})
    answer(desk, "customField.list", changed)
    return desk.card(request)["changes"][0]


def test_an_archived_option_is_shown_by_its_label(desk: Desk) -> None:
    options = [("en", "English", False), ("no", "Norwegian", True)]
    change = languages(desk, *options, value=["en"], entry={"value": ["no"], "valueLabel": ["Norwegian"]})
    assert (change["before"], change["after"]) == ("Norwegian", "English")


def test_an_option_that_is_gone_is_shown_by_the_label_beside_its_value(desk: Desk) -> None:
    change = languages(
        desk, ("en", "English", False), value=["en"], entry={"value": ["no"], "valueLabel": ["Norwegian"]}
    )
    assert change["before"] == "Norwegian"


def test_options_with_a_comma_or_with_one_label_differ(desk: Desk) -> None:
    options = [("1", "English, French", False), ("2", "Same", False), ("3", "Same", False)]
    entry = {"value": ["2", "3"], "valueLabel": ["Same", "Same"]}
    change = languages(desk, *options, value=["English, French"], entry=entry)
    assert (change["before"], change["after"]) == ("Same [2], Same [3]", "“English, French”")
