"""`langchain-ashby chat`."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from langchain_ashby.cli.connect import connected
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.options import (
    Approved,
    Model,
    OptionalMirrorUrl,
    OptionalStore,
    Reviewer,
    UploadDirs,
    UseSandbox,
    chat_model,
    open_mirror,
    reviewer_or_user,
)
from langchain_ashby.text.words import zone

if TYPE_CHECKING:
    from rich.console import Console

    from langchain_ashby.cli.session import Session

HELP = """\
/review  decide about the changes that are open
/help    show this list
/quit    end the conversation; an empty line or Ctrl-D does too
Anything else goes to the agent, and cancels changes that are open. Ctrl-C interrupts an answer."""


def chat(
    model: Model,
    store: OptionalStore = None,
    thread: Annotated[str | None, typer.Option(help="The conversation to start or resume.")] = None,
    reviewer: Reviewer = None,
    mirror: OptionalMirrorUrl = None,
    upload_dir: UploadDirs = None,
    sandbox: UseSandbox = False,
    yes: Approved = False,
) -> None:
    """Talk to the agent about your Ashby. It shows each change and makes it only if you approve.

    With --store you can resume the conversation later with the same --thread. Without, it ends with the command.
    """
    if thread and not store:
        raise stop("--thread needs a --store to keep the conversation in, such as sqlite:///chats.db.", Status.USAGE)
    with ExitStack() as stack:
        places: dict[str, Any] = {}
        if store:
            from langchain_ashby.cli.stores import open_database

            try:
                database = stack.enter_context(open_database(store, create=True))
            except ValueError as error:
                raise stop(str(error)) from None
            places = {"checkpointer": database.checkpointer, "store": database.store}
        client = stack.enter_context(connected(sandbox, upload_dir))
        language_model = chat_model(model)
        asked = open_mirror(mirror, client, zone=str(zone())) if mirror else None

        from langchain_ashby.agent import create_recruiting_agent
        from langchain_ashby.agent.approval.threads import find_waiting
        from langchain_ashby.cli.session import Session
        from langchain_ashby.cli.terminal import console, say
        from langchain_ashby.toolkit import AshbyToolkit

        name = thread or f"{datetime.now():%Y-%m-%d-%H%M%S}"
        agent = create_recruiting_agent(language_model, AshbyToolkit(client, mirror=asked), **places)
        if store and find_waiting(agent, places["checkpointer"], name).unreadable:
            raise stop(f"The thread {name!r} belongs to another program.")
        out = console()
        session = Session(agent, name, out, approve_all=yes, reviewer=reviewer_or_user(reviewer))
        say(out, f"Ashby: {client.base_url}{' (sandbox)' if sandbox else ''}")
        say(out, f"Model: {model}")
        if store:
            say(out, f"Thread: {name} (resume with --thread {shlex.quote(name)})")
        say(out, "Ask about candidates, jobs, interviews or offers. /help lists commands, /quit ends.")
        status = _converse(session, out, kept=bool(store))
    raise typer.Exit(status)


def _converse(session: Session, out: Console, *, kept: bool) -> Status:
    """Takes questions until the person leaves. The status is that of the last turn."""
    from langchain_ashby.cli.session import show_last_exchange
    from langchain_ashby.cli.terminal import can_ask, harmless, remember, say

    messages = session.messages()
    remember(message.text for message in messages if message.type == "human")
    show_last_exchange(messages, out)
    status = Status.OK
    if session.waiting():
        status = _turn(session, None, out, kept=kept)
    while status is not Status.NOT_APPROVED or can_ask():
        question = _question(out)
        if question in ("", "/quit", "/exit"):
            break
        if question == "/help":
            say(out, HELP)
        elif question == "/review":
            if session.waiting():
                status = _turn(session, None, out, kept=kept)
            else:
                say(out, "No changes are open.")
        elif question.startswith("/"):
            say(out, f"Unknown command {harmless(question.split()[0])}. /help lists the commands.")
        else:
            remember([question])
            status = _turn(session, question, out, kept=kept)
    return status


def _question(out: Console) -> str:
    """The next line from the person; empty at the end of input."""
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
    """Sends a message, or asks about open changes if there is none, and goes on up to the agent's answer."""
    from rich.text import Text

    from langchain_ashby.cli.model_errors import in_words
    from langchain_ashby.cli.session import OutcomeUnknown, Reached
    from langchain_ashby.cli.terminal import CAUTION, FAILED, can_ask, say

    try:
        reached = session.resume() if question is None else session.say(question)
    except OutcomeUnknown as unknown:
        say(out, Text.assemble(CAUTION, f" {unknown}. Your next message finds out."))
        return Status.OUTCOME_UNKNOWN
    except KeyboardInterrupt:
        say(out, "Interrupted.")
        if session.waiting():
            say(out, _still_open(kept=kept))
        return Status.INTERRUPTED
    except Exception as error:
        # Mostly the model's provider, which has errors of its own. The thread is whole and can go on.
        say(out, Text.assemble(FAILED, f" {in_words(error)}"))
        return Status.ERROR
    if reached in (Reached.THE_END, Reached.NO_ANSWER):
        return Status.OK if reached is Reached.THE_END else Status.ERROR
    if not can_ask():
        say(out, "A change is waiting for approval. Run this in a terminal, or with --yes.")
    elif reached is Reached.QUIT:
        say(out, "Saved. Decide with `langchain-ashby pending`." if kept else "Not saved: there is no --store.")
        raise typer.Exit(Status.NOT_APPROVED)
    else:
        say(out, _still_open(kept=kept))
    return Status.NOT_APPROVED


def _still_open(*, kept: bool) -> str:
    if kept:
        return "Saved. Decide here with /review or with `langchain-ashby pending`; a new message cancels it."
    return "Open. Decide here with /review; a new message cancels it."
