"""Words as a mirror keeps them to be searched: without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from langchain_ashby.text.letters import plain
from langchain_ashby.text.safe import is_unseen

LONGEST = 500
"""How many characters of a word count: PostgreSQL refuses words of 2,048 bytes."""

MOST = 100_000
"""How many characters of all of a person's words are kept: PostgreSQL takes a megabyte."""


class Sought(NamedTuple):
    """A word to search for.

    Attributes:
        word: The word, as `words_of` writes it.
        begins: True to match any word that begins with it.
    """

    word: str
    begins: bool

    def is_in(self, words: str) -> bool:
        """True if it is among words as `words_of` returns them."""
        return f" {self.word}{'' if self.begins else ' '}" in words


def words_of(anywhere: Iterable[str | None], named: Mapping[str, Iterable[str | None]]) -> str:
    """Returns the words of texts, separated by spaces; those of `named` also with the name: ` oslo :place:oslo `.

    Words never begin with a colon, so no text can pass for a name. `sought` makes the words to search for.
    """
    words = dict.fromkeys(_words(anywhere))
    for name, texts in named.items():
        for word in _words(texts):
            words |= {word: None, f":{name}:{word}": None}
    kept = " ".join(words)
    if len(kept) > MOST:
        kept = kept[:MOST].rpartition(" ")[0]
    return f" {kept} " if kept else ""


def _words(texts: Iterable[str | None]) -> Iterator[str]:
    for word in (word for text in texts if text for word in split(text)):
        yield word
        if word.startswith("."):  # .net is also found as net
            yield word[1:]


def sought(text: str, name: str = "") -> list[Sought]:
    """Returns a text's words, to search for in those of `words_of`; `kube*` matches all words that begin with it.

    With a name, only words under that name match.
    """
    found = []
    for part in text.split():
        words = split(part)
        for place, word in enumerate(words):
            begins = part.endswith("*") and place == len(words) - 1
            found.append(Sought(f":{name}:{word}" if name else word, begins))
    return list(dict.fromkeys(found))


def split(text: str) -> list[str]:
    """Splits a text into words; `c++`, `c#` and `.net` are words too. Soft hyphens and the like do not split words."""
    if not text.isascii():
        text = "".join(it for it in text if not _is_nothing(it))
    letters = plain(text)
    # Vowel signs belong to words, but `re` does not count them as letters.
    shape = letters if letters.isascii() else "".join("_" if _is_sign(it) else it for it in letters)
    return [letters[found.start() : found.end()][:LONGEST] for found in _WORD.finditer(shape)]


def _is_nothing(character: str) -> bool:
    """True for what is not seen inside a word: soft hyphens, joiners, selectors of emoji."""
    return unicodedata.category(character) == "Cf" or (_is_sign(character) and is_unseen(character))


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc")


_WORD = re.compile(r"\.?\w+[+#]*")
