"""What the commands work with: Ashby, or a sandbox that stands in for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.exits import stop
from langchain_ashby.errors import AshbyError

if TYPE_CHECKING:
    from langchain_ashby.client import AshbyClient
    from langchain_ashby.sandbox import AshbySandbox

UseSandbox = Annotated[bool, typer.Option("--sandbox", help="Use the built-in sandbox instead of Ashby.")]


UploadDirs = Annotated[
    list[Path] | None, typer.Option("--upload-dir", help="A directory whose files may be uploaded. May be repeated.")
]
Approved = Annotated[bool, typer.Option("--yes", help="Approve every change without asking.")]


@contextmanager
def connected(sandbox: bool, upload_dirs: Iterable[Path] | None = None) -> Iterator[AshbyClient]:
    """A client for Ashby, with the key from the environment; or for a sandbox of its own."""
    from langchain_ashby.client import AshbyClient

    if sandbox:
        with sandboxed(upload_dirs) as (_, client):
            yield client
        return
    try:
        client = AshbyClient(upload_dirs=upload_dirs or ())
    except AshbyError as error:
        raise stop(str(error)) from None
    with client:
        yield client


@contextmanager
def sandboxed(upload_dirs: Iterable[Path] | None = None) -> Iterator[tuple[AshbySandbox, AshbyClient]]:
    """A sandbox and a client for it."""
    from langchain_ashby.client import AshbyClient
    from langchain_ashby.sandbox import AshbySandbox

    with AshbySandbox() as server, AshbyClient(server.api_key, server.url, upload_dirs=upload_dirs or ()) as client:
        yield server, client
