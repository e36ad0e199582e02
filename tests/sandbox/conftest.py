"""A sandbox with the small company, and a caller."""

from collections.abc import Iterator

import pytest
import small_company
from caller import Caller

from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(company=small_company.company) as running:
        yield running


@pytest.fixture
def call(sandbox: AshbySandbox) -> Caller:
    return Caller(sandbox, sandbox.api_key)
