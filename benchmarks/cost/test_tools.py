"""Making the tools, and binding them to the chat models of three providers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from langchain.chat_models import init_chat_model
from langchain_core.tools import BaseTool, StructuredTool

from benchmarks.cost.pairs import Pair
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.toolkit import explain_arguments

KEY = "none"
PLAIN = f"{len(OPERATIONS)} StructuredTool.from_function"

MODELS = {
    "ChatOpenAI": "openai:gpt-5",
    "ChatAnthropic": "anthropic:claude-sonnet-4-5",
    "ChatGoogleGenerativeAI": "google_genai:gemini-2.5-pro",
}


NAMED = [(it, it.tool_name(), it.tool_description()) for it in OPERATIONS.values()]


def plain_tools(**settings: Any) -> list[BaseTool]:
    """The same tools as made without this package."""
    return [
        StructuredTool.from_function(
            _nothing, name=name, description=description, args_schema=operation, infer_schema=False, **settings
        )
        for operation, name, description in NAMED
    ]


def like_ours() -> list[BaseTool]:
    """The same tools with the features that an agent needs: approval hints, artifacts, errors as answers, asyncio."""
    return plain_tools(
        coroutine=_anothing,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=explain_arguments,
        metadata={"title": "A title", "readOnlyHint": False, "destructiveHint": False, "ashby": {"toolset": "jobs"}},
    )


def _nothing(**arguments: Any) -> str:
    return ""


async def _anothing(**arguments: Any) -> str:
    return ""


@pytest.fixture
def toolkit() -> AshbyToolkit:
    """All tools."""
    return AshbyToolkit(AshbyClient(KEY))


def test_making_the_tools(pair: Pair, toolkit: AshbyToolkit) -> None:
    """Relevant if every conversation makes its own toolkit."""
    make = partial(AshbyToolkit, toolkit.client)
    pair("a toolkit of all", make, f"{PLAIN}, same settings", like_ours, rounds=500, at_most=1.0)


def test_making_the_tools_beside_barer_ones(pair: Pair, toolkit: AshbyToolkit) -> None:
    """Stricter than the bound: tools with a schema and no other feature of ours."""
    pair("a toolkit of all", partial(AshbyToolkit, toolkit.client), PLAIN, plain_tools, rounds=500)


@pytest.mark.parametrize("name", MODELS)
def test_binding_the_tools(pair: Pair, toolkit: AshbyToolkit, name: str) -> None:
    """`create_agent` repeats this at each step."""
    model = init_chat_model(MODELS[name], api_key=KEY)
    ours, theirs = partial(model.bind_tools, toolkit.get_tools()), partial(model.bind_tools, plain_tools())
    pair(f"all bound to {name}", ours, PLAIN, theirs, rounds=100, at_most=1.0)


@pytest.mark.parametrize("name", MODELS)
def test_making_and_binding_the_tools(pair: Pair, toolkit: AshbyToolkit, name: str) -> None:
    """Conversions are cached by class, so new tools of the same classes reuse them."""
    model = init_chat_model(MODELS[name], api_key=KEY)
    ours = lambda: model.bind_tools(AshbyToolkit(toolkit.client).get_tools())  # noqa: E731
    theirs = lambda: model.bind_tools(plain_tools())  # noqa: E731
    pair(f"all made and bound to {name}", ours, PLAIN, theirs, rounds=50, at_most=1.0)
