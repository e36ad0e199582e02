"""Reading a person's decisions. They come from outside, so they may be anything at all.

They count as a whole: if one of them cannot be understood, none is carried out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import ToolCall, ToolMessage

from langchain_ashby.agent.approval.gate import Tools, argument_problem, with_ids
from langchain_ashby.agent.messages.tool_messages import ANSWERED, NO_REASON, REJECTED, THEIR_REASON, not_executed
from langchain_ashby.agent.state import Approval, Decided, Proposal
from langchain_ashby.errors import AshbyError
from langchain_ashby.text.json import NOT_KEPT, json_safe
from langchain_ashby.text.words import count, one_line


@dataclass(frozen=True)
class Decline:
    """A decision against a proposal: who made it, and the answer to the call."""

    proposal: Proposal
    decided: Decided
    answer: ToolMessage


@dataclass(frozen=True)
class Wait:
    """A decision to leave a proposal as it is: it stays open, and the agent asks about it again."""

    proposal: Proposal


Decision = Approval | Decline | Wait


UNKEPT = {"contains": NOT_KEPT}
"""Stands for an answer that no checkpoint can hold: LangGraph would fail to save it before the agent can object."""


class UnusableAnswer(ValueError):
    """The answer cannot be carried out. The message tells the person what to send instead."""


def decisions_in(answer: object, request_id: str, proposals: Sequence[Proposal], tools: Tools) -> list[Decision]:
    """Reads one decision per proposal, in order.

    The answer is `{"decisions": [...]}` with one decision per proposal: `{"type": "approve"}`,
    `{"type": "edit", "edited_action": {"name", "args"}}`, `{"type": "reject", "message"?}` or
    `{"type": "respond", "message"}`. It may name its request, as `request_id`. A decision may name its call, as
    `tool_call_id`, and who made it, as `reviewer`. Beside a proposal that was approved and waits for something else,
    `{"type": "wait"}` leaves one as it is.

    Raises:
        UnusableAnswer: if any part of the answer is missing, extra, unknown or of the wrong type.
    """
    if answer == UNKEPT or json_safe(answer) is not answer:
        raise UnusableAnswer(f"Nothing was executed: the answer contains {NOT_KEPT}.")
    decisions = answer.get("decisions") if isinstance(answer, dict) else None
    if not isinstance(decisions, list):
        raise UnusableAnswer('Nothing was executed: the answer must be {"decisions": [...]}.')
    assert isinstance(answer, dict)
    names = list(filter(is_question_id, answer))
    if unknown := _unknown_keys(answer, "decisions", "request_id", *names):
        raise UnusableAnswer(f"Nothing was executed: the answer has keys that mean nothing here: {unknown}.")
    named = [answer.get("request_id"), *names]
    if any(it not in (None, request_id) for it in named):
        raise UnusableAnswer(
            "Nothing was executed: the answer is for another request. Review the one that is open now, and decide that."
        )
    if len(decisions) != len(proposals):
        raise UnusableAnswer(
            "Nothing was executed: the answer must have one decision per action, in order. "
            f"It has {count(len(decisions), 'decision')} for {count(len(proposals), 'action')}."
        )
    allowed = allowed_decisions(proposals)
    read: list[Decision] = []
    problems: list[str] = []
    for number, (decision, proposal) in enumerate(zip(decisions, proposals, strict=True), 1):
        try:
            read.append(_decision(decision, proposal, tools, allowed))
        except UnusableAnswer as problem:
            problems.append(f"Decision {number} ({proposal['title']}): {problem}")
    if problems:
        raise UnusableAnswer("\n".join(["Nothing was executed.", *problems]))
    return read


def is_question_id(key: object) -> bool:
    """True if a key has the form of a question's id, which is its interrupt's id."""
    return isinstance(key, str) and _ID.fullmatch(key) is not None


_ID = re.compile("[0-9a-f]{32}")


def _decision(decision: object, proposal: Proposal, tools: Tools, allowed: Sequence[str]) -> Decision:
    if not isinstance(decision, dict):
        raise UnusableAnswer('it must be an object with a "type".')
    kind = decision.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        raise UnusableAnswer(f'"type" must be one of {", ".join(allowed)}.')
    read, own = _KINDS[kind]
    if unknown := _unknown_keys(decision, "type", "reviewer", "tool_call_id", *own):
        raise UnusableAnswer(f'"{kind}" does not take {unknown}. To change the call, use "edit"; to object, "reject".')
    # A decision about an older request must not count for this one.
    if decision.get("tool_call_id") not in (None, proposal["call"]["id"]):
        raise UnusableAnswer(f"it is for another call; this one is {proposal['call']['id']}.")
    reviewer = decision.get("reviewer")
    if not isinstance(reviewer, str | None) or len(reviewer or "") > _LONGEST_NAME:
        raise UnusableAnswer(f'"reviewer" must be text of at most {_LONGEST_NAME} characters.')
    return read(decision, proposal, tools)


def _unknown_keys(given: dict[Any, Any], *known: str) -> str:
    """The other keys that hold something. Whoever sent them may mean more than would be done, so none is ignored."""
    unknown = (str(key) for key, value in given.items() if value not in (None, "") and key not in known)
    return one_line(", ".join(unknown), 100)


_LONGEST_NAME = 200


def _approve(decision: dict[Any, Any], proposal: Proposal, tools: Tools) -> Decision:
    return _approval(decision, proposal, proposal["call"], "approve")


def _edit(decision: dict[Any, Any], proposal: Proposal, tools: Tools) -> Decision:
    call, action = proposal["call"], decision.get("edited_action")
    if not isinstance(action, dict) or not isinstance(action.get("args"), dict):
        raise UnusableAnswer('"edit" needs "edited_action" with "name" and "args".')
    if action.get("name") != call["name"]:
        raise UnusableAnswer(f'an edit changes arguments only; "name" must stay {call["name"]}.')
    # People send back the tool call or the action of the request, with other arguments.
    if unknown := _unknown_keys(action, "name", "args", "id", "type", "description"):
        raise UnusableAnswer(f'"edited_action" does not take {unknown}.')
    if action.get("id") not in (None, call["id"]):
        raise UnusableAnswer(f"it is for another call; this one is {call['id']}.")
    try:
        edited = json.dumps(action["args"], sort_keys=True)
        args = json.loads(edited)
    except (TypeError, ValueError, RecursionError):
        raise UnusableAnswer('"args" must be plain JSON.') from None
    if call["name"] not in tools:
        raise UnusableAnswer("the tool no longer exists; reject the call.")
    args = _typed(args, tools[call["name"]].args)
    if json_safe(args) is not args:  # such as inside a tuple or a text that has now become a list or a number
        raise UnusableAnswer(f'"args" must not contain {NOT_KEPT}.')
    if problem := argument_problem(tools[call["name"]], args):
        raise UnusableAnswer(f"the edited arguments are invalid. {problem}")
    try:
        args = with_ids(tools[call["name"]], {**call, "args": args})[0]["args"]
    except AshbyError as error:
        raise UnusableAnswer(f"the edited arguments are invalid. {error.for_model()}") from None
    edited = json.dumps(args, sort_keys=True)
    # Compared as JSON, because to Python 1 and True are equal.
    changed = edited != json.dumps(call["args"], sort_keys=True)
    return _approval(decision, proposal, {**call, "args": args}, "edit" if changed else "approve")


def _typed(args: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Reads arguments that a form sent as text although they are not: Agent Chat UI sends all edited ones that way."""
    return {name: _read_as(value, schemas.get(name)) for name, value in args.items()}


def _read_as(value: Any, schema: Any) -> Any:
    kinds = _types(schema)
    if not isinstance(value, str) or not kinds or "string" in kinds:
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if isinstance(found, bool) and "boolean" not in kinds:  # to Python it is a number
        return value
    return found if any(isinstance(found, _PYTHON[kind]) for kind in kinds) else value


def _types(schema: Any) -> set[str]:
    """The types that a JSON schema names; empty if it leaves any open."""
    if not isinstance(schema, dict):
        return set()
    if options := schema.get("anyOf"):
        named = [_types(option) for option in options]
        return set.union(*named) if all(named) else set()
    kinds = schema.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else {*kinds}
    return kinds if kinds <= _PYTHON.keys() else set()


_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "array": (list,),
    "object": (dict,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def _reject(decision: dict[Any, Any], proposal: Proposal, tools: Tools) -> Decision:
    message = decision.get("message")
    if not isinstance(message, str | None):
        raise UnusableAnswer('"message" must be text.')
    reason = f"{THEIR_REASON} {one_line(message, None)}" if message and message.strip() else NO_REASON
    return _decline(decision, proposal, not_executed(proposal["call"], f"{REJECTED} {reason}"))


def _respond(decision: dict[Any, Any], proposal: Proposal, tools: Tools) -> Decision:
    message = decision.get("message")
    if not isinstance(message, str) or not message.strip():
        raise UnusableAnswer('"respond" needs a "message".')
    words = f"{ANSWERED} {one_line(message, None)}"
    return _decline(decision, proposal, not_executed(proposal["call"], words, status="success"))


def _wait(decision: dict[Any, Any], proposal: Proposal, tools: Tools) -> Decision:
    return Wait(proposal)


def _approval(decision: dict[Any, Any], proposal: Proposal, call: ToolCall, kind: str) -> Approval:
    # A call that was edited before and shown again does not have the model's arguments, even if approved as shown.
    edited = kind == "edit" or proposal["original"] is not None
    return Approval(call=call, edited=edited, proposal=proposal, decided=_decided(decision, kind))


def _decline(decision: dict[Any, Any], proposal: Proposal, answer: ToolMessage) -> Decline:
    return Decline(proposal, _decided(decision, decision["type"]), answer)


def _decided(decision: dict[Any, Any], kind: str) -> Decided:
    return Decided(decision=kind, reviewer=decision.get("reviewer") or None, at=datetime.now(UTC).isoformat())


_KINDS: dict[str, tuple[Callable[[dict[Any, Any], Proposal, Tools], Decision], Sequence[str]]] = {
    "approve": (_approve, []),
    "edit": (_edit, ["edited_action"]),
    "reject": (_reject, ["message"]),
    "respond": (_respond, ["message"]),
    "wait": (_wait, []),
}
"""What reads each kind of decision, and the keys that it takes beyond those of every kind."""


def allowed_decisions(proposals: Sequence[Proposal]) -> list[str]:
    """The kinds of decisions about proposals that are asked about together."""
    some_wait = any(it.get("approved") for it in proposals)
    return [kind for kind in _KINDS if kind != "wait" or some_wait]
