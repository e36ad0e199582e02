"""Plain word search finds the right tool for a request. Figures and misses: `python tests/selection`."""

import re
from collections import Counter

from lexical_ranker import UNSEEN, Ranker, Request, names_and_descriptions, read_requests, recall, words

from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS

REQUESTS = read_requests()
EVERY = [*REQUESTS, *read_requests(UNSEEN)]


def test_there_are_enough_requests_without_duplicates() -> None:
    assert len(REQUESTS) >= 150
    twice = [text for text, count in Counter(request.text.casefold() for request in EVERY).items() if count > 1]
    assert not twice


def test_requests_name_only_tools_there_are_and_each_tool_more_than_once() -> None:
    served = Counter(tool for request in REQUESTS for tool in request.tools)
    assert {tool for request in EVERY for tool in request.tools} <= OPERATIONS.keys()
    rare = [name for name in OPERATIONS if served[name] < 2]
    assert not rare, f"add two requests to tests/selection/requests.jsonl for each of {', '.join(rare)}"


def test_requests_are_worded_as_people_word_them() -> None:
    arguments = {name for operation in OPERATIONS.values() for name in operation.model_fields if "_" in name}
    technical = re.compile("|".join([*OPERATIONS, *arguments, r"\b(api|endpoint|cursor|json|tool|argument)s?\b"]), re.I)
    assert [request.text for request in EVERY if technical.search(request.text)] == []


def test_a_third_of_the_requests_is_held_out() -> None:
    held_out = sum(request.held_out for request in REQUESTS) / len(REQUESTS)
    how = 'of the requests are marked "held_out": true in tests/selection/requests.jsonl'
    assert 0.3 <= held_out <= 0.37, f"{held_out:.0%} {how}; it should be a third"


def test_words_lose_their_endings_accents_and_hyphens() -> None:
    assert words("Rejecting the résumés by E-mail, in Ashby") == ["reject", "resum", "e", "mail", "email"]


def test_a_request_without_a_known_word_finds_nothing() -> None:
    request = Request("Xyzzy?", frozenset({"ashby_list_jobs"}), held_out=False)
    ranker = Ranker(names_and_descriptions())
    assert ranker.rank(request.text) == [] and ranker.place(request) is None
    assert recall(ranker, [request]).at_5 == 0


def test_the_right_tool_is_among_the_first_five_for_97_percent() -> None:
    texts = {name: text for name, text in names_and_descriptions().items() if name in BY_DEFAULT}
    row = recall(Ranker(texts), [request for request in REQUESTS if request.tools & texts.keys()])
    assert row.at_5 >= 0.97, f"{row}; which ones: python tests/selection"


def test_it_is_for_97_percent_with_every_tool_that_comes_on_request() -> None:
    row = recall(Ranker(names_and_descriptions()), REQUESTS)
    assert row.at_5 >= 0.97, f"{row}; which ones: python tests/selection"
