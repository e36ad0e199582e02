"""Clients for the commands: of Ashby, or of a sandbox in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.errors import ConfigurationError, MissingAPIKeyError

if TYPE_CHECKING:
    from langchain_ashby.client import AshbyClient
    from langchain_ashby.sandbox import AshbySandbox


@contextmanager
def connected(sandbox: bool, upload_dirs: Iterable[Path] | None = None) -> Iterator[AshbyClient]:
    """A client for Ashby, with the key from the environment; or for a new sandbox."""
    if sandbox:
        with sandboxed(upload_dirs) as (_, client):
            yield client
        return
    with _client(upload_dirs) as client:
        yield client


@contextmanager
def without_key() -> Iterator[AshbyClient]:
    """A client that describes tools and sends no request."""
    from langchain_ashby.client import AshbyClient
    from langchain_ashby.http.settings import BASE_URL

    with AshbyClient("no-key-needed", BASE_URL) as client:
        yield client


@contextmanager
def sandboxed(upload_dirs: Iterable[Path] | None = None) -> Iterator[tuple[AshbySandbox, AshbyClient]]:
    """A new sandbox and a client for it."""
    from langchain_ashby.client import AshbyClient
    from langchain_ashby.sandbox import AshbySandbox

    with AshbySandbox() as server, AshbyClient(server.api_key, server.url, upload_dirs=upload_dirs or ()) as client:
        yield server, client


def _client(upload_dirs: Iterable[Path] | None) -> AshbyClient:
    from langchain_ashby.client import AshbyClient

    try:
        return AshbyClient(upload_dirs=upload_dirs or ())
    except MissingAPIKeyError as error:
        raise stop(str(error)) from None
    except ConfigurationError as error:
        raise stop(str(error), Status.USAGE) from None
