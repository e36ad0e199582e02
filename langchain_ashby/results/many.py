"""What became of a bulk write, for a model: counts, and the records for which it was not made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_ashby.ids import short
from langchain_ashby.results import NOTICE, OWN, data_line
from langchain_ashby.text.words import one_line


@dataclass(frozen=True)
class Fate:
    """What became of the write for one record.

    Attributes:
        record: The id of the record.
        name: What to call it; empty if that is not known.
        outcome: What became of it, as the journal or a `Made` says it.
        reason: Why it was not made, in words; may quote data.
    """

    record: str
    name: str
    outcome: str
    reason: str


_MADE = ("applied", "made")
_DOUBTFUL = ("unknown", "not known")
_LONGEST_REASON = 200


def told_of_many(fates: Sequence[Fate], *, done: str, title: str) -> str:
    """Says how many records were changed, and which were not and why; one line for each reason.

    Args:
        fates: What became of each write.
        done: What was done to each record that was changed, such as `archived`.
        title: The title of the bulk write.
    """
    made = [it for it in fates if it.outcome in _MADE]
    doubtful = [it for it in fates if it.outcome in _DOUBTFUL]
    counted = f"{title}: {len(made)} of {len(fates)} {done}{f', {len(doubtful)} not known' if doubtful else ''}."
    if len(made) == len(fates):
        return f"{OWN}Done: {counted}"
    as_decided = all(it.outcome in (*_MADE, "taken off") for it in fates)
    first = "Outcome not known." if doubtful else "Not executed."
    begin = f"{OWN}Done:" if as_decided else "Executed in part." if made else first
    lines = [f"{begin} {counted}", f"{OWN}{NOTICE}"]
    for outcome in dict.fromkeys(it.outcome for it in fates if it.outcome not in _MADE):
        by_reason: dict[str, list[Fate]] = {}
        for it in fates:
            if it.outcome == outcome:
                reason = "" if outcome == "taken off" else one_line(it.reason, _LONGEST_REASON)  # its heading says it
                by_reason.setdefault(reason, []).append(it)
        lines.append(f"{OWN}{_HEADINGS.get(outcome, outcome)}: {sum(map(len, by_reason.values()))}")
        for reason, those in by_reason.items():
            who = ", ".join(f"{short(it.record)}{f' {one_line(it.name, 80)}' if it.name else ''}" for it in those)
            lines.append(data_line(f"- {reason.rstrip('.')}{': ' if reason else ''}{who}"))
    if doubtful:
        lines.append(f"{OWN}Read the records whose outcome is not known before you propose anything more for them.")
    return "\n".join(lines)


_HEADINGS = {
    "not applied": "Not made",
    "not made": "Not made",
    "partly applied": "Made in part",
    "refused": "Refused by Ashby",
    "unknown": "Outcome not known",
    "not known": "Outcome not known",
    "not attempted": "Not attempted",
    "stale": "Not made, because what the card showed has changed or can no longer be read",
    "expired": "Not made, because the approval has expired",
    "withheld": "Not made",
    "rejected": "Rejected by a person",
    "taken off": "Taken off by the person who approved the others",
    "left out": "Left out",
}
