"""The command line in processes of its own, forked from one that has imported what takes a second to import.

What depends on how Python itself starts or ends, such as a stream that is closed, is tried with `COMMAND` instead.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import pty
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping
from contextlib import ExitStack
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

COMMAND = str(Path(sys.executable).with_name("langchain-ashby"))

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.imported_once"])


class _Stream:
    """An open file, as it is handed to a child."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __reduce__(self) -> Any:
        return _received, (DupFd(self.descriptor),)


def _received(handed: Any) -> _Stream:
    return _Stream(handed.detach())


def run(*arguments: str, text: str = "", env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs the command with this standard input, and returns what it wrote and its exit status."""
    with ExitStack() as stack:
        stdin, stdout, stderr = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        stdin.write(text.encode())
        stdin.seek(0)
        process = _started(arguments, env, [it.fileno() for it in (stdin, stdout, stderr)])
        process.join(120)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired([*arguments], 120)
        for written in (stdout, stderr):
            written.seek(0)
        return subprocess.CompletedProcess(
            [*arguments], process.exitcode, stdout.read().decode(), stderr.read().decode()
        )


def start_in_terminal(*arguments: str, env: Mapping[str, str], size: tuple[int, int]) -> tuple[BaseProcess, int]:
    """Starts the command in a terminal of so many lines and columns; also returns the other end of the terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, size)
    try:
        return _started(arguments, env, [theirs] * 3, terminal=True), ours
    finally:
        os.close(theirs)


def _started(
    arguments: tuple[str, ...], env: Mapping[str, str], streams: list[int], terminal: bool = False
) -> BaseProcess:
    process = _forks.Process(target=_be_the_command, args=(arguments, dict(env), [*map(_Stream, streams)], terminal))
    process.start()
    return process


def _be_the_command(arguments: tuple[str, ...], env: dict[str, str], streams: list[_Stream], terminal: bool) -> None:
    """Does in a fork what else the system and Python do for a new process."""
    for number, stream in enumerate(streams):
        os.dup2(stream.descriptor, number)
        os.close(stream.descriptor)
    if terminal:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", 1, errors="backslashreplace", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.argv = [COMMAND, *arguments]
    from langchain_ashby.cli import main

    main()
