"""Submitted forms, a line for each answer: data cannot break a line, so no answer can pass for another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from langchain_ashby.results.phrases import NOT_ANSWERED, NOT_SCORED, Json, field_value, objects, text
from langchain_ashby.text.words import at

DECISIVE = frozenset({"Boolean", "MultiValueSelect", "Score", "ValueSelect"})
"""The types of fields that people decide on: it is said if one was not answered."""


def scorecard(submission: Json) -> list[str]:
    """The answers under their sections, in the form's order.

    Fields that are not answered are said to be if they are required or of a type in DECISIVE. Answers that the form
    does not know come last, under their paths.
    """
    values = submission.get("submittedValues")
    if not isinstance(values, Mapping):
        return ["(Ashby gave no answers)"]
    told, known = [], set()
    for section in objects(at(submission, "formDefinition", "sections")):
        entries = [entry for entry in objects(section.get("fields")) if at(entry, "field", "path")]
        known |= {str(at(entry, "field", "path")) for entry in entries}
        title = text(section.get("title"))
        lines = [f"{'  ' if title else ''}{line}" for line in _answers(entries, values)]
        told += [f"{title}:", *lines] if title and lines else lines
    others = {path: value for path, value in values.items() if path not in known}
    return told + [f"{text(path)}: {answer}" for path, value in others.items() if (answer := field_value(value))]


def _answers(entries: list[Json], values: Json) -> Iterator[str]:
    for entry in entries:
        field = entry["field"]
        if answer := answer_to(entry, values):
            yield f"{text(field.get('title') or field['path'])}: {answer}"


def answer_to(entry: Json, values: Json) -> str:
    """Returns the answer to a form's field, with options by label; empty if it is missing and need not be mentioned."""
    field = entry["field"]
    choices = objects(field.get("selectableValues"))
    options = {str(it.get("value")): str(it["label"]) for it in choices if it.get("label")}
    return field_value(values.get(str(field["path"])), options) or _unanswered(entry, field)


def _unanswered(entry: Json, field: Any) -> str:
    if field.get("type") == "Score":
        return NOT_SCORED
    return NOT_ANSWERED if entry.get("isRequired") or field.get("type") in DECISIVE else ""
