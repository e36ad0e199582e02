"""Configuring the server's graph through its environment."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from langchain_ashby import server
from langchain_ashby.agent.messages.tool_messages import NO_STORE
from langchain_ashby.agent.run.context import SettingsError
from langchain_ashby.errors import ConfigurationError, MissingAPIKeyError
from langchain_ashby.sandbox import AshbySandbox

GO: Any = {"messages": [("user", "Who is next?")]}
SOMEBODY = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(autouse=True)
def made_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("MODEL", "MODELS", "ACT_FOR"):
        monkeypatch.delenv(f"LANGCHAIN_ASHBY_{name}", raising=False)
    server._made.cache_clear()
    yield
    server._made.cache_clear()


async def test_without_key_and_model_a_script_works_on_a_sandbox_and_says_so() -> None:
    graph = await server.make_graph()
    messages = (await graph.ainvoke(GO))["messages"]
    assert "I'm a scripted model" in messages[1].text
    # It is compiled without a store: the server provides one, and until then the agent does not write.
    assert sum(NO_STORE in it.text for it in messages if it.type == "tool") == 3


async def test_it_is_made_once() -> None:
    assert await server.make_graph() is await server.make_graph()


async def test_a_run_may_choose_among_the_models_that_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "dummy")
    monkeypatch.setenv("LANGCHAIN_ASHBY_MODELS", "anthropic:claude-sonnet-5-5, anthropic:claude-haiku-5 ,")
    schema = (await server.make_graph()).get_context_jsonschema()
    assert schema is not None
    assert schema["properties"]["model"]["enum"] == [
        "default",
        "anthropic:claude-sonnet-5-5",
        "anthropic:claude-haiku-5",
    ]


async def test_a_model_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_ASHBY_MODEL", "nobody:nothing")
    with pytest.raises(ConfigurationError, match="The model nobody:nothing cannot be used"):
        await server.make_graph()


@pytest.mark.parametrize("variable", ["LANGCHAIN_ASHBY_MODEL", "LANGCHAIN_ASHBY_MODELS"])
async def test_a_model_whose_key_is_missing_is_named_and_leaves_no_sandbox_behind(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv(variable, "openai:gpt-5")
    before = set(threading.enumerate())
    with pytest.raises(ConfigurationError, match=r"The model openai:gpt-5 cannot be used: .*OPENAI_API_KEY"):
        await server.make_graph()
    assert not [it for it in set(threading.enumerate()) - before if it.name == "ashby-sandbox"]


@pytest.mark.parametrize("allowed, refused", [(None, True), ("", True), (f"x, {SOMEBODY}", False), ("anyone", False)])
async def test_in_ashby_a_run_acts_only_for_those_who_are_listed(
    monkeypatch: pytest.MonkeyPatch, allowed: str | None, refused: bool
) -> None:
    with AshbySandbox(candidates=12) as sandbox:
        monkeypatch.setenv("ASHBY_API_KEY", sandbox.api_key)
        monkeypatch.setenv("ASHBY_BASE_URL", sandbox.url)
        if allowed is not None:
            monkeypatch.setenv("LANGCHAIN_ASHBY_ACT_FOR", allowed)
        graph = await server.make_graph()
        if refused:
            with pytest.raises(SettingsError, match="does not let runs act for this user"):
                await graph.ainvoke(GO, context={"on_behalf_of": SOMEBODY})  # type: ignore[call-overload]
        else:
            await graph.ainvoke(GO, context={"on_behalf_of": SOMEBODY})  # type: ignore[call-overload]
        assert {it["on_behalf_of"] for it in sandbox.requests()} == (set() if refused else {SOMEBODY})


async def test_what_the_server_keeps_is_for_its_owner_only_whatever_was_there_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGCHAIN_ASHBY_DATABASE", "kept/here.db")
    before = os.umask(0)
    try:
        (tmp_path / ".langgraph_api").mkdir()
        (tmp_path / "kept").mkdir()
        for ending in ("", "-wal", "-shm"):
            (tmp_path / "kept" / f"here.db{ending}").touch(0o666)
        async with server.store(), server.checkpointer():
            files = {it.name: it.stat().st_mode & 0o777 for it in (tmp_path / "kept").iterdir()}
    finally:
        os.umask(before)
    assert files.keys() >= {"here.db", "here.db-wal", "here.db-shm"}
    assert set(files.values()) == {0o600}
    assert (tmp_path / ".langgraph_api").stat().st_mode & 0o777 == 0o700


async def test_a_new_directory_is_for_its_owner_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LANGCHAIN_ASHBY_DATABASE", raising=False)
    before = os.umask(0)
    try:
        async with server.checkpointer():
            pass
    finally:
        os.umask(before)
    assert [it.stat().st_mode & 0o777 for it in (tmp_path / ".langgraph_api", *tmp_path.rglob("*.db"))] == [
        0o700,
        0o600,
    ]


async def test_a_key_that_cannot_be_right_is_not_replaced_by_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASHBY_API_KEY", "  ")
    with pytest.raises(MissingAPIKeyError):
        await server.make_graph()
