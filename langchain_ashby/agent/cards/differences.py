"""Describes what changed between two cards of one call: what appeared and what disappeared."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal, TypeVar

from langchain_ashby.agent.cards.card import Beside, Card, Reference, Sent, is_current, same
from langchain_ashby.text.words import one_line, shown

T = TypeVar("T")

LONGEST = 300
"""The most characters of a difference: a value in it may be a long text."""


def differences(card: Card, fresh: Card, allowed: Collection[str] = ()) -> list[str]:
    """Describes what has changed between a card and a newer one of the same call, a line each; empty if nothing has.

    Args:
        card: The card that was shown.
        fresh: The card as it would be shown now.
        allowed: The categories of private data that may be shown. Of others, the text says only that they changed.
    """
    if not (is_current(card) and is_current(fresh)):
        return ["the card was made by another version of this package"]
    fresh = beside(fresh, card["beside"])
    private = {it for it, category in {**card["private"], **fresh["private"]}.items() if category not in allowed}
    facts = dict(_facts(card, fresh, private))
    said = [
        *facts.values(),
        *_references(card, fresh),
        *_bodies(card, fresh),
        *(f"{words}: {it}" for key, *both in _SENTENCES for words, it in _both_ways(card[key], fresh[key], *both)),
        *_changes(card, fresh, {*facts}, private),
    ]
    if card["risk"] != fresh["risk"]:
        said.append(f"the risk: {fresh['risk']}, was {card['risk']}")
    if not said and card["line"] != fresh["line"]:
        said.append(f"what it would do: {'has changed (left out as private)' if private else fresh['line']}")
    return list(dict.fromkeys(one_line(it, LONGEST) for it in said))


_SENTENCES: tuple[tuple[Literal["warnings", "consequences", "unchecked"], str, str], ...] = (
    ("warnings", "there is a new warning", "a warning is gone"),
    ("consequences", "there is a new consequence", "no longer a consequence"),
    ("unchecked", "can no longer be checked", "can now be checked"),
)


def _both_ways(was: list[str], now: list[str], came: str, went: str) -> Iterator[tuple[str, str]]:
    yield from ((came, it) for it in _new(was, now))
    yield from ((went, it) for it in _new(now, was))


def beside(card: Card, others: Beside) -> Card:
    """Adds to the card the lines that come from the other calls of its message."""
    if not others["consequences"] and not others["warnings"]:
        return card
    return {
        **card,
        "consequences": [*card["consequences"], *others["consequences"]],
        "warnings": [*card["warnings"], *others["warnings"]],
        "risk": "medium" if others["warnings"] and card["risk"] == "low" else card["risk"],
        "beside": others,
    }


def newly_past(fresh: Card, by_now: Card) -> list[str]:
    """Describes the warnings that are new because time has passed. A date's passing alone is not a change."""
    return [one_line(f"there is a new warning: {it}", LONGEST) for it in _new(fresh["warnings"], by_now["warnings"])]


def _facts(card: Card, fresh: Card, private: Collection[str]) -> Iterator[tuple[str, str]]:
    known = _under_their_new_names(card, fresh)
    for title in {**known, **fresh["facts"]}:
        was, now = known.get(title), fresh["facts"].get(title)
        if title not in fresh["facts"]:
            yield title, f"{title}: can no longer be read"
        elif title in known and same(now, was):
            continue
        elif title in private:
            yield title, f"{title}: has changed (left out as private)"
        else:
            before = (shown(was) or "none") if title in known else "not known"
            yield title, f"{title}: {shown(now) or 'none'}, was {before}"


def _under_their_new_names(card: Card, fresh: Card) -> dict[str, Any]:
    """The facts of a card. Titles that end with a renamed record's name, like "Tag Fast track", get the new name."""
    facts: dict[str, Any] = dict(card["facts"])
    for key in {*card["refers"]} & {*fresh["refers"]}:
        was, now = (f" {it['refers'][key]['name']}" for it in (card, fresh))
        for title in card["facts"]:
            renamed = title.removesuffix(was) + now
            if title.endswith(was) and title not in fresh["facts"] and renamed in fresh["facts"]:
                facts[renamed] = facts.pop(title, None)
    return facts


def _references(card: Card, fresh: Card) -> Iterator[str]:
    for key in {**card["refers"], **fresh["refers"]}:
        was, now = card["refers"].get(key), fresh["refers"].get(key)
        if was != now:
            what = (now or was or {"what": ""})["what"]
            yield f"{what}: {_called(now)}, was {_called(was)}"


def _called(reference: Reference | None) -> str:
    if reference is None:
        return "not known"
    kind = f" ({reference['kind']})" if reference["kind"] else ""
    return f"{reference['name'] or 'without a name'}{kind}"


def _bodies(card: Card, fresh: Card) -> Iterator[str]:
    was, now = card["sent"] or {}, fresh["sent"] or {}
    for method in {**was, **now}:
        if was.get(method) != now.get(method):
            yield f"the body for {method}: {_body(now.get(method))}, was {_body(was.get(method))}"


def _body(sent: Sent | None) -> str:
    return "not known" if sent is None else json.dumps(sent["body"], ensure_ascii=False)


def _changes(card: Card, fresh: Card, told: Collection[str], private: Collection[str]) -> Iterator[str]:
    """The changes that differ, except those whose facts are listed already."""
    for words, changes in (
        ("would now be", _new(card["changes"], fresh["changes"])),
        ("would no longer be", _new(fresh["changes"], card["changes"])),
    ):
        for it in changes:
            if it["field"] in private:
                yield f"{it['field']}: has changed (left out as private)"
            elif it["field"] not in told:
                yield f"{words}: {it['field']}: {it['before'] or 'none'} to {it['after'] or 'none'}"


def _new(before: Iterable[T], after: Iterable[T]) -> list[T]:
    """What is in `after` and not in `before`."""
    known = list(before)
    return [it for it in after if it not in known]
