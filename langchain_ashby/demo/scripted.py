"""A chat model that follows a script: for tests, and to show the agent without a model provider.

A script is a function from the conversation so far to the next message. It is stateless, so another process can resume
a thread. Two ways to write one: `lines`, messages in order, and `story`, a generator that is replayed from its start
each time with the answers in the conversation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolCall, ToolMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

Script = Callable[[Sequence[BaseMessage]], AIMessage]
Line = AIMessage | str
Story = Callable[[], Generator[AIMessage, list[ToolMessage], str]]
"""Yields a message, is sent the answers to its calls in order, and returns the last message."""

THE_END = "My script ends here. I am not a language model, so I can't answer anything new."


class ScriptedChatModel(BaseChatModel):
    """A chat model that says the lines of its `script`, whatever it is asked.

    Everything around it is real: the tools it calls, the approvals, the checkpoints.
    """

    script: Script
    _tool_names: tuple[str, ...] = PrivateAttr(default=())

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The names of the tools it was last given."""
        return self._tool_names

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Records the tools' names. The script decides which of them are called."""
        self._tool_names = tuple(
            tool.name if isinstance(tool, BaseTool) else convert_to_openai_tool(tool)["function"]["name"]
            for tool in tools
        )
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.script(messages))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _in_pieces(self.script(messages)):
            generation = ChatGenerationChunk(message=chunk)
            if run_manager:
                run_manager.on_llm_new_token(str(chunk.content), chunk=generation)
            yield generation


def say(text: str, *calls: ToolCall) -> AIMessage:
    """A message of the model with its tool calls."""
    return AIMessage(text, tool_calls=list(calls))


def call(name: str, /, **args: Any) -> ToolCall:
    """A tool call. It gets its id when the message is said."""
    return ToolCall(name=name, args=args, id=None, type="tool_call")


def lines(*spoken: Line | Script) -> Script:
    """A script of messages in order; says the first one that the conversation has not had yet.

    A line that is a function makes its message from the conversation so far.
    """

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        number = sum(isinstance(message, AIMessage) for message in messages)
        line = spoken[number] if number < len(spoken) else THE_END
        if isinstance(line, str):
            return AIMessage(line)
        return _with_ids(line if isinstance(line, AIMessage) else line(messages), number)

    return script


def story(play: Story) -> Script:
    """A script from a generator, replayed each time: it must yield the same messages for the same answers."""

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        answers = _answers_by_message(messages)
        playing = play()
        for place, sent in enumerate(([], *answers)):
            try:
                message = playing.send(sent) if place else next(playing)
            except StopIteration as end:
                return AIMessage(end.value if place == len(answers) else THE_END)
        return _with_ids(message, len(answers))

    return script


def _answers_by_message(messages: Sequence[BaseMessage]) -> list[list[ToolMessage]]:
    """The answers to the calls of each model message, in the order of the calls."""
    spoken: list[list[ToolMessage]] = []
    for position, message in enumerate(messages):
        if isinstance(message, AIMessage):
            answers: dict[str, ToolMessage] = {}
            for following in messages[position + 1 :]:
                if not isinstance(following, ToolMessage):
                    break
                answers[following.tool_call_id] = following
            spoken.append([answers[str(made["id"])] for made in message.tool_calls])
    return spoken


def _with_ids(message: AIMessage, number: int) -> AIMessage:
    """The message with deterministic ids for calls that have none."""
    calls = [made | {"id": made["id"] or f"call_{number}_{place}"} for place, made in enumerate(message.tool_calls)]
    return message.model_copy(update={"tool_calls": calls})


def _in_pieces(message: AIMessage) -> Iterator[AIMessageChunk]:
    """The message in chunks as a model streams it: word by word, then the calls."""
    for word in re.findall(r"\s*\S+", message.text):
        yield AIMessageChunk(content=word)
    made = [(it["name"], json.dumps(it["args"]), it["id"]) for it in message.tool_calls]
    garbled = [(it["name"], it["args"], it["id"]) for it in message.invalid_tool_calls]
    chunks = [
        tool_call_chunk(name=name, args=args, id=call_id, index=place)
        for place, (name, args, call_id) in enumerate([*made, *garbled])
    ]
    yield AIMessageChunk(content="", tool_call_chunks=chunks, chunk_position="last")
