"""The records that a call can refer to, read from Ashby: by name, with what tells apart those of one name."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from langchain_ashby.agent.cards.card import Card, Reference
from langchain_ashby.agent.cards.names import name_of
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.endpoints.feedback_forms import GetFeedbackFormDefinition
from langchain_ashby.endpoints.offers import GetOffer, ListOffers
from langchain_ashby.endpoints.organization import ListCustomFields, ListUsers
from langchain_ashby.errors import AshbyError, PermissionDeniedError
from langchain_ashby.forms import Field as Question
from langchain_ashby.forms import Form as Definition
from langchain_ashby.forms import custom_field
from langchain_ashby.ids import Id, canonical, certain
from langchain_ashby.inbox.forms.model import Choice, Offered, Typed
from langchain_ashby.inbox.forms.shapes import BY_ADDRESS, Kind, Shape, shape_of
from langchain_ashby.inbox.forms.unnamed import BY, is_unnamed, unnamed
from langchain_ashby.text.words import folded, named, one_line
from langchain_ashby.toolkit.id_hints import reading
from langchain_ashby.toolkit.listings import kept
from langchain_ashby.toolkit.names import Known, known, meant

T = TypeVar("T")

MOST = 200
"""The most records that are offered at once; a search leads to the others."""

_AT_ONCE = 6
"""Listings that are read at the same time."""


class Lists:
    """Knows the records that one call can refer to. It only reads.

    Args:
        client: Reads the listings, each once in a few minutes. Several are read at the same time.
        operation: What is called.
        args: The arguments as they were proposed.
        card: The card, which has the names of what the arguments refer to.
        typed: What was typed over the arguments: a stage is one of the plan that is chosen now.
        seconds: How long Ashby may take.
    """

    def __init__(
        self,
        client: AshbyClient,
        operation: type[Operation[Any]],
        args: Mapping[str, Any],
        card: Card | None = None,
        typed: Typed | None = None,
        *,
        seconds: float = 5.0,
    ) -> None:
        self._client = client
        self._operation = operation
        chosen = {name: next(iter((typed or {}).get(name, ())), "") for name in operation.model_fields}
        self._given = {**args, **{name: it for name, it in chosen.items() if it and not it.startswith("~")}}
        self._card = card
        self._read: dict[tuple[str, str], Offered] = {}
        self._names: dict[str, str] = _named_on(card)
        self._questions: list[Question] | None = None
        self._until = time.monotonic() + seconds
        self._read_together()

    def offered(self, kind: Id, query: str) -> Offered | None:
        """The records of a kind whose names have this in them; None if no list has such records."""
        if not _is_listed(kind):
            return None
        if query:
            self.offered(kind, "")  # it has the names of those that were chosen before
        key = kind.argument, query
        if key not in self._read:
            self._in_time(partial(self._list, kind, query))
        late = f"{_unread(kind)}: Ashby did not answer in time."
        return self._read.get(key) or Offered(problem=late, needs_search=is_unnamed(kind), by=BY)

    def called(self, record_id: str, kind: Id | None = None) -> str | None:
        """Returns the name of a record that the call refers to: from the card, a list, or the record itself."""
        of = meant(kind, self._given) if kind else None
        is_readable = of is not None and of.read_by and not is_unnamed(of) and time.monotonic() < self._until
        if of and is_readable and record_id not in self._names and certain(record_id):
            self._in_time(partial(self._tried, partial(self._name, of, record_id)))
        return self._names.get(record_id)

    def _name(self, kind: Id, record_id: str) -> None:
        if name := name_of(self._client.call(reading(kind, record_id))):
            self._names[record_id] = named(name)

    def question(self, named_by: str, name: str) -> Question | None:
        """What a custom field, or the field of a form, asks for; None if it could not be read."""
        if named_by == "custom_field_id":
            if time.monotonic() > self._until:
                return None
            fields = self._tried(lambda: kept(self._client, ListCustomFields(include_archived=True)).records)
            return next((custom_field(it) for it in fields or () if it["id"] == _canonical(name)), None)  # type: ignore[arg-type]
        try:
            definition = Definition(None)
            definition.fields = [*self.questions()]
            return definition.find(name)
        except ValueError:
            return None

    def questions(self) -> Sequence[Question]:
        """The fields of the form that the call fills in; empty if there is none, or if it could not be read."""
        if self._questions is None and time.monotonic() < self._until:
            self._questions = self._tried(self._form) or []
        return self._questions or []

    def _form(self) -> list[Question]:
        if form_id := self._given.get("feedback_form_definition_id"):
            request: Operation[Any] = GetFeedbackFormDefinition(feedback_form_definition_id=form_id)
        elif "field_submissions" not in self._operation.model_fields:
            return []
        elif offer_id := self._given.get("offer_id") or self._earlier_offer():
            request = GetOffer(offer_id=offer_id)
        else:
            return []
        return Definition.of(self._client.call(request)).fields

    def _earlier_offer(self) -> str | None:
        """Returns an offer whose form fits a new one, as the card does: Ashby shows a form only to start an offer."""
        application_id = self._given.get("application_id")
        own = kept(self._client, ListOffers(application_id=application_id)).records if application_id else ()
        any_offer = own[0] if own else next(self._client.items(ListOffers(limit=1)), None)
        return any_offer["id"] if any_offer else None

    def _list(self, kind: Id, query: str) -> None:
        try:
            self._read[kind.argument, query] = self._found(kind, query)
        except AshbyError as error:
            self._read[kind.argument, query] = Offered(problem=_why(kind, error), needs_search=is_unnamed(kind), by=BY)

    def _found(self, kind: Id, query: str) -> Offered:
        if is_unnamed(of := meant(kind, self._given)):
            candidates = [it for it, refers in _referred_to(self._card) if refers["what"] == "The candidate"]
            given = {**self._given, of.argument: self._given.get(kind.argument)}
            offered = unnamed(self._client, of, given, candidates, query)
            self._names |= {it.raw: it.label for it in offered.choices}
            return offered
        found, complete = known(self._operation, self._given, kind, self._client, query)
        used = [it for it in found if it.in_use]
        labels = _told_apart(used, always=_has_address(kind))
        sent = self._addresses() if kind is BY_ADDRESS else {}
        choices = [Choice(sent.get(it.id, it.id), label) for it, label in zip(used, labels, strict=True)]
        self._names |= {it.raw: it.label for it in choices}
        return Offered(tuple(choices[:MOST]), complete and len(choices) <= MOST, needs_search=not choices and not query)

    def _addresses(self) -> dict[str, str]:
        """The e-mail addresses of users by their ids, from the list in which their names are found."""
        users = kept(self._client, ListUsers(include_deactivated=True)).records
        return {it["id"]: it["email"] for it in users if isinstance(it.get("email"), str)}

    def _read_together(self) -> None:
        """Reads what the form will need, all at once; one after the other would take the sum of their times."""
        kinds = {kind.argument: kind for kind in _kinds_in(shape_of(self._operation)) if _is_listed(kind)}
        reads: list[Callable[[], object]] = [partial(self._list, kind, "") for kind in kinds.values()]
        if "field_submissions" in self._operation.model_fields:
            reads.append(self.questions)
        self._in_time(*reads)

    def _in_time(self, *reads: Callable[[], object]) -> None:
        """Reads for as long as the page can wait. What arrives later is used when the form is shown again."""
        if not reads:
            return
        threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="lists")
        # Each in a copy of the context, which says for whom the client acts.
        started = [threads.submit(copy_context().run, it) for it in reads]
        done, _ = wait(started, max(0.0, self._until - time.monotonic()))
        threads.shutdown(wait=False, cancel_futures=True)
        for it in done:
            it.result()

    def _tried(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except (AshbyError, ValueError):  # not an id, or unreadable: it stays unknown
            return None


def _kinds_in(shape: Shape) -> Iterator[Id]:
    """The kinds of records that the fields of a form list."""
    if shape.kind in (Kind.RECORD, Kind.RECORDS) and shape.id:
        yield shape.id
    for part in shape.parts:
        yield from _kinds_in(part.shape)
    if shape.item:
        yield from _kinds_in(shape.item)


def _referred_to(card: Card | None) -> Iterable[tuple[str, Reference]]:
    return card["refers"].items() if card else ()


def _named_on(card: Card | None) -> dict[str, str]:
    """The names that a card has, by id: those of what the call refers to, and those of the records of a bulk write."""
    if card is None:
        return {}
    found = {record_id: named(it["name"]) for record_id, it in _referred_to(card) if it["name"]}
    if table := card.get("table"):
        found |= {record_id: ", ".join(row[:2]) for record_id, row in zip(table["records"], table["rows"], strict=True)}
    application = card["args"].get("application_id")
    about = [it["name"] for it in card["refers"].values() if it["what"] in ("The candidate", "The job") and it["name"]]
    if isinstance(application, str) and about:
        found.setdefault(application, ", ".join(map(named, about)))
    return found


def _told_apart(records: Sequence[Known], *, always: bool) -> list[str]:
    """The names of records, with what tells each from others of its name; `always` shows an address in any case."""
    seen = Counter(folded(it.name) for it in records)
    labels = [
        _label(it.name, it.apart if seen[folded(it.name)] > 1 else it.apart[:1] if always else ()) for it in records
    ]
    times = Counter(labels)
    return [
        label if times[label] == 1 else f"{label} (id {it.id[:8]}…)" for it, label in zip(records, labels, strict=True)
    ]


def _label(name: str, apart: Sequence[str]) -> str:
    return named(name, *apart) if apart else one_line(name, 120)


def _has_address(kind: Id) -> bool:
    return kind.names is not None and any("mail" in key for key in kind.names.apart)


def _is_listed(kind: Id) -> bool:
    """True for records that can be chosen by their own names or by their candidate's."""
    return kind.takes_names or is_unnamed(kind)


def _why(kind: Id, error: AshbyError) -> str:
    """Says why there is no list."""
    listing = OPERATIONS.get(kind.listing)
    if isinstance(error, PermissionDeniedError) and (lacking := error.permission or (listing and listing.permission)):
        return f"{_unread(kind)}: the API key lacks the permission {lacking}."
    return f"{_unread(kind)}: {one_line(error.message, 200).rstrip('.')}."


def _unread(kind: Id) -> str:
    return f"The list of {kind.words}s could not be read" if kind is not BY_ADDRESS else "The users could not be read"


def _canonical(written: str) -> str | None:
    try:
        return canonical(written)
    except ValueError:
        return None
