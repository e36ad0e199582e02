"""Making a call ready for a person: checked, and put into words. It runs before the pause, and only reads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import cast

from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.tools import BaseTool

from langchain_ashby.agent.approval.gate import Tools, argument_problem, needs_approval
from langchain_ashby.agent.cards import Card, ReadCache, card_of, markdown
from langchain_ashby.agent.cards.show.arguments import described
from langchain_ashby.agent.messages.history import open_calls
from langchain_ashby.agent.messages.tool_messages import not_executed
from langchain_ashby.agent.state import Node, Proposal, State, Update
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoints.organization import GetUser
from langchain_ashby.errors import AshbyError
from langchain_ashby.text.words import named, person, tool_title
from langchain_ashby.toolkit import AshbyTool

CARDS_AT_ONCE = 8


def preparing(tools: Tools, client: AshbyClient | None) -> Node:
    """The node that makes a proposal of each write. Wrong arguments go back to the model, not to a person.

    The cards are read through `client`. Without one, and for tools that are not Ashby's, the arguments are all there is
    to show.
    """

    def prepare(state: State) -> Update:
        calls = [cast(ToolCall, call) for call in open_calls(state["messages"])]
        writes = [call for call in calls if needs_approval(tools.get(call["name"]))]
        reads = None if client is None else ReadCache(client)
        if reads is None or len(writes) == 1:  # nothing to wait for, or nothing else to do meanwhile: no threads
            ready = [ready_for_review(call, tools, reads) for call in writes]
        else:
            with ThreadPoolExecutor(CARDS_AT_ONCE, thread_name_prefix="card") as threads:
                # Each in a copy of the context, which says for whom the client acts.
                started = [threads.submit(copy_context().run, ready_for_review, call, tools, reads) for call in writes]
                ready = [it.result() for it in started]
        return {
            "proposals": [it for it in ready if not isinstance(it, ToolMessage)],
            "messages": [it for it in ready if isinstance(it, ToolMessage)],
        }

    return prepare


def ready_for_review(call: ToolCall, tools: Tools, reads: ReadCache | None) -> Proposal | ToolMessage:
    """The proposal that a person will see, or the answer to a call with wrong arguments, or of a tool that is gone."""
    tool = tools.get(call["name"])
    if tool is None:
        return not_executed(call, _GONE)
    if problem := argument_problem(tool, call["args"]):
        return not_executed(call, problem)
    title = tool_title(tool.name, tool.metadata)
    card = card_for(call, tool, reads)
    description = described(title, call["args"]) if card is None else markdown(card)
    return Proposal(call=call, title=title, description=description, card=card)


def card_for(call: ToolCall, tool: BaseTool, reads: ReadCache | None) -> Card | None:
    """The card of a call whose arguments are in order; None for a tool that is not Ashby's."""
    if reads is None or not isinstance(tool, AshbyTool):
        return None
    card = card_of(tool.operation.model_validate(call["args"]), reads)
    # The arguments are as the model gave them: these and no others run.
    return {**card, "args": call["args"], "consequences": [*card["consequences"], *_author(reads)]}


def _author(reads: ReadCache) -> list[str]:
    """For whom the write would be made, if the run acts for somebody."""
    user_id = reads.client.on_behalf_of
    if user_id is None:
        return []
    try:
        user = reads.call(GetUser(user_id=user_id))
    except AshbyError:
        return [f"It is made on behalf of the user {user_id}."]
    return [f"It is made on behalf of {named(person(user) or user_id)}."]


_GONE = "The agent had this tool when the call was made, and has it no more. Tell the user."
