"""LangChain's standard tests for tools, on each tool."""

from functools import cache
from typing import Any

from examples import EXAMPLES, every_example
from langchain_core.tools import BaseTool
from langchain_tests.unit_tests import ToolsUnitTests

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS


@cache
def tools() -> dict[str, BaseTool]:
    return {tool.name: tool for tool in AshbyToolkit(AshbyClient("key"), toolsets="all").get_tools()}


def standard_tests(name: str) -> type[ToolsUnitTests]:
    """The tests for one tool; a class each, because LangChain's tests get the tool from their class."""

    class StandardTests(ToolsUnitTests):
        @property
        def tool_constructor(self) -> BaseTool:
            return tools()[name]

        @property
        def tool_invoke_params_example(self) -> dict[str, Any]:
            return every_example()[name]

    return StandardTests


for _name in EXAMPLES:  # another test names the tools that have none
    globals()[f"Test{OPERATIONS[_name].__name__}"] = standard_tests(_name)


def test_there_are_tests_for_every_tool() -> None:
    assert len([name for name in globals() if name.startswith("Test")]) == len(EXAMPLES)
