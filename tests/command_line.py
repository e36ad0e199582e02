"""The command line in processes of its own, forked from one that has imported what takes seconds to import.

What depends on how Python itself starts or ends, such as a stream that is closed, is tried with `COMMAND` instead.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import pty
import runpy
import signal
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
from typing import Any, Self

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


def run(
    *arguments: str, text: str = "", env: Mapping[str, str], module: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Runs the command with this standard input, and returns what it wrote and its exit status.

    With `module` it runs that as `python -m` does, in a session of its own, with whatever it starts.
    """
    with ExitStack() as stack:
        stdin, stdout, stderr = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        stdin.write(text.encode())
        stdin.seek(0)
        process = _started(arguments, env, [it.fileno() for it in (stdin, stdout, stderr)], module=module)
        try:
            process.join(timeout)
            if process.exitcode is None:
                raise subprocess.TimeoutExpired([module, *arguments], timeout)
        finally:
            if process.exitcode is None:
                assert process.pid
                (os.killpg if module else os.kill)(process.pid, signal.SIGKILL)
        for written in (stdout, stderr):
            written.seek(0)
        return subprocess.CompletedProcess(
            [module, *arguments], process.exitcode, stdout.read().decode(), stderr.read().decode()
        )


class Piped:
    """The command, as `subprocess.Popen` runs it: what it writes comes through pipes.

    Args:
        arguments: What follows `langchain-ashby` on the command line.
        env: Its environment.
        stdin: An open file; by default it has no input.
        module: What runs in its place, as `python -m` does.
    """

    def __init__(self, *arguments: str, env: Mapping[str, str], stdin: int | None = None, module: str = "") -> None:
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        self.stdout, self.stderr = open(out), open(err)  # noqa: SIM115
        with open(os.devnull) as nothing:
            streams = [nothing.fileno() if stdin is None else stdin, its_out, its_err]
            self._process = _started(arguments, env, streams, module=module)
        os.close(its_out)
        os.close(its_err)
        assert self._process.pid
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()
        self.stdout.close()
        self.stderr.close()

    @property
    def returncode(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Sends it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it without any warning."""
        self._process.kill()
        self._process.join()

    def communicate(self, timeout: float = 60) -> tuple[str, str]:
        """Returns what else it has written, which has to fit into a pipe, once it has ended."""
        self._process.join(timeout)
        assert self.returncode is not None, "It does not end."
        return self.stdout.read(), self.stderr.read()


def start_in_terminal(*arguments: str, env: Mapping[str, str], size: tuple[int, int]) -> tuple[BaseProcess, int]:
    """Starts the command in a terminal of so many lines and columns; also returns the other end of the terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, size)
    try:
        return _started(arguments, env, [theirs] * 3, terminal=True), ours
    finally:
        os.close(theirs)


def _started(
    arguments: tuple[str, ...], env: Mapping[str, str], streams: list[int], terminal: bool = False, module: str = ""
) -> BaseProcess:
    handed = [*map(_Stream, streams)]
    process = _forks.Process(target=_be_the_command, args=(arguments, dict(env), handed, terminal, module))
    process.start()
    return process


def _be_the_command(
    arguments: tuple[str, ...], env: dict[str, str], streams: list[_Stream], terminal: bool, module: str
) -> None:
    """Does in a fork what else the system and Python do for a new process."""
    for number, stream in enumerate(streams):
        os.dup2(stream.descriptor, number)
        os.close(stream.descriptor)
    if terminal or module:
        os.setsid()
    if terminal:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", 1, errors="backslashreplace", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.argv = [COMMAND, *arguments]
    if module:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from langchain_ashby.cli import main

    main()
