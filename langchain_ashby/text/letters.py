"""Letters as they are compared: without case, accents and surplus spaces."""

from __future__ import annotations

import unicodedata

from langchain_ashby.text.safe import is_unseen


def without_accents(text: str) -> str:
    """A name for comparison. Letters that only look alike stay different, as do the vowel signs of other scripts."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(it for it in apart if not "\u0300" <= it <= "\u036f").split())


def plain(text: str) -> str:
    """A text for searching: without marks of any kind, `siobhan o dhomhnaill`, and with o for ø."""
    letters = unicodedata.normalize("NFKD", text.casefold()).translate(_ALONE)
    return "".join(it for it in letters if not unicodedata.combining(it))


def of_one_person(name: str) -> str:
    """A person's name for comparison: as `plain`, and without spaces and characters that are not seen.

    It is empty for a name that shows nothing.
    """
    return "".join(it for it in plain(unicodedata.normalize("NFKC", name)) if not is_unseen(it))


_ALONE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)
"""Letters that do not come apart into a letter and its mark, but are written without it elsewhere."""
