"""`langchain-ashby demo`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from langchain_ashby.cli.connect import sandboxed
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.options import Approved

if TYPE_CHECKING:
    from langchain_ashby.agent.run.compiled import RecruitingAgent
    from langchain_ashby.client import AshbyClient

QUESTION = (
    "Who is in the Onsite stage for Staff Engineer? Read their feedback, move the strongest on, leave a note, "
    "and set up an interview for another one."
)

SECOND_QUESTION = "Who has been waiting for us in Application Review for a long time? Archive them, please."


def demo(yes: Approved = False) -> None:
    """Watch the agent work on a sandbox. Needs no key, no model and no account."""
    from rich.text import Text

    from langchain_ashby.agent import create_recruiting_agent
    from langchain_ashby.cli.changes import changes
    from langchain_ashby.cli.session import OutcomeUnknown, Reached, Session
    from langchain_ashby.cli.terminal import can_ask, console, harmless, say
    from langchain_ashby.demo.afternoon import recruiters_afternoon
    from langchain_ashby.demo.scripted import ScriptedChatModel
    from langchain_ashby.toolkit import AshbyToolkit

    out = console()
    with sandboxed() as (sandbox, client):
        before = sandbox.state()
        say(out, f"Ashby: {sandbox.url} (sandbox)")
        say(out, "Model: none; the agent follows a script")
        first = create_recruiting_agent(ScriptedChatModel(script=recruiters_afternoon), AshbyToolkit(client))
        with tempfile.TemporaryDirectory() as folder:
            acts = chain([(QUESTION, first)], _second_act(client, folder))
            try:
                for number, (question, agent) in enumerate(acts):
                    say(out, Text.assemble(("\nYou: ", "bold"), question))
                    reached = Session(agent, f"demo {number}", out, approve_all=yes).say(question)
                    if reached is not Reached.THE_END:
                        break
            except OutcomeUnknown as unknown:
                raise stop(str(unknown), Status.OUTCOME_UNKNOWN) from None
        out.rule(Text("Changes in the sandbox", "bold"), align="left")
        lines = changes(before, sandbox.state())
        out.print(harmless("\n".join(lines)) if lines else "None.")
        if reached is not Reached.THE_END:
            ending = "The sandbox ends with the demo." if can_ask() else "Run this in a terminal, or with --yes."
            say(out, f"The proposed changes are still open. {ending}")


def _second_act(client: AshbyClient, folder: str) -> Iterator[tuple[str, RecruitingAgent]]:
    """The question of the second act, and an agent with a mirror; none without the extra `mirror`."""
    from langchain_ashby.agent import create_recruiting_agent
    from langchain_ashby.demo.scripted import ScriptedChatModel
    from langchain_ashby.demo.waiting import second_act
    from langchain_ashby.toolkit import AshbyToolkit

    try:
        from langchain_ashby.mirror import Mirror
    except ModuleNotFoundError:
        return
    mirror = Mirror(f"sqlite:///{folder}/mirror.db", client)
    mirror.sync(history=None)
    toolkit = AshbyToolkit(client, toolsets="all", mirror=mirror)
    yield SECOND_QUESTION, create_recruiting_agent(ScriptedChatModel(script=second_act), toolkit)
