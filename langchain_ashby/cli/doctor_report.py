"""The report of `doctor`: does the connection work, is the key accepted, and what may it do?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from langchain_ashby.cli.terminal import say
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation, Paged
from langchain_ashby.endpoints import BY_DEFAULT, TOOLSETS
from langchain_ashby.endpoints.internal import GetAPIKey
from langchain_ashby.errors import AshbyError, PermissionDeniedError
from langchain_ashby.http.wire import WHERE_KEYS_ARE


def examine(client: AshbyClient, console: Console) -> bool:
    """Prints what works and what to grant. Returns True if every tool that reads can be used."""
    console.print(f"Ashby: {client.base_url}")
    try:
        granted = _granted(client)
    except AshbyError as error:
        console.print(f"✗ {error}", markup=False)
        return False
    console.print("✓ The connection works and the key is accepted.")
    table = Table("toolset", "permission", "granted", box=None, pad_edge=False)
    for toolset, operations in TOOLSETS.items():
        for permission in _needed(it for it in operations.values() if not it.on_request):
            table.add_row(toolset, permission, {True: "✓ yes", False: "✗ NO", None: "? unknown"}[granted[permission]])
    console.print(table)
    reads = [it for it in BY_DEFAULT.values() if it.access is Access.READ]
    writes = [it for it in BY_DEFAULT.values() if it.access is Access.WRITE]
    missing = [it for it in _needed(reads) if granted[it] is False]
    if missing:
        say(
            console, f"✗ Some reads are refused: grant {', '.join(missing)} {WHERE_KEYS_ARE}, or leave out their tools."
        )
    elif all(granted[it] for it in _needed(reads)):
        say(console, "✓ Reads work.")
    refused = [it for it in writes if any(granted[permission] is False for permission in it.permissions())]
    missing = [it for it in _needed(writes) if granted[it] is False]
    if refused and len(refused) == len(writes):
        say(
            console,
            f"All {len(writes)} tools that write would be refused: use read_only=True, or grant the permissions.",
        )
    elif refused:
        say(console, f"Writes that would be refused: {', '.join(it.tool_name() for it in refused)}.")
    if refused:
        say(console, f"To allow them, grant {', '.join(missing)} {WHERE_KEYS_ARE}.")
    if None in granted.values():
        say(console, "Grant apiKeysRead to have write permissions checked too; doctor never tries a write.")
    elif all(granted.values()):
        say(console, "✓ Every tool can be used.")
    return not any(granted[it] is False for it in _needed(reads))


def _needed(operations: Iterable[type[Operation[Any]]]) -> list[str]:
    return list(dict.fromkeys(permission for operation in operations for permission in operation.permissions()))


def _granted(client: AshbyClient) -> dict[str, bool | None]:
    """The permissions of the key; None where that cannot be found out.

    Raises:
        AshbyError: if the key is not accepted at all, or Ashby cannot be reached.
    """
    needed = _needed(BY_DEFAULT.values())
    try:
        scopes = set(client.call(GetAPIKey()).get("scopes") or [])
    except PermissionDeniedError as refused:
        if refused.code != "missing_endpoint_permission":
            raise
        return dict.fromkeys(needed) | _tried(client)
    return {permission: not scopes.isdisjoint({_scope(permission), permission}) for permission in needed}


def _tried(client: AshbyClient) -> dict[str, bool | None]:
    """The read permissions, found out by reading one record with each."""
    tried: dict[str, bool | None] = {}
    for operation in BY_DEFAULT.values():
        if operation.access is Access.READ and issubclass(operation, Paged) and operation.permission not in tried:
            if any(field.is_required() for field in operation.model_fields.values()):
                continue
            try:
                client.call(operation(limit=1))
                tried[operation.permission] = True
            except PermissionDeniedError:
                tried[operation.permission] = False
    return tried


def _scope(permission: str) -> str:
    """`candidatesRead` as Ashby spells it for a key: `candidates:read`."""
    return re.sub("(Read|Write)$", lambda match: f":{match.group().lower()}", permission)
