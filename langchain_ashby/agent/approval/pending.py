"""The pending approvals of an agent, to show in a notebook, a terminal or a log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from langgraph.types import Command, Interrupt

from langchain_ashby.agent.approval.standing import in_words
from langchain_ashby.agent.cards import html, is_current, markdown
from langchain_ashby.agent.cards.show.arguments import described
from langchain_ashby.agent.cards.show.overview import Overview, overviews
from langchain_ashby.text.html import Markup, block, bold, box, code, joined, paragraph, table
from langchain_ashby.text.markdown import plain
from langchain_ashby.text.markdown import table as table_in_markdown
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import tool_title

Action = Mapping[str, Any]
"""An action request of LangChain's approval protocol: `name`, `args` and more."""


class PendingApprovals(Sequence[Action]):
    """The changes that wait for a decision, in the order in which decisions are given; may be empty.

    A notebook shows a card for each, `print` the cards as Markdown, `repr` a line each. Also takes the requests of
    LangChain's own approval middleware, which have no cards.

    Args:
        asked: What `agent.invoke` returned, a state from `agent.get_state`, an interrupt or several, or the value of
            one. Interrupts that ask for something else are left out.

    Raises:
        TypeError: if it is none of these.
    """

    def __init__(self, asked: Any) -> None:
        self._asked = tuple(_requests(asked))
        requests = [request for _, request in self._asked]
        self._actions: tuple[Action, ...] = tuple(it for request in requests for it in request["action_requests"])
        self._problems = tuple(str(request["problem"]) for request in requests if request.get("problem"))
        configs = [it for request in requests for it in request.get("review_configs", ())]
        self._decisions = tuple(dict.fromkeys(it for config in configs for it in config.get("allowed_decisions", ())))

    def resume(self, decisions: Sequence[Mapping[str, Any]]) -> Command[Any]:
        """Makes the command that answers exactly the questions shown here.

        `agent.invoke(pending.resume([{"type": "approve"}]), thread)` raises `QuestionClosedError` if one of them is
        no longer open.

        Raises:
            ValueError: if there is not one decision for each change, or the interrupts came without ids.
        """
        if len(decisions) != len(self) or not decisions:
            waiting = "1 change waits" if len(self) == 1 else f"{len(self)} changes wait"
            raise ValueError(f"{waiting} for a decision, but the number of decisions given is {len(decisions)}.")
        answers: dict[str, Any] = {}
        left = list(decisions)
        for interrupt_id, request in self._asked:
            if interrupt_id is None:
                raise ValueError("Pass the interrupts themselves, not just their values: an answer needs their ids.")
            count = len(request["action_requests"])
            named = {"request_id": request["request_id"]} if "request_id" in request else {}
            answers[interrupt_id] = {**named, "decisions": left[:count]}
            left = left[count:]
        return Command(resume=answers)

    @overload
    def __getitem__(self, place: int) -> Action: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Action, ...]: ...
    def __getitem__(self, place: int | slice) -> Action | tuple[Action, ...]:
        return self._actions[place]

    def __len__(self) -> int:
        return len(self._actions)

    def __str__(self) -> str:
        parts = [f"**{plain(self._heading())}**", *(f"Problem: {plain(visible(it))}" for it in self._problems)]
        for it in self._overviews():
            parts += [f"**{plain(it.title)}**", table_in_markdown(it.heads, it.rows)]
        parts += [f"---\n\n{self._number(place)}\n\n{_in_markdown(it)}" for place, it in enumerate(self, 1)]
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return "\n".join([self._heading(), *(f"{place}. {_line(it)}" for place, it in enumerate(self, 1))])

    def _repr_html_(self) -> str:
        parts = [paragraph(bold(self._heading()))]
        parts += [paragraph(bold("Problem: "), it) for it in self._problems]
        for overview in self._overviews():
            parts += [paragraph(bold(overview.title)), table(overview.heads, overview.rows)]
        for place, action in enumerate(self, 1):
            parts += [*([paragraph(self._number(place))] if len(self) > 1 else []), _in_html(action)]
        return box(*parts)

    def _repr_markdown_(self) -> str:
        return str(self)

    def _overviews(self) -> list[Overview]:
        return overviews([it.get("card") for it in self])

    def _heading(self) -> str:
        if not self:
            return "No changes are waiting for a decision."
        waiting = "1 change waits" if len(self) == 1 else f"{len(self)} changes wait"
        allowed = f": {', '.join(self._decisions)}" if self._decisions else ""
        return f"{waiting} for a decision{allowed}."

    def _number(self, place: int) -> str:
        return f"{place} of {len(self)}"


def _requests(asked: Any) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Finds the approval requests in the argument, each with the id of its interrupt, if known."""
    if isinstance(asked, Interrupt):
        if _is_request(asked.value):
            yield asked.id, asked.value
    elif hasattr(asked, "interrupts"):
        yield from _requests(asked.interrupts)
    elif _is_request(asked):
        yield asked.get("request_id"), asked
    elif isinstance(asked, Mapping):
        yield from _requests(asked.get("__interrupt__", ()))
    elif isinstance(asked, Iterable) and not isinstance(asked, str | bytes):
        for one in asked:
            yield from _requests(one)
    else:
        raise TypeError(f"Give what the agent returned, its state, or an interrupt, not {type(asked).__name__}.")


def _is_request(value: Any) -> bool:
    """True for a request of the approval protocol. Other programs' interrupts may look like anything."""
    actions = value.get("action_requests") if isinstance(value, Mapping) else None
    return isinstance(actions, Sequence) and all(
        isinstance(it, Mapping) and isinstance(it.get("name"), str) and isinstance(it.get("args"), Mapping)
        for it in actions
    )


def _title(action: Action) -> str:
    return str(action.get("title") or tool_title(str(action["name"]), None))


def _line(action: Action) -> str:
    card = action.get("card")
    what = f"{card['line']} (risk: {card['risk']})" if is_current(card) else _title(action)
    return visible(". ".join([what, *(it.removesuffix(".") for it in in_words(action))]))


def _in_markdown(action: Action) -> str:
    card = action.get("card")
    # In the descriptions of other agents, arguments could pass for something else.
    shown = markdown(card) if is_current(card) else described(plain(visible(_title(action))), action["args"])
    return "\n\n".join([*(f"*{plain(it)}*" for it in in_words(action)), shown])


def _in_html(action: Action) -> Markup:
    card = action.get("card")
    standing = [paragraph(bold(it)) for it in in_words(action)]
    if is_current(card):
        return joined(*standing, Markup(html(card)))
    arguments = json.dumps(action["args"], indent=2, ensure_ascii=False)
    return joined(*standing, paragraph(bold(_title(action)), " ", code(str(action["name"]))), block(arguments))
