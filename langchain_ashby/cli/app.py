"""The Typer application: its commands and common options."""

from __future__ import annotations

from typing import Annotated

import typer

from langchain_ashby import __version__
from langchain_ashby.cli.commands.audit import audit
from langchain_ashby.cli.commands.call import call
from langchain_ashby.cli.commands.chat import chat
from langchain_ashby.cli.commands.demo import demo
from langchain_ashby.cli.commands.doctor import doctor
from langchain_ashby.cli.commands.inbox import inbox
from langchain_ashby.cli.commands.mirror import mirror
from langchain_ashby.cli.commands.pending import pending
from langchain_ashby.cli.commands.prune import prune
from langchain_ashby.cli.commands.sandbox import sandbox
from langchain_ashby.cli.commands.tools import tools
from langchain_ashby.cli.commands.undo import undo
from langchain_ashby.cli.exits import MEANINGS, even_if_unread
from langchain_ashby.text.words import one_line, unknown_zone

_EXIT_STATUSES = f"Exit status: {'; '.join(f'{status} {words}' for status, words in MEANINGS.items())}."
_TIMES = "Times are in UTC, or in the time zone that TZ names, such as TZ=Europe/Berlin."

app = typer.Typer(
    name="langchain-ashby",
    help="LangChain tools for Ashby, and a LangGraph agent that asks before it writes.",
    epilog=f"{_EXIT_STATUSES}\n\n{_TIMES}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, and those are people's data
)
for command in (demo, chat, pending, inbox, call, tools, doctor, audit, undo, prune, sandbox):
    app.command()(command)
app.add_typer(mirror, name="mirror")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"langchain-ashby {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    if name := unknown_zone():
        with even_if_unread():
            typer.echo(f"TZ={one_line(name)} is not a name such as Europe/Berlin: times are in UTC.", err=True)
