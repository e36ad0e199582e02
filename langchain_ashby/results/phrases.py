"""Ashby's small objects as short phrases: people, stages, times, money, values of fields.

No function relies on the shape of its input: Ashby leaves out empty values and adds keys at will.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from langchain_ashby.text.words import at, empty, enumerated, in_a_list, one_line

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
        told = [f"{key}: {_entry(entry)}" for key, entry in value.items() if not empty(entry)]
        return one_line(", ".join(told), None)
    if isinstance(value, list):
        return listed([_entry(entry) for entry in value])
    return one_line(str(value), None)


def _entry(value: Any) -> str:
    """An entry of a list or an object. What is nested deeper is JSON: quoting at each level would double its marks."""
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    if any(isinstance(it, Mapping | list) for it in inside):
        return one_line(json.dumps(value, ensure_ascii=False, default=str), None)
    return in_a_list(text(value))


def listed(said: Iterable[str]) -> str:
    """Values that `in_a_list` or `noted` made, separated by commas."""
    return ", ".join(said)


def noted(name: Any, *notes: str) -> str:
    """`Jane Smith (Agency, archived)`: a name, and what tells it from its namesakes."""
    return _with_notes(in_a_list(text(name)), notes)


def _with_notes(said: str, notes: Iterable[str]) -> str:
    told = ", ".join(filter(None, notes))
    return f"{said} ({told})" if told else said


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
    return _with_notes(called(entry), notes_on(entry)) if entry else ""


def called(entry: Any) -> str:
    """Returns the name of a small object in a list; `unknown` if it has no name, which is not the same as none."""
    said = name_of(entry)
    return json.dumps(said) if said == UNKNOWN else in_a_list(said) if said else UNKNOWN if entry else ""


UNKNOWN = "unknown"
NONE = "(none)"


def is_null(record: Any, *keys: str) -> bool:
    """True if one of these keys, each inside the other, is there with null."""
    for key in keys:
        if not isinstance(record, Mapping) or key not in record:
            return False
        record = record[key]
        if record is None:
            return True
    return False


def flag(value: Any, yes: str, no: str = "", unknown: str = UNKNOWN) -> str:
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
    """The day of a time in UTC, short: `20261124`, which is ISO 8601 too."""
    said = to_the_minute(value)
    if _TIME.fullmatch(said) and not said.endswith("Z"):
        said = _in_utc(said)
    return said[:10].replace("-", "") if re.match(r"\d{4}-\d\d-\d\d(T|$)", said) else said


def _in_utc(time: str) -> str:
    try:
        return datetime.fromisoformat(time).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return time  # no time, or none that UTC can hold: its own day is the best there is


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
    title = UNKNOWN if is_null(entry, "title") else text(at(entry, "title"))
    kind = "type unknown" if is_null(entry, "type") else text(at(entry, "type"))
    return f"{title} ({kind})" if kind and kind not in (title, status) else title


def is_money(value: Any) -> bool:
    """True for an amount, a range or a component of pay, even without its currency."""
    if not isinstance(value, Mapping):
        return False
    if not empty(value.get("currencyCode")) or "compensationType" in value or value.get("type") == "compensation-range":
        return True
    if "minValue" in value or "maxValue" in value:
        return "interval" in value
    amount = value.get("value")
    return isinstance(amount, int | float) and not isinstance(amount, bool) and value.keys() <= _AMOUNT


_AMOUNT = frozenset({"value", "currencyCode", "type"})


MONEY_SAYS = ("type", "compensationType", "label", "value", "minValue", "maxValue", "currencyCode", "interval")
"""The keys of an amount that `money` says."""


def money(amount: Json) -> str:
    """`144,000 EUR`, `65,000 to 85,000 EUR a year`, `Bonus (Sign-on): up to 10,000 EUR once`."""
    currency = text(amount.get("currencyCode"))
    what = text(amount.get("compensationType"))
    is_share = what == "EquityPercentage"
    number = _range(amount) or _number(amount.get("value"))
    unit = "%" if is_share else currency or "(currency not given)"
    words = [number, unit] if number else [f"amount not given{f' ({currency})' if currency else ''}"]
    words += [_period(amount)]
    label = text(amount.get("label"))
    title = noted(what, label) if what else label
    return f"{title}: " * bool(title) + " ".join(filter(None, words))


def _period(amount: Json) -> str:
    """How often pay is paid; of a plain amount, Ashby does not say it."""
    kind = text(amount.get("compensationType"))
    is_pay = "interval" in amount or kind or amount.get("type") == "compensation-range"
    if empty(amount.get("interval")):
        return "(period not given)" if is_pay else ""
    if amount["interval"] == "NONE":
        return "" if kind.startswith("Equity") else "(no period)"
    return _every(text(amount["interval"]))


def _every(interval: str) -> str:
    """`a year` for Ashby's `1 YEAR`, `every 2 weeks` for `2 WEEK`."""
    number, _, unit = interval.lower().partition(" ")
    if interval == "1 TIME":
        return "once"
    if interval == "0.5 MONTH":
        return "every half month"
    if not unit:
        return f"per {interval}"
    return f"{'an' if unit == 'hour' else 'a'} {unit}" if number == "1" else f"every {number} {unit}s"


NOT_ANSWERED = "(not answered)"
NOT_SCORED = "not scored"
PRIVATE = "(left out as private)"

LEFT_OUT = "leftOut"
"""The only key of what stands in a result for a value that was left out as private; its value is the category."""


_ALONE = "|".join(map(re.escape, (NONE, UNKNOWN, NOT_ANSWERED, PRIVATE)))
_OURS = re.compile(rf'["\\]*({_ALONE}|({NOT_SCORED}|\d+ of 4)(:.*)?)["\\]*')
"""What the package says of a value, with or without quotation marks."""


def field_value(value: Any, options: Mapping[str, str] | None = None) -> str:
    """The value of a form field or custom field, with the labels of its options.

    A text that could pass for what the package says of a value is in quotation marks.
    """
    said = _field_value(value, options)
    is_text = not isinstance(value, Mapping) or not (LEFT_OUT in value or "score" in value)
    return json.dumps(said, ensure_ascii=False) if is_text and _OURS.fullmatch(said) else said


def _field_value(value: Any, options: Mapping[str, str] | None) -> str:
    if isinstance(value, list):
        return listed(
            [_entry(entry) if isinstance(entry, list) else in_a_list(_field_value(entry, options)) for entry in value]
        )
    if isinstance(value, Mapping):
        if LEFT_OUT in value:
            return PRIVATE
        if "score" in value:
            score = NOT_SCORED if empty(value["score"]) else f"{text(value['score'])} of 4"
            comments = field_value(value.get("comments"))
            return f"{score}{f': {comments}' if comments else ''}"
        return money(value) if is_money(value) else _range(value) or text(value.get("value", value))
    return text((options or {}).get(value, value) if isinstance(value, str) else value)


def labelled_value(entry: Json) -> str:
    """The value of a custom field: options by their labels, but pay and ranges in full, which labels shorten."""
    value, label = entry.get("value"), entry.get("valueLabel")
    if isinstance(value, list) and isinstance(label, list) and label:
        if len(value) != len(label):
            return f"{field_value(value)} (labels: {field_value(label)})"
        label = [value if empty(label) else label for value, label in zip(value, label, strict=True)]
    return field_value(value if isinstance(value, Mapping) or empty(label) else label)


def custom_field(entry: Json) -> str:
    """`Languages: German, Norwegian`."""
    value = UNKNOWN if is_null(entry, "value") else labelled_value(entry) or NONE
    return f"{text(entry.get('title')) or UNKNOWN}: {value}"


def _range(value: Json) -> str:
    """`3 to 5`, `from 3`, `up to 5`; empty without a bound."""
    least, most = _number(value.get("minValue")), _number(value.get("maxValue"))
    if least and most:
        return least if least == most else f"{least} to {most}"
    return f"from {least}" if least else f"up to {most}" if most else ""


def _number(value: Any) -> str:
    """A number with separators: `100,000`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text(value)
    return f"{int(value) if isinstance(value, float) and value.is_integer() else value:,}"
