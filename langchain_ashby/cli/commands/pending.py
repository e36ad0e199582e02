"""`langchain-ashby pending`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from langchain_ashby.cli.connect import UploadDirs, connected
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.models import OptionalModel, chosen
from langchain_ashby.cli.reviewer import Reviewer, reviewer_or_user
from langchain_ashby.cli.stores import Kept, Store, kept

if TYPE_CHECKING:
    from rich.console import Console

    from langchain_ashby.cli.threads import Open


def pending(
    store: Store,
    thread: Annotated[str | None, typer.Option(help="Only this thread.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List what waits, and ask nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="List what waits, as JSON Lines.")] = False,
    reviewer: Reviewer = None,
    model: OptionalModel = None,
    upload_dir: UploadDirs = None,
) -> None:
    """List the changes that wait for approval in any thread of a store, and decide about them.

    Without --model each thread rests after that, and the agent learns of it when the conversation goes on.
    """
    from langchain_ashby.cli.progress import Watch
    from langchain_ashby.cli.terminal import can_ask, console, say
    from langchain_ashby.cli.threads import open_threads

    out = console()
    with ExitStack() as stack:
        try:
            found = stack.enter_context(kept(store, create=False))
        except ValueError as error:
            raise stop(str(error)) from None
        agent = _agent(stack, found, None, upload_dir, to_look=True)
        with Watch(console(stderr=True)) as watch:
            watch.begin("threads", "Looking through the threads")
            waiting = open_threads(agent, found.threads, thread)
        if as_json:
            for it in waiting:
                since = it.since.isoformat() if it.since else None
                typer.echo(json.dumps({"thread": it.thread_id, "since": since, "actions": it.actions}))
        elif not waiting:
            say(out, "Nothing waits for approval.")
        else:
            _list(waiting, out)
        if waiting and can_ask() and not (as_json or only_list):
            agent = _agent(stack, found, model, upload_dir, to_look=False)
            waiting = [it for it in waiting if not _decided(agent, it, reviewer, out, with_model=model is not None)]
    raise typer.Exit(Status.NOT_APPROVED if waiting else Status.OK)


def _agent(stack: ExitStack, found: Kept, model: str | None, upload_dir: UploadDirs, *, to_look: bool) -> Any:
    """The agent on the store. To look at what waits, neither a key is needed nor a model."""
    from langchain_ashby.agent import create_recruiting_agent
    from langchain_ashby.client import AshbyClient
    from langchain_ashby.demo.scripted import ScriptedChatModel, lines
    from langchain_ashby.toolkit import AshbyToolkit

    client = stack.enter_context(
        AshbyClient("no-key-is-needed-to-look") if to_look else connected(False, upload_dirs=upload_dir)
    )
    language_model = chosen(model) if model else ScriptedChatModel(script=lines())
    return create_recruiting_agent(language_model, AshbyToolkit(client), checkpointer=found.threads, store=found.store)


def _list(waiting: list[Open], out: Console) -> None:
    from rich.text import Text

    from langchain_ashby.cli.approval_prompt import overview
    from langchain_ashby.cli.terminal import say
    from langchain_ashby.text.words import one_line

    for it in waiting:
        since = f", since {it.since.astimezone():%Y-%m-%d %H:%M}" if it.since else ""
        say(out, Text.assemble((f"Thread {one_line(it.thread_id)}", "bold"), since))
        out.print(overview(it.actions))
        out.print()


def _decided(agent: Any, it: Open, reviewer: str | None, out: Console, *, with_model: bool) -> bool:
    """Have what waits in a thread decided; whether it was."""
    from rich.text import Text

    from langchain_ashby.cli.session import LeftUnderWay, Reached, Session
    from langchain_ashby.cli.terminal import say
    from langchain_ashby.text.words import one_line

    out.rule(Text(f"Thread {one_line(it.thread_id)}", "bold"), align="left", characters="═")
    session = Session(agent, it.thread_id, out, reviewer=reviewer_or_user(reviewer), without_model=not with_model)
    try:
        reached = session.take_up()
    except LeftUnderWay as left:
        raise stop(str(left), Status.OUTCOME_UNKNOWN) from None
    except Exception as error:
        # The model's provider, mostly: each has errors of its own. The thread is whole, and so are those after it.
        raise stop(f"{type(error).__name__}: {error}") from None
    if reached is Reached.THE_END and not with_model:
        say(out, "The agent learns of this when the thread goes on.")
    return reached is Reached.THE_END
