"""A card in the making: what was read goes in, words and facts come out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from langchain_ashby.agent.cards.card import (
    CARD_VERSION,
    Card,
    Change,
    Link,
    Reference,
    Risk,
    Sent,
    arguments,
    same,
    targets,
)
from langchain_ashby.agent.cards.complete import Incomplete
from langchain_ashby.agent.cards.names import fact_of
from langchain_ashby.agent.cards.reads import ReadCache, Records
from langchain_ashby.endpoint import Endpoint, Operation
from langchain_ashby.errors import AshbyError
from langchain_ashby.results.phrases import is_money
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import UNNAMED, at, moment, one_line, parsed, shown, zone

Record = Mapping[str, Any]
Fact = Any
"""JSON: a plain value, a list, or `{"id", "name"}` for a record, with `apart` if something tells it from others.

Instead of a name it may have `words` of the card's own."""

_ADDRESS = re.compile(r"https://[\w.-]+(/[\w./?=&%+~-]*)?", re.ASCII)
"""Addresses that are shown: nothing in them could end a link in Markdown or HTML."""

_RISKS: tuple[Risk, ...] = ("low", "medium", "high")


class _Unread:
    """Stands for a value that could not be read."""


UNREAD = _Unread()


@dataclass
class Lookalikes:
    """Records that look like the one the write would create: by id, with their creation time if Ashby tells it.

    `doubtful` ones may or may not match. `like` is what the matching ones have in common. `parts` has, for each record
    that the write creates, the ids of those that could be it.
    """

    title: str
    records: dict[str, datetime | None]
    complete: bool
    doubtful: set[str]
    like: str
    parts: list[set[str]]


@dataclass
class CardBuilder:
    """Collects what is known about a write.

    Besides the card itself it holds what the write's effect is recognized by: `wanted` are the facts as they will be,
    `alike` the existing records that look like the one it would create, `history` the values that a field has had, by
    the id of the entry. `unseen` is what else it does that no read shows, as a clause with "whether".
    `dated` is False if the time of the record's last change need not tell of the write.
    """

    request: Operation[Any]
    reads: ReadCache
    line: str = ""
    changes: list[Change] = field(default_factory=list)
    consequences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    refers: dict[str, Reference] = field(default_factory=dict)
    sent: dict[str, Sent] | None = None
    private: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, Fact] = field(default_factory=dict)
    afterwards: dict[str, Fact] = field(default_factory=dict)
    history: dict[str, dict[str, Fact]] = field(default_factory=dict)
    alike: Lookalikes | None = None
    unseen: str | None = None
    dated: bool = True
    risk: Risk = "low"

    @property
    def now(self) -> datetime:
        """The moment that "past" and "today" on the card refer to."""
        return self.reads.now

    @property
    def today(self) -> date:
        """Today's date in the reader's time zone."""
        return self.now.astimezone(zone()).date()

    def __post_init__(self) -> None:
        if self.request.destructive:
            self.raise_risk("medium")

    def record(self, what: str, found: Any) -> Record:
        """A record that was read. If it could not be, the card says so, and it is empty."""
        if isinstance(found, AshbyError):
            self.not_checked(f"{what} could not be read: {one_line(found.message).rstrip('.')}.")
            return {}
        self._note_gaps(what, found)
        return found if isinstance(found, Mapping) else {}

    def clarified(self, what: str, request: Operation[Any]) -> Record:
        """A record that only helps to tell another apart. If time is short, it is not read, and the card says so."""
        if not self.reads.affords(request):
            self.not_checked(f"{what} was not read: Ashby answers slowly.")
            return {}
        return self.record(what, *self.reads.all(request))

    def records(self, what: str, found: Any) -> Records[Record]:
        """Records that were read; none if they could not be, which the card says, or if there was nothing to read."""
        records: Records[Record] = Records()
        if isinstance(found, list):
            records += [entry for entry in found if isinstance(entry, Mapping)]
            has_gaps = any([self._note_gaps(what, it) for it in found])
            all_read = getattr(found, "complete", True)
            records.complete = all_read and not has_gaps
            if not all_read:
                self.not_checked(f"{what} are too many to read in full; only the first {len(found)} were looked at.")
        elif isinstance(found, AshbyError):
            self.not_checked(f"{what} could not be read: {one_line(found.message).rstrip('.')}.")
            records.complete = False
        return records

    def _note_gaps(self, what: str, found: Any) -> bool:
        """Notes the gaps in a record on the card; True if there are any."""
        gaps = found.gaps if isinstance(found, Incomplete) else ()
        if gaps:
            self.not_checked(f"{what} could not be read in full: {'; '.join(gaps)}.")
        return bool(gaps)

    def named(self, what: str, found: Any, record_id: str | None, *names: str) -> Fact:
        """The fact of a record with this id, looked for in a record or a list that was read."""
        if record_id is None:
            return None
        record = self.one_of(what, found, record_id) if isinstance(found, list) else self.record(what, found)
        name = next((at(record, key) for key in names if at(record, key)), None)
        if at(record, "isArchived") is True:
            self.warn(f"{what} {one_line(name or '')} is archived.".replace("  ", " "))
        self.refer(record_id, what, name, at(record, "type"))
        return fact_of(record_id, record, among=found if isinstance(found, list) else ())

    def one_of(self, what: str, found: Any, record_id: str) -> Record:
        """The record with this id in a list that was read; empty, with a note on the card, if it is not there."""
        records = self.records(f"{what} list", found)
        match = next((it for it in records if it.get("id") == record_id), None)
        if match is None and records.complete:
            self.warn(f"{what} ({record_id}) is not known in Ashby, or the key may not see it.")
        elif match is None:
            self.not_checked(f"{what} ({record_id}) is not among those that could be read.")
        return match or {}

    def refer(self, record_id: Any, what: str, name: Any, kind: Any = None) -> None:
        """A record that the call points at, by the id under which Ashby keeps it."""
        if record_id:
            self.refers[str(record_id)] = {
                "what": what,
                "name": None if name is None else str(name),
                "kind": None if kind is None else str(kind),
            }

    def sends(self, request: Endpoint[Any], unknown: Collection[str] = ()) -> None:
        """Shows one request of a write that takes several. Requests that are not shown will not be sent.

        `unknown` are the keys whose values are known only after an earlier step.
        """
        body = {key: value for key, value in request.wire().items() if key not in unknown}
        self.sent = {**(self.sent or {}), request.path: {"body": body, "exact": not unknown}}

    def set_field(
        self,
        title: str,
        before: Fact | _Unread,
        after: Fact,
        words: Callable[[Fact], str | None] = shown,
        change: tuple[str, str | None, str | None] | None = None,
    ) -> None:
        """A field that the write sets. Its present value is a fact, and its new one tells later whether it was set.

        The change shows both in `words`, or is given as field, before and after.
        """
        self.wanted[title] = after
        self.implied(title, before, after, words, change)

    def implied(
        self,
        title: str,
        before: Fact | _Unread,
        after: Fact,
        words: Callable[[Fact], str | None] = shown,
        change: tuple[str, str | None, str | None] | None = None,
    ) -> None:
        """A field that changes along with another. Its present value is a fact."""
        self.afterwards[title] = after
        if is_money(before):
            self.private.setdefault(title, "compensation")
        field_, old, new = change or (title, UNNAMED if isinstance(before, _Unread) else words(before), words(after))
        if isinstance(before, _Unread):
            self.changes.append({"field": field_, "before": UNNAMED, "after": new})
            return
        self.facts[title] = before
        if not same(before, after):
            if old == new and at(after, "id"):
                new = f"another {new}"
            self.changes.append({"field": field_, "before": old, "after": new})

    def new_value(self, title: str, after: str | None) -> None:
        """A value of something new."""
        if after is not None:
            self.changes.append({"field": title, "before": None, "after": after})

    def lookalikes(
        self,
        title: str,
        like: Any,
        found: Iterable[Record],
        complete: bool,
        created: str | None,
        doubtful: Iterable[Record] = (),
        parts: Iterable[Iterable[Record]] = (),
    ) -> None:
        """Adds the records that look like the one the write would create, as a fact.

        `like` is what they have in common, as JSON. `created` is the key of their creation time; None if they have
        none. `doubtful` ones prove nothing: they are other records, or do not show all that the write sends. `parts`
        are those that match each record of a write that creates several.
        """

        def times(records: Iterable[Record]) -> dict[str, datetime | None]:
            way = created.split(".") if created else []
            return {str(it.get("id")): parsed(at(it, *way)) if way else None for it in records}

        certain, unclear = times(found), times(doubtful)
        each = [{*times(part)} for part in parts] or [{*certain}]
        words = json.dumps(like, sort_keys=True)
        self.alike = Lookalikes(title, certain | unclear, complete, set(unclear), words, each)
        if complete:
            named = {key: f"one of {moment(time)}" if time else "one" for key, time in certain.items()}
            self.facts[title] = [{"id": key, "words": named[key]} for key in sorted(certain)]

    def consequence(self, text: str, risk: Risk = "low") -> None:
        """A consequence, and how much it weighs."""
        if text not in self.consequences:
            self.consequences.append(text)
        self.raise_risk(risk)

    def warn(self, text: str, risk: Risk = "medium") -> None:
        """A warning, and how much it weighs."""
        if text not in self.warnings:
            self.warnings.append(text)
        self.raise_risk(risk)

    def not_checked(self, text: str, risk: Risk = "high") -> None:
        """Adds something that could not be checked, and how risky it is: assume the worst."""
        if text not in self.unchecked:
            self.unchecked.append(text)
        self.raise_risk(risk)

    def raise_risk(self, risk: Risk) -> None:
        """The risk is at least this."""
        self.risk = max(self.risk, risk, key=_RISKS.index)

    def link(self, title: str, url: Any) -> None:
        """A page of Ashby, if a reply named one."""
        known = [link["url"] for link in self.links]
        if isinstance(url, str) and _ADDRESS.fullmatch(url) and url not in known:
            self.links.append({"title": title, "url": url})

    def revision(self) -> dict[str, str]:
        """Times of the last change of the record to be changed, and of its parts, by id; empty if not read."""
        pointers = targets(self.request) if self.dated else []
        return self.reads.revision(pointers[0]) if pointers else {}

    def _creates(self) -> str | None:
        if self.alike is None:
            return None
        named = f"{self.request.path} {self.alike.title} {self.alike.like}"
        return sha256(named.encode()).hexdigest()[:32]

    def card(self) -> Card:
        """The card."""
        return {
            "version": CARD_VERSION,
            "made": self.now.isoformat(),
            "tool": self.request.tool_name(),
            "line": visible(self.line or self.request.tool_title()),
            "changes": [_visible(it) for it in self.changes],
            "consequences": [*map(visible, self.consequences)],
            "warnings": [*map(visible, self.warnings)],
            "unchecked": [*map(visible, self.unchecked)],
            "risk": self.risk,
            "links": self.links,
            "targets": targets(self.request),
            "facts": self.facts,
            "before": {
                "revision": self.revision(),
                "passed": {title: [*entries] for title, entries in self.history.items()},
                "creates": self._creates(),
            },
            "refers": self.refers,
            "sent": self.sent,
            "private": self.private,
            "beside": {"consequences": [], "warnings": []},
            "args": arguments(self.request),
        }


def _visible(change: Change) -> Change:
    before, after = (None if it is None else visible(it) for it in (change["before"], change["after"]))
    return {"field": visible(change["field"]), "before": before, "after": after}
