"""One call of one tool, and its answer."""

from __future__ import annotations

import json
from typing import Any

import typer
from langchain_core.messages import ToolMessage

from langchain_ashby.cli.background import Interrupted, Work
from langchain_ashby.cli.exits import Status
from langchain_ashby.cli.progress import Watch
from langchain_ashby.cli.terminal import console, harmless, say
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.errors import AshbyError
from langchain_ashby.toolkit import AshbyToolkit


def print_answer(
    client: AshbyClient, operation: type[Operation[Any]], arguments: dict[str, Any], *, as_json: bool
) -> Status:
    """Call the tool and print what a model would read, or the records as JSON Lines.

    Ctrl-C during a write waits for its end. Once more, and it does not: then nobody knows whether it was made.
    """
    name, writes = operation.tool_name(), operation.access is Access.WRITE
    (tool,) = AshbyToolkit(client, include=[name]).get_tools()
    request = {"type": "tool_call", "id": "call", "name": name, "args": arguments}
    err = console(stderr=True)
    watch = Watch(err)
    work = Work(lambda: [tool.invoke(request)], watch.refresh)
    interrupted, answer = False, None
    try:
        with watch:
            watch.begin(name, operation.tool_title())
            for step in work:
                if not isinstance(step, Interrupted):
                    answer = step
                elif writes and not interrupted:
                    interrupted = True
                    say(err, "Stopping when the change is made. Ctrl-C again does not wait for that.")
                else:
                    work.leave()
                    break
    except AshbyError as error:
        say(err, harmless(str(error)))
        return Status.OUTCOME_UNKNOWN if error.outcome_unknown else Status.ERROR
    if answer is None:
        if writes:
            say(err, "Interrupted. It is not known whether the change was made: look before you try it again.")
        return Status.OUTCOME_UNKNOWN if writes else Status.INTERRUPTED
    return _printed(answer, as_json=as_json)


def _printed(answer: ToolMessage, *, as_json: bool) -> Status:
    if answer.status == "error" or not as_json:
        typer.echo(harmless(answer.text))
        return Status.ERROR if answer.status == "error" else Status.OK
    results = answer.artifact["results"]
    for record in results if isinstance(results, list) else [results]:
        typer.echo(json.dumps(record))
    return Status.OK
