"""How the commands end, for scripts and for people."""

from __future__ import annotations

from enum import IntEnum

import typer

from langchain_ashby.text.words import one_line


class Status(IntEnum):
    """The exit statuses."""

    OK = 0
    ERROR = 1
    USAGE = 2
    NOT_APPROVED = 3
    OUTCOME_UNKNOWN = 4
    INTERRUPTED = 130


IN_WORDS = {
    Status.OK: "done",
    Status.ERROR: "it did not work",
    Status.USAGE: "the command was not understood",
    Status.NOT_APPROVED: "a change waits for approval, or was not approved",
    Status.OUTCOME_UNKNOWN: "a change may have been made, look before you try again",
    Status.INTERRUPTED: "interrupted",
}


def stop(message: str, status: Status = Status.ERROR) -> typer.Exit:
    """Say on standard error why there is nothing more to do. The result is to be raised."""
    typer.echo(one_line(message, None), err=True)
    return typer.Exit(status)
