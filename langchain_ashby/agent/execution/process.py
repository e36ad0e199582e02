"""Which process made a claim, and whether that process is still there.

A process holds a lock on a file of its own. The system lets go of it when the process ends, however it ends, and no
other process ever gets the same name: a process number, which is given out again, could not tell as much.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

_guard = threading.Lock()
_own: tuple[str, int | None] | None = None


def this_process() -> str:
    """The name of this process. It is made when it is first asked for, and a forked child gets another."""
    global _own
    with _guard:
        if _own is None:
            name = uuid4().hex
            _own = (name, _locked(name))
        return _own[0]


def has_ended(name: str) -> bool | None:
    """Whether the process of this name has ended; None if this computer cannot tell, as for a process elsewhere."""
    if sys.platform == "win32" or not _is_ours(_directory()):
        return None
    import fcntl

    try:
        descriptor = os.open(_directory() / name, os.O_RDONLY)
    except OSError:
        return None  # a process of another computer, container or user, or its file was swept away
    try:
        # A shared lock, so that two who ask at once do not take each other for the owner.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _locked(name: str) -> int | None:
    """A descriptor that holds the lock; None where there are none, and then nobody will know whether we ended."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        _directory().mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(_directory()):
            return None
        _sweep()
        descriptor = os.open(_directory() / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        return None
    return descriptor


def _sweep() -> None:
    """Remove the files of processes that ended long ago."""
    for file in _directory().iterdir():
        if file.stat().st_mtime < time.time() - _KEPT and has_ended(file.name):
            file.unlink(missing_ok=True)


_KEPT = 7 * 24 * 3600
"""Seconds for which the file of an ended process stays, to tell that it ended."""


def _directory() -> Path:
    return Path(tempfile.gettempdir()) / f"langchain-ashby-{os.getuid() if sys.platform != 'win32' else 0}"


def _is_ours(directory: Path) -> bool:
    """Whether nobody else can have put files there that would pass for ended processes."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return sys.platform != "win32" and found.st_uid == os.getuid() and not found.st_mode & 0o022


def _forget() -> None:
    """In a forked child: it is another process, and must not hold its parent's lock when the parent is gone."""
    global _own, _guard
    _guard = threading.Lock()
    if _own is not None and _own[1] is not None:
        os.close(_own[1])
    _own = None


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget)
