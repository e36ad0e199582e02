"""Converts the value of a field, by its type, from a model's form to Ashby's.

Everything is checked before it is sent; the error for a wrong value says what the field takes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from langchain_ashby.ids import canonical
from langchain_ashby.text.words import folded, in_a_list, utc

Options = Mapping[str, str]
"""The values that can be chosen, and their labels."""

INTERVALS = (
    "NONE", "1 TIME", "1 HOUR", "1 DAY", "1 WEEK", "2 WEEK", "0.5 MONTH", "1 MONTH", "2 MONTH", "3 MONTH", "6 MONTH",
    "1 YEAR",
)  # fmt: skip

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


def convert(kind: str, options: Options, value: Any) -> Any:
    """Converts a value for a field of this type to Ashby's form.

    Raises:
        ValueError: if the value does not fit; it says what the field takes.
    """
    converted = _CONVERT.get(kind)
    return converted(options, value) if converted else value


def choices(options: Options) -> str:
    """The labels of the options, as a list that can be read back."""
    return ", ".join(map(in_a_list, options.values()))


def _text(options: Options, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("takes text")
    return value


def _rich_text(options: Options, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping) and isinstance(value.get("value"), str):
        value = value["value"]
    return {"type": "PlainText", "value": _text(options, value)}


def _boolean(options: Options, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("takes true or false")
    return value


def number(value: Any) -> int | float:
    """A number, a whole one without its decimal point; anything else raises `ValueError`."""
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("takes a number")


def _whole_number(options: Options, value: Any) -> int:
    whole = number(value)
    if not isinstance(whole, int):
        raise ValueError("takes a whole number")
    return whole


def _day(options: Options, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise ValueError("takes a date, YYYY-MM-DD") from None


def day_or_time(value: Any) -> str:
    """A date, or a time in UTC, in Ashby's form; anything else raises `ValueError`."""
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


def _option(options: Options, value: Any) -> str:
    if isinstance(value, str):
        if value in options:
            return value
        found = [stored for stored, label in options.items() if folded(label) == folded(value)]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"several options have this label; give the value: {', '.join(found)}")
    raise ValueError(f"takes one of: {choices(options)}")


def _several_options(options: Options, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f"takes a list of: {choices(options)}")
    return list(dict.fromkeys(_option(options, entry) for entry in value))


def _score(options: Options, value: Any) -> dict[str, Any]:
    extra = {}
    if isinstance(value, Mapping):
        value, comments = _entries(value, "score", "comments")
        if comments is not None:
            extra = {"comments": _rich_text(options, comments)}
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


def _money(options: Options, value: Any) -> dict[str, Any]:
    amount, currency = _entries(value, "value", "currency_code")
    return {"value": number(amount), "currencyCode": _currency_code(currency)}


def _ordered(low: Any, high: Any) -> dict[str, int | float]:
    bounds = {"minValue": number(low), "maxValue": number(high)}
    if bounds["minValue"] > bounds["maxValue"]:
        raise ValueError("takes a min_value that is not above max_value")
    return bounds


def _number_range(options: Options, value: Any) -> dict[str, Any]:
    low, high = _entries(value, "min_value", "max_value")
    return {"type": "number-range", **_ordered(low, high)}


def _compensation_range(options: Options, value: Any) -> dict[str, Any]:
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


def _uuid(options: Options, value: Any) -> str:
    try:
        return canonical(value)
    except (AttributeError, TypeError, ValueError):
        raise ValueError("takes a UUID") from None


_CONVERT: Mapping[str, Callable[[Options, Any], Any]] = {
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
