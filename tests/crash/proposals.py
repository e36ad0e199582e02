"""A trial's proposals, the person's answers, and the effects in the sandbox's log.

Every write has its own marks: texts that appear in its request and in no other of the trial.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from langchain_core.messages import ToolCall

from crash.killing_sandbox import Company

KINDS = ("note", "move", "candidate", "interview")
CREATIONS = frozenset(["note", "candidate", "interview", "opening"])
"""The kinds that make a record, so that its absence proves nothing."""

ENDPOINTS = {
    "note": "candidate.createNote",
    "move": "application.changeStage",
    "candidate": "candidate.create",
    "interview": "interviewSchedule.create",
    "archive": "application.changeStage",
    "field": "customField.setValue",
    "opening": "opening.create",
}
TOOLS = {
    "note": "ashby_create_candidate_note",
    "move": "ashby_change_application_stage",
    "candidate": "ashby_create_candidate",
    "interview": "ashby_create_interview_schedule",
    "archive": "ashby_change_application_stage",
    "field": "ashby_set_custom_field_value",
    "opening": "ashby_create_opening",
}


@dataclass(frozen=True)
class Write:
    """A proposed write, and the person's decision: approve, edit or reject."""

    kind: str
    decision: str
    call_id: str
    args: dict[str, Any]
    mark: str
    edited_args: dict[str, Any] | None = None
    edited_mark: str = ""

    @property
    def endpoint(self) -> str:
        """The endpoint of the write."""
        return ENDPOINTS[self.kind]

    @property
    def tool(self) -> str:
        """The tool that the model calls: the kind itself, unless `TOOLS` has it."""
        return TOOLS.get(self.kind, self.kind)

    def call(self) -> ToolCall:
        """The model's call."""
        return ToolCall(name=self.tool, args=self.args, id=self.call_id, type="tool_call")

    def answer(self) -> dict[str, Any]:
        """The decision, in the approval protocol."""
        if self.decision == "edit":
            return {"type": "edit", "edited_action": {"name": self.tool, "args": self.edited_args}}
        return {"type": self.decision}

    def approved_mark(self) -> str | None:
        """The mark of the version that may run, or None."""
        return {"approve": self.mark, "edit": self.edited_mark}.get(self.decision)

    def effects(self, log: Sequence[dict[str, Any]]) -> tuple[int, int]:
        """How often it ran as approved, and how often otherwise."""
        seen = {mark: effects(log, self.endpoint, mark) for mark in (self.mark, self.edited_mark) if mark}
        approved = self.approved_mark()
        ran = seen.get(approved or "", 0)
        return ran, sum(seen.values()) - ran


def effects(log: Sequence[dict[str, Any]], endpoint: str, mark: str) -> int:
    """How often a call of this endpoint with this text was carried out."""
    carried_out = (it for it in log if it["endpoint"] == endpoint and it["ok"])
    return sum(json.dumps(mark)[1:-1] in json.dumps(it["body"]) for it in carried_out)


def proposed(
    rng: random.Random, company: Company, kinds: Sequence[str], decisions: Sequence[str], *, alike: bool = False
) -> list[Write]:
    """The writes of one trial, each on a different application; if `alike`, those of a kind are identical."""
    applications = rng.sample(company.applications, len(kinds))
    candidates = rng.sample(company.candidates, len(kinds))
    tag = f"{rng.getrandbits(48):012x}"
    writes: list[Write] = []
    for place, (kind, decision) in enumerate(zip(kinds, decisions, strict=True)):
        call_id = f"call_0_{place}"
        mark = f"{tag}-{place}-shown"
        twin = next((it for it in writes if alike and it.kind == kind), None)
        if twin is not None:
            writes.append(replace(twin, decision=decision, call_id=call_id))
        elif kind == "note":
            args = {"candidate_id": candidates[place]["id"], "note": f"Met on Monday. {mark}"}
            edited = args | {"note": f"Met on Tuesday. {tag}-{place}-edited"}
            writes.append(Write(kind, decision, call_id, args, mark, edited, f"{tag}-{place}-edited"))
        elif kind == "move":
            application = applications[place]
            stage = _another_stage(rng, company, application)
            args = {"application_id": application["id"], "interview_stage_id": stage}
            writes.append(Write(kind, decision, call_id, args, application["id"]))
        elif kind == "archive":
            application = applications[place]
            args = _archived(rng, company, application)
            writes.append(Write(kind, decision, call_id, args, application["id"]))
        elif kind == "field":
            candidate = candidates[place]
            choices = next(it for it in company.seed["customField"] if it["title"] == "Work authorization")
            now = candidate["customFieldValues"].get(choices["id"])
            value = rng.choice([it["value"] for it in choices["selectableValues"] if it["value"] != now])
            args = {"object_type": "Candidate", "object_id": candidate["id"], "custom_field_id": choices["id"]}
            writes.append(Write(kind, decision, call_id, args | {"field_value": value}, candidate["id"]))
        elif kind == "opening":
            writes.append(Write(kind, decision, call_id, {"identifier": mark, "description": "Another one."}, mark))
        elif kind == "candidate":
            args = {"name": f"New {tag.translate(_LETTERS)}", "email": f"{mark}@example.com"}
            writes.append(Write(kind, decision, call_id, args, mark))
        else:
            application = applications[place]
            args = {"application_id": application["id"], "interview_events": [_event(company)]}
            writes.append(Write(kind, decision, call_id, args, application["id"]))
    return writes


def _another_stage(rng: random.Random, company: Company, application: dict[str, Any]) -> str:
    plan, here = application["interviewPlanId"], application["currentInterviewStageId"]
    others = [it for it in company.stages if it["interviewPlanId"] == plan and it["type"] == "Active"]
    return str(rng.choice([it["id"] for it in others if it["id"] != here]))


def _archived(rng: random.Random, company: Company, application: dict[str, Any]) -> dict[str, Any]:
    plan = [it for it in company.stages if it["interviewPlanId"] == application["interviewPlanId"]]
    templates = [it for it in company.seed["communicationTemplate"] if "email" in it["intendedTypes"]]
    reasons = [it for it in company.seed["archiveReason"] if not it["isArchived"]]
    return {
        "application_id": application["id"],
        "interview_stage_id": next(it["id"] for it in plan if it["type"] == "Archived"),
        "archive_reason_id": rng.choice(reasons)["id"],
        "archive_email": {"communication_template_id": rng.choice(templates)["id"]},
    }


def _event(company: Company) -> dict[str, Any]:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
    return {
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(hours=1)).isoformat(),
        "interview_id": company.interview,
        "interviewers": [{"email": company.interviewer, "feedback_required": True}],
    }


_LETTERS = str.maketrans("0123456789", "ghijklmnop")
