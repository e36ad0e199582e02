"""The tools in other people's frameworks: on an MCP server, with an MCP client, and in Pydantic AI.

The frameworks take seconds to import, so that is left to the tests that need them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import BY_DEFAULT
from langchain_ashby.ids import short
from langchain_ashby.sandbox import AshbySandbox

if TYPE_CHECKING:
    from mcp import ClientSession

pytestmark = pytest.mark.slow

TOOLS = {tool.name: tool for tool in AshbyToolkit(AshbyClient("key"), toolsets="all").get_tools()}


@asynccontextmanager
async def server(sandbox: AshbySandbox) -> AsyncIterator[ClientSession]:
    """A process that serves all tools for a sandbox over MCP, and a client of it."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    program = StdioServerParameters(
        command=sys.executable,
        args=[str(Path(__file__).with_name("mcp_server.py"))],
        env={
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "ASHBY_API_KEY": sandbox.api_key,
            "ASHBY_BASE_URL": sandbox.url,
        },
    )
    async with stdio_client(program) as streams, ClientSession(*streams) as session:
        await session.initialize()
        yield session


async def test_all_tools_can_be_served_over_mcp_and_one_of_each_kind_called() -> None:
    pytest.importorskip("langchain_mcp_adapters")
    from mcp.types import TextContent

    with AshbySandbox(candidates=3) as sandbox:
        candidate = sandbox.records("candidate")[0]
        who = {"candidate_id": candidate["id"]}

        async with server(sandbox) as session:
            listed = {it.name: it for it in (await session.list_tools()).tools}

            async def said(name: str, /, **arguments: Any) -> str:
                [content] = (await session.call_tool(name, arguments)).content
                assert isinstance(content, TextContent)
                return content.text

            page = await said("ashby_list_candidates", limit=2)
            found = await said("ashby_search_candidates", name=candidate["name"])
            record = await said("ashby_get_candidate", **who)
            written = await said("ashby_create_candidate_note", **who, note="Hello")
            nested = await said(
                "ashby_update_candidate", **who, social_links=[{"type": "GitHub", "url": "https://github.com/ada"}]
            )
            refused = await said("ashby_get_job", job_id=candidate["id"])
        requests = sandbox.requests()

    assert list(listed) == list(BY_DEFAULT)
    for name, tool in listed.items():
        metadata = TOOLS[name].metadata or {}
        assert tool.annotations is not None
        assert tool.annotations.model_dump() == {key: it for key, it in metadata.items() if key != "ashby"}
        assert tool.description == TOOLS[name].description
        assert tool.inputSchema["properties"] == seen(TOOLS[name])["properties"]
        assert tool.inputSchema.get("required") == seen(TOOLS[name]).get("required")
    assert "# 2 records; more: cursor=" in page
    assert short(candidate["id"]) in found
    assert candidate["name"] in record
    assert written.startswith("# Done: Create candidate note.")
    assert nested.startswith("# Done: Update candidate.")
    assert refused.startswith("job_not_found: ")
    assert [*dict.fromkeys((it["endpoint"], it["ok"]) for it in requests)][:5] == [
        ("candidate.list", True),
        ("candidate.search", True),
        ("candidate.info", True),
        ("candidate.createNote", True),
        ("candidate.update", True),
    ]
    update = next(it for it in requests if it["endpoint"] == "candidate.update")
    assert update["body"]["socialLinks"] == [{"type": "GitHub", "url": "https://github.com/ada"}]


def seen(tool: BaseTool) -> dict[str, Any]:
    """The schema that a model sees."""
    schema = tool.tool_call_schema
    assert isinstance(schema, type)
    assert issubclass(schema, BaseModel)
    return schema.model_json_schema()


def test_pydantic_ai_requires_what_is_required_and_nothing_else() -> None:
    pytest.importorskip("pydantic_ai")
    from pydantic_ai.ext.langchain import tool_from_langchain

    for tool in TOOLS.values():
        theirs = tool_from_langchain(tool).function_schema.json_schema
        assert sorted(theirs.get("required", [])) == sorted(seen(tool).get("required", [])), tool.name


def test_pydantic_ai_calls_a_tool_without_what_was_left_out() -> None:
    pytest.importorskip("pydantic_ai")
    from pydantic_ai.ext.langchain import tool_from_langchain

    with AshbySandbox(candidates=3) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        [tool] = AshbyToolkit(client, include=["ashby_list_candidates"]).get_tools()
        assert "# 2 records" in tool_from_langchain(tool).function(limit=2)
        assert sandbox.requests()[-1]["body"] == {"limit": 2}


def test_the_class_of_the_arguments_takes_what_the_tool_takes() -> None:
    for tool in TOOLS.values():
        schema = tool.tool_call_schema
        assert isinstance(schema, type)
        assert issubclass(schema, BaseModel)
        assert set(schema.model_fields) == set(tool.args), tool.name


def test_defaults_are_for_converters_and_not_for_models() -> None:
    for tool in TOOLS.values():
        required = seen(tool).get("required", [])
        assert {name for name, it in tool.args.items() if "default" not in it} == set(required), tool.name
        shown = convert_to_openai_tool(tool)["function"]["parameters"]["properties"]
        assert not [name for name, it in shown.items() if "default" in it], tool.name
