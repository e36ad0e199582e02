"""Every value that goes over the wire is on the card, in its words as well as among the exact arguments."""

from __future__ import annotations

import html as markup
import io
import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from arguments import arguments
from desk import EXAMPLES, NOW, Desk, make
from hypothesis import HealthCheck, given, settings
from other_values import OTHERS
from rich.console import Console

from langchain_ashby.agent.cards import Card, ReadCache, card_of, html, markdown
from langchain_ashby.agent.cards.show.arguments import resolved
from langchain_ashby.bulk import Bulk
from langchain_ashby.cli.card import panel
from langchain_ashby.endpoint import Access, Endpoint, Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import in_words, parsed

pytestmark = pytest.mark.slow

WRITES = [it for it in OPERATIONS.values() if it.access is Access.WRITE and not issubclass(it, Bulk)]


SAID = ("line", "changes", "consequences", "warnings", "unchecked", "risk")


def words_of(card: Card) -> str:
    # A value that is there already changes nothing, and stands among the facts alone.
    return json.dumps([*(card[it] for it in SAID), resolved(card), sorted(card["facts"])])  # type: ignore[literal-required]


def body_of(request: Operation[Any], card: Card) -> Any:
    return request.wire() if card["sent"] is None or not isinstance(request, Endpoint) else card["sent"]


def test_there_are_other_values_for_every_write() -> None:
    assert OTHERS.keys() == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_calls_that_send_different_bodies_have_different_words(desk: Desk, name: str) -> None:
    example = EXAMPLES[name](desk).model_dump(mode="json", exclude_unset=True)
    calls = [example]
    for argument, values in OTHERS[name](desk).items():
        calls += [{**example, argument: value} for value in values]
    reads = ReadCache(desk.client, now=NOW)
    shown = []
    for call in calls:
        request = make(name, **call)
        shown.append((body_of(request, card := card_of(request, reads)), words_of(card), call))
    for (body, words, call), (other_body, other_words, other) in combinations(shown, 2):
        if body != other_body:
            assert words != other_words, (call, other)


def test_a_text_that_was_left_out_of_a_long_note_is_not_its_end(desk: Desk) -> None:
    note = "A harmless note. " * 300 + "P.S. He is a fraud."
    card = desk.card(make("create_candidate_note", candidate_id=desk.candidate(), note=note))
    said = str(card["changes"][0]["after"])
    assert said.startswith("A harmless note.") and said.endswith("P.S. He is a fraud.")
    assert re.search(r"… \(\d+ more characters\) …", said)


# Every leaf, on generated arguments.


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from leaves(entry)
    else:
        yield value


def spelled(leaf: Any) -> set[str]:
    """How a card may say a value."""
    if leaf is None:
        return {"none", "null"}
    if isinstance(leaf, bool):
        return {"yes", "true"} if leaf else {"no", "false"}
    if isinstance(leaf, str):
        time = parsed(leaf) if re.match(r"\d{4}-\d\d-\d\dT", leaf) else None
        written = {
            visible(leaf),
            visible(json.dumps(leaf, ensure_ascii=False)[1:-1]),
            *([in_words(time)] if time else []),
        }
        return written if leaf else {"empty text", '""'}
    return {str(leaf), json.dumps(leaf), f"{leaf:,}"}


def squeezed(text: str) -> str:
    return re.sub(r"[\s│┃|]+", "", text)


def in_markdown(card: Card) -> str:
    return re.sub(r"\\(?=[^\w\s\\])", "", markdown(card))


def in_html(card: Card) -> str:
    return markup.unescape(re.sub("<[^>]+>", " ", html(card)))


def in_terminal(card: Card) -> str:
    page = io.StringIO()
    Console(width=100, file=page, color_system=None).print(panel(card))
    return page.getvalue()


@pytest.mark.parametrize("operation", WRITES, ids=lambda it: it.tool_name())
def test_every_value_on_the_wire_is_shown(desk: Desk, operation: type[Operation[Any]]) -> None:
    reads = ReadCache(desk.client, now=NOW)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(arguments(operation, full=True) | arguments(operation))
    def check(args: dict[str, Any]) -> None:
        request = operation.model_validate(args)
        card: Card = {**card_of(request, reads), "args": args}
        bodies = [it["body"] for it in (card["sent"] or {}).values()]
        wanted = [*leaves(request.wire()), *leaves(bodies)]
        for page in (in_markdown(card), in_html(card), in_terminal(card)):
            page = squeezed(page)
            for leaf in wanted:
                if leaf == "text/plain":  # what every note is that is not said to be HTML
                    continue
                if leaf == "text/html" and operation.path == "jobPosting.update":  # what the text of every posting is
                    continue
                assert any(squeezed(it) in page for it in spelled(leaf)), (leaf, args)

    check()
