"""Letters as they are compared: without case, accents and surplus spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from langchain_ashby.text.safe import is_unseen


def without_accents(text: str) -> str:
    """A name for comparison. Letters that only look alike stay different, as do the vowel signs of other scripts."""
    if text.isascii():
        return " ".join(text.casefold().split())
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(it for it in apart if not "\u0300" <= it <= "\u036f").split())


def plain(text: str) -> str:
    """A text for searching: without marks of any kind, `siobhan o dhomhnaill`, and with o for ø."""
    letters = unicodedata.normalize("NFKD", text.casefold()).translate(_ALONE)
    return "".join(it for it in letters if not unicodedata.combining(it))


def of_one_person(name: str) -> str:
    """A person's name for comparison: as `alike`, without spaces, unseen characters and the inbox's mark of a cut.

    Letters, digits and marks that pass for each other in Latin script are one here too, as in Ian and lan, or Olga and
    0lga: if two people count as one, a third can approve, but one person who counts as two needs nobody else. It is
    empty for a name that shows nothing.
    """
    seen = _composed(_CUT.sub("", name))
    seen = _WITH_LATIN.sub(lambda word: word[0].translate(_CAPITALS), seen)
    one = "".join(it for it in alike(seen) if not is_unseen(it)).translate(_PASS_FOR)
    return one.replace("rn", "m").replace("vv", "w")


_PASS_FOR = (
    str.maketrans("i1|\u22230", "llllo")
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212"), "-")
    | dict.fromkeys(map(ord, "'`\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02c8\ua78c"), "")
)
"""Apostrophes are left out because `alike` leaves out an accent in the place of one, as in O\u00b4Neil."""

_WITH_LATIN = re.compile(r"\S*[A-Za-z]\S*")
_CAPITALS = str.maketrans("\u0397\u039c\u039d\u03a5\u0396\u04ae\u0474\u053c", "HMNYZYVL")
"""Capitals of other scripts whose small letters look like other Latin ones, or like none. In a word of their own script
they stay, for it may also be written in small letters."""


_ALONE: dict[int, str] = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)
"""Letters that do not come apart into a letter and its mark, but are written without it elsewhere."""


def alike(text: str) -> str:
    """A text for finding what was disguised: plain, without invisible characters, with Latin letters for lookalikes.

    Characters that results write out, as `[U+200B]`, are invisible ones too.
    """
    text = _WRITTEN_OUT.sub("", text)
    if text.isascii():
        return text.casefold()
    # The bold capitals of mathematics, for example, have no case until they are plain ones.
    apart = unicodedata.normalize("NFKD", _composed(text).casefold())
    return _FOREIGN.sub(lambda found: _seen(found[0]), apart)


def _composed(text: str) -> str:
    """Composes a text, and reads the lunate sigma as a c."""
    return unicodedata.normalize("NFKC", text.translate({0x3F2: "c", 0x3F9: "C"}))


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
_LOOKALIKES = {
    "\u0430\u0432\u0433\u0435\u043a\u043c\u043d\u043e\u043f\u0440\u0441\u0442\u0443\u0445": "abrekmhonpctyx",
    "\u0454\u0456\u0458\u0455\u0501\u050d\u051b\u051d\u04bb\u04cf\u0585\u0578\u057d\u0570": "eijsdgqwhlonuh",
    "\u03b1\u03b2\u03b3\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9": "abyenikvoptuxw",
    "\u0251\u0261\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f\u01c0\ua730\ua731": "agginrybhllfs",
    "\u1d00\u1d04\u1d05\u1d07\u1d0a\u1d0b\u1d0d\u1d0f\u1d18\u1d1b\u1d1c\u1d20\u1d21\u1d22": "acdejkmoptuvwz",
    "\u13a0\u13a1\u13a2\u13a9\u13aa\u13ab\u13ac\u13b3\u13b7\u13bb\u13c0\u13c3\u13d9\u13da": "drtyajewmhgzvs",
    "\u13de\u13df\u13e2\u13e6\u13f4\u13cf": "lcpkbb",
    "\u044c\u0475\u0185\u0269\u028b\u026f\u03c3\u03f3\u0581\u0566\u0575": "bvbiuwojgqj",
    "\ua4d0\ua4d1\ua4d3\ua4d4\ua4d6\ua4d7\ua4d9\ua4da\ua4dc\ua4dd\ua4df\ua4e0\ua4e1": "bpdtgkjczfmnl",
    "\ua4e2\ua4e3\ua4e6\ua4e7\ua4ea\ua4eb\ua4ec\ua4ee\ua4f0\ua4f2\ua4f3\ua4f4": "srvhwxyaeiou",
}
"""Letters of other scripts, in lower case, and the Latin ones that they look like."""

_LATIN: dict[int, str] = _ALONE | {
    ord(letter): latin for row in _LOOKALIKES.items() for letter, latin in zip(*row, strict=True)
}
