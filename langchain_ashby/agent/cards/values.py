"""Values of form fields and custom fields in words, and form entries checked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pydantic.alias_generators import to_camel, to_snake

from langchain_ashby.agent.cards.builder import CardBuilder, Fact
from langchain_ashby.endpoints.fields import FieldSubmission
from langchain_ashby.forms import Field, Form
from langchain_ashby.results.phrases import NOT_SCORED, field_value, is_money
from langchain_ashby.text.words import at, day, empty, folded, joined, listed, moment, one_line, paragraph, parsed


def in_the_words_of(field: Field, value: Any) -> str | None:
    """A stored value as people read it: labels for options, amounts with their currency, scores out of four."""
    if empty(value):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return listed([_option(field, it) for it in value])
    if isinstance(value, Mapping):
        return _object(value)
    if field.options:
        return _option(field, value)
    if field.type == "Date":
        return _date(str(value))
    return (
        paragraph(value) if isinstance(value, str) else f"{value:,}" if isinstance(value, int | float) else str(value)
    )


def _option(field: Field, value: Any) -> str:
    """An option by its label; with its value, if another one has the same label."""
    label = one_line(field.options.get(str(value), value), 120)
    twins = [it for it, other in field.options.items() if it != str(value) and folded(other) == folded(label)]
    return f"{label} [{one_line(value, 120)}]" if twins else label


def name_of(field: Field, form: Form) -> str:
    """A field by its title; with its path, if another field of the form has the same title."""
    title = one_line(field.title, 120)
    is_shared = any(it is not field and folded(one_line(it.title, 120)) == folded(title) for it in form.fields)
    return f"{title} [{one_line(field.path, 120)}]" if is_shared else title


def as_fact(value: Any) -> Fact:
    """A stored value as a fact, without what Ashby may write in different ways."""
    if isinstance(value, Mapping):
        kept = {key: as_fact(entry) for key, entry in sorted(value.items()) if key != "type" and entry is not None}
        return kept["value"] if set(kept) == {"value"} else kept
    if isinstance(value, list):
        return sorted(map(as_fact, value), key=str)
    if isinstance(value, str) and value.endswith("T00:00:00.000Z"):
        return value[:10]
    return value


def show_entries(builder: CardBuilder, form: Form | None, entries: Iterable[FieldSubmission]) -> dict[str, Any]:
    """Put every entry of a form onto the card, by the field's title. Returns the values by path that Ashby would get.

    Warns of what the form does not take and of required fields that are missing. Without a form the names are shown
    as they were given.
    """
    values: dict[str, Any] = {}
    found: set[str] = set()
    for entry in entries:
        name, given = one_line(entry.path, 120), entry.value
        if form is None:
            builder.new_value(name, in_the_words_of(_unknown(entry.path), given) or "none")
            continue
        try:
            field = form.find(entry.path)
            name = name_of(field, form)
            if field.path in found:
                raise ValueError("is given twice")
            found.add(field.path)
            values[field.path] = field.convert(given)
            builder.new_value(name, in_the_words_of(field, values[field.path]) or "none")
        except ValueError as error:
            builder.new_value(name, in_the_words_of(_unknown(entry.path), given) or "none")
            builder.warn(f"{name}: {one_line(error)}. Nothing will be sent.", "high")
    missing = [name_of(it, form) for it in form.fields if it.required and it.path not in found] if form else []
    if missing:
        builder.warn(f"Required and missing: {joined(missing)}. Nothing will be sent.", "high")
    return values


def _unknown(name: str) -> Field:
    return Field(path=name, title=name, type="String", required=False, options={})


def _object(value: Mapping[str, Any]) -> str:
    values = {to_camel(to_snake(key)): entry for key, entry in value.items()}
    if "score" in values:
        score = NOT_SCORED if empty(values["score"]) else f"{one_line(values['score'], 40)} of 4"
        comments = values.get("comments")
        said = at(comments, "value") if isinstance(comments, Mapping) else comments
        return f"{score}: {paragraph(str(said))}" if said else score
    if isinstance(values.get("value"), str):
        return paragraph(values["value"])
    if is_money(values) or "minValue" in values or "maxValue" in values:
        return one_line(field_value(values), 120)
    return ", ".join(f"{one_line(key, 40)}: {one_line(entry, 120)}" for key, entry in value.items())


def _date(value: str) -> str:
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        time = parsed(value)
        return one_line(value) if time is None else day(time) if value.endswith("T00:00:00.000Z") else moment(value)
