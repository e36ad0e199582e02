"""`langchain-ashby audit`."""

from __future__ import annotations

from typing import Annotated

import typer

from langchain_ashby.cli.exits import stop
from langchain_ashby.cli.options import Store


def audit(
    store: Store,
    thread: Annotated[str | None, typer.Option(help="Only this thread.")] = None,
    as_json: Annotated[bool, typer.Option("--json", "--jsonl", help="Print every detail, as JSON Lines.")] = False,
) -> None:
    """Show what was proposed, who decided, and the outcome."""
    from langchain_ashby.agent import audit_trail, to_jsonl
    from langchain_ashby.cli.audit_table import table
    from langchain_ashby.cli.stores import open_store
    from langchain_ashby.cli.terminal import console

    try:
        with open_store(store) as found:
            entries = list(audit_trail(found, thread))
    except ValueError as error:
        raise stop(str(error)) from None
    if as_json:
        for line in to_jsonl(entries):
            typer.echo(line)
    elif entries:
        console().print(table(entries))
    else:
        typer.echo("No audit entries.")
