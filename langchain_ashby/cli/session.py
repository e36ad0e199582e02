"""A conversation with the agent in a terminal: its steps as they happen, its questions as they come."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command
from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.cli.asking import can_ask, decide
from langchain_ashby.cli.card import shown
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.toolkit import AshbyToolkit


class Session:
    """One thread with the agent, remembered until the program ends.

    Args:
        model: The chat model.
        toolkit: The tools.
        console: Where to show what happens.
        approve_all: Approve every change without asking.
    """

    def __init__(self, model: BaseChatModel, toolkit: AshbyToolkit, console: Console, *, approve_all: bool) -> None:
        self._agent = create_recruiting_agent(model, toolkit)
        self._console = console
        self._approve_all = approve_all
        self._shown: set[str | None] = set()
        self._thread: RunnableConfig = {"configurable": {"thread_id": str(uuid4())}}

    def say(self, text: str) -> bool:
        """Send a message and go on until the agent is done.

        Returns:
            False if a change waits for approval and nobody can be asked.
        """
        request = self._run({"messages": [("user", text)]})
        while request is not None:
            if problem := request.get("problem"):
                self._console.print(Text(f"That could not be used: {problem}", style="yellow"))
            if not (self._approve_all or can_ask()):
                for action in request["action_requests"]:
                    self._console.rule("Waiting for approval", align="left")
                    self._console.print(shown(action))
                return False
            request = self._run(Command(resume={"decisions": self._decisions(request["action_requests"])}))
        return True

    def _decisions(self, actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not self._approve_all:
            return [
                decide(self._console, action, f"{number} of {len(actions)}") for number, action in enumerate(actions, 1)
            ]
        for action in actions:
            self._console.rule("Approved by --yes", align="left")
            self._console.print(shown(action))
        return [{"type": "approve"} for _ in actions]

    def _run(self, start: Any) -> dict[str, Any] | None:
        """Run until the agent is done, which gives None, or asks, which gives its request."""
        request = None
        for update in self._agent.stream(start, self._thread, stream_mode="updates", durability="sync"):
            for node, change in update.items():
                if node == "__interrupt__":
                    request = change[0].value
                else:
                    self._show((change or {}).get("messages") or [])
        return request

    def _show(self, messages: Any) -> None:
        for message in messages if isinstance(messages, list) else [messages]:
            # The agent may write the whole conversation anew; what was shown is not shown again.
            identity = message.tool_call_id if isinstance(message, ToolMessage) else message.id
            if identity in self._shown:
                continue
            self._shown.add(identity)
            if isinstance(message, AIMessage):
                if message.text:
                    self._console.print(Text("Agent:", style="bold"))
                    self._console.print(Padding(Markdown(message.text), (0, 0, 0, 2)))
                for call in message.tool_calls:
                    self._console.print(Text(f"  → {_title(call['name'])}{_arguments(call['args'])}", style="dim"))
            elif isinstance(message, ToolMessage):
                failed = message.status == "error"
                text = f"  {'✗' if failed else '✓'} {_title(message.name or '')}: {_outcome(message)}"
                self._console.print(Text(text, style="red" if failed else "green"))


def _title(tool: str) -> str:
    return OPERATIONS[tool].tool_title() if tool in OPERATIONS else tool


def _arguments(arguments: dict[str, Any]) -> str:
    """The arguments that a person can read; ids say nothing here."""
    shown = {name: value for name, value in arguments.items() if isinstance(value, str | int) and "_id" not in name}
    return f" ({', '.join(f'{name}: {value}' for name, value in shown.items())})" if shown else ""


def _outcome(message: ToolMessage) -> str:
    if message.status == "error":
        return message.text.splitlines()[0]
    results = (message.artifact or {}).get("results")
    if isinstance(results, list):
        return f"{len(results)} record{'' if len(results) == 1 else 's'}"
    return "done" if message.artifact else message.text.splitlines()[0]
