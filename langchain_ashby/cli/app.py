"""The application: its commands, and what they have in common."""

from __future__ import annotations

from typing import Annotated

import typer

from langchain_ashby import __version__
from langchain_ashby.cli.commands.audit import audit
from langchain_ashby.cli.commands.call import call
from langchain_ashby.cli.commands.chat import chat
from langchain_ashby.cli.commands.demo import demo
from langchain_ashby.cli.commands.doctor import doctor
from langchain_ashby.cli.commands.pending import pending
from langchain_ashby.cli.commands.sandbox import sandbox
from langchain_ashby.cli.commands.tools import tools
from langchain_ashby.cli.exits import IN_WORDS

_EXIT_STATUSES = f"Exit status: {'; '.join(f'{status} {words}' for status, words in IN_WORDS.items())}."

app = typer.Typer(
    name="langchain-ashby",
    help="LangChain tools and a LangGraph agent for Ashby that asks before it writes.",
    epilog=_EXIT_STATUSES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, and those are people's data
)
for command in (demo, chat, pending, call, tools, doctor, audit, sandbox):
    app.command()(command)


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
    pass
