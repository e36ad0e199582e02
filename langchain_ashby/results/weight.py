"""The weight of text: about what it costs a model, whatever its script."""

from __future__ import annotations

from itertools import accumulate


def weight(text: str) -> int:
    """The approximate cost of a text, whatever its script: in o200k, about six units are a token.

    A letter of a text in ASCII weighs 1, as if it were English; elsewhere a letter weighs 2, one with a mark, which
    splits its word, 8, one of another alphabet 3, and a sign of a script that has thousands 5.
    """
    return sum(_weights(text))


def lightened(text: str, most: int) -> str:
    """The text, cut at a weight of `most`, between words if that leaves half of it; … marks the cut."""
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
