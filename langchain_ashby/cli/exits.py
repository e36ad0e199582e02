"""Exit statuses, for scripts and for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    Status.ERROR: "failed, there is no key, or the store or model cannot be used",
    Status.USAGE: "wrong usage or settings",
    Status.NOT_APPROVED: "a change is waiting for approval, or was not approved",
    Status.OUTCOME_UNKNOWN: "a change may have been made: check before you try again",
    Status.INTERRUPTED: "interrupted",
}


def stop(message: str, status: Status = Status.ERROR) -> typer.Exit:
    """Prints on standard error why the command ends, and returns the exception to raise."""
    with even_if_unread():
        typer.echo(one_line(message, None), err=True)
    return typer.Exit(status)


@contextmanager
def even_if_unread() -> Iterator[None]:
    """Continues if output cannot be written: the exit status still tells what happened in Ashby."""
    try:
        yield
        sys.stdout.flush()
    except (OSError, SystemExit):  # Rich raises SystemExit for a closed pipe
        _discard(1)
        try:
            typer.echo("The output could not be written.", err=True)
        except OSError:
            _discard(2)


def _discard(stream: int) -> None:
    """Discards the rest of a standard stream: Python flushes it at exit, and would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
