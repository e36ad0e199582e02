"""Searches that miss no one: without accents, in any order of the names, with and without middle names.

Ashby finds the names that contain a text as it is written. So the tool also asks for each word of a name and for its
halves, of which one mostly has no accent, and keeps of what it finds the people whose names match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_ashby.endpoints.candidates import SearchCandidates
from langchain_ashby.text.letters import plain
from langchain_ashby.text.words import at
from langchain_ashby.toolkit.beside.found import Beside, Look
from langchain_ashby.toolkit.beside.reads import Reads

WORDS = 3
"""The most words of a name that are asked for one by one: the longest."""

SHORTEST = 2
"""The fewest letters that are asked for."""


def words(name: str) -> list[str]:
    """The plain words of a name."""
    return "".join(it if it.isalnum() else " " for it in plain(name)).split()


def same_person(asked: str, name: str) -> bool:
    """True if two names may be one person's: all words of one are in the other, in any order; initials count.

    A single word is looked for at the beginning of each.
    """
    one, other = words(asked), words(name)
    if len(one) == 1:
        return any(it.startswith(one[0]) for it in other)
    return bool(one) and (_within(one, other) or (len(other) > 1 and _within(other, one)))


def _within(few: Sequence[str], many: Sequence[str]) -> bool:
    """True if each of a few words stands for another of many."""
    left = [*many]
    for word in sorted(few, key=len, reverse=True):
        found = next((it for it in left if it == word), None)
        found = found or next((it for it in left if _is_initial(word, it) or _is_initial(it, word)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _is_initial(short: str, long: str) -> bool:
    return len(short) == 1 and long.startswith(short)


def _search(request: SearchCandidates, results: Any, reads: Reads) -> Beside:
    """Adds the people whose names match in another spelling."""
    most = request.most_results or 0
    found = results if isinstance(results, list) else []
    notes = [f"Ashby stops at {most}: there may be more; {_NARROW}"] if len(found) >= most else []
    if request.name is None or not isinstance(results, list):
        return Beside(results, notes=notes)
    asked = _parts(request.name)
    every = {text for texts in asked for text in texts} | {plain(request.name)}
    every = {it for it in every if it.strip() and it != request.name.casefold()}  # a mark alone leaves nothing
    read = dict(zip(every, reads.all([_named(request, it) for it in every]), strict=True))
    known = {at(it, "id") for it in found}
    more = {
        at(it, "id"): it
        for text in every
        for it in (read[text] if isinstance(read[text], list) else ())
        if isinstance(it, Mapping) and at(it, "id") not in known and same_person(request.name, str(at(it, "name")))
    }
    if not any(all(_is_complete(read.get(text, found), most) for text in texts) for texts in asked):
        notes = notes or [_IN_PART]
    return Beside([*found, *more.values()], notes=notes)


_NARROW = "give the email, or more of the name."
_IN_PART = f"Other spellings of the name were searched only in part; {_NARROW}"


def _is_complete(read: Any, most: int) -> bool:
    return isinstance(read, list) and len(read) < most


def _parts(name: str) -> list[set[str]]:
    """For the longest words of a name, what to ask for: the word as it is written, plain, and in halves."""
    written = sorted({it for it in name.casefold().split() if len(it) >= SHORTEST}, key=lambda it: (-len(it), it))
    return [
        {it for it in (word, plain(word), *_halves(plain(word))) if len(it) >= SHORTEST} for word in written[:WORDS]
    ]


def _halves(word: str) -> tuple[str, str]:
    return word[: len(word) // 2], word[len(word) // 2 :]


def _named(request: SearchCandidates, name: str) -> SearchCandidates:
    return SearchCandidates(email=request.email, name=name)


LOOKS: dict[type[Any], Look] = {SearchCandidates: _search}
