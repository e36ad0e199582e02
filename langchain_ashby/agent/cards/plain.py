"""Cards that follow from what a write declares as its effect."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast, get_args, get_origin

from langchain_ashby.agent.cards.as_sent import equal, value_at
from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.card import is_uuid
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.lookup import Reader, above, lister, reader
from langchain_ashby.agent.cards.names import fact_of, name_of
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.shared import SUBJECTS, line_of_changes, notified
from langchain_ashby.agent.cards.values import as_fact
from langchain_ashby.effect import Adds, Creates, Effect, Removes, Stored
from langchain_ashby.endpoint import SENT_AS_NULL, Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.words import (
    UNNAMED,
    at,
    called,
    count,
    day,
    enumerated,
    folded,
    in_words,
    moment,
    one_line,
    paragraph,
    shown,
    time_fact,
)

MOST_NAMED = 5
"""The most entries of a list that are looked up by id."""


@dataclass
class Derived:
    """The parts of a derived card, for cards that add to it.

    Attributes:
        record: The record that changes; empty if it could not be read, or is yet to be made.
        subject: What to call it in a sentence.
        values: The arguments that were given, as facts.
        others: The entries of the list that the write leaves alone, in words; None if the list could not be read.
    """

    record: Record
    subject: str
    values: dict[str, Fact] = field(default_factory=dict)
    others: list[str] | None = None


def derive(request: Operation[Any], reads: ReadCache, builder: CardBuilder, but: Collection[str] = ()) -> Derived:
    """Makes the card that the write's `effect` implies.

    Args:
        request: A write whose class declares an effect.
        reads: Reads what the card shows.
        builder: Takes the card.
        but: Arguments that the caller puts onto the card itself; then the line is the caller's, too.
    """
    effect = cast(Effect, request.effect)
    arguments = [it for it in _given(request) if it != effect.record and it not in but]
    readers = {name: reader(name) for name in [*arguments, *([effect.record] if effect.record else [])]}
    record_id = str(getattr(request, effect.record)) if effect.record else None
    listing = lister(type(request).record()) if isinstance(effect, Creates) else None
    wanted = [(name, it) for name in arguments for it in _ids(readers[name], getattr(request, name))]
    own = readers.get(effect.record or "")
    found, listed, *looked_up = reads.all(
        own.request(record_id) if own and record_id else None,
        _whole(listing) if listing else None,
        *(cast(Reader, readers[name]).request(it) for name, it in wanted),
    )
    names = {
        (name, it): cast(Reader, readers[name]).refer(builder, answer, it)
        for (name, it), answer in zip(wanted, looked_up, strict=True)
    }
    record, subject = _subject(builder, effect, own, found, record_id)
    derived = Derived(record, subject)
    for name in arguments:
        derived.values[name] = _fact(name, getattr(request, name), names)
        if readers[name] is None and name.endswith("_id") and is_uuid(getattr(request, name)):
            builder.not_checked(f"The name of the {_words(name)}: no tool reads it.", "medium")
    match effect:
        case Creates():
            _create(request, builder, effect, derived, listed)
        case Adds() | Removes():
            _change_list(request, reads, builder, effect, derived)
        case _:
            _set(request, reads, builder, effect, derived)
            if not but:
                builder.line = line_of_changes(builder, derived.subject)
    if effect.line:
        spoken = {name: called(value) for name, value in derived.values.items()}
        builder.line = effect.line.format_map({"record": subject, **spoken})
    if "send_notifications" in type(request).model_fields:
        notified(builder, getattr(request, "send_notifications"), f"the {_words(effect.record or '')}")  # noqa: B009
    return derived


def _set(request: Operation[Any], reads: ReadCache, builder: CardBuilder, effect: Effect, derived: Derived) -> None:
    stored = effect.stored(derived.values)
    holder = _holder(derived.record, effect)
    for name, after in derived.values.items():
        words = _in_words(request, name)
        if (place := stored.get(name)) is None:
            builder.new_value(title_of(name, effect), words(after))
            builder.unseen = f"whether its {title_of(name, effect).lower()} was set"
            continue
        title = title_of(name, effect)
        before: Fact = UNREAD
        if _is_unread(derived.record, effect, place):
            builder.raise_risk("high")
        elif holder:
            before = _before(builder, reads, name, _present(holder, place), after)
        builder.set_field(title, before, after, words)
        if place.consequence and any(change["field"] == title for change in builder.changes):
            builder.consequence(place.consequence)
    for name, place in effect.stored(dict.fromkeys(effect.reverting)).items():
        if name not in derived.values and holder and not _is_unread(derived.record, effect, place):
            # Left out, it can change: an undo has to know what it was.
            present = _present(holder, place)
            builder.facts[title_of(name, effect)] = _before(builder, reads, name, present, present)


def _change_list(
    request: Operation[Any], reads: ReadCache, builder: CardBuilder, effect: Effect, derived: Derived
) -> None:
    adds = isinstance(effect, Adds)
    holder = _holder(derived.record, effect)
    parts = []
    for name, place in effect.stored(derived.values).items():
        value = derived.values[name]
        words, bare = shown(value) or UNNAMED, at(value, "name") or shown(value) or UNNAMED
        key = at(value, "id") or value
        present = _present(holder, place)
        entries = present if isinstance(present, list) else []
        there = any((at(it, "id") or it) == key for it in entries)
        nameless = any(isinstance(it, Mapping) and not at(it, "id") for it in entries)
        before = UNREAD if present is not entries or (nameless and not there) else there
        others = _others(builder, reads, name, [it for it in entries if (at(it, "id") or it) != key])
        title = place.title or _title(name)
        kept: str | None = ", ".join(others) or None
        whole = ", ".join([*others, words])
        derived.others = None if before is UNREAD else others
        if before is UNREAD:
            whole, kept = f"the present ones and {words}", f"the present ones without {words}"
        change = (f"{title}s", whole if before is True else kept, whole if adds else kept)
        builder.set_field(f"{title} {bare}", before, adds, change=change)
        if before is adds:
            builder.warn("Already up to date; nothing would change.")
        if adds and not _can_be_removed(effect, name):
            builder.consequence(f"The agent can't remove {title.lower()}s.")
        parts.append(f"the {title.lower()} {called(value)}")
    what = " and ".join(parts)
    builder.line = f"Add {what} to {derived.subject}" if adds else f"Remove {what} from {derived.subject}"


def _create(request: Operation[Any], builder: CardBuilder, effect: Creates, derived: Derived, listed: Any) -> None:
    kind = type(request).tool_title().partition(" ")[2] or "record"
    name = next((called(derived.values[it]) for it in effect.alike_by if derived.values.get(it)), None)
    builder.line = f"Create the {kind}{f' {name}' if name else ''}"
    for it, value in derived.values.items():
        builder.new_value(title_of(it, effect), _in_words(request, it)(value))
    builder.consequence(f"The agent can't delete the {kind}.")
    if listed is None:
        builder.not_checked(f"Whether such a {kind} already exists: no tool lists them.", "medium")
        return
    places = effect.stored({it: derived.values.get(it) for it in effect.alike_by})
    known = builder.records(f"The existing {kind}s", listed)
    alike = [
        it
        for it in known
        if all(
            _folded(_present(_holder(it, effect), place)) == _folded(derived.values.get(by))
            for by, place in places.items()
        )
    ]
    created = None if "created_at" in derived.values else "createdAt"
    same = " and ".join(title_of(by, effect).lower() for by in effect.alike_by)
    for record in alike:
        archived = "; it is archived" if at(record, "isArchived") is True else ""
        builder.warn(f"A {kind} with this {same} exists{archived}.")
    like = [_folded(derived.values.get(by)) for by in places]
    stored = effect.stored(derived.values)
    others = [
        it
        for it in alike
        if not all(equal(derived.values[by], _present(_holder(it, effect), place)) for by, place in stored.items())
    ]
    title = f"{kind.capitalize()}s with this {same}"
    builder.lookalikes(title, like, alike, known.complete, created, doubtful=others)


def _subject(
    builder: CardBuilder, effect: Effect, own: Reader | None, found: Any, record_id: str | None
) -> tuple[Record, str]:
    """The record that changes, and what to call it in a sentence."""
    if effect.record is None:
        return {}, ""
    if effect.record in SUBJECTS:
        return SUBJECTS[effect.record](builder, found)
    words = own.words if own else _words(effect.record)
    if own is None or record_id is None:
        builder.not_checked(f"The current state of the {words}: no tool reads it.", "medium")
        return {}, f"a {words} that could not be read"
    record = own.pick(builder, found, record_id)
    fact = fact_of(record_id, record, *above(builder, record), among=found if isinstance(found, list) else ())
    return record, f"the {words} {called(fact)}" if name_of(record) else f"a {words} that could not be read"


def title_of(argument: str, effect: Effect) -> str:
    """A field as the card calls it: what the effect says, or else the argument's name, `source_id` being "Source"."""
    place = effect.stored({argument: None}).get(argument)
    return (place and place.title) or _title(argument)


def _title(argument: str) -> str:
    words = re.sub("_ids$", "s", argument)
    return re.sub("_(id|url|at)$", "", words).replace("_", " ").capitalize()


def _words(argument: str) -> str:
    return re.sub("_ids?$", "", argument).replace("_", " ")


def _given(request: Operation[Any]) -> list[str]:
    """The arguments that say something: what was left out stays as it is, and a null counts where it clears."""
    fields = type(request).model_fields
    return [
        name
        for name, info in fields.items()
        if name != "send_notifications" and (getattr(request, name) is not None or SENT_AS_NULL in info.metadata)
    ]


def _ids(found: Reader | None, value: Any) -> list[str]:
    """The ids in an argument for which there is a read."""
    values = value if isinstance(value, list) else [value]
    return [it for it in values if is_uuid(it)] if found else []


def _whole(listing: type[Operation[Any]]) -> Operation[Any]:
    return listing(**({"include_archived": True} if "include_archived" in listing.model_fields else {}))


def _fact(name: str, value: Any, names: dict[tuple[str, str], Fact]) -> Fact:
    """An argument as a fact."""
    if isinstance(value, list):
        return [_fact(name, it, names) for it in value]
    if isinstance(value, datetime):
        return time_fact(value)
    if isinstance(value, date):
        return str(value)
    if isinstance(value, str) and (name, value) in names:
        return names[name, value]
    return as_fact(value.wire()) if hasattr(value, "wire") else value


def _before(builder: CardBuilder, reads: ReadCache, name: str, there: Any, after: Fact) -> Fact:
    """The present value of a field as a fact of the same form as the new one."""
    if isinstance(there, list):
        return [_before(builder, reads, name, it, after) for it in there]
    if isinstance(there, dict) and at(there, "id"):
        return fact_of(there["id"], there)
    if is_uuid(there) and (found := reader(name)):
        return _refer(builder, reads, found, there)
    if isinstance(there, str) and isinstance(after, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", after):
        return there[:10]
    if isinstance(there, str) and isinstance(after, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", after):
        return time_fact(there)
    return as_fact(there)


def _refer(builder: CardBuilder, reads: ReadCache, found: Reader, record_id: str) -> Fact:
    """The record's present reference. Gives no warnings: the write did not choose it."""
    [answer] = reads.all(found.request(record_id))
    if isinstance(answer, list):
        record: Any = next((it for it in answer if at(it, "id") == record_id), None)
    else:
        record = builder.record(f"The present {found.words}", answer)
    among = answer if isinstance(answer, list) else ()
    return fact_of(record_id, record, *above(builder, record or {}), among=among)


def _others(builder: CardBuilder, reads: ReadCache, name: str, entries: list[Any]) -> list[str]:
    """The other entries of a list in words; of those known by ids alone, the first five."""
    found = reader(name)
    ids = [it for it in entries if is_uuid(it)]
    if not ids or found is None:
        return [
            str(shown(fact_of(None, it))) if name_of(it) else one_line(it if isinstance(it, str) else UNNAMED, 80)
            for it in entries
        ]
    answers = reads.all(*(found.request(it) for it in ids[:MOST_NAMED]))
    names = [str(shown(found.describe(builder, answer, it)[0])) for it, answer in zip(ids, answers, strict=False)]
    return [*names, count(len(ids) - MOST_NAMED, f"more {found.words}")] if len(ids) > MOST_NAMED else names


def _can_be_removed(effect: Effect, name: str) -> bool:
    """True if a tool removes from the record what this effect adds to it."""
    removals = (it.effect for it in OPERATIONS.values() if isinstance(it.effect, Removes))
    return any(it.record == effect.record and name in it.arguments() for it in removals)


def _holder(record: Record, effect: Effect) -> Record:
    return (at(record, *effect.within.split(".")) or {}) if effect.within else record


def _is_unread(record: Record, effect: Effect, place: Stored) -> bool:
    """True if the record has a value at one of the paths, but it could not be read."""
    within = effect.within.split(".") if effect.within else []
    return any(is_unread(record, *within, *path.partition("[")[0].split(".")) for path in place.paths())


def _present(holder: Record, place: Stored) -> Any:
    """The value at the first of the paths that the record has."""
    paths = place.paths()
    path = next((it for it in paths if it in holder), paths[-1])
    return value_at(holder, path)


def _in_words(request: Operation[Any], name: str) -> Callable[[Fact], str | None]:
    """Shows the values of an argument."""
    annotation = type(request).model_fields[name].annotation
    value = getattr(request, name)
    if isinstance(value, datetime):
        return lambda it: in_words(value) if it == time_fact(value) else moment(it) if it else None
    if isinstance(value, date):
        return lambda it: day(date.fromisoformat(it)) if it else None
    if isinstance(value, str) and _is_choice(annotation):
        return lambda it: enumerated(it) if it else None
    return lambda it: (paragraph(it) or "empty text") if isinstance(it, str) else shown(it)


def _is_choice(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(map(_is_choice, get_args(annotation)))


def _folded(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else value
