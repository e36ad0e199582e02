"""What a run's model is told of its surroundings: the day, whose key it works with, and for whom it acts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoints.organization import GetContext
from langchain_ashby.errors import AshbyError
from langchain_ashby.http.deadline import Deadline, within
from langchain_ashby.text.words import at, one_line, person, zone

PATIENCE = 5.0
"""How long to wait for what Ashby knows of the key and the user, in seconds: without it the run goes on."""


class Surroundings:
    """Puts a run's surroundings into words.

    Args:
        client: Asks Ashby whose key it is, once for each user for whom runs act; None if the tools are not Ashby's.
    """

    def __init__(self, client: AshbyClient | None) -> None:
        self._client = client
        self._known: dict[str | None, list[str]] = {}

    def words(self, *, ask: bool) -> str:
        """What holds for the run that is under way, on one line. `ask` allows it to ask Ashby."""
        now = datetime.now(zone())
        return "; ".join([f"today is {now:%A} {now.day} {now:%B %Y}, {now.tzinfo}", *self._identity(ask)])

    def _identity(self, ask: bool) -> list[str]:
        if self._client is None:
            return []
        user = self._client.on_behalf_of
        if user not in self._known and ask:
            try:
                with within(Deadline(PATIENCE)):
                    self._known[user] = [*_in_words(self._client.call(GetContext()))]
            except AshbyError:  # the tools will tell; the next message asks again
                return []
        return self._known.get(user, [])


def _in_words(found: Any) -> Iterator[str]:
    if title := at(found, "apiKey", "title"):
        yield f"the API key is {_quoted(title)}"
    if user := at(found, "onBehalfOf"):
        yield f"you act for the user {_quoted(person(user) or '')} (user_id {user['id']})".replace(' ""', "")


def _quoted(said: Any) -> str:
    return json.dumps(one_line(said, 100), ensure_ascii=False)
