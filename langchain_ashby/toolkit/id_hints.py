"""Recognizes an id of another kind of record when Ashby refuses one as unknown, and finds the id that was meant.

People and models mix up kinds of id: an application's with its candidate's, a posting's with its job's. The table of
ids says which mistakes are likely; a read or two tell which one was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import AshbyError, Refused
from langchain_ashby.ids import IDS, Id, canonical, ids_of, short, unknown_id

MOST = 5
"""The largest number of ids in a hint."""


class Hint(NamedTuple):
    """A sentence on what the unknown id identifies, and the ids that were meant, if the record has them."""

    sentence: str
    ids: tuple[str, ...]


def suggest_id(request: Operation[Any], refused: Refused, call: Callable[[Operation[Any]], Any]) -> Hint | None:
    """Says which kind of record the unknown id identifies, and which id to give instead; None if that is not known.

    Args:
        request: The call that Ashby refused.
        refused: With a code such as `candidate_not_found`, which tells the kind of id.
        call: Asks Ashby, as `AshbyClient.call` does.
    """
    expected = unknown_id(refused.code)
    given = _given(request, expected) if expected else None
    if expected is None or given is None:
        return None
    for argument, path in expected.mistaken_for.items():
        try:
            record = call(reading(IDS[argument], given))
        except Refused:
            continue  # no such record either, or the key may not read it
        except AshbyError:
            break  # Ashby cannot be reached just now; its refusal is answer enough
        if not _is_about(record, given):
            continue
        ids = tuple(_ids(record, path)) if path else ()
        more = " and more" if len(ids) > MOST else ""
        meant = f"; its {expected.argument} is {' or '.join(ids[:MOST])}{more}"
        return Hint(f"The id given is {_a(argument)}{meant if ids else f', not {_a(expected.argument)}'}.", ids)
    return None


def reading(kind: Id, given: str) -> Operation[Any]:
    """The request that reads the record with an id of this kind."""
    return OPERATIONS[kind.read_by](**{kind.argument: given}, **kind.read_with)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def _given(request: Operation[Any], expected: Id) -> str | None:
    """The id that was given where one of this kind was expected; `object_id` takes the kind that `object_type` says."""
    if getattr(request, "object_type", "").lower() == expected.noun:
        expected = IDS["object_id"]
    for name, field in type(request).model_fields.items():
        given = getattr(request, name)
        if expected in ids_of(field) and isinstance(given, str):
            return given
    return None


def _is_about(found: Any, given: str) -> bool:
    """True for the record with this id, and for the stages of the plan with this id."""
    if isinstance(found, list):
        return any(isinstance(entry, Mapping) and entry.get("interviewPlanId") == given for entry in found)
    return isinstance(found, Mapping) and found.get("id") == given


def _ids(found: Any, path: Sequence[str]) -> list[str]:
    """The ids at the end of the path, through objects and lists. Other text there is not repeated to a model."""
    if isinstance(found, list):
        return [each for entry in found for each in _ids(entry, path)]
    if path:
        return _ids(found.get(path[0]), path[1:]) if isinstance(found, Mapping) else []
    try:
        return [short(canonical(found))]
    except (AttributeError, TypeError, ValueError):
        return []
