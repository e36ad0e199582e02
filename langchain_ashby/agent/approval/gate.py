"""The gate: which calls run at once, which need approval, and which can never run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ValidationError

from langchain_ashby.agent.messages.accepted import acceptable
from langchain_ashby.agent.messages.history import calls_of, with_own_ids
from langchain_ashby.agent.messages.tool_messages import Call, not_executed
from langchain_ashby.text.json import NOT_KEPT, sendable
from langchain_ashby.text.words import one_line
from langchain_ashby.toolkit import AshbyTool

Tools = Mapping[str, BaseTool]

ASKS_BEFORE_ACTING = "asksBeforeActing"
"""The metadata by which a tool declares that it does nothing before its last `interrupt`."""


def by_name(tools: Iterable[BaseTool]) -> dict[str, BaseTool]:
    """Indexes tools by name.

    Raises:
        ValueError: if two share a name, because a call could pass the gate as one and run as the other.
    """
    named: dict[str, BaseTool] = {}
    for tool in tools:
        if tool.name in named:
            raise ValueError(f"Two tools are called {tool.name!r}; give each a name of its own.")
        named[tool.name] = tool
    return named


def needs_approval(tool: BaseTool | None) -> bool:
    """True unless the tool exists and is marked read-only."""
    return tool is None or (tool.metadata or {}).get("readOnlyHint") is not True


def screened(
    message: AIMessage,
    tools: Tools,
    most_writes: int,
    earlier: Sequence[BaseMessage] = (),
    *,
    objection: str | None = None,
) -> tuple[AIMessage, list[ToolMessage]]:
    """Returns a model's message as it is kept, and the answers to those of its calls that can never run.

    If there is an `objection` to the message as a whole, none of them runs. If it has more than `most_writes` writes,
    all of those are sent back: so many would not be reviewed with care.
    """
    message, shared = with_own_ids(message, earlier)
    message, odd = _that_can_be_kept(message)
    if objection:
        reasons = {call["id"]: objection for call in calls_of(message)}
    else:
        reasons = {call["id"]: _malformed(call) for call in message.invalid_tool_calls}
        reasons |= {call["id"]: _ODD for call in odd}
        reasons |= {call["id"]: _SHARED_ID for call in shared}
    usable = [call for call in message.tool_calls if call["id"] not in reasons]
    reasons |= {call["id"]: _unknown(call["name"], tools) for call in usable if call["name"] not in tools}
    writes = [call for call in usable if call["name"] in tools and needs_approval(tools[call["name"]])]
    if len(writes) > most_writes:
        reasons |= {call["id"]: _too_many(len(writes), most_writes) for call in writes}
    message = acceptable(message)
    return message, [not_executed(it, reasons[it["id"]]) for it in message.tool_calls if it["id"] in reasons]


def _that_can_be_kept(message: AIMessage) -> tuple[AIMessage, list[ToolCall]]:
    """Makes a message fit into a checkpoint; returns it and the calls whose arguments had to be altered for that."""
    odd = [call for call in message.tool_calls if sendable(call["args"]) is not call["args"]]
    content = sendable(message.content)  # some providers' messages have the arguments there as well
    if not odd and content is message.content:
        return message, []
    calls = [call | {"args": sendable(call["args"])} for call in message.tool_calls]
    return message.model_copy(update={"content": content, "tool_calls": calls}), odd


def argument_problem(tool: BaseTool, args: dict[str, object]) -> str | None:
    """Describes what is wrong with arguments; None if they are valid. Bare JSON schemas are not checked here."""
    schema, shown = _model(tool.args_schema), _model(tool.tool_call_schema)
    if schema is None:
        return None
    # The full schema has the tool's own validators, but also any arguments that LangGraph injects.
    if shown is not None and shown.model_fields.keys() != schema.model_fields.keys():
        schema = shown
    try:
        schema.model_validate(args)
    except ValidationError as error:
        if callable(tool.handle_validation_error):
            return tool.handle_validation_error(error)
        return one_line(
            "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()), None
        )
    return None


def with_ids(tool: BaseTool, call: ToolCall) -> tuple[ToolCall, dict[str, str]]:
    """Returns a call of valid arguments with ids in the place of names, and the names by the way to each.

    Raises:
        AshbyError: if a name is not that of exactly one record, or cannot be looked up.
    """
    if not isinstance(tool, AshbyTool):
        return call, {}
    found = tool.with_ids(call["args"])
    return {**call, "args": found.arguments}, dict(found.named)


def has_names(tool: BaseTool, call: ToolCall) -> bool:
    """True for arguments of an Ashby tool that are not ids where ids are asked: they must not run."""
    if not isinstance(tool, AshbyTool):
        return False
    try:
        tool.operation.model_validate(call["args"])
    except ValidationError:
        return True
    return False


def _model(schema: object) -> type[BaseModel] | None:
    return schema if isinstance(schema, type) and issubclass(schema, BaseModel) else None


_SHARED_ID = (
    "Several calls in one message had the same id, so they cannot be told apart. "
    "Make each of these calls again, in a message of its own."
)

_ODD = f"The arguments contain {NOT_KEPT}, or half a character. Call again without it."


def _too_many(count: int, most: int) -> str:
    return (
        f"{count} changes in one message are too many to review, so no one was asked about any of them. "
        f"Propose at most {most} at a time, and the rest when these are done."
    )


def _malformed(call: Call) -> str:
    name = one_line(call["name"] or "the call", 100)
    return f"The arguments of {name} are not a JSON object. Call again with valid JSON."


def _unknown(name: str, tools: Tools) -> str:
    near = get_close_matches(name, tools, n=3, cutoff=0.5)
    advice = f"Did you mean {' or '.join(near)}?" if near else "Use only the tools you were given."
    return f"There is no tool {one_line(name, 100)!r}. {advice}"
