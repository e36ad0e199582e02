"""Tools with wild arguments, tools with wild replies, and cards built from those."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from langchain_core.messages import ToolMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from recorder import KEY

from fuzz.overheard import NOW, Case, Spoiling, SpoilingAshby, cards, spoilings, tool_calls
from fuzz.target import Target
from fuzz.values import changed, changes, keys, wild
from langchain_ashby import AshbyClient, AshbyError, AshbyToolkit
from langchain_ashby.agent.cards import ReadCache, card_of, differences, html, markdown, seen_on, settled
from langchain_ashby.cli.card import panel
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import ServerError, UnreadableReplyError
from langchain_ashby.sandbox import AshbySandbox


def outcome(tool: Any, args: dict[str, Any]) -> ToolMessage | AshbyError:
    """The outcome of calling a tool as an agent does; raises anything undocumented."""
    try:
        message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": args})
    except AshbyError as error:
        assert_tells(str(error))
        assert_tells(error.for_model())
        return error
    assert isinstance(message, ToolMessage)
    assert isinstance(message.content, str)
    assert_tells(message.content)
    json.dumps(message.artifact)
    JsonPlusSerializer().dumps_typed(message)  # it must be storable in a checkpoint
    return message


def assert_tells(text: str) -> None:
    """Asserts that a text can be shown and sent, has a bounded length, and does not contain the key."""
    text.encode()
    assert 0 < len(text) < MOST_CHARACTERS, len(text)
    assert KEY not in text


MOST_CHARACTERS = 60_000
"""The most in any text that a model or a person reads."""


@contextmanager
def arguments() -> Iterator[Target]:
    """Arguments that a model may invent for each tool, on a working sandbox."""
    with ExitStack() as stack:
        uploads = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        known = tool_calls(uploads)
        sandbox = stack.enter_context(AshbySandbox(candidates=3))
        client = stack.enter_context(
            AshbyClient(sandbox.api_key, sandbox.url, timeout=30, max_retries=0, upload_dirs=[uploads])
        )
        tools = {tool.name: tool for tool in AshbyToolkit(client, toolsets="all", on_error="raise").get_tools()}

        def check(call: tuple[str, dict[str, Any]]) -> str:
            name, args = call
            result = outcome(tools[name], args)
            # The sandbox works, so the reply is always readable.
            assert not isinstance(result, ServerError | UnreadableReplyError), str(result)
            return type(result).__name__ if isinstance(result, AshbyError) else result.status

        changed_calls = st.sampled_from(known).flatmap(
            lambda case: st.tuples(st.just(case.tool), changes.map(lambda made: _object(changed(case.args, made))))
        )
        yield Target(changed_calls | st.sampled_from(list(tools.values())).flatmap(_invented), check)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"value": value}


def _invented(tool: Any) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Arguments from the schema, and others under arbitrary keys."""
    fitting = {name: by_schema(schema) | wild for name, schema in tool.args.items()}
    return st.tuples(
        st.just(tool.name),
        st.builds(
            lambda declared, others: {**others, **declared},
            st.fixed_dictionaries({}, optional=fitting),
            st.dictionaries(keys, wild, max_size=2) | st.just({}),
        ),
    )


def by_schema(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that match a JSON Schema, as far as tools use it."""
    if "anyOf" in schema:
        return st.one_of(*map(by_schema, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            properties = {name: by_schema(each) for name, each in schema.get("properties", {}).items()}
            return st.fixed_dictionaries({}, optional=properties)
        case "array":
            return st.lists(by_schema(schema.get("items", {})), max_size=3)
        case "integer":
            return st.integers() | st.integers(0, 100)
        case "number":
            return st.integers() | st.floats()
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string":
            return st.uuids().map(str) | st.datetimes().map(lambda it: f"{it.isoformat()}Z") | st.text(max_size=20)
    return wild


@contextmanager
def replies() -> Iterator[Target]:
    """A broken server's replies to a call of each tool."""
    with ExitStack() as stack:
        uploads = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cases = tool_calls(uploads)
        ashby = stack.enter_context(SpoilingAshby())
        client = stack.enter_context(AshbyClient(KEY, ashby.url, timeout=30, max_retries=0, upload_dirs=[uploads]))
        tools = {tool.name: tool for tool in AshbyToolkit(client, toolsets="all", on_error="raise").get_tools()}
        liberal = AshbyToolkit(client, toolsets="all", private=["client", "surveys", "fields", "compensation"])
        allowed = {tool.name: tool for tool in liberal.get_tools()}

        def check(example: tuple[Case, list[Spoiling], bool]) -> str:
            case, spoiled, everything = example
            ashby.prepare(case, spoiled)
            operation = OPERATIONS[case.tool]
            result = outcome((allowed if everything else tools)[case.tool], case.args)
            sent = operation.access is Access.WRITE and operation.path in ashby.endpoints()
            if isinstance(result, ToolMessage) and "nothing was sent" in result.content:
                assert not ashby.requests
            if sent and isinstance(result, AshbyError):
                assert result.outcome_unknown or result.status in (401, 403, 404, 429), str(result)
            return type(result).__name__ if isinstance(result, AshbyError) else result.status

        yield Target(st.tuples(st.sampled_from(cases), spoilings, st.booleans()), check)


@contextmanager
def approvals() -> Iterator[Target]:
    """The same replies while each write's card is built, compared with a later one, and settled."""
    with ExitStack() as stack:
        uploads = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cases = cards(uploads)
        ashby = stack.enter_context(SpoilingAshby())
        client = stack.enter_context(AshbyClient(KEY, ashby.url, timeout=30, max_retries=0, upload_dirs=[uploads]))

        def check(example: tuple[Case, list[Spoiling], list[Spoiling]]) -> str:
            case, spoiled, later = example
            request = case.request
            assert request is not None
            ashby.prepare(case, spoiled)
            card = card_of(request, ReadCache(client, now=NOW))
            for text in (card["line"], markdown(card), html(card)):
                text.encode()
                assert KEY not in text
            assert panel(card)
            assert card == json.loads(json.dumps(card)), "a card is plain JSON"
            JsonPlusSerializer().dumps_typed(card)
            ashby.prepare(case, later)
            fresh = card_of(request, ReadCache(client, now=NOW))
            differences(card, fresh)
            try:
                happened = settled(request, seen_on(card), ReadCache(client)).proven
            except AshbyError as error:
                return type(error).__name__
            assert happened in (True, False, None)
            plain = any("could not be made" in it for it in card["unchecked"])
            return "plain card" if plain else "card"

        yield Target(st.tuples(st.sampled_from(cases), spoilings, spoilings), check)
