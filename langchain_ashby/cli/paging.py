"""All pages of a listing, as JSON Lines."""

from __future__ import annotations

import json
from typing import Any

import typer
from pydantic import ValidationError
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.terminal import console, harmless, say
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Operation, Paged
from langchain_ashby.errors import AshbyError
from langchain_ashby.results.redaction import without_private
from langchain_ashby.text.words import count
from langchain_ashby.toolkit import explain_arguments


def print_all(client: AshbyClient, operation: type[Operation[Any]], arguments: dict[str, Any]) -> Status:
    """Print each record of each page as a line, without what is private, and how far it is on standard error."""
    if not issubclass(operation, Paged):
        raise stop(f"{operation.tool_name()} has no pages: --all is for listings.", Status.USAGE)
    try:
        request = operation.model_validate({"limit": 100} | arguments)
    except ValidationError as error:
        raise stop(explain_arguments(error)) from None
    err = console(stderr=True)
    records = pages = 0
    token = None
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_interactive) as progress:
        task = progress.add_task("Reading")
        try:
            for page in client.pages(request):
                for record in without_private(page.results, frozenset())[0]:
                    typer.echo(json.dumps(record))
                records, pages, token = records + len(page.results), pages + 1, page.sync_token
                progress.update(task, description=f"{count(records, 'record')} of {count(pages, 'page')}")
        except AshbyError as error:
            progress.stop()
            say(err, harmless(f"{error}\nThis is not all: {count(records, 'record')} came before it."))
            return Status.ERROR
        except KeyboardInterrupt:
            progress.stop()
            say(err, f"Interrupted. This is not all: {count(records, 'record')} came before it.")
            return Status.INTERRUPTED
    say(err, f"{count(records, 'record')}, {count(pages, 'page')}.")
    if token:
        say(err, f'For what changes from here on, add "sync_token": {json.dumps(token)} next time.')
    return Status.OK
