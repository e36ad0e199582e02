"""`langchain-ashby doctor`."""

from __future__ import annotations

import typer

from langchain_ashby.cli.connect import connected
from langchain_ashby.cli.exits import Status
from langchain_ashby.cli.options import UseSandbox


def doctor(sandbox: UseSandbox = False) -> None:
    """Check the connection, the key, and its permissions for each toolset.

    Exits with 0 if every read works, even if the key may not write.
    """
    from langchain_ashby.cli.doctor_report import examine
    from langchain_ashby.cli.terminal import console

    with connected(sandbox) as client:
        healthy = examine(client, console())
    raise typer.Exit(Status.OK if healthy else Status.ERROR)
