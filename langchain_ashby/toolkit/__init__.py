"""The toolkit: every operation on Ashby as a LangChain tool."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, partial
from typing import Any, cast

from langchain_core.tools import BaseTool, BaseToolkit, StructuredTool, ToolException
from langchain_core.tools.base import ArgsSchema
from langchain_core.utils.json_schema import dereference_refs
from pydantic import ConfigDict, PrivateAttr, ValidationError
from pydantic.v1 import ValidationError as ValidationErrorV1

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation, Page
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS
from langchain_ashby.errors import ArgumentError, AshbyError, ConfigurationError, Refused
from langchain_ashby.results import MAX_CHARACTERS, render
from langchain_ashby.results.redaction import CATEGORIES, left_out_note, without_private
from langchain_ashby.schema import strict as strict_schema
from langchain_ashby.text.json import json_safe
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import one_line
from langchain_ashby.toolkit.cost import Description, describe
from langchain_ashby.toolkit.html import tool_html, toolkit_html
from langchain_ashby.toolkit.id_hints import suggest_id

LEAST_CHARACTERS = 2_000
"""What the smallest result needs besides a record or two."""


class AshbyTool(StructuredTool):
    """An operation on Ashby as a tool.

    It answers with text for the model and, as the artifact, what Ashby sent, less what is private: `{"results": …}`,
    with `next_cursor`, `sync_token`, `warnings` and `request_ids` where there are any. What Ashby refuses, and
    arguments that cannot be right, come back as a tool message with status "error". Anything else that goes wrong is
    raised: `AshbyError` when the key, the connection or the reply is at fault.
    """

    strict: bool = False
    """Whether its schema is the one for strict mode."""

    @property
    def operation(self) -> type[Operation[Any]]:
        """The class that declares it, which is its `args_schema` too."""
        # As text: pydantic would make a class of it, anew at each call.
        return cast("type[Operation[Any]]", self.args_schema)

    @property
    def tool_call_schema(self) -> ArgsSchema:
        """The JSON Schema that a model sees, without what says nothing."""
        return {"title": self.name, "description": self.description, **_visible_schema(self.operation, self.strict)}

    @property
    def args(self) -> dict[str, Any]:
        """The JSON Schema of each argument."""
        return dict(_visible_schema(self.operation, self.strict)["properties"])

    def _repr_html_(self) -> str:
        return tool_html(self)


@cache
def _visible_schema(operation: type[Operation[Any]], for_strict_mode: bool = False) -> dict[str, Any]:
    """The arguments' schema with its definitions in place: not every provider follows references."""
    schema = dereference_refs(operation.argument_schema())
    schema = {key: value for key, value in schema.items() if key != "$defs"}
    return strict_schema(schema) if for_strict_mode else schema


class AshbyToolkit(BaseToolkit):
    """The tools for Ashby.

    Args:
        client: The client that they share; one with the key from `ASHBY_API_KEY` if left out.
        toolsets: Only these groups: candidates, applications, jobs, offers, interviews, feedback_forms, organization,
            openings.
        read_only: Only tools that change nothing.
        include: Only these tools, by name.
        exclude: Not these tools, by name.
        private: What results may hold besides: client, surveys, fields, compensation; nothing of it if left out. See
            `langchain_ashby.results.redaction`.
        max_characters: How long the text of a result may get, at least 2,000. It ends between records and says so.
        defer_loading: Mark the tools as ones that a provider's tool search finds; a model then sees them when needed.
        strict: Write the schemas for OpenAI's strict mode, `model.bind_tools(tools, strict=True)`: every argument is
            required, and null where it may be left out.

    Raises:
        ConfigurationError: if a toolset, tool or kind of private data is not known, with the names that may have been
            meant; or if `max_characters` is too small.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: AshbyClient
    toolsets: tuple[str, ...] | None = None
    read_only: bool = False
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    max_characters: int = MAX_CHARACTERS
    defer_loading: bool = False
    strict: bool = False
    _tools: list[BaseTool] = PrivateAttr()

    def __init__(
        self,
        client: AshbyClient | None = None,
        *,
        toolsets: Iterable[str] | None = None,
        read_only: bool = False,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
        private: Iterable[str] | None = None,
        max_characters: int = MAX_CHARACTERS,
        defer_loading: bool = False,
        strict: bool = False,
    ) -> None:
        if max_characters < LEAST_CHARACTERS:
            raise ConfigurationError(
                f"max_characters takes {LEAST_CHARACTERS} or more", remedy=f"Leave it out for {MAX_CHARACTERS}."
            )
        chosen: dict[str, Any] = {
            "client": client or AshbyClient(),
            "read_only": read_only,
            "toolsets": _known("toolset", toolsets, TOOLSETS),
            "include": _known("tool", include, OPERATIONS),
            "exclude": _known("tool", exclude, OPERATIONS) or (),
            "private": _known("kind of private data", private, CATEGORIES) or (),
            "max_characters": max_characters,
            "defer_loading": defer_loading,
            "strict": strict,
        }
        super().__init__(**chosen)
        self._tools = [self._tool(operation) for operation in OPERATIONS.values() if self._has(operation)]

    def get_tools(self) -> list[BaseTool]:
        """The tools, in the order in which `langchain_ashby.endpoints` declares them."""
        return list(self._tools)

    def interrupt_on(self) -> dict[str, bool]:
        """The tools that need a person's approval, as `create_agent`'s and deepagents' middleware take them."""
        return {tool.name: True for tool in self._tools if (tool.metadata or {}).get("readOnlyHint") is not True}

    def describe(self) -> Description:
        """What the tools are and what their definitions cost, in characters and estimated tokens."""
        return describe(self._tools)

    def _repr_html_(self) -> str:
        return toolkit_html(self._tools, self.client.base_url)

    def _tool(self, operation: type[Operation[Any]]) -> AshbyTool:
        run = _runner(operation, self.client, frozenset(self.private), self.max_characters)
        own = {
            "func": run,
            "coroutine": _in_thread(run, self.client, stops=operation.access is Access.READ),
            "metadata": _metadata(operation),
            "strict": self.strict,
            "extras": {"defer_loading": True} if self.defer_loading else None,
        }
        return _declared(operation).model_copy(update=own)

    def _has(self, operation: type[Operation[Any]]) -> bool:
        name = operation.tool_name()
        return (
            (self.toolsets is None or operation.toolset() in self.toolsets)
            and (self.include is None or name in self.include)
            and name not in self.exclude
            and not (self.read_only and operation.access is Access.WRITE)
        )


@cache
def _declared(operation: type[Operation[Any]]) -> AshbyTool:
    """What the tool of an operation is in every toolkit. To check it for each anew is what takes long in making one."""
    return AshbyTool(
        name=operation.tool_name(),
        description=operation.tool_description(),
        args_schema=operation,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=explain_arguments,
    )


def _metadata(operation: type[Operation[Any]]) -> dict[str, Any]:
    return {
        "title": operation.tool_title(),
        "readOnlyHint": operation.access is Access.READ,
        "destructiveHint": operation.destructive,
        "idempotentHint": operation.idempotent,
        "openWorldHint": True,
        "ashby": {
            "endpoint": operation.path,
            "permission": operation.permission,
            "toolset": operation.toolset(),
            "risk": operation.risk(),
        },
    }


def _known(kind: str, names: Iterable[str] | None, known: Iterable[str]) -> tuple[str, ...] | None:
    if names is None:
        return None
    if isinstance(names, str):
        raise ConfigurationError(f"A list of {kind}s is needed, not the text {names!r}", remedy=f"Give [{names!r}].")
    names, known = tuple(names), list(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3) or known
            raise ConfigurationError(f"There is no {kind} {name!r}", remedy=f"Did you mean {' or '.join(near[:8])}?")
    return names


def _runner(
    operation: type[Operation[Any]], client: AshbyClient, private: frozenset[str], max_characters: int
) -> Callable[..., tuple[str, dict[str, Any]]]:
    def run(**arguments: Any) -> tuple[str, dict[str, Any]]:
        request = operation(**arguments)
        try:
            reply = client.exchange(request)
        except (ArgumentError, Refused) as error:
            raise ToolException(explain_refusal(request, error, client)) from error
        result = reply.result
        page = result if isinstance(result, Page) else None
        results, left_out = without_private(json_safe(page.results if page else result), private)
        artifact: dict[str, Any] = {
            "results": results,
            "next_cursor": page and page.next_cursor,
            "sync_token": page and page.sync_token,
            "warnings": list(reply.warnings),
            "request_ids": list(reply.request_ids),
        }
        text = render(
            operation.record(),
            replace(page, results=results) if page else results,
            done="" if operation.access is Access.READ else operation.tool_title(),
            left_out=left_out_note(left_out),
            warnings=reply.warnings,
            with_the_same=[
                name for name in arguments if name not in ("cursor", "limit") and arguments[name] is not None
            ],
            max_characters=max_characters,
        )
        return text, {key: value for key, value in artifact.items() if key == "results" or value}

    return run


def _in_thread(
    run: Callable[..., tuple[str, dict[str, Any]]], client: AshbyClient, *, stops: bool
) -> Callable[..., Awaitable[tuple[str, dict[str, Any]]]]:
    """`run` for an event loop. A read ends when it is cancelled; a write that has begun is made to its end."""

    async def arun(**arguments: Any) -> tuple[str, dict[str, Any]]:
        return await client.run_blocking(partial(run, **arguments), stops=stops)

    return arun


def explain_refusal(request: Operation[Any], error: AshbyError, client: AshbyClient) -> str:
    """What Ashby refused and what to do: with the id that was probably meant, where an unknown one can be placed.

    Ashby's keys in its words become the arguments that they stand for, `archiveReasonId` archive_reason_id.
    """
    names = request.argument_names()
    error.message = _KEY.sub(lambda found: names.get(found[0], found[0]), error.message)
    meant = suggest_id(request, error, client.call) if isinstance(error, Refused) else None
    if meant:
        error.remedy = meant.sentence if meant.ids else f"{meant.sentence} {error.remedy}"
    return visible(error.for_model())


def explain_arguments(error: ValidationError | ValidationErrorV1) -> str:
    """What is wrong with a tool's arguments, a line per argument: which one, and what it takes."""
    problems: dict[str, list[str]] = {}
    for problem in error.errors():
        way = [str(part) for part in problem["loc"]]
        what, invented = problem["msg"].removeprefix("Value error, "), ""
        if problem["type"] == "extra_forbidden":
            invented = way.pop()
            known = [] if way else _arguments_of(error)
            what = f"there is no such argument{'; it takes ' * bool(known)}{', '.join(known)}"
        named = [part for part in way if not _BRANCH.fullmatch(part)] + [invented] * bool(invented)
        problems.setdefault(".".join(named) or "arguments", []).append(what)
    lines = [one_line(f"- {where}: {'; or: '.join(whats)}", _LINE) for where, whats in problems.items()]
    more = [f"- and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    return "\n".join(["invalid_argument: the arguments do not fit, nothing was sent.", *lines[:_LINES], *more])


_LINES, _LINE = 20, 400
"""How many problems are told, and in how many characters: what is wrong can be as long as a model likes."""


def _arguments_of(error: ValidationError | ValidationErrorV1) -> list[str]:
    """The arguments of the operation that refused, which pydantic names in the error's title."""
    refusing = [it for it in OPERATIONS.values() if it.__name__ == getattr(error, "title", None)]
    return [name for operation in refusing for name in operation.model_fields]


_KEY = re.compile(r"\b[a-z]+(?:[A-Z][a-z]*)+\b")
"""A key of Ashby's that is no plain word."""

_BRANCH = re.compile(r"[A-Z].*|.*[\[-].*|bool|int|float|str")
"""What pydantic puts into a location to tell which type of a union it tried. No argument is named so."""
