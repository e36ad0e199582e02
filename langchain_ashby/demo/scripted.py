"""A chat model that follows a script: for tests, and to show the agent without a model provider.

A script is a function from the conversation so far to the next message. It keeps nothing in between, so a thread can
be resumed in another process. Two ways to write one: `lines`, messages in order, and `story`, a generator that is
played again from its beginning each time, with the answers that the conversation holds.
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
"""Yields a message, is sent the answers to its calls in their order, and returns its last words."""

THE_END = "My script ends here. I am not a language model, so I cannot take up anything new."


class ScriptedChatModel(BaseChatModel):
    """A chat model that does not think: it says the lines of its `script`, whatever it is asked.

    Everything around it is real: the tools that it calls, the approvals, the checkpoints.
    """

    script: Script
    _tool_names: tuple[str, ...] = PrivateAttr(default=())

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The names of the tools that it was given last."""
        return self._tool_names

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Note the tools' names. Which of them are called stands in the script."""
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
    """A message of the model, with the tool calls that it makes."""
    return AIMessage(text, tool_calls=list(calls))


def call(name: str, /, **args: Any) -> ToolCall:
    """A tool call. It gets its id when it is said."""
    return ToolCall(name=name, args=args, id=None, type="tool_call")


def lines(*spoken: Line | Script) -> Script:
    """A script of messages in order, the next being the one that the conversation has not seen yet.

    A line that is a function makes its message of the conversation so far.
    """

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        number = sum(isinstance(message, AIMessage) for message in messages)
        line = spoken[number] if number < len(spoken) else THE_END
        if isinstance(line, str):
            return AIMessage(line)
        return _with_ids(line if isinstance(line, AIMessage) else line(messages), number)

    return script


def story(tell: Story) -> Script:
    """A script that is told by a generator, from its beginning each time: it must say the same for the same answers."""

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        answers = _answers_by_message(messages)
        telling = tell()
        for told, sent in enumerate(([], *answers)):
            try:
                message = telling.send(sent) if told else next(telling)
            except StopIteration as end:
                return AIMessage(end.value if told == len(answers) else THE_END)
        return _with_ids(message, len(answers))

    return script


def _answers_by_message(messages: Sequence[BaseMessage]) -> list[list[ToolMessage]]:
    """For each message of the model, the answers to its calls in the order of the calls."""
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
    """The message, with ids for those of its calls that have none, the same each time."""
    calls = [made | {"id": made["id"] or f"call_{number}_{place}"} for place, made in enumerate(message.tool_calls)]
    return message.model_copy(update={"tool_calls": calls})


def _in_pieces(message: AIMessage) -> Iterator[AIMessageChunk]:
    """The message as a model would stream it: word by word, then its calls."""
    for word in re.findall(r"\s*\S+", message.text):
        yield AIMessageChunk(content=word)
    made = [(it["name"], json.dumps(it["args"]), it["id"]) for it in message.tool_calls]
    garbled = [(it["name"], it["args"], it["id"]) for it in message.invalid_tool_calls]
    chunks = [
        tool_call_chunk(name=name, args=args, id=call_id, index=place)
        for place, (name, args, call_id) in enumerate([*made, *garbled])
    ]
    yield AIMessageChunk(content="", tool_call_chunks=chunks, chunk_position="last")
