"""Names of processes, and whether they are still running.

A process holds a lock on a file of its own. The system releases it when the process ends, however it ends, and no other
process ever gets the same name, unlike a process id.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

_guard = threading.Lock()
_own: tuple[str, int | None] | None = None


def this_process() -> str:
    """The name of this process, made on first use. A forked child gets another."""
    global _own
    with _guard:
        if _own is None:
            name = uuid4().hex
            _own = (name, _locked(name))
        return _own[0]


def has_ended(name: str) -> bool | None:
    """True if the process of this name has ended; None if this computer cannot tell, as for a process elsewhere."""
    if sys.platform == "win32" or not _is_ours(_directory()):
        return None
    import fcntl

    try:
        descriptor = os.open(_directory() / name, os.O_RDONLY)
    except OSError:
        return None  # a process of another computer, container or user, or its file was removed
    try:
        # A shared lock, so that two processes that ask at once do not take each other for the owner.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def running_time() -> float:
    """Seconds on a clock that no one sets; on Linux it also runs while the computer sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _locked(name: str) -> int | None:
    """A descriptor that holds the lock; None if there is no lock: then its end cannot be detected."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        _directory().mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(_directory()):
            return None
        if name.startswith("0"):  # one in sixteen: where many processes come and go, there are thousands of files
            _sweep()
        descriptor = os.open(_directory() / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        return None
    return descriptor


def _sweep() -> None:
    """Removes the files of processes that ended long ago."""
    for file in _directory().iterdir():
        with suppress(FileNotFoundError):  # another process sweeps at the same time
            if file.stat().st_mtime < time.time() - _KEPT and has_ended(file.name):
                file.unlink()


_KEPT = 7 * 24 * 3600
"""Seconds for which the file of an ended process stays as proof that it ended."""


def _directory() -> Path:
    return Path(tempfile.gettempdir()) / f"langchain-ashby-{os.getuid() if sys.platform != 'win32' else 0}"


def _is_ours(directory: Path) -> bool:
    """True if no other user can have put files there that would pass for ended processes."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return sys.platform != "win32" and found.st_uid == os.getuid() and not found.st_mode & 0o022


def _forget() -> None:
    """Gives a forked child a name of its own: it must not go on holding its parent's lock."""
    global _own, _guard
    _guard = threading.Lock()
    if _own is not None and _own[1] is not None:
        os.close(_own[1])
    _own = None


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget)
