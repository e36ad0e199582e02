"""Further reads of one call: at the same time, each made once, within a part of the call's time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Operation, Page
from langchain_ashby.errors import AshbyError, PermissionDeniedError
from langchain_ashby.http.deadline import Deadline, current, within
from langchain_ashby.text.json import json_safe

AT_ONCE = 8
"""Requests under way at the same time."""

LONGEST = 20.0
"""The most seconds that all further reads of a call take; no more than a quarter of what a call may take."""

Read = Any
"""What a read brought: Ashby's JSON, the records of a page, or the error."""


class Reads:
    """Reads more than was asked for. A read that fails is an error in the list of results, and is not raised.

    Args:
        client: Reads through this client.
    """

    def __init__(self, client: AshbyClient) -> None:
        self._client = client
        self._made: dict[tuple[str, str], Read] = {}
        self._denied: dict[str, AshbyError] = {}
        self._deadline: Deadline | None = None

    def all(self, requests: Sequence[Operation[Any]]) -> list[Read]:
        """The results of reads in their order, each a result or an error; those of the same request are one."""
        wanted = {_key(it): it for it in requests if _key(it) not in self._made}
        if wanted:
            with within(self._within()), ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as threads:
                # Each in a copy of the context, which says for whom the client acts, and until when.
                started = {key: threads.submit(copy_context().run, self._tried, it) for key, it in wanted.items()}
            self._made |= {key: it.result() for key, it in started.items()}
        return [self._made[_key(it)] for it in requests]

    def one(self, request: Operation[Any]) -> Read:
        """The result of a read, or its error."""
        return self.all([request])[0]

    def _within(self) -> Deadline:
        if self._deadline is None:
            self._deadline = Deadline(min(LONGEST, self._client.budget / 4), current())
        return self._deadline

    def _tried(self, request: Operation[Any]) -> Read:
        if denied := self._denied.get(request.path):
            return denied  # the same key is refused again
        try:
            result = self._client.call(request)
        except AshbyError as error:
            if isinstance(error, PermissionDeniedError):
                self._denied[request.path] = error
            return error
        return json_safe(result.results if isinstance(result, Page) else result)


def records(read: Read) -> list[Any] | None:
    """The records that a read of a listing brought; None if it failed."""
    return read if isinstance(read, list) else None


def _key(request: Operation[Any]) -> tuple[str, str]:
    return request.path, request.model_dump_json()
