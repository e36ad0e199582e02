"""The list of promised tools matches the tools; `make regenerate` rewrites it."""

from promised import FILE, text
from snapshot import check

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS


def test_the_tools_are_the_promised_ones_in_order() -> None:
    check(FILE, text(TOOLSETS))
    assert [tool.name for tool in AshbyToolkit(AshbyClient("key")).get_tools()] == list(OPERATIONS)
