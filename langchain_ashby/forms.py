"""Converts values for form fields and custom fields from a model's form to Ashby's.

Ashby expects a field's path where people know its title, an option's value where they know its label, and an object of
its own for scores, money and ranges. Everything is checked before it is sent; the error for a wrong entry says what
the field takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from langchain_ashby import field_values
from langchain_ashby.errors import ArgumentError
from langchain_ashby.ids import IDS, canonical
from langchain_ashby.records import CustomField, FormDefinition
from langchain_ashby.text.words import UNNAMED, folded, one_line


class Entry(Protocol):
    """A value for a field, which is named by path or title."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> Any: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; `options` maps its values to their labels."""

    path: str
    title: str
    type: str
    required: bool
    options: field_values.Options

    @property
    def choices(self) -> str:
        """The labels of the options, as a list that can be read back."""
        return field_values.choices(self.options)

    def describe(self) -> str:
        """Describes the field in a line: title, path, type, if it is required, and its options."""
        name = f"{self.title} (path {self.path})" if self.path else self.title
        text = f"{name}: {self.type}{', required' if self.required else ''}"
        hint = f"options: {self.choices}" if self.options else field_values.SHAPES.get(self.type)
        return one_line(f"{text}; {hint}" if hint else text, None)

    def convert(self, value: Any) -> Any:
        """Converts a value to Ashby's form.

        Raises:
            ValueError: if the value does not fit; it says what the field takes.
        """
        return field_values.convert(self.type, self.options, value)


class Form:
    """The fields of a form definition, in order. Other entries are skipped."""

    def __init__(self, definition: FormDefinition | None) -> None:
        self.fields = [
            Field(
                path=str(field["path"]),
                title=str(field.get("title") or field["path"]),
                type=str(field.get("type") or "String"),
                required=bool(entry.get("isRequired")),
                options=_options(field.get("selectableValues")),
            )
            for entry, field in _fields_of(definition)
        ]

    @classmethod
    def of(cls, record: Any) -> Self:
        """Reads the form inside a record; a form without fields if the record has none."""
        return cls(record.get("formDefinition") if isinstance(record, Mapping) else None)

    def find(self, name: str) -> Field:
        """Finds the field with this path, an id in either spelling, or else with this title in any case.

        Raises:
            ValueError: if no field has it, or several have the title.
        """
        title = folded(name)
        found = [field for field in self.fields if field.path in (name, _as_ashby_writes(name))] or [
            field for field in self.fields if folded(field.title) == title
        ]
        if not found:
            raise ValueError("the form has no such field")
        if len(found) > 1:
            raise ValueError(f"several fields have this title; give the path: {', '.join(f.path for f in found)}")
        return found[0]

    def fill(self, entries: Iterable[Entry]) -> dict[str, Any]:
        """Converts entries to Ashby's values, by path.

        Raises:
            ArgumentError: if entries are wrong or missing; it names each of them and all fields of the form.
        """
        values: dict[str, Any] = {}
        problems = []
        for entry in entries:
            try:
                field = self.find(entry.path)
                if field.path in values:
                    raise ValueError("is given twice")
                values[field.path] = None
                values[field.path] = field.convert(entry.value)
            except ValueError as error:
                problems.append(f"{entry.path}: {error}")
        problems += [
            f"{field.title}: is required" for field in self.fields if field.required and field.path not in values
        ]
        if problems:
            raise ArgumentError(
                one_line(f"field_submissions: {'; '.join(dict.fromkeys(problems))}", None),
                code="form_mismatch",
                remedy="The form's fields:\n" + "\n".join(f"- {field.describe()}" for field in self.fields) + "\n",
            )
        return values


def _as_ashby_writes(path: str) -> str:
    """The path in Ashby's spelling, if it is an id, as those of an organization's own fields are."""
    try:
        return canonical(path)
    except ValueError:
        return path


def fields_by_path(form: Any) -> dict[str, Mapping[str, Any]]:
    """Lists the fields of a form definition, as Ashby gives them, by their paths. Other entries are skipped."""
    return {str(field["path"]): field for _, field in _fields_of(form)}


def _fields_of(form: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yields the entries of a form definition, each with its field."""
    for section in _entries_of(form, "sections"):
        for entry in _entries_of(section, "fields"):
            field = entry.get("field") if isinstance(entry, Mapping) else None
            if isinstance(field, Mapping) and field.get("path"):
                yield entry, field


def _entries_of(record: Any, key: str) -> list[Any]:
    value = record.get(key) if isinstance(record, Mapping) else None
    return value if isinstance(value, list) else []


def custom_field(definition: CustomField) -> Field:
    """Reads the definition of a custom field."""
    return Field(
        path="",
        title=str(definition.get("title") or UNNAMED),
        type=str(definition.get("fieldType") or "String"),
        required=False,
        options=_options(definition.get("selectableValues")),
    )


def custom_field_value(fields: Iterable[CustomField], field_id: str, object_type: str, value: Any) -> Any:
    """Converts a value for a custom field to Ashby's form; None, which clears the field, stays None.

    Raises:
        ArgumentError: if the field does not exist or belongs to other records, or if the value does not fit.
    """
    remedy = IDS["custom_field_id"].remedy
    definition = next((field for field in fields if isinstance(field, Mapping) and field.get("id") == field_id), None)
    if definition is None:
        raise ArgumentError(
            f"custom_field_id: there is no custom field {field_id}", code="custom_field_not_found", remedy=remedy
        )
    belongs_to = definition.get("objectType")
    if belongs_to != object_type:
        raise ArgumentError(
            f"object_type: the field {definition.get('title')!r} belongs to {belongs_to}, not {object_type}",
            remedy=remedy,
        )
    field = custom_field(definition)
    if value is None:
        return None
    try:
        # Unlike a form, a custom field takes any number and a full ISO time.
        if field.type == "Number":
            return field_values.number(value)
        if field.type == "Date":
            return field_values.day_or_time(value)
        return field.convert(value)
    except ValueError as error:
        raise ArgumentError(one_line(f"field_value: {error}", None), remedy=f"The field: {field.describe()}") from None


def _options(selectable: Any) -> dict[str, str]:
    return {
        str(option.get("value")): str(option.get("label") or option.get("value"))
        for option in (selectable if isinstance(selectable, list) else ())
        if isinstance(option, Mapping) and option.get("value") is not None and not option.get("isArchived")
    }
