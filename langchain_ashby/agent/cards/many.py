"""The card of a bulk write: a table with a line for each record, and what the cards of the single writes say, grouped.

It is made of those cards alone, so that it can be made again when a person takes records off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from itertools import pairwise
from typing import Any

# On Python 3.11 pydantic makes no JSON schema of typing's own TypedDict, and a LangGraph server asks for one.
from langchain_core.messages import ToolCall
from typing_extensions import TypedDict

from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.card import CARD_VERSION, Card, Change, Risk, arguments, targets
from langchain_ashby.agent.cards.lookup import reader, request_for, told_apart
from langchain_ashby.agent.cards.names import fact_of, name_of
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.errors import AshbyError
from langchain_ashby.ids import short
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import UNNAMED, at, count, named, one_line, parsed, shown


class Part(TypedDict):
    """The write for one record of a bulk write.

    Attributes:
        record: The id of the record.
        call: The single write, as a call of its own tool.
        card: Its card.
        row: What the table shows of the record, by column; `name` comes first.
        after: The earlier writes that must finish first, because they concern the same records: their journal keys,
            with a line in words.
    """

    record: str
    call: ToolCall
    card: Card
    row: dict[str, str]
    after: dict[str, str]


class LeftOut(TypedDict):
    """A record for which a bulk write has no write: its name, empty if it could not be read, and the reason."""

    name: str
    why: str


CARDS_AT_ONCE = 8

Carded = Callable[[Operation[Any]], tuple[ToolCall, Card]]
"""Makes a call of a single write, with its card."""


def parts_of(request: Bulk[Any], reads: ReadCache, carded: Carded) -> tuple[list[Part], dict[str, LeftOut]]:
    """The single writes of a bulk write in order; and the records without one, by id."""

    left_out: dict[str, LeftOut] = {}

    def made(record_id: str) -> Part | None:
        row = {"name": ""}
        try:
            row = row_of(request, record_id, reads)
            call, card = carded(request.write_for(record_id, reads))
        except AshbyError as error:
            left_out[record_id] = LeftOut(name=row["name"], why=one_line(error.message).rstrip("."))
            return None
        return Part(record=record_id, call=call, card=card, row=row, after={})

    with ThreadPoolExecutor(CARDS_AT_ONCE, thread_name_prefix="card") as threads:
        # Each in a copy of the context, which says for whom the client acts.
        started = [threads.submit(copy_context().run, made, it) for it in request.records()]
        parts = [part for it in started if (part := it.result()) is not None]
    return parts, {it: left_out[it] for it in request.records() if it in left_out}


def row_of(request: Bulk[Any], record_id: str, reads: ReadCache) -> dict[str, str]:
    """What the table shows of a record, besides what the write changes; `name` is first, empty if it has none.

    Raises:
        AshbyError: if the record cannot be read: nobody can decide about it.
    """
    noun = str(getattr(request, "object_type", "")).lower()
    argument = f"{noun}_id" if noun else request.one()
    builder = CardBuilder(request, reads)
    if argument == "application_id":
        return _of_application(builder, reads.call(GetApplication(application_id=record_id)), reads.now)
    found_by = reader(argument)
    if found_by is None:
        return {"name": ""}
    found = reads.call(found_by.request(record_id))
    return {"name": _name(found, told_apart(builder, found) if isinstance(found, Mapping) else [])}


def _of_application(builder: CardBuilder, application: Any, now: datetime) -> dict[str, str]:
    job_id, title = at(application, "job", "id"), at(application, "job", "title")
    details = told_apart(builder, builder.clarified("The job", request_for("job_id", job_id))) if job_id else []
    row = {"name": _name(at(application, "candidate")), "job": named(title, *details) if title else UNNAMED}
    days = days_in_stage(application, now)
    return {**row, **({} if days is None else {"days in stage": str(days)})}


def days_in_stage(application: Any, now: datetime) -> int | None:
    """Returns the whole days since an application entered its current stage; None if Ashby does not say when."""
    entries, stage_id = at(application, "applicationHistory"), at(application, "currentInterviewStage", "id")
    stays = [it for it in entries if at(it, "stageId") == stage_id] if isinstance(entries, list) and stage_id else []
    entered = [time for it in stays if (time := parsed(at(it, "enteredStageAt")))]
    return max(0, (now - max(entered)).days) if entered and len(entered) == len(stays) else None


def _name(record: Any, details: Sequence[str] = ()) -> str:
    if not name_of(record):
        return ""
    fact = fact_of(None, record)
    return shown({**fact, "apart": list(dict.fromkeys([*fact.get("apart", ()), *details]))}) or ""


def card_of_many(request: Bulk[Any], parts: Sequence[Part], left_out: Mapping[str, LeftOut]) -> Card:
    """Makes the card of a bulk write.

    Args:
        request: The bulk write.
        parts: Its single writes, at least one.
        left_out: The records for which there is no write, by id.
    """
    cards = [part["card"] for part in parts]
    changes, columns = _changes(cards)
    rows = [_row(part, columns) for part in parts]
    heads = list(dict.fromkeys(head for row in rows for head in row))
    lines = [[_without_address(it, card) for it in card["consequences"]] for card in cards]
    return {
        "version": CARD_VERSION,
        "made": min(card["made"] for card in cards),
        "tool": request.tool_name(),
        "line": _line(request, cards),
        "changes": changes,
        "consequences": [*grouped(lines), *_left_out(left_out)],
        "warnings": grouped([card["warnings"] for card in cards]),
        "unchecked": grouped([card["unchecked"] for card in cards]),
        "risk": _risk(cards),
        "links": [],
        "targets": targets(request),
        "facts": {},
        "before": {"revision": {}, "passed": {}, "creates": None},
        "refers": {},
        "sent": cards[0]["sent"],
        "private": {title: kind for card in cards for title, kind in card["private"].items()},
        "beside": {"consequences": [], "warnings": []},
        "args": arguments(request),
        "table": {
            "heads": heads,
            "rows": [[row.get(head, "") for head in heads] for row in rows],
            "records": [part["record"] for part in parts],
        },
    }


def _line(request: Bulk[Any], cards: Sequence[Card]) -> str:
    """The line that the write declares, with its records counted and the others named."""
    noun = str(getattr(request, "object_type", request.one().removesuffix("_id"))).lower()
    said = {"records": count(len(cards), noun), "after": next((it["after"] for it in cards[0]["changes"]), None)}
    for name in type(request).model_fields:
        known = cards[0]["refers"].get(str(getattr(request, name)))
        said[name] = named(known["name"] or UNNAMED) if known else UNNAMED
    if said["after"] is None:
        said["after"] = "none"
    return visible(request.line.format_map(said))


def _risk(cards: Sequence[Card]) -> Risk:
    """At least medium: each change may be small, but they are many."""
    return "high" if any(card["risk"] == "high" for card in cards) else "medium"


def _changes(cards: Sequence[Card]) -> tuple[list[Change], list[str]]:
    """The changes that are the same for all records; and the fields whose present values the table has to show."""
    common: list[Change] = []
    columns: list[str] = []
    for field in dict.fromkeys(change["field"] for card in cards for change in card["changes"]):
        of_each = [_change(card, field) for card in cards]
        before, after = ({change[key] for change in of_each if change} for key in ("before", "after"))
        if differs := len(before) > 1 or None in of_each:
            columns.append(field)
        # An unchanged record already has the value, unless the write adds to what is there.
        is_of_all = all(change or field in card["facts"] for change, card in zip(of_each, cards, strict=True))
        if len(after) == 1 and is_of_all:
            common.append({"field": field, "before": VARIOUS if differs else before.pop(), "after": after.pop()})
    return common, columns


VARIOUS = "various"
"""Stands for values that the table shows."""


def _change(card: Card, field: str) -> Change | None:
    return next((change for change in card["changes"] if change["field"] == field), None)


_OWN_HEADS = ("name", "job", "days in stage", "e-mail to")
"""The heads of the columns that are not about what changes. A custom field can have one of them as its title."""


def _row(part: Part, columns: Sequence[str]) -> dict[str, str]:
    row = {head: visible(words) for head, words in part["row"].items()}
    row["name"] = row["name"] or UNNAMED
    for field in columns:
        change, head = _change(part["card"], field), field.lower()
        row[f"{head} (field)" if head in _OWN_HEADS else head] = (
            visible(one_line(change["before"] or "none", 120)) if change else "no change"
        )
    if address := _address(part["card"]):
        row["e-mail to"] = visible(one_line(address, 120))
    return row


def _without_address(line: str, card: Card) -> str:
    """A consequence without the person's address, which the table shows: it is then the same for all."""
    address = _address(card)
    return line.replace(f" at {one_line(address)}", "", 1) if address else line


def _address(card: Card) -> Any:
    """The address that a write sends an e-mail to, if it does: a custom field can have that title, too."""
    return card["facts"].get("E-mail address") if card["args"].get("archive_email") else None


def grouped(of_each: Sequence[Sequence[str]]) -> list[str]:
    """Each line once, with the numbers of the records that it is about, unless that is all of them."""
    about: dict[str, list[int]] = {}
    for number, lines in enumerate(of_each, 1):
        for line in dict.fromkeys(lines):
            about.setdefault(line, []).append(number)
    most_common = sorted(about.items(), key=lambda it: -len(it[1]))
    return [line if len(numbers) == len(of_each) else f"{_count(numbers)}: {line}" for line, numbers in most_common]


def _count(numbers: Sequence[int]) -> str:
    """Numbers of records: No. 1, 4 and 7-12."""
    starts = [it for before, it in pairwise([-1, *numbers]) if it != before + 1]
    ends = [it for it, following in pairwise([*numbers, -1]) if following != it + 1]
    spans = [f"{one}" if one == last else f"{one}-{last}" for one, last in zip(starts, ends, strict=True)]
    return f"No. {', '.join(spans)}"


def _left_out(left_out: Mapping[str, LeftOut]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for record_id, it in left_out.items():
        names.setdefault(it["why"], []).append(it["name"] or short(record_id))
    yield from (visible(f"Left out: {'; '.join(of)}. {why}.") for why, of in names.items())
