"""Words as a mirror keeps them to be searched: without case and accents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from langchain_ashby.text.letters import plain


def words_of(said: Mapping[str, Iterable[str | None]]) -> str:
    """The words of what is said under each name, each between spaces, alone and with the name: ` oslo place:oslo `.

    They are found with `sought`.
    """
    words: dict[str, None] = {}
    for name, texts in said.items():
        for word in (word for text in texts if text for word in split(text)):
            words |= {word: None, f"{name}:{word}": None}
    return f" {' '.join(words)} " if words else ""


def sought(text: str, name: str = "") -> list[str]:
    """Patterns for `LIKE`, one for each word of a text, that find it in `words_of`; `kube*` finds what begins so.

    With a name, only what is said under it is found.
    """
    found = []
    for part in text.split():
        words = split(part)
        for place, word in enumerate(words):
            begins = part.endswith("*") and place == len(words) - 1
            pattern = word.replace("_", r"\_")
            found.append(f"% {f'{name}:' if name else ''}{pattern}{'' if begins else ' '}%")
    return found


def split(text: str) -> list[str]:
    """The words of a text; `c++`, `c#` and `.net` are words too."""
    return _WORD.findall(plain(text))


_WORD = re.compile(r"\.?\w+[+#]*")
