"""Evidence for a decision: who the change is about, read from Ashby now, and what the model read before.

All of it is beside the card, which alone says what will happen. If it cannot be had, the page says so, and a decision
can be made without it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool
from starlette.concurrency import run_in_threadpool

from langchain_ashby.agent.approval.threads import Agent
from langchain_ashby.agent.cards.many import days_in_stage
from langchain_ashby.agent.messages.history import calls_of
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.endpoints.applications import GetApplication, ListApplicationFeedback
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.errors import AshbyError
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.threads import Threads
from langchain_ashby.results import NOTICE
from langchain_ashby.results.phrases import is_null, listed, named, objects, text, user
from langchain_ashby.results.redaction import without_private
from langchain_ashby.results.scorecards import DECISIVE, answer_to
from langchain_ashby.text.words import UNNAMED, at, count, one_line, parsed, tool_title
from langchain_ashby.toolkit.tool import AshbyTool

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scorecard:
    """Feedback of an interviewer: who gave it, when, and the answers that were chosen, without texts."""

    by: str
    when: datetime | None
    answers: list[tuple[str, str]]


@dataclass(frozen=True)
class Person:
    """Whom a change is about.

    Attributes:
        name: The candidate.
        facts: What is known of them, by what it is.
        scorecards: The feedback on the application, the latest first.
        url: The candidate's page in Ashby.
    """

    name: str
    facts: list[tuple[str, str]]
    scorecards: list[Scorecard]


@dataclass(frozen=True)
class Reading:
    """A result that the model read.

    Attributes:
        title: The tool in words.
        about: Its arguments in words.
        lines: The lines of the result, each with True if the tool wrote it and False if it quotes records.
        quotes: True if any of it may have been written by somebody outside.
        failed: True if there was no result.
    """

    title: str
    about: str
    lines: list[tuple[str, bool]]
    quotes: bool
    failed: bool

    @property
    def size(self) -> str:
        """The size of the result in words."""
        return count(len(self.lines), "line")


class Unavailable(Exception):
    """Evidence is not available; the message says why."""


class Evidence:
    """Evidence for the changes of an agent.

    Args:
        agent: The agent, or a graph with it as a node.
        tools: Its tools, of which one tells how Ashby is reached.
        seconds: How long a look at Ashby may take.
        fresh: For how many seconds a look counts.
    """

    def __init__(self, agent: Agent, tools: Iterable[BaseTool], *, seconds: float = 5, fresh: float = 60) -> None:
        self._threads = Threads(agent)
        self._client = next((it.client for it in tools if isinstance(it, AshbyTool) and it.client), None)
        self.seconds = seconds
        self._fresh = fresh
        self._looks: dict[tuple[str, str | None], tuple[float, Person]] = {}

    async def person(self, approval: Approval) -> Person | str | None:
        """Whom the change is about; None if it is about nobody, or words if they could not be read."""
        application, candidate = _of_whom(approval)
        if not (application or candidate):
            return None
        key = (application or str(candidate), approval.action.get("on_behalf_of"))
        kept = self._looks.get(key)
        if kept and time.monotonic() - kept[0] < self._fresh:
            return kept[1]
        client = self._client
        if client is None:
            return "The agent has no connection to Ashby to read from."

        def look() -> Person:
            with client.acting_for(key[1]):
                return person_of(client, application, candidate)

        try:
            async with asyncio.timeout(self.seconds):
                found = await client.run_blocking(look, cancellable=True)
        except TimeoutError:
            return f"Ashby did not answer within {self.seconds:g} seconds."
        except AshbyError as error:
            return f"Ashby could not be read: {one_line(error.message)}"
        now = time.monotonic()
        self._looks = {it: look for it, look in self._looks.items() if now - look[0] < self._fresh} | {
            key: (now, found)
        }
        return found

    async def readings(self, approval: Approval) -> list[Reading] | str:
        """What the model read since the user's latest message; words if the thread could not be read."""
        thread = approval.question.waiting["thread_id"]
        if thread is None:
            return "The thread has no id, so it cannot be read."
        try:
            read = await run_in_threadpool(self._threads.read, thread)
        except Exception as error:  # any checkpointer's own
            # Only its type: its message may quote the thread.
            _log.warning("A thread could not be read for its evidence: %s", type(error).__name__)
            return "The thread could not be read."
        return list(readings_of(read.messages))


def _of_whom(approval: Approval) -> tuple[str | None, str | None]:
    """The ids of the application and of the candidate that a change is about."""
    card = approval.card
    if card is None or card.get("table"):
        return None, None
    application = card["args"].get("application_id")
    candidates = [it for it, record in card["refers"].items() if record["what"] == "The candidate"]
    return application if isinstance(application, str) else None, candidates[0] if len(candidates) == 1 else None


def person_of(client: AshbyClient, application_id: str | None, candidate_id: str | None) -> Person:
    """Reads the person whom a change is about, by application or candidate."""
    application: Mapping[str, Any] = {}
    scorecards: list[Scorecard] = []
    if application_id:
        application, _ = without_private(client.call(GetApplication(application_id=application_id)))
        candidate_id = at(application, "candidate", "id") or candidate_id
    candidate: Mapping[str, Any] = {}
    if candidate_id:
        candidate, _ = without_private(client.call(GetCandidate(candidate_id=candidate_id)))
        ids = candidate.get("applicationIds")
        if not application_id and isinstance(ids, list) and len(ids) == 1:
            application_id = str(ids[0])
            application, _ = without_private(client.call(GetApplication(application_id=application_id)))
    if application_id:
        page = client.call(ListApplicationFeedback(application_id=application_id))
        scorecards = [_scorecard(it) for it in without_private(page.results)[0]]
    scorecards.sort(key=lambda it: it.when or _LONG_AGO, reverse=True)
    name = one_line(candidate.get("name") or at(application, "candidate", "name") or "Not known", 120)
    return Person(name, [(what, value) for what, value in _facts(candidate, application) if value], scorecards)


def _facts(candidate: Mapping[str, Any], application: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    works = [one_line(it, 120) for it in (candidate.get("position"), candidate.get("company")) if it]
    yield "Current role", ", ".join(works)
    yield "Location", one_line(at(candidate, "location", "locationSummary") or "", 120)
    yield "Job", one_line(at(application, "job", "title") or "", 120)
    stage = one_line(at(application, "currentInterviewStage", "title") or "", 80)
    days = days_in_stage(application, datetime.now(UTC))
    yield "Stage", stage if days is None else f"{stage or UNNAMED}, for {count(days, 'day')}"
    status = text(application.get("status")) or (UNNAMED if application else "")
    yield "Status", "" if status == "Active" else status
    yield "Source", one_line(named(application.get("source") or candidate.get("source")), 120)
    yield "Credited to", one_line(user(application.get("creditedToUser")), 120)
    yield "Tags", UNNAMED if is_null(candidate, "tags") else listed(map(named, objects(candidate.get("tags"))))
    others = candidate.get("applicationIds")
    number = str(len(others)) if isinstance(others, list) else UNNAMED if candidate else ""
    yield "Applications", "" if number == "1" else number


def _scorecard(feedback: Mapping[str, Any]) -> Scorecard:
    values = feedback.get("submittedValues")
    answers = [*_chosen(feedback, values)] if isinstance(values, Mapping) else [("Answers", UNNAMED)]
    by = one_line(user(feedback.get("submittedByUser")), 120) or "somebody"
    return Scorecard(by, parsed(feedback.get("submittedAt")), answers)


def _chosen(feedback: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Returns the answers of the types that matter for a decision, including missing ones."""
    for section in objects(at(feedback, "formDefinition", "sections")):
        for entry in objects(section.get("fields")):
            kind, path = at(entry, "field", "type"), at(entry, "field", "path")
            if kind in DECISIVE and path and (said := answer_to(entry, values)):
                yield one_line(at(entry, "field", "title") or path, 80), one_line(said, 80)


def readings_of(messages: Sequence[AnyMessage]) -> Iterator[Reading]:
    """What was read since the latest message of the user, in order."""
    start = max((place for place, it in enumerate(messages) if isinstance(it, HumanMessage)), default=0)
    calls = {call["id"]: call for it in messages[start:] if isinstance(it, AIMessage) for call in calls_of(it)}
    for message in messages[start:]:
        if isinstance(message, ToolMessage) and (call := calls.get(message.tool_call_id)):
            name, args = str(call["name"]), call["args"]
            # Only the package's own results tell which of their lines are the tool's.
            ours = name in OPERATIONS and message.text.startswith(f"# {NOTICE}")
            lines = message.text.split("\n")
            yield Reading(
                title=OPERATIONS[name].tool_title() if name in OPERATIONS else tool_title(name, None),
                about=_in_words(args),
                lines=[(it, ours and it.startswith("#")) for it in lines],
                quotes=ours or name not in OPERATIONS,
                failed=message.status == "error",
            )


def _in_words(args: Any) -> str:
    if not isinstance(args, Mapping):
        return ""
    said = [f"{name.replace('_', ' ')}: {text(it)}" for name, it in args.items() if not _MEANS_NOTHING.search(name)]
    return one_line(", ".join(said), 200)


_MEANS_NOTHING = re.compile(r"_ids?$|^(cursor|sync_token|limit)$")
"""Arguments that mean nothing to a reader."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
