"""Prints the recall of the selection set: `python tests/selection`."""

from __future__ import annotations

from collections.abc import Sequence

from lexical_ranker import UNSEEN, Ranker, Request, names_and_descriptions, read_requests, recall, with_arguments

from langchain_ashby.endpoints import BY_DEFAULT


def main() -> None:
    """Prints the figures, then each miss outside the held-out set."""
    requests = read_requests()
    held_out = [request for request in requests if request.held_out]
    open_ones = [request for request in requests if not request.held_out]
    unseen = read_requests(UNSEEN)
    print(f"{'BM25 over':<34}{'requests':>16}{'@1':>8}{'@3':>8}{'@5':>8}")
    described = names_and_descriptions()
    for title, texts in (
        ("names and descriptions", described),
        ("the same, of the default toolkit", {name: text for name, text in described.items() if name in BY_DEFAULT}),
        ("names, descriptions, arguments", with_arguments()),
    ):
        ranker = Ranker(texts)
        for part, asked in (("all", requests), ("open", open_ones), ("held out", held_out), ("unseen", unseen)):
            row = recall(ranker, [request for request in asked if request.tools & texts.keys()])
            print(f"{title:<34}{part:>10}{row.requests:>6}{row.at_1:>8.1%}{row.at_3:>8.1%}{row.at_5:>8.1%}")
    print("\nNot among the first 5 by names and descriptions (those that are held out are not shown):")
    _print_misses(Ranker(names_and_descriptions()), open_ones)


def _print_misses(ranker: Ranker, requests: Sequence[Request]) -> None:
    for request in requests:
        place = ranker.place(request)
        if place is None or place > 5:
            wanted = " or ".join(sorted(tool.removeprefix("ashby_") for tool in request.tools))
            first = ", ".join(tool.removeprefix("ashby_") for tool in ranker.rank(request.text)[:5])
            print(f"- {request.text}\n    wanted {wanted} (place {place}); found {first}")


if __name__ == "__main__":
    main()
