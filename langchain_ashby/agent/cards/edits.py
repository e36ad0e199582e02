"""Describes how a person edited a call: each field as proposed and as decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from langchain_ashby.agent.cards.card import Card, Change
from langchain_ashby.text.words import joined, one_line, paragraph

Rows = Mapping[tuple[str, int], str | None]


def edits(shown: Card, edited: Card) -> list[Change]:
    """Compares the card of a call with that of an edit of it: `before` is what was proposed, `after` what was decided.

    The rows of the cards come first, then other records that the call concerns, the records removed from a bulk write,
    and the consequences added or dropped. If none of these differ, the line is compared.
    """
    rows = [*_differing(_rows(shown), _rows(edited))]
    rows += [it for it in _concerned(shown, edited) if not any(str(it["after"]) in str(row["after"]) for row in rows)]
    if gone := _taken_off(shown, edited):
        rows.append(Change(field="Taken off", before=joined(gone), after=None))
    was, now = shown["consequences"], edited["consequences"]
    rows += [Change(field="What happens next", before=it, after=None) for it in was if it not in now]
    rows += [Change(field="What happens next", before=None, after=it) for it in now if it not in was]
    if not rows and shown["line"] != edited["line"]:
        rows.append(Change(field="What happens", before=shown["line"], after=edited["line"]))
    return rows


def edited_arguments(original: Mapping[str, Any], args: Mapping[str, Any]) -> list[Change]:
    """Compares the arguments of a tool that has no cards with those of an edit of its call."""
    was, now = ({(_label(name), 0): _shown(it) for name, it in each.items()} for each in (original, args))
    return [*_differing(was, now)]


def together(first: Iterable[Change], then: Iterable[Change]) -> list[Change]:
    """Combines two successive edits into one."""
    earlier, later = _numbered(first), _numbered(then)
    before = {key: it["before"] for key, it in [*later.items(), *earlier.items()]}
    after = {key: it["after"] for key, it in [*earlier.items(), *later.items()]}
    return [*_differing(before, after)]


def _differing(was: Rows, now: Rows) -> Iterator[Change]:
    for key in dict.fromkeys([*was, *now]):
        if was.get(key) != now.get(key):
            yield Change(field=key[0], before=was.get(key), after=now.get(key))


def _rows(card: Card) -> Rows:
    return {key: it["after"] for key, it in _numbered(card["changes"]).items()}


def _numbered(changes: Iterable[Change]) -> dict[tuple[str, int], Change]:
    """Returns the rows by field; several of one field are numbered in order."""
    found: dict[tuple[str, int], Change] = {}
    for it in changes:
        found[it["field"], sum(field == it["field"] for field, _ in found)] = it
    return found


def _concerned(shown: Card, edited: Card) -> Iterator[Change]:
    was, now = ({it["what"]: it["name"] for it in card["refers"].values()} for card in (shown, edited))
    for what, name in now.items():
        if what in was and was[what] != name:
            yield Change(field=what.removeprefix("The ").capitalize(), before=was[what], after=name)


def _taken_off(shown: Card, edited: Card) -> list[str]:
    table, left = shown.get("table"), edited.get("table")
    if table is None or left is None:
        return []
    rows = zip(table["records"], table["rows"], strict=True)
    return [row[0] for record, row in rows if record not in left["records"]]


def _label(name: str) -> str:
    return one_line(name.replace("_", " ").capitalize(), 80)


def _shown(value: Any) -> str:
    return paragraph(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
