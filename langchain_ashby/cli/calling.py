"""Calls one tool and prints its answer."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import Any

import typer
from langchain_core.messages import ToolMessage

from langchain_ashby.cli.background import BackgroundWork, Interrupted
from langchain_ashby.cli.exits import Status, even_if_unread
from langchain_ashby.cli.progress import ProgressDisplay
from langchain_ashby.cli.terminal import console, harmless, say
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.errors import AshbyError
from langchain_ashby.results import MAX_CHARACTERS, OWN
from langchain_ashby.toolkit import AshbyToolkit


def print_answer(
    client: AshbyClient, operation: type[Operation[Any]], arguments: dict[str, Any], *, as_json: bool
) -> Status:
    """Calls the tool and prints what a model would read, or the records as JSON Lines; errors go to standard error.

    Ctrl-C waits for a write to finish; pressed again it does not, and the outcome is unknown.
    """
    name, writes = operation.tool_name(), operation.access is Access.WRITE
    most = _NO_LIMIT if as_json else MAX_CHARACTERS  # records are printed whole, so no note about parts
    (tool,) = AshbyToolkit(client, include=[name], on_error="raise", max_characters=most).get_tools()
    request = {"type": "tool_call", "id": "call", "name": name, "args": arguments}
    err = console(stderr=True)
    progress = ProgressDisplay(err)
    interrupted, answer = False, None
    try:
        with BackgroundWork(lambda: [tool.invoke(request)], progress.refresh) as work, progress:
            progress.begin(name, operation.tool_title())
            for step in work:
                if not isinstance(step, Interrupted):
                    answer = step
                elif writes and not interrupted:
                    interrupted = True
                    say(err, "Finishing the change first. Ctrl-C again stops without waiting.")
                else:
                    work.abandon()
                    break
    except AshbyError as error:
        with even_if_unread():
            say(err, harmless(str(error)))
        return Status.OUTCOME_UNKNOWN if error.outcome_unknown else Status.ERROR
    if answer is None:
        said = "Interrupted: the change may have been made. Check before you try again." if writes else "Interrupted."
        with even_if_unread():
            say(err, said)
        return Status.OUTCOME_UNKNOWN if writes else Status.INTERRUPTED
    failed = answer.status == "error"
    with even_if_unread():
        if failed:
            say(err, harmless(answer.text))
        else:
            _print(answer, as_json=as_json)
    return Status.ERROR if failed else Status.OK


def _print(answer: ToolMessage, *, as_json: bool) -> None:
    if not as_json:
        typer.echo(harmless(answer.text))
        return
    results = answer.artifact["results"]
    for record in results if isinstance(results, list) else [results]:
        typer.echo(json.dumps(record))
    # What the text says below the records: how many there are, how to go on, and what was left out.
    below = [*takewhile(lambda line: line.startswith(OWN), reversed(answer.text.splitlines()))]
    for line in reversed(below):
        say(console(stderr=True), harmless(line.removeprefix(OWN)))


_NO_LIMIT = 10**9
"""The most characters of a text that is not printed."""
