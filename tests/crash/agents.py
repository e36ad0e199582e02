"""The agents under test: ours, and LangChain's with its approval middleware."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware

from crash.killing_sandbox import KillingSandbox
from crash.proposals import Write
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import ApprovalPolicy, Journal, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say

OURS = "langchain_ashby"
THEIRS = "create_agent"
AGENTS = (OURS, THEIRS)
TIMEOUT = 2.0
"""Seconds that the client waits for a reply."""


def build(
    which: str,
    sandbox: KillingSandbox,
    writes: Sequence[Write],
    checkpointer: Any,
    store: Any,
    upload_dirs: Sequence[str] = (),
    api_key: str = "",
    lease: float | None = None,
    policy: ApprovalPolicy | None = None,
) -> Any:
    """The agent, with a model that proposes the writes in one message and then finishes."""
    key = api_key or sandbox.api_key
    client = AshbyClient(key, sandbox.url, timeout=TIMEOUT, upload_dirs=upload_dirs, **_budget(lease))
    toolkit = AshbyToolkit(client)
    model = ScriptedChatModel(script=lines(say("", *[write.call() for write in writes]), "Done."))
    if which == OURS:
        journal = None if lease is None else Journal(grace=timedelta(seconds=1), lease=timedelta(seconds=lease))
        places = {"checkpointer": checkpointer, "store": store}
        return create_recruiting_agent(model, toolkit, journal=journal, policy=policy, **places)
    approval = HumanInTheLoopMiddleware(interrupt_on=dict(toolkit.interrupt_on()))
    tools = toolkit.get_tools()
    return create_agent(model, tools, middleware=[approval], checkpointer=checkpointer, store=store)


def _budget(lease: float | None) -> dict[str, Any]:
    """The client's budget has to be below the lease."""
    return {} if lease is None else {"budget": lease - 1}


def warm_up(sandbox: KillingSandbox) -> None:
    """Builds and runs both once, so that a fork finds everything imported and cached."""
    for which in AGENTS:
        agent = build(which, sandbox, [], None, None)
        agent.invoke({"messages": [("user", "Good morning.")]})
