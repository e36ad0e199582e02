"""Asking the person at the terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.prompt import Confirm, Prompt

from langchain_ashby.cli.card import shown


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty()


def confirm(console: Console, question: str) -> bool:
    """A yes or no; no if the person just goes on."""
    return Confirm.ask(question, console=console, default=False)


def decide(console: Console, action: dict[str, Any], place: str) -> dict[str, Any]:
    """Show one proposed change and return what the person decides, as LangChain's approval protocol has it."""
    console.rule(f"Approval {place}", align="left")
    console.print(shown(action))
    answer = Prompt.ask("Do it? y yes, e edit, n no", console=console, choices=["y", "e", "n"], default="n")
    if answer == "y":
        return {"type": "approve"}
    if answer == "e":
        return {"type": "edit", "edited_action": {"name": action["name"], "args": _edited(console, action["args"])}}
    reason = Prompt.ask("Why not? (may be empty)", console=console, default="", show_default=False)
    return {"type": "reject", **({"message": reason} if reason else {})}


def _edited(console: Console, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, each as the person wants it. Enter keeps one; text needs no quotation marks, all else is JSON."""
    console.print("Enter keeps a value; - leaves the argument out.")
    edited = {}
    for name, value in arguments.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        answer = Prompt.ask(name, console=console, default=shown)
        if answer == shown:
            edited[name] = value
        elif answer != "-":
            edited[name] = answer if isinstance(value, str) else _value(answer)
    return edited


def _value(text: str) -> Any:
    """JSON if it is JSON, else text: the tool's own check says what it takes."""
    try:
        return json.loads(text)
    except ValueError:
        return text
