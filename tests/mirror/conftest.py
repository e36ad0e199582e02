"""Fixtures for the tests of the mirror."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from postgres import postgres

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror
from langchain_ashby.sandbox import AshbySandbox

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def lasting_sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(candidates=12) as running:
        yield running


@pytest.fixture
def sandbox(lasting_sandbox: AshbySandbox) -> AshbySandbox:
    lasting_sandbox.reset()
    return lasting_sandbox


@pytest.fixture
def client(sandbox: AshbySandbox) -> Iterator[AshbyClient]:
    with AshbyClient(sandbox.api_key, sandbox.url, max_retries=0) as connected:
        yield connected


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mirror.db'}"


@pytest.fixture
def mirror(url: str, client: AshbyClient) -> Mirror:
    return Mirror(url, client, max_age=timedelta(days=1))  # `first_run` may have been long ago


@pytest.fixture(scope="session")
def read_before(lasting_sandbox: AshbySandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a mirror that has read the whole sandbox as it is after `reset`."""
    file = tmp_path_factory.mktemp("read_before") / "mirror.db"
    lasting_sandbox.reset()
    with AshbyClient(lasting_sandbox.api_key, lasting_sandbox.url) as client:
        Mirror(f"sqlite:///{file}", client).sync()
    return file


@pytest.fixture
def first_run(read_before: Path, sandbox: AshbySandbox, tmp_path: Path) -> None:
    """Puts in place at `url` what a first `sync` leaves there, for a fraction of its time."""
    shutil.copy(read_before, tmp_path / "mirror.db")
