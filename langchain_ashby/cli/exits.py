"""Exit statuses, for scripts and for people."""

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


MEANINGS = {
    Status.OK: "done",
    Status.ERROR: "failed",
    Status.USAGE: "wrong usage or configuration",
    Status.NOT_APPROVED: "a change is waiting for approval, or was not approved",
    Status.OUTCOME_UNKNOWN: "a change may have been made: check before you try again",
    Status.INTERRUPTED: "interrupted",
}


def stop(message: str, status: Status = Status.ERROR) -> typer.Exit:
    """Prints on standard error why the command ends, and returns the exception to raise."""
    typer.echo(one_line(message, None), err=True)
    return typer.Exit(status)
