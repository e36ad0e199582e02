"""What a tool finds out beside a result: further reads that say whose it is, who else is meant, and what follows.

They are made at once, within a part of the call's time, and change nothing. What they cannot read is said to be not
read: the result itself stands.
"""

from __future__ import annotations

import logging
from typing import Any

from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.toolkit.beside import after_writes, search, whose
from langchain_ashby.toolkit.beside.found import Beside, Look
from langchain_ashby.toolkit.beside.reads import Reads

__all__ = ["Beside", "Reads", "look_beside", "looks_beside"]

LOOKS: dict[type[Operation[Any]], Look] = {**whose.LOOKS, **search.LOOKS, **after_writes.LOOKS}
"""The look of each operation that has one."""

_log = logging.getLogger("langchain_ashby.toolkit")


def looks_beside(request: Operation[Any]) -> bool:
    """True if further reads may follow a request."""
    return _look(request) is not None


def _look(request: Operation[Any]) -> Look | None:
    return next((LOOKS[kind] for kind in type(request).__mro__ if kind in LOOKS), None)


def look_beside(request: Operation[Any], results: Any, reads: Reads) -> Beside:
    """Finds out what belongs to a result.

    Args:
        request: What was asked for.
        results: Ashby's JSON: the records of a listing, or one.
        reads: Reads more.
    """
    look = _look(request)
    if look is None:
        return Beside(results)
    try:
        return look(request, results, reads)
    except Exception as error:
        if request.access is Access.READ:
            raise
        # The write was made, whatever goes wrong here.
        _log.warning("%s: looking up what follows failed with %s", request.path, type(error).__name__)
        return Beside(results, notes=("The consequences could not be looked up.",))
