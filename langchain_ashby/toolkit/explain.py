"""Explains invalid arguments, Ashby's refusals and other failures to a model."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from pydantic.v1 import ValidationError as ValidationErrorV1

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import ArgumentError, AshbyError, Refused
from langchain_ashby.spelling import in_words
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import one_line
from langchain_ashby.toolkit.arguments import arguments_of
from langchain_ashby.toolkit.id_hints import suggest_id


def explain_error(request: Operation[Any], error: AshbyError, client: AshbyClient) -> str:
    """Says what went wrong, what is known about a write, and what to do.

    For an unknown id that belongs to another record it names the right one. Ashby's keys in its text become the names
    of the arguments: `archiveReasonId` becomes archive_reason_id. An unknown id is named as results spell ids.
    """
    names = request.argument_names()
    error.message = _KEY.sub(lambda found: names.get(found[0], found[0]), one_line(error.message, None))
    meant = suggest_id(request, error, client.call) if isinstance(error, Refused) else None
    if meant:
        error.remedy = meant.sentence if meant.ids else f"{meant.sentence} {error.remedy}"
    said = in_words(visible(error.for_model()))
    if request.access is Access.READ or error.outcome_unknown or error.done or isinstance(error, MODELS_OWN):
        return said
    return f"{said} The change was not {'sent' if error.status is None else 'made'}."


def explain_arguments(error: ValidationError | ValidationErrorV1) -> str:
    """Says what is wrong with a tool's arguments, a line per argument: its name, and what it takes."""
    problems = argument_problems(error)
    lines = [one_line(f"- {where}: {'; or: '.join(whats)}", _LINE) for where, whats in problems.items()]
    more = [f"- and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    return "\n".join(["invalid_argument: Invalid arguments; nothing was sent.", *lines[:_LINES], *more])


def argument_problems(error: ValidationError | ValidationErrorV1) -> dict[str, list[str]]:
    """Says what is wrong with each argument, by the way to it, such as `interview_events.0.start_time`.

    What concerns several arguments stands under `arguments`.
    """
    problems: dict[str, list[str]] = {}
    for problem in error.errors():
        way = [str(part) for part in problem["loc"]]
        what, invented = problem["msg"].removeprefix("Value error, "), ""
        if problem["type"] == "extra_forbidden":
            invented = way.pop()
            known = [] if way else _arguments_of(error)
            what = f"there is no such argument{'; it takes ' * bool(known)}{', '.join(known)}"
        named = [part for part in way if not _BRANCH.fullmatch(part)] + [invented] * bool(invented)
        problems.setdefault(".".join(named) or "arguments", []).append(what)
    return problems


MODELS_OWN = (ArgumentError, Refused)
"""What a model can correct, and is always told."""

_LINES, _LINE = 20, 400
"""The most problems that are listed, and characters of each: a wrong argument can be of any length."""


def _arguments_of(error: ValidationError | ValidationErrorV1) -> list[str]:
    """Lists the arguments of the operation that refused, which pydantic names in the error's title."""
    refusing = [it for it in OPERATIONS.values() if it.__name__ == getattr(error, "title", None)]
    return [name for operation in refusing for name in arguments_of(operation).model_fields]


_KEY = re.compile(r"\b[a-z]+(?:[A-Z][a-z]*)+\b")
"""A key of Ashby's, such as `archiveReasonId`. Plain words do not match."""

_BRANCH = re.compile(r"[A-Z].*|.*[\[-].*|bool|int|float|str")
"""The parts of a location by which pydantic names the branch of a union. No argument has such a name."""
