"""Sends bad answers of every kind to the real graph with the real tools: nothing unapproved may reach Ashby.

The strategies for single answers come from the agent's tests; here they are mixed with nearly valid ones and sent in
sequences: out of order, twice, to another question, too large.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langgraph.types import Command

from crash.killing_sandbox import WRITES
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import QuestionClosedError, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

sys.path.insert(0, str(Path(__file__).parent.parent / "agent"))

from office import assert_sendable
from test_agent_hostile_answers import MALFORMED, almost_answer, anything

NOTE = "ashby_create_candidate_note"
ENDPOINT = "candidate.createNote"
OUR_CANDIDATE = "<our candidate>"
OUR_TAG = "<our tag>"
"""Placeholders until the candidate's id and the thread's name are known."""
LARGE = 300_000
"""Characters in an oversized answer."""


@dataclass(frozen=True)
class Sent:
    """One resume: a bare answer, or one addressed to an interrupt.

    `to` is 0 for the open question, 1 for the one before it, and so on; None sends the bare answer.
    """

    answer: Any
    to: int | None = None


def _edit(name: str, note: str) -> dict[str, Any]:
    args = {"candidate_id": OUR_CANDIDATE, "note": f"{OUR_TAG} {note}"}
    return {"type": "edit", "edited_action": {"name": name, "args": args}}


_decision = st.one_of(
    st.sampled_from([{"type": "approve"}, {"type": "reject"}, {"type": "respond", "message": "Later."}]),
    st.builds(
        _edit,
        st.sampled_from([NOTE, NOTE, "ashby_create_candidate", "ashby_get_candidate"]),
        st.text(min_size=1, max_size=10),
    ),
    st.builds(
        lambda kind, call_id: {"type": kind, "tool_call_id": call_id},
        st.sampled_from(["approve", "reject"]),
        st.sampled_from(["call_0_0", "call_0_1", "call_1_0", "call_9_9"]),
    ),
    st.sampled_from([{"type": "reject", "message": "x" * LARGE}, {"type": "approve", "padding": "x" * LARGE}]),
)
_nearly = st.builds(
    lambda decisions: {"decisions": decisions},
    st.lists(_decision, min_size=2, max_size=2) | st.lists(_decision, max_size=3),
)
_whole = st.sampled_from(MALFORMED).filter(lambda it: it is not None) | anything.filter(lambda it: it is not None)
_oversized = st.sampled_from([{"decisions": [{"type": "approve"}] * 2_000}, "x" * LARGE, [[]] * 2_000])
answers = st.builds(
    Sent,
    st.one_of(_nearly, _nearly, _nearly, almost_answer, _whole, _oversized),
    st.sampled_from([None, None, None, 0, 0, 1, 2]),
)
sequences = st.lists(answers, min_size=1, max_size=5)
"""The answers to a thread, in order."""


class Room:
    """An agent on a sandbox, for any number of threads."""

    def __init__(self, sandbox: AshbySandbox, client: AshbyClient) -> None:
        self._sandbox = sandbox
        self._candidate = sandbox.records("candidate")[0]["id"]
        self._numbers = itertools.count()
        model = ScriptedChatModel(script=lines(self._first, self._second, "Done."))
        self._graph: Any = create_recruiting_agent(model, AshbyToolkit(client), max_context_tokens=10**9)

    def check(self, sent: Sequence[Sent]) -> int:
        """Starts a thread and sends it the answers; raises AssertionError on any violation.

        Returns the number of approved notes that were made.
        """
        number = next(self._numbers)
        if number % 1000 == 0:
            self._sandbox.reset()  # the log is bounded
        self._from = len(self._sandbox.requests())
        config = {"configurable": {"thread_id": f"thread-{number}"}}
        [asked] = self._graph.invoke(_user(f"t{number}"), config)["__interrupt__"]
        questions, is_open = [asked], True
        approved: list[str] = []
        edited: list[str] = []
        for one in sent:
            answer = _aimed(one.answer, self._candidate, f"t{number}")
            to = questions[-1 - one.to] if one.to is not None and one.to < len(questions) else None
            is_for_the_open_one = is_open and (to is None or to is questions[-1])
            if is_for_the_open_one:
                shown, changed = _approved(answer, questions[-1].value["action_requests"], self._candidate)
                for text in shown:
                    if text in edited:  # it was asked about again, so it was not made yet
                        edited.remove(text)
                approved += shown
                edited += changed
            try:
                result = self._graph.invoke(Command(resume=answer if to is None else {to.id: answer}), config)
            except QuestionClosedError:
                assert not is_for_the_open_one, "an answer to the open question was refused"
                self._assert_only(approved, edited)
                continue
            self._assert_only(approved, edited)
            is_open = "__interrupt__" in result
            if is_open and result["__interrupt__"][0].id != questions[-1].id:
                questions.append(result["__interrupt__"][0])
        messages = self._graph.invoke(_user("Never mind."), config)["messages"]
        assert_sendable(messages)
        assert messages[-1].type == "ai" and not messages[-1].tool_calls, "the thread is of no use any more"
        self._graph.checkpointer.delete_thread(config["configurable"]["thread_id"])
        return self._assert_only(approved, edited)

    def _first(self, messages: Sequence[BaseMessage]) -> AIMessage:
        return say("", *(self._note(messages, text) for text in ("first", "second")))

    def _second(self, messages: Sequence[BaseMessage]) -> AIMessage:
        # Once a question has been abandoned, the model proposes nothing more.
        return say("Done.") if "mind" in messages[-1].text else say("", self._note(messages, "third"))

    def _note(self, messages: Sequence[BaseMessage], text: str) -> ToolCall:
        tag = next(message.text for message in messages if message.type == "human")
        return call(NOTE, candidate_id=self._candidate, note=f"{tag} {text}")

    def _assert_only(self, approved: Sequence[str], edited: Sequence[str]) -> int:
        """Asserts that every note sent to Ashby was approved, and no note sent twice on one approval.

        An edited note may have run, or be asked about again.
        """
        left = [*approved, *edited]
        sent = self._sandbox.requests()[self._from :]
        notes = [it["body"]["note"] for it in sent if it["endpoint"] == ENDPOINT]
        made = [(it["value"] if isinstance(it, dict) else it).strip() for it in notes]
        for text in made:
            assert text in left, f"{text!r} was not approved (approved: {approved}, edited: {edited})"
            left.remove(text)
        missing = Counter(approved) - Counter(made)
        assert not missing, f"approved and not carried out: {[*missing]}"
        others = {it["endpoint"] for it in sent} & (WRITES - {ENDPOINT})
        assert not others, f"nobody approved {others}"
        return len(made)


def try_out(
    room: Room, examples: int, number: int, progress: Callable[[int], None] = lambda checked: None
) -> Counter[str]:
    """Checks that many sequences, seeded by the number, and counts the outcomes."""
    counts: Counter[str] = Counter()

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(sequences)
    def every_sequence(sent: list[Sent]) -> None:
        made = room.check(sent)
        if counts["sequences"] % 1000 == 999:
            progress(counts["sequences"] + 1)
        counts.update({"sequences": 1, "answers": len(sent), "notes made": made, "sequences with notes": made > 0})

    every_sequence()
    return counts


Texts = tuple[list[str], list[str]]
"""The notes approved as shown, and those approved with edits."""


def _approved(answer: Any, actions: Sequence[dict[str, Any]], candidate: str) -> Texts:
    """The notes that an answer approves, by the protocol alone; an answer with any invalid part approves none."""
    decisions = answer.get("decisions") if isinstance(answer, dict) else None
    if not isinstance(decisions, list) or len(decisions) != len(actions) or _said(answer) != {"decisions"}:
        return [], []
    approved: list[str] = []
    changed: list[str] = []
    for decision, action in zip(decisions, actions, strict=True):
        if not isinstance(decision, dict) or decision.get("tool_call_id") not in (None, action["tool_call_id"]):
            return [], []
        kind, message, edited = decision.get("type"), decision.get("message"), decision.get("edited_action")
        own = {"edit": "edited_action", "reject": "message", "respond": "message"}.get(str(kind), "type")
        if not _said(decision) <= {"type", "tool_call_id", own}:
            return [], []
        if kind == "approve":
            approved.append(action["args"]["note"].strip())
        elif kind == "edit" and _is_note(edited, candidate):
            changed.append(edited["args"]["note"].strip())
        elif not (_is_rejection(kind, message) or _is_response(kind, message)):
            return [], []
    return approved, changed


def _said(given: dict[Any, Any]) -> set[Any]:
    return {key for key, value in given.items() if value not in (None, "")}


def _is_rejection(kind: Any, message: Any) -> bool:
    return kind == "reject" and isinstance(message, str | None)


def _is_response(kind: Any, message: Any) -> bool:
    return kind == "respond" and isinstance(message, str) and bool(message.strip())


def _is_note(action: Any, candidate: str) -> TypeGuard[dict[str, Any]]:
    """True if an edited action has the proposed tool and valid arguments."""
    if not isinstance(action, dict) or action.get("name") != NOTE or not isinstance(action.get("args"), dict):
        return False
    args = action["args"]
    if args.keys() != {"candidate_id", "note"} or args["candidate_id"] != candidate:
        return False
    return isinstance(args["note"], str) and bool(args["note"].strip())


def _aimed(answer: Any, candidate: str, tag: str) -> Any:
    """The answer with its placeholders replaced by our candidate and this thread's name."""
    written = json.dumps(answer).replace(json.dumps(OUR_CANDIDATE), json.dumps(candidate))
    return json.loads(written.replace(OUR_TAG, tag))


def _user(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}
