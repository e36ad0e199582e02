"""A turn at the terminal, with and without streaming."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.cli.session import Reached, Session
from langchain_ashby.cli.stream import _finished
from langchain_ashby.demo.scripted import Line, ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

TEXT = "First paragraph.\n\n- one\n- two\n\n```\ncode\n\nmore code\n```\n\nThe *last* one."


@pytest.fixture
def toolkit(sandbox: AshbySandbox) -> Iterator[AshbyToolkit]:
    with AshbyClient(sandbox.api_key, sandbox.url) as client:
        yield AshbyToolkit(client)


def shown(toolkit: AshbyToolkit, *, terminal: bool, streaming: bool) -> str:
    script = lines(say("I look.", call("ashby_list_users")), TEXT)
    model = ScriptedChatModel(script=script, disable_streaming=not streaming)
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=terminal, color_system=None, highlight=False)
    session = Session(create_recruiting_agent(model, toolkit), "thread", console)
    assert session.say("Who?") is Reached.THE_END
    return out.getvalue()


@pytest.mark.parametrize("streaming", [True, False])
def test_an_answer_is_shown_once_whether_or_not_the_model_streams(toolkit: AshbyToolkit, streaming: bool) -> None:
    plain = shown(toolkit, terminal=False, streaming=streaming)
    assert plain.count("Agent: I look.") == 1 and plain.count(f"Agent: {TEXT}") == 1
    assert "✓ List users  13 records" in plain and "\x1b" not in plain


@pytest.mark.parametrize("streaming", [True, False])
def test_at_a_terminal_finished_paragraphs_stay(
    toolkit: AshbyToolkit, streaming: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    laid_out = shown(toolkit, terminal=True, streaming=streaming)
    *_, end = laid_out.split("\x1b[?25l")[-1].split("List users")
    for words in ("First paragraph.", " • one", " • two", "more code", "The last one."):
        assert words in end
    assert laid_out.count("Agent:") == 2


def test_a_person_is_told_once_when_the_models_window_is_full(toolkit: AshbyToolkit) -> None:
    listing = say("", call("ashby_list_candidates", limit=50))
    spoken: list[Line] = [listing, "There."]
    model = ScriptedChatModel(script=lines(*spoken * 6))
    out = io.StringIO()
    console = Console(file=out, width=80, color_system=None, highlight=False)
    session = Session(create_recruiting_agent(model, toolkit, max_context_tokens=20_000), "thread", console)
    told = []
    for _ in range(6):
        session.say("List them.")
        told.append(out.getvalue().count("no longer fits the model's window"))
    assert told[0] == 0 and told[-1] == 1, told


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("", ""),
        ("One", ""),
        ("One\n\nTwo", "One\n\n"),
        ("- a\n- b\n\n- c", ""),
        ("```\na\n\nb", ""),
        ("```\na\n\nb\n```\nc", "```\na\n\nb\n```\n"),
        ("# Title\ntext", "# Title\n"),
        ("| a |\n|---|\n| 1 |", ""),
    ],
)
def test_a_block_is_finished_when_no_further_text_can_change_it(text: str, finished: str) -> None:
    assert text[: _finished(text)] == finished
