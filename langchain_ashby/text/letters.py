"""Letters as they are compared: without case, accents and surplus spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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

    Nor do those count that the inbox writes out, as `[U+200B]`, or that it cut off. It is empty for a name that shows
    nothing.
    """
    seen = _WRITTEN_OUT.sub("", _CUT.sub("", name))
    return "".join(it for it in plain(unicodedata.normalize("NFKC", seen)) if not is_unseen(it))


_ALONE: dict[int, str] = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)
"""Letters that do not come apart into a letter and its mark, but are written without it elsewhere."""


def alike(text: str) -> str:
    """A text for finding what was disguised: plain, without invisible characters, with Latin letters for lookalikes.

    Characters that results write out, as `[U+200B]`, are invisible ones too.
    """
    text = _WRITTEN_OUT.sub("", text).casefold()
    if text.isascii():
        return text
    return _FOREIGN.sub(lambda found: _seen(found[0]), unicodedata.normalize("NFKD", text))


@lru_cache(maxsize=4_000)
def _seen(character: str) -> str:
    """A character as a Latin letter or digit if it can be read as one; nothing for marks and what shapes others."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    is_seen = not unicodedata.combining(character) and unicodedata.category(character) != "Cf"
    return _LATIN.get(ord(character), character) if is_seen else ""


_WRITTEN_OUT = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
_CUT = re.compile(r"(\[(U(\+[0-9A-F]*)?)?)?…$")
"""The mark of a cut, which may go through a character that is written out."""
_FOREIGN = re.compile("[^\x00-\x7f]")
_LOOKALIKES = (
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d"
    "\u04bb\u04cf\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b3\u0261\u0251\u1d0f\u01c0",
    "abekmhopctyxijsdqwhlabeikvoptuxygaol",
)
"""Letters of other scripts, in lower case, and the Latin ones that they look like."""

_LATIN: dict[int, str] = _ALONE | dict(zip(map(ord, _LOOKALIKES[0]), _LOOKALIKES[1], strict=True))
