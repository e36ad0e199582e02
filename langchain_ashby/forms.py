"""Converts values for form fields and custom fields from a model's form to Ashby's.

Ashby expects a field's path where people know its title, an option's value where they know its label, and an object of
its own for scores, money and ranges. Everything is checked before it is sent; the error for a wrong entry says what
the field takes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from langchain_ashby.errors import ArgumentError
from langchain_ashby.ids import IDS, canonical
from langchain_ashby.records import CustomField, FormDefinition
from langchain_ashby.text.words import folded, in_a_list, one_line, utc

INTERVALS = (
    "NONE", "1 TIME", "1 HOUR", "1 DAY", "1 WEEK", "2 WEEK", "0.5 MONTH", "1 MONTH", "2 MONTH", "3 MONTH", "6 MONTH",
    "1 YEAR",
)  # fmt: skip


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
    options: Mapping[str, str]

    @property
    def choices(self) -> str:
        """The labels of the options, as a list that can be read back."""
        return ", ".join(map(in_a_list, self.options.values()))

    def describe(self) -> str:
        """Describes the field in a line: title, path, type, if it is required, and its options."""
        name = f"{self.title} (path {self.path})" if self.path else self.title
        text = f"{name}: {self.type}{', required' if self.required else ''}"
        hint = f"options: {self.choices}" if self.options else SHAPES.get(self.type)
        return one_line(f"{text}; {hint}" if hint else text, None)

    def convert(self, value: Any) -> Any:
        """Converts a value to Ashby's form.

        Raises:
            ValueError: if the value does not fit; it says what the field takes.
        """
        return _CONVERT.get(self.type, _unchanged)(self, value)


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
        """Finds the field with this path, or else with this title in any case.

        Raises:
            ValueError: if no field has it, or several have the title.
        """
        title = folded(name)
        found = [field for field in self.fields if field.path == name] or [
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
        title=str(definition.get("title")),
        type=str(definition.get("fieldType")),
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
            return _number(value)
        if field.type == "Date":
            return _day_or_time(value)
        return field.convert(value)
    except ValueError as error:
        raise ArgumentError(one_line(f"field_value: {error}", None), remedy=f"The field: {field.describe()}") from None


SHAPES = {
    "Boolean": "true or false",
    "CompensationRange": '{"min_value", "max_value", "currency_code", "interval": such as "1 YEAR"}',
    "Currency": '{"value", "currency_code": such as "USD"}',
    "Date": "YYYY-MM-DD",
    "Number": "a whole number",
    "NumberRange": '{"min_value", "max_value"}',
    "Score": "1 to 4, or {score, comments}",
}
"""The values that a type of field takes, for types whose name does not say it."""


def _options(selectable: Any) -> dict[str, str]:
    return {
        str(option.get("value")): str(option.get("label") or option.get("value"))
        for option in (selectable if isinstance(selectable, list) else ())
        if isinstance(option, Mapping) and not option.get("isArchived")
    }


def _unchanged(field: Field, value: Any) -> Any:
    return value


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("takes text")
    return value


def _rich_text(field: Field, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping) and isinstance(value.get("value"), str):
        value = value["value"]
    return {"type": "PlainText", "value": _text(field, value)}


def _boolean(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("takes true or false")
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("takes a number")


def _whole_number(field: Field, value: Any) -> int:
    number = _number(value)
    if not isinstance(number, int):
        raise ValueError("takes a whole number")
    return number


def _day(field: Field, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise ValueError("takes a date, YYYY-MM-DD") from None


def _day_or_time(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        pass
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return utc(moment)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("takes a date, YYYY-MM-DD, or an ISO 8601 time with its zone")


def _option(field: Field, value: Any) -> str:
    if isinstance(value, str):
        if value in field.options:
            return value
        found = [stored for stored, label in field.options.items() if folded(label) == folded(value)]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"several options have this label; give the value: {', '.join(found)}")
    raise ValueError(f"takes one of: {field.choices}")


def _several_options(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f"takes a list of: {field.choices}")
    return list(dict.fromkeys(_option(field, entry) for entry in value))


def _score(field: Field, value: Any) -> dict[str, Any]:
    extra = {}
    if isinstance(value, Mapping):
        value, comments = _entries(value, "score", "comments")
        if comments is not None:
            extra = {"comments": _rich_text(field, comments)}
    if isinstance(value, bool) or value not in (1, 2, 3, 4):
        raise ValueError("takes a score from 1 to 4")
    return {"score": int(value), **extra}


def _entries(value: Any, *names: str) -> list[Any]:
    """Reads the named entries of an object, in snake_case or camelCase; a missing one is None."""
    if not isinstance(value, Mapping):
        raise ValueError(f"takes an object of {', '.join(names)}")
    camel = {name: re.sub(r"_(.)", lambda match: match.group(1).upper(), name) for name in names}
    surplus = {key for key, entry in value.items() if entry is not None} - {*camel.keys(), *camel.values(), "type"}
    if surplus:
        raise ValueError(f"takes an object of {', '.join(names)}; {', '.join(sorted(map(str, surplus)))} is not known")
    return [value.get(name, value.get(camel[name])) for name in names]


def _currency_code(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value.strip().upper()):
        raise ValueError("takes a currency_code of three letters, such as USD")
    return value.strip().upper()


def _money(field: Field, value: Any) -> dict[str, Any]:
    amount, currency = _entries(value, "value", "currency_code")
    return {"value": _number(amount), "currencyCode": _currency_code(currency)}


def _ordered(low: Any, high: Any) -> dict[str, int | float]:
    bounds = {"minValue": _number(low), "maxValue": _number(high)}
    if bounds["minValue"] > bounds["maxValue"]:
        raise ValueError("takes a min_value that is not above max_value")
    return bounds


def _number_range(field: Field, value: Any) -> dict[str, Any]:
    low, high = _entries(value, "min_value", "max_value")
    return {"type": "number-range", **_ordered(low, high)}


def _compensation_range(field: Field, value: Any) -> dict[str, Any]:
    low, high, currency, interval = _entries(value, "min_value", "max_value", "currency_code", "interval")
    if interval not in INTERVALS:
        raise ValueError(f"takes an interval of: {', '.join(INTERVALS)}")
    pay = {"currencyCode": _currency_code(currency), "interval": interval}
    return {"type": "compensation-range", **_ordered(low, high), **pay}


def web_address(value: Any) -> str:
    """A web address as it was given; anything else raises `ValueError`."""
    parts = urlsplit(value) if isinstance(value, str) else None
    if not parts or parts.scheme not in ("http", "https") or not re.fullmatch(r"\S+", parts.hostname or ""):
        raise ValueError(f"takes a web address that begins with https:// or http://; {value!r} does not")
    return str(value)


def email(value: Any) -> str:
    """An e-mail address as it was given; anything else raises `ValueError`."""
    if not isinstance(value, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise ValueError(f"takes one e-mail address such as ada@example.com; {value!r} isn't one")
    return value


def _uuid(field: Field, value: Any) -> str:
    try:
        return canonical(value)
    except (AttributeError, TypeError, ValueError):
        raise ValueError("takes a UUID") from None


_CONVERT: Mapping[str, Callable[[Field, Any], Any]] = {
    "Boolean": _boolean,
    "CompensationRange": _compensation_range,
    "Currency": _money,
    "Date": _day,
    "Email": lambda _, value: email(value),
    "LongText": _text,
    "MultiValueSelect": _several_options,
    "Number": _whole_number,
    "NumberRange": _number_range,
    "Phone": _text,
    "RichText": _rich_text,
    "Score": _score,
    "String": _text,
    "UUID": _uuid,
    "Url": lambda _, value: web_address(value),
    "ValueSelect": _option,
}
