"""The graph: model → reads at once, writes by way of a person → model.

    model ─┬→ reads (one task per call) ─────────────────────┬→ model
           └→ prepare → review → writes (one task per call) ─┘

Reads and `prepare` are one step, so what was read is saved before the pause; for the same reason `ask` is a step of its
own before `review` where some writes need no asking. What a person edited goes from `review` to `prepare` again. A new
message to a thread with open calls enters by way of `reconcile`, which closes them.

Each step costs a checkpoint, so there is none without need: a step whose calls are all that is open goes to the model
by itself, and only from one beside which something else is under way the tasks meet in `join`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AnyMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseToolkit
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from langgraph.types import Checkpointer, Send

from langchain_ashby.agent.approval.gate import Tools, by_name, needs_approval, screened
from langchain_ashby.agent.approval.policy import ApprovalPolicy
from langchain_ashby.agent.execution.executor import WriteExecutor
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.execution.verify import EffectChecker
from langchain_ashby.agent.messages.history import arranged, is_in_order, open_calls
from langchain_ashby.agent.nodes.deciding import deciding, needs_new_cards
from langchain_ashby.agent.nodes.prepare import preparing
from langchain_ashby.agent.nodes.proposing import proposing
from langchain_ashby.agent.nodes.read import reading
from langchain_ashby.agent.nodes.reconcile import reconciling
from langchain_ashby.agent.nodes.review import reviewing
from langchain_ashby.agent.nodes.write import to_write, writing
from langchain_ashby.agent.prompt import SYSTEM_PROMPT
from langchain_ashby.agent.run.context import Context
from langchain_ashby.agent.run.settings import DEFAULT, RunLimits, RunSettings
from langchain_ashby.agent.state import Conversation, State, Update
from langchain_ashby.http.transport import CONNECTIONS
from langchain_ashby.toolkit import AshbyToolkit


def create_recruiting_agent(
    model: BaseChatModel,
    toolkit: BaseToolkit | None = None,
    *,
    checkpointer: Checkpointer | Literal["memory"] = "memory",
    store: BaseStore | Literal["memory"] | None = "memory",
    system_prompt: str | None = None,
    name: str = "recruiting_agent",
    policy: ApprovalPolicy | None = None,
    models: Mapping[str, BaseChatModel] | None = None,
    policies: Mapping[str, ApprovalPolicy] | None = None,
    act_for: Collection[str] | Literal["anyone"] = "anyone",
    approval_ttl: timedelta | None = None,
    max_writes_per_turn: int = 25,
    max_concurrency: int = CONNECTIONS,
    journal: Journal | None = None,
) -> CompiledStateGraph[State, Context, Conversation, Conversation]:
    """Build the agent as a compiled LangGraph graph. Its input and output are `{"messages": [...]}`.

    Tools marked as only reading run at once. Any other call pauses the graph with an interrupt whose value is
    `{"action_requests": [{"name", "args", "description", "tool_call_id", "title"}], "review_configs": [...]}`, and the
    run continues with `Command(resume={"decisions": [...]})`, one decision per action in order: `{"type": "approve"}`,
    `{"type": "edit", "edited_action": {"name", "args"}}`, `{"type": "reject", "message"?}` or
    `{"type": "respond", "message"}`. An answer that does not fit runs nothing: the graph asks again, and the request
    says under `problem` what was wrong. A new message instead of an answer leaves the pending calls unexecuted.

    Each write is made once, whatever happens: a journal in the store is written before and after it, and where a run
    broke off, Ashby is read to see whether the write happened. Give a `checkpointer` and a `store` that outlive the
    process, and run the graph with `durability="sync"`, which only the caller can choose: with "async" and "exit"
    LangGraph may lose its latest steps with a process that dies. Then a person may see a question once more; the
    journal answers for what was made, whatever they say.

    Args:
        model: A chat model that can call tools.
        toolkit: Where the tools come from; `AshbyToolkit()` if left out, which takes its key from `ASHBY_API_KEY`.
        checkpointer: Keeps the threads. `"memory"` forgets them with the process. `None` compiles without one, for a
            server that brings its own; without any, a pause cannot be resumed.
        store: LangGraph's long-term store. The journal and the audit trail are kept in it. `"memory"` forgets them with
            the process: a write that was approved before can then be made only if Ashby shows that it was not made.
            `None` compiles without one, for a server that brings its own; without any, nothing is ever written.
        system_prompt: Replaces `SYSTEM_PROMPT`, which is used if left out. To add to it, start with it.
        name: The name of the graph.
        policy: Which writes are asked about; every one if left out.
        models: Other models that a run may choose, by name, as `Context.model`.
        policies: Policies that a run may add to `policy`, by name, as `Context.policy`: the stricter one rules.
        act_for: The ids of the Ashby users for whom a run may act, as `Context.on_behalf_of`; anyone for whom the key
            may, if left out. A client that acts for a user, and a user whom a server let in, leave no choice.
        approval_ttl: For how long after its card was made a write can be approved and begun; for ever if left out.
        max_writes_per_turn: More writes in one message of the model are sent back to it, to be proposed in parts.
        max_concurrency: How many calls of one message run at once; a run's own config may say otherwise. Under asyncio
            they are no more than the client's `max_connections`.
        journal: Settings of the journal.

    Raises:
        ValueError: if two tools have one name, a further model or policy is called `default`, or a limit is not above
            zero.
        ConfigurationError: if a policy has a rule for a tool that is not there, or that only reads; or if `act_for` is
            a single id.
    """
    if approval_ttl is not None and approval_ttl <= timedelta(0):
        raise ValueError(f"approval_ttl has to be above zero, or None; it is {approval_ttl}.")
    for limit, number in (("max_writes_per_turn", max_writes_per_turn), ("max_concurrency", max_concurrency)):
        if number < 1:
            raise ValueError(f"{limit} has to be 1 or more; it is {number}.")
    toolkit = AshbyToolkit() if toolkit is None else toolkit
    tools = by_name(toolkit.get_tools())
    client = toolkit.client if isinstance(toolkit, AshbyToolkit) else None
    models, policies = models or {}, policies or {}
    if DEFAULT in {*models, *policies}:
        raise ValueError(f"{DEFAULT!r} is the name of the agent's own model and policy; choose another.")
    models = {DEFAULT: model, **models}
    limits = RunLimits(tools, client, models, policy or ApprovalPolicy(), policies, act_for)
    if store == "memory":
        store = InMemoryStore()
        _log.info("The journal and the audit trail are kept in memory: they are forgotten when the process ends")
    executor = WriteExecutor(journal or Journal(), EffectChecker(tools, client), approval_ttl)

    graph = StateGraph(State, context_schema=limits.schema, input_schema=Conversation, output_schema=Conversation)
    graph.add_node("reconcile", limits.within(reconciling(executor, store)))
    prompt = SYSTEM_PROMPT if system_prompt is None else system_prompt
    graph.add_node("model", _Answering(models, limits, prompt, max_writes_per_turn))
    graph.add_node("reads", reading(tools, limits))
    graph.add_node("prepare", limits.within(proposing(preparing(tools, client), tools, executor, limits, store)))
    graph.add_node("ask", lambda state: {})
    graph.add_node("review", limits.within(deciding(reviewing(tools), executor, limits, store)))
    graph.add_node("writes", writing(tools, executor, limits, store))
    graph.add_node("join", lambda state: {})
    _branch(graph, START, _enter, "model", "reconcile")
    graph.add_edge("reconcile", "model")
    _branch(graph, "model", _after_model(tools), "reads", "prepare", "model", END)
    _branch(graph, "prepare", _after_prepare, "writes", "ask", "review", "join")
    graph.add_edge("ask", "review")
    _branch(graph, "review", _after_review(executor), "writes", "prepare", "ask", "review", "join")
    _branch(graph, "reads", _after_task(tools), "model", "join")
    _branch(graph, "writes", _after_task(tools), "model", "join")
    _branch(graph, "join", _after_join, "model", END)
    compiled = graph.compile(
        checkpointer=InMemorySaver() if checkpointer == "memory" else checkpointer, store=store, name=name
    )
    return compiled.with_config(max_concurrency=max_concurrency)


_log = logging.getLogger(__name__)


class _Answering(Runnable[State, Update]):
    """The step in which the model speaks.

    A Runnable of its own, because a `RunnableLambda` costs as much again as all else that happens here.
    """

    def __init__(
        self, models: Mapping[str, BaseChatModel], limits: RunLimits, system_prompt: str, most_writes: int
    ) -> None:
        self._models = models
        self._bounds = limits
        self._bound = lru_cache(maxsize=64)(self._bind)
        self._instructions = SystemMessage(system_prompt)
        self._most_writes = most_writes

    def invoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        settings = self._bounds.settings()
        model = self._bound(settings.model, tuple(settings.tools))
        return self._update(model.invoke(self._conversation(input), config), settings)

    async def ainvoke(self, input: State, config: RunnableConfig | None = None, **kwargs: Any) -> Update:
        settings = self._bounds.settings()
        model = self._bound(settings.model, tuple(settings.tools))
        return self._update(await model.ainvoke(self._conversation(input), config), settings)

    def _bind(self, model: str, tools: tuple[str, ...]) -> Runnable[LanguageModelInput, AIMessage]:
        if not tools:
            return self._models[model]  # providers refuse an empty list of tools
        return self._models[model].bind_tools([self._bounds.tools[name] for name in tools])

    def _conversation(self, state: State) -> list[AnyMessage]:
        return [self._instructions, *arranged(state["messages"])]

    def _update(self, reply: AIMessage, settings: RunSettings) -> Update:
        message, answers = screened(reply, settings.tools, self._most_writes)
        return {"messages": [message, *answers], "proposals": [], "approvals": [], "edits": [], "problem": None}


Way = Sequence[Send | str] | str


class _Choice(Runnable[State, Way]):
    """Where to go next. A bare function would be a run of its own in every trace, and a thread under `ainvoke`."""

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
    return "model" if is_in_order(state["messages"]) else "reconcile"


def _after_model(tools: Tools) -> Callable[[State], Way]:
    def route(state: State) -> Way:
        calls = open_calls(state["messages"])
        if not calls:
            # Every call was answered by the gate: the model has to see why.
            return "model" if isinstance(state["messages"][-1], ToolMessage) else END
        reads = [call for call in calls if not needs_approval(tools[str(call["name"])])]
        steps: list[Send | str] = [Send("reads", [call]) for call in reads]
        return steps if len(reads) == len(calls) else [*steps, "prepare"]

    return route


def _after_prepare(state: State) -> Way:
    writes: list[Send | str] = [to_write(approval) for approval in state.get("approvals", [])]
    if state.get("proposals"):
        return [*writes, "ask"] if writes else "review"
    return writes or "join"


def _after_review(executor: WriteExecutor) -> Callable[[State], Way]:
    def route(state: State) -> Way:
        waiting = state.get("proposals", [])
        if state.get("problem") and waiting:
            return "prepare" if needs_new_cards(waiting, executor) else "review"
        steps: list[Send | str] = [to_write(approval) for approval in state.get("approvals", [])]
        if state.get("edits"):
            steps.append("prepare")
        if waiting:
            steps.append("ask")
        return steps or "join"

    return route


def _after_task(tools: Tools) -> Callable[[State], str]:
    """Where one task of many goes. All have to say the same, though each sees its own answer alone.

    So they go by what was open before the step: its reads, and the writes that were let pass, are done with it. If that
    is not all, the choice is made in `join`, which sees all answers.
    """

    def route(state: State) -> str:
        done = {approval["call"]["id"] for approval in state.get("approvals", [])}
        left = (call for call in open_calls(state["messages"]) if call["id"] not in done)
        return "join" if any(needs_approval(tools.get(str(call["name"]))) for call in left) else "model"

    return route


def _after_join(state: State) -> str:
    # While a person is being asked, the reads of the same message come by here: the writes are still open then.
    return END if open_calls(state["messages"]) else "model"
