"""Ashby's small objects as short phrases: people, stages, times, money, values of fields.

No function relies on the shape of its input: Ashby leaves out empty values and adds keys at will.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from langchain_ashby.forms import fields_by_path
from langchain_ashby.text.words import at, empty, one_line

Json = Mapping[str, Any]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


def objects(value: Any) -> list[Json]:
    """The objects in a list; empty for anything else."""
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Any simple value on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        return to_the_minute(value)
    if isinstance(value, Mapping):
        return one_line(", ".join(f"{key}: {text(entry)}" for key, entry in value.items() if not empty(entry)), None)
    if isinstance(value, list):
        return ", ".join(text(entry) for entry in value)
    return one_line(str(value), None)


def to_the_minute(value: Any) -> str:
    """A time, ISO 8601 to the minute: `2026-11-24T15:00Z`; anything else as it is."""
    said = value if isinstance(value, str) else "" if value is None else str(value)
    if _TIME.fullmatch(said):
        try:
            return datetime.fromisoformat(said).isoformat(timespec="minutes").replace("+00:00", "Z")
        except ValueError:
            pass  # digits that do not make a time are shown as they are
    return one_line(said, None)


def compact_day(value: Any) -> str:
    """The day of a time, short: `20261124`, which is ISO 8601 too."""
    said = to_the_minute(value)
    return said[:10].replace("-", "") if re.match(r"\d{4}-\d\d-\d\d(T|$)", said) else said


def name_and_email(user: Any) -> str:
    """`Maren Solberg <maren@example.com>`."""
    name = " ".join(text(at(user, key)) for key in ("firstName", "lastName") if at(user, key))
    email = text(at(user, "email"))
    return f"{name} <{email}>".strip() if email else name


def stage(entry: Any) -> str:
    """`Onsite (Active)`; the type only where the title does not say it already."""
    title, kind = text(at(entry, "title")), text(at(entry, "type"))
    return f"{title} ({kind})" if kind and kind != title else title


def is_money(value: Any) -> bool:
    """True for an amount or a range of money."""
    return isinstance(value, Mapping) and "currencyCode" in value and not empty(value["currencyCode"])


def money(amount: Json) -> str:
    """`144000 EUR`, or `65000-85000 EUR per 1 YEAR`."""
    words = [_range(amount) or text(amount.get("value")), text(amount.get("currencyCode"))]
    interval = text(amount.get("interval"))
    words += [f"per {interval}"] if interval and interval != "NONE" else []
    return " ".join(filter(None, words))


def field_value(value: Any, options: Mapping[str, str] | None = None) -> str:
    """The value of a form field or custom field, with the labels of its options."""
    if isinstance(value, list):
        return ", ".join(field_value(entry, options) for entry in value)
    if is_money(value):
        return money(value)
    if isinstance(value, Mapping):
        if "score" in value:
            comments = field_value(value.get("comments"))
            return f"{text(value['score'])} of 4{f', {comments}' if comments else ''}"
        return _range(value) or text(value.get("value", value))
    return text((options or {}).get(str(value), value))


def custom_field(entry: Json) -> str:
    """`Languages: German, Norwegian`."""
    label = entry.get("valueLabel")
    return f"{text(entry.get('title'))}: {field_value(entry.get('value') if empty(label) else label)}"


def answers(submission: Json) -> list[tuple[str, str]]:
    """The title and the value of each answer in a submitted form, options by their labels."""
    fields = fields_by_path(submission.get("formDefinition"))
    values = submission.get("submittedValues")
    told = []
    for path, value in values.items() if isinstance(values, Mapping) else ():
        field = fields.get(path, {})
        options = {str(it.get("value")): str(it.get("label")) for it in objects(field.get("selectableValues"))}
        if not empty(value):
            told.append((text(field.get("title") or path), field_value(value, options)))
    return told


def _range(value: Json) -> str:
    bounds = [text(value[bound]) for bound in ("minValue", "maxValue") if not empty(value.get(bound))]
    return "-".join(dict.fromkeys(bounds))
