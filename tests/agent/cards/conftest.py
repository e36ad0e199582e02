from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from langchain_ashby import AshbyClient
from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    files = tmp_path_factory.mktemp("files")
    with (
        AshbySandbox() as sandbox,
        AshbyClient(sandbox.api_key, sandbox.url, timeout=60, upload_dirs=[files]) as client,
    ):
        yield Desk(sandbox.state(), client, Path(files), sandbox)


@pytest.fixture
def desk(running: Desk) -> Desk:
    """A desk at the start of its day."""
    running.sandbox.reset()
    return running
