"""Tool calls in a conversation: which are open, and how to put every answer in its place.

Model providers refuse a conversation in which a call has no answer, or has it anywhere but right behind the message
that made the call. So "answered" is judged by position, not by id alone: some models restart their call ids each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import is_
from uuid import uuid4

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, ToolMessage

from langchain_ashby.agent.messages.own import NOTHING, Own, is_own_answer, is_own_call
from langchain_ashby.agent.messages.tool_messages import Call


def calls_of(message: BaseMessage) -> list[Call]:
    """All calls of a message, including those with unreadable arguments."""
    return [*message.tool_calls, *message.invalid_tool_calls] if isinstance(message, AIMessage) else []


def maker_of(messages: Sequence[BaseMessage]) -> AIMessage | None:
    """The last AIMessage, if only ToolMessages follow it."""
    latest = next((it for it in reversed(messages) if not isinstance(it, ToolMessage)), None)
    return latest if isinstance(latest, AIMessage) else None


def open_calls(messages: Sequence[BaseMessage], own: Own = NOTHING) -> list[Call]:
    """The calls at the end of the conversation that have no answer yet, in order."""
    answers: list[ToolMessage] = []
    for message in reversed(messages):
        if not isinstance(message, ToolMessage):
            answered = {it.tool_call_id for it in answers if message.id not in own or is_own_answer(it, own)}
            return [it for it in calls_of(message) if it["id"] not in answered or not is_own_call(it, message, own)]
        answers.append(message)
    return []


def genuine(messages: Sequence[AnyMessage], own: Own) -> list[AnyMessage]:
    """Leaves out answers to calls of the agent's own model that did not come from the agent or were to another call.

    Calls made by others, in a history from the input or from another agent, keep their answers.
    """
    asked: dict[str | None, tuple[Call, BaseMessage]] = {}
    kept: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, ToolMessage) and message.tool_call_id in asked:
            call, maker = asked[message.tool_call_id]
            if maker.id in own and not (is_own_answer(message, own) and is_own_call(call, maker, own)):
                continue
        for call in calls_of(message):
            asked[call["id"]] = call, message
        kept.append(message)
    return kept


def arranged(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """Moves every answer right behind the message that made its call, in the order of the calls.

    An answer can stray when an application adds messages while a call is open. Of several answers to one call,
    the last is kept; one whose call was removed from the thread goes with it.
    """
    makers: dict[str | None, int] = {}
    answers: dict[int, dict[str | None, ToolMessage]] = {}
    others: list[tuple[int, AnyMessage]] = []
    for place, message in enumerate(messages):
        if isinstance(message, ToolMessage):
            if message.tool_call_id in makers:
                answers[makers[message.tool_call_id]][message.tool_call_id] = message
            continue
        others.append((place, message))
        answers[place] = {}
        for call in calls_of(message):
            makers[call["id"]] = place
    return [it for place, message in others for it in (message, *_in_order_of_calls(message, answers[place]))]


def _in_order_of_calls(message: AnyMessage, answers: dict[str | None, ToolMessage]) -> list[ToolMessage]:
    return [answers[call["id"]] for call in calls_of(message) if call["id"] in answers]


def with_every_call_answered(messages: Sequence[AnyMessage], answer: Callable[[Call], ToolMessage]) -> list[AnyMessage]:
    """Adds `answer`, in its place, for each call that has none."""
    complete: list[AnyMessage] = []
    waiting: dict[str | None, Call] = {}
    for message in messages:
        if isinstance(message, ToolMessage):
            waiting.pop(message.tool_call_id, None)
        else:
            complete += map(answer, waiting.values())
            waiting = {call["id"]: call for call in calls_of(message) if call["id"]}
        complete.append(message)
    return [*complete, *map(answer, waiting.values())]


def is_in_order(messages: Sequence[AnyMessage], own: Own = NOTHING) -> bool:
    """True if every call of the conversation has its answer in its place, and no forged one."""
    known = arranged(genuine(messages, own))
    ordered = with_every_call_answered(known, lambda call: ToolMessage("", tool_call_id=str(call["id"])))
    return len(ordered) == len(messages) and all(map(is_, ordered, messages))


def with_own_ids(message: AIMessage, earlier: Sequence[BaseMessage] = ()) -> tuple[AIMessage, list[Call]]:
    """Gives a message and each of its calls a unique id; returns it and the calls whose id was not unique.

    A message with the id of an earlier one would replace it, and an answer names its call only by id. But caches repeat
    ids, and some models number their calls from the start in each message.
    """
    if not message.id or any(it.id == message.id for it in earlier):
        message = message.model_copy(update={"id": f"run-{uuid4()}"})
    seen = {str(call["id"]) for it in earlier for call in calls_of(it)}
    uses: Counter[str | None] = Counter(call["id"] for call in calls_of(message) if call["id"])
    if all(uses[call["id"]] == 1 and call["id"] not in seen for call in calls_of(message)):
        return message, []
    shared: list[Call] = []

    def own(call: Call) -> Call:
        fresh = not call["id"] or call["id"] in seen
        identified = call | {"id": f"call_{uuid4().hex}"} if fresh else call
        seen.add(str(identified["id"]))
        if uses[call["id"]] > 1:
            shared.append(identified)
        return identified

    repaired = message.model_copy(
        update={
            "tool_calls": [own(call) for call in message.tool_calls],
            "invalid_tool_calls": [own(call) for call in message.invalid_tool_calls],
        }
    )
    return repaired, shared
