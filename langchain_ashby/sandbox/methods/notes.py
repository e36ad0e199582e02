"""Notes on candidates."""

import re
from collections.abc import Collection
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import of
from langchain_ashby.sandbox.records import Candidate, Note
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Choice, Flag, Moment, Shape, Text, Uuid, request

_KEPT_TAGS = ("b", "i", "u", "a", "ul", "ol", "li", "code", "pre")
_DROPPED_WITH_CONTENT = ("script", "style")
_TYPED_NOTE = Shape({"type": Choice(("text/plain", "text/html")), "value": Text()})


class _Content:
    """A note's content: a string, or an object with the type of its text. HTML is reduced to what Ashby keeps."""

    def check(self, value: Any, where: str) -> str:
        if isinstance(value, dict):
            note = _TYPED_NOTE.check(value, where)
            return reduced_html(note["value"]) if note["type"] == "text/html" else str(note["value"])
        return Text().check(value, where)


NOTES = Resource(Note, "candidates", reply.note)
NOTES.list("candidate.listNotes", of(Candidate))


@method(
    "candidate.createNote",
    "candidatesWrite",
    request(
        {"candidateId": Uuid(), "note": _Content()},
        {"sendNotifications": Flag(), "isPrivate": Flag(), "createdAt": Moment()},
    ),
)
def create_note(call: Call) -> Any:
    """Adds a note; the same note twice is two notes."""
    candidate = call.get(Candidate, call.body["candidateId"])
    note = call.create(
        Note,
        candidateId=candidate["id"],
        authorId=call.acting_user_id,
        content=call.body["note"],
        isPrivate=call.body.get("isPrivate"),
        createdAt=call.body.get("createdAt"),
    )
    return reply.note(call, note)


def reduced_html(text: str, more: Collection[str] = ()) -> str:
    """The text with only the tags that a note may have, and some `more`."""
    reducer = _Reducer((*_KEPT_TAGS, *more))
    reducer.feed(text)
    reducer.close()
    return reducer.result()


def plain(html: str) -> str:
    """The text of HTML that was reduced, without its tags."""
    lines = re.sub("</(?:h[1-6]|li|pre)>", "\n", html)
    return unescape(re.sub("<[^>]*>", "", lines)).strip()


class _Reducer(HTMLParser):
    """Copies text and allowed tags, without attributes but for a link's target."""

    def __init__(self, kept: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._kept = kept
        self._parts: list[str] = []
        self._open: list[str] = []
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED_WITH_CONTENT:
            self._dropping += 1
        elif tag in self._kept:
            self._parts.append(f"<{tag}{_target(dict(attrs)) if tag == 'a' else ''}>")
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED_WITH_CONTENT:
            self._dropping = max(0, self._dropping - 1)
        while tag in self._open:
            self._parts.append(f"</{(closed := self._open.pop())}>")
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._parts.append(escape(data, quote=False))

    def result(self) -> str:
        return "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))])


def _target(attributes: dict[str, str | None]) -> str:
    address = attributes.get("href") or ""
    try:
        is_safe = urlsplit(address.strip()).scheme in ("http", "https", "mailto")
    except ValueError:
        is_safe = False
    return f' href="{escape(address)}"' if is_safe else ""
