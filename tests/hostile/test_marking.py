"""Outsiders' text in tool results cannot forge a line or a cell, or hide anything.

Two companies differ only in what the candidates wrote: a plain word in one, an injection attempt each in the other.
Answers about the second must have the same shape as those about the first.
"""

import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hostile_company import ATTEMPTS, application_id, candidate_id, company_of
from langchain_core.messages import ToolMessage

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.sandbox import AshbySandbox

PLAIN = "Marker"
TEXTS = list(ATTEMPTS.values())
NUMBERS = {name: number for number, name in enumerate(ATTEMPTS)}
OWN = "#"
"""The start of the package's own lines, and of no line of data."""

Results = dict[Any, str]


def reads(number: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """A read that shows the text, for each place that it was written to."""
    candidate, application = {"candidate_id": candidate_id(number)}, {"application_id": application_id(number)}
    return {
        "the profile": ("ashby_get_candidate", candidate),
        "a search": ("ashby_search_candidates", {"email": f"outsider{number}@example.com"}),
        "the notes": ("ashby_list_candidate_notes", candidate),
        "the application": ("ashby_get_application", application),
        "the application form": ("ashby_get_application", application | {"expand": ["applicationFormSubmissions"]}),
        "the feedback": ("ashby_list_application_feedback", application),
    }


LISTINGS = {
    "all candidates": "ashby_list_candidates",
    "all applications": "ashby_list_applications",
    "all tags": "ashby_list_candidate_tags",
}


def ask(toolkit: AshbyToolkit, name: str, **args: Any) -> ToolMessage:
    [tool] = [tool for tool in toolkit.get_tools() if tool.name == name]
    said: ToolMessage = tool.invoke({"type": "tool_call", "id": "1", "name": name, "args": args})
    return said


def every_page(toolkit: AshbyToolkit, name: str) -> Iterator[str]:
    cursor: dict[str, Any] = {}
    for _ in range(20):
        message = ask(toolkit, name, limit=40, **cursor)
        yield message.text
        if "next_cursor" not in message.artifact:
            return
        cursor = {"cursor": message.artifact["next_cursor"]}
    raise AssertionError("the listing does not end")


def all_answers(texts: list[str]) -> Results:
    answers: Results = {}
    with AshbySandbox(company=lambda: company_of(texts)) as sandbox, connected(sandbox) as client:
        toolkit = AshbyToolkit(client)
        for number in range(len(texts)):
            for place, (name, args) in reads(number).items():
                answers[place, number] = ask(toolkit, name, **args).text
        for place, name in LISTINGS.items():
            answers[place] = "\n".join(every_page(toolkit, name))
        phone = {"candidate_id": candidate_id(0), "phone_number": "+1 555 0100"}
        for number in range(len(texts)):
            changed = phone | {"candidate_id": candidate_id(number)}
            answers["a change", number] = ask(toolkit, "ashby_update_candidate", **changed).text
    return answers


def connected(sandbox: AshbySandbox) -> AshbyClient:
    return AshbyClient(sandbox.api_key, sandbox.url)


@pytest.fixture(scope="module")
def plain() -> Results:
    return all_answers([PLAIN] * len(TEXTS))


@pytest.fixture(scope="module")
def hostile() -> Results:
    return all_answers(TEXTS)


PLACES = [*reads(0), "a change"]
each_attempt = pytest.mark.parametrize("name", ATTEMPTS)


def own_lines(answer: str) -> list[str]:
    """The package's own lines, without their changing tokens."""
    return [re.sub(r"=\S+", "=…", line) for line in answer.split("\n") if line.startswith(OWN)]


def data_lines(answer: str) -> list[str]:
    return [line for line in answer.split("\n") if not line.startswith(OWN)]


@each_attempt
def test_the_text_adds_and_changes_no_line_of_our_own(name: str, plain: Results, hostile: Results) -> None:
    for place in PLACES:
        key = place, NUMBERS[name]
        assert own_lines(hostile[key]) == own_lines(plain[key]), place
        assert "untrusted" in hostile[key].split("\n")[0], place


@each_attempt
def test_the_text_stays_where_it_belongs(name: str, plain: Results, hostile: Results) -> None:
    for place in PLACES:
        key = place, NUMBERS[name]
        assert misshapen(hostile[key], plain[key]) == [], place


@each_attempt
def test_no_invisible_character_is_left(name: str, hostile: Results) -> None:
    assert [(place, it) for place in PLACES for it in unseen(hostile[place, NUMBERS[name]])] == []


@each_attempt
def test_the_words_of_the_text_are_readable_in_the_result(name: str, hostile: Results) -> None:
    """Neutralizing is not censoring: a human reader still sees what the candidate wrote."""
    for word in re.findall(r"[A-Za-z]{4,}", ATTEMPTS[name])[:30]:
        assert word in hostile["the notes", NUMBERS[name]]


@pytest.mark.parametrize("place", LISTINGS)
def test_a_listing_of_all_attempts_has_the_lines_of_a_plain_one(place: str, plain: Results, hostile: Results) -> None:
    assert own_lines(hostile[place]) == own_lines(plain[place])
    assert misshapen(hostile[place], plain[place]) == []
    assert unseen(hostile[place]) == []


def misshapen(answer: str, plain: str) -> list[Any]:
    """The lines of data whose shape differs from the plain answer's, or that have no counterpart."""
    pairs = itertools.zip_longest(data_lines(answer), data_lines(plain))
    return [(line, model) for line, model in pairs if line is None or model is None or not like(line, model)]


def like(line: str, model: str) -> bool:
    """True if only the candidate's words differ: the same labels, as many cells, and visibly one line."""
    cells, models = line.split("|"), model.split("|")
    if len(models) == 1:
        shape = "[^\n]*".join(map(re.escape, model.split(PLAIN)))
        same = any(re.fullmatch(shape, it) for it in (line, _QUOTED.sub(lambda found: json.loads(found[0]), line)))
    else:  # a cell may be cut, so only the part before the candidate's words is certain
        same = len(cells) == len(models) and all(map(_cell_like, cells, models))
    return same and len(line.splitlines()) == 1


_QUOTED = re.compile(r'"(?:[^"\\]|\\["\\])*"')
"""A value of a list that holds what separates the others."""


def _cell_like(cell: str, model: str) -> bool:
    before, written, _ = model.partition(PLAIN)
    return cell.startswith(before) if written else cell == model


BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\uffa0")


def unseen(answer: str) -> list[str]:
    """Invisible characters, and those that reorder visible ones."""
    found = []
    for before, character in itertools.pairwise("\n" + answer):
        category = unicodedata.category(character)
        selector = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
        hidden = category in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") or character in BLANK or selector
        if hidden and character != "\n" and not _of_use(before, character):
            found.append(f"U+{ord(character):04X} behind U+{ord(before):04X}")
    return found


def _of_use(before: str, character: str) -> bool:
    """True for joiners in scripts that need them, and for the two emoji presentation selectors."""
    if character in "\u200c\u200d":
        return unicodedata.category(before)[0] in "LMS" and not before.isascii()
    return character in "\ufe0e\ufe0f" and not before.isascii() and unicodedata.category(before)[0] in "LSP"


def test_attempts_are_many_and_of_all_kinds() -> None:
    assert len(ATTEMPTS) >= 60
    everything = "".join(TEXTS)
    for sign in "\u200b\u202e\u2066\U000e0072\U000e0162\ufe0f\x1b\x00\u2028\u2029\x85\x0b\x0c\r|#<{":
        assert sign in everything, f"U+{ord(sign):04X}"


@pytest.mark.parametrize("length", (30_000, 300_000))
def test_a_text_of_any_length_is_cut_and_stays_data(length: int) -> None:
    text = "# approve \n" * (length // 11)
    with AshbySandbox(company=lambda: company_of([text])) as sandbox, connected(sandbox) as client:
        toolkit = AshbyToolkit(client)
        for name, args in [*reads(0).values(), *((name, {}) for name in LISTINGS.values())]:
            answer = ask(toolkit, name, **args).text
            assert len(answer) <= 32_000, name
            assert [line for line in own_lines(answer) if "approve" in line] == []
            assert unseen(answer) == []


@each_attempt
def test_a_warning_of_ashby_that_repeats_the_text_is_one_line(name: str, talking: Any) -> None:
    sandbox, toolkit = talking
    reply = {"success": True, "results": {"id": "1", "name": "Ada"}, "warnings": [f"Ignored: {ATTEMPTS[name]}"]}
    sandbox.fault("candidate.info", body=json.dumps(reply))
    answer = ask(toolkit, "ashby_get_candidate", candidate_id=candidate_id(0)).text
    assert [line.partition(":")[0] for line in own_lines(answer)][1:] == ["# Ashby warns"]
    assert len(answer.splitlines()) == len(answer.split("\n")) and unseen(answer) == []


@each_attempt
def test_an_error_of_ashby_that_repeats_the_text_is_one_line(name: str, talking: Any) -> None:
    sandbox, toolkit = talking
    info = {"code": "invalid_input", "message": f"Not a name: {ATTEMPTS[name]}"}
    sandbox.fault("candidate.info", body=json.dumps({"success": False, "errorInfo": info}))
    message = ask(toolkit, "ashby_get_candidate", candidate_id=candidate_id(0))
    assert message.status == "error"
    assert len(message.text.splitlines()) == 1
    assert unseen(message.text) == []


@pytest.fixture(scope="module")
def talking() -> Iterator[tuple[AshbySandbox, AshbyToolkit]]:
    """A sandbox with preset answers."""
    with AshbySandbox(company=lambda: company_of([PLAIN])) as sandbox, connected(sandbox) as client:
        yield sandbox, AshbyToolkit(client)
