"""Where the values of a call come from, in lines."""

from __future__ import annotations

from langchain_ashby.agent.cards.card import Card, Source
from langchain_ashby.text.words import nth, one_line, one_of, quoted

TITLE = "Where the values come from"

_SAID = {
    "user": "said by the user",
    "reviewer": "said by a reviewer",
    "ashby": "in Ashby",
    "outsiders": "only in text by outsiders",
    "model": "the model's own words",
}

_FOUND_NOWHERE = "not found in anything that was said or read"


def sources_in_words(card: Card) -> list[str]:
    """A line for each value: the argument, the value, and who said it; the ones to check come first."""
    return [_line(it) for it in sorted(card.get("sources", ()), key=lambda it: it["from"] != "outsiders")]


def _line(source: Source) -> str:
    is_text = source["what"] in ("text", "passage", "date")
    who = _FOUND_NOWHERE if source["from"] == "model" and not is_text else _SAID[source["from"]]
    where = f": {source['where']}" if source["where"] else ""
    return f"{label(source['argument'])} {quoted(source['value'])}: {who}{where}"


def label(way: str) -> str:
    """An argument in words: `email of the 1st interviewer of the 2nd interview event`."""
    said: list[str] = []
    for step in way.split("."):
        if step.isdecimal() and said:
            said[-1] = f"{nth(int(step) + 1)} {one_of(said[-1])}"
        else:
            said.append(step.replace("_", " "))
    return one_line(" of the ".join(reversed(said)), 80)
