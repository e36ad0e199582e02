"""`langchain-ashby sandbox`."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from langchain_ashby.cli.exits import stop


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 picks a free one.")] = 0,
    api_key: Annotated[str | None, typer.Option(help="The key to accept. Defaults to a random one.")] = None,
    candidates: Annotated[int, typer.Option(min=0, help="The number of made-up candidates.")] = 60,
    db: Annotated[Path | None, typer.Option(help="Keep the data in this file.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse keys that a request does not have, which Ashby ignores.")
    ] = False,
) -> None:
    """Serve a sandbox in place of Ashby on this machine, until interrupted.

    Prints one line of JSON when it is ready: {"url", "api_key"}.
    """
    from langchain_ashby.sandbox import AshbySandbox

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        server = AshbySandbox(api_key=api_key, port=port, candidates=candidates, db=db, strict=strict)
        with server:
            typer.echo(json.dumps({"url": server.url, "api_key": server.api_key}))
            stopped.wait()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise stop(f"The sandbox cannot listen on port {port}: {error.strerror}") from None
