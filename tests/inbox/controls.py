"""Reads the controls of a page's form as a browser does, and sends them as a browser would."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from langchain_ashby.inbox.forms import Form

Sent = dict[str, list[str]]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?")


def environment() -> Environment:
    return Environment(
        loader=PackageLoader("langchain_ashby.inbox"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


_PAGE = environment().from_string(
    '{% import "form.html" as forms %}<form>{{ forms.summary(form) }}{{ forms.fields(form) }}</form>'
)


def page(form: Form) -> str:
    """The form as HTML."""
    return _PAGE.render(form=form)


class Controls(HTMLParser):
    """The controls of a page, with what a browser would make of their values.

    Attributes:
        sent: What a submit by the Enter key or a script sends, but for the buttons.
        tags: Every element with its attributes.
        text: The text of the page.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: Sent = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._area: str | None = None
        self._held = ""
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute twice in {attrs}"
        self.tags.append((tag, given))
        name, value, kind = given.get("name"), given.get("value") or "", given.get("type") or "text"
        if tag == "input" and name:
            if kind == "checkbox":
                if "checked" in given:
                    self._send(name, value)
            else:
                self._send(name, _sanitised(kind, value))
        elif tag == "textarea":
            self._area, self._held = name, ""
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((value, "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._held += data
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            held = self._held.replace("\r\n", "\n").replace("\r", "\n")
            self._send(self._area, held.removeprefix("\n").replace("\n", "\r\n"))
            self._area = None
        elif tag == "select" and self._select is not None and self._options:
            chosen = [value for value, is_selected in self._options if is_selected] or [self._options[0][0]]
            self._send(self._select, chosen[-1])
            self._select = None

    def _send(self, name: str, value: str) -> None:
        # what cannot be sent as UTF-8 must not be on a page at all
        self.sent.setdefault(name, []).append(value.encode().decode())


def _sanitised(kind: str, value: str) -> str:
    """The value of an input as HTML's rules for its type leave it."""
    value = value.replace("\0", "\ufffd")
    if kind == "date":
        return value if _DATE.fullmatch(value) else ""
    if kind == "datetime-local":
        return (
            re.sub(r":00(\.0+)?$", "", value)
            if _LOCAL.fullmatch(value) and value.count(":") == 2
            else (value if _LOCAL.fullmatch(value) else "")
        )
    return value if kind == "hidden" else re.sub("[\r\n]", "", value)


def controls(form: Form) -> Controls:
    """The controls of a form."""
    return Controls(page(form))


def typed(form: Form, values: dict[str, Any] | None = None, without: Iterable[str] = ()) -> Sent:
    """What a browser sends after somebody typed these values over those that the controls held."""
    sent = controls(form).sent
    for name, value in (values or {}).items():
        sent[name] = value if isinstance(value, list) else [value]
    for name in without:
        sent.pop(name, None)
    return sent
