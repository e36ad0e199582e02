"""An inbox on a port of its own, over an agent that proposes what a test wants."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import uvicorn
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall
from langgraph.types import Command
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import audit_trail, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.endpoints.applications import ChangeApplicationStage
from langchain_ashby.inbox import Reviewer, create_app
from langchain_ashby.inbox.questions import Approval, Questions
from langchain_ashby.sandbox import AshbySandbox

WIDTHS = {"desk": 1280, "phone": 360}
"""How wide screens are, in pixels."""


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serves an application, and yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="inbox")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        if isinstance(app, Starlette):
            app.state.inbox.events.close()  # as a signal does, which only the main thread is told of
        server.should_exit = True
        thread.join()
        listening.close()


def named(request: Request) -> Reviewer:
    """The reviewer that a test's browser says it is for."""
    return Reviewer(request.headers.get("x-reviewer", "Grace"))


@dataclass
class Office:
    """An agent on the sandbox, and its inbox.

    Attributes:
        sandbox: What stands for Ashby.
        agent: The agent, which proposes what `ask` is given.
        address: The address of its inbox.
    """

    sandbox: AshbySandbox
    agent: Any
    address: str = ""
    _proposed: dict[str, Callable[[Sequence[BaseMessage]], AIMessage]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls, *, undo: timedelta = timedelta(0), agent: Any = None, **settings: Any) -> Iterator[Office]:
        """Opens one. What is in `agent` goes to `create_recruiting_agent`, the rest to `create_app`."""
        with AshbySandbox() as sandbox:
            office = cls(sandbox, None)
            office.agent = office.make(**(agent or {}))
            with served(create_app(office.agent, undo=undo, **{"reviewers": named, **settings})) as office.address:
                yield office

    def make(self, **settings: Any) -> Any:
        """Makes an agent."""
        toolkit = AshbyToolkit(AshbyClient(self.sandbox.api_key, self.sandbox.url), toolsets="all")
        return create_recruiting_agent(ScriptedChatModel(script=self._script), toolkit, **settings)

    def _script(self, messages: Sequence[BaseMessage]) -> AIMessage:
        asked = next(it.text for it in messages if isinstance(it, HumanMessage))
        known = (it for request, it in self._proposed.items() if asked.endswith(request))
        return next(known, lines("Done."))(messages)

    def ask(self, *calls: ToolCall, asked: str = "Please do it.", said: str = "I propose it.") -> list[Approval]:
        """Lets somebody ask in a new thread, upon which the agent proposes these changes at once."""
        thread = f"thread {len(self._proposed)}"
        request = f"{asked} ({thread})"
        self._proposed[request] = lines(say(said, *calls), "Done.", "Very well.")
        config: Any = {"configurable": {"thread_id": thread}}
        self.agent.invoke({"messages": [("user", request)]}, config, context={"reviewer": "Priya"}, durability="sync")
        return [it for it in self.waiting() if it.question.waiting["thread_id"] == thread]

    def approve(self, *approvals: Approval) -> None:
        """Approves all changes of a question, not in the browser."""
        config: Any = {"configurable": {"thread_id": approvals[0].question.waiting["thread_id"]}}
        self.agent.invoke(Command(resume={"decisions": [{"type": "approve"}] * len(approvals)}), config)

    def waiting(self) -> list[Approval]:
        """What waits now."""
        return [*Questions(self.agent.store).approvals()]

    def of(self, approval: Approval) -> str:
        """The address of a change."""
        return self.address + approval.address

    @cached_property
    def _candidates(self) -> list[str]:
        return [it["id"] for it in self.sandbox.records("candidate")]

    def candidate(self, number: int) -> str:
        """The id of a candidate, of those who were there when one was first asked for."""
        return self._candidates[number]

    def application(self, name: str) -> str:
        """The id of somebody's application."""
        state = self.sandbox.state()
        candidate = next(it["id"] for it in state["candidate"] if it["name"].startswith(name))
        return next(str(it["id"]) for it in state["application"] if it["candidateId"] == candidate)

    def note(self, number: int, text: str = "Call back on Monday.") -> ToolCall:
        """A note on a candidate."""
        return call("ashby_create_candidate_note", candidate_id=self.candidate(number), note=text)

    def move(self, name: str, stage: str, **more: Any) -> ToolCall:
        """A move of somebody's application to a stage."""
        application = self.application(name)
        return call("ashby_change_application_stage", application_id=application, interview_stage_id=stage, **more)

    def changes_stage(self, name: str, stage: str) -> None:
        """Moves somebody's application to a stage by title, behind the agent's back."""
        application, state = self.application(name), self.sandbox.state()
        plan = next(it["interviewPlanId"] for it in state["application"] if it["id"] == application)
        [to] = [it["id"] for it in state["interviewStage"] if (it["interviewPlanId"], it["title"]) == (plan, stage)]
        with AshbyClient(self.sandbox.api_key, self.sandbox.url) as client:
            client.call(ChangeApplicationStage(application_id=application, interview_stage_id=to))

    def sent(self, endpoint: str) -> list[dict[str, Any]]:
        """The bodies of what an endpoint of Ashby was sent."""
        return [it["body"] for it in self.sandbox.requests() if it["endpoint"] == endpoint]

    def notes(self) -> list[str]:
        """The notes that were written."""
        return [it["note"]["value"] for it in self.sent("candidate.createNote")]

    def wait_for(self, number: int) -> None:
        """Waits until there are so many outcomes."""
        until(lambda: len(self.outcomes()) >= number)

    def outcomes(self) -> list[tuple[str, str | None, str | None]]:
        """What became of what, by whose decision: outcomes, decisions and reviewers, the oldest first."""
        trail = sorted(audit_trail(self.agent.store), key=lambda it: it.at)
        return [(it.outcome, it.decision, it.reviewer) for it in trail]


def newest_outcome(page: Page, office: Office, number: int) -> None:
    """Opens the newest of so many outcomes. The trail is read again about every second."""
    page.goto(f"{office.address}/outcomes")
    while page.locator("ol.outcomes > li").count() < number:
        page.wait_for_timeout(200)
        page.reload()
    page.click("ol.outcomes > li >> nth=0 >> a >> nth=0")


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Waits until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
