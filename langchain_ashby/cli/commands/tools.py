"""`langchain-ashby tools`."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def tools(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
    tokens: Annotated[bool, typer.Option("--tokens", help="Show what the definitions cost a model (approx.).")] = False,
) -> None:
    """List the tools with their access and the permissions they need."""
    from langchain_ashby.endpoint import Access
    from langchain_ashby.endpoints import OPERATIONS

    if tokens:
        _print_costs(as_json)
        return
    if as_json:
        for name, operation in OPERATIONS.items():
            facts = {
                "name": name,
                "access": operation.access,
                "permissions": operation.permissions(),
                "toolset": operation.toolset(),
                "endpoint": operation.path,
            }
            typer.echo(json.dumps(facts))
        return
    _print_table(
        ("tool", "access", "permissions"),
        [(name, operation.access, ", ".join(operation.permissions())) for name, operation in OPERATIONS.items()],
    )
    writes = sum(operation.access is Access.WRITE for operation in OPERATIONS.values())
    typer.echo(f"{len(OPERATIONS)} tools; {writes} of them write.")


def _print_costs(as_json: bool) -> None:
    from langchain_ashby.cli.connect import without_key
    from langchain_ashby.toolkit import AshbyToolkit

    with without_key() as client:
        costs = AshbyToolkit(client).describe()
    if as_json:
        for tool in costs.tools:
            facts = {"name": tool.name, "toolset": tool.toolset, "access": tool.access, **tool.cost._asdict()}
            typer.echo(json.dumps(facts))
        return
    _print_table(
        ("tool", "access", "characters", "tokens (approx.)"),
        [(tool.name, tool.access, str(tool.cost.characters), str(tool.cost.tokens)) for tool in costs.tools],
        [(toolset, "", str(cost.characters), str(cost.tokens)) for toolset, cost in costs.toolsets.items()],
    )
    typer.echo(f"All {len(costs.tools)} tools: {costs.total.characters} characters, about {costs.total.tokens} tokens.")


def _print_table(titles: tuple[str, ...], *sections: list[tuple[str, ...]]) -> None:
    from rich.table import Table

    from langchain_ashby.cli.terminal import console

    table = Table(*titles, box=None, pad_edge=False)
    for rows in sections:
        for row in rows:
            table.add_row(*row)
        table.add_section()
    console().print(table)
