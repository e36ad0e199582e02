"""A turn at the terminal, with and without streaming."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from rich.console import Console

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent import ApprovalPolicy, audit_trail
from langchain_ashby.cli.session import Reached, Session, show_last_exchange
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


def noting(sandbox: AshbySandbox, toolkit: AshbyToolkit, hold: dict[str, timedelta]) -> tuple[Reached, str, list[str]]:
    """Two messages with a note each, approved by --yes: how it ends, what is shown, and the outcomes."""
    candidate = sandbox.records("candidate")[0]["id"]
    notes = (call("ashby_create_candidate_note", candidate_id=candidate, note=it) for it in ("One.", "Two."))
    model = ScriptedChatModel(script=lines(*(say("", it) for it in notes), "Done."))
    out = io.StringIO()
    agent = create_recruiting_agent(model, toolkit, policy=ApprovalPolicy(hold=hold))
    session = Session(agent, "thread", Console(file=out, width=80), approve_all=True, reviewer="Ben")
    reached = session.say("Go.")
    assert agent.store
    return reached, out.getvalue(), [it.outcome for it in audit_trail(agent.store)]


def test_yes_approves_what_one_message_after_another_proposes(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    reached, _, outcomes = noting(sandbox, toolkit, {})
    assert (reached, outcomes) == (Reached.THE_END, ["applied", "applied"])


def test_yes_does_not_approve_again_and_again_what_is_held(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    reached, said, outcomes = noting(sandbox, toolkit, {"ashby_create_candidate_note": timedelta(hours=1)})
    assert (reached, outcomes) == (Reached.A_QUESTION, ["held"])
    assert "Approved by Ben; held until" in said


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


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ([], "You: Tag Ada.\nThe agent has not answered this.\n"),
        ([AIMessage("Done.", id="4")], "You: Tag Ada.\nAgent: Done.\n"),
    ],
)
def test_a_resumed_conversation_shows_no_answer_but_that_to_its_last_question(rest: list[AIMessage], told: str) -> None:
    console = Console(file=io.StringIO(), width=80)
    before: list[AnyMessage] = [HumanMessage("Who is Ada?", id="1"), AIMessage("A candidate.", id="2")]
    show_last_exchange([*before, HumanMessage("Tag Ada.", id="3"), *rest], console)
    assert isinstance(console.file, io.StringIO) and console.file.getvalue() == told
