"""The agents' errands, the person's decisions, and the outcomes that the agents report."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crash.threads import Thread, user
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langgraph.types import Command

from langchain_ashby import errors
from langchain_ashby.agent.messages.tool_messages import NOT_EXECUTED, OUTCOME_UNKNOWN
from langchain_ashby.demo.scripted import say
from langchain_ashby.endpoints import OPERATIONS

MARK = re.compile(r"m[0-9a-z]{12}k")
"""A mark is unique to one write, so the sandbox's log shows how often that write was carried out."""
QUESTIONS = 8
"""The most questions an agent may ask about one errand."""
Args = dict[str, Any]

WRITES: Mapping[str, Callable[[str, str, str], Args]] = {
    "ashby_create_candidate_note": lambda mark, candidate, field: {"candidate_id": candidate, "note": f"Met. {mark}"},
    "ashby_create_candidate": lambda mark, candidate, field: {"name": f"New {mark}", "email": f"{mark}@example.com"},
    "ashby_update_candidate": lambda mark, candidate, field: {
        "candidate_id": candidate,
        "website_url": f"https://{mark}.example.com/",
    },
    "ashby_set_custom_field_value": lambda mark, candidate, field: {
        "object_type": "Candidate",
        "object_id": candidate,
        "custom_field_id": field,
        "field_value": f"Tea {mark}",
    },
    "ashby_create_opening": lambda mark, candidate, field: {"identifier": mark},
}
"""The arguments of each write, with the mark in them."""
ENDPOINTS = tuple(OPERATIONS[tool].path for tool in WRITES)

_CODES = {each.default_code for each in vars(errors).values() if isinstance(each, type)
          and issubclass(each, errors.AshbyError)} | {
    "invalid_input", "missing_endpoint_permission", "internal_server_error", "rate_limit_exceeded",
    "not_as_approved",
}  # fmt: skip
"""The error codes of this package, of a write whose card could not be read in full, and of the sandbox's faults."""
_CODE = re.compile(r"(?:Nothing could be read\. )?([a-z_]+): ")


@dataclass
class Errand:
    """A model's calls in one message, and a person's decisions on the writes, by mark."""

    calls: list[ToolCall]
    decisions: dict[str, str]

    def decided(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question about a call."""
        [mark] = set(MARK.findall(json.dumps(action["args"])))
        decision = self.decisions.get(mark, "approve")
        if decision != "edit":
            return {"type": decision}
        args = json.loads(json.dumps(action["args"]).replace(mark, edited(mark)))
        return {"type": "edit", "edited_action": {"name": action["name"], "args": args}}


@dataclass(frozen=True)
class Said:
    """An agent's report on a write: `applied`, `unknown` or `not done`, and the exact words."""

    became: str
    words: str


@dataclass
class Told:
    """An agent's reports on its errands: each write by its mark, and anything wrong."""

    writes: dict[str, Said] = field(default_factory=dict)
    reads: int = 0
    unread: int = 0
    wrong: list[str] = field(default_factory=list)


def edited(mark: str) -> str:
    """The mark of a write that a person edited."""
    return f"m{mark[-2:0:-1]}k"


def errand(rng: random.Random, reads: Mapping[str, Args], candidates: Sequence[str], custom_field: str) -> Errand:
    """Up to three reads and two writes."""
    made = [(tool, reads[tool]) for tool in rng.sample(list(reads), rng.randint(0, 3))]
    decisions = {}
    for _ in range(rng.choice((0, 1, 1, 2)) if made else 1):
        mark, tool = f"m{rng.getrandbits(48):012x}k", rng.choice(list(WRITES))
        decisions[mark] = rng.choice(("approve", "approve", "approve", "edit", "reject"))
        made.append((tool, WRITES[tool](mark, rng.choice(candidates), custom_field)))
    rng.shuffle(made)
    calls = [ToolCall(name=tool, args=args, id=f"call_{at}", type="tool_call") for at, (tool, args) in enumerate(made)]
    return Errand(calls, decisions)


def obedient(messages: Sequence[BaseMessage]) -> AIMessage:
    """The model's script: makes the calls in the person's message, then ends."""
    last = messages[-1]
    if not isinstance(last, HumanMessage):
        return AIMessage("Done.")
    return say("", *json.loads(last.text.rpartition("\n")[2]))  # the agent puts the day on a line before it


async def run(thread: Thread, errand: Errand, told: Told) -> None:
    """Runs an errand: answers the agent's questions and records its report on each call."""
    result = await thread.invoke(user(json.dumps(errand.calls)))
    for _ in range(QUESTIONS):
        asked = result.get("__interrupt__")
        if not asked:
            break
        actions = [action for interrupt in asked for action in interrupt.value["action_requests"]]
        answers = [errand.decided(action) for action in actions]
        result = await thread.invoke(Command(resume={"decisions": answers}))
    else:
        told.wrong.append(f"an agent asked more than {QUESTIONS} times")
    said = {it.tool_call_id: it for it in result["messages"] if isinstance(it, ToolMessage)}
    for call in errand.calls:
        answer = said.get(str(call["id"]))
        if answer is None:
            told.wrong.append(f"{call['name']} has no answer")
        else:
            _note(call, answer, errand, told)


def _note(call: ToolCall, answer: ToolMessage, errand: Errand, told: Told) -> None:
    marks = MARK.findall(json.dumps(call["args"]))
    if marks:
        [mark] = set(marks)
        if errand.decisions[mark] == "edit":
            told.writes[mark], mark = Said("not done", "a person changed it"), edited(mark)
        told.writes[mark] = Said(_became(answer), f"{call['name']} {answer.text[:200]!r}")
    else:
        told.reads += 1
        told.unread += answer.status == "error"
    if not _is_documented(answer):
        told.wrong.append(f"{call['name']} said {answer.text[:200]!r}")


def _became(answer: ToolMessage) -> str:
    if answer.status == "success":
        return "applied"
    return "unknown" if answer.text.startswith(OUTCOME_UNKNOWN) else "not done"


def _is_documented(answer: ToolMessage) -> bool:
    if answer.status == "success" or answer.text.startswith((NOT_EXECUTED, OUTCOME_UNKNOWN)):
        return True
    code = _CODE.match(answer.text)
    return code is not None and code[1] in _CODES
