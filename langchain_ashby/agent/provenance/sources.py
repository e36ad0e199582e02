"""Traces the values of a call to where they were said, and puts that on its card."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, takewhile
from typing import Any, Literal

from langchain_core.messages import AnyMessage
from langchain_core.tools import BaseTool

from langchain_ashby.agent.cards.card import Card, Source
from langchain_ashby.agent.cards.show.sources import label
from langchain_ashby.agent.messages.own import Own
from langchain_ashby.agent.provenance.matching import Index, Texts, words
from langchain_ashby.agent.provenance.thread import Entry, Message, Outside, outside, read_in, whose
from langchain_ashby.agent.provenance.values import Value, values_of
from langchain_ashby.agent.state import Proposal
from langchain_ashby.text.words import one_line, quoted

LONGEST = 120
"""The most characters of a value that are told."""

TELLING = 3
"""The digits from which it tells that a number was found nowhere."""

COMMON = 1
"""A number with so few digits stands in every text, so that it is in one says nothing."""


class OnCard:
    """What was read for the cards of a call. It vouches for a value that is a record's as a whole, and for passages.

    A part of a name vouches for nothing: whoever applies writes it.

    Args:
        cards: The card, and those of the single writes of a bulk write.
    """

    def __init__(self, cards: Sequence[Card] = ()) -> None:
        self._cards = cards
        self.names = {key: it["name"] for card in cards for key, it in card["refers"].items() if it["name"]}

    def vouches_for(self, value: Value) -> bool:
        """True if a record has the value."""
        texts, leaves = self._texts
        found = [leaves[it] for it in texts.exactly(value.said, value.kind)]
        if value.kind == "passage":
            return any(len(it) > _LONGEST_NAME for it in found)
        if value.kind in ("number", "phone number", "date"):
            return any(len(it) <= len(value.said) + _SIGNS for it in found)
        return any(words(it) == words(value.said) for it in found)

    @cached_property
    def _texts(self) -> tuple[Texts, list[str]]:
        read = [[it["facts"], it["refers"], [change["before"] for change in it["changes"]]] for it in self._cards]
        leaves = list(dict.fromkeys([*_leaves(read), *(it for card in self._cards for it in _apart(card["line"]))]))
        return Texts(leaves), leaves


_LONGEST_NAME = 200
_SIGNS = 16
"""The characters that a number or a time may have around it, such as a currency or the seconds."""


class Said:
    """What was said and read in a thread, to trace values to.

    Args:
        messages: The thread.
        own: The record of the agent's own messages.
        tools: The agent's tools, by name.
        known: What is known of text by outsiders that was read in the thread before.
        until: The message with the calls: what came after it, its model had not read.
    """

    def __init__(
        self,
        messages: Sequence[AnyMessage],
        own: Own,
        tools: Mapping[str, BaseTool],
        known: Outside | None = None,
        until: AnyMessage | None = None,
    ) -> None:
        self._messages, self._own, self._tools, self._known = messages, own, tools, known
        self._until = until

    @cached_property
    def outside(self) -> Outside | None:
        """Whether text by outsiders was read, and whether some of it can no longer be looked at."""
        return outside(self._messages, self._own, self._tools, self._known)

    def sources(
        self,
        tool: BaseTool | None,
        args: Mapping[str, Any],
        *,
        original: Mapping[str, Any] | None = None,
        on_card: OnCard | None = None,
    ) -> list[Source]:
        """Traces the values of a call.

        Args:
            tool: Its tool.
            args: Its arguments.
            original: The model's own arguments, if a person edited them: what is not in those, the person said.
            on_card: What was read for its card.
        """
        known = None if original is None else {it.said for it in values_of(tool, original)}
        card = on_card or OnCard()
        found = (
            _source(it, "reviewer") if known is not None and it.said not in known else self._traced(it, card)
            for it in values_of(tool, args)
        )
        return _told_once(found)

    def names(self, named: Mapping[str, str], *, original: Mapping[str, Any] | None = None) -> list[Source]:
        """Traces the names that were given for ids, and tells of those that only outsiders said.

        Args:
            named: The names by the way to each.
            original: The model's own arguments, if a person edited them.
        """
        known = None if original is None else {*_leaves(original)}
        names = {way: it for way, it in named.items() if known is None or it in known}
        found = [self._traced(Value(way, name, "text", name), OnCard()) for way, name in names.items()]
        return [it for it in found if it["from"] == "outsiders"]

    def _traced(self, value: Value, on_card: OnCard) -> Source:
        may_have_it = [self._read[it] for it in self._index.places(value.said, value.kind)]
        for speaker in _PEOPLE:
            theirs = (it.of(speaker)[0] for it in may_have_it if it.person == speaker)
            found = (it.exactly(value.said, value.kind, spoken=True) for it in theirs)
            if next(chain.from_iterable(found), None) is not None:
                return _source(value, speaker)
        if on_card.vouches_for(value):
            return _source(value, "ashby", "what was read for this card")
        if entry := next(filter(None, (_in_records(value, it) for it in may_have_it)), None):
            return _source(value, "ashby", self._where(entry, on_card))
        if entry := next(filter(None, (_by_outsiders(value, it) for it in may_have_it)), None):
            return _source(value, "outsiders", self._where(entry, on_card))
        return _source(value, "outsiders", _REMOVED) if self.outside == "removed" else _source(value, "model")

    @cached_property
    def _read(self) -> list[Message]:
        before = [*takewhile(lambda it: it is not self._until, self._messages)]
        return [*read_in(before, self._own, self._tools)]

    @cached_property
    def _index(self) -> Index:
        return Index(it.text for it in self._read)

    def _where(self, entry: Entry, on_card: OnCard) -> str:
        theirs = whose(entry, self._read, on_card.names)
        return f"{entry.where}{f' about {theirs}' if theirs else ''}"


_PEOPLE: tuple[Literal["user", "reviewer"], ...] = ("user", "reviewer")


def _is_common(value: Value) -> bool:
    return value.kind == "number" and len(value.said) <= COMMON


def _in_records(value: Value, message: Message) -> Entry | None:
    if _is_common(value):
        return None
    texts, known = message.of("ashby")
    for place in texts.exactly(value.said, value.kind):
        return known[place]
    _, people = message.of("named")
    return next((it for it in people if value.kind == "text" and words(it.text) == words(value.said)), None)


def _by_outsiders(value: Value, message: Message) -> Entry | None:
    if _is_common(value):
        return None
    for speaker in _OUTSIDERS:
        texts, known = message.of(speaker)
        for place in texts.disguised(value.said, value.kind):
            if not _is_echo(value, known[place]):
                return known[place]
    return None


_OUTSIDERS: tuple[Literal["outsiders", "named"], ...] = ("outsiders", "named")

_REMOVED = "perhaps a part of the conversation that was removed"


def trace(proposal: Proposal, said: Said, tool: BaseTool | None) -> list[str]:
    """Adds to a proposal where its values come from. Returns warnings for its reviewer.

    These are about values that only outsiders wrote, and about addresses and numbers that are in nothing that was read.
    """
    card, args = proposal["card"], proposal["call"]["args"]
    cards = [*([card] if card else []), *(it["card"] for it in proposal.get("parts", []))]
    sources = said.sources(tool, args, original=proposal["original"], on_card=OnCard(cards))
    if card and (given := card.get("named")):
        sources += said.names(given, original=proposal["original"])
    proposal["sources"] = sources
    proposal["untrusted"] = said.outside is not None
    if card and sources:
        proposal["card"] = {**card, "sources": sources}
    copied = [it["value"] for it in sources if it["what"] == "passage" and it["from"] == "outsiders"]
    told = [it for it in sources if it["what"] == "passage" or not any(it["value"] in text for text in copied)]
    return list(dict.fromkeys(it for source in told for it in _warning(source)))


def _source(value: Value, speaker: str, where: str = "") -> Source:
    shown = one_line(value.shown[: 2 * LONGEST], LONGEST)
    return {"argument": value.way, "what": value.kind, "value": shown, "from": speaker, "where": where}  # type: ignore[typeddict-item]


def _told_once(found: Iterable[Source]) -> list[Source]:
    """Tells of a long text only once for each place it comes from, and of the model's own words only if it is all."""
    first: dict[tuple[str, ...], Source] = {}
    for it in found:
        part = "" if it["what"] == "passage" else it["value"]
        first.setdefault((it["argument"], it["what"], part, it["from"], it["where"]), it)
    copied = {it["argument"] for it in first.values() if it["what"] == "passage" and it["from"] != "model"}
    return [
        it
        for it in first.values()
        if not (it["what"] == "passage" and it["from"] == "model" and it["argument"] in copied)
    ]


def _warning(source: Source) -> Iterator[str]:
    what, value, where = source["what"], quoted(source["value"], LONGEST), source["where"]
    place = label(source["argument"])
    told = f"The {what} {value} in {place}" if what not in ("text", "passage") else f"The text {value} in {place}"
    if source["from"] == "outsiders" and where != _REMOVED:
        if what == "passage":
            yield f"Part of {place} is copied from {where}; the user did not say it: {value}."
        else:
            yield f"{told} is only in {where}; the user did not mention it."
    elif source["from"] in ("outsiders", "model") and _is_telling(source):
        removed = "; part of the conversation was removed" if source["from"] == "outsiders" else ""
        yield f"{told} is not in anything the user said or the agent read{removed}."


def _is_telling(source: Source) -> bool:
    """True for what a model has from somewhere: an address, or a number of some length."""
    if source["what"] == "number":
        return sum(it.isdigit() for it in source["value"]) >= TELLING
    return source["what"] in ("e-mail address", "web address", "phone number")


def _is_echo(value: Value, entry: Entry) -> bool:
    """True if an answer may have a value only because the call had it."""
    if entry.call is None:
        return False
    asked = Texts([json.dumps(entry.call.get("args"), ensure_ascii=False, default=str)])
    return next(asked.disguised(value.said, value.kind), None) is not None


def _apart(line: str) -> list[str]:
    """What a card's line tells records apart by, in parentheses. A name that has any itself is in quotation marks."""
    return [it for inside in re.findall(r"\(([^()]*)\)", re.sub("“[^”]*”", "", line)) for it in inside.split(", ")]


def _leaves(value: Any) -> list[str]:
    """All texts and numbers in a JSON value, as texts, in no particular order."""
    found: list[str] = []
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, dict):
            left += part.values()
        elif isinstance(part, list):
            left += part
        elif part is not None and not isinstance(part, bool):
            found.append(str(part))
    return found
