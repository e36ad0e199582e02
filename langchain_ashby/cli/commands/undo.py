"""`langchain-ashby undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.connect import connected
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.options import Reviewer, Store, reviewer_or_user

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from langchain_ashby.agent import AuditEntry


def undo(
    store: Store,
    change: Annotated[
        str | None, typer.Argument(help="The change's id, or the beginning of it.", show_default=False)
    ] = None,
    thread: Annotated[str | None, typer.Option(help="Only list changes from this thread.")] = None,
    reviewer: Reviewer = None,
) -> None:
    """Propose the opposite of a change that was made, and decide on it.

    Without an id, list the changes that can be undone.
    """
    from langchain_ashby.agent import CannotUndoError, audit_trail, propose_undo
    from langchain_ashby.cli.commands.pending import agent_on
    from langchain_ashby.cli.session import OutcomeUnknown, Reached, Session
    from langchain_ashby.cli.stores import open_database, open_store
    from langchain_ashby.cli.terminal import console, say

    if change is not None and not change.strip():
        raise stop("The id is empty. Leave it out to list the changes that can be undone.", Status.USAGE)
    out = console()
    try:
        with open_store(store) as found:
            entries = audit_trail(found)
    except ValueError as error:
        raise stop(str(error)) from None
    if change is None:
        listed = _undoable(entries, thread)
        out.print(_table(listed)) if listed else say(out, "There is no change that can be undone.")
        return
    ids = {it.write for it in entries if it.write.startswith(change) and thread in (None, it.thread_id)}
    if len(ids) != 1:
        raise stop(
            f"{'Several changes have ids that begin' if ids else 'No change has an id that begins'} with {change}.",
            Status.USAGE,
        )
    with connected(False) as client, open_database(store, create=False) as database:
        agent, name = agent_on(client, database, None), reviewer_or_user(reviewer)
        try:
            proposed = propose_undo(agent, ids.pop(), reviewer=name)
        except CannotUndoError as error:
            raise stop(f"{error.message}. {error.remedy}".strip()) from None
        for answer in () if proposed.interrupts else proposed.answers:
            say(out, answer)
        try:
            reached = Session(agent, proposed.thread_id, out, reviewer=name, without_model=True).resume()
        except OutcomeUnknown as unknown:
            raise stop(str(unknown), Status.OUTCOME_UNKNOWN) from None
    raise typer.Exit(Status.OK if reached in (Reached.THE_END, Reached.NO_ANSWER) else Status.NOT_APPROVED)


def _undoable(entries: Sequence[AuditEntry], thread: str | None) -> list[AuditEntry]:
    """The changes that were made, have an opposite, and are not undone yet."""
    from langchain_ashby.agent import undo_of
    from langchain_ashby.agent.undo import thread_of

    undone = {it.thread_id for it in entries if it.outcome == "applied"}
    return [
        it
        for it in entries
        if it.part_of is None
        and thread in (None, it.thread_id)
        and thread_of(it) not in undone
        and undo_of(it, [part for part in entries if part.part_of and part.call_id == it.call_id])
    ]


def _table(entries: Sequence[AuditEntry]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from langchain_ashby.text.words import one_line, zone

    shown = Table("id", "when", "what", box=None, pad_edge=False)
    for it in entries:
        when = f"{it.at.astimezone(zone()):%Y-%m-%d %H:%M:%S %Z}"
        shown.add_row(it.write[:8], when, Text(one_line((it.card or {}).get("line", it.tool))))
    return shown
