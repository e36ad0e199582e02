"""Ashby's small objects as short phrases: people, stages, times, money, values of fields.

No function relies on the shape of its input: Ashby leaves out empty values and adds keys at will.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from langchain_ashby.forms import fields_by_path
from langchain_ashby.text.words import at, empty, enumerated, one_line

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
        told = [f"{key}: {in_a_list(text(entry))}" for key, entry in value.items() if not empty(entry)]
        return one_line(", ".join(told), None)
    if isinstance(value, list):
        return listed([in_a_list(text(entry)) for entry in value])
    return one_line(str(value), None)


def in_a_list(said: str) -> str:
    """A value as it stands in a list and before notes: in quotation marks if it could be read as something else."""
    return json.dumps(said, ensure_ascii=False) if _READ_OTHERWISE.search(said) else said


_READ_OTHERWISE = re.compile(r'[,"]|\)$|^\+\d+$|^$')


def listed(said: Sequence[str], longest: int | None = None) -> str:
    """Values that `in_a_list` or `noted` made, separated by commas; `+3` stands for three more than fit."""
    line = ", ".join(said)
    if longest is None or len(line) <= longest:
        return line
    fitting = 0
    for value in said:
        longest -= len(value) + 2
        if longest < 0:
            break
        fitting += 1
    return ", ".join([*said[:fitting], f"+{len(said) - fitting}"])


def noted(name: Any, *notes: str) -> str:
    """`Jane Smith (Agency, archived)`: a name, and what tells it from its namesakes."""
    told = ", ".join(filter(None, notes))
    return f"{in_a_list(text(name))} ({told})" if told else in_a_list(text(name))


def name_of(entry: Any) -> str:
    """The name of a small object, whichever of Ashby's keys has it."""
    return next((text(at(entry, key)) for key in NAMES if at(entry, key)), "")


NAMES = ("name", "title", "text")


def notes_on(entry: Any) -> Iterator[str]:
    """What tells an object from its namesakes: why it is a reason, where a source is from, whether it is still used."""
    if at(entry, "reasonType"):
        yield enumerated(entry["reasonType"])
    kind = text(at(entry, "sourceType", "title"))
    if kind and not re.search(rf"\b{re.escape(kind)}\b", name_of(entry)):
        yield in_a_list(kind)
    for key, yes, no in (("isArchived", "archived", ""), ("isEnabled", "", "deactivated")):
        if isinstance(entry, Mapping) and key in entry:
            yield flag(entry[key], yes, no, f"not known whether {yes or no}")


def named(entry: Any) -> str:
    """`Compensation (rejected by candidate)`, `Jane Smith (Agency, archived)`: an object by its name."""
    return noted(name_of(entry), *notes_on(entry)) if name_of(entry) else ""


def flag(value: Any, yes: str, no: str = "", unknown: str = "unknown") -> str:
    """The word for a flag; null is neither yes nor no."""
    return yes if value is True else no if value is False else unknown


def place(location: Any) -> str:
    """`Paris, France`: the city, or else the region, and the country."""
    parts: dict[Any, list[str]] = {}
    for entry in objects(at(location, "locationComponents")):
        parts.setdefault(entry.get("type"), []).append(in_a_list(text(entry.get("name"))))
    region, country = parts.pop("Region", []), parts.pop("Country", [])
    found = [*(parts.pop("City", None) or region), *(it for others in parts.values() for it in others), *country]
    return ", ".join(found) or text(at(location, "locationSummary"))


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


def user(entry: Any) -> str:
    """`Maren Solberg <maren@example.com> (deactivated)`."""
    return " ".join(filter(None, [name_and_email(entry), *(f"({note})" for note in notes_on(entry) if note)]))


def stage(entry: Any, status: Any = None) -> str:
    """`Onsite (Active)`; the type only where neither the title nor the application's status says it already."""
    title, kind = text(at(entry, "title")), text(at(entry, "type"))
    return f"{title} ({kind})" if kind and kind not in (title, status) else title


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
        return listed([in_a_list(field_value(entry, options)) for entry in value])
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
