"""What was said and read in a thread, by who wrote it. It is taken from the messages, as the model read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import groupby
from typing import Any, Literal, NamedTuple

from langchain_core.messages import AIMessage, AnyMessage, ChatMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool

from langchain_ashby.agent.messages.history import calls_of
from langchain_ashby.agent.messages.own import Own, is_answer, is_own_answer, is_typed
from langchain_ashby.agent.messages.tool_messages import EXECUTED_AS_EDITED
from langchain_ashby.agent.provenance.matching import Texts
from langchain_ashby.ids import certain, short
from langchain_ashby.results import OWN
from langchain_ashby.results.origin import has_records_only, pieces
from langchain_ashby.text.words import named, quoted, tool_title
from langchain_ashby.toolkit.tool import AshbyTool

Speaker = Literal["user", "reviewer", "ashby", "named", "outsiders"]
"""Who wrote a text: `named` is a name, which is a record as a whole, and an outsider's text in part."""

Outside = Literal["read", "removed"]
"""`read`: the thread has text that outsiders wrote; `removed`: and some of what was read is no longer there."""


class Entry(NamedTuple):
    """A text of a thread: who wrote it, where it stands, whose record that is, and the call that it answers."""

    text: str
    speaker: Speaker
    where: str = ""
    whose: str = ""
    call: Mapping[str, Any] | None = None


class Message:
    """A message of a thread, taken apart when that is needed.

    Args:
        text: All that it says.
        entries: Takes it apart.
        person: The person who may have said some of it; None if it was none.
    """

    def __init__(
        self, text: str, entries: Callable[[], Iterable[Entry]], person: Literal["user", "reviewer"] | None = None
    ) -> None:
        self.text = text
        self.person = person
        self._taken_apart = entries

    @cached_property
    def entries(self) -> list[Entry]:
        """Its texts, by who wrote them."""
        return [*self._taken_apart()]

    def of(self, speaker: Speaker) -> tuple[Texts, list[Entry]]:
        """What a speaker wrote of it, to be searched, and by the place there."""
        if speaker not in self._by_speaker:
            theirs = [it for it in self.entries if it.speaker == speaker]
            self._by_speaker[speaker] = Texts(it.text for it in theirs), theirs
        return self._by_speaker[speaker]

    @cached_property
    def _by_speaker(self) -> dict[Speaker, tuple[Texts, list[Entry]]]:
        return {}


def read_in(thread: Iterable[AnyMessage], own: Own, tools: Mapping[str, BaseTool]) -> Iterator[Message]:
    """The messages of a thread that say or show something. What the agent's own model said is nobody's.

    What is not recorded as the agent's own, and results of tools that are not Ashby's, count as written by outsiders.
    """
    calls: dict[str | None, Mapping[str, Any]] = {}
    for message in thread:
        calls |= {call["id"]: call for call in calls_of(message)}
        if isinstance(message, ToolMessage):
            call = calls.get(message.tool_call_id)
            person: Literal["reviewer"] | None = "reviewer" if _quotes_a_reviewer(message) else None
            yield Message(_text(message), partial(_answer, message, call, own, tools), person)
        elif not is_typed(message, own):
            continue
        elif _is_a_persons(message):
            yield Message(message.text, partial(_whole, Entry(message.text, "user")), "user")
        elif not isinstance(message, AIMessage):
            yield _outsiders(message.text, "an earlier message")
        elif message.id not in own:
            yield _outsiders(message.text, "a message of another model")
        elif isinstance(message.content, list):
            found = [it for it in message.content if isinstance(it, dict) and it.get("type") not in _OWN_BLOCKS]
            shown = (json.dumps(it, ensure_ascii=False, default=str) for it in found)
            yield from (_outsiders(it, "what the model's provider found") for it in shown)


def _outsiders(text: str, where: str) -> Message:
    return Message(text, partial(_whole, Entry(text, "outsiders", where)))


def _whole(entry: Entry) -> list[Entry]:
    return [entry]


def outside(
    thread: Sequence[AnyMessage], own: Own, tools: Mapping[str, BaseTool], known: Outside | None
) -> Outside | None:
    """Whether outsiders' text was read in a thread, now or earlier, and whether some of that has been removed."""
    there = {it.id for it in thread if not isinstance(it, ToolMessage) or is_own_answer(it, own)}
    if known == "removed" or any(is_answer(record) and it not in there for it, record in own.items()):
        return "removed"
    others = (it for it in thread if not _has_records_only(it, own, tools))
    texts = (it for message in read_in(others, own, tools) if message.person != "user" for it in message.entries)
    if known or any(it.speaker in ("named", "outsiders") and it.text.strip() for it in texts):
        return "read"
    return None


def _has_records_only(message: AnyMessage, own: Own, tools: Mapping[str, BaseTool]) -> bool:
    tool = tools.get(str(message.name)) if isinstance(message, ToolMessage) else None
    if not (isinstance(message, ToolMessage) and isinstance(tool, AshbyTool) and is_own_answer(message, own)):
        return False
    text = _text(message)
    return text.startswith(OWN) and has_records_only(text, bars_only=_is_of_the_mirror(tool))


def _is_of_the_mirror(tool: BaseTool) -> bool:
    return ((tool.metadata or {}).get("ashby") or {}).get("endpoint") == "mirror"


def _is_a_persons(message: AnyMessage) -> bool:
    """True for what a person said; a summary that stands in the place of a person's message says what others did."""
    is_human = isinstance(message, HumanMessage) or (
        isinstance(message, ChatMessage) and message.role.lower() in ("user", "human")
    )
    return is_human and not message.additional_kwargs.get("lc_source")


_OWN_BLOCKS = frozenset({
    "text", "output_text", "thinking", "redacted_thinking", "reasoning", "tool_use", "tool_call", "function_call",
    "tool_call_chunk", "invalid_tool_call", "input_json_delta", "server_tool_use", "server_tool_call",
})  # fmt: skip
"""Blocks of a message that are the model's own. Others bring what its provider found, such as pages of the web."""


def _quotes_a_reviewer(message: ToolMessage) -> bool:
    is_decision = message.additional_kwargs.get("lc_source") == "hitl_interrupt_decision"
    return is_decision or _text(message).startswith(EXECUTED_AS_EDITED)


def _answer(
    message: ToolMessage, call: Mapping[str, Any] | None, own: Own, tools: Mapping[str, BaseTool]
) -> Iterator[Entry]:
    tool, text = tools.get(str(message.name)), _text(message)
    title = tool_title(str(message.name), tool.metadata if tool else None)
    if not is_own_answer(message, own):
        yield Entry(text, "outsiders", "an answer that did not come from the agent", call=call)
        return
    if message.additional_kwargs.get("lc_source") == "hitl_interrupt_decision":
        yield Entry(text, "reviewer")
        return
    if not isinstance(tool, AshbyTool):
        yield Entry(text, "outsiders", f"the result of {quoted(title)}", call=call)
        return
    if text.startswith(EXECUTED_AS_EDITED):
        edited, _, text = text.partition("\n\n")
        yield Entry(edited, "reviewer")
    if not text.startswith(OWN):
        yield Entry(text, "outsiders", f"the answer of {quoted(title)}", call=call)
        return
    found = [*pieces(text, bars_only=_is_of_the_mirror(tool))]
    file = next((it.text for it in found if it.field == "file name"), "")
    for (author, field, whose), those in groupby(found, lambda it: (it.author, it.field, it.whose)):
        texts = [it.text for it in those]
        where = f"the file {quoted(file)}" if file else f"{quoted(field, 60)} in the result of {quoted(title)}"
        # What outsiders wrote may run across lines; a record never does.
        for said in ["\n".join(texts)] if author == "outsiders" else texts:
            yield Entry(said, author, where, whose, call)


def _text(message: ToolMessage) -> str:
    """All that an answer says; what is not text, as JSON."""
    if isinstance(message.content, str):
        return message.content
    said = (it if isinstance(it, str) else it.get("text") or json.dumps(it, default=str) for it in message.content)
    return "\n".join(map(str, said))


def whose(entry: Entry, messages: Iterable[Message], names: Mapping[str, str]) -> str:
    """Whose record a text is in: as it says itself, or as the arguments of the call say; empty if neither does.

    Args:
        entry: The text.
        messages: The thread, in which an id may be found beside a name.
        names: The names that are known, by id.
    """
    if entry.whose:
        return named(entry.whose)
    args = entry.call.get("args") if entry.call else None
    given = [args[it] for it in ("candidate_id", "application_id") if it in args] if isinstance(args, Mapping) else []
    for value in (it for it in given if isinstance(it, str)):
        known = certain(value)
        name = (names.get(known) or _name_beside(short(known), messages)) if known else value
        return named(name) if name else ""
    return ""


def _name_beside(short_id: str, messages: Iterable[Message]) -> str:
    found = (it for message in messages if short_id in message.text for it in message.entries)
    return next((it.whose for it in found if it.whose and it.text == short_id), "")
