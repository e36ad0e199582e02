"""Brings a mirror up to date before it answers, if that is quick."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from langchain_ashby.errors import AshbyError, MirrorBusyError

QUICK = 5.0
"""Seconds that an answer waits at most. What takes longer goes on, for the next answer."""

HISTORIES = 50
"""The most stage histories that are read on the way, each with a call."""


_log = logging.getLogger("langchain_ashby.mirror")


class Syncable(Protocol):
    """A mirror that can be brought up to date."""

    @property
    def has_client(self) -> bool:
        """True if it can read Ashby."""

    def is_complete_reading_due(self) -> bool:
        """True if everything has to be read again."""


class Sync(Protocol):
    """Brings a mirror up to date."""

    def __call__(self, *, history: int | None, full: bool | None = None) -> Any:
        """Reads what has changed, or everything."""


class Freshener:
    """Keeps one mirror no older than an age, as far as that is quick. Threads may share it."""

    def __init__(self, mirror: Syncable, sync: Sync, max_age: timedelta) -> None:
        self._mirror = mirror
        self._bring_up = sync
        self._max_age = max_age
        self._turn = threading.Lock()
        self._running: threading.Thread | None = None
        self._reading_all: threading.Thread | None = None
        self._failure = ""

    def is_due(self, as_of: datetime | None) -> bool:
        """True if the mirror's state is too old and it can be synced."""
        age = None if as_of is None else datetime.now(UTC) - as_of
        return self._mirror.has_client and (age is None or age > self._max_age)

    def freshen(self) -> str:
        """Syncs the mirror; returns a remark for the answer, empty if all went well."""
        with self._turn:
            if self._running is None or not self._running.is_alive():
                self._failure = ""
                self._running = threading.Thread(target=self._sync, name="mirror-sync", daemon=True)
                self._running.start()
            running = self._running
        running.join(QUICK)
        if running.is_alive():
            return "out of date: a sync is under way; ask again in a while for newer figures"
        return self._failure

    def _sync(self) -> None:
        try:
            self._bring_up(history=HISTORIES, full=False)
        except MirrorBusyError:
            self._failure = "out of date: another process is syncing it; ask again in a while for newer figures"
        except AshbyError as error:
            self._failure = f"out of date: the sync failed ({error.code})"
        except Exception as error:  # in a thread of its own nobody else would hear of it
            self._failure = f"out of date: the sync failed ({type(error).__name__})"
            _log.exception("The mirror could not be brought up to date")
        else:
            self._read_all_if_due()

    def _read_all_if_due(self) -> None:
        """Reads everything again in the background, once a day: only that finds who was deleted in Ashby."""
        if self._mirror.is_complete_reading_due() and not (self._reading_all and self._reading_all.is_alive()):
            self._reading_all = threading.Thread(target=self._read_all, name="mirror-sync-all", daemon=True)
            self._reading_all.start()

    def _read_all(self) -> None:
        try:
            self._bring_up(history=HISTORIES)
        except AshbyError as error:  # the next sync tries again; what was read until then is kept
            _log.warning("Everything could not be read again for the mirror (%s)", error.code)
        except Exception:  # in a thread of its own nobody else would hear of it
            _log.exception("Everything could not be read again for the mirror")
