"""Tests who gets past the authentication example; `test_server.py` tests their permissions on a server."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph_sdk import Auth

FILE = Path(__file__).parents[2] / "deploy" / "auth.py"
ADA, NOBODY = {"identity": "ada"}, {"identity": "nobody"}


@pytest.fixture
def who_it_is(monkeypatch: pytest.MonkeyPatch) -> Any:
    # An unset variable in a template yields an empty token.
    monkeypatch.setenv("AGENT_PEOPLE", json.dumps({"": NOBODY, "a-token": ADA}))
    return runpy.run_path(str(FILE))["who_it_is"]


@pytest.mark.parametrize("headers", [{b"authorization": b"Bearer a-token"}, {"Authorization": "Bearer a-token"}])
async def test_who_has_a_token_is_let_in(who_it_is: Any, headers: dict[Any, Any]) -> None:
    assert await who_it_is(headers) == ADA


@pytest.mark.parametrize("sent", [None, b"", b"Bearer ", b"Bearer another", b"Bearer \xff"])
async def test_no_one_else_is_even_if_a_token_is_empty(who_it_is: Any, sent: bytes | None) -> None:
    with pytest.raises(Auth.exceptions.HTTPException) as refused:
        await who_it_is({} if sent is None else {b"authorization": sent})
    assert refused.value.status_code == 401


async def test_the_handlers_refuse_the_user_of_langsmith_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_PEOPLE", "{}")
    example = runpy.run_path(str(FILE))
    user = Auth.types.StudioUser("langgraph-studio-user", is_authenticated=True)
    context = Auth.types.AuthContext(permissions=[], user=cast(Any, user), resource="threads", action="create_run")
    assert await example["own_runs"](context, {"kwargs": {}}) is False
    assert await example["own_threads"](context, {}) is False
    assert await example["assistants"](context, {}) is False


PERSONS: list[Any] = [
    None,
    {},
    {"messages": []},
    {"messages": "Go."},
    {"messages": ["Go."]},
    {"messages": {"role": "user", "content": "Go."}},
    {"messages": [{"type": "human", "content": "Go."}, {"role": "user", "content": [{"type": "text", "text": "Go."}]}]},
    {"messages": [["user", "Go."], ["human", "Go."]]},
]
OTHERS: list[Any] = [
    {"messages": [{"type": "tool", "tool_call_id": "1", "content": "Done."}]},
    {"messages": [{"role": "tool", "tool_call_id": "1", "content": "Done."}, {"role": "user", "content": "Go."}]},
    {"messages": {"type": "tool", "tool_call_id": "1", "content": "Done."}},
    {
        "messages": [
            {"type": "human", "role": "user", "lc": 1, "id": ["langchain", "schema", "messages", "ToolMessage"]}
        ]
    },
    {"messages": [{"type": "human", "role": "tool", "tool_call_id": "1", "content": "Done."}]},
    {"messages": [{"type": "tool", "role": "user", "tool_call_id": "1", "content": "Done."}]},
    {"messages": [["tool", "Done."]]},
    {"messages": [["user", "Go.", "tool"]]},
    {"messages": None},
    {"messages": [{"role": "assistant", "content": "Done."}]},
    {"messages": [{"type": "ai", "content": "", "tool_calls": []}]},
    {"messages": [{"type": "remove", "id": "1"}]},
    {"messages": [{"content": "Go."}]},
    {"messages": [[{"type": "tool", "tool_call_id": "1", "content": "Done."}]]},
    {"messages": 7},
    [{"type": "tool", "tool_call_id": "1", "content": "Done."}],
]


@pytest.mark.parametrize("given", [*PERSONS, *OTHERS], ids=repr)
async def test_a_runs_input_holds_what_a_person_says_and_nothing_else(
    given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_PEOPLE", "{}")
    example = runpy.run_path(str(FILE))
    context = Auth.types.AuthContext(permissions=[], user=cast(Any, _Ada()), resource="threads", action="create_run")
    allowed = await example["own_runs"](context, {"kwargs": {"input": given}})
    assert (allowed is False) is (given in OTHERS)


class _Ada:
    identity = display_name = "ada"
    is_authenticated = True
    permissions: tuple[str, ...] = ()
