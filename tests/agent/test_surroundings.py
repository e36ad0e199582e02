"""The model is told the day, the key and the user, and what it was sent before keeps its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from office import approve, made, thread, user
from two_users import Ashby

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent.messages.stamps import stamped, with_stamp
from langchain_ashby.agent.run import surroundings
from langchain_ashby.agent.run.context import SettingsError
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.sandbox import AshbySandbox

Sent = list[list[tuple[str, Any]]]


@pytest.fixture
def ashby() -> Iterator[Ashby]:
    with AshbySandbox(candidates=12) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=5) as client:
        yield Ashby(sandbox, client)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment that the agent takes for now; a test may change it."""
    moment = [datetime(2026, 11, 2, 23, 30, tzinfo=UTC)]

    class Clock:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return moment[0].astimezone(zone)

    monkeypatch.setattr(surroundings, "datetime", Clock)
    return moment


def agent(ashby: Ashby, *script: Any) -> tuple[Any, Sent]:
    """An agent, and what its model is sent at each call."""
    sent: Sent = []

    class Listening(ScriptedChatModel):
        def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            sent.append([(it.type, it.content) for it in messages])
            return super()._generate(messages, *args, **kwargs)

    model = Listening(script=lines(*script))
    toolkit = AshbyToolkit(ashby.client)
    return create_recruiting_agent(model, toolkit, checkpointer=InMemorySaver(), act_for="anyone"), sent


def test_each_message_of_the_user_says_the_day_the_key_and_the_user(ashby: Ashby, today: list[datetime]) -> None:
    graph, sent = agent(ashby, "Hello.")
    graph.invoke(user("Hi."), thread(), context={"on_behalf_of": ashby.ben["id"], "time_zone": "Asia/Tokyo"})
    name = f"{ashby.ben['firstName']} {ashby.ben['lastName']}"
    assert sent[0][1] == (
        "human",
        f'(today is Tuesday 3 November 2026, Asia/Tokyo; the API key is "key-1"; you act for the user '
        f'"{name}" (user_id {ashby.ben["id"]}))\nHi.',
    )


def test_what_was_sent_before_is_sent_again_byte_by_byte(ashby: Ashby, today: list[datetime]) -> None:
    graph, sent = agent(ashby, say("", made("ashby_list_sources", {})), "Done.", "Again.")
    config = thread()
    graph.invoke(user("Hi."), config)
    today[0] = datetime(2026, 11, 5, 9, tzinfo=UTC)
    graph.invoke(user("And now?"), config)
    for before, after in pairwise(sent):
        assert after[: len(before)] == before
    assert "Monday 2 November" in sent[-1][1][1] and "Thursday 5 November" in sent[-1][-1][1]
    assert len([it for it in ashby.sandbox.requests() if it["endpoint"] == "apiKey.info"]) == 1


def test_after_a_pause_of_days_the_answer_says_the_new_day(ashby: Ashby, today: list[datetime]) -> None:
    graph, sent = agent(ashby, say("", ashby.note()), "Done.")
    config = thread()
    graph.invoke(user("Hi."), config)
    today[0] = datetime(2026, 11, 5, 9, tzinfo=UTC)
    graph.invoke(Command(resume=approve()), config)
    kind, told = sent[-1][-1]
    assert kind == "tool" and told.splitlines()[-1].startswith("# today is Thursday 5 November 2026, UTC")
    assert sent[-1][: len(sent[0])] == sent[0]
    assert "today is" not in str(graph.get_state(config).values["messages"])


async def test_under_asyncio_it_is_said_too(ashby: Ashby, today: list[datetime]) -> None:
    graph, sent = agent(ashby, "Hello.")
    await graph.ainvoke(user("Hi."), thread(), context={"on_behalf_of": ashby.ben["id"]})
    assert "Monday 2 November" in sent[0][1][1] and ashby.ben["id"] in sent[0][1][1]


def test_a_key_that_may_not_tell_its_name_is_left_out(ashby: Ashby, today: list[datetime]) -> None:
    ashby.sandbox.fault("apiKey.info", status=403, body="{}")
    graph, sent = agent(ashby, "Hello.", "Again.")
    config = thread()
    graph.invoke(user("Hi."), config)
    assert sent[0][1][1] == "(today is Monday 2 November 2026, UTC)\nHi."
    graph.invoke(user("Hi again."), config)
    assert "key-1" in sent[1][-1][1] and sent[1][:2] == sent[0][:2]


def test_there_is_no_other_zone_than_those_that_exist(ashby: Ashby) -> None:
    graph, _ = agent(ashby, "Hello.")
    with pytest.raises(SettingsError, match="there is no time zone 'Europe/Atlantis'"):
        graph.invoke(user("Hi."), thread(), context={"time_zone": "Europe/Atlantis"})


def test_a_stamp_stands_before_what_a_user_says_and_after_an_answer() -> None:
    said = HumanMessage([{"type": "text", "text": "Hi."}], id="1")
    messages: list[AnyMessage] = [said, AIMessage("", id="2"), ToolMessage("Not executed.", id="3", tool_call_id="x")]
    stamps = with_stamp(messages[:1], {}, "Monday")
    assert with_stamp(messages, stamps, "Monday") == stamps
    first, _, answer = stamped(messages, with_stamp(messages, stamps, "Tuesday"))
    assert first.content == [{"type": "text", "text": "(Monday)"}, {"type": "text", "text": "Hi."}]
    assert answer.content == "Not executed.\n# Tuesday"
