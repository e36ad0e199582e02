"""The toolkit: every operation on Ashby as a LangChain tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any, cast

from langchain_core.tools import BaseTool, BaseToolkit, StructuredTool, ToolException
from langchain_core.tools.base import ArgsSchema
from langchain_core.utils.json_schema import dereference_refs
from pydantic import ConfigDict, PrivateAttr, ValidationError
from pydantic.v1 import ValidationError as ValidationErrorV1

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation, Page
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS
from langchain_ashby.errors import ArgumentError, ConfigurationError, Refused
from langchain_ashby.render import render


class AshbyTool(StructuredTool):
    """An operation on Ashby as a tool.

    It answers with text for the model and, as the artifact, what Ashby sent: `{"results": …}`, with `next_cursor`,
    `sync_token`, `warnings` and `request_ids` where there are any. What Ashby refuses, and arguments that cannot be
    right, come back as a tool message with status "error". Anything else that goes wrong is raised: `AshbyError` when
    the key, the connection or the reply is at fault.
    """

    @property
    def operation(self) -> type[Operation[Any]]:
        """The class that declares it, which is its `args_schema` too."""
        return cast(type[Operation[Any]], self.args_schema)

    @property
    def tool_call_schema(self) -> ArgsSchema:
        """The JSON Schema that a model sees, without what says nothing."""
        return {"title": self.name, "description": self.description, **_visible_schema(self.operation)}

    @property
    def args(self) -> dict[str, Any]:
        """The JSON Schema of each argument."""
        return dict(_visible_schema(self.operation)["properties"])


@cache
def _visible_schema(operation: type[Operation[Any]]) -> dict[str, Any]:
    """The arguments' schema with its definitions in place: not every provider follows references."""
    schema = dereference_refs(operation.argument_schema())
    return {key: value for key, value in schema.items() if key != "$defs"}


class AshbyToolkit(BaseToolkit):
    """The tools for Ashby.

    Args:
        client: The client that they share; one with the key from `ASHBY_API_KEY` if left out.
        toolsets: Only these groups: candidates, applications, jobs, offers, interviews, feedback_forms, organization,
            openings.
        read_only: Only tools that change nothing.
        include: Only these tools, by name.
        exclude: Not these tools, by name.

    Raises:
        ConfigurationError: if a toolset or tool is not known, with the names that may have been meant.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: AshbyClient
    toolsets: tuple[str, ...] | None = None
    read_only: bool = False
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    _tools: list[BaseTool] = PrivateAttr()

    def __init__(
        self,
        client: AshbyClient | None = None,
        *,
        toolsets: Iterable[str] | None = None,
        read_only: bool = False,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
    ) -> None:
        chosen: dict[str, Any] = {
            "client": client or AshbyClient(),
            "read_only": read_only,
            "toolsets": _known("toolset", toolsets, TOOLSETS),
            "include": _known("tool", include, OPERATIONS),
            "exclude": _known("tool", exclude, OPERATIONS) or (),
        }
        super().__init__(**chosen)
        self._tools = [_tool(operation, self.client) for operation in OPERATIONS.values() if self._has(operation)]

    def get_tools(self) -> list[BaseTool]:
        """The tools, in the order in which `langchain_ashby.endpoints` declares them."""
        return list(self._tools)

    def interrupt_on(self) -> dict[str, bool]:
        """The tools that need a person's approval, as `create_agent`'s and deepagents' middleware take them."""
        return {tool.name: True for tool in self._tools if (tool.metadata or {}).get("readOnlyHint") is not True}

    def _has(self, operation: type[Operation[Any]]) -> bool:
        name = operation.tool_name()
        return (
            (self.toolsets is None or operation.toolset() in self.toolsets)
            and (self.include is None or name in self.include)
            and name not in self.exclude
            and not (self.read_only and operation.access is Access.WRITE)
        )


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


def _tool(operation: type[Operation[Any]], client: AshbyClient) -> AshbyTool:
    return AshbyTool(
        name=operation.tool_name(),
        description=operation.tool_description(),
        args_schema=operation,
        func=_runner(operation, client),
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=explain_arguments,
        metadata={
            "title": operation.tool_title(),
            "readOnlyHint": operation.access is Access.READ,
            "destructiveHint": operation.destructive,
            "idempotentHint": operation.idempotent,
            "openWorldHint": True,
            "ashby": {
                "endpoint": operation.path,
                "permission": operation.permission,
                "toolset": operation.toolset(),
            },
        },
    )


def _runner(operation: type[Operation[Any]], client: AshbyClient) -> Callable[..., tuple[str, dict[str, Any]]]:
    def run(**arguments: Any) -> tuple[str, dict[str, Any]]:
        try:
            reply = client.exchange(operation(**arguments))
        except (ArgumentError, Refused) as error:
            raise ToolException(error.for_model()) from error
        artifact: dict[str, Any] = {"results": reply.result}
        if isinstance(reply.result, Page):
            page = reply.result
            artifact = {"results": page.results, "next_cursor": page.next_cursor, "sync_token": page.sync_token}
        artifact |= {"warnings": list(reply.warnings), "request_ids": list(reply.request_ids)}
        artifact = {key: value for key, value in artifact.items() if key == "results" or value}
        return render(reply.result, reply.warnings), artifact

    return run


def explain_arguments(error: ValidationError | ValidationErrorV1) -> str:
    """What is wrong with a tool's arguments, a line per argument: which one, and what it takes."""
    lines = ["invalid_argument: the arguments do not fit, nothing was sent."]
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"]) or "arguments"
        what = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            what = "there is no such argument"
        lines.append(f"- {where}: {what}")
    return "\n".join(lines)
