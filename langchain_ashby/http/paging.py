"""Reads a listing page by page, and notices one that would never end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from langchain_ashby.endpoint import Page, Paged
from langchain_ashby.errors import PagingError

T = TypeVar("T")

EMPTY_PAGES = 100
"""A listing ends with an error after this many empty pages in a row."""


def pages(call: Callable[[Paged[T]], Page[T]], request: Paged[T]) -> Iterator[Page[T]]:
    """Iterates over the pages of a listing, each of which `call` fetches.

    Raises:
        PagingError: if Ashby repeats a cursor or gives too many empty pages in a row.
    """
    seen, empty = {request.cursor}, 0
    while True:
        page = call(request)
        yield page
        if page.next_cursor is None:
            return
        empty = 0 if page.results else empty + 1
        if page.next_cursor in seen or empty == EMPTY_PAGES:
            problem = "the same cursor twice" if page.next_cursor in seen else f"{empty} empty pages in a row"
            raise PagingError(f"Ashby gave {problem}", endpoint=request.path, remedy="List again from the first page.")
        seen.add(page.next_cursor)
        request = request.model_copy(update={"cursor": page.next_cursor})


def items(call: Callable[[Paged[T]], Page[T]], request: Paged[T]) -> Iterator[T]:
    """Iterates over the records of a listing, as `pages` does over its pages."""
    for page in pages(call, request):
        yield from page.results
