"""`langchain-ashby call`."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from langchain_ashby.cli.connect import Approved, UploadDirs, UseSandbox, connected
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.endpoints import OPERATIONS


def _names(begun: str) -> list[tuple[str, str]]:
    return [(name, it.tool_description()) for name, it in OPERATIONS.items() if name.startswith(begun)]


def call(
    tool: Annotated[str, typer.Argument(help="A tool's name, such as ashby_search_candidates.", autocompletion=_names)],
    arguments: Annotated[str, typer.Argument(help="Its arguments as JSON.")] = "{}",
    every_page: Annotated[bool, typer.Option("--all", help="All pages of a listing, as JSON Lines.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The records as JSON Lines, a record each.")] = False,
    upload_dir: UploadDirs = None,
    sandbox: UseSandbox = False,
    yes: Approved = False,
) -> None:
    """Run one tool. A tool that writes asks first."""
    operation = _operation(tool)
    given = _object(arguments)
    if operation.access is Access.WRITE and not yes:
        _ask(operation, given)
    with connected(sandbox, upload_dir) as client:
        if every_page:
            from langchain_ashby.cli.paging import print_all

            raise typer.Exit(print_all(client, operation, given))
        from langchain_ashby.cli.calling import print_answer

        raise typer.Exit(print_answer(client, operation, given, as_json=as_json))


def _operation(tool: str) -> type[Operation[Any]]:
    if tool not in OPERATIONS:
        near = get_close_matches(tool, OPERATIONS, n=3) or get_close_matches(f"ashby_{tool}", OPERATIONS, n=3)
        advice = f"Did you mean {' or '.join(near)}?" if near else "See: langchain-ashby tools"
        raise stop(f"There is no tool {tool!r}. {advice}", Status.USAGE)
    return OPERATIONS[tool]


def _object(arguments: str) -> dict[str, Any]:
    try:
        given = json.loads(arguments)
    except (ValueError, RecursionError) as error:
        raise stop(f"The arguments are not JSON: {error}", Status.USAGE) from None
    if not isinstance(given, dict):
        raise stop('The arguments have to be a JSON object, such as {"name": "Ada"}.', Status.USAGE)
    return given


def _ask(operation: type[Operation[Any]], given: dict[str, Any]) -> None:
    from langchain_ashby.cli.card import Hanging, argument_lines
    from langchain_ashby.cli.terminal import can_ask, confirm, console

    if not can_ask():
        raise stop(
            f"{operation.tool_name()} writes and nobody can be asked. Run it in a terminal, or with --yes.",
            Status.NOT_APPROVED,
        )
    console().print(Hanging(argument_lines(given)))
    if not confirm(f"{operation.tool_title()}?"):
        raise stop("Not done.", Status.NOT_APPROVED)
