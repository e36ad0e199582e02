"""Prints all pages of a listing, as JSON Lines."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from langchain_ashby.cli.exits import Status
from langchain_ashby.cli.terminal import console, harmless, say
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Operation, Paged
from langchain_ashby.errors import AshbyError
from langchain_ashby.results.redaction import left_out_note, without_private
from langchain_ashby.text.words import count


def print_all(client: AshbyClient, request: Operation[Any]) -> Status:
    """Prints each record of each page as a line, without private data; progress goes to standard error."""
    if not isinstance(request, Paged):
        raise TypeError(f"{type(request).__name__} has no pages")
    err = console(stderr=True)
    records = pages = 0
    token = None
    left_out = Counter[str]()
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_interactive) as progress:
        task = progress.add_task("Reading")
        try:
            for page in client.pages(request):
                shown, removed = without_private(page.results)
                for record in shown:
                    typer.echo(json.dumps(record))
                left_out.update(removed)
                records, pages, token = records + len(page.results), pages + 1, page.sync_token
                progress.update(task, description=f"{count(records, 'record')} of {count(pages, 'page')}")
        except AshbyError as error:
            progress.stop()
            say(err, harmless(f"{error}\nThe list is incomplete: {count(records, 'record')} printed."))
            return Status.ERROR
        except KeyboardInterrupt:
            progress.stop()
            say(err, f"Interrupted: the list is incomplete: {count(records, 'record')} printed.")
            return Status.INTERRUPTED
    say(err, f"{count(records, 'record')}, {count(pages, 'page')}.")
    if token:
        say(err, f'To list only later changes next time, add "sync_token": {json.dumps(token)}.')
    if left_out:
        say(err, left_out_note(left_out))
    return Status.OK
