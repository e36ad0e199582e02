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
        str | None, typer.Option(help="Keep newer checkpoints too: 12h, 90d.", show_default=False)
    ] = None,
    thread: Annotated[str | None, typer.Option(help="Only this thread.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
) -> None:
    """Delete old checkpoints of conversations. Every conversation stays whole and can go on.

    Threads in which something is waiting or under way are left as they are, and so is the audit trail.
    """
    from langchain_ashby.cli.checkpoint_tables import tables_of
    from langchain_ashby.cli.commands.pending import agent_on
    from langchain_ashby.cli.progress import ProgressDisplay
    from langchain_ashby.cli.pruning import prune as delete
    from langchain_ashby.cli.stores import in_words, open_database
    from langchain_ashby.cli.terminal import console

    age = 0.0 if older_than is None else seconds(older_than, "--older-than", "90d")
    try:
        before = datetime.now(UTC) - timedelta(seconds=age)
    except OverflowError:
        raise stop("--older-than lies before the calendar begins.", Status.USAGE) from None
    try:
        with (
            in_words(store),
            open_database(store, create=False, only_read=dry_run) as database,
            without_key() as nothing,
            ProgressDisplay(console(stderr=True), "Looking through the threads"),
        ):
            found = delete(agent_on(nothing, database, None), database, before, thread, dry_run=dry_run)
            is_smaller = dry_run or not found.checkpoints or tables_of(database.checkpointer).give_back()
    except ValueError as error:
        raise stop(str(error)) from None
    typer.echo(_told(found, "Would delete" if dry_run else "Deleted"))
    if not is_smaller:
        typer.echo("The file keeps its size for now, because another program is using it.", err=True)


def _told(found: Pruned, what: str) -> str:
    from langchain_ashby.text.words import count, joined

    size = f"{found.size / 1e6:,.1f} MB"
    said = f"{what} {count(found.checkpoints, 'checkpoint')} of {count(found.threads, 'thread')}, {size}."
    left = [f"{count(number, 'thread')} {why}" for why, number in found.left.items()]
    return f"{said} Left as they are: {joined(left)}." if left else said
