"""How people see a question and the audit trail: in a notebook, as Markdown, on one line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, Interrupt
from markup import HOSTILE, Page
from office import approve, made, thread, user
from rich.markdown import Markdown
from writing_room import Room, opened

from langchain_ashby import AshbyToolkit
from langchain_ashby.agent import AuditEntry, PendingApprovals
from langchain_ashby.agent.cards import CARD_VERSION
from langchain_ashby.agent.execution.audit import AuditTrail
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def card(text: str) -> dict[str, Any]:
    return {
        "version": CARD_VERSION, "tool": text, "line": text, "risk": "low", "facts": {}, "targets": [],
        "changes": [{"field": text, "before": text, "after": text}], "consequences": [text], "warnings": [text],
        "unchecked": [text], "links": [], "refers": {}, "sent": None, "private": {},
        "made": "2026-11-02T10:00:00+00:00",
        "beside": {"consequences": [], "warnings": []}, "args": {"note": text},
    }  # fmt: skip


def question(text: str) -> dict[str, Any]:
    """A question with this text wherever outsiders' words can appear, with a card and without."""
    plain = {"name": text, "args": {"note": text, text: [text]}, "description": f"# {text}"}
    return {
        "action_requests": [{**plain, "title": text, "card": card(text)}, plain],
        "review_configs": [{"action_name": text, "allowed_decisions": ["approve", "reject"]}],
        "problem": text,
    }


def entry(text: str) -> AuditEntry:
    return AuditEntry(
        at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC), thread_id=text, call_id=text, tool=text, args={text: text},
        original={text: text}, card=card(text), decision="approve", reviewer=text, decided_at=text, policy="ask",
        outcome="refused", detail=text, request_ids=[text],
    )  # fmt: skip


def test_the_question_of_the_agent_is_shown_with_its_card(room: Room) -> None:
    with room.agent() as graph:
        asked = room.start(graph)
        pending = PendingApprovals(asked)
        assert len(pending) == 1 and pending[0]["name"] == "ashby_create_candidate_note"
        assert repr(pending).splitlines()[0] == "1 change waits for a decision: approve, edit, reject, respond."
        assert repr(pending).splitlines()[1].startswith("1. Add a note to ")
        for shown in (Page(pending._repr_html_()).text, str(pending)):
            assert room.text in shown and "The note is not private." in shown
        other_ways = [graph.get_state(room.config), asked["__interrupt__"], *asked["__interrupt__"]]
        assert {str(PendingApprovals(it)) for it in other_ways} == {str(pending)}
        assert str(PendingApprovals(asked["__interrupt__"][0].value)) == str(pending)
        done = PendingApprovals(room.resume(graph))
    assert not done and repr(done) == "No changes are waiting for a decision."


def test_the_question_of_langchains_own_agent_is_shown_with_the_exact_arguments(room: Room) -> None:
    call = made("ashby_create_candidate_note", {"candidate_id": room.candidate, "note": "<b>Met</b> **today**."})
    toolkit = AshbyToolkit(room.client)
    agent = create_agent(
        ScriptedChatModel(script=lines(say("", call), "Done.")),
        toolkit.get_tools(),
        middleware=[HumanInTheLoopMiddleware(interrupt_on=toolkit.interrupt_on())],  # type: ignore[arg-type]
        checkpointer=InMemorySaver(),
    )
    config = thread()
    pending = PendingApprovals(agent.invoke(user(), config))
    assert repr(pending).endswith("1. Create candidate note")
    assert '"note": "<b>Met</b> **today**."' in Page(pending._repr_html_()).text
    assert "`<b>Met</b> **today**.`" in str(pending)
    assert not PendingApprovals(agent.invoke(Command(resume=approve()), config))


def test_several_interrupts_are_shown_in_their_order_and_others_left_out() -> None:
    several = [Interrupt(question("one")), Interrupt("How old are you?"), Interrupt(question("two"))]
    assert [it["name"] for it in PendingApprovals({"__interrupt__": several})] == ["one", "one", "two", "two"]
    assert not PendingApprovals(Interrupt({"question": "How old are you?"}))


@pytest.mark.parametrize("other", [None, 5, "approve"])
def test_a_value_that_is_not_a_question_is_refused(other: Any) -> None:
    with pytest.raises(TypeError, match=type(other).__name__):
        PendingApprovals(other)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "shown",
    [
        lambda text: PendingApprovals(question(text))._repr_html_(),
        lambda text: entry(text)._repr_html_(),
        lambda text: AuditTrail([entry(text)])._repr_html_(),
    ],
    ids=["question", "entry", "trail"],
)
def test_no_text_can_fake_structure_in_html(shown: Any, text: str) -> None:
    page, harmless = Page(shown(text)), Page(shown("word"))
    assert page.is_balanced and text in page.text
    assert (page.tags, page.attributes, page.addresses) == (harmless.tags, harmless.attributes, [])


@pytest.mark.parametrize("text", [*HOSTILE, "# Approved", "---", "[click](https://evil.example)", "1. first"])
def test_no_text_can_fake_structure_in_markdown(text: str) -> None:
    def structure(words: str) -> list[str]:
        pieces = Markdown(str(PendingApprovals(question(words)))).parsed
        kinds = [kind for it in pieces for kind in (it.type, *(inner.type for inner in it.children or []))]
        return [kind for kind in kinds if kind not in ("text", "code_inline")]

    assert structure(text) == structure("word")


def test_the_audit_trail_is_a_table_and_an_entry_has_everything(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        room.config["configurable"]["reviewer"] = "kim@example.com"
        room.resume(graph)
    trail = AuditTrail(room.trail())
    table = Page(trail._repr_html_())
    assert table.tags.count("tr") == 2 and "approve by kim@example.comapplied" in table.text
    assert repr(trail).endswith(f"applied: {trail[0].card['line']}")  # type: ignore[index]
    page = Page(trail[0]._repr_html_())
    for words in (trail[0].tool, trail[0].thread_id, *trail[0].request_ids, room.text):
        assert str(words) in page.text
    assert "no entries" in Page(AuditTrail()._repr_html_()).text and repr(AuditTrail()) == "no entries"


@pytest.mark.parametrize(
    "value",
    [
        {"action_requests": "approve this"},
        {"action_requests": [1]},
        {"action_requests": [{"action": "delete"}]},
        {"action_requests": 7, "review_configs": None},
    ],
)
def test_an_interrupt_of_another_program_in_the_same_store_is_left_out(value: Any) -> None:
    assert not PendingApprovals([Interrupt(value=value, id="foreign")])


def test_a_request_without_review_configs_is_still_shown() -> None:
    [action] = PendingApprovals({"action_requests": [{"name": "move", "args": {}}], "review_configs": [{}]})
    assert action["name"] == "move"
