"""`langchain-ashby prune`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.connect import without_key
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.options import Store, seconds

if TYPE_CHECKING:
    from langchain_ashby.cli.pruning import Pruned


def prune(
    store: Store,
    older_than: Annotated[
        str | None, typer.Option(help="Delete only checkpoints older than this: 12h, 90d.", show_default=False)
    ] = None,
    thread: Annotated[str | None, typer.Option(help="Prune only this thread.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be deleted, and delete nothing.")] = False,
) -> None:
    """Delete checkpoints that conversations no longer need. Conversations stay complete and can continue.

    Threads with a change waiting or a run under way are skipped. The audit trail is kept.
    """
    from langchain_ashby.cli.commands.pending import agent_on
    from langchain_ashby.cli.progress import ProgressDisplay
    from langchain_ashby.cli.pruning import prune as delete
    from langchain_ashby.cli.stores import in_words, open_database, shrink
    from langchain_ashby.cli.terminal import console

    age = 0.0 if older_than is None else seconds(older_than, "--older-than", "90d")
    try:
        before = datetime.now(UTC) - timedelta(seconds=age)
    except OverflowError:
        raise stop("--older-than is too large.", Status.USAGE) from None
    try:
        with (
            in_words(store),
            open_database(store, create=False, only_read=dry_run) as database,
            without_key() as nothing,
            ProgressDisplay(console(stderr=True), "Checking threads"),
        ):
            found = delete(agent_on(nothing, database, None), database, before, thread, dry_run=dry_run)
        is_smaller = dry_run or not found.checkpoints or shrink(store)
    except ValueError as error:
        raise stop(str(error)) from None
    typer.echo(_told(found, "Would delete" if dry_run else "Deleted"))
    if not is_smaller:
        typer.echo("Another program is using the file, so it was not shrunk. Its free space is reused.", err=True)


def _told(found: Pruned, what: str) -> str:
    from langchain_ashby.text.words import count, joined

    size = f"{found.size / 1e6:,.1f} MB"
    said = f"{what} {count(found.checkpoints, 'checkpoint')} of {count(found.threads, 'thread')}, {size}."
    left = [f"{count(number, 'thread')} ({why})" for why, number in found.left.items()]
    return f"{said} Skipped: {joined(left)}." if left else said
