"""The arguments of a tool: its operation's, and a cursor for a read that Ashby gives in one piece."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, create_model

from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.results import Place


def _of_a_result(cursor: str) -> str:
    if Place.of(cursor).cursor:
        raise ValueError("takes the cursor that a long result gave; leave it out to read from the beginning")
    return cursor


Cursor = Annotated[str, AfterValidator(_of_a_result)]
"""A cursor of the package's own; an empty one is the beginning."""


@cache
def arguments_of(operation: type[Operation[Any]]) -> type[Operation[Any]]:
    """The class of a tool's arguments. A read without pages also takes a cursor, for the rest of a long result."""
    if operation.access is Access.WRITE or "cursor" in operation.model_fields:
        return operation
    return create_model(
        operation.__name__,
        __base__=operation,
        __module__=operation.__module__,
        __doc__=operation.__doc__,
        cursor=(Cursor | None, None),
    )
