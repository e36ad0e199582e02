"""Messages to be sent: kept in the store before and until they are sent.

What is in a letter has been told, or will be. A process that dies loses none: the next one finds it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.execution.store import items_under, load, put_op
from langchain_ashby.inbox.notifications.notices import Notice, from_json, to_json
from langchain_ashby.inbox.notifications.routing import To

ROOT = ("langchain_ashby", "notified")
UNSENT = (*ROOT, "unsent")
_SENT = (*ROOT, "sent")
_CHANNELS = (*ROOT, "channels")

KEPT = timedelta(days=14)
"""How long a letter that was sent is kept, so that nothing in it is told again: longer than anything is news."""

_WAITS = [timedelta(seconds=it) for it in (5, 30, 120, 300, 600)]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message to one recipient, with what became of it.

    Attributes:
        id: Its id: it follows from what it tells whom.
        to: Its recipient.
        at: When it was written.
        notices: What it tells.
        again: Not to be sent before this moment.
        failed: How often it could not be delivered.
        failed_since: Since when.
        error: Why, the last time.
        down: True if that was for no fault of this letter.
        ended: When it was sent, or given up.
    """

    id: str
    to: To
    at: datetime
    notices: list[Notice]
    again: datetime
    failed: int = 0
    failed_since: datetime | None = None
    error: str = ""
    down: bool = False
    ended: datetime | None = None

    def after(self, why: str, now: datetime, *, down: bool, pause: float | None) -> Letter:
        """The letter after one more failure: the next attempt comes later each time, up to ten minutes."""
        wait = _WAITS[min(self.failed, len(_WAITS) - 1)]
        return replace(
            self,
            again=now + max(wait, timedelta(seconds=pause or 0)),
            failed=self.failed + 1,
            failed_since=self.failed_since or now,
            error=why,
            down=down,
        )


def written(to: To, notices: Sequence[Notice], now: datetime) -> Letter:
    """A new letter."""
    told = "\n".join([to.channel, to.address, *sorted(it.id for it in notices)])
    name = f"msg_{sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    return Letter(id=name, to=to, at=now, notices=[*notices], again=now)


class Post:
    """The letters in a store, for the process whose turn it is."""

    def __init__(self, store: BaseStore) -> None:
        self._store = store
        self.sent = {letter.id: letter for letter in letters(store, _SENT)}
        self.unsent = {letter.id: letter for letter in letters(store, UNSENT) if letter.id not in self.sent}
        self._ended: dict[str, Letter] = {}
        self._told = {(letter.to, it.id) for letter in self._all() for it in letter.notices}

    def requesters(self) -> dict[tuple[str | None, str], str]:
        """Whose message led to a call, by its thread and id, as far as it was told of."""
        told = (it for letter in self._all() for it in letter.notices)
        return {(it.thread_id, it.call_id): it.requester for it in told if it.requester}

    def began(self, channel: str, now: datetime) -> datetime:
        """When a channel was first used: earlier outcomes are not told there."""
        item = self._store.get(_CHANNELS, channel)
        if item is not None:
            return datetime.fromisoformat(load(item)["at"])
        self._store.batch([put_op(_CHANNELS, channel, {"at": now.isoformat()})])
        return now

    def has_told(self, to: To, notice: Notice) -> bool:
        """True if it is in a letter to this recipient."""
        return (to, notice.id) in self._told

    def add(self, letter: Letter) -> None:
        """Keeps a letter that is to be sent."""
        self._put(UNSENT, letter)
        self.unsent[letter.id] = letter
        self._told |= {(letter.to, it.id) for it in letter.notices}

    def again(self, letter: Letter) -> None:
        """Keeps a letter that could not be delivered."""
        self._put(UNSENT, letter)
        self.unsent[letter.id] = letter

    def end(self, letter: Letter, now: datetime) -> None:
        """Records a letter as sent or given up. This process does not send it again, even if the store is down now."""
        self.sent[letter.id] = self._ended[letter.id] = replace(letter, ended=now)
        self.unsent.pop(letter.id, None)
        self.note_ended()

    def note_ended(self) -> None:
        """Notes in the store which letters are done, before forgetting them here, so that none is forgotten."""
        for letter in [*self._ended.values()]:
            self._put(_SENT, letter)
            self._store.batch([PutOp(UNSENT, letter.id, None)])
            del self._ended[letter.id]

    def forget(self, open_ids: set[str], now: datetime) -> None:
        """Deletes old letters, unless something in them still waits: it would be told again."""
        old = [
            letter
            for letter in self.sent.values()
            if letter.ended is not None
            and now - letter.ended > KEPT
            and not any(it.question in open_ids for it in letter.notices)
        ]
        for letter in old:
            self._store.batch([PutOp(_SENT, letter.id, None)])
            del self.sent[letter.id]
            self._told -= {(letter.to, it.id) for it in letter.notices}

    def _all(self) -> Iterator[Letter]:
        yield from self.sent.values()
        yield from self.unsent.values()

    def _put(self, namespace: tuple[str, ...], letter: Letter) -> None:
        self._store.batch([put_op(namespace, letter.id, _to_json(letter))])


def letters(store: BaseStore, namespace: tuple[str, ...]) -> list[Letter]:
    """The letters in a namespace of a store."""
    return [_from_json(load(item)) for item in items_under(store, namespace)]


def _to_json(letter: Letter) -> dict[str, Any]:
    plain = {name: _moment(value) for name, value in vars(letter).items()}
    return plain | {"to": asdict(letter.to), "notices": [to_json(it) for it in letter.notices]}


def _moment(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _from_json(kept: dict[str, Any]) -> Letter:
    moments = {
        name: datetime.fromisoformat(kept[name]) if kept[name] else None
        for name in ("at", "again", "failed_since", "ended")
    }
    return Letter(**{**kept, **moments, "to": To(**kept["to"]), "notices": [*map(from_json, kept["notices"])]})
