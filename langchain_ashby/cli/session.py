"""A conversation with the agent in a terminal: its steps as they happen, its questions as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command
from rich.console import Console
from rich.text import Text

from langchain_ashby.cli.approval_prompt import decide, line_of
from langchain_ashby.cli.background import Interrupted, Work
from langchain_ashby.cli.card import shown
from langchain_ashby.cli.names import Names
from langchain_ashby.cli.progress import Watch
from langchain_ashby.cli.step_line import line, title
from langchain_ashby.cli.stream import Answer
from langchain_ashby.cli.terminal import CAUTION, can_ask, harmless
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.words import count

Action = dict[str, Any]


class Reached(Enum):
    """How far a turn went: the agent is done, or changes wait for somebody to decide."""

    THE_END = "end"
    A_QUESTION = "question"


class LeftUnderWay(Exception):
    """The person did not wait for changes that were being made."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__("It is not known whether this was done: " + "; ".join(changes))
        self.changes = list(changes)


class Session:
    """A thread of the agent.

    Args:
        agent: The agent.
        thread_id: The thread's name.
        console: Where to show what happens.
        approve_all: Approve every change without asking.
        reviewer: Who decides, for the audit trail.
        without_model: Stop where the model would be asked next.
    """

    def __init__(
        self,
        agent: CompiledStateGraph[Any, Any, Any, Any],
        thread_id: str,
        console: Console,
        *,
        approve_all: bool = False,
        reviewer: str | None = None,
        without_model: bool = False,
    ) -> None:
        self._agent = agent
        self._console = console
        self._approve_all = approve_all
        self._config: RunnableConfig = {"configurable": {"thread_id": thread_id, "reviewer": reviewer}}
        self._stop_before = ["model"] if without_model else None
        self._names = Names()
        self._old: set[str | None] = set()
        self._called: dict[str, str] = {}
        self._under_way: dict[str, str] = {}

    def messages(self) -> list[AnyMessage]:
        """The conversation so far."""
        return list(self._agent.get_state(self._config).values.get("messages", []))

    def waiting(self) -> dict[str, Any] | None:
        """The question that is open, if there is one, as the agent asked it."""
        interrupts = self._agent.get_state(self._config).interrupts
        return interrupts[0].value if interrupts else None

    def say(self, text: str) -> Reached:
        """Send a message and go on until the agent is done or asks.

        Raises:
            KeyboardInterrupt: if the person presses Ctrl-C. A change that is being made is made first.
            LeftUnderWay: if they press it again meanwhile.
        """
        self._old = {message.id for message in self.messages()}
        return self._decided(self._run({"messages": [HumanMessage(text)]}))

    def take_up(self) -> Reached:
        """Decide what waits and go on from there. Raises as `say` does."""
        messages = self.messages()
        self._old = {message.id for message in messages}
        for message in messages:
            if isinstance(message, ToolMessage):
                self._names.learn(message.artifact)
        return self._decided(self.waiting())

    def _decided(self, request: dict[str, Any] | None) -> Reached:
        """Have what is asked decided, and what is asked then, until nothing is."""
        while request is not None:
            if problem := request.get("problem"):
                self._console.print(Text.assemble(CAUTION, f" {problem}"))
            actions = request["action_requests"]
            decisions = self._decisions(actions)
            if decisions is None:
                return Reached.A_QUESTION
            self._under_way = {
                action["tool_call_id"]: line_of(action)
                for action, decision in zip(actions, decisions, strict=True)
                if decision["type"] in ("approve", "edit")
            }
            request = self._run(Command(resume={"decisions": decisions}))
        return Reached.THE_END

    def _decisions(self, actions: list[Action]) -> list[dict[str, Any]] | None:
        """What is decided about each action; None if it is left open."""
        if not self._approve_all and can_ask():
            return decide(self._console, actions)
        for action in actions:
            self._console.rule(Text("Approved by --yes" if self._approve_all else "Waiting for approval"), align="left")
            self._console.print(shown(action))
        return [{"type": "approve"} for _ in actions] if self._approve_all else None

    def _run(self, start: Any) -> dict[str, Any] | None:
        """Run until the agent is done, which gives None, or asks, which gives its request."""
        watch = Watch(self._console)
        work: Work[Any] = Work(
            lambda: self._agent.stream(
                start,
                self._config,
                stream_mode=["messages", "updates"],
                durability="sync",
                interrupt_before=self._stop_before,
            ),
            watch.refresh,
        )
        request, stopping = None, False
        with watch:
            for call_id, change in self._under_way.items():
                watch.begin(call_id, change)
            answer = Answer(watch)
            for step in work:
                if isinstance(step, Interrupted):
                    self._interrupted(work, again=stopping)
                    stopping = True
                    continue
                mode, came = step
                if mode == "messages":
                    message, about = came
                    if about.get("langgraph_node") == "model" and isinstance(message, AIMessage):
                        answer.add(message.text)
                    continue
                for node, change in came.items():
                    if node == "__interrupt__":
                        request = change[0].value if change else None
                    else:
                        self._show(node, change or {}, watch, answer)
                        answer = Answer(watch) if node == "model" else answer
                    if stopping and node == "join":
                        work.leave()
                        raise KeyboardInterrupt
        self._under_way = {}
        if stopping:
            raise KeyboardInterrupt
        return request

    def _interrupted(self, work: Work[Any], *, again: bool) -> None:
        changes = list(self._under_way.values())
        if changes and not again:
            self._console.print(f"Stopping when {_these(changes)} made. Ctrl-C again does not wait for that.")
            return
        work.leave()
        self._under_way = {}
        if changes:
            raise LeftUnderWay(changes)
        raise KeyboardInterrupt

    def _show(self, node: str, update: Mapping[str, Any], watch: Watch, answer: Answer) -> None:
        if node == "prepare":
            watch.end("cards")
        messages = update.get("messages") or []
        for message in messages if isinstance(messages, list) else [messages]:
            # A run begins with putting in order what an earlier one left, and may write all of the conversation anew.
            if node == "reconcile" and (message.id in self._old or not isinstance(message, ToolMessage)):
                continue
            self._show_message(message, watch, answer)

    def _show_message(self, message: BaseMessage, watch: Watch, answer: Answer) -> None:
        if isinstance(message, AIMessage):
            answer.end(message.text)
            writes = 0
            for call in message.tool_calls:
                if call["name"] in OPERATIONS and OPERATIONS[call["name"]].access is Access.READ:
                    watch.begin(str(call["id"]), self._told(call["name"], call["args"]))
                else:
                    writes += 1
            if writes:
                watch.begin("cards", f"Looking at what {count(writes, 'change')} would do")
            self._called = {str(call["id"]): self._told(call["name"], call["args"]) for call in message.tool_calls}
        elif isinstance(message, ToolMessage):
            self._names.learn(message.artifact)
            seconds = watch.end(message.tool_call_id)
            what = self._under_way.pop(message.tool_call_id, None) or self._called.get(message.tool_call_id)
            self._console.print(line(what or title(message.name or ""), message, seconds))

    def _told(self, tool: str, arguments: dict[str, Any]) -> str:
        said = self._names.told(arguments)
        return f"{title(tool)} ({said})" if said else title(tool)


def recalled(messages: Sequence[AnyMessage], console: Console) -> None:
    """Show the end of a conversation to who goes on with it: the last question, and the answer."""
    for kind, who in (("human", "You"), ("ai", "Agent")):
        last = next((it.text for it in reversed(messages) if it.type == kind and it.text.strip()), None)
        if last is not None:
            console.print(Text.assemble((f"{who}: ", "bold"), harmless(last)))


def _these(changes: list[str]) -> str:
    return "the change that is under way is" if len(changes) == 1 else f"the {len(changes)} changes under way are"
