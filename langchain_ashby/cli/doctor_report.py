"""A check-up: does the connection work, is the key accepted, and what may it do?"""

from __future__ import annotations

import re

from rich.console import Console
from rich.table import Table

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Paged
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS
from langchain_ashby.endpoints.internal import GetAPIKey
from langchain_ashby.errors import AshbyError, PermissionDeniedError
from langchain_ashby.http.wire import WHERE_KEYS_ARE


def examine(client: AshbyClient, console: Console) -> bool:
    """Print what works and what to grant; True if every tool can be used."""
    console.print(f"Ashby at {client.base_url}")
    try:
        granted = _granted(client)
    except AshbyError as error:
        console.print(f"✗ {error}", markup=False)
        return False
    console.print("✓ The connection works and the key is accepted.")
    table = Table("toolset", "permission", "granted", box=None, pad_edge=False)
    missing: dict[str, None] = {}
    for toolset, operations in TOOLSETS.items():
        needed = dict.fromkeys(name for operation in operations.values() for name in operation.permissions())
        for permission in needed:
            state = granted.get(permission)
            table.add_row(toolset, permission, {True: "✓ yes", False: "✗ NO", None: "? not known"}[state])
            if state is False:
                missing[permission] = None
    console.print(table)
    if None in granted.values():
        console.print("Grant apiKeysRead to let write permissions be checked without writing.")
    if missing:
        console.print(f"Grant {', '.join(missing)} {WHERE_KEYS_ARE}, or leave those toolsets out.")
    elif None not in granted.values():
        console.print("✓ Every tool can be used.")
    return not missing


def _granted(client: AshbyClient) -> dict[str, bool | None]:
    """Which permissions the key has; None where that cannot be found out.

    Raises:
        AshbyError: if the key is not accepted at all, or Ashby cannot be reached.
    """
    needed = {permission for operation in OPERATIONS.values() for permission in operation.permissions()}
    try:
        scopes = set(client.call(GetAPIKey()).get("scopes") or [])
    except PermissionDeniedError as refused:
        if refused.code != "missing_endpoint_permission":
            raise
        return dict.fromkeys(needed, None) | _tried(client)
    return {permission: {_scope(permission), permission} & scopes != set() for permission in needed}


def _tried(client: AshbyClient) -> dict[str, bool | None]:
    """The read permissions, found out by asking for one record each."""
    tried: dict[str, bool | None] = {}
    for operation in OPERATIONS.values():
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
    """`candidatesRead` as Ashby's key information spells it: `candidates:read`."""
    return re.sub("(Read|Write)$", lambda match: f":{match.group().lower()}", permission)
