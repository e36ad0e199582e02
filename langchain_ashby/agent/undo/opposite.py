"""The opposite of a single write that was made, from what its class declares and what its card proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from langchain_ashby.agent.cards.as_sent import equal
from langchain_ashby.agent.cards.builder import Fact
from langchain_ashby.agent.cards.card import Card, arguments
from langchain_ashby.agent.cards.plain import title_of
from langchain_ashby.effect import NOT_STORED, Adds, Effect, Removes, Sets
from langchain_ashby.endpoint import SENT_AS_NULL, Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.json import sendable
from langchain_ashby.text.words import at


@dataclass(frozen=True)
class Opposite:
    """A call that reverses a write.

    Attributes:
        tool: Its tool.
        args: Its arguments.
        line: What the write did: the first line of its card.
        left: The values that the write left, by their titles on the card; of a bulk call, for each record by its id,
            otherwise under the id "". If they are no longer there, somebody has changed them since.
        remains: What stays as the write left it, a sentence each.
    """

    tool: str
    args: dict[str, Any]
    line: str
    left: dict[str, dict[str, Fact]]
    remains: tuple[str, ...] = ()


class NotUndoable(Exception):
    """A write cannot be undone; the message says why."""


class ChangedNothing(NotUndoable):
    """There is nothing to undo."""

    def __init__(self) -> None:
        super().__init__("It changed nothing, so there is nothing to undo.")


@dataclass(frozen=True)
class Written:
    """A write that was made.

    Attributes:
        request: What was asked of Ashby.
        card: The card that was shown.
        facts: What was read right before it was made.
    """

    request: Operation[Any]
    card: Card
    facts: Mapping[str, Fact]

    @property
    def record(self) -> str:
        """The argument that names the record that it changed."""
        effect = self.request.effect
        return (effect and effect.record) or next(iter(type(self.request).model_fields))

    def before(self, title: str) -> Fact:
        """The former value, as the card showed it.

        Raises:
            NotUndoable: if it is private, or could not be read.
        """
        if title in self.card["private"]:
            raise NotUndoable(f"{title}: the former value is private, and is not put into a conversation.")
        if title not in self.facts:
            raise NotUndoable(f"{title}: the former value could not be read.")
        return self.facts[title]

    def value(self, title: str, name: str) -> Value:
        """The value of an argument before the write and after it, by its title on the card."""
        return Value(title, argument_of(self.before(title)), arguments(self.request).get(name))


@dataclass(frozen=True)
class Value:
    """A value that a write set.

    Attributes:
        title: Its title on the card.
        was: What was there before, as an argument.
        left: What the write left there.
    """

    title: str
    was: Any
    left: Fact


def argument_of(fact: Fact) -> Any:
    """A fact as an argument: a record by its id."""
    return at(fact, "id") or fact


Rule = Callable[[Any, Written], Iterable[Opposite]]
R = TypeVar("R", bound=Rule)

RULES: dict[type[Operation[Any]], Rule] = {}
"""Rules for undoing writes whose effect does not say enough."""


def undone_by(*operations: type[Operation[Any]]) -> Callable[[R], R]:
    """Registers a function that finds the opposite of a write."""

    def register(rule: R) -> R:
        RULES.update(dict.fromkeys(operations, rule))
        return rule

    return register


def by_effect(written: Written) -> Iterable[Opposite]:
    """The opposite that follows from the declared effect.

    Raises:
        NotUndoable: if there is none.
    """
    effect = written.request.effect
    if isinstance(effect, Adds | Removes):
        return [_reversed(written, effect)]
    if isinstance(effect, Sets):
        names = [it for it in set_by(written.request) if it != effect.record]
        unseen = [title_of(it, effect) for it in names if it not in effect.stored(dict.fromkeys(names))]
        if unseen:
            raise NotUndoable(f"{', '.join(unseen)}: Ashby does not show the former value.")
        return put_back(written, {it: written.value(title_of(it, effect), it) for it in names})
    raise NotUndoable("Its opposite is not known.")


def set_by(request: Operation[Any]) -> list[str]:
    """The arguments that set something: those that were given, and a null where it clears."""
    return [
        name
        for name, field in type(request).model_fields.items()
        if name not in NOT_STORED and (getattr(request, name) is not None or SENT_AS_NULL in field.metadata)
    ]


def reverse_of(operation: type[Operation[Any]]) -> type[Operation[Any]] | None:
    """The operation that removes what this one adds, or adds what it removes."""
    effect = operation.effect
    other = Removes if isinstance(effect, Adds) else Adds

    def is_reverse(it: Effect | None) -> bool:
        return (
            effect is not None
            and isinstance(it, other)
            and (it.record, it.within, it.arguments()) == (effect.record, effect.within, effect.arguments())
        )

    return next((it for it in OPERATIONS.values() if is_reverse(it.effect)), None)


def _reversed(written: Written, effect: Effect) -> Opposite:
    """Removes what was added, or adds what was removed, if it was not there before, or was."""
    adds, other = isinstance(effect, Adds), reverse_of(type(written.request))
    titles = [title for title, fact in written.facts.items() if isinstance(fact, bool)]
    if other is None or len(titles) != 1:
        raise NotUndoable("Could not tell whether it was there before." if other else "No tool does the opposite.")
    if written.before(titles[0]) is adds:
        raise ChangedNothing
    args = arguments(written.request)
    return checked(Opposite(other.tool_name(), args, written.card["line"], {"": {titles[0]: adds}}))


def put_back(
    written: Written, values: Mapping[str, Value], remains: Iterable[str] = (), **more: Any
) -> Sequence[Opposite]:
    """Sets values to what they were. Where none was, and Ashby can clear it, it is cleared.

    Args:
        written: The write.
        values: The values that it set, by their arguments.
        remains: What stays as the write left it, a sentence each.
        more: Further arguments of the call.

    Raises:
        NotUndoable: if nothing would be put back, or it is not known what was there.
    """
    request = written.request
    operation, effect = type(request), request.effect
    changed = {name: it for name, it in values.items() if not equal(it.left, it.was)}
    if not changed:
        raise ChangedNothing
    args, left, remaining = dict[str, Any](), dict[str, Fact](), [*remains]
    clearing: list[Opposite] = []
    for name, it in changed.items():
        if it.was not in (None, "") or SENT_AS_NULL in operation.model_fields[name].metadata:
            args[name], left[it.title] = None if it.was == "" else it.was, it.left
        elif call := _clearing(written, name, it):
            clearing.append(call)
        else:
            remaining.append(f"{it.title}: there was none before, and Ashby's {operation.path} cannot clear it.")
    if not args and not clearing:
        raise NotUndoable(" ".join(remaining))
    calls = []
    if args:
        kept = {name: written.before(title_of(name, effect)) for name in effect.reverting} if effect else {}
        how = {name: it for name, it in arguments(request).items() if name in NOT_STORED}
        same = {name: argument_of(it) for name, it in kept.items() if it is not None and name not in args}
        record = {written.record: getattr(request, written.record)}
        calls.append(
            Opposite(operation.tool_name(), {**record, **more, **args, **same, **how}, written.card["line"], {"": left})
        )
    first, *others = [*calls, *clearing]
    return [checked(replace(first, remains=tuple(remaining))), *map(checked, others)]


def _clearing(written: Written, name: str, value: Value) -> Opposite | None:
    """The call of another operation that clears a value, because this one cannot."""
    effect = written.request.effect
    place = effect.stored({name: None}).get(name) if effect else None
    for other in OPERATIONS.values():
        found = other.effect
        if effect is None or place is None or not isinstance(found, Sets) or found.record != effect.record:
            continue
        for it, field in other.model_fields.items():
            there = found.stored({it: None}).get(it)
            if SENT_AS_NULL in field.metadata and there and there.path == place.path:
                args = {str(effect.record): getattr(written.request, str(effect.record)), it: None}
                return Opposite(other.tool_name(), args, written.card["line"], {"": {title_of(it, found): value.left}})
    return None


def checked(call: Opposite) -> Opposite:
    """The call, if its tool takes the arguments, and a conversation can hold them.

    Raises:
        NotUndoable: if not.
    """
    if sendable(call.args) is not call.args:
        raise NotUndoable("The former value has characters that a conversation cannot hold.")
    try:
        OPERATIONS[call.tool].model_validate(call.args)
    except ValidationError as error:
        names = ", ".join(dict.fromkeys(str(it["loc"][0]).replace("_", " ") for it in error.errors() if it["loc"]))
        raise NotUndoable(f"No tool can restore the former value: {names or 'its arguments do not fit'}.") from None
    return call
