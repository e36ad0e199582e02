"""The command line: `langchain-ashby demo | chat | pending | call | tools | doctor | audit | undo | sandbox`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the command line, or says what to install for it."""
    _open_closed_streams()
    try:
        from langchain_ashby.cli.app import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich", "werkzeug"):
            raise
        sys.exit(f'{error.name} is missing. Install the command line with: pip install "langchain-ashby[cli]"')
    except KeyboardInterrupt:  # during the imports
        sys.exit(_said("Interrupted.", 130))
    try:
        app()
    except SystemExit as end:
        status = _status(end)
        if "langchain_ashby.cli.background" in sys.modules:
            from langchain_ashby.cli.background import exit_without_abandoned_threads

            exit_without_abandoned_threads(status)
        sys.exit(status)


def _open_closed_streams() -> None:
    """Opens the null device for each closed standard stream, before another file gets its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  # for as long as the program runs


def _status(end: SystemExit) -> int:
    """The exit status, once the output is flushed. A closed pipe or Ctrl-C is no fault, and is said in a sentence."""
    cause = end.__context__
    if cause is not None and cause.__cause__ is not None:  # Typer's own exception for Ctrl-C
        cause = cause.__cause__
    try:
        sys.stdout.flush()
    except BrokenPipeError as error:
        cause = error
    if isinstance(cause, BrokenPipeError):
        # Python flushes once more on its way out, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _said("Stopped: the output was closed.", 0)
    if isinstance(cause, KeyboardInterrupt):
        return _said("Interrupted.", 130)
    return end.code if isinstance(end.code, int) else int(bool(end.code))


def _said(sentence: str, status: int) -> int:
    # Standard error may be closed too.
    try:
        print(sentence, file=sys.stderr, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    return status
