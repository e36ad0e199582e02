"""The picture of the agent asking: what stands in a terminal when the agent waits for a decision about a change.

`python tests/docs/picture.py` makes docs/asking.svg anew, of the conversation in `asking.py` in a pseudo-terminal.
"""

from __future__ import annotations

import io
import os
import re
import sys
from itertools import groupby
from pathlib import Path

import pexpect
import pyte
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.style import Style
from rich.text import Text

PICTURE = Path(__file__).parents[2] / "docs" / "asking.svg"
WIDTH, HEIGHT = 84, 22
CONVERSATION = Path(__file__).with_name("asking.py")

# Viewers may be offline, or not want to fetch a font from a third party.
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
)


_LEFT_OUT = ("NO_COLOR", "COLUMNS", "LINES")
"""Variables that would change what the terminal shows."""


def screen_when_it_asks() -> list[Text]:
    """The lines of a terminal at the moment when the agent waits for an answer, as far down as there are any."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    agent = pexpect.spawn(
        sys.executable,
        [str(CONVERSATION)],
        env={name: value for name, value in os.environ.items() if name not in _LEFT_OUT} | {"TERM": "xterm-256color"},
        dimensions=(HEIGHT, WIDTH),
        encoding="utf-8",
        timeout=120,
    )
    terminal = pyte.Stream(screen)
    try:
        agent.expect(r"Approve\? ")
        terminal.feed(f"{agent.before}{agent.after}")
    finally:
        agent.close(force=True)
    lines = [_line(screen, row) for row in range(HEIGHT)]
    while lines and not lines[-1].plain.strip():
        lines.pop()
    return lines


def _line(screen: pyte.Screen, row: int) -> Text:
    characters = [screen.buffer[row][column] for column in range(WIDTH)]
    runs = groupby(characters, key=lambda it: (it.fg, it.bold, it.italics, it.underscore))
    return Text.assemble(
        *(
            ("".join(it.data for it in run), Style(color=_color(fg), bold=bold, italic=italic, underline=underline))
            for (fg, bold, italic, underline), run in runs
        )
    )


def _color(pyte_name: str) -> str | None:
    """Rich's name for a color: pyte calls yellow brown, and `bright_red` `brightred`."""
    if pyte_name == "default":
        return None
    if re.fullmatch("[0-9a-f]{6}", pyte_name):
        return f"#{pyte_name}"
    return pyte_name.replace("brown", "yellow").replace("bright", "bright_")


def svg(lines: list[Text]) -> str:
    """The lines as a picture of a terminal, self-contained and the same everywhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in lines:
        console.print(line, no_wrap=True, crop=True, soft_wrap=True)
    return console.export_svg(title="langchain-ashby chat", unique_id="asking", code_format=_FORMAT)


if __name__ == "__main__":
    PICTURE.write_text(svg(screen_when_it_asks()), "utf-8")
