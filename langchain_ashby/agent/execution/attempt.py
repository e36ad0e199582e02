"""An attempt at a write in progress: each request is noted before it is sent, and only what the card shows is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from langgraph.store.base import BaseStore

from langchain_ashby.agent.cards import Card
from langchain_ashby.agent.cards.files import HASH
from langchain_ashby.agent.execution import creations
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.journal_record import Claim, Request
from langchain_ashby.agent.execution.process import running_time
from langchain_ashby.endpoint import Endpoint
from langchain_ashby.errors import AshbyError
from langchain_ashby.http import deadline
from langchain_ashby.http.approved import only_bodies
from langchain_ashby.http.uploads import only_with_hash


class ClaimLost(AshbyError):
    """The request was not sent, because another worker may have taken the write over."""

    default_code = "taken_over"


@dataclass
class Attempt:
    """Notes the requests of a claimed write in the journal. See `langchain_ashby.http.observer.WriteObserver`.

    Args:
        journal: The journal.
        store: Its store.
        key: The key of the call in the journal.
        claim: The claim under which the write is made.
        in_steps: True if the write takes several requests that change something: then each answer is kept.
        reads_on: True if its tool reads more before it returns: then Ashby's answer is noted first.
    """

    journal: Journal
    store: BaseStore
    key: str
    claim: Claim
    in_steps: bool
    reads_on: bool
    requests: list[Request] = field(default_factory=list)
    _latest: Endpoint[Any] | None = None

    @property
    def has_changed_something(self) -> bool:
        """True if Ashby has confirmed one of the requests."""
        return any(it.answered for it in self.requests)

    def sending(self, request: Endpoint[Any]) -> None:
        """Notes the request, then makes sure that the claim still holds.

        Raises:
            ClaimLost: if it does not, or may expire before the request is over.
        """
        if request is not self._latest:
            self._latest = request
            self.requests.append(Request(self.claim.id, len(self.requests) + 1, request.path))
        kind = self.claim.creates
        with_it = [creations.begun(kind, self.claim.id)] if kind else []
        self.journal.note(self.store, self.key, self.requests[-1], *with_it)
        if not self._is_in_time() or not self.journal.holds(self.store, self.key, self.claim):
            raise ClaimLost("The process was suspended for so long that another worker may have made the change")

    def not_made(self, request: Endpoint[Any]) -> None:
        """Deletes the note."""
        self.journal.erase(self.store, self.key, self.requests.pop())
        self._latest = None

    def answered(self, request: Endpoint[Any], result: Any) -> None:
        """Notes that Ashby confirmed the request, if the outcome will be recorded only later."""
        self.requests[-1] = replace(self.requests[-1], answered=True, result=result)
        if self.in_steps:
            self.journal.note(self.store, self.key, self.requests[-1])
        elif self.reads_on:
            self.journal.note(self.store, self.key, replace(self.requests[-1], result=None))

    def _is_in_time(self) -> bool:
        """True if the request will be over before the claim counts as abandoned."""
        call = deadline.current()
        try:
            longest = call.remaining() if call else 0.0
        except deadline.DeadlineExceeded:
            return False
        return running_time() - self.claim.began + longest <= self.journal.lease.total_seconds()


@contextmanager
def only_what_is_on(card: Card | None) -> Iterator[None]:
    """Within the block, only the file on the card is uploaded, and only the bodies on it are sent.

    If the card has no hash, the file could not be read, and none is uploaded. Without a card, as for a tool that is not
    Ashby's, nothing is restricted.
    """
    with ExitStack() as limits:
        if card is not None:
            limits.enter_context(only_with_hash(card["facts"].get(HASH)))
            if card["sent"] is not None:
                bodies = {method: it["body"] if it["exact"] else None for method, it in card["sent"].items()}
                limits.enter_context(only_bodies(bodies))
        yield
