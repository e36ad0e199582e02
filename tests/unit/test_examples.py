"""Every tool has an example, and each example works."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from examples import EXAMPLES, WRITES, Company

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as running:
        yield running


@pytest.fixture(scope="module")
def seed(sandbox: AshbySandbox) -> dict[str, list[Any]]:
    return sandbox.state()


def test_every_tool_has_an_example_and_no_example_is_left_of_a_tool_that_is_gone() -> None:
    missing = [name for name in OPERATIONS if name not in EXAMPLES]
    assert not missing, f"add an example to tests/examples.py for {', '.join(missing)}"
    assert [*EXAMPLES] == [*OPERATIONS], "examples stand in the order of the tools"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_works_and_changes_the_company_only_if_it_is_a_write(
    name: str, sandbox: AshbySandbox, seed: dict[str, list[Any]], tmp_path: Path
) -> None:
    sandbox.reset()
    with AshbyClient(sandbox.api_key, sandbox.url, upload_dirs=[tmp_path]) as client:
        arguments = EXAMPLES[name](Company(seed, client, tmp_path))
        [tool] = AshbyToolkit(client, include=[name]).get_tools()
        before = sandbox.state()
        message = tool.invoke({"type": "tool_call", "id": "1", "name": name, "args": arguments})
    assert message.status == "success", message.content
    assert (sandbox.state() != before) is (name in WRITES)
