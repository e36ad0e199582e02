"""The steps of an approval, a line for each."""

from __future__ import annotations

from langchain_ashby.results.phrases import Json, is_null, objects, text, to_the_minute
from langchain_ashby.text.words import count, in_a_list


def steps(approval: Json) -> list[str]:
    """How many have to approve, who may, and what each has decided."""
    return ["(steps unknown)"] if is_null(approval, "steps") else [_step(it) for it in objects(approval.get("steps"))]


def _step(step: Json) -> str:
    needed = step.get("approvalsRequired")
    takes = f"takes {count(needed, 'approval')}" if isinstance(needed, int) else "takes an unknown number of approvals"
    told = [
        takes,
        f"completed {to_the_minute(step['completedAt'])}" if step.get("completedAt") else "not completed",
        "approvers unknown" if is_null(step, "approvers") else "",
        *map(_approver, objects(step.get("approvers"))),
    ]
    return "; ".join(filter(None, told))


def _approver(approver: Json) -> str:
    times = [
        f"{words} {to_the_minute(approver[key])}"
        for key, words in (("requestedAt", "asked"), ("decidedAt", "decided"))
        if approver.get(key)
    ]
    about = "".join(f", {it}" for it in times)
    return f"{in_a_list(text(approver.get('decision')) or 'decision unknown')} by {text(approver.get('userId'))}{about}"
