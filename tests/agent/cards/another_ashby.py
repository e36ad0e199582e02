"""Ashby as a write's card has seen it, with something in a reply altered: a name, a kind, or a key that is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from copy import copy
from dataclasses import replace
from typing import Any

from desk import NOW, Desk, Request

from langchain_ashby.agent.cards import Card, ReadCache, card_of
from langchain_ashby.agent.cards.complete import Incomplete, checked
from langchain_ashby.endpoint import Page
from langchain_ashby.errors import AshbyError

Way = tuple[str | int, ...]
GONE = object()


class Seen:
    """A card, and what was read for it.

    After `altered`, `is_incomplete` tells if the reply lacks what Ashby always says.
    """

    def __init__(self, desk: Desk, request: Request) -> None:
        self.request = request
        self.reads = ReadCache(desk.client, now=NOW)
        self.card = card_of(request, self.reads)
        self.replies = {
            key: it.result() for key, it in self.reads._made.items() if not it.exception() and it.result() is not None
        }

    def ways(self) -> Iterator[tuple[Any, Way, Any]]:
        """Every value in a reply: the reply, the path to the value, and the value.

        Of a list it goes into the first entry, and into those of the next two that are on the card or have other keys.
        """
        told = json.dumps(self.card)
        for key, reply in self.replies.items():
            for way, value in _ways(reply.results if isinstance(reply, Page) else reply, told):
                yield key, way, value

    def altered(self, key: Any, way: Way, value: Any) -> Card:
        """The card as it would be with another value there, or none if it is GONE."""
        return self.altered_in([(key, way)], value)

    def altered_in(self, places: Iterable[tuple[Any, Way]], value: Any) -> Card:
        """The card as it would be with this value at several places, one reply or more."""
        found: dict[Any, Any] = {}
        for key, way in places:
            reply = self.replies[key]
            results = found.get(key, reply.results if isinstance(reply, Page) else reply)
            found[key] = _replaced(results, way, value)
        self.is_incomplete = False
        replies = {}
        for key, results in found.items():
            entries = [checked(key[0].path, it) for it in (results if isinstance(results, list) else [results])]
            self.is_incomplete |= any(isinstance(it, Incomplete) for it in entries)
            reply, results = self.replies[key], entries if isinstance(results, list) else entries[0]
            replies[key] = replace(reply, results=results) if isinstance(reply, Page) else results
        return self.with_replies(replies)

    def with_reply(self, key: Any, reply: Any) -> Card:
        """The card as it would be with another reply, or an error, to one of the reads."""
        return self.with_replies({key: reply})

    def with_replies(self, replies: Mapping[Any, Any]) -> Card:
        """The card as it would be with other replies, or errors, to these reads."""
        reads = ReadCache(self.reads.client, now=NOW)
        reads._made = dict(self.reads._made)
        for key, reply in replies.items():
            future: Future[Any] = Future()
            future.set_exception(reply) if isinstance(reply, AshbyError) else future.set_result(reply)
            reads._made[key] = future
        return card_of(self.request, reads)


def _replaced(whole: Any, way: Way, value: Any) -> Any:
    """A copy of the whole with the value at the end of the way; what lies beside the way is shared."""
    if not way:
        return value
    step, *rest = way
    changed = copy(whole)
    if value is GONE and not rest:
        del changed[step]
    else:
        changed[step] = _replaced(whole[step], tuple(rest), value)
    return changed


def _ways(value: Any, told: str, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    if way:
        yield way, value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _ways(entry, told, (*way, key))
    elif isinstance(value, list):
        for number, entry in enumerate(value[:3]):  # the others are like them
            if not number or not isinstance(entry, dict) or entry.get("id", "") in told or entry.keys() - value[0]:
                yield from _ways(entry, told, (*way, number))
