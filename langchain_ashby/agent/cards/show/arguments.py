"""The exact arguments of a call as Markdown.

A model chose them, and it may have read text by people outside. No argument can end its own quotation, start a heading
or a link, or hide a character.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_ashby.agent.cards.card import Card
from langchain_ashby.text.markdown import code, code_block, plain
from langchain_ashby.text.safe import as_typed
from langchain_ashby.text.words import quoted

_DEEPEST = 4


def described(title: str, args: Mapping[str, Any], warnings: Sequence[str] = ()) -> str:
    """A call as Markdown: the title, the warnings, then the arguments, one per line."""
    warned = [f"- ⚠ {plain(it)}" for it in warnings]
    shown = argument_lines(args) if args else ["No arguments."]
    return "\n".join([f"**{title}**", "", *warned, *([""] if warned else []), *shown])


def argument_lines(args: Mapping[str, Any], depth: int = 0) -> list[str]:
    """Arguments as lines of a Markdown list, exactly as they are."""
    return [line for name, value in args.items() for line in _item(_label(name), value, depth)]


def as_given(card: Card) -> dict[str, Any]:
    """The exact arguments; beside an id for which a name was given, the name."""
    return beside_names(card["args"], card.get("named", {}))


def beside_names(args: dict[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """Arguments in which the names that were given stand beside the ids that they became."""

    def told(value: Any, way: tuple[str, ...]) -> Any:
        if isinstance(value, Mapping):
            return {key: told(entry, (*way, str(key))) for key, entry in value.items()}
        if isinstance(value, list):
            return [told(entry, (*way, str(place))) for place, entry in enumerate(value)]
        name = named.get(".".join(way))
        return value if name is None else f"{quoted(name)} → {value}"

    return {key: told(value, (key,)) for key, value in args.items()} if named else args


def resolved(card: Card) -> list[tuple[str, dict[str, Any]]]:
    """What the bodies hold beyond the arguments, such as an option's value: each with a heading."""
    given = set(_leaves(card["args"]))
    found = []
    for method, sent in (card["sent"] or {}).items():
        if body := {key: value for key, value in sent["body"].items() if not given.issuperset(_leaves(value))}:
            unless = "" if sent["exact"] else ", if its form is like the earlier one's"
            found.append((f"Sent to Ashby as {method}{unless}", body))
    return found


def numbered(card: Card) -> tuple[list[str], list[list[str]]]:
    """The heads and rows of the table of a bulk write, with a column of numbers; empty for any other card."""
    table = card.get("table")
    if table is None:
        return [], []
    return ["no.", *table["heads"]], [[str(number), *row] for number, row in enumerate(table["rows"], 1)]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for entry in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(entry)
    else:
        yield json.dumps(value)


def _item(label: str, value: Any, depth: int) -> list[str]:
    margin = "  " * depth
    if depth < _DEEPEST and isinstance(value, Mapping) and value:
        return [f"{margin}- {label}:", *argument_lines(value, depth + 1)]
    if depth < _DEEPEST and isinstance(value, list) and value:
        if any(isinstance(entry, (Mapping, list)) or _is_text(entry) for entry in value):
            entries = [_item(str(number), entry, depth + 1) for number, entry in enumerate(value, 1)]
            return [f"{margin}- {label}:", *(line for entry in entries for line in entry)]
        return [f"{margin}- {label}: {', '.join(map(_value, value))}"]
    if _is_text(value):
        return [f"{margin}- {label}:", "", *code_block(as_typed(value), margin + "  "), ""]
    return [f"{margin}- {label}: {_value(value)}"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _value(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == "":
        return "empty text"
    if isinstance(value, str):
        return code(as_typed(value))
    return str(value) if isinstance(value, (int, float)) else code(as_typed(json.dumps(value, ensure_ascii=False)))


def _label(name: Any) -> str:
    return name.replace("_", " ") if isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]*", name) else _value(name)
