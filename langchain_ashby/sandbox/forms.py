"""Values of form fields and custom fields: what each type of field accepts, and filling in a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_ashby.sandbox.messages import Refusal, invalid
from langchain_ashby.sandbox.records import CustomField, FormDefinition, FormFieldDetail, SelectableValue
from langchain_ashby.sandbox.statement import (
    Anything,
    Choice,
    Day,
    Email,
    Field,
    Flag,
    Many,
    Moment,
    Number,
    Shape,
    Text,
    Url,
    Uuid,
    Whole,
)

INTERVALS = (
    "NONE",
    "1 TIME",
    "1 HOUR",
    "1 DAY",
    "1 WEEK",
    "2 WEEK",
    "1 MONTH",
    "2 MONTH",
    "1 YEAR",
    "6 MONTH",
    "0.5 MONTH",
    "3 MONTH",
)


@dataclass(frozen=True)
class _Currency:
    """The code of a currency."""

    def check(self, value: Any, where: str) -> str:
        if not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
            raise invalid(where, "must be a currency's code in ISO 4217, as in USD")
        return value


@dataclass(frozen=True)
class _Range:
    """An object with `minValue` and `maxValue`, in this order."""

    shape: Shape

    def check(self, value: Any, where: str) -> dict[str, Any]:
        checked = self.shape.check(value, where)
        if checked["minValue"] > checked["maxValue"]:
            raise invalid(where, "minValue must not be above maxValue")
        return checked


@dataclass(frozen=True)
class _Either:
    """One field or another; a refusal tells what the first one wants."""

    first: Field
    second: Field

    def check(self, value: Any, where: str) -> Any:
        try:
            return self.first.check(value, where)
        except Refusal as refusal:
            try:
                return self.second.check(value, where)
            except Refusal:
                raise refusal from None


@dataclass(frozen=True)
class _Wrapped:
    """A value inside an object, which is stored bare."""

    wrapper: Shape

    def check(self, value: Any, where: str) -> str:
        checked: str = self.wrapper.check(value, where)["value"]
        return checked


_RICH_TEXT = _Wrapped(Shape({"type": Choice(("PlainText",)), "value": Text()}))
_BOUNDS: Mapping[str, Field] = {"minValue": Number(), "maxValue": Number()}
_PAY: Mapping[str, Field] = {"currencyCode": _Currency(), "interval": Choice(INTERVALS)}

_TYPES: Mapping[str, Field] = {
    "Boolean": Flag(strict=True),
    "CompensationRange": _Range(Shape({"type": Choice(("compensation-range",)), **_BOUNDS, **_PAY})),
    "Currency": Shape({"value": Number(), "currencyCode": _Currency()}),
    "Date": Day(),
    "Email": Email(),
    "LongText": Text(),
    "Number": Whole(strict=True),
    "NumberRange": _Range(Shape({"type": Choice(("number-range",)), **_BOUNDS})),
    "Phone": Text(),
    "RichText": _RICH_TEXT,
    "Score": Shape({"score": Whole(1, 4, strict=True)}, {"comments": _RICH_TEXT}),
    "String": Text(),
    "Url": _Either(Url(), Choice(("",))),
    "UUID": _Either(Uuid(), _Wrapped(Shape({"value": Uuid()}))),
}

SUBMISSIONS = Shape({"fieldSubmissions": Many(Shape({"path": Text(), "value": Anything()}))})
"""The statement of a filled-in form."""


def custom_field_value(field: CustomField, value: Any, where: str) -> Any:
    """The value of a custom field in its stored form; dates may come with a time."""
    if field["fieldType"] == "Date":
        return _Either(Day(), Moment()).check(value, where)
    if field["fieldType"] == "Number":
        return Number().check(value, where)
    return _field_value(field["fieldType"], field.get("selectableValues", []), value, where)


def fill_in(form: FormDefinition, submissions: Sequence[Mapping[str, Any]], where: str) -> dict[str, Any]:
    """The values that a filled-in form submits, by path."""
    fields = {item["field"]["path"]: item for section in form["sections"] for item in section["fields"]}
    values: dict[str, Any] = {}
    for index, submission in enumerate(submissions):
        path, place = submission["path"], f"{where}.fieldSubmissions[{index}]"
        if path not in fields:
            raise invalid(f"{place}.path", f"the form has no field {path!r}; it has {', '.join(fields)}")
        if path in values:
            raise invalid(f"{place}.path", f"{path!r} is given twice")
        values[path] = _form_value(fields[path]["field"], submission["value"], f"{place}.value ({path})")
    for path, item in fields.items():
        if item["isRequired"] and values.get(path) is None:
            raise invalid(where, f"the field {path!r} ({item['field']['title']}) is required")
    return {path: value for path, value in values.items() if value is not None}


def _form_value(field: FormFieldDetail, value: Any, where: str) -> Any:
    if value is None and field["isNullable"]:
        return None
    return _field_value(field["type"], field.get("selectableValues", []), value, where)


def _field_value(field_type: str, choices: Sequence[SelectableValue], value: Any, where: str) -> Any:
    if field_type in ("ValueSelect", "MultiValueSelect"):
        choice = Choice(tuple(choice["value"] for choice in choices if not choice.get("isArchived")))
        return (choice if field_type == "ValueSelect" else Many(choice)).check(value, where)
    if field_type not in _TYPES:
        raise invalid(where, f"a field of type {field_type} cannot be filled in here")
    return _TYPES[field_type].check(value, where)
