"""Judges a trial: each approved write must run once and be accounted for, and nothing else may run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from crash.children import Ended
from crash.killing_sandbox import OTHER, WRITES
from crash.proposals import CREATIONS, Write, effects
from crash.threads import said

FAILURES = {
    "twice": "applied twice",
    "lost": "approved, not applied, not said",
    "asked_again": "asked again after it ran",
    "unapproved": "ran rejected, not as approved, or in another account",
    "told_made": "told as made, which it was not",
    "told_not_made": "told as not made, which it was",
    "needlessly_unknown": "unknown though a read could tell",
    "stuck": "thread did not come to its end",
}
NO_FAILURES = ("unknown", "still_pending", "not_done")


@dataclass(frozen=True)
class Circumstances:
    """What excuses an answer, or forbids an effect.

    Attributes:
        put_back: The calls whose effect a colleague has undone.
        withheld: The calls whose cards say something else by now, so that they must not run.
        one_account: True if nothing was shown to a person in another account, so that nothing may run there.
        other_account: True if some of it was tried, or settled, under another account.
        held_up: True if a worker was stopped past its lease, so that its request could leave at any time.
        twins: True if another thread made the same writes, so that no effect can be told to be this one's.
        late: True if an effect may have come too late for a read to see.
    """

    put_back: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    one_account: bool = False
    other_account: bool = False
    held_up: bool = False
    late: bool = False
    twins: bool = False

    def doubt(self, write: Write) -> str:
        """Why a read may be unable to tell what became of a write; empty if there is no reason."""
        reasons = {
            "a colleague has put it back": write.call_id in self.put_back,
            "it was begun in another account": self.other_account,
            "its worker may go on at any time": self.held_up,
            "the effect may have come late": self.late,
            "another thread's attempt is in doubt, too": self.twins,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")


@dataclass(frozen=True)
class Row:
    """The result of a trial. All counts are of writes, except `stuck` and `kills`.

    Three counts are no failures: `unknown`, writes of which nobody could tell what became, by reason in `why_unknown`;
    `still_pending`, writes that had run while the checkpointer still showed their question, or while nobody could tell;
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
    told_made: int = 0
    told_not_made: int = 0
    needlessly_unknown: int = 0
    stuck: int = 0
    unknown: int = 0
    still_pending: int = 0
    not_done: int = 0
    why_unknown: dict[str, int] = field(default_factory=dict)
    detail: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """True if anything went wrong."""
        return any(getattr(self, name) for name in FAILURES)

    def as_json(self) -> dict[str, Any]:
        """The row as plain JSON."""
        return asdict(self)


Answers = Mapping[str, Sequence[str]]
"""The status and the text of the answer to each call."""

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
    circumstances: Circumstances,
    heard: Sequence[Answers] = (),
) -> Row:
    """Compares the thread's end, and the answers `heard` before it, with the sandbox's log.

    Identical writes are judged together: no more may be told as made, or as not made, than are so.
    """
    recovery = (end.result or {}).get("result") or _NOTHING
    withdrawn = set(recovery["withdrawn"])
    judge = _Judge(circumstances)
    if circumstances.one_account:
        for it in log:
            if it["key"] == OTHER and it["ok"] and it["endpoint"] in WRITES:
                judge.count("unapproved", 1, f"{it['endpoint']} in another account")
    for (endpoint, mark), alike in _by_mark(writes).items():
        found = effects(log, endpoint, mark)
        approved = [write for write in alike if write.approved_mark() == mark]
        if not circumstances.put_back & {it.call_id for it in alike}:
            _check_log(alike[0], mark, found, state)
        may_run = [it for it in approved if it.call_id not in withdrawn | circumstances.withheld]
        judge.count("twice" if may_run and found > len(approved) else "unapproved", found - len(may_run), alike[0])
        if approved:
            for answers in [*heard, recovery["answers"]]:
                judge.hear(approved, found, answers, is_last=answers is recovery["answers"])
    for write in writes:
        judge.asked(write, write.call_id in recovery["asked"], write.call_id in recovery["pending"])
    if not recovery["finished"]:
        judge.count("stuck", 1, f"{end.error or recovery.get('raised') or end}")
    detail = [*judge.detail, *(f"raised earlier: {error[-400:]}" for error in earlier)]
    whys = dict(judge.why_unknown)
    return Row(number, agent, setting, len(writes), told, kills, **judge.counts, why_unknown=whys, detail=detail)


class _Judge:
    """Counts what is wrong, and says it."""

    def __init__(self, circumstances: Circumstances) -> None:
        self.counts = dict.fromkeys([*FAILURES, *NO_FAILURES], 0)
        self.why_unknown: Counter[str] = Counter()
        self.detail: list[str] = []
        self._circumstances = circumstances

    def count(self, what: str, times: int, which: Write | str, why: str = "") -> None:
        """Counts something, unless it occurred less than once."""
        if times <= 0:
            return
        self.counts[what] += times
        words = which if isinstance(which, str) else f"{which.kind}, {which.decision}, {which.call_id}"
        self.detail.append(f"{what}: {words} {why}".rstrip())

    def hear(self, alike: Sequence[Write], found: int, answers: Answers, *, is_last: bool) -> None:
        """Compares answers to identical writes that were approved with the number of effects."""
        said_so: dict[str, list[Write]] = {"made": [], "denied": [], "unknown": [], "silent": [], "else": []}
        for write in alike:
            said_so[_meaning(*answers.get(write.call_id, (None, "")))].append(write)
        missing = max(0, len(alike) - found)
        denied, silent = len(said_so["denied"]), len(said_so["silent"])
        text = "; ".join(answers[it.call_id][1][:200] for it in alike if it.call_id in answers)
        self.count("told_made", len(said_so["made"]) - found, alike[0], text)
        # An answer that is yet to come denies nothing.
        self.count("told_not_made", denied + (silent if is_last else 0) - missing, alike[0], text or "(no answer)")
        if not is_last:
            return
        self.count("lost", min(silent, missing - denied), alike[0])
        self.count("not_done", min(denied + len(said_so["else"]), missing), alike[0], text)
        for write in said_so["unknown"]:
            why = self._circumstances.doubt(write) or _unprovable(write, len(alike), missing)
            self.count("unknown" if why else "needlessly_unknown", 1, write, why or answers[write.call_id][1][:300])
            self.why_unknown.update([why] if why else [])

    def asked(self, write: Write, again: bool, pending: bool) -> None:
        """Counts a question about a write that had taken effect."""
        excused = bool(self._circumstances.doubt(write))
        self.count("asked_again", again and not excused, write)
        self.count("still_pending", pending or (again and excused), write)


def _by_mark(writes: Sequence[Write]) -> dict[tuple[str, str], list[Write]]:
    """The writes by what they would do, as shown and as edited."""
    groups: dict[tuple[str, str], list[Write]] = {}
    for write in writes:
        for mark in filter(None, dict.fromkeys([write.mark, write.edited_mark])):
            groups.setdefault((write.endpoint, mark), []).append(write)
    return groups


def _meaning(status: str | None, text: str) -> str:
    denied, unknown = said(text)
    if status is None:
        return "silent"
    return "denied" if denied else "unknown" if unknown else "made" if status == "success" else "else"


def _unprovable(write: Write, alike: int, missing: int) -> str:
    """Why nothing proves what became of a write."""
    if "archive_email" in write.args:
        return "no read shows whether its e-mail was sent"
    if write.kind not in CREATIONS or not missing:
        return ""
    return "fewer records than attempts" if alike > 1 else "there is no record, which proves nothing"


def _check_log(write: Write, mark: str, logged: int, state: dict[str, list[Any]]) -> None:
    """The log must agree with the records, if a second write makes a second record."""
    if write.kind == "note":
        found = sum(mark in it["content"] for it in state["note"])
    elif write.kind == "candidate":
        found = sum(any(mark in email["value"] for email in it["emailAddresses"]) for it in state["candidate"])
    elif write.kind == "opening":
        found = sum(it["latestVersion"]["identifier"] == mark for it in state["opening"])
    else:
        return
    if found != logged:
        raise AssertionError(f"the sandbox logged {logged} effects of {write} and has {found} records")


def table(rows: Iterable[Row], by: str = "agent") -> str:
    """A summary of the rows by agent, as Markdown."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(getattr(row, by)), []).append(row)
    names = [*FAILURES, *NO_FAILURES]
    heads = [by, "trials", "writes", "kills", *(name.replace("_", " ") for name in names)]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for group, of in groups.items():
        sums = [sum(getattr(row, name) for row in of) for name in ["writes", "kills", *names]]
        lines.append("| " + " | ".join([group, str(len(of)), *map(str, sums)]) + " |")
    return "\n".join(lines)
