"""Progress at the bottom of the terminal: the end of the answer, and a spinner for each running step."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

IDLE = "Thinking"
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class ProgressDisplay:
    """Shows running steps, and removes them when they end. Without a terminal it shows nothing.

    Args:
        console: Where.
        idle: What it says while no step runs.
    """

    def __init__(self, console: Console, idle: str = IDLE) -> None:
        self.console = console
        self._idle = idle
        self._steps: dict[str, tuple[str, float]] = {}
        self._tail: RenderableType | None = None
        self._idle_since = time.monotonic()
        self._live = (
            # A refresh thread would race with whatever else prints, and put the cursor in the wrong place.
            Live(self, console=console, transient=True, auto_refresh=False) if console.is_interactive else None
        )

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def refresh(self) -> None:
        """Redraws. Call it often, from the thread that prints."""
        if self._live:
            self._live.refresh()

    def begin(self, step: str, words: str) -> None:
        """Shows a step as running."""
        self._steps[step] = words, time.monotonic()

    def end(self, step: str) -> float | None:
        """Removes a step and returns how many seconds it took; None if its beginning was not seen."""
        self._idle_since = time.monotonic()
        begun = self._steps.pop(step, None)
        return begun and self._idle_since - begun[1]

    def tail(self, tail: RenderableType | None) -> None:
        """Sets the unfinished end of the answer."""
        self._tail = tail

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yields the last lines of the answer and the steps below them, as many as fit the screen."""
        steps = list(self._steps.values())
        if not steps and self._tail is None:
            steps = [(self._idle, self._idle_since)]
        room = max(1, console.height - 2)
        hidden = len(steps) - room // 2
        if hidden > 0:
            steps = [*steps[:-hidden], (f"and {hidden} more", steps[-1][1])]
        if self._tail is not None:
            lines = console.render_lines(self._tail, options, pad=False)
            for line in lines[-max(1, room - len(steps)) :]:
                yield from line
                yield Segment.line()
        for words, since in steps:
            took = time.monotonic() - since
            seconds = f"  {took:.0f} s" if took >= 1 else ""
            frame = _FRAMES[int(took * 12) % len(_FRAMES)]
            yield Text.assemble(f"  {frame} {words}", (seconds, "dim"), no_wrap=True, overflow="ellipsis")
