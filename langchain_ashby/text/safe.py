"""Text that other people wrote, made safe to stand in a result: one line, and nothing in it that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

OWN = "# "
"""What the package's own lines begin with, and no line of data."""

BREAK = " ¶ "
"""What stands where a text had line breaks."""

_LINE_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")

# Characters that are drawn as nothing although Unicode counts them as letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
_OF_EMOJI = frozenset("\ufe0e\ufe0f")


def one_line(text: str) -> str:
    """A text on one line, with a ¶ where it had line breaks, single spaces, and nothing invisible in it."""
    if _PLAIN.fullmatch(text):
        return text
    lines = (" ".join(visible(line).split()) for line in _LINE_BREAKS.split(text))
    return BREAK.join(line for line in lines if line)


def visible(line: str) -> str:
    """The text with what cannot be seen written out: controls, directions and tags as `[U+202E]`."""
    if line.isascii() and line.isprintable():
        return line
    shown: list[str] = []
    for character in line:
        shown.append(_shown(character, shown[-1] if shown else " "))
    return "".join(shown)


def data_line(line: str) -> str:
    """A line of data as it may stand in a result: surely one line, and surely not beginning like one of our own."""
    indent = len(line) - len(line.lstrip(" "))
    line = line[:indent] + one_line(line)
    return f" {line}" if line.startswith(OWN[0]) else line


def shortened(text: str, most: int) -> str:
    """The text, cut at `most` characters; an … stands where it was cut."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def weight(text: str) -> int:
    """About what a text costs, whatever its script: in o200k, some six units are a token.

    A letter of a text in ASCII weighs 1, as if it were English; elsewhere a letter weighs 2, one with a mark, which
    splits its word, 8, one of another alphabet 3, and a sign of a script that has thousands 5.
    """
    return sum(_weights(text))


def lightened(text: str, most: int) -> str:
    """The text, cut at a weight of `most`, between words if that leaves half of it; an … stands where it was cut."""
    weights = _weights(text)
    if sum(weights) <= most:
        return text
    end = sum(1 for so_far in accumulate(weights) if so_far < most)
    between = text.rfind(" ", 0, end + 1)
    return f"{text[: between if between >= end / 2 else end].rstrip(' ,-')}…"


def _weights(text: str) -> list[int]:
    return [1] * len(text) if text.isascii() else [_weight(character) for character in text]


def _weight(character: str) -> int:
    if character < "\x80":
        return 2
    if character < "\u0250" or "\u1e00" <= character < "\u1f00":
        return 8
    return 3 if character < "\u2000" else 5


def bounded(text: str, most: int) -> str:
    """The text, cut at about `most` characters; it then ends with how much is missing."""
    return text if len(text) <= most else f"{text[:most].rstrip()}… ({len(text) - most} more characters)"


def _shown(character: str, before: str) -> str:
    """The character as it is shown behind what is shown before it."""
    if character.isascii():
        return character if character.isprintable() else " " if character == "\t" else _written_out(character)
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if character in _JOINERS or character in _SELECTORS:
        return character if _is_of_use(character, before) else _written_out(character)
    return _written_out(character) if category in _UNSEEN or character in _BLANK else character


def _is_of_use(character: str, before: str) -> bool:
    """Whether a character that is not seen shapes the one before it: in an emoji, or in Arabic and Indic scripts.

    Elsewhere it could only hide something: a bit behind each letter is a text that nobody sees.
    """
    emoji = len(before) == 1 and not before.isascii() and unicodedata.category(before) in ("So", "Sk")
    if character in _JOINERS:
        return emoji or before in _OF_EMOJI or "\u0600" <= before <= "\u0dff"
    return character in _OF_EMOJI and emoji


def _written_out(character: str) -> str:
    return f"[U+{ord(character):04X}]"
