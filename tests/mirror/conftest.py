"""Fixtures for the tests of the mirror."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import postgres

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror
from langchain_ashby.sandbox import AshbySandbox

__all__ = ["postgres"]


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(candidates=12) as running:
        yield running


@pytest.fixture
def client(sandbox: AshbySandbox) -> Iterator[AshbyClient]:
    with AshbyClient(sandbox.api_key, sandbox.url, max_retries=0) as connected:
        yield connected


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mirror.db'}"


@pytest.fixture
def mirror(url: str, client: AshbyClient) -> Mirror:
    return Mirror(url, client)
