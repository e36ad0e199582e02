from __future__ import annotations

from collections.abc import Iterator

import pytest

from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture(scope="module")
def running() -> Iterator[AshbySandbox]:
    with AshbySandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: AshbySandbox) -> AshbySandbox:
    """A fresh sandbox."""
    running.reset()
    return running
