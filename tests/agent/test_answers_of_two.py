"""Any answers of any people, compared with a small model of what two people's approvals are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.types import Command
from office import Office, agent, calling, thread, user, write

from langchain_ashby.agent import ApprovalPolicy, audit_trail

PEOPLE = {"Ben": "ben", "BEN\u200b": "ben", "Grace": "grace", None: ""}

DECISIONS = st.tuples(
    st.sampled_from([*["approve"] * 4, "wait", "reject", "edit to Hired", "edit to Onsite"]),
    st.sampled_from([*PEOPLE]),
)


@dataclass
class Open:
    """A change that waits: the stage, and who approved exactly that."""

    candidate: str
    stage: str = "Offer"
    people: set[str] = field(default_factory=set)

    def after(self, kind: str, person: str) -> str:
        """What becomes of it: `open`, `made` or `stopped`."""
        if kind == "reject":
            return "stopped"
        if kind == "wait" or not person:
            return "open"
        if kind.startswith("edit") and kind != f"edit to {self.stage}":
            self.stage, self.people = kind.removeprefix("edit to "), {person}
            return "open"
        self.people.add(person)
        return "made" if len(self.people) > 1 else "open"


def answer(it: Open, kind: str, who: str | None) -> dict[str, Any]:
    if not kind.startswith("edit"):
        return {"type": kind, "reviewer": who}
    args = {"candidate_id": it.candidate, "stage": kind.removeprefix("edit to ")}
    return {"type": "edit", "edited_action": {"name": "move_candidate", "args": args}, "reviewer": who}


@settings(max_examples=15)
@given(steps=st.lists(st.tuples(DECISIONS, DECISIONS), min_size=3, max_size=8))
def test_a_write_runs_exactly_when_two_people_have_approved_what_it_says(steps: list[Any]) -> None:
    office, config = Office(), thread()
    policy = ApprovalPolicy(second_reviewer=["move_candidate"])
    graph = agent(office, calling(write("ada"), write("cy")), "Done.", policy=policy)
    result = graph.invoke(user(), config)
    waiting, made = [Open("ada"), Open("cy")], []
    for step in steps:
        decisions = [*zip(waiting, step, strict=False)]
        told = [answer(it, kind, who) for it, (kind, who) in decisions]
        result = graph.invoke(Command(resume={"decisions": told}), config)
        if any(kind == "wait" for _, (kind, _) in decisions) and not any(it.people for it in waiting):
            continue  # it is refused as a whole
        became = [(it, it.after(kind, PEOPLE[who])) for it, (kind, who) in decisions]
        made += [(it.candidate, it.stage) for it, what in became if what == "made"]
        waiting = [it for it, what in became if what == "open"]
        assert sorted(office.writes) == sorted(made)
        asked = result["__interrupt__"][0].value["action_requests"] if waiting else []
        assert [(it["args"]["candidate_id"], it["args"]["stage"]) for it in asked] == [
            (it.candidate, it.stage) for it in waiting
        ]
        shown = [{PEOPLE[by["reviewer"]] for by in it.get("approved_by", ())} for it in asked]
        assert shown == [it.people for it in waiting]
        if not waiting:
            break
    applied = [it for it in audit_trail(graph.store) if it.outcome == "applied"]
    assert [len({PEOPLE[by["reviewer"]] for by in it.approved_by}) for it in applied] == [2] * len(made)
