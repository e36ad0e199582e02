"""API keys: who may do what, and how often."""

import secrets
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from langchain_ashby.sandbox.clock import Clock
from langchain_ashby.sandbox.messages import Refusal

_MODULES = (
    "jobs",
    "candidates",
    "interviews",
    "hiringProcessMetadata",
    "organization",
    "offers",
    "apiKeys",
    "approvals",
)
PERMISSIONS = frozenset(f"{module}{access}" for module in _MODULES for access in ("Read", "Write")) | {"notetakerRead"}
"""Every permission that a key can have."""


@dataclass(frozen=True)
class Key:
    """An API key. `id` names it in records and logs, so that its secret stands in neither."""

    id: str
    secret: str
    permissions: frozenset[str]
    confidential: bool
    private: bool
    act_on_behalf: bool
    created_at: str

    def scopes(self) -> list[str]:
        """The permissions as `apiKey.info` writes them: `candidates:read`."""
        return sorted(permission.replace("Read", ":read").replace("Write", ":write") for permission in self.permissions)


class Keys:
    """The keys of a sandbox. The first one may do everything."""

    def __init__(self, first: str, clock: Clock) -> None:
        self._clock = clock
        self._first = first
        self._by_secret: dict[str, Key] = {}
        self.reset()

    def add(
        self,
        secret: str | None = None,
        *,
        permissions: Iterable[str] | None = None,
        confidential: bool = True,
        private: bool = True,
        act_on_behalf: bool = True,
    ) -> str:
        """Adds a key and returns its secret; without `permissions` it has them all."""
        wanted = PERMISSIONS if permissions is None else list(permissions)
        for permission in wanted:
            if not isinstance(permission, str) or permission not in PERMISSIONS:
                raise ValueError(f"there is no permission {permission!r}; there are {', '.join(sorted(PERMISSIONS))}")
        secret = secret or secrets.token_hex(32)
        if secret in self._by_secret:
            raise ValueError("there is such a key already")
        self._by_secret[secret] = Key(
            f"key-{len(self._by_secret) + 1}",
            secret,
            frozenset(wanted),
            confidential,
            private,
            act_on_behalf,
            self._clock.iso(),
        )
        return secret

    def find(self, secret: str) -> Key | None:
        """The key with this secret."""
        return self._by_secret.get(secret)

    def reset(self) -> None:
        """Goes back to the first key."""
        self._by_secret = {}
        self.add(self._first)


class RateLimit:
    """At most so many requests in any minute for each key; `None` sets no limit."""

    def __init__(self, per_minute: int | None, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: dict[str, deque[float]] = {}

    def take(self, key: Key) -> None:
        """Counts a request, or refuses it and says when to come back."""
        if self._per_minute is None:
            return
        with self._lock:
            now = self._clock.time()
            taken = self._taken.setdefault(key.id, deque())
            while taken and taken[0] <= now - 60:
                taken.popleft()
            if len(taken) >= self._per_minute:
                wait = str(max(1, ceil(taken[0] + 60 - now)))
                raise Refusal("rate_limit_exceeded", "Too many requests.", status=429, headers={"Retry-After": wait})
            taken.append(now)

    def reset(self) -> None:
        """Forgets what was counted."""
        with self._lock:
            self._taken.clear()
