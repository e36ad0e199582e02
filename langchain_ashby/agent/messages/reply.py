"""What a model's reply says about itself: why the model stopped, and whether its calls are whole."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler, BaseCallbackManager
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolCall, ToolCallChunk
from langchain_core.messages.tool import invalid_tool_call
from langchain_core.outputs import ChatGenerationChunk, GenerationChunk, LLMResult
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs
from pydantic import ValidationError

from langchain_ashby.text.words import one_line


@dataclass(frozen=True)
class Ending:
    """Why a model stopped before it was done.

    Attributes:
        reason: One word for programs.
        said: A sentence for people.
        advice: What the model is told about the calls of such a reply, none of which runs.
        passes: True if the same question may well be answered when asked again.
        final: True if there is no point in continuing the turn.
    """

    reason: str
    said: str
    advice: str
    passes: bool = False
    final: bool = False


CUT_OFF = Ending(
    "length",
    "The answer ends here because it reached the model's length limit.",
    "The message was cut off at its length limit, so nothing was done. Call again, with less in one message.",
)
BROKEN_OFF = Ending(
    "broken_off",
    "The answer ends here because the model broke off.",
    "The message broke off, so nothing was done. Call again.",
    passes=True,
)
MALFORMED = Ending(
    "malformed",
    "The model tried to call a tool, but the call could not be read. Ask again, perhaps in other words.",
    "Part of the message could not be read, so nothing was done. Call again.",
    passes=True,
)
FILTERED = Ending(
    "content_filter",
    "The provider's content filter withheld the answer or the rest of it.",
    "The provider's content filter stopped the message, so nothing was done.",
    final=True,
)
REFUSED = Ending(
    "refusal",
    "The model refused to answer.",
    "The message ended in a refusal, so nothing was done.",
    final=True,
)
EMPTY = Ending(
    "empty",
    "The model gave an empty answer. Ask again, perhaps in other words.",
    "The message was empty, so nothing was done.",
    passes=True,
)

_ENDINGS = {
    reason: ending
    for ending, reasons in {
        CUT_OFF: "length max_tokens max_output_tokens model_length model_context_window_exceeded",
        BROKEN_OFF: "error failed cancelled incomplete network_error insufficient_system_resource pause_turn "
        "in_progress queued abort repetition_truncation",
        MALFORMED: "malformed_function_call unexpected_tool_call too_many_tool_calls malformed_response "
        "missing_thought_signature malformed_model_output malformed_tool_use",
        FILTERED: "content_filter content_filtered guardrail_intervened sensitive safety recitation blocklist "
        "prohibited_content spii language model_armor image_safety image_prohibited_content image_recitation",
        REFUSED: "refusal",
    }.items()
    for reason in reasons.split()
}
"""By the reasons of OpenAI and the like, Anthropic, Gemini, Bedrock, Mistral and Ollama."""

_DONE = (
    "stop|end|end_turn|eos|eos_token|stop_token|stop_sequence|endoftext|tool_call|tool_calls|tool_use|function_call|"
    "complete|completed|finished|done|success|load|unload|none|null"
)
"""The reasons of a whole reply; some servers write that there is none."""


def _unknown(reason: str, *, passes: bool) -> Ending:
    why = f"for a reason that this package does not know: {one_line(reason, 100)}."
    return Ending(
        "unknown",
        f"The answer ends here because the model stopped {why}",
        f"The model stopped {why} So nothing was done. Call again if it is still wanted.",
        passes,
    )


@dataclass(frozen=True)
class Reply:
    """A reply of the model.

    Attributes:
        message: The message. Calls whose arguments are incomplete are among its invalid ones.
        ending: Why it is not whole; None if it is.
    """

    message: AIMessage
    ending: Ending | None

    @property
    def may_pass(self) -> bool:
        """True if the reply is of no use, and another to the same conversation may be."""
        return self.ending is not None and self.ending.passes


class Overheard(BaseCallbackHandler):
    """Overhears a reply while it is streamed.

    The final message has the arguments as LangChain completes them, so a cut-off text looks whole. And a stream that
    breaks off gives no reason.
    """

    run_inline = True  # under asyncio each token would otherwise take a thread

    def __init__(self) -> None:
        self._pieces: defaultdict[UUID, list[AIMessageChunk]] = defaultdict(list)
        self._last: UUID | None = None

    def beside(self, config: RunnableConfig | None) -> RunnableConfig:
        """Adds itself to a config's callbacks."""
        known = (config or {}).get("callbacks")
        if not isinstance(known, BaseCallbackManager):
            return merge_configs(config, {"callbacks": [self]})
        manager = known.copy()
        manager.add_handler(self, inherit=True)
        return {**(config or {}), "callbacks": manager}

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **kwargs: Any
    ) -> None:
        """Does nothing; without it, LangChain would make a string of the conversation."""

    def on_llm_new_token(
        self,
        token: str | list[str | dict[str, Any]],
        *,
        chunk: GenerationChunk | ChatGenerationChunk | None = None,
        run_id: UUID,
        **kwargs: Any,
    ) -> None:
        """Keeps a piece."""
        if isinstance(chunk, ChatGenerationChunk) and isinstance(chunk.message, AIMessageChunk):
            self._pieces[run_id].append(chunk.message)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        """Notes which reply counts: a model with fallbacks may have begun others."""
        self._last = run_id

    @property
    def streamed(self) -> bool:
        """True if the reply came in pieces."""
        return self._last in self._pieces

    def incomplete(self) -> list[ToolCallChunk]:
        """The calls whose arguments, as they were sent, are not a whole JSON object."""
        calling = [it for it in self._pieces.get(self._last, []) if it.tool_call_chunks] if self._last else []
        if not calling:
            return []
        return [it for it in (calling[0] + calling[1:]).tool_call_chunks if not _is_whole(it["args"])]


def understood(message: AIMessage, heard: Overheard) -> Reply:
    """Reads a reply."""
    message = _with_incomplete_calls_apart(message, heard.incomplete())
    return Reply(message, _ending(message, streamed=heard.streamed))


def unreadable(error: ValidationError) -> Reply:
    """Stands in for a reply that LangChain could not make into a message, such as one with a list of arguments.

    Any other error is raised again.
    """
    if not error.title.startswith("AIMessage"):
        raise error
    return Reply(AIMessage(""), MALFORMED)


def refusal(message: AIMessage) -> str:
    """What the model said when it refused, in OpenAI's words for it; empty if it did not."""
    blocks = message.content if isinstance(message.content, list) else []
    said = [str(it.get("refusal") or "") for it in blocks if isinstance(it, dict) and it.get("type") == "refusal"]
    return " ".join([*said, str(message.additional_kwargs.get("refusal") or "")]).strip()


def is_empty(message: AIMessage) -> bool:
    """True if a message has neither text nor calls, nor anything else to show."""
    blocks = message.content if isinstance(message.content, list) else []
    shown = [it for it in blocks if isinstance(it, dict) and it.get("type") not in _UNSHOWN]
    return not (message.text.strip() or shown or message.tool_calls or message.invalid_tool_calls)


_UNSHOWN = {"text", "thinking", "redacted_thinking", "reasoning", "refusal"}


def _with_incomplete_calls_apart(message: AIMessage, incomplete: list[ToolCallChunk]) -> AIMessage:
    raw = {(it["id"], it["name"] or ""): it["args"] for it in incomplete}

    def identity(call: ToolCall) -> tuple[str | None, str]:
        return call["id"], call["name"]

    if not any(identity(call) in raw for call in message.tool_calls):
        return message
    apart = [
        invalid_tool_call(name=it["name"], args=raw[identity(it)], id=it["id"], error="The arguments are incomplete.")
        for it in message.tool_calls
        if identity(it) in raw
    ]
    return message.model_copy(
        update={
            "tool_calls": [it for it in message.tool_calls if identity(it) not in raw],
            "invalid_tool_calls": [*message.invalid_tool_calls, *apart],
        }
    )


def _is_whole(arguments: str | None) -> bool:
    if not arguments:
        return True  # a call without arguments
    try:
        return isinstance(json.loads(arguments, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _ending(message: AIMessage, *, streamed: bool) -> Ending | None:
    about = message.response_metadata
    reasons = [about.get(key) for key in ("finish_reason", "stop_reason", "stopReason", "done_reason")]
    further = [_inside(about, "incomplete_details", "reason"), about.get("status")]
    further += [_inside(about, "error", "code") and "failed"]
    known = [str(it) for it in (*reasons, *further) if it]
    for reason in known:
        # Where several pieces of a stream have the reason, LangChain strings them together.
        found = (it for word, it in _ENDINGS.items() if re.fullmatch(f"(?:{word})+", reason, re.IGNORECASE))
        if ending := next(found, None):
            return ending
    if refusal(message):
        return REFUSED
    if _inside(about, "prompt_feedback", "block_reason"):
        return FILTERED
    if streamed and not known and about.get("model_provider") in ("openai", "anthropic", "google_genai"):
        return BROKEN_OFF  # these end each stream with a reason
    for reason in filter(None, reasons):
        if not re.fullmatch(f"(?:{_DONE})+", str(reason), re.IGNORECASE):
            return _unknown(str(reason), passes=is_empty(message))
    return EMPTY if is_empty(message) else None


def _inside(about: dict[str, Any], key: str, name: str) -> Any:
    found = about.get(key)
    return found.get(name) if isinstance(found, dict) else None


_ASKS = "asks"


def asked_again(reply: Reply) -> Reply:
    """Notes in a reply that the model was asked for it a second time."""
    about = {**reply.message.response_metadata, _ASKS: 2}
    return replace(reply, message=reply.message.model_copy(update={"response_metadata": about}))


def asks(message: AIMessage) -> int:
    """How often the model was asked for a message."""
    return 2 if message.response_metadata.get(_ASKS) == 2 else 1


ENDED_EARLY = "ended_early"


def ended_early(message: BaseMessage) -> str | None:
    """Returns why a turn ended without a whole answer, from the agent's last message; None if it has one.

    `length`, `broken_off`, `malformed`, `content_filter`, `refusal`, `empty`, `unknown` if the provider gave a reason
    that this package does not know, or `model_calls` if the model was asked as often as one turn allows. The message
    itself says it in words.
    """
    reason = message.response_metadata.get(ENDED_EARLY) if isinstance(message, AIMessage) else None
    return str(reason) if reason else None


def with_reason(message: AIMessage, ending: Ending) -> AIMessage:
    """Adds to a message, in words and for programs, why it is not a whole answer."""
    refused = refusal(message)
    said = f"{ending.said} It said: {one_line(refused, None)}" if refused else ending.said
    content: str | list[str | dict[Any, Any]]
    if isinstance(message.content, str):
        content = f"{message.content.rstrip()}\n\n[{said}]".lstrip()
    else:
        kept = [it for it in message.content if isinstance(it, str) or it.get("type") != "refusal"]
        content = [*kept, {"type": "text", "text": f"\n\n[{said}]" if message.text.strip() else f"[{said}]"}]
    about = {**message.response_metadata, ENDED_EARLY: ending.reason}
    return message.model_copy(update={"content": content, "response_metadata": about})
