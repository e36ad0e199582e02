"""The weight of text, about what it costs a model whatever its script, and cells cut to it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple


class Limit(NamedTuple):
    """The most that a text may have: characters, and weight."""

    characters: int
    weight: int


def weight(text: str) -> int:
    """The approximate cost of a text, whatever its script: in o200k, about six units are a token.

    A letter of a text in ASCII weighs 1, as if it were English; elsewhere a letter weighs 2, one with a mark, which
    splits its word, 8, one of another alphabet 3, and a sign of a script that has thousands 5.
    """
    return sum(_weights(text))


def cut_apart(limits: Mapping[str, Limit], longest: int) -> dict[str, str]:
    """The texts, cut to their limits so that no two of them read the same.

    Texts that would be equal once they are cut get twice the room, and twice again, as long as it takes. Should they be
    equal up to `longest` characters at both ends, they are numbered.
    """
    room = dict(limits)
    numbers = dict.fromkeys(limits, "")
    while True:
        by_cut = defaultdict(list)
        for text, limit in room.items():
            by_cut[shortened_within(text, limit) + numbers[text]].append(text)
        if len(by_cut) == len(room):
            return {text: cut for cut, [text] in by_cut.items()}
        for alike in (texts for texts in by_cut.values() if len(texts) > 1):
            for number, text in enumerate(alike, 1):
                characters, most = room[text]
                if characters < longest or len(text) <= longest:
                    room[text] = Limit(min(2 * characters, longest), 2 * most)
                else:
                    numbers[text] += f" ({number} of {len(alike)})"


def shortened_within(text: str, limit: Limit) -> str:
    """The text, cut in the middle, as the end often has the difference: `Senior Eng…(Berlin)`.

    It is cut between words where that leaves half of either end, and never between a letter and its mark.
    """
    weights = _weights(text)
    if len(text) <= limit.characters and sum(weights) <= limit.weight:
        return text
    characters, most = limit.characters - 1, limit.weight - 1
    begin = _fitting(weights, 3 * characters // 5, 3 * most // 5)
    while begin and _joined(text, begin):
        begin -= 1
    space = text.rfind(" ", begin // 2, begin + 1)
    begin = space if space > 0 else begin
    end = len(text) - _fitting(weights[::-1], characters - begin, most - sum(weights[:begin]))
    while end < len(text) and _joined(text, end):
        end += 1
    space = text.find(" ", end - 1, (end + len(text)) // 2)
    end = space if space >= begin else end
    return f"{text[:begin].rstrip(' ,-')}…{text[end:].lstrip(' ,-')}"


def _fitting(weights: list[int], characters: int, most: int) -> int:
    """The number of letters from the beginning that fit."""
    return sum(1 for so_far in accumulate(weights[: max(characters, 0)]) if so_far <= most)


def _joined(text: str, place: int) -> bool:
    """True if the letters before and after a place are drawn as one."""
    before, after = text[place - 1], text[place]
    return unicodedata.category(after)[0] == "M" or not _JOINERS.isdisjoint((before, after))


_JOINERS = frozenset("\u200c\u200d")


def _weights(text: str) -> list[int]:
    return [1] * len(text) if text.isascii() else [_weight(character) for character in text]


def _weight(character: str) -> int:
    if character < "\x80":
        return 2
    if character < "\u0250" or "\u1e00" <= character < "\u1f00":
        return 8
    return 3 if character < "\u2000" else 5
