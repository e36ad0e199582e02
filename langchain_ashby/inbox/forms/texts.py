"""Text in the controls of a browser: what they can hold, and what they hide."""

from __future__ import annotations

import re

from langchain_ashby.text.safe import as_typed, bounded, visible

REPLACED = "\ufffd"
"""What a browser shows for a character that it cannot hold."""

_NOT_HELD = re.compile("[\0\ud800-\udfff]")
_MOST_SHOWN = 4000


def lines(text: str) -> str:
    """The text with line breaks as Python writes them: a browser sends others than it was given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def holdable(text: str) -> str:
    """The text as a control of a browser can hold it and send it back."""
    return lines(_NOT_HELD.sub(REPLACED, text))


def unheld(text: str) -> list[str]:
    """The characters that no control can hold, written out: [U+0000], halves of characters."""
    return [visible(it) for it in dict.fromkeys(_NOT_HELD.findall(text))]


def in_the_breaks_of(text: str, other: str) -> str:
    """The text with the line breaks of another one, if those are all of the kind that Windows writes."""
    windows = "\r\n" in other and "\n" not in other.replace("\r\n", "")
    return lines(text).replace("\n", "\r\n") if windows else lines(text)


def hidden_in(text: str) -> list[str]:
    """Says what a control would hide of a text: characters that are drawn as nothing, and spaces at its ends."""
    said = []
    if lost := unheld(text):
        said.append(f"Browsers cannot hold {', '.join(lost)}: it is kept only if you leave this text unchanged.")
    plain = lines(text)
    if plain.strip() and plain != plain.strip():
        said.append("Begins or ends with spaces or empty lines.")
    written = visible(as_typed(plain))
    if written != plain.replace("\t", " "):
        said.append(f"With invisible characters written out: {bounded(written, _MOST_SHOWN)}")
    return said
