"""The sandbox with two of its users, for whom a run may act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.store.memory import InMemoryStore
from office import made

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import AuditEntry, audit_trail, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.sandbox import AshbySandbox

NOTE = "ashby_create_candidate_note"


@dataclass
class Ashby:
    """The sandbox, two of its users, and somebody to write notes about."""

    sandbox: AshbySandbox
    client: AshbyClient

    def __post_init__(self) -> None:
        state = self.sandbox.state()
        self.candidate = state["candidate"][0]["id"]
        self.ada, self.ben = [it for it in state["user"] if it["isEnabled"]][:2]
        self.store = InMemoryStore()

    def agent(self, *spoken: Any, **options: Any) -> Any:
        self.model = ScriptedChatModel(script=lines(*(spoken or (say("", self.note()), "Done."))))
        toolkit = AshbyToolkit(options.pop("client", self.client), **options.pop("toolkit", {}))
        return create_recruiting_agent(self.model, toolkit, store=self.store, **options)

    def note(self, text: str = "Met today.") -> Any:
        return made(NOTE, {"candidate_id": self.candidate, "note": text})

    def edit(self, text: str) -> dict[str, Any]:
        action = {"name": NOTE, "args": {"candidate_id": self.candidate, "note": text}}
        return {"decisions": [{"type": "edit", "edited_action": action}]}

    def sent(self) -> list[tuple[str, str | None]]:
        """What was sent, and for whom."""
        return [(it["endpoint"], it["on_behalf_of"]) for it in self.sandbox.requests()]

    def notes(self) -> list[str | None]:
        """For whom notes were written."""
        return [whom for endpoint, whom in self.sent() if endpoint == "candidate.createNote"]

    def entry(self) -> AuditEntry:
        [entry] = audit_trail(self.store)
        return entry
