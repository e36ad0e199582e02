"""Fixtures for pytest, available wherever this package is installed: a fresh sandbox with a client and tools.

    def test_the_agent_asks(ashby_sandbox, ashby_toolkit): ...

pytest loads this module in every run, so the fixtures import what they need only when a test uses them. To use another
sandbox, define a fixture of the same name; the client and the tools then use yours.
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
    """Starts a stand-in for Ashby over HTTP on 127.0.0.1 with an invented company, fresh for each test.

    Raises:
        ImportError: without Werkzeug, which `pip install "langchain-ashby[sandbox]"` brings.
    """
    from langchain_ashby.sandbox import AshbySandbox

    with AshbySandbox() as sandbox:
        yield sandbox


@pytest.fixture
def ashby_client(ashby_sandbox: AshbySandbox) -> Iterator[AshbyClient]:
    """Opens a client of `ashby_sandbox`."""
    from langchain_ashby.client import AshbyClient

    with AshbyClient(ashby_sandbox.api_key, ashby_sandbox.url) as client:
        yield client


@pytest.fixture
def ashby_toolkit(ashby_client: AshbyClient) -> AshbyToolkit:
    """Makes all tools for `ashby_sandbox`."""
    from langchain_ashby.toolkit import AshbyToolkit

    return AshbyToolkit(ashby_client)
