"""Text that other people wrote, made safe to show: invisible characters are written out, and what is cut says so."""

from __future__ import annotations

import unicodedata

# Drawn as nothing although Unicode counts them as letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
_OF_EMOJI = frozenset("\ufe0e\ufe0f")


def visible(text: str) -> str:
    """The text with what is invisible written out: controls, directions and tags as `[U+202E]`. It keeps its lines."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    for character in text:
        shown.append(character if character == "\n" else _shown(character, shown[-1] if shown else " "))
    return "".join(shown)


def shortened(text: str, most: int) -> str:
    """The text, cut at `most` characters; … marks the cut."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def bounded(text: str, most: int) -> str:
    """The text, cut at about `most` characters and ending with how many are missing."""
    return text if len(text) <= most else f"{text[:most].rstrip()}… ({len(text) - most} more characters)"


def _shown(character: str, before: str) -> str:
    """The character as it is shown after the one shown before it."""
    if character.isascii():
        return character if character.isprintable() else " " if character == "\t" else _written_out(character)
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if character in _JOINERS or character in _SELECTORS:
        return character if _is_of_use(character, before) else _written_out(character)
    return _written_out(character) if category in _UNSEEN or character in _BLANK else character


def _is_of_use(character: str, before: str) -> bool:
    """True if an invisible character shapes the one before it: in an emoji, or in Arabic and Indic scripts.

    Anywhere else it can only hide something: one bit after each letter spells a text that no one sees.
    """
    emoji = len(before) == 1 and not before.isascii() and unicodedata.category(before) in ("So", "Sk")
    if character in _JOINERS:
        return emoji or before in _OF_EMOJI or "\u0600" <= before <= "\u0dff"
    return character in _OF_EMOJI and emoji


def _written_out(character: str) -> str:
    return f"[U+{ord(character):04X}]"
