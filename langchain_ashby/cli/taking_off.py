"""Lets the person take records off a bulk write by the numbers in the table of its card."""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console
from rich.text import Text

from langchain_ashby.agent.cards import is_current
from langchain_ashby.bulk import Bulk
from langchain_ashby.cli.terminal import CAUTION, ask
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import canonical

Arguments = dict[str, Any]


def is_bulk(action: dict[str, Any]) -> bool:
    """True if a proposed change is a bulk write with a card."""
    operation, card = OPERATIONS.get(action["name"]), action.get("card")
    return operation is not None and issubclass(operation, Bulk) and is_current(card) and "table" in card


def with_some_taken_off(console: Console, action: dict[str, Any], arguments: Arguments) -> Arguments | None:
    """Asks for the numbers, and returns the arguments without those records; None if the person names none."""
    records: list[str] = action["card"]["table"]["records"]
    operation = OPERATIONS[action["name"]]
    assert issubclass(operation, Bulk)
    while answer := ask("Take off which numbers (such as 3, 7-12; Enter to edit the arguments)? "):
        numbers = _numbers(answer)
        if numbers and all(1 <= it <= len(records) for it in numbers):
            off = {records[it - 1] for it in numbers}
            left = [it for it in arguments[operation.each] if canonical(it) not in off]
            if left:
                return {**arguments, operation.each: left}
            console.print(Text(f"{CAUTION} That would be everyone: reject the change instead."))
        else:
            console.print(Text(f"{CAUTION} Give numbers from 1 to {len(records)}, such as 3, 7-12."))
    return None


def _numbers(text: str) -> list[int]:
    """The numbers that were meant; none if anything in the text is not a number or a span of them."""
    found: list[int] = []
    for part in filter(None, re.split(r"[,\s]+", text)):
        span = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", part)
        if span is None:
            return []
        found += range(int(span[1]), int(span[2] or span[1]) + 1)
    return found
