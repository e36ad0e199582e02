"""The pause. LangGraph runs this node again from its top when the answer comes, so it does nothing but ask."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import ToolMessage
from langgraph.types import interrupt

from langchain_ashby.agent.approval.decisions import ALLOWED_DECISIONS, UnusableAnswer, outcomes
from langchain_ashby.agent.approval.gate import Tools
from langchain_ashby.agent.state import Node, Proposal, State, Update


def reviewing(tools: Tools) -> Node:
    """The node that asks once. An answer that cannot be used becomes a `problem`, and the graph comes here again.

    Asking again is another run of the node, not a loop in it: each question has an id of its own then, and an answer to
    an earlier one cannot be taken for an answer to this.
    """

    def review(state: State) -> Update:
        proposals = state.get("proposals", [])
        answer = interrupt(request_for(proposals, state.get("problem")))
        try:
            made = outcomes(answer, proposals, tools)
        except UnusableAnswer as problem:
            return {"problem": str(problem)}
        return {
            "problem": None,
            "proposals": [],
            "approvals": [outcome for outcome in made if not isinstance(outcome, ToolMessage)],
            "messages": [outcome for outcome in made if isinstance(outcome, ToolMessage)],
        }

    return review


def request_for(proposals: list[Proposal], problem: str | None) -> dict[str, Any]:
    """What the person is asked, in LangChain's approval protocol.

    Beyond the protocol, an action has its `tool_call_id`, its `title`, its `card` if it is an Ashby tool, and
    `on_behalf_of` if it would be made for a user. The request has the `problem` with the answer before, if any.
    """
    request: dict[str, Any] = {
        "action_requests": [
            {
                "name": proposal["call"]["name"],
                "args": proposal["call"]["args"],
                "description": proposal["description"],
                "tool_call_id": proposal["call"]["id"],
                "title": proposal["title"],
                **({"card": card} if (card := proposal.get("card")) else {}),
                **({"on_behalf_of": user} if (user := proposal.get("on_behalf_of")) else {}),
            }
            for proposal in proposals
        ],
        "review_configs": [
            {"action_name": proposal["call"]["name"], "allowed_decisions": ALLOWED_DECISIONS} for proposal in proposals
        ],
    }
    return request | {"problem": problem} if problem else request
