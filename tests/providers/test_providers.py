"""All tools through the converters of three providers: models get exactly what was declared.

The models are real ones with a dummy key, talking HTTP to the test's own server.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from models import ANTHROPIC, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES, PROVIDERS, Provider
from recorder import Recorder
from rules import against_anthropic, against_gemini, against_strict_openai
from schemas import Schema, arguments, parts

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.sandbox import AshbySandbox


def schema_of(tool: BaseTool) -> Schema:
    """The schema that a model sees."""
    seen: Any = tool.tool_call_schema
    schema: Schema = seen.model_json_schema()
    return schema


TOOLS = {tool.name: tool for tool in AshbyToolkit(AshbyClient("key")).get_tools()}
DECLARED: dict[str, Schema] = {name: schema_of(tool) for name, tool in TOOLS.items()}

STRICT = AshbyToolkit(AshbyClient("key"), strict=True).get_tools()


def sent(provider: Provider, tools: Iterable[BaseTool] = TOOLS.values(), **options: Any) -> dict[str, dict[str, Any]]:
    """The tools as sent to the provider, by name."""
    with Recorder() as recorder:
        provider.sent_by(recorder, lambda model: model.bind_tools([*tools], **options), provider.saying("Hello."))
        return {tool["name"]: tool for tool in provider.tools(recorder.last.body)}


@pytest.fixture(scope="module")
def received() -> Iterator[dict[str, dict[str, dict[str, Any]]]]:
    """The tools as sent to each provider."""
    yield {provider.name: sent(provider) for provider in PROVIDERS}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_every_tool_arrives_with_its_description(provider: Provider, received: Any) -> None:
    arrived = {name: tool["description"] for name, tool in received[provider.name].items()}
    assert arrived == {name: tool.description for name, tool in TOOLS.items()}


@pytest.mark.parametrize("provider", (OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC), ids=lambda provider: provider.name)
def test_openai_and_anthropic_get_the_schemas_unchanged(provider: Provider, received: Any) -> None:
    for name, tool in received[provider.name].items():
        expected = {key: value for key, value in DECLARED[name].items() if key not in ("title", "description")}
        assert tool["parameters"] == expected, name


@pytest.mark.parametrize("name", TOOLS)
def test_gemini_gets_every_argument_as_declared(name: str, received: Any) -> None:
    assert arguments(received[GEMINI.name][name]["parameters"]) == arguments(DECLARED[name])


def test_no_schema_relies_on_what_is_lost_on_the_way_to_gemini() -> None:
    """langchain-google-genai drops formats, bounds and patterns; the tools check them, and the descriptions mention
    them."""
    said = {word for schema in DECLARED.values() for _, part in parts(schema) for word in part}
    assert said <= {"title", "description", "type", "properties", "required", "items", "anyOf", "enum", "default"}


@pytest.mark.parametrize("name", TOOLS)
def test_gemini_would_not_refuse_the_schema(name: str, received: Any) -> None:
    assert list(against_gemini(received[GEMINI.name][name]["parameters"])) == []


@pytest.mark.parametrize("name", TOOLS)
def test_anthropic_would_not_refuse_the_schema(name: str, received: Any) -> None:
    assert list(against_anthropic(received[ANTHROPIC.name][name]["parameters"])) == []


def test_names_and_descriptions_keep_every_providers_limits() -> None:
    for name, tool in TOOLS.items():
        assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]{0,63}", name)
        assert len(tool.description) <= 1024
        assert all(re.fullmatch(r"\w{1,64}", argument) for argument in DECLARED[name]["properties"])
    assert len(TOOLS) <= 128


@pytest.mark.parametrize("provider", (OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC), ids=lambda provider: provider.name)
def test_strict_mode_leaves_schemas_unchanged_that_are_written_for_it(provider: Provider) -> None:
    arrived = sent(provider, STRICT, strict=True)
    for tool in STRICT:
        declared = {key: value for key, value in schema_of(tool).items() if key not in ("title", "description")}
        assert arrived[tool.name]["parameters"] == declared, tool.name
        assert arrived[tool.name]["strict"] is True


@pytest.mark.parametrize("tool", STRICT, ids=lambda tool: tool.name)
def test_strict_mode_would_not_refuse_the_schema(tool: BaseTool) -> None:
    assert list(against_strict_openai(schema_of(tool))) == []


def test_a_converter_logs_no_complaints(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for provider in PROVIDERS:
            sent(provider)
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_the_agent_works_through_the_providers_own_chat_model(provider: Provider) -> None:
    """A call in the provider's format runs the tool, and its result goes back in the provider's format."""
    with AshbySandbox(candidates=3) as ashby, Recorder() as recorder:
        job = ashby.records("job")[0]
        replies = [provider.calling("ashby_get_job", {"job_id": job["id"]}), provider.saying("Done.")]
        provider.prepare(recorder, replies)
        with AshbyClient(ashby.api_key, ashby.url) as client:
            graph = create_recruiting_agent(provider.connect(recorder.url), AshbyToolkit(client))
            config: Any = {"configurable": {"thread_id": "1"}}
            said = graph.invoke({"messages": [{"role": "user", "content": "What job is that?"}]}, config)  # type: ignore[call-overload]
        assert said["messages"][-1].text == "Done."
        assert [entry["endpoint"] for entry in ashby.requests()] == ["apiKey.info", "job.info"]
        assert job["title"] in recorder.last.content.decode()
        assert "untrusted" in recorder.last.content.decode()
