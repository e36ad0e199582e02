"""`langchain-ashby doctor`."""

from __future__ import annotations

import typer

from langchain_ashby.cli.connect import UseSandbox, connected
from langchain_ashby.cli.exits import Status


def doctor(sandbox: UseSandbox = False) -> None:
    """Check the key, its permissions for each toolset, and the connection."""
    from langchain_ashby.cli.doctor_report import examine
    from langchain_ashby.cli.terminal import console

    with connected(sandbox) as client:
        healthy = examine(client, console())
    raise typer.Exit(Status.OK if healthy else Status.ERROR)
