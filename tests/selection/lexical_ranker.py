"""Measures how well words find tools: plain BM25 over names and descriptions, and the labeled requests.

The requests in `requests.jsonl` were written before any figure was known, and a random third of them is held out: no
description is tuned to them, and `python tests/selection` lists only the others' misses. Those in `unseen.jsonl` were
written when the descriptions were done, and no description may be changed for them: only their figures are shown.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import bm25s
from bm25s.stopwords import STOPWORDS_EN_PLUS
from snowballstemmer import stemmer

from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS

REQUESTS = Path(__file__).parent / "requests.jsonl"
UNSEEN = Path(__file__).parent / "unseen.jsonl"
IGNORED = {*STOPWORDS_EN_PLUS, "ashby"}
"""Words that do not distinguish tools: the usual English stop words, and the product's name."""

_stem = cache(stemmer("english").stemWord)


@dataclass(frozen=True)
class Request:
    """A request, and the tools that can each serve it."""

    text: str
    tools: frozenset[str]
    held_out: bool


@dataclass(frozen=True)
class Recall:
    """The share of requests with a fitting tool among the first 1, 3 and 5."""

    requests: int
    at_1: float
    at_3: float
    at_5: float


def read_requests(file: Path = REQUESTS) -> list[Request]:
    """The labeled requests, in file order."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [Request(row["request"], frozenset(row["tools"]), row.get("held_out", False)) for row in rows]


def words(text: str) -> list[str]:
    """The words of a text without accents, endings and stop words; "e-mail" becomes "email"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    joined = [word.replace("-", "") for word in re.findall(r"[a-z]+-[a-z-]*[a-z]", plain)]
    return [_stem(word) for word in re.findall(r"[a-z0-9]+", plain) + joined if word not in IGNORED]


class Ranker:
    """Ranks tools by how well their text matches a request."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._names = list(texts)
        self._index = bm25s.BM25()
        self._index.index([words(text) for text in texts.values()], show_progress=False)

    def rank(self, request: str) -> list[str]:
        """The tools that share a word with the request, best first."""
        known = [word for word in words(request) if word in self._index.vocab_dict]
        if not known:
            return []
        scores = self._index.get_scores(known)
        order = sorted(range(len(self._names)), key=lambda place: -scores[place])
        return [self._names[place] for place in order if scores[place] > 0]

    def place(self, request: Request) -> int | None:
        """The rank of the first fitting tool, from 1; None if none is found."""
        ranked = self.rank(request.text)
        return min((ranked.index(tool) + 1 for tool in request.tools if tool in ranked), default=None)


def names_and_descriptions() -> dict[str, str]:
    """The searched text: each tool's name in words and its description."""
    return {name: f"{operation.tool_title()}. {operation.tool_description()}" for name, operation in OPERATIONS.items()}


def with_arguments() -> dict[str, str]:
    """The same plus the arguments' names and descriptions, which some providers search, too."""
    texts = names_and_descriptions()
    return {name: f"{texts[name]} {' '.join(_of_arguments(operation))}" for name, operation in OPERATIONS.items()}


def _of_arguments(operation: type[Operation[object]]) -> Iterable[str]:
    for name, schema in operation.argument_schema()["properties"].items():
        yield name
        yield schema.get("description", "")


def recall(ranker: Ranker, requests: Sequence[Request]) -> Recall:
    """How often a fitting tool ranks among the first."""
    places = [ranker.place(request) for request in requests]

    def within(depth: int) -> float:
        return sum(place is not None and place <= depth for place in places) / len(places)

    return Recall(len(places), within(1), within(3), within(5))
