"""Asks the person at the terminal to decide about proposed changes.

One letter has one meaning at every prompt: a approve, v view, e edit, r reject, l later, q quit, ? help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from langchain_ashby.agent.approval.standing import in_words
from langchain_ashby.agent.cards import is_current
from langchain_ashby.agent.cards.show.overview import overviews
from langchain_ashby.cli.card import Action, Fitted, shown, table_of
from langchain_ashby.cli.editing import edited, show_differences
from langchain_ashby.cli.taking_off import is_bulk, with_some_taken_off
from langchain_ashby.cli.terminal import CAUTION, DONE, ask, choose
from langchain_ashby.text.words import count, one_line, tool_title

Decision = dict[str, Any]


@dataclass
class Review:
    """The decisions about several changes, in LangChain's approval protocol.

    Attributes:
        decisions: One per action, in order; None for a change put off until later.
        quits: True if the person wants to quit.
        interrupted: True if they pressed Ctrl-C.
    """

    decisions: list[Decision | None]
    quits: bool = False
    interrupted: bool = False


def decide(console: Console, actions: Sequence[Action], earlier: Sequence[Decision | None] | None = None) -> Review:
    """Shows proposed changes and asks for a decision about each.

    Args:
        console: The terminal.
        actions: The changes.
        earlier: What was decided about each before, if it was; only the others are asked about.
    """
    review = Review(list(earlier or [None] * len(actions)))
    try:
        if len(actions) == 1:
            _ask_about(console, actions, 0, review)
        else:
            _ask_about_several(console, actions, review)
    except (EOFError, KeyboardInterrupt) as ending:
        console.print()
        review.interrupted = isinstance(ending, KeyboardInterrupt)
    return review


def line_of(action: Action) -> str:
    """A proposed change in a line."""
    card = action.get("card")
    return card["line"] if is_current(card) else one_line(action.get("title") or tool_title(action["name"], None))


def overview(actions: Sequence[Action], decisions: Sequence[Decision | None] = ()) -> Table:
    """Proposed changes, a line each, with what was decided or why a change has to be decided by itself.

    Below one for which an approval is not enough it says where it stands.
    """
    table = Table.grid(padding=(0, 1))
    for number, action in enumerate(actions, 1):
        decision = decisions[number - 1] if decisions else None
        remarks = [_DECIDED[decision["type"]]] if decision else _cautions(action)
        words = Text(line_of(action))
        words.append(f" ({', '.join(remarks)})" if remarks else "", "bold")
        words.append("".join(f"\n{it}" for it in in_words(action)))
        table.add_row(f"{number}", DONE if decision else CAUTION if remarks else "", words)
    return table


_DECIDED = {"approve": "approved", "edit": "approved with edits", "reject": "rejected", "respond": "answered"}


def _ask_about_several(console: Console, actions: Sequence[Action], review: Review) -> None:
    """Asks about all changes together. One that needs a look of its own is never approved with others."""
    undecided = [place for place, decision in enumerate(review.decisions) if decision is None]
    together = [place for place in undecided if not _cautions(actions[place])]
    for it in overviews([action.get("card") for action in actions]):
        console.print(Text(it.title, "bold"))
        console.print(table_of(it.heads, it.rows))
    for place in undecided:
        console.rule(Text(f"Proposed change {place + 1} of {len(actions)}", "bold"), align="left")
        console.print(shown(actions[place]))
    console.print()
    console.print(overview(actions, review.decisions))
    others = f"the other {len(undecided) if undecided[1:] else 'one'}" if len(undecided) < len(actions) else ""
    approve = others or f"all {len(actions)}"
    if together != undecided:
        approve = f"the {len(together)} without {CAUTION}"
    offer = {"a": f"approve {approve}"} if together else {}
    choices = offer | {"v": "view each", "r": f"reject {others or 'all'}", "l": "later", "q": "quit", "?": "help"}
    question = f"Approve {approve}, view, reject or later?" if together else "View, reject or later?"
    while (answer := choose(question, choices)) == "?":
        console.print(_HELP_ALL)
    if answer == "a":
        for place in together:
            review.decisions[place] = {"type": "approve", **_for(actions[place])}
    if answer == "r":
        rejected = _rejected()
        for place in undecided:
            review.decisions[place] = rejected | _for(actions[place])
    review.quits = answer == "q"
    if answer in "av":
        for place in undecided:
            if review.decisions[place] is None and not review.quits:
                _ask_about(console, actions, place, review)


def _cautions(action: Action) -> list[str]:
    """The reasons why a change has to be decided by itself; empty if there are none."""
    card = action.get("card")
    if not is_current(card):
        return ["without a card"]
    return [
        *(["waits for a second reviewer"] if action.get("needs") and action.get("approved_by") else []),
        *(["held"] if action.get("held_until") else []),
        *(["high risk"] if card["risk"] == "high" else []),
        *([count(len(card["warnings"]), "warning")] if card["warnings"] else []),
        *(["not all could be checked"] if card["unchecked"] else []),
    ]


def _ask_about(console: Console, actions: Sequence[Action], place: int, review: Review) -> None:
    """Asks about one change until it is decided or put off. Its card, or the top of it, is right above the question."""
    action = actions[place]
    number = f" {place + 1} of {len(actions)}" if len(actions) > 1 else ""
    console.rule(Text(f"Proposed change{number}", "bold"), align="left")
    console.print(Fitted(action, console.height - _PROMPT_LINES))
    arguments: dict[str, Any] = action["args"]
    question = "Approve?"
    while review.decisions[place] is None:
        answer = choose(question, _CHOICES)
        if answer == "?":
            console.print(_HELP)
        elif answer == "v":
            console.print(shown(action))
        elif answer in "lq":
            review.quits = answer == "q"
            return
        elif answer == "r":
            review.decisions[place] = _rejected() | _for(action)
        elif answer == "a":
            review.decisions[place] = _approved(action, arguments)
        elif (new := _edited(console, action, arguments)) is not None:
            arguments = new
            show_differences(console, action["args"], arguments)
            question = "Approve?" if arguments == action["args"] else "Approve with edits?"


def _edited(console: Console, action: Action, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The edited arguments; None if the person gives up. Records of a bulk write are taken off by their numbers."""
    fewer = with_some_taken_off(console, action, arguments) if is_bulk(action) else None
    return fewer or edited(console, action["name"], arguments)


_CHOICES = {"a": "approve", "v": "view", "e": "edit", "r": "reject", "l": "later", "q": "quit", "?": "help"}
_PROMPT_LINES = 4
"""The rule above a card, and the menu, the question and a spare line below it."""

_HELP = """\
a  approve: the change is made exactly as shown
v  view: shows the whole card
e  edit: change the arguments, then approve or reject
r  reject: the change is not made; you can say why
l  later: leaves this change open; your other decisions are kept
q  quit: leaves it open and ends the program; your decisions are kept
Nothing is made until every change in the message is decided. If some were approved earlier, the ones
you leave open stay as they are and the others are carried out."""

_HELP_ALL = f"""\
a  approve: makes the changes exactly as shown; those marked {CAUTION} are asked about one by one
v  view: shows one after the other and asks about each
r  reject: none of them is made; you can say why
l  later: leaves them open
q  quit: leaves them open and ends the program
Nothing is made until every change is decided."""


def _approved(action: Action, arguments: dict[str, Any]) -> Decision:
    if arguments == action["args"]:
        return {"type": "approve", **_for(action)}
    return {"type": "edit", "edited_action": {"name": action["name"], "args": arguments}, **_for(action)}


def _rejected() -> Decision:
    reason = ask("Reason (optional): ")
    return {"type": "reject", **({"message": reason} if reason else {})}


def _for(action: Action) -> Decision:
    """The id of the call that a decision is for, so that it cannot be taken for a decision about another one."""
    return {"tool_call_id": action["tool_call_id"]} if action.get("tool_call_id") else {}
