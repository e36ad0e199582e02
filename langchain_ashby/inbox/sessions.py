"""Sessions in the store: all processes know them, and signing out ends one everywhere.

The cookie is a random secret, of which the store keeps only the hash.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from langgraph.store.base import BaseStore, PutOp
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from langchain_ashby.agent.execution.store import list_items, load, put_op
from langchain_ashby.inbox.reviewers import Reviewer


@dataclass(frozen=True)
class Session:
    """Somebody's session in one browser.

    Attributes:
        secret: What the cookie holds.
        values: What the session is about, such as the reviewer.
    """

    secret: str
    values: dict[str, Any]

    @property
    def csrf_token(self) -> str:
        """What each form of this session sends along. It does not give the secret away."""
        return hmac.digest(self.secret.encode(), b"csrf", "sha256").hex()

    @property
    def reviewer(self) -> Reviewer:
        """Whose session it is."""
        return Reviewer(self.values["name"], frozenset(self.values["roles"]), self.values["email"], as_seen=True)


class Sessions:
    """The sessions that one way to sign in began.

    Args:
        store: The agent's store.
        issuer: Identifies the way to sign in. A session of another one does not count.
        lifetime: After that, one has to sign in again.
        now: The clock.
    """

    def __init__(
        self,
        store: BaseStore,
        issuer: str,
        *,
        lifetime: timedelta = timedelta(hours=12),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._issuer = issuer
        self._lifetime = lifetime
        self._now = now
        self._swept = datetime.min.replace(tzinfo=UTC)

    async def begin(self, reviewer: Reviewer) -> Session:
        """Begins a session with a new secret."""
        values = {"name": reviewer.name, "roles": sorted(reviewer.roles), "email": reviewer.email}
        return await self.keep(values, self._lifetime)

    async def keep(self, values: dict[str, Any], lifetime: timedelta) -> Session:
        """Keeps values for a browser that brings the secret back in time."""
        session = Session(secrets.token_urlsafe(32), values)
        kept = {**values, "issuer": self._issuer, "expires": (self._now() + lifetime).isoformat()}
        await run_in_threadpool(self._store.batch, [put_op(ROOT, _key(session.secret), kept)])
        await self._sweep()
        return session

    async def find(self, secret: str | None) -> Session | None:
        """The session with this secret; None if there is none, or if it is over."""
        if not secret:
            return None
        item = await run_in_threadpool(self._store.get, ROOT, _key(secret))
        if item is None:
            return None
        values = load(item)
        if values["issuer"] != self._issuer or datetime.fromisoformat(values["expires"]) <= self._now():
            return None
        return Session(secret, values)

    async def end(self, session: Session) -> None:
        """Ends a session, in all processes."""
        await run_in_threadpool(self._store.batch, [PutOp(ROOT, _key(session.secret), None)])

    async def _sweep(self) -> None:
        """Deletes the sessions that are over, once in a while."""
        if (now := self._now()) - self._swept < self._lifetime / 12:
            return
        self._swept = now
        items = await run_in_threadpool(list_items, self._store, ROOT)
        over = [it.key for it in items if datetime.fromisoformat(load(it)["expires"]) <= now]
        if over:
            await run_in_threadpool(self._store.batch, [PutOp(ROOT, key, None) for key in over])


class FormKey:
    """Makes form tokens for people whom each request names: they have no session and need no cookie.

    A token is valid for one person, in all processes, for at least twelve hours and at most a day.

    Args:
        store: The agent's store, which keeps the signing key.
        now: The clock.
    """

    def __init__(self, store: BaseStore, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._now = now

    def tokens(self, name: str) -> tuple[str, ...]:
        """Returns the token for a person's new forms, then those that older forms may carry."""
        key, half_day = self._key(), int(self._now().timestamp() // _HALF_A_DAY)
        return tuple(  # the last one allows for a process whose clock is ahead
            hmac.digest(key, f"{it} {name}".encode("utf-8", "surrogatepass"), "sha256").hex()
            for it in (half_day, half_day - 1, half_day + 1)
        )

    def _key(self) -> bytes:
        item = self._store.get(_FORMS, _KEY)
        if item is None:
            self._store.batch([put_op(_FORMS, _KEY, {"key": secrets.token_hex(32)})])
            item = self._store.get(_FORMS, _KEY)  # another process may have put a key at the same moment
        assert item is not None
        return bytes.fromhex(load(item)["key"])


class Cookie:
    """A cookie that only this inbox gets, and no script can read.

    Args:
        purpose: Tells the inbox's cookies apart.
    """

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose

    def read(self, request: Request) -> str | None:
        """What the browser brings."""
        return request.cookies.get(self._name(request))

    def set(self, request: Request, response: Response, secret: str) -> None:
        """Gives it to the browser, until that is closed."""
        response.set_cookie(
            self._name(request), secret, path="/", secure=_is_https(request), httponly=True, samesite="strict"
        )

    def clear(self, request: Request, response: Response) -> None:
        """Takes it from the browser."""
        response.delete_cookie(
            self._name(request), path="/", secure=_is_https(request), httponly=True, samesite="strict"
        )

    def _name(self, request: Request) -> str:
        # Browsers send cookies to all ports of a host: two inboxes on one host must not take each other's.
        place = f"{request.url.netloc}{request.scope.get('root_path', '')}"
        prefix = "__Host-" if _is_https(request) else ""
        return f"{prefix}inbox-{self._purpose}-{sha256(place.encode()).hexdigest()[:8]}"


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"


def _key(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


ROOT = ("langchain_ashby", "sessions")
_FORMS, _KEY = ("langchain_ashby", "forms"), "key"
_HALF_A_DAY = 12 * 3600
