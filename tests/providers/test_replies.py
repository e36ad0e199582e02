"""What a model may reply: cut off, garbled, refused, empty, again and again. Then the thread goes on all the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "agent"))  # the tests of the agent have the office

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.types import Command
from office import Office, approve, assert_sendable, results, thread, user
from recorder import Answer
from talking import CHAT, CLAUDE, FLASH, OK, RESPONSES, WIRES, Said, Step, Wire, serving, streamed

from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.messages.reply import BROKEN_OFF, Ending, Overheard, ended_early, understood

WHOLE = json.dumps({"candidate_id": "ada", "stage": "Offer, but not before the reference check"})
HALF = WHOLE[: WHOLE.index(" before")]
READ = ("get_candidate", '{"candidate_id": "ben"}')
PROPOSAL = Said("I propose it.", (("move_candidate", '{"candidate_id": "cy", "stage": "Hired"}'),))
MOMENTS = ("idle", "pending", "approved")


def write(raw: str = WHOLE) -> tuple[str, str]:
    return "move_candidate", raw


@dataclass(frozen=True)
class Fault:
    """A reply, what each of its calls is answered, and the reason if the turn ends with it.

    Some have no meaning unless arguments are sent as text, or unless the reply is streamed. `again`: the model is asked
    once more, and a second reply like it ends the turn.
    """

    said: Said
    answered: str = ""
    ended: str | None = None
    wires: Sequence[Wire] = WIRES
    raw_only: bool = False
    streamed_only: bool = False
    again: bool = False


CUT = "Not executed. The message was cut off at its length limit, so nothing was done."
NOT_JSON = "Not executed. The arguments of move_candidate are not a JSON object."
UNKNOWN = "Not executed. There is no tool "

FAULTS = {
    "a cut-off write": Fault(Said("So.", (write(HALF),), "length"), CUT),
    "a cut-off message with a whole write": Fault(Said("", (write(),), "length"), CUT),
    "a cut-off message with a whole read": Fault(Said("", (READ, write(HALF)), "length"), CUT),
    "a cut-off write that is said to be whole": Fault(Said("", (write(HALF),)), NOT_JSON, raw_only=True),
    "arguments that are no JSON": Fault(Said("", (write('{"stage": "He said "hi""}'),)), NOT_JSON, raw_only=True),
    "a list of arguments": Fault(Said("", (write('["ada"]'),)), NOT_JSON, wires=(CHAT, CLAUDE), streamed_only=True),
    "null for arguments": Fault(Said("", (write("null"),)), NOT_JSON, wires=(CHAT, CLAUDE), streamed_only=True),
    "a name with a dot": Fault(Said("", (("multi_tool_use.parallel", "{}"),)), UNKNOWN),
    "a name with a channel": Fault(Said("", (("get_candidate<|channel|>commentary", "{}"),)), UNKNOWN),
    "a name with a space": Fault(Said("", (("functions.get candidate", "{}"),)), UNKNOWN),
    "a long name": Fault(Said("", (("x" * 300, "{}"),)), UNKNOWN),
    "no name": Fault(Said("", (("", "{}"),)), UNKNOWN, wires=(CHAT, RESPONSES, CLAUDE)),
    "an odd id": Fault(Said("", (("nope", "{}"),), ids=("functions.nope:0",)), UNKNOWN),
    "a long id": Fault(Said("", (("nope", "{}"),), ids=("c" * 100,)), UNKNOWN),
    "one id for two calls": Fault(
        Said("", (write(), write()), ids=("a", "a")), "Not executed. Several calls in one", wires=(CHAT, CLAUDE)
    ),
    "an empty reply": Fault(Said(), again=True, ended="empty"),
    "a blank reply": Fault(Said(" \n"), again=True, ended="empty"),
    "half a stream": Fault(Said("The", end="nothing"), again=True, ended="broken_off", streamed_only=True),
    "a call that could not be read": Fault(Said(end="malformed"), again=True, ended="malformed", wires=(FLASH,)),
    "half a sentence": Fault(Said("Moved Ada, Ben and", end="length"), ended="length"),
    "no sentence at all": Fault(Said(end="length"), ended="length"),
    "a filtered answer": Fault(Said("Her", end="filter"), ended="content_filter", wires=(CHAT, RESPONSES, FLASH)),
    "a filtered write": Fault(
        Said("", (write(),), "filter"),
        "Not executed. The provider's content filter",
        ended="content_filter",
        wires=(CHAT, RESPONSES, FLASH),
    ),
    "a refusal": Fault(Said("I would", end="refusal"), ended="refusal", wires=(CLAUDE,)),
    "a refusal in words": Fault(Said(refusal="I will not.", end="refusal"), ended="refusal", wires=(RESPONSES,)),
}


class Talk:
    """A thread with a model server behind it."""

    def __init__(self, wire: Wire, *steps: Step, streaming: bool, **options: Any) -> None:
        self.server, model = serving(wire)
        self.server.steps = list(steps)
        self.server.requests.clear()
        self.server.refused.clear()
        self.office = Office()
        self.agent = create_recruiting_agent(model, self.office, **options)
        self.config = thread()
        self._streaming = streaming

    def goes_on(self, start: Any) -> list[Any]:
        """The messages after this input."""
        if self._streaming:
            for _ in self.agent.stream(start, self.config, stream_mode=["messages", "updates"], durability="sync"):
                pass
        else:
            self.agent.invoke(start, self.config)
        return self.messages()

    def messages(self) -> list[Any]:
        return list(self.agent.get_state(self.config).values["messages"])

    def at(self, moment: str, *steps: Step) -> Any:
        """Brings a new thread to a moment, and returns the input with which it goes on there."""
        self.config = thread()
        self.office.writes.clear()
        self.server.steps = [OK] if moment == "idle" else [PROPOSAL]
        self.goes_on(user("Please do it."))
        self.server.steps = list(steps)
        self.server.requests.clear()
        return Command(resume=approve()) if moment == "approved" else user("And this.")


def cases() -> list[Any]:
    return [
        pytest.param(wire, streaming, fault, id=f"{wire.name}, {'streamed' if streaming else 'whole'}: {name}")
        for wire in WIRES
        for streaming in (True, False)
        for name, fault in FAULTS.items()
        if wire in fault.wires
        and (streaming or not fault.streamed_only)
        and (streaming in wire.has_raw_arguments or not fault.raw_only)
    ]


@pytest.mark.parametrize(("wire", "streaming", "fault"), cases())
def test_a_reply_that_is_not_whole_does_nothing_and_ends_no_thread(wire: Wire, streaming: bool, fault: Fault) -> None:
    talk = Talk(wire, streaming=streaming)
    # What a moment changes comes after the message is understood: by then all wires and whole replies are alike.
    for moment in MOMENTS if streaming and wire == fault.wires[0] else MOMENTS[-1:]:
        start = talk.at(moment, *[fault.said] * (2 if fault.again else 1))
        before = len(talk.messages())
        messages = talk.goes_on(start)[before:]
        assert talk.server.refused == []
        assert not talk.agent.get_state(talk.config).interrupts
        written = [("cy", "Hired")] if moment == "approved" else []
        assert (talk.office.writes, talk.office.reads) == (written, [])
        told = [it for it in messages if isinstance(it, ToolMessage) and it.text.startswith(fault.answered)]
        assert len(told) >= len(fault.said.calls) if fault.answered else not fault.said.calls
        assert ended_early(messages[-1]) == fault.ended
        assert "[" in messages[-1].text if fault.ended else messages[-1].text == OK.text
        assert talk.goes_on(user("Go on."))[-1].text == OK.text
        assert talk.server.refused == []
        assert talk.office.writes == written
        assert_sendable(talk.messages())


@pytest.mark.parametrize("wire", WIRES, ids=lambda it: it.name)
@pytest.mark.parametrize("raw", [r'{"candidate_id": "a\ud800"}', r'{"\ud800": "ada"}'])
def test_half_a_character_in_arguments_or_text_stops_no_thread(wire: Wire, raw: str) -> None:
    talk = Talk(wire, Said("So \ud83d", (write(raw),)), Said("Half \ud83d"), streaming=True)
    messages = talk.goes_on(user())
    [answer] = results({"messages": messages})
    assert answer.text.startswith("Not executed. The arguments contain ") and "half a character" in answer.text
    assert messages[-1].text == "Half \N{REPLACEMENT CHARACTER}"
    assert talk.goes_on(user("Go on."))[-1].text == OK.text
    assert talk.server.refused == [] and talk.office.writes == []


def replied(reason: str | None, key: str = "finish_reason") -> Ending | None:
    message = AIMessage("Half", response_metadata={key: reason})
    return understood(message, Overheard()).ending


@pytest.mark.parametrize(
    ("reason", "ended"),
    [
        ("MODEL_ARMOR", "content_filter"),
        *((it, "broken_off") for it in ("pause_turn", "abort", "repetition_truncation", "abortabort")),
        *((it, "unknown") for it in ("OTHER", "ESCALATION", "CONTINUATION", "NO_IMAGE", "IMAGE_OTHER", "brand_new")),
        ("FINISH_REASON_UNSPECIFIED", "unknown"),
    ],
)
def test_a_reason_other_than_being_done_is_not_taken_for_it(reason: str, ended: str) -> None:
    ending = replied(reason)
    assert ending is not None and ending.reason == ended


@pytest.mark.parametrize("reason", [None, "", "STOP", "stop", "stopstop", "end_turn", "tool_calls", "eos", "COMPLETE"])
def test_a_reply_that_says_it_is_done_or_gives_no_reason_is_whole(reason: str | None) -> None:
    assert replied(reason) is None


def test_a_response_that_is_not_completed_broke_off() -> None:
    assert (
        replied("in_progress", "status") == replied("queued", "status") == replied("incomplete", "status") == BROKEN_OFF
    )
    assert replied("completed", "status") is None
    assert replied("200", "status") is None


@pytest.mark.parametrize("streaming", [True, False])
def test_calls_of_a_model_that_stopped_for_an_unknown_reason_do_not_run(streaming: bool) -> None:
    talk = Talk(FLASH, Said("", (write(), READ), "OTHER"), Said("Half", end="OTHER"), streaming=streaming)
    messages = talk.goes_on(user())
    reason = "The model stopped for a reason that this package does not know: OTHER."
    assert [it.text.startswith(f"Not executed. {reason}") for it in results({"messages": messages})] == [True, True]
    assert messages[-1].text.startswith("Half\n\n[The answer ends here because the model stopped for a reason")
    assert ended_early(messages[-1]) == "unknown"
    assert talk.office.writes == [] and talk.server.refused == []


@pytest.mark.parametrize("wire", WIRES, ids=lambda it: it.name)
@pytest.mark.parametrize("streaming", [True, False])
def test_an_empty_reply_is_asked_for_once_more(wire: Wire, streaming: bool) -> None:
    talk = Talk(wire, Said(), Said("Here I am."), streaming=streaming)
    messages = talk.goes_on(user())
    assert [it.text for it in messages] == ["Go.", "Here I am."]
    assert ended_early(messages[-1]) is None
    assert len(talk.server.requests) == 2


@pytest.mark.parametrize(
    ("wire", "streaming", "raw"),
    [
        (CHAT, False, '["ada"]'),
        (CHAT, False, "7"),
        *((RESPONSES, streaming, raw) for streaming in (True, False) for raw in ('["ada"]', "null", "7")),
    ],
)
def test_arguments_of_which_langchain_makes_no_message_are_asked_for_once_more(
    wire: Wire, streaming: bool, raw: str
) -> None:
    talk = Talk(wire, Said("", (write(raw),)), streaming=streaming)
    assert [it.text for it in talk.goes_on(user())] == ["Go.", OK.text]
    talk.server.steps = [Said("", (write(raw),))] * 2
    assert ended_early(talk.goes_on(user("Again."))[-1]) == "malformed"
    assert talk.goes_on(user("Go on."))[-1].text == OK.text
    assert talk.server.refused == [] and talk.office.writes == []


def test_a_half_sentence_keeps_what_was_said_and_says_that_it_ends_there() -> None:
    talk = Talk(CLAUDE, Said("Moved Ada, Ben and", end="length"), streaming=True)
    [_, said] = talk.goes_on(user())
    assert said.text.startswith(
        "Moved Ada, Ben and\n\n[The answer ends here because it reached the model's length limit"
    )


def test_what_a_model_says_in_refusing_is_in_the_message() -> None:
    talk = Talk(CHAT, Said(refusal="I will not rank people by age.", end="refusal"), streaming=False)
    [_, said] = talk.goes_on(user())
    assert said.text == "[The model refused to answer. It said: I will not rank people by age.]"
    assert ended_early(said) == "refusal"


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("step", [Said("", (("nope", "{}"),)), Said("", (READ,)), Said("", (write(HALF),), "length")])
def test_a_model_that_never_stops_calling_is_stopped_and_what_is_left_is_said(step: Said, streaming: bool) -> None:
    talk = Talk(CHAT, *[step] * 20, streaming=streaming, max_model_calls_per_turn=4)
    messages = talk.goes_on(user())
    assert len(talk.server.requests) == 4
    assert ended_early(messages[-1]) == "model_calls"
    assert "only 4 times for each message of the user. The model still wanted: " in messages[-1].text
    assert results({"messages": messages})[-1].text.startswith("Not executed. The limit of model calls")
    assert_sendable(messages)
    talk.server.steps.clear()
    assert talk.goes_on(user("Go on."))[-1].text == OK.text
    assert talk.server.refused == []


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_asking_once_more_counts(most: int) -> None:
    steps = [Said(), Said("", (READ,)), Said(), Said("", (READ,)), Said(), OK]
    talk = Talk(CHAT, *steps, streaming=False, max_model_calls_per_turn=most)
    messages = talk.goes_on(user())
    assert len(talk.server.requests) == most
    assert ended_early(messages[-1]) == ("empty" if most % 2 else "model_calls")


def test_a_write_of_the_last_message_that_a_turn_may_have_is_not_proposed() -> None:
    talk = Talk(CHAT, Said("", (READ,)), Said("", (write(),)), streaming=True, max_model_calls_per_turn=2)
    messages = talk.goes_on(user())
    assert not talk.agent.get_state(talk.config).interrupts
    assert "The model still wanted: Move candidate. None of it was done." in messages[-1].text


def test_each_message_of_the_user_has_its_own_bound() -> None:
    steps = [Said("", (READ,)), OK] * 5
    talk = Talk(CHAT, *steps, streaming=True, max_model_calls_per_turn=2)
    for _ in range(5):
        assert talk.goes_on(user())[-1].text == OK.text


def failing(status: int, content: str = '{"error": {"message": "No."}}') -> Answer:
    return Answer(content.encode(), status)


DOWN = {
    "401": failing(401),
    "429": failing(429),
    "500": failing(500),
    "502 as a page": failing(502, "<html><title>502 Bad Gateway</title></html>"),
    "a page": failing(200, "<html>Log in</html>"),
    "nothing": Answer(b"", 200, {"Content-Type": "text/event-stream"}),
    "a stream that is cut": streamed(CHAT.events(PROPOSAL), cut=700),
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", DOWN)
@pytest.mark.parametrize("wire", [CHAT, CLAUDE], ids=lambda it: it.name)
def test_while_the_model_is_down_nothing_is_lost_and_nothing_waits(wire: Wire, fault: str, moment: str) -> None:
    talk = Talk(wire, streaming=True)
    start = talk.at(moment, *[DOWN[fault]] * 5)
    try:
        talk.goes_on(start)
    except Exception as error:
        assert any("task with name 'model'" in note for note in error.__notes__)
    assert not talk.agent.get_state(talk.config).interrupts
    written = [("cy", "Hired")] if moment == "approved" else []
    assert talk.office.writes == written
    talk.server.steps.clear()
    messages = talk.goes_on(user("Go on."))
    assert messages[-1].text == OK.text
    assert talk.office.writes == written
    assert talk.server.refused == []
    assert_sendable(messages)


@pytest.mark.parametrize("wire", WIRES, ids=lambda it: it.name)
def test_what_is_kept_of_a_cut_off_call_has_no_half_of_its_arguments(wire: Wire) -> None:
    talk = Talk(wire, Said("", (write(HALF),), "length"), streaming=True)
    kept = next(it for it in talk.goes_on(user()) if isinstance(it, AIMessage))
    assert [call["args"] for call in kept.tool_calls] == [{}]
    assert "Offer" not in str(kept.model_dump())


async def test_under_asyncio_half_a_write_is_recognized_and_an_empty_reply_asked_for_again() -> None:
    for mode in ("messages", "values"):
        talk = Talk(CHAT, Said("", (write(HALF),)), Said(), OK, streaming=True)
        async for _ in talk.agent.astream(user(), talk.config, stream_mode=mode):
            pass
        [answer] = results({"messages": talk.messages()})
        assert answer.text.startswith(NOT_JSON)
        assert talk.messages()[-1].text == OK.text
        assert (len(talk.server.requests), talk.server.refused) == (3, [])
