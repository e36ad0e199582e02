"""What others do to the records, and to the process, around an approved write."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crash.killing_sandbox import Company, KillingSandbox
from crash.proposals import Write

PUT_BACK = "a colleague puts it back before the recovery"
RECONFIGURED = "the configuration changes while the card waits"
HELD_UP = "a worker is stopped past its lease"
OTHER_ACCOUNT = "another account shares the store"
TWIN = "another thread makes the same write meanwhile"
CLOCKS = "clocks are up to an hour apart"
ALIKE = "siblings are identical"

HOUR = 3600.0
LEASE = 3.0
"""Seconds of the lease of a worker that is held up."""


@dataclass(frozen=True)
class Mishap:
    """What happens to a trial besides its deaths.

    Attributes:
        kind: One of the names above, or empty.
        seed: Draws the details.
        account: For `OTHER_ACCOUNT`, the phase that uses another key.
        fault: For `TWIN`, what happens to the write of the other thread: a name in `FAULTS`, or empty.
        held_for: For `HELD_UP`, the seconds after which the worker goes on, from when another one begins.
        ahead: How far the clocks are ahead, in seconds: Ashby's, and the worker's of each phase.
    """

    kind: str = ""
    seed: str = ""
    account: str = ""
    fault: str = ""
    held_for: float = 0.0
    ahead: dict[str, float] = field(default_factory=dict, hash=False)


NONE = Mishap()


KINDS = [*[PUT_BACK] * 6, *[RECONFIGURED] * 3, *[HELD_UP] * 4, *[OTHER_ACCOUNT] * 3, *[TWIN] * 3, *[""] * 7]
"""What happens in each of that many trials."""


def drawn(kind: str, rng: random.Random) -> Mishap:
    """A mishap of this kind, or none. In half of all trials the clocks are wrong, too."""
    ahead = {it: rng.uniform(-HOUR, HOUR) for it in ("Ashby", "ask", "answer", "recover")}
    return Mishap(
        kind=kind,
        seed=f"{rng.random()}",
        account=rng.choice(["answer", "recover"]) if kind == OTHER_ACCOUNT else "",
        fault=rng.choice(["the request is lost", "the request is lost", "the reply is lost", ""])
        if kind == TWIN
        else "",
        held_for=rng.uniform(0, 2 * LEASE) if kind == HELD_UP else 0.0,
        ahead=ahead if rng.random() < 0.5 else {},
    )


def put_back(sandbox: KillingSandbox, company: Company, writes: Sequence[Write]) -> frozenset[str]:
    """Has a colleague undo all that has taken effect; returns the calls that this concerns."""
    log = sandbox.requests()
    undone = [write for write in writes if write.effects(log)[0]]
    for write in undone:
        _UNDO[write.kind](sandbox, company, write)
    return frozenset(write.call_id for write in undone)


def reconfigure(sandbox: KillingSandbox, writes: Sequence[Write], seed: str) -> frozenset[str]:
    """Changes what one of the writes points at; returns the calls whose cards say something else by now."""
    rng = random.Random(seed)
    write = rng.choice([it for it in writes if it.kind in _POINTS_AT])
    kind, key = rng.choice(_POINTS_AT[write.kind])
    record = next(it for it in sandbox.state()[kind] if it["id"] in json.dumps(write.args))
    changed: Any = f"{record[key]} (new)"
    if key == "selectableValues":
        labels = [it["label"] for it in record[key]]
        changed = [{**it, "label": label} for it, label in zip(record[key], labels[1:] + labels[:1], strict=True)]
    sandbox.alter(kind, record["id"], {**record, key: changed})
    return frozenset(it.call_id for it in writes if record["id"] in json.dumps(it.args))


_POINTS_AT = {
    "move": [("interviewStage", "title")],
    "archive": [("interviewStage", "title"), ("archiveReason", "text"), ("communicationTemplate", "title")],
    "field": [("customField", "selectableValues"), ("customField", "title")],
}


def _delete_note(sandbox: KillingSandbox, company: Company, write: Write) -> None:
    _delete(sandbox, "note", str(write.approved_mark()))


def _delete_candidate(sandbox: KillingSandbox, company: Company, write: Write) -> None:
    _delete(sandbox, "candidate", str(write.approved_mark()))


def _delete_opening(sandbox: KillingSandbox, company: Company, write: Write) -> None:
    _delete(sandbox, "opening", str(write.approved_mark()))


def _delete(sandbox: KillingSandbox, kind: str, mark: str) -> None:
    for record in sandbox.state()[kind]:
        if mark in json.dumps(record):
            sandbox.alter(kind, record["id"], None)


def _delete_schedule(sandbox: KillingSandbox, company: Company, write: Write) -> None:
    for record in sandbox.state()["interviewSchedule"]:
        if record["id"] not in company.schedules and record["applicationId"] == write.args["application_id"]:
            sandbox.alter("interviewSchedule", record["id"], None)


def _move_back(sandbox: KillingSandbox, company: Company, write: Write) -> None:
    application = next(it for it in company.applications if it["id"] == write.args["application_id"])
    body = {"applicationId": application["id"], "interviewStageId": application["currentInterviewStageId"]}
    sandbox.as_colleague("application.changeStage", body)


def _clear_field(sandbox: KillingSandbox, company: Company, write: Write) -> None:
    candidate = next(it for it in company.candidates if it["id"] == write.args["object_id"])
    field_id = write.args["custom_field_id"]
    body = {"objectType": "Candidate", "objectId": candidate["id"], "fieldId": field_id}
    sandbox.as_colleague("customField.setValue", {**body, "fieldValue": candidate["customFieldValues"].get(field_id)})


_UNDO: dict[str, Any] = {
    "note": _delete_note,
    "candidate": _delete_candidate,
    "opening": _delete_opening,
    "interview": _delete_schedule,
    "move": _move_back,
    "archive": _move_back,
    "field": _clear_field,
}
