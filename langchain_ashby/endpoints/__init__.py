"""The operations on Ashby: one module per toolset, one class per tool.

A class in one of these modules is a tool; what tools call on their way and do not offer themselves is in `steps`.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import (
    applications,
    candidates,
    feedback_forms,
    interviews,
    jobs,
    offers,
    openings,
    organization,
)


def _tools(module: ModuleType) -> dict[str, type[Operation[Any]]]:
    """The operations that a module defines, by tool name, in the order in which they stand there."""
    return {
        thing.tool_name(): thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Operation)
        and thing.__module__ == module.__name__
        and "path" in vars(thing)  # not Synced[Candidate] and the like, which pydantic leaves in the module
    }


TOOLSETS: dict[str, dict[str, type[Operation[Any]]]] = {
    module.__name__.rpartition(".")[2]: _tools(module)
    for module in (candidates, applications, jobs, offers, interviews, feedback_forms, organization, openings)
}
"""The operations by toolset and tool name."""

OPERATIONS: dict[str, type[Operation[Any]]] = {
    name: operation for toolset in TOOLSETS.values() for name, operation in toolset.items()
}
"""All operations by tool name, in order."""

BY_DEFAULT: dict[str, type[Operation[Any]]] = {
    name: operation for name, operation in OPERATIONS.items() if not operation.on_request
}
"""The operations of which a toolkit has tools unless it is told otherwise."""

# Every operation can be imported from here, `from langchain_ashby.endpoints import ListCandidates`.
globals().update({operation.__name__: operation for operation in OPERATIONS.values()})
if TYPE_CHECKING:
    from langchain_ashby.endpoints.applications import *  # noqa: F403
    from langchain_ashby.endpoints.candidates import *  # noqa: F403
    from langchain_ashby.endpoints.feedback_forms import *  # noqa: F403
    from langchain_ashby.endpoints.interviews import *  # noqa: F403
    from langchain_ashby.endpoints.jobs import *  # noqa: F403
    from langchain_ashby.endpoints.offers import *  # noqa: F403
    from langchain_ashby.endpoints.openings import *  # noqa: F403
    from langchain_ashby.endpoints.organization import *  # noqa: F403
