"""A conversation with the agent in a terminal: shows its steps as they happen and asks about its changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command, Interrupt
from rich.console import Console
from rich.text import Text

from langchain_ashby.agent.approval.gate import needs_approval
from langchain_ashby.agent.messages.reply import ended_early
from langchain_ashby.agent.run.compiled import RecruitingAgent
from langchain_ashby.cli.approval_prompt import Review, decide, line_of, overview
from langchain_ashby.cli.background import BackgroundWork, Interrupted
from langchain_ashby.cli.card import Action, shown
from langchain_ashby.cli.drafts import Drafts
from langchain_ashby.cli.progress import ProgressDisplay
from langchain_ashby.cli.step_line import RecordNames, line, title
from langchain_ashby.cli.stream import StreamedAnswer
from langchain_ashby.cli.terminal import CAUTION, can_ask, harmless
from langchain_ashby.text.words import count, one_line, tool_title


class Reached(Enum):
    """How a turn ends: the agent is done or has no answer, changes are open, or they are and the person leaves."""

    THE_END = "end"
    NO_ANSWER = "no answer"
    A_QUESTION = "question"
    QUIT = "quit"


class OutcomeUnknown(Exception):
    """The person did not wait for changes that were being made."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__("The outcome is unknown: " + "; ".join(changes))
        self.changes = list(changes)


class Session:
    """One thread of the agent.

    Args:
        agent: The agent.
        thread_id: The thread's name.
        console: The terminal.
        approve_all: Approve every change without asking.
        reviewer: The person who decides, for the audit trail.
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
        self._tools = agent.limits.tools if isinstance(agent, RecruitingAgent) else {}
        self._console = console
        self._approve_all = approve_all
        self._config: RunnableConfig = {"configurable": {"thread_id": thread_id, "reviewer": reviewer}}
        self._stop_before = ["model"] if without_model else None
        self._drafts = Drafts(agent.store or InMemoryStore(), thread_id, reviewer)
        self._names = RecordNames()
        self._old: set[str | None] = set()
        self._called: dict[str, str] = {}
        self._under_way: dict[str, str] = {}
        self._ended_early = False
        self._left_out = 0

    def messages(self) -> list[AnyMessage]:
        """The conversation so far."""
        return list(self._agent.get_state(self._config).values.get("messages", []))

    def waiting(self) -> Interrupt[Any] | None:
        """The agent's open question, if there is one."""
        interrupts = self._agent.get_state(self._config).interrupts
        return interrupts[0] if interrupts else None

    def say(self, text: str) -> Reached:
        """Sends a message, which cancels open changes, and goes on until the agent is done or changes are left open.

        Raises:
            KeyboardInterrupt: if the person presses Ctrl-C. A change that is being made is made first.
            OutcomeUnknown: if they press it again meanwhile.
        """
        self._old = {message.id for message in self.messages()}
        self._drafts.clear()
        return self._answer(self._run({"messages": [HumanMessage(text)]}))

    def resume(self) -> Reached:
        """Asks about the open changes and goes on from there. Raises as `say` does."""
        messages = self.messages()
        self._old = {message.id for message in messages}
        for message in messages:
            if isinstance(message, ToolMessage):
                self._names.learn(message.artifact)
        return self._answer(self.waiting())

    def _answer(self, question: Interrupt[Any] | None) -> Reached:
        """Asks for decisions until no question is left, or all that is left is put off or waits for something else."""
        left_open: set[str] = set()
        while question is not None:
            request = question.value
            if problem := request.get("problem"):
                self._console.print(Text.assemble(CAUTION, f" {problem}"))
            actions = request["action_requests"]
            if left_open.issuperset(it["tool_call_id"] for it in actions):
                self._console.print(overview(actions))
                return Reached.A_QUESTION
            review = self._review(actions)
            if any(review.decisions) and not review.quits and not review.interrupted and _may_wait(request):
                for place, action in enumerate(actions):
                    waits = {"type": "wait", "tool_call_id": action["tool_call_id"]}
                    review.decisions[place] = review.decisions[place] or waits
            decisions = [decision for decision in review.decisions if decision is not None]
            if len(decisions) < len(actions):
                self._drafts.keep(actions, review.decisions)
                if decisions:
                    decided = f"{len(decisions)} of {len(actions)} changes are decided"
                    self._console.print(f"{decided}; none is made until all are.")
            if review.interrupted:
                raise KeyboardInterrupt
            if len(decisions) < len(actions):
                return Reached.QUIT if review.quits else Reached.A_QUESTION
            self._under_way = {
                action["tool_call_id"]: line_of(action)
                for action, decision in zip(actions, decisions, strict=True)
                if decision["type"] in ("approve", "edit")
            }
            self._drafts.clear()
            question = self._run(Command(resume={question.id: {"decisions": decisions}}))
            left_open = self._left_open(actions, decisions, question)
        return Reached.NO_ANSWER if self._ended_early else Reached.THE_END

    def _left_open(
        self, actions: list[Action], decisions: Sequence[Mapping[str, Any]], question: Interrupt[Any] | None
    ) -> set[str]:
        """The calls about which there is nothing more to ask this person now, of those that are asked about again."""
        done = {it["tool_call_id"]: decision["type"] for it, decision in zip(actions, decisions, strict=True)}
        again = [it for it in (question.value["action_requests"] if question else ()) if it["tool_call_id"] in done]
        return {
            it["tool_call_id"]
            for it in again
            if it.get("approved_by") or done[it["tool_call_id"]] == "wait" or self._approve_all
        }

    def _review(self, actions: list[Action]) -> Review:
        """The decision about each action, as far as there is one."""
        if not self._approve_all and can_ask():
            return decide(self._console, actions, self._drafts.read(actions))
        for action in actions:
            self._console.rule(Text("Approved by --yes" if self._approve_all else "Waiting for approval"), align="left")
            self._console.print(shown(action))
        return Review([{"type": "approve"} if self._approve_all else None for _ in actions])

    def _run(self, start: Any) -> Interrupt[Any] | None:
        """Runs until the agent is done, which returns None, or asks, which returns its question."""
        progress = ProgressDisplay(self._console)
        work: BackgroundWork[Any] = BackgroundWork(
            lambda: self._agent.stream(
                start,
                self._config,
                stream_mode=["messages", "updates"],
                durability="sync",
                interrupt_before=self._stop_before,
            ),
            progress.refresh,
        )
        with work:
            try:
                with progress:
                    return self._show_run(work, progress)
            except SystemExit:
                # The output was closed: no one sees the rest, but a change that is being made is finished.
                if self._under_way:
                    work.finish_step()
                raise

    def _show_run(self, work: BackgroundWork[Any], progress: ProgressDisplay) -> Interrupt[Any] | None:
        for call_id, change in self._under_way.items():
            progress.begin(call_id, change)
        answer = StreamedAnswer(progress)
        question, stopping = None, False
        for step in work:
            if isinstance(step, Interrupted):
                self._interrupted(work, again=stopping)
                stopping = True
                continue
            mode, came = step
            if mode == "messages":
                message, about = came
                # Whole messages, as of a model that does not stream, come with the update as well.
                if about.get("langgraph_node") == "model" and isinstance(message, AIMessageChunk):
                    answer.add(message.text)
                continue
            for node, change in came.items():
                if node == "__interrupt__":
                    question = change[0] if change else None
                else:
                    answer = self._show(node, change or {}, progress, answer)
                if stopping and node == "join":
                    work.abandon()
                    raise KeyboardInterrupt
        self._under_way = {}
        if stopping:
            raise KeyboardInterrupt
        return question

    def _interrupted(self, work: BackgroundWork[Any], *, again: bool) -> None:
        changes = list(self._under_way.values())
        if changes and not again:
            self._console.print(f"Finishing {count(len(changes), 'change')} first. Ctrl-C again stops without waiting.")
            return
        work.abandon()
        self._under_way = {}
        if changes:
            raise OutcomeUnknown(changes)
        raise KeyboardInterrupt

    def _show(
        self, node: str, update: Mapping[str, Any], progress: ProgressDisplay, answer: StreamedAnswer
    ) -> StreamedAnswer:
        """Shows what a step did. Returns where the next answer is streamed to."""
        if node == "prepare":
            progress.end("cards")
        messages = update.get("messages") or []
        for message in messages if isinstance(messages, list) else [messages]:
            # A run first repairs what an earlier one left, and may rewrite the whole conversation.
            if node == "reconcile" and (message.id in self._old or not isinstance(message, ToolMessage)):
                continue
            self._show_message(message, progress, answer)
            answer = StreamedAnswer(progress) if isinstance(message, AIMessage) else answer
        if (left_out := update.get("left_out") or 0) > self._left_out:
            if not self._left_out:
                self._console.print(Text.assemble(CAUTION, f" {_WINDOW_FULL}"))
            self._left_out = left_out
        return answer

    def _show_message(self, message: BaseMessage, progress: ProgressDisplay, answer: StreamedAnswer) -> None:
        if isinstance(message, AIMessage):
            answer.end(message.text)
            self._ended_early = ended_early(message) is not None
            writes = 0
            for call in message.tool_calls:
                if not needs_approval(self._tools.get(call["name"])):
                    progress.begin(str(call["id"]), self._described(call["name"], call["args"]))
                else:
                    writes += 1
            if writes:
                progress.begin("cards", f"Checking what {count(writes, 'change')} would do")
            self._called = {str(call["id"]): self._described(call["name"], call["args"]) for call in message.tool_calls}
        elif isinstance(message, ToolMessage):
            self._names.learn(message.artifact)
            seconds = progress.end(message.tool_call_id)
            what = self._under_way.pop(message.tool_call_id, None) or self._called.get(message.tool_call_id)
            self._console.print(line(what or self._title(message.name or ""), message, seconds))

    def _described(self, tool: str, arguments: dict[str, Any]) -> str:
        summary, what = self._names.summary(arguments), self._title(tool)
        return f"{what} ({summary})" if summary else what

    def _title(self, tool: str) -> str:
        known = self._tools.get(tool)
        return one_line(tool_title(tool, known.metadata), 60) if known else title(tool)


def _may_wait(request: Mapping[str, Any]) -> bool:
    """True if a change can be left open while others of its message are decided."""
    return any("wait" in it["allowed_decisions"] for it in request["review_configs"])


def show_last_exchange(messages: Sequence[AnyMessage], console: Console) -> None:
    """Shows the last question of a resumed conversation with its answer, and what was done since."""
    asked = max(
        (place for place, it in enumerate(messages) if isinstance(it, HumanMessage) and it.text.strip()), default=0
    )
    since = messages[asked:]
    for kind, who in (("human", "You"), ("ai", "Agent")):
        last = next((it.text for it in reversed(since) if it.type == kind and it.text.strip()), None)
        if last is not None:
            console.print(Text.assemble((f"{who}: ", "bold"), harmless(last)))
    answered = max((place for place, it in enumerate(since) if isinstance(it, AIMessage)), default=None)
    if answered is None and since:
        console.print("The agent has not answered this.")
    for message in since[answered or 0 :]:
        if isinstance(message, ToolMessage):  # such as a change that was approved in `pending`
            console.print(line(title(message.name or ""), message, None))


_WINDOW_FULL = (
    "This conversation no longer fits the model's window: the model sees the latest part in full and can read records "
    "again. For a new subject, start a new thread."
)
