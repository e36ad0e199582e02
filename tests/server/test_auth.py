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
