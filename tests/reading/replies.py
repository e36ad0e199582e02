"""Records as Ashby could send them: one with everything in it, and awkward ones at random.

Every text that people write is a mark at first, a word of its own such as `Zq117`. What is shown of a record can thus
be followed to the place in the JSON that it came from, and any text can take its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from hypothesis import strategies as st
from shapes import Shape, record_shapes

from langchain_ashby.endpoint import Operation

Way = tuple[str | int, ...]
"""A way to a value in one record: `("tags", 0, "title")`."""

MARK = re.compile(r"Zq\d{3,}")
KINDS = ["String", "Score", "ValueSelect", "Currency", "MultiValueSelect", "Boolean", "Number", "CompensationRange"]
KINDS += ["Date", "NumberRange", "LongText"]
CURRENCIES = ("EUR", "USD", "NOK")
STAGES = ("Active", "Lead", "Offer", "Archived")
LINK = re.compile(r"(Link|Url|url|content)$")
DAY = re.compile(r"(publishedDate|target\w+Date)$")


class Maker:
    """Makes values that no other place in the record has.

    A subclass decides what is there: this one makes everything that the contract knows, twice in lists.
    """

    def __init__(self) -> None:
        self._numbers = count(100)
        self._turns = count()

    def some(self, shape: list[Shape], key: str) -> Shape:
        """One of several alternatives."""
        return max(shape, key=lambda it: (len(it.keys), it.is_list, bool(it.format)))

    def has(self, key: str, required: bool) -> bool:
        """Tells if an object has this key."""
        return True

    def is_null(self, key: str, shape: Shape, required: bool) -> bool:
        """Tells if a value is null."""
        return False

    def length(self, key: str, depth: int) -> int:
        """The length of a list."""
        if (key, depth) in (("customFields", 1), ("customFields", 2), ("fields", 3)):
            return len(KINDS)
        return 2 if depth < 5 or key == "selectableValues" else 1

    def choice(self, options: list[Any]) -> Any:
        """One of several words."""
        return options[0]

    def turn(self, options: list[Any]) -> Any:
        """Each of several kinds in turn."""
        return options[next(self._turns) % len(options)]

    def number(self) -> Any:
        """A number."""
        return 1000 + next(self._numbers)

    def flag(self) -> bool:
        """True or false."""
        return True

    def mark(self) -> str:
        """A text that somebody wrote."""
        return f"Zq{next(self._numbers)}"

    def moment(self) -> str:
        """A time of Ashby's, on a day of its own."""
        time = datetime(2026, 1, 1, 9, 30, tzinfo=UTC) + timedelta(days=next(self._numbers))
        return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def uuid(self) -> str:
        """An id."""
        return f"{next(self._numbers):08d}-1111-4222-8333-444455556666"

    def made(self, shape: list[Shape], key: str = "", depth: int = 0, required: bool = True) -> Any:
        """A value of this shape."""
        one = self.some(shape, key)
        if one.types == {"null"} or self.is_null(key, one, required):
            return None
        if one.keys:
            return self.filled(
                {
                    name: self.made(inner, name, depth + 1, name in one.required)
                    for name, inner in one.keys.items()
                    if self.has(name, name in one.required)
                }
            )
        if one.is_list:
            items = one.items or [Shape({"string"})]
            entries = [self.made(items, key, depth + 1) for _ in range(self.length(key, depth))]
            return [it for place, it in enumerate(entries) if it not in entries[:place]]
        if one.is_object:
            return {self.mark(): self.mark()} if key == "extraData" else {}
        return self.plain(one, key)

    def plain(self, shape: Shape, key: str) -> Any:
        """A value that is neither an object nor a list."""
        if words := [it for it in shape.enum if it is not None]:
            return self.choice(words)
        if "boolean" in shape.types:
            return self.flag()
        if "integer" in shape.types:
            return int(self.number())
        if "number" in shape.types:
            return self.number()
        if shape.format == "uuid" or key == "id" or re.search("Ids?$", key):
            return self.uuid()
        if shape.format == "date-time" or key.endswith("At"):
            return self.moment()
        if DAY.search(key):
            return self.moment()[:10]
        if key == "currencyCode":
            return self.choice([*CURRENCIES])
        if LINK.search(key):
            return f"https://example.com/{self.mark()}"
        if key == "email":
            return f"{self.mark()}@example.com"
        return self.mark()

    def filled(self, made: dict[str, Any]) -> dict[str, Any]:
        """An object, with what depends on other parts of it."""
        if isinstance(made.get("formDefinition"), dict) and "submittedValues" in made:
            made["submittedValues"] = self.answers(made["formDefinition"])
        if "selectableValues" in made and "path" in made:
            made["type"] = self.turn([*KINDS])
        if {"title", "value"} <= made.keys() and made["value"] is not None:
            kind = self.turn([it for it in KINDS if it != "Score"])
            made["value"], label = self.field_value(kind), made.pop("valueLabel", None)
            if "Select" in kind and label:
                made["valueLabel"] = [self.mark() for _ in made["value"]] if kind[0] == "M" else self.mark()
        for at, part in enumerate(made.get("locationComponents") or ()):
            part["type"] = ("City", "Country", "Region")[at]
        if "orderInInterviewPlan" in made and isinstance(made.get("type"), str):
            made["type"] = self.choice([*STAGES])
        for pair in (("minValue", "maxValue"), ("startTime", "endTime")):
            if set(pair) <= made.keys() and None not in (ends := [made[it] for it in pair]):
                made.update(zip(pair, sorted(ends, key=lambda it: (str(type(it)), it)), strict=True))
        return made

    def answers(self, form: dict[str, Any]) -> dict[str, Any]:
        """The answers to a form, by path."""
        answered = {}
        for part in form.get("sections") or ():
            for entry in part.get("fields") or ():
                asked = entry.get("field") or {}
                if isinstance(asked.get("path"), str) and self.has("answer", False):
                    options = [it["value"] for it in asked.get("selectableValues") or () if it.get("value")]
                    answered[asked["path"]] = self.field_value(str(asked.get("type")), options)
        return answered

    def field_value(self, kind: str, options: list[str] | None = None) -> Any:
        """The value of a field of this type."""
        match kind:
            case "Boolean":
                return self.flag()
            case "Number":
                return self.number()
            case "Currency":
                return {"value": self.number(), "currencyCode": self.choice([*CURRENCIES])}
            case "CompensationRange":
                low, high = sorted([self.number(), self.number()])
                pay = {"minValue": low, "maxValue": high, "currencyCode": self.choice([*CURRENCIES])}
                return {"type": "compensation-range", **pay, "interval": self.choice(["1 YEAR", "1 MONTH"])}
            case "NumberRange":
                low, high = sorted([self.number(), self.number()])
                return {"type": "number-range", "minValue": low, "maxValue": high}
            case "Score":
                return {"score": self.choice([4, 3, 2, 1])}
            case "Date":
                return self.moment()[:10]
            case "ValueSelect":
                return self.choice(options or [self.mark()])
            case "MultiValueSelect":
                return options or [self.mark(), self.mark()]
            case "RichText" | "LongText" | "String":
                return self.mark()
        return self.mark()


class Drawn(Maker):
    """Makes what Hypothesis draws: nulls, missing keys, empty lists, numbers of all kinds, unknown words."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        super().__init__()
        # One draw for all decisions: a draw for each would take a hundred times as long.
        self._random = Random(draw(st.integers(0, 2**32)))
        self._missing = self._random.choice([0.0, 0.1, 0.5])

    def some(self, shape: list[Shape], key: str) -> Shape:
        found: Shape = self._random.choice(shape)
        return found

    def has(self, key: str, required: bool) -> bool:
        return required or bool(self._random.random() >= self._missing)

    def is_null(self, key: str, shape: Shape, required: bool) -> bool:
        return ("null" in shape.types or not required) and bool(self._random.random() < self._missing / 2)

    def length(self, key: str, depth: int) -> int:
        return int(self._random.choice([0, 1, 2, 3] if depth < 5 else [0, 1]))

    def choice(self, options: list[Any]) -> Any:
        unknown = all(isinstance(it, str) for it in options) and self._random.random() < 0.05
        return "SomethingNew" if unknown else self._random.choice(options)

    def number(self) -> Any:
        return self._random.choice([super().number(), super().number() + 0.5, 0, -super().number(), 1, 10**9])

    def turn(self, options: list[Any]) -> Any:
        return self._random.choice(options)

    def flag(self) -> bool:
        return bool(self._random.random() < 0.5)

    def filled(self, made: dict[str, Any]) -> dict[str, Any]:
        made = super().filled(made)
        if self._random.random() < 0.05:
            made["newInAshby"] = self.mark()
        return made


def whole(operation: type[Operation[Any]]) -> dict[str, Any]:
    """The record with everything in it."""
    made: dict[str, Any] = Maker().made(record_shapes(operation.path))
    return made


@st.composite
def records(draw: Callable[[st.SearchStrategy[Any]], Any], operation: type[Operation[Any]]) -> dict[str, Any]:
    """Records of the kind that a method answers with."""
    made: dict[str, Any] = Drawn(draw).made(record_shapes(operation.path))
    return made


def ways(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Every plain value in a record, and the way to it."""
    if isinstance(value, dict) and value:
        for key, entry in value.items():
            yield from ways(entry, (*way, key))
    elif isinstance(value, list) and value:
        for number, entry in enumerate(value):
            yield from ways(entry, (*way, number))
    elif way:
        yield way, value


def replaced(record: Any, way: Way, value: Any) -> Any:
    """The record with another value there; it shares the rest."""
    if not way:
        return value
    copy: Any = dict(record) if isinstance(record, dict) else list(record)
    copy[way[0]] = replaced(copy[way[0]], way[1:], value)
    return copy


def without(record: Any, way: Way) -> Any:
    """The record without this value."""
    copy: Any = dict(record) if isinstance(record, dict) else list(record)
    if len(way) == 1:
        del copy[way[0]]
    else:
        copy[way[0]] = without(copy[way[0]], way[1:])
    return copy


def rewritten(value: Any, texts: dict[str, str]) -> Any:
    """The record with these texts in the place of marks, among keys as well."""
    if isinstance(value, dict):
        return {_rewritten(key, texts): rewritten(entry, texts) for key, entry in value.items()}
    if isinstance(value, list):
        return [rewritten(entry, texts) for entry in value]
    return _rewritten(value, texts) if isinstance(value, str) else value


def _rewritten(text: str, texts: dict[str, str]) -> str:
    return MARK.sub(lambda found: texts.get(found[0], found[0]), text)


def marks(value: Any) -> list[str]:
    """The marks in a record."""
    return list(dict.fromkeys(MARK.findall(repr(value))))
