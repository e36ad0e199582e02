"""`langchain-ashby pending`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from langchain_ashby.cli.connect import connected, without_key
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.options import (
    OptionalModel,
    Reviewer,
    Store,
    UploadDirs,
    chat_model,
    reviewer_or_user,
)

if TYPE_CHECKING:
    from rich.console import Console

    from langchain_ashby.agent.approval.threads import WaitingThread
    from langchain_ashby.cli.session import Reached
    from langchain_ashby.cli.stores import Database
    from langchain_ashby.client import AshbyClient


def pending(
    store: Store,
    thread: Annotated[str | None, typer.Option(help="Only this thread.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List open changes without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="List open changes as JSON Lines.")] = False,
    reviewer: Reviewer = None,
    model: OptionalModel = None,
    upload_dir: UploadDirs = None,
) -> None:
    """List the changes that are waiting for approval in a store, and decide about them.

    Without --model the agent sees your decisions when the conversation resumes.
    """
    from langchain_ashby.agent.approval.threads import find_waiting
    from langchain_ashby.cli.progress import ProgressDisplay
    from langchain_ashby.cli.session import Reached
    from langchain_ashby.cli.stores import open_database
    from langchain_ashby.cli.terminal import can_ask, console, say
    from langchain_ashby.text.words import count, one_line

    out, err = console(), console(stderr=True)
    with ExitStack() as stack:
        try:
            with (
                open_database(store, create=False, only_read=True) as looked_at,
                without_key() as nothing,
                ProgressDisplay(err) as progress,
            ):
                progress.begin("threads", "Looking through the threads")
                found = find_waiting(agent_on(nothing, looked_at, None), looked_at.checkpointer, thread)
        except ValueError as error:
            raise stop(str(error)) from None
        for name in found.unreadable:
            say(err, f"Skipped thread {one_line(name)}: it belongs to another program.")
        left = len(found.waiting)
        if as_json:
            for it in found.waiting:
                since = it.since.isoformat() if it.since else None
                typer.echo(json.dumps({"thread": it.thread_id, "since": since, "actions": it.actions}))
        elif not found.waiting:
            say(out, "No changes are waiting for approval.")
        else:
            _list(found.waiting, out)
        if found.waiting and can_ask() and not (as_json or only_list):
            client = stack.enter_context(connected(False, upload_dir))
            agent = agent_on(client, stack.enter_context(open_database(store, create=False)), model)
            for it in found.waiting:
                reached = _review(agent, it, reviewer, out, with_model=model is not None)
                left -= reached in (Reached.THE_END, Reached.NO_ANSWER)
                if reached is Reached.QUIT:
                    break
            if left:
                say(out, f"{count(left, 'thread')} still open.")
    raise typer.Exit(Status.NOT_APPROVED if left else Status.OK)


def agent_on(client: AshbyClient, database: Database, model: str | None) -> Any:
    """The agent on the database. Without a model it can carry out decisions, and go no further."""
    from langchain_ashby.agent import create_recruiting_agent
    from langchain_ashby.demo.scripted import ScriptedChatModel, lines
    from langchain_ashby.toolkit import AshbyToolkit

    language_model = chat_model(model) if model else ScriptedChatModel(script=lines())
    toolkit = AshbyToolkit(client, toolsets=None if model else "all")  # no model has to read about them all
    return create_recruiting_agent(language_model, toolkit, checkpointer=database.checkpointer, store=database.store)


def _list(waiting: list[WaitingThread], out: Console) -> None:
    from rich.text import Text

    from langchain_ashby.cli.approval_prompt import overview
    from langchain_ashby.cli.terminal import say
    from langchain_ashby.text.words import moment, one_line

    for it in waiting:
        since = f", since {moment(it.since.isoformat())}" if it.since else ""
        say(out, Text.assemble((f"Thread {one_line(it.thread_id)}", "bold"), since))
        out.print(overview(it.actions))
        out.print()


def _review(agent: Any, it: WaitingThread, reviewer: str | None, out: Console, *, with_model: bool) -> Reached:
    """Asks about the open changes of a thread and carries out the decisions."""
    from rich.text import Text

    from langchain_ashby.cli.model_errors import in_words
    from langchain_ashby.cli.session import OutcomeUnknown, Reached, Session
    from langchain_ashby.cli.terminal import say
    from langchain_ashby.text.words import joined, one_line

    out.rule(Text(f"Thread {one_line(it.thread_id)}", "bold"), align="left", characters="═")
    names = dict.fromkeys(action["name"] for action in it.actions)
    if missing := [one_line(name) for name in names if name not in agent.limits.tools]:
        # An approval would be lost: it would be answered as not executed.
        say(out, f"This command cannot run {joined(missing)}. Decide in the application that proposed it.")
        return Reached.A_QUESTION
    session = Session(agent, it.thread_id, out, reviewer=reviewer_or_user(reviewer), without_model=not with_model)
    try:
        reached = session.resume()
    except OutcomeUnknown as unknown:
        raise stop(str(unknown), Status.OUTCOME_UNKNOWN) from None
    except Exception as error:
        # Mostly the model's provider, which has errors of its own. This thread is whole, and so are those after it.
        raise stop(in_words(error)) from None
    if reached is Reached.THE_END and not with_model:
        say(out, "The agent will see this when the conversation resumes.")
    return reached
