"""Fixtures for pytest, there wherever this package is installed: a fresh sandbox, and a client and tools for it.

    def test_the_agent_asks(ashby_sandbox, ashby_toolkit): ...

pytest loads this module in every run, so it imports nothing: what a fixture needs it imports when a test asks for it.
Define a fixture of the same name to have another sandbox; the client and the tools then use that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from langchain_ashby import AshbyClient, AshbyToolkit
    from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture
def ashby_sandbox() -> Iterator[AshbySandbox]:
    """A stand-in for Ashby over HTTP on 127.0.0.1, with an invented company, fresh for each test.

    Raises:
        ImportError: without Werkzeug, which `pip install "langchain-ashby[sandbox]"` brings.
    """
    from langchain_ashby.sandbox import AshbySandbox

    with AshbySandbox() as sandbox:
        yield sandbox


@pytest.fixture
def ashby_client(ashby_sandbox: AshbySandbox) -> Iterator[AshbyClient]:
    """A client of `ashby_sandbox`."""
    from langchain_ashby.client import AshbyClient

    with AshbyClient(ashby_sandbox.api_key, ashby_sandbox.url) as client:
        yield client


@pytest.fixture
def ashby_toolkit(ashby_client: AshbyClient) -> AshbyToolkit:
    """All tools, on `ashby_sandbox`."""
    from langchain_ashby.toolkit import AshbyToolkit

    return AshbyToolkit(ashby_client)
