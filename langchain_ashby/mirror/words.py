"""Words as a mirror keeps them to be searched: without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from langchain_ashby.text.letters import plain

LONGEST = 40
"""The characters of a word that count. PostgreSQL takes no word of 2,048 bytes, and others would only cost space."""

MOST = 100_000
"""The characters that are kept of all words of a person: PostgreSQL takes a megabyte."""


class Sought(NamedTuple):
    """A word that is looked for.

    Attributes:
        word: As `words_of` has it.
        begins: True if whatever begins with it is meant.
    """

    word: str
    begins: bool


def words_of(anywhere: Iterable[str | None], named: Mapping[str, Iterable[str | None]]) -> str:
    """The words of texts, each between spaces; those of `named` also with the name: ` oslo :place:oslo `.

    No word begins with a colon, so what begins like a name is not taken for the name. They are found with `sought`.
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
    """The words of a text, to be found among those of `words_of`; `kube*` means what begins so.

    With a name, only what is said under it is meant.
    """
    found = []
    for part in text.split():
        words = split(part)
        for place, word in enumerate(words):
            begins = part.endswith("*") and place == len(words) - 1
            found.append(Sought(f":{name}:{word}" if name else word, begins))
    return list(dict.fromkeys(found))


def split(text: str) -> list[str]:
    """The words of a text; `c++`, `c#` and `.net` are words too. Soft hyphens and their like do not part any."""
    if not text.isascii():
        text = "".join(it for it in text if unicodedata.category(it) != "Cf")
    return [word[:LONGEST] for word in _WORD.findall(plain(text))]


_WORD = re.compile(r"\.?\w+[+#]*")
