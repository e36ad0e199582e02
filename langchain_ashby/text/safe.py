"""Text that other people wrote, made safe to show: invisible characters are written out, and what is cut says so."""

from __future__ import annotations

import re
import unicodedata

# Drawn as nothing although Unicode counts them as letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_OF_EMOJI = frozenset("\ufe0e\ufe0f")
_EMOJI = (range(0x2190, 0x2400), range(0x25A0, 0x27C0), range(0x2900, 0x2C00), range(0x1F000, 0x20000))
_ARABIC = (range(0x0620, 0x0700), range(0x0750, 0x0780), range(0x08A0, 0x08E0))
_NEVER_JOINED = frozenset(
    "\u0621\u0622\u0623\u0624\u0625\u0627\u0629\u062f\u0630\u0631\u0632\u0648\u0671\u0688\u0691\u0698\u06c0\u06d2\u06d5"
)
"""Arabic letters that never join the next one, so that a joiner after them has no effect."""


def visible(text: str) -> str:
    """The text with invisible characters written out, as `[U+202E]`. Line breaks stay.

    Characters that shape their neighbors stay: in emoji, between Arabic letters, and after the virama of Indic scripts.
    Anywhere else they could only hide something: one bit after each letter spells a text that no one sees.
    """
    if text.isascii() and text.isprintable():
        return text
    return _TO_EXAMINE.sub(_examined, text)


def is_unseen(character: str) -> bool:
    """True for spaces, and for characters that are drawn as nothing."""
    return unicodedata.category(character) in _UNSEEN or character in _BLANK or character in _SELECTORS


def as_typed(text: str) -> str:
    """Text for `visible`, where a character that somebody wrote out as `[U+202E]` looks like an invisible one.

    It cannot be told afterwards which it was, so this takes the text as it came, and once.
    """
    return text.replace("[U+", "[U+005B]U+")


def is_right_to_left(text: str) -> bool:
    """True if some of the text runs from right to left: it would turn what stands around it."""
    return not text.isascii() and any(unicodedata.bidirectional(it) in _RIGHT_TO_LEFT for it in text)


def isolated(text: str) -> str:
    """The text, kept apart from the direction of what stands around it if some of it runs from right to left.

    The marks for that are invisible, so this comes after `visible`.
    """
    return f"\u2068{text}\u2069" if is_right_to_left(text) else text


def shortened(text: str, most: int) -> str:
    """The text, cut at `most` characters; … marks the cut."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def bounded(text: str, most: int) -> str:
    """The text, cut at about `most` characters and ending with how many are missing."""
    return text if len(text) <= most else f"{text[:most].rstrip()}… ({len(text) - most} more characters)"


def whole_until(text: str, end: int) -> int:
    """The last place up to `end` where text can be cut between what readers see as characters.

    A character may have marks, joiners and modifiers after it, be one of a pair, or be spelled out as `[U+202E]`.
    """
    for place in range(end, max(end - _LONGEST_CHARACTER, 0), -1):
        if place >= len(text) or not _belong_together(text, place):
            return place
    return end


_LONGEST_CHARACTER = 40
_WITHIN_SPELLED_OUT = re.compile(r"\[U?\+?[0-9A-F]*$")
_MODIFIERS = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_JAMO = (range(0x1100, 0x1200), range(0xA960, 0xA980), range(0xAC00, 0xD800))


def _belong_together(text: str, place: int) -> bool:
    """True if the characters before and after a place are seen as one."""
    before, after = text[place - 1], text[place]
    if before.isascii() and after.isascii():
        return _WITHIN_SPELLED_OUT.search(text, max(place - 9, 0), place) is not None
    return (
        unicodedata.category(after)[0] == "M"
        or after in _JOINERS
        or after in _SELECTORS
        or before == "\u200d"
        or unicodedata.combining(before) == _VIRAMA
        or ord(after) in _MODIFIERS
        or (ord(before) in _FLAGS and ord(after) in _FLAGS)
        or (_is_in(before, _JAMO) and _is_in(after, _JAMO[:2]))
        or (ord(before) in _JAMO[0] and _is_in(after, _JAMO))
    )


_TO_EXAMINE = re.compile(rf"[^\n -~\w]|[{''.join(_BLANK)}]")  # some letters are blank


def _examined(found: re.Match[str]) -> str:
    """The character as shown between its neighbors."""
    character, text, place = found[0], found.string, found.start()
    before, after = text[place - 1 : place] or " ", text[place + 1 : place + 2] or " "
    if character.isascii():
        return _SPELLED.get(character) or _written_out(character)
    if character in _JOINERS or character in _SELECTORS:
        return character if _shapes(before, character, after) else _written_out(character)
    return _written_out(character) if is_unseen(character) else character


_SPELLED = {"\t": " "}


def _shapes(before: str, character: str, after: str) -> bool:
    """True if an invisible character visibly changes its neighbors."""
    if character in _SELECTORS:
        is_key = before in "0123456789#*" and after == "\u20e3"
        return character in _OF_EMOJI and (
            _is_in(before, _EMOJI) or before in "\u00a9\u00ae\u203c\u2049\u2122" or is_key
        )
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after)[0] in "LM"
    if character == "\u200d" and (_is_in(before, _EMOJI) or before in _OF_EMOJI):
        return _is_in(after, _EMOJI)
    joins = _is_in(before, _ARABIC) and unicodedata.category(before) == "Lo" and before not in _NEVER_JOINED
    is_followed = _is_in(after, _ARABIC) and unicodedata.category(after) == "Lo"
    return joins and is_followed is (character == "\u200c")


_VIRAMA = 9


def _is_in(character: str, ranges: tuple[range, ...]) -> bool:
    return any(ord(character) in it for it in ranges)


def _written_out(character: str) -> str:
    return f"[U+{ord(character):04X}]"
