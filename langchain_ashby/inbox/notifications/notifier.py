"""Notifies people: finds what is new, writes one message per recipient, and retries until it arrives."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from langgraph.store.base import BaseStore

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.http.settings import web_address
from langchain_ashby.inbox.notifications.message import Channel, NotDeliveredError
from langchain_ashby.inbox.notifications.notices import Notice, of_outcome, of_question
from langchain_ashby.inbox.notifications.post import UNSENT, Letter, Post, letters, written
from langchain_ashby.inbox.notifications.routing import Route, Routing, To
from langchain_ashby.inbox.notifications.turn import Turn
from langchain_ashby.inbox.notifications.wording import message
from langchain_ashby.inbox.questions import Question
from langchain_ashby.inbox.trail import Trail
from langchain_ashby.text.words import count, zone

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trouble:
    """A channel that is failing.

    Attributes:
        channel: Its name.
        since: Since when.
        why: How it fails, as a predicate.
        waiting: How many messages wait for it.
    """

    channel: str
    since: datetime
    why: str
    waiting: int

    def __str__(self) -> str:
        at = f"{self.since.astimezone(zone()):%H:%M %Z on %d %b}"
        return f"{self.channel} {self.why} since {at}; {count(self.waiting, 'message')} not delivered."


class Notifier:
    """Tells reviewers what is waiting for them, and requesters which of their changes were not made.

    Reviewers are told of changes that wait or need a second reviewer, are reminded before these expire, and told before
    a held change is made. Requesters are told if their change was rejected, expired, was canceled, or did not get into
    Ashby as it should have. Notices that come within a short time go into one message.

    Several processes may run on one store: one of them sends. Each message is kept in the store before it is sent, and
    has an id that stays the same. It is sent again until its channel takes it, for at most three days. If a process
    dies between sending a message and noting that, it is sent twice, with the same id.

    Args:
        channels: The channels by name, such as `{"slack": Slack(…)}`.
        base_url: The inbox's address, to which links lead. A link carries no right: whoever follows it has to sign in.
        recipients: Who is told of which change. A mapping: by the name of its tool, `job:Title` or `risk:high`, and `*`
            for what no other key fits; each has a list of recipients, and all keys that fit count. Or a function of the
            `Notice` that gives such a list, or None. A recipient is the name of a channel, or with an address
            `mail:ada@example.com`. What no rule covers goes to all channels, and there to their own addresses.
        requesters: The same for what requesters are told, by the requester's name in the run. What no rule covers goes
            where the change was announced.
        window: How long to collect notices into one message.
        reminders: How long before a change expires reviewers are reminded.
        before_hold: How long before a held change is made reviewers are told.

    Raises:
        ConfigurationError: if the address or a rule is invalid, or a setting has the wrong type.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        base_url: str,
        recipients: Route | None = None,
        requesters: Route | None = None,
        window: timedelta = timedelta(seconds=30),
        reminders: Sequence[timedelta] = (timedelta(hours=4), timedelta(minutes=30)),
        before_hold: timedelta = timedelta(minutes=10),
    ) -> None:
        for name, it in (("window", window), ("before_hold", before_hold), *(("reminders", it) for it in reminders)):
            if not isinstance(it, timedelta):
                raise ConfigurationError(f"{name} takes a timedelta, not {it!r}")
        self._channels = dict(channels)
        self._base_url = web_address(base_url)
        self._routing = Routing(self._channels, recipients, requesters)
        self._window = window
        self._reminders = tuple(reminders)
        self._before_hold = before_hold
        self._turn: Turn | None = None
        self._post: Post | None = None
        self._began: dict[str, datetime] = {}
        self._read = 0
        self._questions: dict[str, list[Notice]] = {}
        self._outcomes: dict[str, Notice] = {}
        self._requesters: dict[tuple[str | None, str], str] = {}
        self._routes: dict[str, tuple[To, ...]] = {}

    def tick(self, now: datetime, store: BaseStore, questions: Sequence[Question], trail: Trail) -> None:
        """Sends what is due. Call it about once a second, in a thread: a slow channel blocks it.

        Args:
            now: The time.
            store: The agent's store.
            questions: The questions that are open now.
            trail: The audit trail of the same store.
        """
        self._turn = self._turn or Turn(store)
        if not self._turn.taken(now):
            self._post = None
            return
        if self._post is None:
            self._take_over(store, now)
        assert self._post is not None
        self._questions = {it.interrupt_id: self._questions.get(it.interrupt_id) or self._of(it) for it in questions}
        self._note(trail, now)
        self._write(self._post, [it for notices in self._questions.values() for it in notices], now)
        self._send(self._post, {it.interrupt_id for it in questions}, now)

    def close(self) -> None:
        """Lets another process send."""
        if self._turn is not None:
            self._turn.end()
        self._turn = self._post = None

    def _of(self, question: Question) -> list[Notice]:
        return [*of_question(question, self._reminders, self._before_hold)]

    def _take_over(self, store: BaseStore, now: datetime) -> None:
        self._post = Post(store)
        self._began = {name: self._post.began(name, now) for name in self._channels}
        self._requesters = self._post.requesters()
        self._read, self._outcomes = 0, {}

    def _note(self, trail: Trail, now: datetime) -> None:
        """Notes who asked for what, and reads the outcomes since the last look."""
        for notices in self._questions.values():
            self._requesters |= {(it.thread_id, it.call_id): it.requester for it in notices if it.requester}
        new = trail.since(self._read)
        self._read += len(new)
        for row in new:
            notice = of_outcome(row, self._requesters.get((row.thread_id, row.call_id)))
            if notice is not None and now - row.at < _NEWS:
                self._outcomes[notice.id] = notice

    def _write(self, post: Post, waiting: Iterable[Notice], now: datetime) -> None:
        """Writes what is due and was not told, one letter for each recipient."""
        self._outcomes = {name: it for name, it in self._outcomes.items() if now - it.due < _NEWS}
        notices = [it for it in [*waiting, *self._outcomes.values()] if it.due <= now or it.kind in ("new", "second")]
        self._routes = {it.id: self._routes.get(it.id) or self._routing.of(it) for it in notices}
        untold = [
            (to, it)
            for it in notices
            for to in self._routes[it.id]
            if not post.has_told(to, it) and (it.question or it.due >= self._began[to.channel])
        ]
        untold.sort(key=lambda pair: (pair[0].channel, pair[0].address, pair[1].is_outcome))
        for (to, _), pairs in groupby(untold, key=lambda pair: (pair[0], pair[1].is_outcome)):
            news = sorted((it for _, it in pairs), key=lambda it: it.due)
            if now - news[0].due >= self._window or news[0].due > now:  # the latter by another computer's clock
                post.add(written(to, news, now))

    def _send(self, post: Post, open_ids: set[str], now: datetime) -> None:
        """Sends what is due. A channel that fails is left alone until its next attempt is due."""
        post.note_ended()
        failing = {it.to.channel for it in post.unsent.values() if it.down and it.again > now}
        for letter in sorted(post.unsent.values(), key=lambda it: it.at):
            channel = self._channels.get(letter.to.channel)
            if now - letter.at > _GIVEN_UP:
                _log.warning(
                    "A notification could not be delivered through %s in three days and was dropped", letter.to.channel
                )
                post.end(letter, now)
            elif not any(_is_news(it, open_ids, now) for it in letter.notices):
                post.end(letter, now)  # decided meanwhile: nobody has anything to do any more
            elif channel is not None and letter.again <= now and letter.to.channel not in failing:
                assert self._turn is not None
                if not self._turn.kept(now):
                    return
                if not self._sent(channel, letter, post, now):
                    failing.add(letter.to.channel)
        post.forget(open_ids, now)

    def _sent(self, channel: Channel, letter: Letter, post: Post, now: datetime) -> bool:
        """Sends a letter. False if the channel would not take another one either."""
        try:
            text = message(letter, self._base_url, details=channel.details)
            channel.send(text, letter.to.address, now)
        except Exception as failure:
            error = _reworded(failure)
            _log.warning("%s %s; the notification will be sent again", letter.to.channel, error.why)
            post.again(letter.after(error.why, now, down=error.down, pause=error.retry_after))
            return not error.down
        post.end(letter, now)
        return True


def troubles(store: BaseStore) -> list[Trouble]:
    """The failing channels, whichever process sends."""
    failed = [
        (it.to.channel, not it.down, it.failed_since, it.error) for it in letters(store, UNSENT) if it.failed_since
    ]
    found: dict[str, Trouble] = {}
    for channel, _, since, error in sorted(failed):  # what is wrong with the channel itself comes first
        known = found.get(channel) or Trouble(channel, since, error, 0)
        found[channel] = replace(known, waiting=known.waiting + 1)
    return [*found.values()]


def _reworded(failure: Exception) -> NotDeliveredError:
    """Why a channel failed. One of the application's own may raise anything."""
    if isinstance(failure, NotDeliveredError):
        return failure
    return NotDeliveredError(f"has been failing ({type(failure).__name__})", down=True)


def _is_news(notice: Notice, open_ids: set[str], now: datetime) -> bool:
    """True if what a notice tells still holds."""
    if notice.question is None or notice.kind == "expired":
        return True
    return notice.question in open_ids and (notice.expires is None or now < notice.expires)


_NEWS = timedelta(days=7)
_GIVEN_UP = timedelta(days=3)
