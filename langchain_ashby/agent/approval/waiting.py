"""The open questions of all threads, listed in the store: to find them in the checkpoints, each would have to be read.

The list helps to find a question. What is really open is known from the thread alone, which may be a step ahead or behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.store.base import BaseStore, Item, PutOp

# On Python 3.11 pydantic makes no JSON schema of typing's own TypedDict, and a LangGraph server asks for one.
from typing_extensions import TypedDict

from langchain_ashby.agent.execution.store import items_under, list_items, load, put_op, thread_label
from langchain_ashby.agent.messages.history import maker_of
from langchain_ashby.agent.state import Proposal
from langchain_ashby.text.safe import bounded


class Waiting(TypedDict):
    """A question that waits for a person.

    Attributes:
        interrupt_id: The id of its interrupt.
        thread_id: The thread; None if it has no id.
        request: The interrupt's value, in LangChain's approval protocol.
        since: When it was asked, in ISO 8601.
        expires: When the first of its proposals will be too old to be approved; None if they never are.
        requester: Who talks to the agent, if the run names them.
        settings: The run's settings, as its context gave them. The run that brings the answer needs them again.
        asked: The user's latest message, cut at 2,000 characters.
        said: What the model said beside its calls, cut likewise.
    """

    interrupt_id: str
    thread_id: str | None
    request: dict[str, Any]
    since: str
    expires: str | None
    requester: str | None
    settings: dict[str, Any]
    asked: str
    said: str


def keep(store: BaseStore, waiting: Waiting) -> None:
    """Lists a question, in place of any earlier one of its thread."""
    namespace, key = _namespace(waiting["thread_id"]), waiting["interrupt_id"]
    listed = [item.key for item in list_items(store, namespace)]
    if key not in listed:
        store.batch([put_op(namespace, key, waiting), *(PutOp(namespace, it, None) for it in listed)])


def withdraw(store: BaseStore, thread_id: str | None) -> None:
    """Takes the questions of a thread off the list."""
    namespace = _namespace(thread_id)
    if listed := list_items(store, namespace):
        store.batch([PutOp(namespace, item.key, None) for item in listed])


def all_waiting(store: BaseStore) -> list[Waiting]:
    """The listed questions of all threads, those that wait longest first.

    Raises:
        ValueError: if another version of this package listed one.
    """
    return sorted(map(_read, items_under(store, ROOT)), key=lambda it: it["since"])


def waiting(
    interrupt_id: str,
    thread_id: str | None,
    request: dict[str, Any],
    *,
    proposals: Sequence[Proposal],
    messages: Sequence[AnyMessage],
    requester: str | None,
    settings: dict[str, Any],
    ttl: timedelta | None,
) -> Waiting:
    """Describes a question for the list."""
    oldest = min((datetime.fromisoformat(it["made"]) for it in proposals), default=None)
    maker = maker_of(messages)
    asked = next((it.text for it in reversed(messages) if isinstance(it, HumanMessage)), "")
    return Waiting(
        interrupt_id=interrupt_id,
        thread_id=thread_id,
        request=request,
        since=datetime.now(UTC).isoformat(),
        expires=(oldest + ttl).isoformat() if oldest and ttl else None,
        requester=requester,
        settings=settings,
        asked=bounded(asked, _MOST),
        said=bounded(maker.text if maker else "", _MOST),
    )


def _read(item: Item) -> Waiting:
    read: Any = load(item)
    found: Waiting = read
    return found


def _namespace(thread_id: str | None) -> tuple[str, ...]:
    return (*ROOT, thread_label(thread_id))


ROOT = ("langchain_ashby", "waiting")
_MOST = 2000
