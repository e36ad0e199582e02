"""The toolkit: chooses operations and makes their tools."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Literal, Protocol, get_args, runtime_checkable

from langchain_core.tools import BaseTool, BaseToolkit
from pydantic import ConfigDict, PrivateAttr

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.results import MAX_CHARACTERS
from langchain_ashby.results.redaction import CATEGORIES
from langchain_ashby.toolkit.cost import Description, describe
from langchain_ashby.toolkit.html import toolkit_html
from langchain_ashby.toolkit.tool import OnError, make_tool


@runtime_checkable
class Mirror(Protocol):
    """Answers questions about a whole account, as `langchain_ashby.mirror.Mirror` does."""

    def is_of(self, client: AshbyClient) -> bool:
        """True unless it is another account's."""
        ...

    def tools(self, client: AshbyClient, *, strict: bool, defer_loading: bool, on_error: OnError) -> list[BaseTool]:
        """Returns the tools that put questions to it."""
        ...


PIPELINE = "pipeline"
"""The toolset of the questions that a mirror answers."""

LEAST_CHARACTERS = 2_000
"""The smallest limit that holds a record or two and the lines around them."""


class AshbyToolkit(BaseToolkit):
    """The tools for Ashby.

    Args:
        client: The client that all tools share; by default one with the key from `ASHBY_API_KEY`.
        toolsets: Only these groups, whole: candidates, applications, jobs, offers, interviews, feedback_forms,
            organization, openings, bulk; or `"all"`. By default all groups, without the tools that come on request.
        read_only: Only tools that change nothing.
        include: Only these tools, by name, also those that come on request.
        exclude: Not these tools, by name.
        mirror: A `langchain_ashby.mirror.Mirror`. It adds the toolset pipeline: questions about all of Ashby's data,
            each answered in one call.
        private: Private data that results may include: client, surveys, fields, compensation; none by default. See
            `langchain_ashby.results.redaction`.
        max_characters: The most characters of a result, at least 2,000. Longer ones come in parts.
        defer_loading: Mark the tools for a provider's tool search; a model then sees them when it needs them.
        strict: Write the schemas for OpenAI's strict mode, `model.bind_tools(tools, strict=True)`: every argument is
            required, and optional ones accept null.
        on_error: `"tell"` answers a call that fails, for whatever reason, with a tool message of status "error", which
            says what is known about a write. `"raise"` raises an `AshbyError` if the key, the connection or the reply
            is at fault. `create_recruiting_agent` handles errors by itself in either case.

    Raises:
        ConfigurationError: if a toolset, tool, kind of private data or `on_error` is unknown (it suggests similar
            names), if names are not given as a list, if `max_characters` is too small, or if the mirror is missing, of
            a wrong type or another account's.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: AshbyClient
    toolsets: tuple[str, ...] | None = None
    read_only: bool = False
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    mirror: Any = None
    private: tuple[str, ...] = ()
    max_characters: int = MAX_CHARACTERS
    defer_loading: bool = False
    strict: bool = False
    on_error: OnError = "tell"
    _tools: list[BaseTool] = PrivateAttr()

    def __init__(
        self,
        client: AshbyClient | None = None,
        *,
        toolsets: Iterable[str] | Literal["all"] | None = None,
        read_only: bool = False,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
        mirror: Mirror | None = None,
        private: Iterable[str] | None = None,
        max_characters: int = MAX_CHARACTERS,
        defer_loading: bool = False,
        strict: bool = False,
        on_error: OnError = "tell",
    ) -> None:
        if max_characters < LEAST_CHARACTERS:
            raise ConfigurationError(
                f"max_characters takes {LEAST_CHARACTERS} or more", remedy=f"Leave it out for {MAX_CHARACTERS}."
            )
        _known("on_error", "value of on_error", [on_error], get_args(OnError))
        client = client or AshbyClient()
        if mirror and not isinstance(mirror, Mirror):
            raise ConfigurationError(
                f"mirror takes a Mirror, not {type(mirror).__name__}", remedy="Give mirror=Mirror(url, client)."
            )
        if mirror and not mirror.is_of(client):
            raise ConfigurationError(
                "The mirror was made with another API key", remedy="Give the toolkit the client that the mirror has."
            )
        everything = [*TOOLSETS, *([PIPELINE] if mirror else [])]
        wanted = _known("toolsets", "toolset", everything if toolsets == "all" else toolsets, [*TOOLSETS, PIPELINE])
        if not mirror and wanted and PIPELINE in wanted:
            raise ConfigurationError(
                f"The toolset {PIPELINE} needs a mirror", remedy="Give mirror=Mirror(url, client)."
            )
        mirrored = mirror.tools(client, strict=strict, defer_loading=defer_loading, on_error=on_error) if mirror else []
        known_tools = [*OPERATIONS, *(tool.name for tool in mirrored)]
        without = (
            "" if mirror else f" The tools of the toolset {PIPELINE} need a mirror: give mirror=Mirror(url, client)."
        )
        chosen: dict[str, Any] = {
            "client": client,
            "read_only": read_only,
            "toolsets": wanted,
            "include": _known("include", "tool", include, known_tools, without),
            "exclude": _known("exclude", "tool", exclude, known_tools, without) or (),
            "mirror": mirror,
            "private": _known("private", "kind of private data", private, CATEGORIES) or (),
            "max_characters": max_characters,
            "defer_loading": defer_loading,
            "strict": strict,
            "on_error": on_error,
        }
        super().__init__(**chosen)
        of_ashby: list[BaseTool] = [
            make_tool(
                operation,
                self.client,
                private=frozenset(self.private),
                max_characters=max_characters,
                defer_loading=defer_loading,
                strict=strict,
                on_error=on_error,
            )
            for operation in OPERATIONS.values()
            if self._has(operation)
        ]
        asked = (tool for tool in mirrored if self._chosen(tool.name, PIPELINE))
        self._tools = [*of_ashby, *asked]

    def get_tools(self) -> list[BaseTool]:
        """Returns the tools in the order in which `langchain_ashby.endpoints` declares them."""
        return list(self._tools)

    def interrupt_on(self) -> dict[str, bool]:
        """Returns the tools that need a person's approval, for `create_agent`'s and deepagents' middleware.

        A tool that is not marked as read-only needs approval. The value is `{tool name: True}`, which
        `HumanInTheLoopMiddleware(interrupt_on=…)` takes for all decisions.
        """
        return {tool.name: True for tool in self._tools if (tool.metadata or {}).get("readOnlyHint") is not True}

    def describe(self) -> Description:
        """Describes the tools and what their definitions cost, in characters and estimated tokens."""
        return describe(self._tools)

    def _repr_html_(self) -> str:
        return toolkit_html(self._tools, self.client.base_url)

    def _has(self, operation: type[Operation[Any]]) -> bool:
        wanted = not operation.on_request or self.toolsets is not None or self.include is not None
        changes = operation.access is Access.WRITE
        return wanted and not (self.read_only and changes) and self._chosen(operation.tool_name(), operation.toolset())

    def _chosen(self, name: str, toolset: str) -> bool:
        return (
            (self.toolsets is None or toolset in self.toolsets)
            and (self.include is None or name in self.include)
            and name not in self.exclude
        )


def _known(
    field: str, kind: str, names: Iterable[str] | None, known: Iterable[str], remark: str = ""
) -> tuple[str, ...] | None:
    known = list(known)
    if names is None:
        return None
    if isinstance(names, str) or not isinstance(names, Iterable):
        example = [names] if isinstance(names, str) else known[:2]
        raise ConfigurationError(f"{field} takes a list of names, not {names!r}", remedy=f"Try {example!r}.")
    names = tuple(names)
    for name in names:
        if name not in known:
            every = ", ".join(known) if len(known) < 15 else "the names that `langchain-ashby tools` lists"
            near = get_close_matches(name, known, n=3)
            remedy = f"Did you mean {' or '.join(near)}?" if near else f"Choose from {every}."
            raise ConfigurationError(f"There is no {kind} {name!r}", remedy=f"{remedy}{remark}")
    return names
