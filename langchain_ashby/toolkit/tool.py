"""A single tool: its schema, its metadata, and a call from arguments to the text that a model reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import cache, partial
from typing import Any, Literal, cast

from langchain_core.tools import StructuredTool, ToolException
from langchain_core.tools.base import ArgsSchema
from langchain_core.utils.json_schema import dereference_refs
from pydantic import BaseModel, ConfigDict, PrivateAttr

from langchain_ashby.bulk import Bulk, Made
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation, Page, Paged
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import AshbyError
from langchain_ashby.http.wire import Reply
from langchain_ashby.ids import IDS
from langchain_ashby.records import Feedback, FeedbackReceipt
from langchain_ashby.results import MAX_CHARACTERS, OWN, Laid, Place, lay_out
from langchain_ashby.results.many import Fate, told_of_many
from langchain_ashby.results.redaction import left_out_note, without_private
from langchain_ashby.schema import strict as strict_schema
from langchain_ashby.scoped import scoped
from langchain_ashby.text.json import json_safe
from langchain_ashby.text.safe import visible
from langchain_ashby.toolkit.arguments import arguments_of, plain
from langchain_ashby.toolkit.beside import Reads, look_beside
from langchain_ashby.toolkit.explain import MODELS_OWN, explain_arguments, explain_error
from langchain_ashby.toolkit.html import tool_html
from langchain_ashby.toolkit.names import Resolved, resolved

OnError = Literal["tell", "raise"]
"""What happens to an error that the model cannot correct: its text is the tool's answer, or it is raised."""

SHORTER = 3
"""How often a page that is too long is asked for again, each time with fewer records."""

_raising: ContextVar[bool] = ContextVar("langchain_ashby_raising", default=False)


def raising_errors() -> scoped[bool]:
    """Makes all tools that are called within the block raise such errors: an agent that keeps a journal needs them."""
    return scoped(_raising, True)


class AshbyTool(StructuredTool):
    """An operation on Ashby as a tool. Where it asks for an id, it also takes the name of exactly one record.

    It answers with text for the model and, as the artifact, Ashby's JSON without private data: `{"results": …}`,
    with `next_cursor`, `sync_token`, `more` (True if there are more records but no cursor), `warnings` and
    `request_ids` if there are any. Whatever fails comes back as a tool message with status "error", which says what is
    known about a write. With `AshbyToolkit(on_error="raise")` it raises an `AshbyError` if the key, the connection or
    the reply is at fault.
    """

    strict: bool = False
    """True if its schema is the one for strict mode."""

    private: frozenset[str] = frozenset()
    """The categories of private data that its results keep."""

    # Private, so that it appears in no trace.
    _client: AshbyClient | None = PrivateAttr(default=None)
    _operation: type[Operation[Any]] | None = PrivateAttr(default=None)

    @property
    def client(self) -> AshbyClient | None:
        """The client that it calls; None for a tool that `AshbyToolkit` did not make."""
        return self._client

    @property
    def operation(self) -> type[Operation[Any]]:
        """The class that declares the tool. It takes ids alone; the arguments of the tool may hold names instead."""
        return self._operation or self._arguments

    @property
    def tool_call_schema(self) -> ArgsSchema:
        """The arguments as a class whose `model_json_schema()` is what a model sees, without redundant entries."""
        return _seen_by_models(self._arguments, self.strict, self.name, self.description)

    @property
    def args(self) -> dict[str, Any]:
        """The JSON Schema of each argument, with a default for those that can be left out: converters look for it."""
        seen = _visible_schema(self._arguments, self.strict)
        required = seen.get("required", ())
        return {name: it if name in required else {"default": None, **it} for name, it in seen["properties"].items()}

    def for_each(self) -> AshbyTool | None:
        """The tool of the single writes, if this is a bulk tool, with the same client."""
        if self.client is None or not issubclass(self.operation, Bulk):
            return None
        return make_tool(
            self.operation.of,
            self.client,
            private=self.private,
            max_characters=MAX_CHARACTERS,
            defer_loading=False,
            strict=False,
            on_error="raise",
        )

    def with_ids(self, arguments: Mapping[str, Any]) -> Resolved:
        """Replaces names in checked arguments with ids, as a call of the tool does. It only reads.

        Raises:
            AshbyError: if a name is not that of exactly one record, or cannot be looked up.
        """
        if self._client is None:
            return Resolved(dict(arguments))
        return resolved(self.operation, arguments, self._client)

    @property
    def _arguments(self) -> type[Operation[Any]]:
        # A string: the class itself would make pydantic build a generic class at each call.
        return cast("type[Operation[Any]]", self.args_schema)

    def _repr_html_(self) -> str:
        return tool_html(self)


@cache
def _visible_schema(operation: type[Operation[Any]], for_strict_mode: bool = False) -> dict[str, Any]:
    """Writes the schema of the arguments with definitions inlined: not every provider follows references."""
    schema = dereference_refs(operation.argument_schema())
    schema = {key: value for key, value in schema.items() if key != "$defs"}
    return strict_schema(schema) if for_strict_mode else schema


@cache
def _seen_by_models(operation: type[Operation[Any]], strict: bool, name: str, description: str) -> type[BaseModel]:
    """Derives the class that stands for the arguments: LangChain reads its schema, other libraries its fields too."""
    schema = {"title": name, "description": description, **_visible_schema(operation, strict)}

    class Seen(operation):  # type: ignore[valid-type, misc]  # a class that is known only now
        model_config = ConfigDict(defer_build=True)  # hardly anyone validates with it

        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            return dict(schema)

    Seen.__name__, Seen.__doc__ = operation.__name__, operation.__doc__
    return Seen


def make_tool(
    operation: type[Operation[Any]],
    client: AshbyClient,
    *,
    private: frozenset[str],
    max_characters: int,
    defer_loading: bool,
    strict: bool,
    on_error: OnError,
) -> AshbyTool:
    """Makes the tool of an operation; the arguments are those of `AshbyToolkit`."""
    run = _runner(operation, client, private, max_characters, on_error)
    own = {
        "func": run,
        "coroutine": _run_blocking(run, client, cancellable=operation.access is Access.READ),
        "metadata": _metadata(operation),
        "strict": strict,
        "private": private,
        "extras": {"defer_loading": True} if defer_loading else None,
    }
    tool = _declared(operation).model_copy(update=own)
    tool._client, tool._operation = client, operation
    return tool


@cache
def _declared(operation: type[Operation[Any]]) -> AshbyTool:
    """Builds the tool of an operation without its client. Cached: validating it is the slow part of a toolkit."""
    return AshbyTool(
        name=operation.tool_name(),
        description=operation.tool_description(),
        args_schema=arguments_of(operation),
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


def _runner(
    operation: type[Operation[Any]],
    client: AshbyClient,
    private: frozenset[str],
    max_characters: int,
    on_error: OnError,
) -> Callable[..., tuple[str, dict[str, Any]]]:
    answer = partial(_answer, private=private, max_characters=max_characters)

    def run(**arguments: Any) -> tuple[str, dict[str, Any]]:
        place = Place.of(arguments.pop("cursor", None))
        cursor = {"cursor": place.cursor} if place.cursor else {}
        given = [name for name, value in arguments.items() if value is not None]
        request = None
        with client.deadline():  # one for the look-ups as well
            try:
                found = resolved(operation, plain(arguments), client)
                request = operation(**found.arguments, **cursor)
                reply = client.exchange(request)
            except AshbyError as error:
                if not isinstance(error, MODELS_OWN) and (on_error == "raise" or _raising.get()):
                    raise
                why = explain_error(request, error, client) if request else visible(error.for_model())
                raise ToolException(why) from error
            if issubclass(operation, Bulk):
                return _told_of_bulk(operation, cast(list[Made], reply.result), reply.request_ids, found.notes)
            reads = Reads(client)
            laid, artifact = answer(request, reply, reads, given, place, found.notes)
            for _ in range(SHORTER):  # fewer rows may be longer ones
                if laid.whole and isinstance(request, Paged) and (shorter := _shorter(request, laid.whole, client)):
                    laid, artifact = answer(request, shorter, reads, given, place, found.notes)
        return laid.text, artifact

    return run


def _told_of_bulk(
    operation: type[Bulk[Any]], made: list[Made], request_ids: Sequence[str], notes: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """The text and the artifact of a bulk write.

    Raises:
        ToolException: if nothing was made, and that is certain.
    """
    fates = [Fate(it["id"], "", it["outcome"], it["reason"]) for it in made]
    told = told_of_many(fates, done=operation.done, title=operation.tool_title())
    text = "\n".join([told, *(f"{OWN}{note}" for note in notes)])
    if all(it["outcome"] in ("not made", "not attempted") for it in made):
        raise ToolException(text)
    return text, {"results": made, "request_ids": list(request_ids)}


def _answer(
    request: Operation[Any],
    reply: Reply[Any],
    reads: Reads,
    given: list[str],
    place: Place,
    notes: Sequence[str],
    *,
    private: frozenset[str],
    max_characters: int,
) -> tuple[Laid, dict[str, Any]]:
    """The text and the artifact of a reply, with what is found out beside it."""
    page = reply.result if isinstance(reply.result, Page) else None
    beside = look_beside(request, json_safe(page.results if page else reply.result), reads)
    results, left_out = without_private(beside.results, private)
    artifact: dict[str, Any] = {
        "results": results,
        "next_cursor": page and page.next_cursor,
        "sync_token": page and page.sync_token,
        "more": reply.more,
        "warnings": list(reply.warnings),
        "request_ids": list(reply.request_ids),
    }
    shown = beside.shown(results)
    laid = lay_out(
        request.record(),
        replace(page, results=shown) if page else shown,
        done="" if request.access is Access.READ else request.tool_title(),
        left_out=left_out_note(left_out),
        warnings=reply.warnings,
        incomplete=reply.more,
        facts=beside.facts,
        notes=[*notes, *beside.notes],
        with_the_same=given,
        place=place,
        rest_with=_read_after(request),
        max_characters=max_characters,
    )
    return laid, {key: value for key, value in artifact.items() if key == "results" or value}


def _shorter(request: Paged[Any], records: int, client: AshbyClient) -> Reply[Any] | None:
    """The page again with as many records as a text holds: then Ashby's own cursor leads to the next ones.

    None if Ashby does not give it so. Then the text comes in parts, and all is read again for each.
    """
    try:
        reply = client.exchange(request.model_copy(update={"limit": records}))
    except AshbyError:
        return None
    page = reply.result
    return reply if isinstance(page, Page) and page.next_cursor and len(page.results) <= records else None


def _read_after(request: Operation[Any]) -> str:
    """The tool that reads what a request wrote: the record itself, or the one whose field it is."""
    record = request.record()
    owner = IDS.get(f"{getattr(request, 'object_type', '').lower()}_id")
    return _reads().get(record, owner.read_by if owner else "") if record else ""


@cache
def _reads() -> dict[type, str]:
    """The tool that reads each kind of record: one at a time, if there is such a tool."""
    reads = [it for it in OPERATIONS.values() if it.access is Access.READ]
    reads.sort(key=lambda it: it.path.endswith(".info"))
    found = {record: it.tool_name() for it in reads if (record := it.record())}
    return found | {FeedbackReceipt: found[Feedback]}


def _run_blocking(
    run: Callable[..., tuple[str, dict[str, Any]]], client: AshbyClient, *, cancellable: bool
) -> Callable[..., Awaitable[tuple[str, dict[str, Any]]]]:
    """Adapts `run` to an event loop. A canceled read ends at once; a write that has begun runs to its end."""

    async def arun(**arguments: Any) -> tuple[str, dict[str, Any]]:
        return await client.run_blocking(partial(run, **arguments), cancellable=cancellable)

    return arun
