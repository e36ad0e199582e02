"""The arguments of a tool: its operation's, with names where ids are asked, and a cursor for a read in one piece."""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, reduce
from inspect import get_annotations
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import AfterValidator, create_model

from langchain_ashby.endpoint import Access, Arguments, Operation
from langchain_ashby.ids import Id, ids_of
from langchain_ashby.results import Place

A = TypeVar("A", bound=Arguments)


def _of_a_result(cursor: str) -> str:
    if Place.of(cursor).cursor:
        raise ValueError("takes the cursor that a long result gave; leave it out to read from the beginning")
    return cursor


Cursor = Annotated[str, AfterValidator(_of_a_result)]
"""A cursor of the package's own; an empty one is the beginning."""


@cache
def arguments_of(operation: type[Operation[Any]]) -> type[Operation[Any]]:
    """The class of a tool's arguments. Ids may be names in it, so it is for checking arguments and never sent.

    A read without pages also takes a cursor, for the rest of a long result.
    """
    takes_cursor = operation.access is Access.READ and "cursor" not in operation.model_fields
    return _with_names(operation, {"cursor": (Cursor | None, None)} if takes_cursor else {})


def plain(value: Any) -> Any:
    """Arguments that were checked, as plain values again: an object has the arguments that were given."""
    if isinstance(value, Arguments):
        given = value.model_fields_set
        value = {name: getattr(value, name) for name in type(value).model_fields if name in given}
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list) else value


def _with_names(declared: type[A], more: dict[str, Any]) -> type[A]:
    """A subclass whose ids may be names; the class itself if it has none."""
    fields = more | {
        name: (_names_in(_annotation(declared, name)), ... if field.is_required() else field.default)
        for name, field in declared.model_fields.items()
        if any(kind.takes_names for kind in (*ids_of(field), *_ids_inside(field.annotation)))
    }
    if not fields:
        return declared
    module, doc = declared.__module__, declared.__doc__
    return create_model(declared.__name__, __base__=declared, __module__=module, __doc__=doc, **fields)


def _ids_inside(annotation: Any) -> Iterator[Id]:
    """The kinds of id in the objects that a type takes."""
    if isinstance(annotation, type) and issubclass(annotation, Arguments):
        for field in annotation.model_fields.values():
            yield from (*ids_of(field), *_ids_inside(field.annotation))
    for part in get_args(annotation):
        yield from _ids_inside(part)


def _annotation(declared: type[Arguments], name: str) -> Any:
    """The type of a field as it was declared: pydantic takes it apart."""
    owner = next(it for it in declared.__mro__ if name in vars(it).get("__annotations__", ()))
    return get_annotations(owner, eval_str=True, globals=vars(sys.modules[owner.__module__]))[name]


def _names_in(annotation: Any) -> Any:
    """The type with names for ids."""
    parts = get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Arguments):
        return _with_names(annotation, {})
    if get_origin(annotation) is Annotated:
        marks = [replace(it, or_name=True) if isinstance(it, Id) else it for it in parts[1:]]
        return Annotated[(_names_in(parts[0]), *marks)]
    if get_origin(annotation) is Literal or not parts:
        return annotation
    if get_origin(annotation) is UnionType:
        return reduce(operator.or_, map(_names_in, parts))
    return annotation.__origin__[tuple(map(_names_in, parts))]
