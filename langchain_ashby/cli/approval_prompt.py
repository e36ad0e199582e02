"""Asking the person at the terminal what is to become of proposed changes."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from langchain_ashby.agent.cards import is_current
from langchain_ashby.cli.card import shown
from langchain_ashby.cli.editing import edited, show_differences
from langchain_ashby.cli.terminal import CAUTION, ask, choose
from langchain_ashby.text.words import count, one_line, tool_title

Action = dict[str, Any]
Decision = dict[str, Any]


def decide(console: Console, actions: list[Action]) -> list[Decision] | None:
    """Show proposed changes and have them decided, as LangChain's approval protocol has it.

    Returns:
        A decision per action, in order; None if the person puts it off.
    """
    for number, action in enumerate(actions, 1):
        place = f" {number} of {len(actions)}" if len(actions) > 1 else ""
        console.rule(Text(f"Proposed change{place}", "bold"), align="left")
        console.print(shown(action))
    try:
        decisions = _one(console, actions[0]) if len(actions) == 1 else _several(console, actions)
    except EOFError:
        console.print()
        return None
    return decisions


def line_of(action: Action) -> str:
    """A proposed change in a line."""
    card = action.get("card")
    return card["line"] if is_current(card) else one_line(action.get("title") or tool_title(action["name"], None))


def _one(console: Console, action: Action) -> list[Decision] | None:
    decision = _decision(console, action, "Do it?")
    return [decision] if decision else None


def _several(console: Console, actions: list[Action]) -> list[Decision] | None:
    """Decide about several changes. What has to be looked at by itself is never approved together with others."""
    together = [action for action in actions if not _cautions(action)]
    console.print()
    console.print(overview(actions))
    choices = {"e": "each by itself", "n": "none", "l": "later"}
    if together:
        what = f"all {len(actions)}" if len(together) == len(actions) else f"the {len(together)} without {CAUTION}"
        choices = {"a": f"approve {what}", **choices}
    answer = choose("What is to be done?", choices)
    if answer == "l":
        return None
    if answer == "n":
        rejected = _rejected("Why not?")
        return [rejected | _for(action) for action in actions]
    decisions = []
    for number, action in enumerate(actions, 1):
        if answer == "a" and action in together:
            decisions.append({"type": "approve", **_for(action)})
            continue
        console.print()
        console.print(Text(f"{number} of {len(actions)}: {line_of(action)}", "bold"))
        decision = _decision(console, action, "Do it?", again=True)
        if decision is None:
            return None
        decisions.append(decision)
    return decisions


def overview(actions: list[Action]) -> Table:
    """Proposed changes, a line each, with what speaks for a look at one by itself."""
    table = Table.grid(padding=(0, 1))
    for number, action in enumerate(actions, 1):
        cautions = _cautions(action)
        words = Text(line_of(action))
        words.append(f" ({', '.join(cautions)})" if cautions else "", "bold")
        table.add_row(f"{number}", CAUTION if cautions else "", words)
    return table


def _cautions(action: Action) -> list[str]:
    """Why a change has to be decided by itself; empty if it need not."""
    card = action.get("card")
    if not is_current(card):
        return ["without a card"]
    return [
        *(["high risk"] if card["risk"] == "high" else []),
        *([count(len(card["warnings"]), "warning")] if card["warnings"] else []),
        *(["not all could be checked"] if card["unchecked"] else []),
    ]


def _decision(console: Console, action: Action, question: str, *, again: bool = False) -> Decision | None:
    """One decision; None if it is put off."""
    choices = {"y": "yes", "e": "edit", "n": "no", "l": "later", **({"c": "card"} if again else {})}
    arguments: dict[str, Any] = action["args"]
    while True:
        answer = choose(question, choices)
        if answer == "c":
            console.print(shown(action))
        elif answer == "l":
            return None
        elif answer == "n":
            return _rejected("Why not?") | _for(action)
        elif answer == "y":
            return _approved(action, arguments)
        elif (new := edited(console, action["name"], arguments)) is not None:
            arguments = new
            show_differences(console, action["args"], arguments)
            question = "Do it?" if arguments == action["args"] else "Do it as edited?"


def _approved(action: Action, arguments: dict[str, Any]) -> Decision:
    if arguments == action["args"]:
        return {"type": "approve", **_for(action)}
    return {"type": "edit", "edited_action": {"name": action["name"], "args": arguments}, **_for(action)}


def _rejected(question: str) -> Decision:
    reason = ask(f"{question} (may be empty) ")
    return {"type": "reject", **({"message": reason} if reason else {})}


def _for(action: Action) -> Decision:
    """Which call a decision is for, so that it cannot be taken for a decision about another one."""
    return {"tool_call_id": action["tool_call_id"]} if action.get("tool_call_id") else {}
