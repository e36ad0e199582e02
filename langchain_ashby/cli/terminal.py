"""The terminal: how it shows things, and how a line is read from it.

Nothing is told by colour alone, and text has the terminal's own colour: only signs have another, so that all of it can
be read on light and on dark ground.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from shutil import get_terminal_size
from textwrap import fill

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from langchain_ashby.text.safe import visible

try:
    import readline
except ModuleNotFoundError:  # there is none on Windows, whose console has a history of its own
    readline = None  # type: ignore[assignment]
else:
    # What is answered to questions does not belong into the history; `remember` puts in what does.
    readline.set_auto_history(False)

DONE, FAILED, NEXT, CAUTION = Text("✓", "green"), Text("✗", "red"), Text("→"), Text("!", "bold")

_THEME = Theme(
    {
        "markdown.code": "bold",
        "markdown.code_block": "none",
        "markdown.block_quote": "italic",
        "markdown.list": "none",
        "markdown.item.number": "bold",
        "markdown.h2": "bold underline",
        "markdown.h3": "bold",
        "markdown.h4": "bold italic",
        "markdown.link": "underline",
        "markdown.link_url": "underline",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
        "markdown.kbd": "bold",
        "rule.line": "none",
        "progress.elapsed": "none",
    }
)


def console(*, stderr: bool = False) -> Console:
    """Where to show things. No text is taken for rich's own markup. Without a terminal there is no colour."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        # Where a sign cannot be written, its name can: ✓ as \\N{CHECK MARK}.
        stream.reconfigure(errors="namereplace")
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, theme=_THEME)


def say(out: Console, text: Text | str) -> None:
    """Text for people. Lines are broken where a terminal ends, and not in a file or a pipe."""
    out.print(text, soft_wrap=not out.is_interactive)


def can_ask() -> bool:
    """Whether somebody sits at a terminal, sees what is shown, and can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str, *, bold: bool = False) -> str:
    """One line from the person, without the space around it.

    Raises:
        EOFError: if there is no more to come (Ctrl-D).
    """
    if bold and readline is not None:
        # Between these marks stands what takes no room on the line, so that readline knows where the cursor is.
        question = f"\x01\x1b[1m\x02{question}\x01\x1b[0m\x02"
    return input(question).strip()


def choose(question: str, choices: Mapping[str, str]) -> str:
    """One of the choices, by its letter. Just to go on is no choice: the question comes again.

    Raises:
        EOFError: if there is no more to come (Ctrl-D).
    """
    # A space that breaks no line keeps each letter with its words.
    offer = "  ".join(f"[{letter}]\N{NO-BREAK SPACE}{words}" for letter, words in choices.items())
    print(fill(offer, get_terminal_size().columns).replace("\N{NO-BREAK SPACE}", " "))
    while (answer := ask(f"{question} ").lower()) not in choices:
        print(f"Answer with {_either(choices)}.")
    return answer


def confirm(question: str) -> bool:
    """A yes or no; no if the person just goes on."""
    try:
        return ask(f"{question} [y/N]: ").lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def remember(lines: Iterable[str]) -> None:
    """Let the person come back to these lines with the arrow keys. They are kept in memory only."""
    if readline is not None:
        for line in lines:
            readline.add_history(line)


def harmless(text: str) -> str:
    """Text in which no character can act on the terminal: what could is spelled out."""
    return visible(text.replace("\r\n", "\n").replace("\t", "    "))


def _either(letters: Iterable[str]) -> str:
    *others, last = letters
    return f"{', '.join(others)} or {last}"
