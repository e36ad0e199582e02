"""The picture of the agent asking: a terminal in which the demo waits for a decision on its first change.

`python tests/docs/picture.py` rewrites docs/asking.svg. The demo runs in a pseudo-terminal, as for a user.
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
CONVERSATION = [
    (r"reject or later\? ", "v"),
    (r"Approve\? ", None),
]
PROGRAM = "from langchain_ashby.cli import main; main()"

# Viewers may be offline, or not want to fetch a font from a third party.
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
)


def screen_when_it_asks() -> list[Text]:
    """The lines of the terminal when the demo waits for an answer, without blank ones at the end."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    demo = pexpect.spawn(
        sys.executable,
        ["-c", PROGRAM, "demo"],
        env={name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm-256color"},
        dimensions=(HEIGHT, WIDTH),
        encoding="utf-8",
        timeout=120,
    )
    terminal = pyte.Stream(screen)
    try:
        for question, answer in CONVERSATION:
            demo.expect(question)
            terminal.feed(f"{demo.before}{demo.after}")
            if answer is not None:
                demo.sendline(answer)
    finally:
        demo.close(force=True)
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
    return console.export_svg(title="langchain-ashby demo", unique_id="asking", code_format=_FORMAT)


if __name__ == "__main__":
    PICTURE.write_text(svg(screen_when_it_asks()), "utf-8")
