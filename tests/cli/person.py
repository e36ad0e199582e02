"""A person at a terminal: runs the command, sees the screen, and types."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import time
from typing import Self

import pyte
from command_line import start_in_terminal

PATIENCE = 60.0  # seconds
DOWN, UP, CTRL_C, CTRL_D = "\x1b[B", "\x1b[A", "\x03", "\x04"


def environment(**variables: str) -> dict[str, str]:
    """An environment without any configuration but these variables."""
    private = ("ASHBY_", "LANGCHAIN_ASHBY_", "OPENAI_", "COLUMNS", "LINES", "NO_COLOR", "EDITOR", "VISUAL", "TZ")
    return {name: value for name, value in os.environ.items() if not name.startswith(private)} | {
        "TERM": "xterm-256color",
        **variables,
    }


class Person:
    """A person at a terminal of 80 columns and 24 lines.

    Args:
        arguments: What follows `langchain-ashby` on the command line.
        variables: The environment.
        columns: The width of the terminal.
    """

    def __init__(self, *arguments: str, columns: int | str = 80, **variables: str) -> None:
        columns = int(columns)
        self._screen = pyte.HistoryScreen(columns, 24, history=5000)
        self._stream = pyte.Stream(self._screen)
        self._columns = columns
        self.raw = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._process, self._terminal = start_in_terminal(*arguments, env=environment(**variables), size=(24, columns))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._terminal)
        self._process.kill()
        self._process.join()

    @property
    def screen(self) -> str:
        """The text on the screen now."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def seen(self) -> str:
        """The whole scrollback and the screen."""
        above = ["".join(line[column].data for column in range(self._columns)) for line in self._screen.history.top]
        return "\n".join(line.rstrip() for line in [*above, *self._screen.display]).rstrip()

    def sees(self, *words: str, within: float = PATIENCE) -> None:
        """Waits until all the words have appeared, however lines are wrapped."""
        end = time.monotonic() + within
        while missing := [it for it in words if _plain(it) not in _plain(self.seen)]:
            if not self._look(0.05) or time.monotonic() > end:
                self._look(0.1)
                if any(_plain(it) not in _plain(self.seen) for it in words):
                    raise AssertionError(f"{missing} is not on the screen:\n{self.seen}")

    def glimpses(self, words: str, within: float = PATIENCE) -> None:
        """Waits until the words have been on the screen, however briefly."""
        end = time.monotonic() + within
        while words not in self.screen:
            assert self._look(0.01) and time.monotonic() < end, f"{words!r} was never on the screen:\n{self.seen}"

    def is_asked(self, question: str) -> None:
        """Waits until the cursor is right after the question."""
        end = time.monotonic() + PATIENCE
        while not self._line_at_cursor().endswith(question):
            assert self._look(0.05) and time.monotonic() < end, f"{question!r} is not asked:\n{self.seen}"

    def types(self, text: str) -> None:
        """Types a line."""
        self.presses(f"{text}\r")

    def presses(self, keys: str) -> None:
        """Presses keys without Enter."""
        time.sleep(0.05)  # until the prompt that was seen has set the terminal up
        os.write(self._terminal, keys.encode())

    def hangs_up(self) -> None:
        """Closes the terminal's window and waits until the command has ended."""
        assert self._process.pid
        os.kill(self._process.pid, signal.SIGHUP)
        end = time.monotonic() + PATIENCE
        while self._process.is_alive():
            assert self._look(0.1) or time.monotonic() < end, "It goes on without a terminal."

    def leaves(self) -> int:
        """Waits until the command has ended and returns its exit status."""
        end = time.monotonic() + PATIENCE
        while self._look(0.1):
            assert time.monotonic() < end, f"It does not end:\n{self.seen}"
        self._process.join(PATIENCE)
        status = self._process.exitcode
        assert status is not None and status >= 0, f"It was ended by signal {status}" if status else "It does not end."
        return status

    def _line_at_cursor(self) -> str:
        cursor = self._screen.cursor
        return self._screen.display[cursor.y][: cursor.x].strip()

    def _look(self, seconds: float) -> bool:
        """Reads output for a while; False at its end."""
        end = time.monotonic() + seconds
        while select.select([self._terminal], [], [], max(0.01, end - time.monotonic()))[0]:
            try:
                read = os.read(self._terminal, 4096)
            except OSError:  # how Linux says that the other end is closed
                return False
            if not read:
                return False
            text = self._decoder.decode(read)
            self.raw += text
            self._stream.feed(text)
            if time.monotonic() > end:
                break
        return True


def _plain(text: str) -> str:
    return re.sub(r"[\s│┃]+", " ", text)
