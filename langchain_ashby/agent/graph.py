"""The graph: model → reads at once, writes by way of a person → model.

    reconcile → model ─┬→ reads (one task per call) ─────────────────────┬→ join → model
                       └→ prepare → review → writes (one task per call) ─┘

Reads and `prepare` are one step, so what was read is saved before the pause. `review` pauses and does nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AnyMessage, SystemMessage, ToolMessage
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import BaseToolkit
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from langgraph.types import Checkpointer, Send

from langchain_ashby.agent.gate import Tools, by_name, needs_approval, screened
from langchain_ashby.agent.history import arranged, open_calls
from langchain_ashby.agent.prepare import preparing
from langchain_ashby.agent.prompt import SYSTEM_PROMPT
from langchain_ashby.agent.reads import reading
from langchain_ashby.agent.reconcile import reconcile
from langchain_ashby.agent.review import reviewing
from langchain_ashby.agent.state import Conversation, State, Update
from langchain_ashby.agent.writes import to_write, writing
from langchain_ashby.toolkit import AshbyToolkit


def create_recruiting_agent(
    model: BaseChatModel,
    toolkit: BaseToolkit | None = None,
    *,
    checkpointer: Checkpointer | Literal["memory"] = "memory",
    store: BaseStore | Literal["memory"] | None = "memory",
    system_prompt: str | None = None,
    name: str = "recruiting_agent",
) -> CompiledStateGraph[State, None, Conversation, Conversation]:
    """Build the agent as a compiled LangGraph graph. Its input and output are `{"messages": [...]}`.

    Tools marked as only reading run at once. Any other call pauses the graph with an interrupt whose value is
    `{"action_requests": [{"name", "args", "description", "tool_call_id", "title"}], "review_configs": [...]}`, and the
    run continues with `Command(resume={"decisions": [...]})`, one decision per action in order: `{"type": "approve"}`,
    `{"type": "edit", "edited_action": {"name", "args"}}`, `{"type": "reject", "message"?}` or
    `{"type": "respond", "message"}`. An answer that does not fit runs nothing: the graph asks again, and the request
    says under `problem` what was wrong. A new message instead of an answer leaves the pending calls unexecuted.

    Args:
        model: A chat model that can call tools.
        toolkit: Where the tools come from; `AshbyToolkit()` if left out, which takes its key from `ASHBY_API_KEY`.
        checkpointer: Keeps the threads. `"memory"` forgets them with the process. `None` compiles without one, for a
            server that brings its own; without any, a pause cannot be resumed and so nothing is ever written.
        store: LangGraph's long-term store, for tools that use one. `"memory"` forgets, `None` compiles without one.
        system_prompt: Replaces `SYSTEM_PROMPT`, which is used if left out. To add to it, start with it.
        name: The name of the graph.

    Raises:
        ValueError: if two tools have the same name.
    """
    tools = by_name((AshbyToolkit() if toolkit is None else toolkit).get_tools())

    graph = StateGraph(State, input_schema=Conversation, output_schema=Conversation)
    graph.add_node("reconcile", reconcile)
    graph.add_node("model", _answering(model, tools, SYSTEM_PROMPT if system_prompt is None else system_prompt))
    graph.add_node("reads", reading(tools))
    graph.add_node("prepare", preparing(tools))
    graph.add_node("review", reviewing(tools))
    graph.add_node("writes", writing(tools))
    # A branch behind a task of many would see that task's answer alone, so the choice has a step of its own.
    graph.add_node("join", lambda state: {})
    graph.add_edge(START, "reconcile")
    graph.add_edge("reconcile", "model")
    graph.add_conditional_edges("model", _after_model(tools), ["reads", "prepare", "model", END])
    graph.add_conditional_edges("prepare", _after_prepare, ["review", "join"])
    graph.add_conditional_edges("review", _after_review, ["writes", "review", "join"])
    graph.add_edge("reads", "join")
    graph.add_edge("writes", "join")
    graph.add_conditional_edges("join", _after_join, ["model", END])
    return graph.compile(
        checkpointer=InMemorySaver() if checkpointer == "memory" else checkpointer,
        store=InMemoryStore() if store == "memory" else store,
        name=name,
    )


def _answering(model: BaseChatModel, tools: Tools, system_prompt: str) -> RunnableLambda[State, Update]:
    bound = model.bind_tools(list(tools.values()))
    instructions = SystemMessage(system_prompt)

    def conversation(state: State) -> list[AnyMessage]:
        return [instructions, *arranged(state["messages"])]

    def update(reply: Any) -> Update:
        message, answers = screened(reply, tools)
        return {"messages": [message, *answers], "proposals": [], "approvals": [], "problem": None}

    def call(state: State, config: RunnableConfig) -> Update:
        return update(bound.invoke(conversation(state), config))

    async def acall(state: State, config: RunnableConfig) -> Update:
        return update(await bound.ainvoke(conversation(state), config))

    return RunnableLambda(call, acall, name="model")


def _after_model(tools: Tools) -> Callable[[State], list[Send | str] | str]:
    def route(state: State) -> list[Send | str] | str:
        calls = open_calls(state["messages"])
        if not calls:
            # Every call was answered by the gate: the model has to see why.
            return "model" if isinstance(state["messages"][-1], ToolMessage) else END
        reads = [call for call in calls if not needs_approval(tools[str(call["name"])])]
        steps: list[Send | str] = [Send("reads", [call]) for call in reads]
        return steps if len(reads) == len(calls) else [*steps, "prepare"]

    return route


def _after_prepare(state: State) -> str:
    return "review" if state.get("proposals") else "join"


def _after_review(state: State) -> list[Send] | str:
    if state.get("problem"):
        return "review"
    return [to_write(approval) for approval in state.get("approvals", [])] or "join"


def _after_join(state: State) -> str:
    # While a person is being asked, the reads of the same message come by here: the writes are still open then.
    return END if open_calls(state["messages"]) else "model"
