"""`langchain-ashby chat`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from langchain_ashby.cli.connect import Approved, UploadDirs, UseSandbox, connected
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.models import Model, chosen
from langchain_ashby.cli.reviewer import Reviewer, reviewer_or_user
from langchain_ashby.cli.stores import OptionalStore, kept

if TYPE_CHECKING:
    from rich.console import Console

    from langchain_ashby.cli.session import Session


def chat(
    model: Model,
    store: OptionalStore = None,
    thread: Annotated[str | None, typer.Option(help="The conversation to begin or to go on with.")] = None,
    reviewer: Reviewer = None,
    upload_dir: UploadDirs = None,
    sandbox: UseSandbox = False,
    yes: Approved = False,
) -> None:
    """Talk to the agent about your Ashby. Each change is shown, and made only if you approve it.

    With --store it can be continued tomorrow, under the same --thread. Without, it is forgotten at the end.
    """
    if thread and not store:
        raise stop("--thread needs a --store to keep the conversation in, such as sqlite:///chats.db.", Status.USAGE)
    with ExitStack() as stack:
        places: dict[str, Any] = {}
        if store:
            try:
                found = stack.enter_context(kept(store, create=True))
            except ValueError as error:
                raise stop(str(error)) from None
            places = {"checkpointer": found.threads, "store": found.store}
        client = stack.enter_context(connected(sandbox, upload_dir))
        language_model = chosen(model)

        from langchain_ashby.agent import create_recruiting_agent
        from langchain_ashby.cli.session import Session
        from langchain_ashby.cli.terminal import console, say
        from langchain_ashby.toolkit import AshbyToolkit

        name = thread or f"{datetime.now():%Y-%m-%d-%H%M%S}"
        agent = create_recruiting_agent(language_model, AshbyToolkit(client), **places)
        out = console()
        session = Session(agent, name, out, approve_all=yes, reviewer=reviewer_or_user(reviewer))
        say(out, "Ask about candidates, jobs, interviews or offers. An empty line ends the conversation.")
        if store:
            say(out, f"This is the thread {name}; --thread {name} goes on with it.")
        status = _converse(session, out, kept=bool(store))
    raise typer.Exit(status)


def _converse(session: Session, out: Console, *, kept: bool) -> Status:
    """Question and answer until the person has had enough. How the last turn ended is how the conversation did."""
    from langchain_ashby.cli.session import recalled
    from langchain_ashby.cli.terminal import can_ask, remember

    messages = session.messages()
    remember(message.text for message in messages if message.type == "human")
    recalled(messages, out)
    status = Status.OK
    if session.waiting():
        status = _turn(session, None, out, kept=kept)
    while (status is not Status.NOT_APPROVED or can_ask()) and (question := _question(out)):
        remember([question])
        status = _turn(session, question, out, kept=kept)
    return status


def _question(out: Console) -> str:
    """What the person says next; empty when that is nothing."""
    from langchain_ashby.cli.terminal import ask, harmless, say

    try:
        if sys.stdin.isatty():
            return ask("You: ", bold=out.is_interactive)
        question = ask("")
    except EOFError:
        out.print()
        return ""
    if question:
        say(out, f"You: {harmless(question)}")
    return question


def _turn(session: Session, question: str | None, out: Console, *, kept: bool) -> Status:
    """One message, or what waits from before, up to the agent's answer."""
    from rich.text import Text

    from langchain_ashby.cli.session import LeftUnderWay, Reached
    from langchain_ashby.cli.terminal import CAUTION, FAILED, can_ask, harmless, say

    try:
        reached = session.take_up() if question is None else session.say(question)
    except LeftUnderWay as left:
        say(out, Text.assemble(CAUTION, f" {left}. Your next message finds out what became of it."))
        return Status.OUTCOME_UNKNOWN
    except KeyboardInterrupt:
        say(out, "Interrupted.")
        return Status.INTERRUPTED
    except Exception as error:
        # The model's provider, mostly: each has errors of its own. The thread is whole, and can go on.
        say(out, Text.assemble(FAILED, f" {type(error).__name__}: {harmless(str(error))}"))
        return Status.ERROR
    if reached is Reached.THE_END:
        return Status.OK
    if not can_ask():
        say(out, "A change waits for approval. Run this in a terminal, or with --yes.")
    elif kept:
        say(out, "It waits until it is decided, here or with langchain-ashby pending. A new message withdraws it.")
    else:
        say(out, "It waits as long as this conversation lasts. A new message withdraws it.")
    return Status.NOT_APPROVED
