"""The graph: model → reads at once, writes after approval → model.

    model ─┬→ reads (one task per call) ─────────────────────┬→ model
           └→ prepare → review → writes (one task per record) ┘

Reads and `prepare` are one step, so results are saved before the pause; for the same reason `ask` is a step of its own
before `review` if some writes need no approval. Edits go from `review` to `prepare` again. Writes that concern the same
records run in the order of the message: a later one waits in `approvals` until the earlier one is decided. A new
message to a thread with open calls enters through `reconcile`, which answers them; so does a decision that comes with
the removal of what was proposed.

To undo a write, a person's proposal goes to `prepare` without the model, and the run ends after the writes.

Each step costs a checkpoint, so there are no needless ones: tasks that leave no call open go straight to the model, and
only those beside which something else is under way meet in `join`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Literal, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseToolkit
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from langgraph.types import Checkpointer, Send

from langchain_ashby.agent.approval.gate import Tools, by_name, needs_approval
from langchain_ashby.agent.approval.policy import ApprovalPolicy
from langchain_ashby.agent.execution.bulk_run import single_tools
from langchain_ashby.agent.execution.dependencies import Dependencies
from langchain_ashby.agent.execution.executor import WriteExecutor
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.order import held_back
from langchain_ashby.agent.execution.store import check_commits, check_is_store, check_outlives
from langchain_ashby.agent.execution.verify import EffectChecker
from langchain_ashby.agent.execution.write import still_stands
from langchain_ashby.agent.messages.history import is_in_order, maker_of, open_calls
from langchain_ashby.agent.messages.own import recorded
from langchain_ashby.agent.messages.prompt import SYSTEM_PROMPT
from langchain_ashby.agent.messages.window import ContextEdit, ContextWindow
from langchain_ashby.agent.nodes.model import ModelNode
from langchain_ashby.agent.nodes.prepare import prepare
from langchain_ashby.agent.nodes.read import ReadNode
from langchain_ashby.agent.nodes.reconcile import reconcile
from langchain_ashby.agent.nodes.review import review
from langchain_ashby.agent.nodes.write import WriteNode, to_write
from langchain_ashby.agent.run.chat_model import chat_model
from langchain_ashby.agent.run.compiled import RecruitingAgent
from langchain_ashby.agent.run.context import Context
from langchain_ashby.agent.run.runtime import of_event_loop
from langchain_ashby.agent.run.settings import DEFAULT, RunLimits
from langchain_ashby.agent.state import Conversation, Node, State, Update, changes
from langchain_ashby.agent.state.conversation import ConversationChannel
from langchain_ashby.client import AshbyClient
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.http.transport import CONNECTIONS
from langchain_ashby.toolkit import AshbyTool, AshbyToolkit


def create_recruiting_agent(
    model: str | BaseChatModel,
    toolkit: BaseToolkit | None = None,
    *,
    checkpointer: Checkpointer | Literal["memory"] = "memory",
    store: BaseStore | Literal["memory"] | None = "memory",
    system_prompt: str | None = None,
    name: str = "recruiting_agent",
    policy: ApprovalPolicy | None = None,
    models: Mapping[str, str | BaseChatModel] | None = None,
    policies: Mapping[str, ApprovalPolicy] | None = None,
    act_for: Collection[str] | Literal["anyone"] = "anyone",
    approval_ttl: timedelta | None = None,
    max_writes_per_turn: int = 25,
    max_model_calls_per_turn: int = 50,
    max_context_tokens: int | None = None,
    context_edits: Sequence[ContextEdit] = (),
    max_concurrency: int = CONNECTIONS,
    journal: Journal | None = None,
) -> RecruitingAgent:
    """Builds the agent as a compiled LangGraph graph. Its input and output are `{"messages": [...]}`.

    Tools marked read-only run at once. Any other call pauses the graph with an interrupt whose value is
    `{"request_id", "action_requests": [{"name", "args", "description", "tool_call_id", "title"}], "review_configs"}`,
    and the run continues with `Command(resume={interrupt.id: {"decisions": [...]}})`, one decision per action in order:
    `{"type": "approve"}`, `{"type": "edit", "edited_action": {"name", "args"}}`, `{"type": "reject", "message"?}` or
    `{"type": "respond", "message"}`. A malformed answer runs nothing: the graph asks again, and the request says
    under `problem` what was wrong. An answer to a question that is not open raises `QuestionClosedError`. A new message
    instead of an answer cancels the pending calls.

    Each write is made exactly once: a journal in the store is written before and after it, and if a run is interrupted,
    Ashby is read to see whether the write took effect. Pass a `checkpointer` and a `store` that outlive the process,
    and run the graph with `durability="sync"`, which only the caller can choose: with "async" and "exit" LangGraph may
    lose its latest steps when the process dies. A person may then be asked again; if the write was made, the journal's
    answer counts, whatever they decide.

    Args:
        model: A chat model that can call tools, or its name as langchain's `init_chat_model` takes it, such as
            `openai:gpt-5`.
        toolkit: Where the tools come from; `AshbyToolkit()` if left out, which takes its key from `ASHBY_API_KEY`. One
            of your own may have Ashby's tools beside others, if they share one client.
        checkpointer: Stores the threads. `"memory"` loses them with the process. `None` compiles without one, for a
            server that brings its own; without any, a pause cannot be resumed.
        store: LangGraph's long-term store, for the journal and the audit trail. `"memory"` loses them with the
            process, so it is refused beside a checkpointer that outlives it. `None` compiles without one, for a server
            that brings its own; without a store, no writes are made.
        system_prompt: Replaces `SYSTEM_PROMPT`, which is used if left out. To add to it, start with it.
        name: The name of the graph.
        policy: Which writes need approval; all of them if left out.
        models: Other models that a run may choose, by name, as `Context.model`.
        policies: Policies that a run may add to `policy`, by name, as `Context.policy`: the stricter one holds.
        act_for: The ids of the Ashby users for whom a run may act, as `Context.on_behalf_of`; any user that the key
            permits, if left out. A client that acts for a user, or a user authenticated by a server, leaves no choice.
        approval_ttl: How long after its card was made a write can be approved and begun; no limit if left out. For one
            that was held, the time starts again when the hold ends.
        max_writes_per_turn: If one message of the model has more writes, they go back to it, to be proposed in parts.
        max_model_calls_per_turn: How often, at most, the model is asked for one message of the user. If the last reply
            still calls tools, they do not run, and the agent's last message says what was left undone.
        max_context_tokens: The model's window in tokens; if left out, the one in its profile. If a conversation is
            longer, the results of earlier reads are left out first, then the oldest turns. The thread keeps them.
        context_edits: Changes to what the model is sent, made before that, such as LangChain's `ClearToolUsesEdit`.
        max_concurrency: How many calls of one message run at once; a run's own config may say otherwise. Under asyncio
            they are no more than the client's `max_connections`.
        journal: Settings of the journal.

    Raises:
        ValueError: if two tools have one name, a further model or policy is called `default`, or a limit is of a
            wrong type or not above zero.
        ConfigurationError: if a model, the toolkit, the store or a policy has the wrong type; or if a policy has a rule
            for a tool that does not exist or is read-only; or if `act_for` is a single id; or if a model cannot be
            made; or if Ashby's tools have several clients; or if the store could not keep the journal as safely as the
            checkpointer keeps the threads.
    """
    if approval_ttl is not None and (not isinstance(approval_ttl, timedelta) or approval_ttl <= timedelta(0)):
        raise ValueError(f"approval_ttl has to be a timedelta above zero, or None; it is {approval_ttl!r}.")
    for limit, number in (
        ("max_writes_per_turn", max_writes_per_turn),
        ("max_model_calls_per_turn", max_model_calls_per_turn),
        ("max_concurrency", max_concurrency),
        ("max_context_tokens", 1 if max_context_tokens is None else max_context_tokens),
    ):
        if not isinstance(number, int) or number < 1:
            raise ValueError(f"{limit} has to be a whole number of 1 or more; it is {number!r}.")
    toolkit = AshbyToolkit() if toolkit is None else toolkit
    if not hasattr(toolkit, "get_tools"):
        raise ConfigurationError(
            f"toolkit takes an AshbyToolkit or another BaseToolkit, not {type(toolkit).__name__}",
            remedy="Give AshbyToolkit(client); for tools of your own, a toolkit whose get_tools() returns them.",
        )
    tools = by_name(toolkit.get_tools())
    client = _client_of(toolkit, tools)
    models, policies = models or {}, policies or {}
    if DEFAULT in {*models, *policies}:
        raise ValueError(f"{DEFAULT!r} is the name of the agent's own model and policy; choose another.")
    chosen = {DEFAULT: chat_model(model), **{name: chat_model(it, f"models[{name!r}]") for name, it in models.items()}}
    limits = RunLimits(tools, client, chosen, policy or ApprovalPolicy(), policies, act_for)
    check_commits(checkpointer)
    check_commits(store)
    check_is_store(store)
    forgets = store == "memory"
    if store == "memory":
        check_outlives(checkpointer)
        store = InMemoryStore()
        _log.info("The journal and the audit trail are kept in memory: they are lost when the process ends")
    executor = WriteExecutor(
        journal or Journal(), EffectChecker({**single_tools(tools), **tools}, client), approval_ttl
    )
    given = Dependencies(limits, executor, store, forgets)

    graph = StateGraph(State, context_schema=limits.schema, input_schema=Conversation, output_schema=Conversation)
    reads = frozenset(name for name, tool in tools.items() if not needs_approval(tool))
    graph.channels["messages"] = cast(ConversationChannel, graph.channels["messages"]).with_reads(reads)
    graph.add_node("reconcile", limits.within(partial(reconcile, given=given)))
    prompt = SYSTEM_PROMPT if system_prompt is None else system_prompt
    window = ContextWindow(max_context_tokens, context_edits, reads.__contains__)
    graph.add_node("model", ModelNode(chosen, limits, prompt, max_writes_per_turn, max_model_calls_per_turn, window))
    graph.add_node("reads", ReadNode(limits, store))
    graph.add_node("prepare", _Step("prepare", limits.within(partial(prepare, given=given))))
    graph.add_node("ask", lambda state: {})
    graph.add_node("review", _Step("review", limits.within(partial(review, given=given))))
    graph.add_node("writes", WriteNode(given))
    graph.add_node("join", lambda state: {})
    _branch(graph, START, _enter, "model", "reconcile")
    graph.add_edge("reconcile", "model")
    _branch(graph, "model", _after_model(tools), "reads", "prepare", "model", END)
    _branch(graph, "prepare", _after_prepare, "writes", "ask", "review", "join")
    graph.add_edge("ask", "review")
    _branch(graph, "review", _after_review(given), "writes", "prepare", "ask", "review", "join", "reconcile")
    _branch(graph, "reads", _after_task(tools), "model", "join")
    _branch(graph, "writes", _after_task(tools), "model", "join", END)
    _branch(graph, "join", _after_join, "model", END)
    compiled = graph.compile(
        checkpointer=InMemorySaver() if checkpointer == "memory" else checkpointer, store=store, name=name
    )
    return RecruitingAgent.of(compiled, limits).with_config(max_concurrency=max_concurrency)


_log = logging.getLogger(__name__)


def _client_of(toolkit: BaseToolkit, tools: Tools) -> AshbyClient | None:
    """Finds the client of Ashby's tools, also if they come in a toolkit of the application's own."""
    clients = [tool.client for tool in tools.values() if isinstance(tool, AshbyTool)]
    if isinstance(toolkit, AshbyToolkit):
        clients.append(toolkit.client)
    if any(client is not clients[0] for client in clients):
        raise ConfigurationError(
            "The tools call Ashby through several clients, so a card could show another account than is written to",
            remedy="Give all AshbyToolkits the same client, or make an agent for each.",
        )
    return clients[0] if clients else None


Way = Sequence[Send | str] | str


class _Choice(Runnable[State, Way]):
    """Chooses the next step. A bare function would be a run of its own in every trace, and a thread under `ainvoke`."""

    name = "choice"

    def __init__(self, choose: Callable[[State], Way]) -> None:
        self._choose = choose

    def invoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Way:
        return self._choose(input)

    async def ainvoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Way:
        return self._choose(input)


def _branch(
    graph: StateGraph[State, Context, Any, Any], source: str, choose: Callable[[State], Way], *ends: str
) -> None:
    graph.add_conditional_edges(source, _Choice(choose), list(ends))


def _enter(state: State) -> str:
    # The message of a waiting write may have been removed: then no call is open, but the write is not settled.
    waits = state.get("proposals") or state.get("approvals") or state.get("edits")
    return "model" if not waits and is_in_order(state["messages"], _own(state)) else "reconcile"


def _own(state: State) -> dict[str, str]:
    return state.get("own", {})


class _Step(Runnable[State, Update]):
    """A node that runs a function and records its answers as the agent's own."""

    def __init__(self, name: str, node: Node) -> None:
        self.name = name
        self._node = node

    def invoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        update: Update = recorded(self._node(input), input["messages"])
        return changes(update, input)

    async def ainvoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        with of_event_loop():
            return await asyncio.to_thread(self.invoke, input, config)


def _after_model(tools: Tools) -> Callable[[State], Way]:
    def route(state: State) -> Way:
        calls = open_calls(state["messages"], _own(state))
        if not calls:
            # The gate answered every call: the model has to see why.
            return "model" if isinstance(next(iter(state["messages"][-1:]), None), ToolMessage) else END
        reads = [call for call in calls if not needs_approval(tools.get(str(call["name"])))]
        steps: list[Send | str] = [Send("reads", [call]) for call in reads]
        return steps if len(reads) == len(calls) else [*steps, "prepare"]

    return route


def _writes(state: State) -> list[Send | str]:
    """The tasks for the approved writes that need not wait for an earlier one to be decided."""
    held = held_back(state)
    return [*to_write(it for it in state.get("approvals", []) if it not in held)]


def _after_prepare(state: State) -> Way:
    writes = _writes(state)
    if state.get("proposals"):
        return [*writes, "ask"] if writes else "review"
    return writes or "join"


def _after_review(given: Dependencies) -> Callable[[State], Way]:
    def route(state: State) -> Way:
        waiting, steps = state.get("proposals", []), _writes(state)
        if not all(still_stands(it, state) for it in waiting):
            return "reconcile"
        if state.get("edits"):
            return [*steps, "prepare"]  # which keeps those that wait
        if waiting and not steps:
            return "prepare" if state.get("problem") and given.need_new_cards(waiting) else "review"
        return [*steps, "ask"] if waiting else steps or "join"

    return route


def _after_task(tools: Tools) -> Callable[[State], str]:
    """Chooses where one task of many goes. All have to agree, though each sees only its own answer.

    So they go by what was open before the step: its reads and the approved writes are done with it. If there are other
    calls, `join` chooses, which sees all answers.
    """

    def route(state: State) -> str:
        done = {approval["call"]["id"] for approval in state.get("approvals", [])}
        left = (call for call in open_calls(state["messages"], _own(state)) if call["id"] not in done)
        return "join" if any(needs_approval(tools.get(str(call["name"]))) for call in left) else _onward(state)

    return route


def _after_join(state: State) -> str:
    # While a person is being asked, the reads of the same message come through here, with the writes still open.
    waits = state.get("proposals") or state.get("edits")
    return END if waits and open_calls(state["messages"], _own(state)) else _onward(state)


def _onward(state: State) -> str:
    """To the model, which made the calls; nowhere if a person asked for them without it, to undo something."""
    message, undoes = maker_of(state["messages"]), state.get("undoes", {})
    return END if message and any(call["id"] in undoes for call in message.tool_calls) else "model"
