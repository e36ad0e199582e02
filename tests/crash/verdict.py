"""Judges a trial: each approved write must run once and be accounted for, and nothing else may run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from crash.children import Ended
from crash.proposals import Write
from crash.threads import said

FAILURES = {
    "twice": "applied twice",
    "lost": "lost: approved, not applied, not said",
    "asked_again": "asked again after it ran",
    "unapproved": "ran rejected or not as approved",
    "unknown": "unknown though a read could tell",
    "misreported": "said the opposite of what happened",
    "stuck": "thread did not come to its end",
}


@dataclass(frozen=True)
class Row:
    """The result of a trial. All counts are of writes, except `stuck` and `kills`.

    Two counts are no failures: `still_pending`, writes that had run while the checkpointer still showed their question,
    and `not_done`, approved writes that did not run and were reported as such.
    """

    number: int
    agent: str
    setting: str
    writes: int
    told: list[str]
    kills: int
    twice: int = 0
    lost: int = 0
    asked_again: int = 0
    unapproved: int = 0
    unknown: int = 0
    misreported: int = 0
    stuck: int = 0
    still_pending: int = 0
    not_done: int = 0
    detail: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """True if anything went wrong."""
        return any(getattr(self, name) for name in FAILURES)

    def as_json(self) -> dict[str, Any]:
        """The row as plain JSON."""
        return asdict(self)


_NOTHING: dict[str, Any] = {"finished": False, "answers": {}, "asked": [], "pending": [], "withdrawn": []}


def judged(
    number: int,
    agent: str,
    setting: str,
    writes: Sequence[Write],
    log: Sequence[dict[str, Any]],
    state: dict[str, list[Any]],
    end: Ended,
    *,
    told: list[str],
    kills: int,
    earlier: list[str],
    may_be_unknown: bool,
) -> Row:
    """Compares the thread's end with the sandbox's log.

    With `may_be_unknown`, the effect may have come too late for a read to see.
    """
    recovery = (end.result or {}).get("result") or _NOTHING
    counts = dict.fromkeys([*FAILURES, "still_pending", "not_done"], 0)
    detail: list[str] = []

    def count(what: str, write: Write, why: object = "") -> None:
        counts[what] += 1
        detail.append(f"{what}: {write.kind}, {write.decision}, {write.call_id} {why}".rstrip())

    for write in writes:
        approved, otherwise = write.effects(log)
        _check_log(write, approved, state)
        status, text = recovery["answers"].get(write.call_id, (None, ""))
        denied, unknown = said(text)
        if otherwise or (approved and write.call_id in recovery["withdrawn"]):
            count("unapproved", write, otherwise or "(ran after it was rejected)")
        if approved > 1:
            count("twice", write, approved)
        if write.call_id in recovery["asked"]:
            count("asked_again", write)
        if write.call_id in recovery["pending"]:
            count("still_pending", write)
        if write.approved_mark() is None:
            continue
        if unknown:
            if not may_be_unknown:
                count("unknown", write, text[:200])
        elif approved and (status is None or denied):
            count("misreported", write, text[:200] or "(no answer)")
        elif not approved and status == "success":
            count("misreported", write, text[:200])
        elif not approved and status is None:
            count("lost", write)
        elif not approved:
            count("not_done", write, text[:200])
    if not recovery["finished"]:
        counts["stuck"] = 1
        detail.append(f"stuck: {end.error or recovery.get('raised') or end}")
    detail += [f"raised earlier: {error[-400:]}" for error in earlier]
    return Row(number, agent, setting, len(writes), told, kills, **counts, detail=detail)


def _check_log(write: Write, approved: int, state: dict[str, list[Any]]) -> None:
    """The log must agree with the records, if a second write makes a second record."""
    mark = write.approved_mark()
    if write.kind == "note" and mark:
        found = sum(mark in it["content"] for it in state["note"])
    elif write.kind == "candidate" and mark:
        found = sum(any(mark in email["value"] for email in it["emailAddresses"]) for it in state["candidate"])
    else:
        return
    if found != approved:
        raise AssertionError(f"the sandbox logged {approved} effects of {write} and has {found} records")


def table(rows: Iterable[Row], by: str = "agent") -> str:
    """A summary of the rows by agent, as Markdown."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(getattr(row, by)), []).append(row)
    names = [*FAILURES, "still_pending", "not_done"]
    heads = [by, "trials", "writes", "kills", *(name.replace("_", " ") for name in names)]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for group, of in groups.items():
        sums = [sum(getattr(row, name) for row in of) for name in ["writes", "kills", *names]]
        lines.append("| " + " | ".join([group, str(len(of)), *map(str, sums)]) + " |")
    return "\n".join(lines)
