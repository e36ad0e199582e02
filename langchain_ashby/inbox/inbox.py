"""The parts of an inbox, as its pages use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from langchain_core.tools import BaseTool
from langgraph.store.base import BaseStore
from starlette.templating import Jinja2Templates

from langchain_ashby.inbox.door import Door
from langchain_ashby.inbox.events import Events
from langchain_ashby.inbox.evidence import Evidence
from langchain_ashby.inbox.later import Later
from langchain_ashby.inbox.outbox import Agent, Outbox
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.inbox.security import Place
from langchain_ashby.inbox.trail import Trail
from langchain_ashby.inbox.undoing import Undos


@dataclass(frozen=True)
class Inbox:
    """What the pages share, in `request.app.state.inbox`."""

    agent: Agent
    store: BaseStore
    questions: Questions
    outbox: Outbox
    events: Events
    later: Later
    evidence: Evidence
    trail: Trail
    undos: Undos
    tools: Mapping[str, BaseTool]
    templates: Jinja2Templates
    door: Door
    place: Place
    title: str
    time_zone: str | None
    undo: timedelta
