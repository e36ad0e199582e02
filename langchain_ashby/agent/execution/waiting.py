"""The open questions of all threads, listed in the store: to find them in the checkpoints, each would have to be read.

The list helps to find a question. What is really open is known from the thread alone, which may be a step ahead or
behind: a question is listed before the thread has it, and leaves the list before the thread has its answer. So a
question that leaves is first moved to those that are `closed`, without what it asked. Whoever shows the list looks at
the threads of these once more, and puts back what a crash left open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.store.base import BaseStore, GetOp, Item, PutOp

# On Python 3.11 pydantic makes no JSON schema of typing's own TypedDict, and a LangGraph server asks for one.
from typing_extensions import TypedDict

from langchain_ashby.agent.execution.store import items_under, list_items, load, look, put_op, thread_label
from langchain_ashby.agent.messages.history import maker_of
from langchain_ashby.agent.state import Proposal
from langchain_ashby.text.safe import bounded
from langchain_ashby.text.words import tool_title
from langchain_ashby.toolkit.approvals import WaitingApproval

Place = tuple[str, str]
"""Where a question is listed: the label of its thread, and the id of its interrupt."""


class Waiting(TypedDict):
    """A question that waits for a person.

    Attributes:
        interrupt_id: The id of its interrupt.
        thread_id: The thread; None if it has no id.
        request: The interrupt's value, in LangChain's approval protocol.
        since: When it was asked, in ISO 8601.
        expires: When the first of its proposals will be too old to be approved; None if they never are.
        requester: Who talks to the agent, if the run with their message named them.
        settings: The run's settings, as its context gave them. The run that brings the answer needs them again.
        turn: The id of the user's latest message, which began the turn.
        asked: That message, cut at 2,000 characters.
        said: What the model said beside its calls, cut likewise.
        account: The fingerprint of its Ashby account. Earlier versions did not store it.
    """

    interrupt_id: str
    thread_id: str | None
    request: dict[str, Any]
    since: str
    expires: str | None
    requester: str | None
    settings: dict[str, Any]
    turn: str | None
    asked: str
    said: str
    account: NotRequired[str | None]


def keep(store: BaseStore, waiting: Waiting, found: tuple[list[Item], Item | None] | None = None) -> Waiting:
    """Adds a question to the list unless it is there. Returns the listed question.

    Args:
        store: The store.
        waiting: The question.
        found: The items in `of_thread` and at `open_mark`; they are read if left out.
    """
    label, key = at = place(waiting)
    items, is_open = found or _found(store, at)
    others = [it for item in items if (it := read_item(item)) is not None]
    known = next((it for it in others if it["interrupt_id"] == key), None)
    if known is not None and is_open is not None:
        return known
    # The run of an answer is the reviewer's. The person who talks to the agent is named by the run that began the turn.
    before = next((it for it in others if it["turn"] and it["turn"] == waiting["turn"]), None)
    named: Waiting = {**waiting, "requester": before["requester"]} if before else waiting
    left = [op for it in others if _is_long_over(it) for op in _gone(place(it))]
    if known is not None:  # it was closed, but is open after all
        left.append(PutOp(CLOSED, _name(at), None))
    store.batch([*left, put_op(of_thread(label), key, named), put_op(*open_mark(at), {})])
    return named


def _found(store: BaseStore, at: Place) -> tuple[list[Item], Item | None]:
    [items], [is_open] = look(store, [of_thread(at[0])], open_mark(at))
    return items, is_open


def listed_open(store: BaseStore, at: Place) -> Waiting | None:
    """Reads a question; None unless it is listed and open."""
    _, [found, is_open] = look(store, [], (of_thread(at[0]), at[1]), open_mark(at))
    return None if found is None or is_open is None else read_item(found)


def of_thread(label: str) -> tuple[str, ...]:
    """The namespace of a thread's questions, by the thread's label."""
    return (*ROOT, label)


def open_mark(at: Place) -> tuple[tuple[str, ...], str]:
    """Where a question has an item as long as it is open."""
    return OPEN, _name(at)


def close(store: BaseStore, thread_id: str | None, interrupt_id: str) -> None:
    """Moves a question to those that are closed, if it is open."""
    item = store.get(of_thread(thread_label(thread_id)), interrupt_id)
    if item is not None and (found := read_item(item)) is not None:
        close_listed(store, found)


def close_listed(store: BaseStore, listed: Waiting) -> None:
    """Closes a question as `keep` returned it."""
    if listed["request"] != NOTHING:
        store.batch(_closing([listed]))


def withdraw(store: BaseStore, thread_id: str | None) -> None:
    """Moves all questions of a thread to those that are closed."""
    found = map(read_item, list_items(store, of_thread(thread_label(thread_id))))
    if left := [it for it in found if it is not None and it["request"] != NOTHING]:
        store.batch(_closing(left))


def forget(store: BaseStore, at: Place) -> None:
    """Deletes what is listed of a question."""
    store.batch(_gone(at))


def places(store: BaseStore) -> set[Place]:
    """Where the open questions are listed. It reads none of them, so it is quick."""
    return {place_of(it) for it in list_items(store, OPEN)}


def read(store: BaseStore, wanted: Collection[Place]) -> dict[Place, Waiting | None]:
    """Reads questions, as far as they are listed; None for one of another version of this package."""
    if len(wanted) > _MANY:
        items = [it for it in items_under(store, ROOT) if (it.namespace[-1], it.key) in wanted]
    else:
        found = store.batch([GetOp(of_thread(label), key) for label, key in wanted])
        items = [it for it in found if isinstance(it, Item)]
    return {(it.namespace[-1], it.key): read_item(it) for it in items}


def all_waiting(store: BaseStore) -> list[Waiting]:
    """The open questions of all threads, those that wait longest first. Those of other versions are left out."""
    found = read(store, places(store)).values()
    return sorted((it for it in found if it is not None and it["request"] != NOTHING), key=lambda it: it["since"])


def approvals(store: BaseStore, account: str | None, user_id: str | None) -> list[WaitingApproval]:
    """Returns an account's changes that are waiting for approval, the oldest first.

    Args:
        store: The agent's store.
        account: The account's fingerprint.
        user_id: The Ashby user whose changes are returned; None for the key's owner, who sees all.
    """
    return [
        WaitingApproval(
            title=str(action.get("title") or tool_title(str(action["name"]), None)),
            args=action["args"],
            since=datetime.fromisoformat(it["since"]),
            user_id=action.get("on_behalf_of"),
            requester=it["requester"],
        )
        for it in all_waiting(store)
        if it.get("account") in (None, account)
        for action in it["request"]["action_requests"]
        if user_id in (None, action.get("on_behalf_of"))
    ]


def all_closed(store: BaseStore) -> list[Item]:
    """The closed questions: `place_of` says where each is listed, and it was last put when it was closed."""
    return list_items(store, CLOSED)


def read_item(item: Item) -> Waiting | None:
    """Reads a question; None if it is of another version of this package."""
    try:
        found: Any = load(item)
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) and found.keys() >= Waiting.__required_keys__ else None  # type: ignore[return-value]  # it is what `keep` kept


def place_of(item: Item) -> Place:
    """Where the question of an item of `OPEN` or `CLOSED` is listed."""
    label, interrupt_id = item.key.split(".", 1)
    return label, interrupt_id


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
    bare = Waiting(
        interrupt_id=interrupt_id,
        thread_id=thread_id,
        request=request,
        since=datetime.now(UTC).isoformat(),
        expires=(oldest + ttl).isoformat() if oldest and ttl else None,
        requester=requester,
        settings=settings,
        turn=None,
        asked="",
        said="",
        account=next((it["account"] for it in proposals), None),
    )
    return described(bare, messages)


def described(waiting: Waiting, messages: Sequence[AnyMessage]) -> Waiting:
    """Adds what the conversation says about a question."""
    maker = maker_of(messages)
    asked = next((it for it in reversed(messages) if isinstance(it, HumanMessage)), None)
    return {
        **waiting,
        "turn": asked.id if asked else None,
        "asked": bounded(asked.text, _MOST) if asked else "",
        "said": bounded(maker.text if maker else "", _MOST),
    }


def _closing(left: Iterable[Waiting]) -> list[PutOp]:
    """Keeps what is needed to ask again, and nothing of what was asked."""
    return [
        op
        for it in left
        for op in (
            put_op(of_thread(place(it)[0]), it["interrupt_id"], {**it, "request": NOTHING, "asked": "", "said": ""}),
            put_op(CLOSED, _name(place(it)), {}),
            PutOp(*open_mark(place(it)), None),
        )
    ]


def place(waiting: Waiting) -> Place:
    """Where a question is listed."""
    return thread_label(waiting["thread_id"]), waiting["interrupt_id"]


def _gone(at: Place) -> list[PutOp]:
    return [PutOp(of_thread(at[0]), at[1], None), PutOp(*open_mark(at), None), PutOp(CLOSED, _name(at), None)]


def _is_long_over(waiting: Waiting) -> bool:
    since = datetime.fromisoformat(waiting["since"])
    return waiting["request"] == NOTHING and datetime.now(UTC) - since > _LONG


def _name(at: Place) -> str:
    return ".".join(at)


ROOT = ("langchain_ashby", "waiting")
OPEN = ("langchain_ashby", "open_questions")
CLOSED = ("langchain_ashby", "closed_questions")
NOTHING: dict[str, Any] = {"action_requests": []}
"""The request of a closed question."""

_MOST = 2000
_LONG = timedelta(days=1)
_MANY = 30
"""From so many questions on, one search for all is quicker than a request for each."""
