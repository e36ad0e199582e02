"""Sends only what a card shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from langchain_ashby.agent.cards.card import Card
from langchain_ashby.agent.cards.files import HASH
from langchain_ashby.http.approved import only_bodies
from langchain_ashby.http.uploads import only_with_hash


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
