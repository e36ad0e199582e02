"""`langchain-ashby call`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from langchain_ashby.cli.connect import connected
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.options import Approved, UploadDirs, UseSandbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_ashby.client import AshbyClient
    from langchain_ashby.endpoint import Operation


def _complete(start: str) -> list[tuple[str, str]]:
    from langchain_ashby.endpoints import OPERATIONS

    return [(name, it.tool_description()) for name, it in OPERATIONS.items() if name.startswith(start)]


def call(
    tool: Annotated[str, typer.Argument(help="A tool, such as ashby_search_candidates.", autocompletion=_complete)],
    arguments: Annotated[str, typer.Argument(help="Its arguments as JSON.")] = "{}",
    every_page: Annotated[bool, typer.Option("--all", help="Print every page of a listing, as JSON Lines.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the records as JSON Lines.")] = False,
    upload_dir: UploadDirs = None,
    sandbox: UseSandbox = False,
    yes: Approved = False,
) -> None:
    """Run one tool. A tool that writes asks first."""
    from langchain_ashby.endpoint import Access, Paged

    operation = _operation(tool)
    given = _object(arguments)
    if every_page and not issubclass(operation, Paged):
        raise stop(f"{operation.tool_name()} has no pages: --all is for listings.", Status.USAGE)
    _check(operation, given)
    asks = operation.access is Access.WRITE and not yes
    if asks:
        _check_can_ask(operation)
    with connected(sandbox, upload_dir) as client:
        given, named = _with_ids(client, operation, given)
        if asks:
            _ask(operation, given, named)
        if every_page:
            from langchain_ashby.cli.paging import print_all

            raise typer.Exit(print_all(client, operation.model_validate({"limit": 100} | given)))
        from langchain_ashby.cli.calling import print_answer

        raise typer.Exit(print_answer(client, operation, given, as_json=as_json))


def _operation(tool: str) -> type[Operation[Any]]:
    from langchain_ashby.endpoints import OPERATIONS

    if tool not in OPERATIONS:
        if _asks_a_mirror(tool):
            advice = "Ask the agent: langchain-ashby chat --mirror URL"
            raise stop(f"{tool} needs a mirror, which `call` cannot use. {advice}", Status.USAGE)
        near = get_close_matches(tool, OPERATIONS, n=3) or get_close_matches(f"ashby_{tool}", OPERATIONS, n=3)
        advice = f"Did you mean {' or '.join(near)}?" if near else "See: langchain-ashby tools"
        raise stop(f"There is no tool {tool!r}. {advice}", Status.USAGE)
    return OPERATIONS[tool]


def _asks_a_mirror(tool: str) -> bool:
    try:
        from langchain_ashby.mirror.questions import QUESTIONS
    except ModuleNotFoundError:  # without the extra `mirror` there are no such tools
        return False
    return tool in QUESTIONS


def _object(arguments: str) -> dict[str, Any]:
    from langchain_ashby.text.json import KeyTwiceError, read_typed

    try:
        given = read_typed(arguments)
    except KeyTwiceError as error:
        raise stop(f"The arguments have {error}.", Status.USAGE) from None
    except (ValueError, RecursionError) as error:
        raise stop(f"The arguments are not JSON: {error}", Status.USAGE) from None
    if not isinstance(given, dict):
        raise stop('The arguments must be a JSON object, such as {"name": "Ada"}.', Status.USAGE)
    return given


def _check(operation: type[Operation[Any]], given: dict[str, Any]) -> None:
    from pydantic import ValidationError

    from langchain_ashby.toolkit.arguments import arguments_of

    try:
        arguments_of(operation).model_validate(given)
    except ValidationError as error:
        from langchain_ashby.toolkit import explain_arguments

        raise stop(explain_arguments(error)) from None


def _with_ids(
    client: AshbyClient, operation: type[Operation[Any]], given: dict[str, Any]
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """The arguments with ids in the place of names, and the names."""
    from langchain_ashby.cli.terminal import harmless
    from langchain_ashby.errors import AshbyError
    from langchain_ashby.toolkit.names import resolved

    try:
        found = resolved(operation, given, client)
    except AshbyError as error:
        raise stop(harmless(error.for_model())) from None
    except KeyboardInterrupt:
        raise stop("Interrupted: nothing was changed.", Status.INTERRUPTED) from None
    for note in found.notes:
        typer.echo(harmless(note), err=True)
    return found.arguments, found.named


def _check_can_ask(operation: type[Operation[Any]]) -> None:
    from langchain_ashby.cli.terminal import can_ask

    if not can_ask():
        raise stop(
            f"{operation.tool_name()} needs approval, but there is no terminal to ask in. Use --yes to approve it.",
            Status.NOT_APPROVED,
        )


def _ask(operation: type[Operation[Any]], given: dict[str, Any], named: Mapping[str, str]) -> None:
    from langchain_ashby.agent.cards.show.arguments import beside_names
    from langchain_ashby.cli.card import Hanging, argument_lines
    from langchain_ashby.cli.terminal import confirm, console

    console().print(Hanging(argument_lines(beside_names(given, named))))
    try:
        approved = confirm(f"{operation.tool_title()}?")
    except KeyboardInterrupt:
        typer.echo()
        raise stop("Interrupted: nothing was changed.", Status.INTERRUPTED) from None
    if not approved:
        raise stop("Not approved: nothing was changed.", Status.NOT_APPROVED)
