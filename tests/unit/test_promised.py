"""The list of promised tools matches the tools; `make regenerate` rewrites it."""

from promised import FILE, text
from snapshot import check

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS, TOOLSETS


def test_the_tools_are_the_promised_ones_in_order() -> None:
    check(FILE, text(TOOLSETS))
    assert [tool.name for tool in AshbyToolkit(AshbyClient("key"), toolsets="all").get_tools()] == list(OPERATIONS)


def test_a_toolkit_has_the_promised_tools_unless_it_is_asked_for_more() -> None:
    by_default = [tool.name for tool in AshbyToolkit(AshbyClient("key")).get_tools()]
    assert by_default == list(BY_DEFAULT) == [name for name, it in OPERATIONS.items() if not it.on_request]
